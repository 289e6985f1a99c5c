/* The journal of a plan: hash-chained JSON lines, on disk before what they announce. */
#include "plans/saved/journal.h"

#include "core/credential.h"
#include "core/digest.h"
#include "core/file.h"
#include "core/kept_text.h"
#include "core/mem.h"
#include "core/product_key_find.h"
#include "plans/saved/journal_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JOURNAL_MAX_BYTES = 512 * 1024 * 1024, JOURNAL_MAX_LINE = 1024 * 1024 };
enum { HOLD_MS = 2000, HOLD_STEP_MS = 50 };

struct journal {
	int fd;
	const struct clock *clock;
	struct journal_file file;
	off_t whole; /* bytes in complete lines: where the next one goes */
	int64_t seq;
	char prev[DIGEST_TEXT_SIZE]; /* of the last line; "" before the first */
	bool unsynced;
	bool failed;
	struct journal_watch watch;
};

/* A journal as it is read, from its beginning or from where a writer stands. */
struct reading {
	const struct journal_file *file;
	struct arena *out;
	struct journal_entry_list entries;
	int64_t seq;		     /* of the last line that was read */
	char prev[DIGEST_TEXT_SIZE]; /* its hash; "" before the first */
	size_t whole;		     /* bytes of complete lines */
	bool cut;		     /* there is a part of a line behind them */
};

static bool check_line(const struct reading *r, const struct json *root, struct bytes line,
		       struct journal_entry *ret, struct error *err)
{
	struct journal_entry entry;
	if (!journal_line_decode(root, r->out, &entry))
		return error_set(err, ERR_INVALID, "not a journal entry");
	if (entry.seq != r->seq + 1)
		return error_set(err, ERR_INVALID, "sequence number %lld where %lld belongs",
				 (long long)entry.seq, (long long)r->seq + 1);
	const char *prev = json_get_text(root, "prev");
	if (!str_eq(prev ? prev : "", r->prev))
		return error_set(err, ERR_INVALID, "does not follow the line before it");
	if (r->seq && (entry.head.customer || entry.head.digest || entry.head.tenant))
		return error_set(err, ERR_INVALID, "says again whose journal this is");
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT(JOURNAL_MAX_LINE);
	journal_line_encode(&again, &entry, r->prev);
	if (!bytes_equal((struct bytes){strbuf_text(&again), again.len}, line))
		return error_set(err, ERR_INVALID, "not written as a journal entry is");
	*ret = entry;
	return true;
}

static bool read_line(struct reading *r, struct bytes line, struct error *err)
{
	CLEANUP(json_freep) struct json *root = NULL;
	struct journal_entry entry;
	if (!json_parse(line.ptr, line.len, &root, err) || !check_line(r, root, line, &entry, err))
		return false;
	VEC_PUSH(r->out, &r->entries, entry);
	r->seq = entry.seq;
	digest_text(line.ptr, line.len, r->prev);
	return true;
}

/* Proves the chain of the lines in `text`. */
static bool read_chain(struct reading *r, struct bytes text, struct error *err)
{
	const char *path = r->file->path;
	while (r->whole < text.len) {
		const char *start = text.ptr + r->whole;
		const char *newline = memchr(start, '\n', text.len - r->whole);
		if (!newline)
			break;
		const struct bytes line = {start, (size_t)(newline - start)};
		if (!read_line(r, line, err)) {
			err->code = ERR_INVALID;
			error_wrap(err, "journal '%s' is damaged at line %lld", path, (long long)r->seq + 1);
			error_where(err, "%s:%lld", path, (long long)r->seq + 1);
			return error_hint(err, "Nobody edits a journal: restore the file as git has it, "
					       "or as the run that wrote it left it.");
		}
		r->whole += line.len + 1;
	}
	r->cut = r->whole < text.len;
	return true;
}

/* From its beginning: it must be this plan's. */
static bool read_lines(struct reading *r, struct bytes text, struct error *err)
{
	return read_chain(r, text, err) &&
	       (!r->entries.count || journal_head_check(r->file, &r->entries.items[0].head, err));
}

bool journal_parse(const struct journal_file *file, struct bytes text, struct arena *out,
		   struct journal_entry_list *ret_entries, bool *ret_cut, struct error *err)
{
	struct reading r = {.file = file, .out = out};
	if (!read_lines(&r, text, err))
		return false;
	*ret_entries = r.entries;
	*ret_cut = r.cut;
	return true;
}

