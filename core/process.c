/* Running another program. */
#include "core/process.h"

#include "core/mem.h"
#include "core/quote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEFAULT_TIMEOUT_MS = 30000, DEFAULT_MAX_OUTPUT = 65536, NOT_EXECUTED = 127 };

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static char **argv_of(const struct str_list *list, struct arena *out)
{
	char **argv = arena_alloc_array(out, list->count + 1, sizeof *argv);
	for (size_t i = 0; i < list->count; i++)
		argv[i] = arena_strdup(out, list->items[i]);
	return argv;
}

/* In a process group of its own, so that a deadline ends its children too; signals as a program expects them. */
static int spawn(const struct str_list *list, int output, pid_t *ret_pid)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	sigset_t none;
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGTERM);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
						       POSIX_SPAWN_SETSIGMASK));
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (output >= 0)
		posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	else
		posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	int failure = posix_spawnp(ret_pid, list->items[0], &actions, &attributes, argv_of(list, tmp), environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return failure;
}

struct capture {
	const char *name; /* of the program, for messages */
	char *bytes;
	size_t len, max;
};

static void capture_release(struct capture *capture)
{
	if (!capture->bytes)
		return;
	secret_wipe(capture->bytes, capture->max + 1);
	free(capture->bytes);
}

/* Until the end of the output, the limit or the deadline. */
static bool read_all(struct capture *capture, int fd, const struct process_options *o, struct error *err)
{
	int64_t timeout_ms = o->timeout_ms ? o->timeout_ms : DEFAULT_TIMEOUT_MS;
	int64_t deadline_ms = clock_monotonic_ms(o->clock) + timeout_ms;
	for (;;) {
		int64_t left_ms = deadline_ms - clock_monotonic_ms(o->clock);
		struct pollfd wanted = {.fd = fd, .events = POLLIN};
		if (left_ms <= 0)
			return error_set(err, ERR_FAILED, "'%s' took more than %lld s", capture->name,
					 (long long)timeout_ms / 1000);
		if (poll(&wanted, 1, (int)left_ms) < 0 && errno == EINTR)
			return error_set(err, ERR_INTERRUPTED, "interrupted while '%s' ran", capture->name);
		if (!wanted.revents)
			continue;
		ssize_t count = read(fd, capture->bytes + capture->len, capture->max + 1 - capture->len);
		if (count == 0)
			return true;
		if (count < 0)
			return error_set(err, ERR_FAILED, "cannot read from '%s': %s", capture->name, strerror(errno));
		capture->len += (size_t)count;
		if (capture->len > capture->max)
			return error_set(err, ERR_FAILED, "'%s' printed more than %zu bytes", capture->name,
					 capture->max);
	}
}

static int wait_for(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return status;
}

static bool judge(int status, const char *name, struct error *err)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFSIGNALED(status))
		return error_set(err, ERR_FAILED, "'%s' was ended by signal %d", name, WTERMSIG(status));
	if (WEXITSTATUS(status) == NOT_EXECUTED)
		return error_set(err, ERR_FAILED, "'%s' could not be run", name);
	error_set(err, ERR_FAILED, "'%s' failed with exit status %d", name, WEXITSTATUS(status));
	return error_hint(err, "Run it by hand to see what it says: here its messages are not shown, since they "
			       "could hold the secret.");
}

bool process_capture(const struct process_options *options, struct secret **ret_output, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(capture_release) struct capture capture = {.name = quote_terminal(tmp, options->argv->items[0])};
	CLEANUP(close_fd) int output = -1;
	CLEANUP(close_fd) int input = -1;
	int ends[2];
	pid_t pid;
	capture.max = options->max_output ? options->max_output : DEFAULT_MAX_OUTPUT;
	capture.bytes = mem_alloc(capture.max + 1);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, ERR_FAILED, "cannot run '%s': %s", capture.name, strerror(errno));
	input = ends[0];
	output = ends[1];
	int failure = spawn(options->argv, output, &pid);
	close_fd(&output);
	if (failure)
		return error_set(err, ERR_FAILED, "cannot run '%s': %s", capture.name, strerror(failure));
	bool whole = read_all(&capture, input, options, err);
	if (!whole)
		kill(-pid, SIGKILL);
	int status = wait_for(pid);
	if (!whole || !judge(status, capture.name, err))
		return false;
	*ret_output = secret_new(capture.bytes, capture.len);
	return true;
}

bool process_start(const struct str_list *argv)
{
	pid_t pid;
	return spawn(argv, -1, &pid) == 0;
}
