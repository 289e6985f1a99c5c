/*
 * Files: reading with a limit, atomic and durable writing, directories.
 *
 * A write is: temporary file beside the target, fsync, rename, fsync of the folder. A crash or a full
 * disk leaves either the old file or the new one, never a part.
 */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include "core/bytes.h"
#include "core/error.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/str.h"
#include "core/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The whole file, NUL added behind it. More than `max` bytes is ERR_INVALID; any other failure ERR_IO. For
 * what somebody names on the command line: of a repository nothing is read by it (tests/lint/banned.py).
 */
NODISCARD bool file_read(const char *path, size_t max, struct arena *out, struct bytes *ret,
			 struct error *err);
/*
 * The same for a file of a repository: `path` within `dir` has no symbolic link in it, and is no FIFO, device
 * or folder, which is ERR_INVALID. An absolute `path` has only its last part looked at.
 */
NODISCARD bool file_read_within(const char *dir, const char *path, size_t max, struct arena *out,
				struct bytes *ret, struct error *err);
/* The same for what is secret: no copy is left behind in memory. */
NODISCARD bool file_read_secret(const char *path, size_t max, struct secret **ret, struct error *err);
/*
 * Whatever is written, is written by these. No symbolic link below `root` (a repository's folder, or NULL) is
 * followed or replaced, the last part of `path` included, which is ERR_INVALID: git brings links along, and
 * what a review does not show must not decide where a file goes. Above it they are as everywhere. `path` is
 * seen from the current folder, not from `root`.
 */
/* Never in place of what is not a file: a device that somebody names, /dev/null for one, stays what it is. */
NODISCARD bool file_write_atomic(const char *root, const char *path, const char *bytes, size_t len,
				 struct error *err);
NODISCARD bool file_make_dirs(const char *root, const char *path, struct error *err); /* like mkdir -p */
/* open(2) on such a way: the descriptor, or -1 with errno, which is ELOOP for a link; file_error tells it. */
int file_open(const char *root, const char *path, int flags, mode_t mode);
bool file_error(struct error *err, const char *what, const char *path); /* "cannot WHAT 'PATH': …", false */
NODISCARD bool file_list(const char *dir, struct arena *out, struct str_list *ret_names,
			 struct error *err); /* names, sorted, without . and ..; a missing folder is empty */
/* The same of a repository's folder, on a way without symbolic links. */
NODISCARD bool file_list_within(const char *dir, const char *path, struct arena *out,
				struct str_list *ret_names, struct error *err);
bool file_exists(const char *path);			    /* whatever it is: a link to nowhere, too */
bool file_is_dir_within(const char *dir, const char *path); /* a folder of a repository; no link is one */
bool file_is_dir(const char *path);
const char *path_join(struct arena *out, const char *dir, const char *name); /* `name` may be absolute */
const char *path_name(const char *path);				     /* the last part; borrows */
const char *path_dir(struct arena *out, const char *path);		     /* "." when there is none */

#endif
