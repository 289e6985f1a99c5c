/*
 * What planning works with: its inputs, the moves as resolved so far, and where complaints go. Pure.
 *
 * Refusals and warnings are collected, so that one run gives them all.
 */
#ifndef PLANS_PLANNING_H
#define PLANS_PLANNING_H

#include "plans/planning/plan.h"
#include "plans/planning/services.h"

/* What the entries of a move say together about one user. */
struct wish {
	const struct user *user;
	const char *usage_location; /* of the most specific entry, or NULL */
	struct str_list disable;    /* service-plan ids of the Open SKU, sorted */
	bool lose_mailbox;
	bool lose_service;	   /* of an undo: had none before the plan that is undone */
	bool is_explicit;	   /* named by UPN or CSV, not only through holders_of or a group */
	bool location_is_explicit; /* the same of usage_location */
	bool told;		   /* that it is listed more than once */
	const char *why;
	struct place place;
};
VEC(wish_list, struct wish);

/* A group that an entry names, whoever is in it. */
struct listed_group {
	const struct group *group;
	struct str_list disable; /* of the entry */
};
VEC(listed_group_list, struct listed_group);

struct resolved_move {
	const struct move *move;
	const struct sku_view *open;
	const struct sku_view *advisor; /* NULL when left out */
	bool same_sku;
	const struct subscription
		*open_found;  /* the subscription that makes a redeem step needless, or NULL */
	int64_t open_there;   /* seats of all Open subscriptions of the SKU, those of any Advisor excluded; of
			       * the  SKU, not of the move: two moves to one SKU have the same number here */
	int64_t open_lasting; /* those of them that meet a need: plans/planning/lasting.h */
	int64_t on_order;     /* seats that this move's redeem step will bring; 0 when there is none */
	bool redeem;
	const struct subscription *advisor_found; /* to be retired; NULL when none is left */
	const struct subscription *reactivate;	  /* of an undo: to be brought back; or NULL */
	struct wish_list wishes;		  /* sorted by user id */
	struct listed_group_list listed;
	const struct user *users; /* all live users */
	uint32_t *wish_of;	  /* per live user: the number of its wish, from 1; 0: none */
	struct str_list excepted; /* user ids, sorted */
	struct str_list meant;	  /* UPNs that a name that is not there is near to */
	bool partial;		  /* an entry for many is refused: who is not listed cannot be told */
};
VEC(resolved_move_list, struct resolved_move);

enum { MAX_SUGGESTIONS = 20 }; /* each walks all names: a file of nothing but strangers stays fast */

struct changes;

/* What planning works with: inputs, the indexes over them, and where complaints go. */
struct planning {
	const struct desired *desired;
	const struct policy *policy;
	const struct live *live;
	const struct user_index *users_by_name;
	struct sku_cache skus;
	struct arena *out;
	struct diag_list *diags;
	struct plan_warning_list warnings;
	struct resolved_move_list moves;
	size_t suggestions;	   /* made so far: MAX_SUGGESTIONS at most */
	bool incomplete;	   /* something that planning depends on was not read */
	struct str_list processed; /* ids of groups that are, and of which that was told */
	const char *undoes;	   /* id of the plan that is undone; NULL: none is */
};

/* Guards, orders and proves what was decided. As plan_build returns it. */
NODISCARD bool plan_make(const struct plan_inputs *inputs, struct arena *out, struct diag_list *diags,
			 struct plan *ret_plan, enum error_code *ret_code);

struct diag *planning_refuse(struct planning *p, enum diag_code code, struct place place, const char *fmt,
			     ...) PRINTF(4, 5);
/* Refuses because something was not read: there is no plan, and not for want of an entry. */
void planning_incomplete(struct planning *p, struct place place, const char *fmt, ...) PRINTF(3, 4);
/* The same because the service is still at work on a group that counts; false when it is not. */
bool planning_awaits_group(struct planning *p, struct place place, const struct group *group);
void planning_warn(struct planning *p, enum diag_code code, const char *fmt, ...) PRINTF(3, 4);

/* "1 seat", "2 seats". */
const char *planning_count(struct planning *p, int64_t count, const char *what);

/* "3 members, who are decided on premises": how many there are, and by what. */
const char *planning_members_text(struct planning *p, const struct group *group);
/* What to do so that the user is no longer in the group; begins in lower case. */
const char *planning_leave_text(const struct group *group);

/* Text from the tenant, made inert. */
const char *planning_quote(struct planning *p, const char *text);

/* Whether any move is to retire the subscription: then its seats are no Open seats for any move. */
bool planning_is_advisor(const struct planning *p, const struct subscription *s);

/* Of the SKU's holders by the tenant's own count, those whom nobody could read, as far as the file accepts
 * it. */
int64_t planning_accepted_holders(const struct planning *p, const char *sku_id);

/* The place of the entry that wants the user, else of the list that lacks the user; of no file otherwise. */
struct place planning_place_of(const struct planning *p, const struct user *user);

const struct wish *wish_find(const struct resolved_move *move, const struct user *user);
const struct listed_group *listed_find(const struct resolved_move *move, const struct group *group);

/* "moves[ENTERPRISEPACK]" and what is behind it: names an entry by its content. */
const char *move_name(const struct move *move, struct arena *out);

#endif
