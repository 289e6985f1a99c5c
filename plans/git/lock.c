/* One run at a time for each customer: a lock file, and a note on the git remote. */
#include "plans/git/lock.h"

#include "core/kept_text.h"
#include "plans/git/lock_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOCK_TRIES = 20 };

struct lock {
	struct lock_options options; /* its texts are in `arena` */
	struct arena *arena;
	struct lock_record record;
	const char *path;
	const char *ref;
	const char *remote_id; /* what the remote's ref is at; NULL: no remote lock held */
};

static bool taken_error(const struct lock *lock, const struct lock_record *by, struct error *err)
{
	char since[TIMESTAMP_TEXT_SIZE];
	char expires[TIMESTAMP_TEXT_SIZE];
	timestamp_format(by->holder.since_ms, since);
	timestamp_format(by->holder.expires_ms, expires);
	error_set(err, ERR_LOCKED, "'%s' is locked by %s on %s (process %lld) since %s", lock->options.name,
		  by->holder.who, by->holder.host, (long long)by->holder.process, since);
	return error_hint(err,
			  "Wait until that run has ended; its lock %s expires at %s unless renewed. "
			  "If that run is certainly dead: apply --break-lock with that id.",
			  by->holder.id, expires);
}

static bool io_error(struct error *err, const char *path, const char *what)
{
	return error_set(err, ERR_IO, "cannot %s the lock file '%s': %s", what, path, strerror(errno));
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static bool make_folders(const char *path, struct error *err)
{
	CLEANUP(mem_free_text) char *part = mem_strdup(path);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0777) != 0 && errno != EEXIST)
			return io_error(err, path, "make the folder of");
		*slash = '/';
	}
	return true;
}

/*
 * Opens the file with flock held, and makes sure that it is still the file of that name: its last
 * holder may have removed it meanwhile.
 */
static bool open_locked(const struct lock *lock, int flags, int *ret_fd, struct error *err)
{
	for (int attempt = 0; attempt < LOCK_TRIES; attempt++) {
		CLEANUP(close_fd) int fd = open(lock->path, flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (fd < 0 && errno == ENOENT && !(flags & O_CREAT)) {
			*ret_fd = -1;
			return true;
		}
		struct stat opened, named;
		if (fd < 0 || fstat(fd, &opened) != 0)
			return io_error(err, lock->path, "open");
		if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
			if (errno != EWOULDBLOCK && errno != EINTR)
				return io_error(err, lock->path, "hold");
			clock_sleep_ms(lock->options.clock, 10);
			continue;
		}
		if (stat(lock->path, &named) == 0 && named.st_ino == opened.st_ino &&
		    named.st_dev == opened.st_dev) {
			*ret_fd = fd;
			fd = -1;
			return true;
		}
	}
	return error_set(err, ERR_LOCKED, "the lock file '%s' is busy", lock->path);
}

/* *ret_there false for an empty file: its maker died before it held anything. */
static bool read_file(const struct lock *lock, int fd, struct arena *out, struct lock_record *ret,
		      bool *ret_there, struct error *err)
{
	char text[LOCK_MAX_BYTES];
	ssize_t len = pread(fd, text, sizeof text, 0);
	if (len < 0)
		return io_error(err, lock->path, "read");
	*ret_there = len > 0;
	if (len == 0 || lock_record_decode(text, (size_t)len, out, ret))
		return true;
	error_set(err, ERR_LOCKED, "the lock file '%s' cannot be read", lock->path);
	return error_hint(err, "If no run of '%s' is at work, remove that file.", lock->options.name);
}

static bool write_file(const struct lock *lock, int fd, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LOCK_MAX_BYTES);
	lock_record_encode(&lock->record, &text);
	if (text.failed)
		return error_set(err, ERR_INVALID, "the names for the lock of '%s' are too long",
				 lock->options.name);
	if (ftruncate(fd, 0) == 0 && pwrite(fd, text.ptr, text.len, 0) == (ssize_t)text.len && fsync(fd) == 0)
		return true;
	io_error(err, lock->path, "write");
	if (ftruncate(fd, 0) != 0 || unlink(lock->path) != 0)
		return error_wrap(err, "an unfinished lock file is left behind");
	return false;
}

static bool take_file(const struct lock *lock, struct arena *out, const char **ret_note, struct error *err)
{
	CLEANUP(close_fd) int fd = -1;
	struct lock_record by;
	bool there;
	if (!make_folders(lock->path, err) || !open_locked(lock, O_CREAT, &fd, err) ||
	    !read_file(lock, fd, out, &by, &there, err))
		return false;
	if (there) {
		const char *note = lock_record_why_stale(&by, clock_now_ms(lock->options.clock), out);
		if (!note)
			return taken_error(lock, &by, err);
		*ret_note = note;
	}
	return write_file(lock, fd, err);
}

