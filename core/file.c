/* Files: reading with a limit, atomic and durable writing, directories. */
#include "core/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static bool io_error(struct error *err, const char *what, const char *path)
{
	return error_set(err, ERR_IO, "cannot %s '%s': %s", what, path, strerror(errno));
}

enum { READ_AT_ONCE = 64 * 1024 };

/* How many bytes a file says it has; what is no plain file says nothing of it. */
static size_t size_of(int fd)
{
	struct stat info;
	bool known = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0;
	return known ? (size_t)info.st_size : READ_AT_ONCE;
}

/* Large files are read to where they stay: there is one byte more than they have, to see that they end. */
static bool read_text(int fd, const char *path, size_t max, struct arena *out, struct bytes *ret,
		      struct error *err)
{
	size_t cap = size_of(fd);
	size_t len = 0;
	char *text = cap <= max ? arena_alloc(out, cap + 1) : NULL;
	while (text) {
		ssize_t got = read(fd, text + len, cap + 1 - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return io_error(err, "read", path);
		if (got == 0)
			break;
		len += (size_t)got;
		if (len <= cap)
			continue;
		cap *= 2;
		char *more = len <= max ? arena_alloc(out, cap + 1) : NULL;
		if (more)
			memcpy(more, text, len);
		text = more;
	}
	if (!text || len > max)
		return error_set(err, ERR_INVALID, "'%s' is larger than %zu bytes", path, max);
	text[len] = '\0';
	*ret = (struct bytes){text, len};
	return true;
}

bool file_read(const char *path, size_t max, struct arena *out, struct bytes *ret, struct error *err)
{
	CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? io_error(err, "read", path) : read_text(fd, path, max, out, ret, err);
}

/* From one folder to the next, so that no part of the way can be a link. -1 with errno. */
static int open_within(const char *dir, const char *path, struct arena *tmp)
{
	CLEANUP(close_fd) int at = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	while (at >= 0) {
		path += strspn(path, "/");
		const char *part = arena_strndup(tmp, path, strcspn(path, "/"));
		path += strlen(part);
		if (!*path)
			/* Neither waits for a writer nor becomes the controlling terminal. */
			return openat(at, part, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		int next = openat(at, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(at);
		at = next;
	}
	return -1;
}

static bool is_link_on_the_way(const char *dir, const char *path, struct arena *tmp)
{
	struct stat info;
	for (const char *p = path; *p; p += *p == '/') {
		p += strcspn(p, "/");
		const char *whole = path_join(tmp, dir, arena_strndup(tmp, path, (size_t)(p - path)));
		if (lstat(whole, &info) == 0 && S_ISLNK(info.st_mode))
			return true;
	}
	return false;
}

bool file_read_within(const char *dir, const char *path, size_t max, struct arena *out, struct bytes *ret,
		      struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct stat info;
	const char *whole = path_join(tmp, dir, path);
	if (*path == '/') {
		dir = path_dir(tmp, path);
		path = path_name(path);
	}
	CLEANUP(close_fd) int fd = open_within(dir, path, tmp);
	if (fd < 0 && is_link_on_the_way(dir, path, tmp)) {
		error_set(err, ERR_INVALID, "'%s' is a symbolic link, or is reached by one", whole);
		return error_hint(
			err, "What counts is in plain files, as git shows them: a link is not followed.");
	}
	if (fd < 0)
		return io_error(err, "read", whole);
	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
		return error_set(err, ERR_INVALID, "'%s' is not a plain file", whole);
	return read_text(fd, whole, max, out, ret, err);
}

bool file_read_secret(const char *path, size_t max, struct secret **ret, struct error *err)
{
	CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return io_error(err, "read", path);
	char *bytes = mem_alloc(max + 1);
	size_t len = 0;
	ssize_t got = 1;
	while (got && len <= max) {
		got = read(fd, bytes + len, max + 1 - len);
		if (got < 0 && errno != EINTR)
			break;
		len += got > 0 ? (size_t)got : 0;
	}
	bool ok = true;
	if (got < 0)
		ok = io_error(err, "read", path);
	else if (len > max)
		ok = error_set(err, ERR_INVALID, "'%s' is larger than %zu bytes", path, max);
	else
		*ret = secret_new(bytes, len);
	secret_wipe(bytes, len);
	free(bytes);
	return ok;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t written = write(fd, bytes, len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		bytes += written;
		len -= (size_t)written;
	}
	return true;
}

static bool sync_dir(const char *dir)
{
	CLEANUP(close_fd) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Some file systems cannot sync a folder (EINVAL); the rename is then as safe as it gets. */
	return fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
}

bool file_write_atomic(const char *path, const char *bytes, size_t len, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct stat info;
	if (lstat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode))
		return error_set(err, ERR_IO, "cannot write '%s': it is not a plain file", path);
	const char *dir = path_dir(tmp, path);
	char *temporary = arena_printf(tmp, "%s.XXXXXX", path);
	CLEANUP(close_fd) int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return io_error(err, "write", path);
	bool written = write_all(fd, bytes, len) && fchmod(fd, 0644) == 0 && fsync(fd) == 0 &&
		       rename(temporary, path) == 0;
	if (!written) {
		io_error(err, "write", path);
		unlink(temporary);
		return false;
	}
	return sync_dir(dir) || io_error(err, "sync the folder of", path);
}

bool file_make_dirs(const char *path, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	char *partial = arena_strdup(tmp, path);
	for (char *slash = partial + 1; slash[-1]; slash++) {
		if (*slash != '/' && *slash != '\0')
			continue;
		char held = *slash;
		*slash = '\0';
		if (mkdir(partial, 0777) != 0 && errno != EEXIST)
			return io_error(err, "make the folder", partial);
		*slash = held;
		if (!held)
			break;
	}
	return file_is_dir(path) || error_set(err, ERR_IO, "'%s' is not a folder", path);
}

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

bool file_list(const char *dir, struct arena *out, struct str_list *ret_names, struct error *err)
{
	struct str_list names = {0};
	CLEANUP(close_dir) DIR *stream = opendir(dir);
	if (!stream && errno != ENOENT)
		return io_error(err, "list", dir);
	for (struct dirent *entry; stream && (entry = readdir(stream));)
		if (!str_eq(entry->d_name, ".") && !str_eq(entry->d_name, ".."))
			VEC_PUSH(out, &names, arena_strdup(out, entry->d_name));
	str_list_sort_unique(&names);
	*ret_names = names;
	return true;
}

bool file_exists(const char *path)
{
	struct stat info;
	return lstat(path, &info) == 0;
}

bool file_is_dir(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

const char *path_join(struct arena *out, const char *dir, const char *name)
{
	if (name[0] == '/' || str_eq(dir, "."))
		return arena_strdup(out, name);
	return arena_printf(out, "%s%s%s", dir, str_ends(dir, "/") ? "" : "/", name);
}

const char *path_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

const char *path_dir(struct arena *out, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return ".";
	return slash == path ? "/" : arena_strndup(out, path, (size_t)(slash - path));
}
