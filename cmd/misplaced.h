/* Looks for a key that was waited for in one tenant and seems to have been redeemed in another. */
#ifndef CMD_MISPLACED_H
#define CMD_MISPLACED_H

#include "cmd/session.h"
#include "plans/plan_folder.h"

/*
 * Reads the partner's own tenant and those of the repository's other customers, as far as the same
 * credentials can, and tells on stderr where the key seems to have landed. A courtesy: a tenant that
 * cannot be read is passed over. True when something was found.
 */
bool misplaced_look(struct app *app, const struct session *session, const struct plan_folder *folder,
		    const struct action *redeem);

#endif
