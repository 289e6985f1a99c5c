/*
 * Service plans: what a licence switches on, what stays off in a swap, and what would be lost.
 *
 * Pure. A SKU's plans come from the tenant's own subscribedSkus where it has the SKU, else from the
 * catalogue. Two service plans serve the same purpose when they are the same plan or belong to one
 * family (Exchange mailbox, SharePoint, Teams, ...), by name.
 */
#ifndef PLANS_SERVICES_H
#define PLANS_SERVICES_H

#include "core/tenant.h"

/*
 * A service plan that there is a rule for (core/service_rules.h), by bits: one per exclusion, and one per
 * dependency.
 */
struct ruled_plan {
	const char *id;
	const char *name;
	uint64_t one_of;   /* exclusions that name it */
	uint64_t other_of; /* exclusions that it is one of the others of */
	uint64_t needs;	   /* dependencies that it has */
	uint64_t serves;   /* dependencies that it satisfies */
};
VEC(ruled_plan_list, struct ruled_plan);

/* A SKU as planning needs it: from the tenant, or from the catalogue when the tenant lacks it. */
struct sku_view {
	const char *id;
	const char *part_number;
	struct service_plan_list plans; /* sorted by id */
	size_t *families;		/* of each plan: the number of its family; 0: none */
	const struct sku *live;		/* NULL when the tenant lacks it */
	struct str_list mailbox_plans;	/* ids of the plans that give a mailbox */
	struct ruled_plan_list ruled;	/* sorted by id */
};

/* By part number or GUID; NULL when neither the tenant nor the catalogue knows it. */
const struct sku_view *sku_view_find(const struct live *live, const char *part_number_or_id,
				     struct arena *out);
const struct service_plan *sku_view_find_plan(const struct sku_view *sku, const char *name_or_id);

/* The family of a service plan's name: "mailbox", "sharepoint", ...; NULL when it has none. */
const char *service_family(const char *plan_name);
/*
 * The other plan is of its kind and does no less: not the same, but the service continues where it is on.
 * What does less is a loss (core/service_ladders.h).
 */
bool service_replaces(const char *other, const char *name);
/* Whether somebody gains or loses something by it. */
bool service_plan_counts(const struct service_plan *plan);

/*
 * What is to be off in `to` when `off_in_from` was off in `from`: the same plans, and those of the same
 * family. Plans without a counterpart are appended to *ret_lost (names), which may be NULL.
 */
void services_carry_over(const struct sku_view *from, const struct str_list *off_in_from,
			 const struct sku_view *to, struct arena *out, struct str_list *ret_off,
			 struct str_list *ret_lost);

/* Views by id, each made once. */
struct sku_cache {
	const struct live *live;
	struct arena *out;
	const struct sku_view **views;
	size_t count, cap;
};
const struct sku_view *sku_cache_get(struct sku_cache *cache, const char *sku_id); /* NULL: unknown */

/* Whether any of these licences, with what is off in it, gives a mailbox; an unknown SKU gives none. */
bool sku_cache_has_mailbox(struct sku_cache *cache, const struct license_list *held);

/* What Graph would refuse in a set of licences on one user, or may refuse. */
struct service_clash {
	const char *plan;     /* name */
	const char *plan_sku; /* part number of the SKU it comes with */
	const char *other;    /* a conflict: the other plan; a dependency: NULL */
	const char *other_sku;
	const char *needs; /* a dependency: what it needs, "A or B"; a conflict: NULL */
};
/*
 * Whether the licences clash with each other. Only clashes in which a licence of `added` takes part
 * count: what a user had before is not this plan's doing. False when there is none.
 */
bool services_find_clash(struct sku_cache *cache, const struct license_list *held,
			 const struct license_list *added, struct service_clash *ret_clash);
enum clash_kind {
	CLASH_CONFLICT,	  /* cannot be held together */
	CLASH_DISPUTE,	  /* Microsoft's pages disagree whether they can */
	CLASH_DEPENDENCY, /* needs what is not on */
};
/* One after the other: begin with every bit of *asked set; each call clears those of the rules it tells. */
bool services_next_clash(struct sku_cache *cache, const struct license_list *held,
			 const struct license_list *added, enum clash_kind kind, uint64_t *asked,
			 struct service_clash *ret_clash);

#endif