static bool io_error(struct error *err, const char *path, const char *what)
{
	if (errno == ELOOP)
		return file_error(err, what, path);
	return error_set(err, ERR_IO, "cannot %s journal '%s': %s", what, path, strerror(errno));
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static bool read_all(int fd, const char *path, struct strbuf *text, struct error *err)
{
	char chunk[16384];
	for (;;) {
		ssize_t got = read(fd, chunk, sizeof chunk);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return io_error(err, path, "read");
		if (got == 0)
			break;
		strbuf_add_bytes(text, chunk, (size_t)got);
	}
	if (text->failed)
		return error_set(err, ERR_INVALID, "journal '%s' has more than %d bytes", path,
				 JOURNAL_MAX_BYTES);
	return true;
}

static bool check_regular(int fd, const char *path, struct error *err)
{
	struct stat info;
	if (fstat(fd, &info) != 0)
		return io_error(err, path, "examine");
	if (!S_ISREG(info.st_mode))
		return error_set(err, ERR_INVALID, "journal '%s' is not a file", path);
	return true;
}

static bool read_file(int fd, struct reading *r, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(JOURNAL_MAX_BYTES);
	return check_regular(fd, r->file->path, err) && read_all(fd, r->file->path, &text, err) &&
	       read_lines(r, (struct bytes){strbuf_text(&text), text.len}, err);
}

bool journal_read(const struct journal_file *file, struct arena *out, struct journal_entry_list *ret_entries,
		  bool *ret_cut, struct error *err)
{
	struct reading r = {.file = file, .out = out};
	CLEANUP(close_fd) int fd = file_open(file->root, file->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0 && errno != ENOENT)
		return io_error(err, file->path, "open");
	if (fd >= 0 && !read_file(fd, &r, err))
		return false;
	*ret_entries = r.entries;
	*ret_cut = r.cut;
	return true;
}

static bool sync_fd(int fd)
{
	int result;
	do {
		result = fsync(fd);
	} while (result != 0 && errno == EINTR);
	return result == 0;
}

/* The name of a new file is on disk only when its folder is. */
static bool sync_folder(const char *root, const char *path, struct error *err)
{
	CLEANUP(mem_free_text) char *folder = mem_strdup(path);
	char *slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	CLEANUP(close_fd)
	int fd = file_open(root, slash ? folder : ".", O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0 || !sync_fd(fd))
		return io_error(err, path, "flush the folder of");
	return true;
}

static bool held_by_another(const char *path, struct error *err)
{
	error_set(err, ERR_LOCKED, "journal '%s' is being written by another process", path);
	return error_hint(err, "Wait until the other run of this plan has ended.");
}

/*
 * Two writers would break the chain for ever, so a writer holds the file for as long as it is open.
 * The kernel lets go when the process ends, however it ends. Who only notes something is soon done.
 */
static bool hold_file(int fd, const char *path, const struct clock *clock, struct error *err)
{
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += HOLD_STEP_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return io_error(err, path, "lock");
		if (waited >= HOLD_MS)
			return held_by_another(path, err);
		clock_sleep_ms(clock, HOLD_STEP_MS);
	}
	return true;
}

static int open_file(const struct journal_file *file, bool *ret_created)
{
	const int flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
	int fd = file_open(file->root, file->path, flags | O_CREAT | O_EXCL, 0666);
	*ret_created = fd >= 0;
	return fd < 0 && errno == EEXIST ? file_open(file->root, file->path, flags, 0) : fd;
}

static bool cut_to(int fd, off_t size)
{
	int result;
	do {
		result = ftruncate(fd, size);
	} while (result != 0 && errno == EINTR);
	return result == 0 && sync_fd(fd);
}

bool journal_open(const struct journal_file *file, const struct clock *clock, struct arena *out,
		  struct journal_entry_list *ret_entries, struct journal **ret_journal, struct error *err)
{
	const char *path = file->path;
	bool created = false;
	CLEANUP(close_fd) int fd = open_file(file, &created);
	if (fd < 0)
		return io_error(err, path, "open");
	if (created && (!sync_fd(fd) || !sync_folder(file->root, path, err)))
		return err->code ? false : io_error(err, path, "flush");
	struct reading r = {.file = file, .out = out};
	if (!hold_file(fd, path, clock, err) || !read_file(fd, &r, err))
		return false;
	if (r.cut && !cut_to(fd, (off_t)r.whole))
		return io_error(err, path, "cut the broken last line off");
	struct journal *journal = mem_alloc(sizeof *journal);
	*journal = (struct journal){
		.fd = fd, .clock = clock, .file = *file, .whole = (off_t)r.whole, .seq = r.seq};
	memcpy(journal->prev, r.prev, sizeof r.prev);
	fd = -1;
	*ret_entries = r.entries;
	*ret_journal = journal;
	return true;
}

void journal_free(struct journal *journal)
{
	if (!journal)
		return;
	if (journal->unsynced)
		(void)sync_fd(journal->fd);
	close(journal->fd);
	free(journal);
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t wrote = write(fd, bytes, len);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		bytes += wrote;
		len -= (size_t)wrote;
	}
	return true;
}

