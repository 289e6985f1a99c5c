/* Running another program: an argument list, never a shell. */
#include "core/process.h"

#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MESSAGES_MAX = 4096, STREAMS = 2, POLL_STEP_MS = 50 };

struct stream {
	int fd; /* -1: at its end */
	char *bytes;
	size_t len, max;
	bool too_much;
};

struct running {
	pid_t pid;
	struct stream streams[STREAMS]; /* stdout, stderr */
};

static void streams_release(struct running *r)
{
	for (size_t i = 0; i < STREAMS; i++) {
		if (r->streams[i].fd >= 0)
			close(r->streams[i].fd);
		if (r->streams[i].bytes)
			secret_wipe(r->streams[i].bytes, r->streams[i].max);
		free(r->streams[i].bytes);
	}
}

static int spawn(const struct process *process, int out_fd, int err_fd, pid_t *ret_pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t pipes;
	union {
		const char *const *given;
		char *const *passed;
	} argv = {.given = process->argv}, env = {.given = process->env};
	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out_fd, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, err_fd, STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &pipes);
	/* A group of its own, so that what it starts itself ends with it. */
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	int problem =
	    posix_spawn(ret_pid, process->argv[0], &files, &attributes, argv.passed, env.passed);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return problem;
}

static bool start(const struct process *process, struct running *r, struct error *err)
{
	int out[2], messages[2];
	if (pipe2(out, O_CLOEXEC) != 0)
		return error_set(err, ERR_FAILED, "cannot make a pipe: %s", strerror(errno));
	if (pipe2(messages, O_CLOEXEC) != 0) {
		close(out[0]);
		close(out[1]);
		return error_set(err, ERR_FAILED, "cannot make a pipe: %s", strerror(errno));
	}
	int problem = spawn(process, out[1], messages[1], &r->pid);
	close(out[1]);
	close(messages[1]);
	const size_t sizes[STREAMS] = {process->max_output, MESSAGES_MAX};
	for (size_t i = 0; i < STREAMS; i++)
		r->streams[i] = (struct stream){
		    .fd = i ? messages[0] : out[0], .bytes = mem_alloc(sizes[i]), .max = sizes[i]};
	if (!problem)
		return true;
	return error_set(err, ERR_FAILED, "cannot run '%s': %s", process->argv[0],
			 strerror(problem));
}

static void take(struct stream *s)
{
	char beyond[512];
	bool full = s->len == s->max;
	ssize_t got =
	    read(s->fd, full ? beyond : s->bytes + s->len, full ? sizeof beyond : s->max - s->len);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		close(s->fd);
		s->fd = -1;
	} else if (full) {
		s->too_much = true;
	} else {
		s->len += (size_t)got;
	}
}

/* False when the time is over. */
static bool gather(struct running *r, const struct process *process, int64_t end_ms)
{
	while (r->streams[0].fd >= 0 || r->streams[1].fd >= 0) {
		struct pollfd fds[STREAMS];
		int64_t left = end_ms - clock_monotonic_ms(process->clock);
		if (left <= 0)
			return false;
		for (size_t i = 0; i < STREAMS; i++)
			fds[i] = (struct pollfd){.fd = r->streams[i].fd, .events = POLLIN};
		if (poll(fds, STREAMS, left > 1000 ? 1000 : (int)left) <= 0)
			continue;
		for (size_t i = 0; i < STREAMS; i++)
			if (fds[i].revents)
				take(&r->streams[i]);
	}
	return true;
}

/* It has closed its streams and may still be running. */
static bool await_exit(struct running *r, const struct process *process, int64_t end_ms,
		       int *ret_status)
{
	while (waitpid(r->pid, ret_status, WNOHANG) == 0) {
		if (clock_monotonic_ms(process->clock) >= end_ms)
			return false;
		(void)poll(NULL, 0, POLL_STEP_MS);
	}
	return true;
}

bool process_run(const struct process *process, struct arena *out, struct process_end *ret,
		 struct error *err)
{
	struct running r = {.streams = {{.fd = -1}, {.fd = -1}}};
	int status = 0;
	int64_t end_ms = clock_monotonic_ms(process->clock) + process->timeout_ms;
	if (!start(process, &r, err)) {
		streams_release(&r);
		return false;
	}
	bool in_time = gather(&r, process, end_ms) && await_exit(&r, process, end_ms, &status);
	if (!in_time) {
		kill(-r.pid, SIGKILL);
		(void)waitpid(r.pid, &status, 0);
		error_set(err, ERR_FAILED, "'%s' did not end within %lld s", process->argv[0],
			  (long long)(process->timeout_ms / 1000));
	} else if (r.streams[0].too_much) {
		in_time = error_set(err, ERR_FAILED, "'%s' printed more than %zu bytes",
				    process->argv[0], process->max_output);
	} else {
		ret->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		ret->output = secret_new(r.streams[0].bytes, r.streams[0].len);
		ret->messages = arena_strndup(out, r.streams[1].bytes, r.streams[1].len);
	}
	streams_release(&r);
	return in_time;
}

const char *process_find(const char *path, const char *name, struct arena *out)
{
	for (const char *p = path ? path : ""; *p;) {
		size_t len = strcspn(p, ":");
		const char *candidate = path_join(out, arena_strndup(out, p, len), name);
		/* A relative folder in PATH is passed over: it would be whatever stands in the
		 * repository. */
		if (*p == '/' && access(candidate, X_OK) == 0 && !file_is_dir(candidate))
			return candidate;
		p += len + (p[len] == ':');
	}
	return NULL;
}