/* Opens the file if it is there and still has `id`; else *ret_fd is -1. */
static bool open_own(const struct lock *lock, const char *id, struct lock_record *ret_by, int *ret_fd,
		     struct error *err)
{
	CLEANUP(close_fd) int fd = -1;
	bool there = false;
	*ret_by = (struct lock_record){0};
	*ret_fd = -1;
	if (!open_locked(lock, 0, &fd, err))
		return false;
	if (fd >= 0 && !read_file(lock, fd, lock->arena, ret_by, &there, err))
		return false;
	if (there && str_eq(ret_by->holder.id, id)) {
		*ret_fd = fd;
		fd = -1;
	}
	return true;
}

static bool lost_error(const struct lock *lock, const struct lock_record *by, struct error *err)
{
	if (by->holder.id)
		taken_error(lock, by, err);
	else
		error_set(err, ERR_LOCKED, "it is gone");
	return error_wrap(err, "the lock of '%s' was lost", lock->options.name);
}

static bool renew_file(const struct lock *lock, struct error *err)
{
	CLEANUP(close_fd) int fd = -1;
	struct lock_record by;
	if (!open_own(lock, lock->record.holder.id, &by, &fd, err))
		return false;
	return fd < 0 ? lost_error(lock, &by, err) : write_file(lock, fd, err);
}

static bool remove_file(const struct lock *lock, const char *id, bool *ret_removed, struct error *err)
{
	CLEANUP(close_fd) int fd = -1;
	struct lock_record by;
	if (!open_own(lock, id, &by, &fd, err))
		return false;
	if (fd >= 0 && unlink(lock->path) != 0)
		return io_error(err, lock->path, "remove");
	*ret_removed = *ret_removed || fd >= 0;
	return true;
}

static bool has_remote(const struct lock *lock)
{
	const struct lock_options *options = &lock->options;
	return options->store && store_remote_name(options->store, options->remote, lock->arena);
}

static struct store_note note_of(const struct lock *lock)
{
	return (struct store_note){.remote = lock->options.remote, .ref = lock->ref};
}

static bool change_note(const struct lock *lock, const char *expected, const char *text,
			struct store_note_swapped *ret, struct error *err)
{
	const struct store_note note = note_of(lock);
	const struct store_note_change change = {expected, text, lock->options.clock};
	return store_note_swap(lock->options.store, &note, &change, lock->arena, ret, err);
}

/* Replaces `expected` on the remote by this lock's record. */
static bool swap_remote(struct lock *lock, const char *expected, bool *ret_swapped, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LOCK_MAX_BYTES);
	lock_record_encode(&lock->record, &text);
	struct store_note_swapped end = {0};
	if (!change_note(lock, expected, strbuf_text(&text), &end, err))
		return false;
	if (end.swapped)
		lock->remote_id = end.id;
	*ret_swapped = end.swapped;
	return true;
}

static bool read_remote(const struct lock *lock, const char **ret_id, struct lock_record *ret_by,
			struct error *err)
{
	struct store_note note = note_of(lock);
	const char *text;
	if (!store_note_read(lock->options.store, &note, lock->arena, ret_id, &text, err))
		return false;
	if (!*ret_id || lock_record_decode(text, strlen(text), lock->arena, ret_by))
		return true;
	error_set(err, ERR_LOCKED, "'%s' on the git remote cannot be read", lock->ref);
	return error_hint(err, "If no run of '%s' is at work: git push REMOTE :%s.", lock->options.name,
			  lock->ref);
}

static bool take_remote(struct lock *lock, struct arena *out, const char **ret_note, struct error *err)
{
	for (int attempt = 0; attempt < 3; attempt++) {
		const char *there = NULL;
		const char *note = NULL;
		struct lock_record by = {0};
		bool swapped = false;
		if (!read_remote(lock, &there, &by, err))
			return false;
		if (there && !str_eq(by.holder.id, lock->record.holder.id)) {
			note = lock_record_why_stale(&by, clock_now_ms(lock->options.clock), out);
			if (!note)
				return taken_error(lock, &by, err);
		}
		if (!swap_remote(lock, there, &swapped, err))
			return false;
		if (note && swapped)
			*ret_note = note;
		if (swapped)
			return true;
	}
	return error_set(err, ERR_LOCKED, "the lock of '%s' on the git remote is being taken by others",
			 lock->options.name);
}

