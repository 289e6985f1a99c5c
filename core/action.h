/*
 * Actions: the ordered, executable changes of a plan, with what each expects to find and must leave.
 *
 * `action_compare_user` is the one place that says whether a live user is as an action expects, as it
 * should become, or neither; planning, applying, verifying and drift all ask it.
 */
#ifndef CORE_ACTION_H
#define CORE_ACTION_H

#include "core/tenant.h"

enum action_kind {
	ACTION_ADD_PARTNER,
	ACTION_REDEEM_KEY,
	ACTION_RECEIVE_SEATS, /* seats that come without a key: somebody else provisions them */
	ACTION_SET_USAGE_LOCATION,
	ACTION_ASSIGN_LICENSE,
	ACTION_SWAP_LICENSE,
	ACTION_REMOVE_LICENSE,
	ACTION_SWAP_GROUP_LICENSE,
	ACTION_RETIRE_SUBSCRIPTION,
	ACTION_REACTIVATE_SUBSCRIPTION, /* of an undo: what was retired is brought back */
	ACTION_KIND_COUNT
};

enum action_by { BY_GRAPH, BY_HAND };

/* A member of an action as a plan has it, in JSON. A list of them ends with a row whose name is NULL. */
enum action_member_type {
	MEMBER_TEXT,
	MEMBER_TEXT_OR_NULL,
	MEMBER_INT,
	MEMBER_TEXTS,
	MEMBER_LICENSES /* [{"disable":[...],"sku":"..."}] */
};
struct action_member {
	const char *name;
	enum action_member_type type;
	size_t offset; /* in struct action; in struct action_state for what is expected and left */
};

/* All that differs from kind to kind and needs no code. Members stand in the order of canonical JSON. */
struct action_info {
	const char *name; /* in plans: "swap-license" */
	char mark;	  /* on screen: ! + ~ - */
	enum action_by by;
	const char *summary; /* one line, for help and explain */
	const struct action_member *change, *expect, *result;
};
const struct action_info *action_info(enum action_kind kind);
bool action_brings_seats(
	enum action_kind kind); /* a key that is redeemed, or seats that somebody provisions */
bool action_kind_parse(const char *name, enum action_kind *ret_kind);

/* What is found or left. Which members count depends on the kind; the others are NULL, empty or -1. */
struct action_state {
	const char *usage_location;   /* user actions; NULL: none */
	struct license_list licenses; /* direct licences of the SKUs in the action's scope, sorted */
	/* retire- and reactivate-subscription: of it; redeem-key: of all that have the SKU, but those that
	 * go; receive-seats: the same, and in the result with all that this plan orders up to this step */
	int64_t seats;
	struct str_list subscription_ids; /* redeem-key, receive-seats: those of the SKU before */
	const char *ends;     /* redeem-key, extend-term: date (YYYY-MM-DD) of the end of the term;
			       * reactivate-subscription: of the last day on which it can be done */
	const char *status;   /* retire-subscription: "Enabled"; result "retired" */
	const char *relation; /* add-partner: "none"; result "contract-or-gdap" */
};

struct action {
	const char *id; /* "a0001" */
	enum action_kind kind;
	struct str_list after; /* ids of the actions that must have ended well before this one begins */
	int64_t wave;	       /* 0-based; no two actions of one wave depend on each other */
	bool canary;

	/* Subject: a user, a group, a SKU, a subscription or the tenant. */
	const char *user_id;
	const char *upn;
	const char *group_id;
	const char *group_name;
	const char *sku_id;
	const char *subscription_id;

	/* Change. */
	struct license_list add; /* sorted by SKU; disabled_plans is the whole list to be sent */
	struct str_list remove;	 /* SKU ids, sorted */
	const char *usage_location;
	int64_t seats;
	const char *redeem_as;
	const char *key_ends_in; /* the last five characters, or NULL */
	const char *programme;	 /* receive-seats: as files have it */
	const char *arrives_by;
	const char *provisioned_by; /* or NULL */
	const char *return_until;   /* YYYY-MM-DD, or NULL: not known yet, or never */
	const char *cancel_by;
	const char *retire_by;
	struct str_list keep; /* retire: ids of the subscriptions that must not be cancelled */

	struct action_state expect;
	struct action_state result;
	const char *why;  /* names the entry by its content */
	const char *undo; /* "reversible", "until-retired", "until 2027-03-01", "never" */
};
VEC(action_list, struct action);

enum comparison { AS_EXPECTED, AS_RESULT, NEITHER };

/*
 * Compares the live user (NULL: gone) with a user action. Only what the action names counts: its
 * usage location and the direct licences of the SKUs that it adds or removes. On NEITHER,
 * `*ret_difference` says in one line what was found instead, in `out`: instead of the result where the
 * subject holds the SKUs of that, else instead of what was expected.
 */
enum comparison action_compare_user(const struct action *action, const struct user *user, struct arena *out,
				    const char **ret_difference);
enum comparison action_compare_group(const struct action *action, const struct group *group,
				     struct arena *out, const char **ret_difference);

/*
 * The service may keep another choice of services than was sent: one more is off since another needs it, or
 * one stays on since it is the company's. Of a subject that holds just the SKUs that the action leaves.
 */
struct kept {
	const char
		*text; /* what differs from the result, in names; NULL: nothing, or it is not such a case */
	struct str_list off; /* ids of the service plans that are off and should be on */
};
struct kept action_kept_by_user(const struct action *action, const struct user *user, struct arena *out);
struct kept action_kept_by_group(const struct action *action, const struct group *group, struct arena *out);

/*
 * A user is addressed by id, but reviewed by name. NULL when the live user still has the name of the plan;
 * else one line in `out`.
 */
const char *action_renamed(const struct action *action, const struct user *user, struct arena *out);
const char *action_group_renamed(const struct action *action, const struct group *group, struct arena *out);

bool license_equal(const struct license *a, const struct license *b);

#endif
