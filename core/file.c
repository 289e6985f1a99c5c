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

enum { READ_AT_ONCE = 64 * 1024, TEMPORARY_TRIES = 100 };

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

/* ---- the way to a file ---------------------------------------------------------------------- */

/* Where a path has come to. Below the root no link is followed; before it, by as many as it likes. */
struct way {
	int fd;
	struct stat root;
	bool has_root;
	int below; /* how many folders below the root; -1: not there */
};

static void way_end(struct way *way)
{
	if (way->fd >= 0)
		close(way->fd);
}

static bool is_same_folder(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* How far the current folder is below `root`; where that cannot be told, no link is followed at all. */
static int depth_here(const char *root)
{
	char *top = realpath(root, NULL);
	char *here = getcwd(NULL, 0);
	size_t len = top && !str_eq(top, "/") ? strlen(top) : 0;
	bool is_below = top && here && str_starts(here, top) && (!here[len] || here[len] == '/');
	int depth = !top || !here || is_below ? 0 : -1;
	for (const char *p = is_below ? here + len : ""; *p; p++)
		depth += *p == '/' ? 1 : 0;
	free(top);
	free(here);
	return depth;
}

static void way_begin(const char *root, const char *from, struct way *ret)
{
	*ret = (struct way){.fd = open(from, O_PATH | O_DIRECTORY | O_CLOEXEC), .below = -1};
	ret->has_root = root && stat(root, &ret->root) == 0;
	if (ret->has_root && *from != '/')
		ret->below = depth_here(root);
}

/* ELOOP is what errno says of a link that is not followed, whatever the kernel calls it. */
static int open_at(const struct way *way, const char *name, int flags, mode_t mode)
{
	int fd = openat(way->fd, name, flags | O_CLOEXEC | (way->below >= 0 ? O_NOFOLLOW : 0), mode);
	int cause = errno;
	struct stat info;
	if (fd < 0 && way->below >= 0 && fstatat(way->fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(info.st_mode))
		cause = ELOOP;
	errno = cause;
	return fd;
}

static bool way_step(struct way *way, const char *part, bool make)
{
	int next = open_at(way, part, O_PATH | O_DIRECTORY, 0);
	if (next < 0 && errno == ENOENT && make && (mkdirat(way->fd, part, 0777) == 0 || errno == EEXIST))
		next = open_at(way, part, O_PATH | O_DIRECTORY, 0);
	struct stat info;
	if (next < 0)
		return false;
	if (way->below >= 0 && !str_eq(part, "."))
		way->below += str_eq(part, "..") ? -1 : 1;
	if (way->below < 0 && way->has_root && fstat(next, &info) == 0 && is_same_folder(&info, &way->root))
		way->below = 0;
	close(way->fd);
	way->fd = next;
	return true;
}

/* All but the last part of `path`, which *ret_name then is. */
static bool way_walk(struct way *way, const char *path, bool make, struct arena *tmp, const char **ret_name)
{
	for (;;) {
		path += strspn(path, "/");
		const char *part = arena_strndup(tmp, path, strcspn(path, "/"));
		path += strlen(part);
		*ret_name = *part ? part : ".";
		if (!path[strspn(path, "/")])
			return true;
		if (!way_step(way, part, make))
			return false;
	}
}

static bool way_to(const char *root, const char *path, bool make, struct arena *tmp, struct way *ret,
		   const char **ret_name)
{
	way_begin(root, *path == '/' ? "/" : ".", ret);
	return ret->fd >= 0 && way_walk(ret, path, make, tmp, ret_name);
}

bool file_error(struct error *err, const char *what, const char *path)
{
	if (errno != ELOOP)
		return io_error(err, what, path);
	error_set(err, ERR_INVALID, "cannot %s '%s': it is a symbolic link, or is reached by one", what,
		  path);
	return error_hint(err, "What counts is in plain files, as git shows them: a link is not followed.");
}

int file_open(const char *root, const char *path, int flags, mode_t mode)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(way_end) struct way way;
	const char *name;
	return way_to(root, path, false, tmp, &way, &name) ? open_at(&way, name, flags, mode) : -1;
}

static int open_within(const char *dir, const char *path, int more_flags, struct arena *tmp)
{
	/* Neither waits for a writer nor becomes the controlling terminal. */
	const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | more_flags;
	CLEANUP(way_end)
	struct way way = {.fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC)}; /* at the root */
	const char *name;
	return way.fd >= 0 && way_walk(&way, path, false, tmp, &name) ? open_at(&way, name, flags, 0) : -1;
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
	CLEANUP(close_fd) int fd = open_within(dir, path, 0, tmp);
	if (fd < 0)
		return file_error(err, "read", whole);
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

static bool sync_dir(const struct way *way)
{
	CLEANUP(close_fd) int fd = openat(way->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Some file systems cannot sync a folder (EINVAL); the rename is then as safe as it gets. */
	return fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
}

/* A new file beside `name`; who was killed before may have left some. */
static int open_temporary(const struct way *way, const char *name, struct arena *tmp, const char **ret_name)
{
	int fd = -1;
	for (int i = 0; fd < 0 && i < TEMPORARY_TRIES && (!i || errno == EEXIST); i++) {
		*ret_name = arena_printf(tmp, "%s.%ld-%d", name, (long)getpid(), i);
		fd = openat(way->fd, *ret_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	return fd;
}

static bool replace(const struct way *way, const char *name, const char *bytes, size_t len, struct arena *tmp)
{
	const char *temporary;
	CLEANUP(close_fd) int fd = open_temporary(way, name, tmp, &temporary);
	if (fd < 0)
		return false;
	if (write_all(fd, bytes, len) && fchmod(fd, 0644) == 0 && fsync(fd) == 0 &&
	    renameat(way->fd, temporary, way->fd, name) == 0)
		return true;
	int cause = errno;
	unlinkat(way->fd, temporary, 0);
	errno = cause;
	return false;
}

bool file_write_atomic(const char *root, const char *path, const char *bytes, size_t len, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(way_end) struct way way;
	const char *name;
	struct stat info;
	if (!way_to(root, path, false, tmp, &way, &name))
		return file_error(err, "write", path);
	bool there = fstatat(way.fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0;
	if (there && S_ISLNK(info.st_mode) && way.below >= 0) {
		errno = ELOOP;
		return file_error(err, "write", path);
	}
	if (there && !S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode))
		return error_set(err, ERR_IO, "cannot write '%s': it is not a plain file", path);
	if (!replace(&way, name, bytes, len, tmp))
		return io_error(err, "write", path);
	return sync_dir(&way) || io_error(err, "sync the folder of", path);
}

bool file_make_dirs(const char *root, const char *path, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(way_end) struct way way;
	const char *name;
	return (way_to(root, path, true, tmp, &way, &name) && way_step(&way, name, true)) ||
	       file_error(err, "make the folder", path);
}

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static struct str_list names_in(DIR *stream, struct arena *out)
{
	struct str_list names = {0};
	for (struct dirent *entry; stream && (entry = readdir(stream));)
		if (!str_eq(entry->d_name, ".") && !str_eq(entry->d_name, ".."))
			VEC_PUSH(out, &names, arena_strdup(out, entry->d_name));
	str_list_sort_unique(&names);
	return names;
}

bool file_list(const char *dir, struct arena *out, struct str_list *ret_names, struct error *err)
{
	CLEANUP(close_dir) DIR *stream = opendir(dir);
	if (!stream && errno != ENOENT)
		return io_error(err, "list", dir);
	*ret_names = names_in(stream, out);
	return true;
}

bool file_list_within(const char *dir, const char *path, struct arena *out, struct str_list *ret_names,
		      struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	int fd = open_within(dir, path, O_DIRECTORY, tmp);
	if (fd < 0 && errno != ENOENT)
		return file_error(err, "list", path_join(tmp, dir, path));
	CLEANUP(close_dir) DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;
	if (fd >= 0 && !stream)
		close(fd);
	*ret_names = names_in(stream, out);
	return true;
}

bool file_is_dir_within(const char *dir, const char *path)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(close_fd) int fd = open_within(dir, path, O_DIRECTORY, tmp);
	return fd >= 0;
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
