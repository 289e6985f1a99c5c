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
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Descriptors that are handed over are kept far from the numbers they get there. */
enum { MESSAGES_MAX = 4096, STREAMS = 2, POLL_STEP_MS = 50, FAR_FD = 64 };

struct stream {
	int fd; /* -1: at its end */
	char *bytes;
	size_t len, max;
	bool too_much;
};

struct running {
	pid_t pid;
	struct stream streams[STREAMS];	  /* stdout, stderr */
	int given[PROCESS_FILES_MAX + 1]; /* stdin and the files, in memory; -1: none */
};

static void close_given(struct running *r)
{
	for (size_t i = 0; i < ARRAY_LEN(r->given); i++) {
		if (r->given[i] >= 0)
			close(r->given[i]);
		r->given[i] = -1;
	}
}

static bool fill(int fd, const struct bytes *file)
{
	for (size_t done = 0; done < file->len;) {
		ssize_t wrote = write(fd, file->ptr + done, file->len - done);
		if (wrote < 0 && errno != EINTR)
			return false;
		done += wrote > 0 ? (size_t)wrote : 0;
	}
	return lseek(fd, 0, SEEK_SET) == 0;
}

/* A file in memory, to be read from its beginning. */
static bool give(int *ret_fd, const struct bytes *file, struct error *err)
{
	int near = memfd_create("input", MFD_CLOEXEC);
	int fd = near >= 0 ? fcntl(near, F_DUPFD_CLOEXEC, FAR_FD) : -1;
	if (near >= 0)
		close(near);
	if (fd >= 0 && fill(fd, file)) {
		*ret_fd = fd;
		return true;
	}
	error_set(err, ERR_FAILED, "cannot make a file in memory: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return false;
}

static bool give_all(const struct process *process, struct running *r, struct error *err)
{
	if (process->input && !give(&r->given[0], process->input, err))
		return false;
	for (size_t i = 0; i < process->file_count && i < PROCESS_FILES_MAX; i++)
		if (!give(&r->given[i + 1], &process->files[i], err))
			return false;
	return true;
}

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

static void add_given(const struct running *r, posix_spawn_file_actions_t *actions)
{
	if (r->given[0] >= 0)
		posix_spawn_file_actions_adddup2(actions, r->given[0], STDIN_FILENO);
	else
		posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	for (int i = 1; i <= PROCESS_FILES_MAX; i++)
		if (r->given[i] >= 0)
			posix_spawn_file_actions_adddup2(actions, r->given[i], PROCESS_FIRST_FILE + i - 1);
}

static int spawn(const struct process *process, struct running *r, int out_fd, int err_fd)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t ignored; /* here; not there */
	union {
		const char *const *given;
		char *const *passed;
	} argv = {.given = process->argv}, env = {.given = process->env};
	sigemptyset(&ignored);
	sigaddset(&ignored, SIGPIPE);
	sigaddset(&ignored, SIGXFSZ);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, out_fd, STDOUT_FILENO);
	if (!process->at_terminal)
		posix_spawn_file_actions_adddup2(&files, err_fd, STDERR_FILENO);
	add_given(r, &files);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &ignored);
	/* A group of its own, so that what it starts itself ends with it. */
	posix_spawnattr_setpgroup(&attributes, 0);
	short own_group = process->at_terminal ? 0 : POSIX_SPAWN_SETPGROUP;
	posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSIGDEF | own_group));
	int problem = posix_spawn(&r->pid, process->argv[0], &files, &attributes, argv.passed, env.passed);
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
	int problem = spawn(process, r, out[1], messages[1]);
	close(out[1]);
	close(messages[1]);
	const size_t sizes[STREAMS] = {process->max_output, MESSAGES_MAX};
	for (size_t i = 0; i < STREAMS; i++)
		r->streams[i] = (struct stream){
			.fd = i ? messages[0] : out[0], .bytes = mem_alloc(sizes[i]), .max = sizes[i]};
	if (!problem)
		return true;
	return error_set(err, ERR_FAILED, "cannot run '%s': %s", process->argv[0], strerror(problem));
}

static void take(struct stream *s)
{
	char beyond[512];
	bool full = s->len == s->max;
	ssize_t got = read(s->fd, full ? beyond : s->bytes + s->len, full ? sizeof beyond : s->max - s->len);
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

static bool is_stopped(const struct process *process)
{
	return process->should_stop && process->should_stop(process->stop_ctx);
}

static bool is_over(const struct process *process, int64_t end_ms)
{
	return clock_monotonic_ms(process->clock) >= end_ms || is_stopped(process);
}

/* False when the time is over, or somebody wants out. */
static bool gather(struct running *r, const struct process *process, int64_t end_ms)
{
	while (r->streams[0].fd >= 0 || r->streams[1].fd >= 0) {
		struct pollfd fds[STREAMS];
		int64_t left = end_ms - clock_monotonic_ms(process->clock);
		if (is_over(process, end_ms))
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
static bool await_exit(struct running *r, const struct process *process, int64_t end_ms, int *ret_status)
{
	for (int step = 1; waitpid(r->pid, ret_status, WNOHANG) == 0;
	     step = step < POLL_STEP_MS ? step * 2 : step) {
		if (is_over(process, end_ms))
			return false;
		(void)poll(NULL, 0, step);
	}
	return true;
}

bool process_run(const struct process *process, struct arena *out, struct process_end *ret, struct error *err)
{
	struct running r = {.streams = {{.fd = -1}, {.fd = -1}}, .given = {-1, -1, -1, -1, -1}};
	int status = 0;
	int64_t end_ms = clock_monotonic_ms(process->clock) + process->timeout_ms;
	if (!give_all(process, &r, err) || !start(process, &r, err)) {
		close_given(&r);
		streams_release(&r);
		return false;
	}
	close_given(&r);
	bool in_time = gather(&r, process, end_ms) && await_exit(&r, process, end_ms, &status);
	if (!in_time) {
		kill(process->at_terminal ? r.pid : -r.pid, SIGKILL);
		(void)waitpid(r.pid, &status, 0);
		if (is_stopped(process))
			error_set(err, ERR_INTERRUPTED, "interrupted while '%s' was waited for",
				  process->argv[0]);
		else
			error_set(err, ERR_FAILED, "'%s' did not end within %lld s", process->argv[0],
				  (long long)(process->timeout_ms / 1000));
	} else if (r.streams[0].too_much) {
		in_time = error_set(err, ERR_FAILED, "'%s' printed more than %zu bytes", process->argv[0],
				    process->max_output);
	} else {
		ret->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		ret->output = secret_new(r.streams[0].bytes, r.streams[0].len);
		ret->messages = arena_strndup(out, r.streams[1].bytes, r.streams[1].len);
	}
	streams_release(&r);
	return in_time;
}

bool process_start(const struct process *process)
{
	struct running r = {0};
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nowhere < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(r.given); i++)
		r.given[i] = -1;
	int problem = spawn(process, &r, nowhere, nowhere);
	close(nowhere);
	return problem == 0;
}

const char *process_find(const char *path, const char *name, struct arena *out)
{
	for (const char *p = path ? path : ""; *p;) {
		size_t len = strcspn(p, ":");
		const char *candidate = path_join(out, arena_strndup(out, p, len), name);
		/* A relative folder in PATH is passed over: it would be whatever stands in the repository. */
		if (*p == '/' && access(candidate, X_OK) == 0 && !file_is_dir(candidate))
			return candidate;
		p += len + (p[len] == ':');
	}
	return NULL;
}