/* Leaves the file at its last whole line; if even that fails, the next opening cuts it. */
static bool give_up(struct journal *journal, const char *what, struct error *err)
{
	int cause = errno;
	journal->failed = true;
	journal->unsynced = false;
	(void)cut_to(journal->fd, journal->whole);
	errno = cause;
	io_error(err, journal->file.path, what);
	return error_hint(err, "Nothing is sent that is not in the journal first: make room on that "
			       "disk, then apply again to resume.");
}

/* Everything appended is on disk. */
bool journal_flush(struct journal *journal, struct error *err)
{
	if (!journal->unsynced)
		return true;
	if (!sync_fd(journal->fd))
		return give_up(journal, "flush", err);
	journal->unsynced = false;
	return true;
}

static bool write_line(struct journal *journal, const struct strbuf *line, bool to_disk, struct error *err)
{
	if (!write_all(journal->fd, strbuf_text(line), line->len))
		return give_up(journal, "write", err);
	journal->unsynced = true;
	if (to_disk && !journal_flush(journal, err))
		return false;
	journal->whole += (off_t)line->len;
	return true;
}

void journal_set_watch(struct journal *journal, const struct journal_watch *watch)
{
	journal->watch = *watch;
}

static bool holds_no_secret(const struct journal_entry *entry, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct str_list texts = {0};
	journal_line_texts(entry, tmp, &texts);
	return kept_text_refuse_all(&texts, err);
}

static bool append(struct journal *journal, const struct journal_entry *entry, bool to_disk,
		   struct error *err)
{
	if (journal->watch.may_append && !journal->watch.may_append(journal->watch.ctx))
		journal->failed = true;
	if (journal->failed)
		return error_set(err, ERR_IO, "journal '%s' takes no entries after a failed write",
				 journal->file.path);
	char at[TIMESTAMP_TEXT_SIZE];
	timestamp_format(clock_now_ms(journal->clock), at);
	/* Whoever says it: a journal is kept for ever, and read by many. */
	if (!holds_no_secret(entry, err))
		return false;
	CLEANUP(mem_free_text) char *detail = entry->detail ? mem_strdup(entry->detail) : NULL;
	if (detail) {
		product_key_mask(detail);
		credential_mask(detail);
	}
	struct journal_entry complete = *entry;
	complete.detail = detail;
	complete.seq = journal->seq + 1;
	complete.head = journal->seq ? (struct journal_head){0} : journal->file.head;
	complete.at = at;
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT(JOURNAL_MAX_LINE);
	journal_line_encode(&line, &complete, journal->prev);
	if (line.failed || line.len == JOURNAL_MAX_LINE)
		return error_set(err, ERR_INVALID, "a journal entry has more than %d bytes",
				 JOURNAL_MAX_LINE);
	/* It would be refused when read, and the whole journal with it. */
	if (!str_is_utf8(strbuf_text(&line), line.len))
		return error_set(err, ERR_INVALID, "a journal entry is not UTF-8");
	char digest[DIGEST_TEXT_SIZE];
	digest_text(strbuf_text(&line), line.len, digest);
	strbuf_add_char(&line, '\n');
	if (!write_line(journal, &line, to_disk, err))
		return false;
	journal->seq = complete.seq;
	memcpy(journal->prev, digest, sizeof digest);
	if (journal->watch.appended)
		journal->watch.appended(journal->watch.ctx);
	return true;
}

bool journal_append(struct journal *journal, const struct journal_entry *entry, struct error *err)
{
	return append(journal, entry, entry->event != JOURNAL_ENDED, err);
}

bool journal_append_later(struct journal *journal, const struct journal_entry *entry, struct error *err)
{
	return append(journal, entry, false, err);
}

bool journal_pause(struct journal *journal, struct error *err)
{
	if (!journal_flush(journal, err))
		return false;
	return flock(journal->fd, LOCK_UN) == 0 || io_error(err, journal->file.path, "unlock");
}

bool journal_resume(struct journal *journal, struct arena *out, struct journal_entry_list *entries,
		    struct error *err)
{
	const char *path = journal->file.path;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(JOURNAL_MAX_BYTES);
	struct reading r = {.file = &journal->file, .out = out, .entries = *entries, .seq = journal->seq};
	memcpy(r.prev, journal->prev, sizeof r.prev);
	if (!hold_file(journal->fd, path, journal->clock, err))
		return false;
	if (lseek(journal->fd, journal->whole, SEEK_SET) < 0)
		return io_error(err, path, "read");
	if (!read_all(journal->fd, path, &text, err) ||
	    !read_chain(&r, (struct bytes){strbuf_text(&text), text.len}, err))
		return false;
	*entries = r.entries;
	journal->whole += (off_t)r.whole;
	journal->seq = r.seq;
	memcpy(journal->prev, r.prev, sizeof r.prev);
	return !r.cut || cut_to(journal->fd, journal->whole) ||
	       io_error(err, path, "cut the broken last line off");
}
