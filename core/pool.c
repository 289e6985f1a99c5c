/* Several programs at once. */
#include "core/pool.h"

#include "core/mem.h"
#include "core/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TAIL_MAX = 4096, LINE_MAX_BYTES = 64 * 1024, TICK_MS = 100, NOT_STARTED = 127, SIGNALLED = 128 };
enum stream { OUTPUT, MESSAGES, LINES, STREAMS };

struct slot {
	pid_t pid; /* 0: free */
	void *tag;
	int fds[STREAMS]; /* -1: at its end */
	struct strbuf text[STREAMS];
	bool too_much;
	bool told; /* to stop */
};

struct running {
	const struct pool *pool;
	struct slot *slots;
	size_t count; /* of those in use */
	bool stopping;
};

static void close_pair(int pair[2])
{
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			close(pair[i]);
}

static int spawn(const struct pool_start *start, const int ends[STREAMS], pid_t *ret_pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t pipes;
	union {
		const char *const *given;
		char *const *passed;
	} argv = {.given = start->argv}, env = {.given = start->env};
	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, ends[OUTPUT], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, ends[MESSAGES], STDERR_FILENO);
	posix_spawn_file_actions_adddup2(&files, ends[LINES], POOL_LINES_FD);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &pipes);
	/* A group of its own: the terminal's ^C reaches the caller alone, who passes it on once. */
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP));
	int problem = posix_spawn(ret_pid, start->argv[0], &files, &attributes, argv.passed, env.passed);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return problem;
}

static int start_in(struct slot *slot, const struct pool_start *start)
{
	int pairs[STREAMS][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
	int ends[STREAMS];
	int problem = 0;
	for (int i = 0; i < STREAMS && !problem; i++)
		if (pipe2(pairs[i], O_CLOEXEC) != 0)
			problem = errno;
	for (int i = 0; i < STREAMS; i++)
		ends[i] = pairs[i][1];
	if (!problem)
		problem = spawn(start, ends, &slot->pid);
	for (int i = 0; i < STREAMS; i++) {
		if (problem) {
			close_pair(pairs[i]);
			continue;
		}
		close(pairs[i][1]);
		slot->fds[i] = pairs[i][0];
		(void)fcntl(slot->fds[i], F_SETFL, O_NONBLOCK);
	}
	return problem;
}

static void not_started(const struct pool *pool, void *tag, int problem)
{
	CLEANUP(mem_free_text) char *why = mem_printf("cannot be started: %s", strerror(problem));
	pool->ended(pool->ctx,
		    &(struct pool_end){.tag = tag, .status = NOT_STARTED, .output = "", .messages = why});
}

static void fill(struct running *r)
{
	const struct pool *pool = r->pool;
	struct pool_start start;
	while (!r->stopping && r->count < pool->limit && pool->next(pool->ctx, &start)) {
		struct slot *slot = r->slots;
		while (slot->pid)
			slot++;
		*slot = (struct slot){.tag = start.tag,
				      .text = {STRBUF_INIT(pool->max_output), STRBUF_INIT(2 * TAIL_MAX),
					       STRBUF_INIT(LINE_MAX_BYTES)}};
		int problem = start_in(slot, &start);
		if (problem) {
			*slot = (struct slot){0};
			not_started(pool, start.tag, problem);
			continue;
		}
		r->count++;
	}
}

/* The end of it is what counts. */
static void keep_tail(struct strbuf *text, const char *bytes, size_t len)
{
	if (len > TAIL_MAX) {
		bytes += len - TAIL_MAX;
		len = TAIL_MAX;
	}
	if (text->len + len > TAIL_MAX) {
		size_t drop = text->len + len - TAIL_MAX;
		drop = drop < text->len ? drop : text->len;
		memmove(text->ptr, text->ptr + drop, text->len - drop);
		text->len -= drop;
	}
	strbuf_add_bytes(text, bytes, len);
}

static void give_lines(const struct pool *pool, struct slot *slot, const char *bytes, size_t len)
{
	struct strbuf *text = &slot->text[LINES];
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != '\n') {
			strbuf_add_char(text, bytes[i]);
			continue;
		}
		if (!text->failed && pool->line)
			pool->line(pool->ctx, slot->tag, strbuf_text(text));
		text->failed = false;
		strbuf_clear(text);
	}
}

