/*
 * Whoever keeps the old SKU on purpose after its subscription was retired: who is not listed, under `except`
 * or protected. Nobody moves them, so they are told for as long as they hold it. Pure.
 */
#ifndef PLANS_KEEPERS_H
#define PLANS_KEEPERS_H

#include "plans/saved/replay.h"

struct keepers {
	const char *part_number;
	struct str_list names; /* UPNs, sorted */
	bool lacks_seats;      /* the tenant has fewer seats of the SKU than people who hold it */
};
VEC(keepers_list, struct keepers);

/*
 * One row for each SKU that the plan has retired and somebody still holds. `before` is the plan's snapshot;
 * `now` the tenant as it is, or NULL: then those are told who held it when the plan was made.
 */
struct keepers_list keepers_of(const struct plan *plan, const struct replay *replay,
			       const struct live *before, const struct live *now, struct arena *out);

/*
 * Adds what has to be read for `now`: everybody who kept a SKU that the plan retires, where no more than
 * `most` did. Who was not read is told as they were.
 */
struct read_scope;
void keepers_read_scope(const struct plan *plan, const struct live *before, size_t most, struct arena *out,
			struct read_scope *scope);

/* "2 people still hold STANDARDPACK on purpose: a@…, b@…", the first few of them. */
const char *keepers_text(const struct keepers *kept, struct arena *out);

#endif
