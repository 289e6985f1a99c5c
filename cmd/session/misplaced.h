/* Looks for a key that was waited for in one tenant and seems to have been redeemed in another. */
#ifndef CMD_MISPLACED_H
#define CMD_MISPLACED_H

#include "cmd/session/session.h"
#include "plans/saved/plan_folder.h"

/* What another tenant was seen to have, at the first look. */
struct tenant_seen {
	const char *tenant_id;
	struct live live;
};
VEC(tenant_seen_list, struct tenant_seen);

struct misplaced_look {
	struct app *app;
	const struct session *session;
	const struct plan_folder *folder;
	const struct action *redeem;
	struct tenant_seen_list seen; /* filled by the first look, compared with by those after it */
};

/*
 * Reads the partner's own tenant and those of the repository's other customers, as far as the same
 * credentials can, and tells on stderr where the key seems to have landed, and what was not looked at. What a
 * tenant had before is known from an earlier look or, of a customer, from the newest plan's snapshot and
 * journal. A courtesy: bounded in tenants and time, and a tenant that cannot be read is passed over. True
 * when something was found.
 */
bool misplaced_look(struct misplaced_look *look);

/* Only remembers what is there now, for a later look of the same run. Tells nothing. */
void misplaced_remember(struct misplaced_look *look);

#endif