static void give_output(struct slot *slot, const char *bytes, size_t len)
{
	struct strbuf *text = &slot->text[OUTPUT];
	size_t room = text->max - text->len - 1;
	slot->too_much |= len > room;
	strbuf_add_bytes(text, bytes, len < room ? len : room);
}

/* Everything that is there to be read now. */
static void drain(const struct pool *pool, struct slot *slot, enum stream stream)
{
	char bytes[16 * 1024];
	while (slot->fds[stream] >= 0) {
		ssize_t got = read(slot->fds[stream], bytes, sizeof bytes);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			close(slot->fds[stream]);
			slot->fds[stream] = -1;
		} else if (stream == OUTPUT) {
			give_output(slot, bytes, (size_t)got);
		} else if (stream == MESSAGES) {
			keep_tail(&slot->text[MESSAGES], bytes, (size_t)got);
		} else {
			give_lines(pool, slot, bytes, (size_t)got);
		}
	}
}

static void release(struct slot *slot)
{
	for (int i = 0; i < STREAMS; i++) {
		if (slot->fds[i] >= 0)
			close(slot->fds[i]);
		strbuf_release(&slot->text[i]);
	}
	*slot = (struct slot){0};
}

static void reap(struct running *r)
{
	const struct pool *pool = r->pool;
	for (size_t i = 0; i < pool->limit; i++) {
		struct slot *slot = &r->slots[i];
		int status;
		if (!slot->pid || waitpid(slot->pid, &status, WNOHANG) != slot->pid)
			continue;
		for (int s = 0; s < STREAMS; s++)
			drain(pool, slot, (enum stream)s);
		const struct pool_end end = {
			.tag = slot->tag,
			.status = WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALLED + WTERMSIG(status),
			.output = strbuf_text(&slot->text[OUTPUT]),
			.output_len = slot->text[OUTPUT].len,
			.too_much = slot->too_much,
			.messages = strbuf_text(&slot->text[MESSAGES]),
		};
		r->count--;
		pool->ended(pool->ctx, &end);
		release(slot);
	}
}

static void tell_to_stop(struct running *r)
{
	for (size_t i = 0; i < r->pool->limit; i++) {
		struct slot *slot = &r->slots[i];
		if (!slot->pid || slot->told)
			continue;
		slot->told = true;
		(void)kill(slot->pid, SIGINT);
	}
}

static void wait_and_read(struct running *r)
{
	const struct pool *pool = r->pool;
	struct pollfd fds[POOL_SIZE_MAX * STREAMS];
	nfds_t count = 0;
	bool ending = false; /* it has closed its streams, and is about to end */
	for (size_t i = 0; i < pool->limit; i++) {
		nfds_t before = count;
		for (int s = 0; r->slots[i].pid && s < STREAMS; s++)
			if (r->slots[i].fds[s] >= 0)
				fds[count++] = (struct pollfd){.fd = r->slots[i].fds[s], .events = POLLIN};
		ending |= r->slots[i].pid && count == before;
	}
	(void)poll(fds, count, ending ? 1 : TICK_MS);
	for (size_t i = 0; i < pool->limit; i++)
		for (int s = 0; r->slots[i].pid && s < STREAMS; s++)
			drain(pool, &r->slots[i], (enum stream)s);
}

void pool_run(const struct pool *given)
{
	struct pool pool = *given;
	pool.limit = pool.limit < POOL_SIZE_MAX ? pool.limit : POOL_SIZE_MAX;
	struct running r = {.pool = &pool, .slots = mem_alloc(pool.limit * sizeof *r.slots)};
	for (;;) {
		r.stopping |= pool.tick && pool.tick(pool.ctx);
		fill(&r);
		if (r.stopping)
			tell_to_stop(&r);
		if (!r.count)
			break;
		wait_and_read(&r);
		reap(&r);
	}
	free(r.slots);
}
