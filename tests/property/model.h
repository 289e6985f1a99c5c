/*
 * A little model of how Graph assigns licences, for the properties of plans. It is written from
 * Microsoft's documentation and shares no code with the planner.
 *
 * An assignment is checked as a whole before anything of it is done: the user needs a usage location;
 * every SKU that is added must be in the tenant and have a free seat, counted before any removal; what
 * is removed must be assigned directly; disabled plans must be plans of the SKU; and of the services
 * that are on afterwards none may exclude another or lack one that it depends on.
 */
#ifndef TESTS_PROPERTY_MODEL_H
#define TESTS_PROPERTY_MODEL_H

#include "core/action.h"
#include "core/catalog.h"

enum {
	MODEL_USERS = 8,
	MODEL_GROUPS = 2,
	MODEL_SKUS = 8,
	MODEL_SUBSCRIPTIONS = 24,
	MODEL_SOURCES = 8,
	DIRECT = -1
};

struct model_source {
	int sku;
	int group;    /* DIRECT, or the group */
	uint64_t off; /* by the index of the plan in the SKU */
};

struct model_user {
	const char *id, *upn, *location;
	struct model_source sources[MODEL_SOURCES];
	int source_count;
};

struct model_group {
	const char *id, *name;
	unsigned members; /* by the number of the user */
	struct model_source licenses[MODEL_SOURCES];
	int license_count;
};

struct model_subscription {
	const char *id, *created, *ends;
	int sku;
	int64_t seats;
	bool is_cancelled;
	bool is_advisor; /* no key is redeemed into it */
};

struct model {
	struct arena *arena;
	const struct catalog_sku *skus[MODEL_SKUS];
	struct model_user users[MODEL_USERS];
	struct model_group groups[MODEL_GROUPS];
	struct model_subscription subscriptions[MODEL_SUBSCRIPTIONS];
	int user_count, group_count, subscription_count;
};

extern const char *const model_sku_names[MODEL_SKUS];
void model_init(struct model *m, struct arena *arena);

bool model_holds(const struct model_user *user, int sku);
int64_t model_consumed(const struct model *m, int sku);
int64_t model_prepaid(const struct model *m, int sku);
bool model_has_mailbox(const struct model *m, const struct model_user *user);
/* NULL, or what the services that are on would be refused for. */
const char *model_clash(const struct model *m, const struct model_user *user);

/* Carries out an action as Graph, or the person, would. NULL, or why it is refused. */
const char *model_do(struct model *m, const struct action *action);

/* What a complete read gives; lists in the order that `seed` shuffles them into. */
void model_read(const struct model *m, struct arena *out, unsigned seed, struct live *ret_live);

#endif
