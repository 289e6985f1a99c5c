/*
 * A file that somebody names on the command line to be written: --out, --also, --events, --authority.
 *
 * What a customers' repository consists of is written by the commands that it belongs to, and by people; a
 * result never takes its place. Anything else that is there is replaced, as everywhere.
 */
#ifndef CMD_GIVEN_FILE_H
#define CMD_GIVEN_FILE_H

#include "cmd/outside/app.h"

/*
 * ERR_INVALID for a name below plans/, fleets/ or .git, whether it is there or not, and for a file that is
 * there and that git tracks or the repository reads. *ret_root: for file_open and file_write_atomic.
 */
NODISCARD bool given_file_check(const struct app *app, const char *option, const char *path,
				const char **ret_root, struct error *err);

/*
 * The same for a folder that several files are written to: --man, --all, --evidence, init. ERR_INVALID for
 * plans/, fleets/, customers/ and .git, and for whatever is or would be below them. What git tracks elsewhere
 * may be made again. *ret_root: as above, NULL where there is no repository.
 */
NODISCARD bool given_folder_check(const struct app *app, const char *option, const char *path,
				  const char **ret_root, struct error *err);

#endif
