/* What the parts of the proof share (simulate*.c). */
#ifndef PLANS_SIMULATE_INTERNAL_H
#define PLANS_SIMULATE_INTERNAL_H

#include "plans/planning/simulate.h"

enum { REDEEMS_MAX = 128, REDEEM_WORDS = REDEEMS_MAX / 64 };

/* One action that touches a user's licences. */
struct touch {
	size_t action;
	const struct touch *next;
	bool user_first;  /* a group's: it waits for the user's own action */
	bool group_first; /* a group's: the user's own action waits for it */
};

/* Seats of one SKU. */
struct pool {
	const char *sku_id;
	const char *part_number;
	int64_t assigned;
	int64_t prepaid;
	int64_t given; /* to users who did not hold it */
	bool some_given;
	uint64_t redeems[REDEEM_WORDS]; /* that every action which gives it waits for */
};
VEC(pool_list, struct pool);

struct simulation {
	struct planning *p;
	const struct action_list *actions;
	const struct touch **touches;		  /* per live user */
	bool *has_location;			  /* per action: waits for a set-usage-location of its user */
	uint64_t (*redeems_before)[REDEEM_WORDS]; /* per action: the redeem steps it waits for */
	size_t *redeem_actions;			  /* by number */
	size_t redeem_count;
	size_t *mark; /* per action: the walk that last came by */
	size_t walk;
	struct pool_list pools;
	bool failed;
};

/* Seats that a step by hand makes usable: a key's, or those of a subscription that is reactivated. */
bool simulate_brings(const struct action *action, int64_t *ret_seats);
void simulate_fail(struct simulation *s, size_t action, const char *who, const char *invariant,
		   const char *fmt, ...) PRINTF(5, 6);
struct pool *simulate_pool(struct simulation *s, const char *sku_id);
size_t simulate_index(const struct simulation *s, const char *action_id); /* SIZE_MAX: no such action */
/* Marks with a new number (s->walk) every action that `action` waits for, directly or not. */
void simulate_walk_back(struct simulation *s, size_t action);

void simulate_users(struct simulation *s); /* continuity, conflicts, scope; counts what is given */
void simulate_seats(struct simulation *s);
void simulate_retires(struct simulation *s);

#endif
