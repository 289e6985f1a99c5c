/* Programs that a person's machine provides: found in PATH, with the little of our environment they
 * need. */
#ifndef CMD_CHILD_H
#define CMD_CHILD_H

#include "cmd/outside/app.h"
#include "core/process.h"

/* A password manager needs its own session's token; to nobody else it is given. */
enum child_role { CHILD_BROWSER, CHILD_PASSWORD_MANAGER };

/*
 * Fills `argv` and `env` of the process. The first word is looked up in PATH unless it has a slash.
 * ERR_INVALID when there is no such program. Credentials of ours are not passed on.
 */
NODISCARD bool child_prepare(struct app *app, const struct str_list *words, enum child_role role,
			     struct process *ret_process, struct error *err);

#endif
