/* Whether the names under `protected` protect anybody: said before a plan is made, since nobody would notice.
 */
#ifndef CMD_PROTECTED_NAMES_H
#define CMD_PROTECTED_NAMES_H

#include "cmd/session/session.h"

/*
 * Asks the tenant for those of its own domains that were not read. SS230 for one that is nobody's, SS337 for
 * one that is somebody's address only: an error, since that account would not be protected. Both are printed.
 */
NODISCARD bool protected_names_check(struct app *app, const struct session *session, const struct live *live,
				     struct diag_list *diags, struct error *err);

#endif