static bool renew_remote(struct lock *lock, struct error *err)
{
	bool swapped = false;
	if (!swap_remote(lock, lock->remote_id, &swapped, err))
		return false;
	if (swapped)
		return true;
	struct lock_record by = {0};
	const char *there = NULL;
	lock->remote_id = NULL;
	return read_remote(lock, &there, &by, err) && lost_error(lock, &by, err);
}

static struct lock *lock_new(const struct lock_options *options)
{
	struct arena *arena = arena_new();
	struct lock *lock = mem_alloc(sizeof *lock);
	lock->arena = arena;
	lock->options = *options;
	lock->options.name = arena_strdup(arena, options->name);
	lock->options.remote = arena_strdup(arena, options->remote);
	lock->path = arena_printf(arena, "%s/%s.lock", options->dir, options->name);
	lock->ref = arena_printf(arena, "refs/seatshift/locks/%s", options->name);
	return lock;
}

static void drop(struct lock *lock)
{
	if (!lock)
		return;
	arena_free(lock->arena);
	free(lock);
}

static void drop_p(struct lock **lock)
{
	drop(*lock);
}

static int64_t ttl_of(const struct lock *lock)
{
	return lock->options.ttl_ms > 0 ? lock->options.ttl_ms : LOCK_TTL_MS;
}

static void fill_record(struct lock *lock, const struct lock_options *options)
{
	char id[GUID_TEXT_SIZE];
	random_guid(options->random, id);
	int64_t now_ms = clock_now_ms(options->clock);
	int64_t process = getpid();
	lock->record = (struct lock_record){
		.holder = {.id = arena_strdup(lock->arena, id),
			   .who = arena_strdup(lock->arena, options->who),
			   .host = arena_strdup(lock->arena, options->host),
			   .process = process,
			   .since_ms = now_ms,
			   .expires_ms = now_ms + ttl_of(lock)},
		.machine = lock_machine(lock->arena),
		.started = lock_start_of(process, lock->arena),
	};
}

bool lock_take(const struct lock_options *options, struct arena *out, struct lock **ret_lock,
	       const char **ret_note, struct error *err)
{
	CLEANUP(drop_p) struct lock *lock = lock_new(options);
	const char *note = NULL;
	fill_record(lock, options);
	if (!kept_text_refuse_all(
		    &(struct str_list){.items = (const char *[]){options->who, options->host}, .count = 2},
		    err))
		return error_wrap(err, "cannot lock under the name of whoever runs this");
	if (!take_file(lock, out, &note, err))
		return false;
	if (has_remote(lock) && !take_remote(lock, out, &note, err)) {
		lock_free(TAKE(lock));
		return false;
	}
	*ret_note = note;
	*ret_lock = TAKE(lock);
	return true;
}

bool lock_renew(struct lock *lock, struct error *err)
{
	int64_t before_ms = lock->record.holder.expires_ms;
	lock->record.holder.expires_ms = clock_now_ms(lock->options.clock) + ttl_of(lock);
	if (renew_file(lock, err) && (!lock->remote_id || renew_remote(lock, err)))
		return true;
	lock->record.holder.expires_ms = before_ms;
	return false;
}

int64_t lock_expires_ms(const struct lock *lock)
{
	return lock->record.holder.expires_ms;
}

const char *lock_id(const struct lock *lock)
{
	return lock->record.holder.id;
}

void lock_free(struct lock *lock)
{
	if (!lock)
		return;
	/* A lock that cannot be released expires. */
	struct error ignored = ERROR_INIT;
	struct store_note_swapped end = {0};
	bool done = false;
	if (lock->remote_id && !change_note(lock, lock->remote_id, NULL, &end, &ignored))
		error_release(&ignored);
	if (!remove_file(lock, lock->record.holder.id, &done, &ignored))
		error_release(&ignored);
	drop(lock);
}

static bool break_remote(struct lock *lock, const char *id, bool *ret_removed, struct error *err)
{
	const char *there = NULL;
	struct lock_record by = {0};
	struct store_note_swapped end = {0};
	if (!read_remote(lock, &there, &by, err))
		return false;
	if (!there || !str_eq(by.holder.id, id))
		return true;
	if (!change_note(lock, there, NULL, &end, err))
		return false;
	*ret_removed = *ret_removed || end.swapped;
	return true;
}

bool lock_break(const struct lock_options *options, const char *id, struct error *err)
{
	CLEANUP(drop_p) struct lock *lock = lock_new(options);
	bool removed = false;
	if (!remove_file(lock, id, &removed, err) ||
	    (has_remote(lock) && !break_remote(lock, id, &removed, err)))
		return false;
	if (removed)
		return true;
	error_set(err, ERR_FAILED, "'%s' has no lock with the id '%s'", options->name, id);
	return error_hint(err, "The refusal names the id; it changes with every run.");
}
