/*
 * A plan: computed from desired state, policy and live facts by a pure function.
 *
 * Same inputs, same bytes, same digest, on any machine: no clock, no network, no randomness, no
 * locale. A plan that cannot be proved safe (plans/planning/simulate.h) is not made; the diagnostics say why.
 */
#ifndef PLANS_PLAN_H
#define PLANS_PLAN_H

#include "core/action.h"
#include "plans/desired/desired.h"

enum { PLAN_ID_SIZE = 13 };
#define PLAN_FORMAT "seatshift-plan/3"

struct plan_move {
	const char *open_sku; /* id */
	const char *open_part_number;
	const char *open_subscription; /* found instead of a redeem step; or NULL */
	const char *programme;	       /* as files have it; NULL: open-license */
	const char *return_until; /* YYYY-MM-DD: the seats can be given back; NULL: never, or not known yet */
	int64_t open_seats;
	int64_t needed;		 /* users who hold the Open SKU after the plan */
	const char *advisor_sku; /* NULL: nothing is retired */
	const char *advisor_part_number;
	const char *advisor_subscription; /* or NULL when there is none left to retire */
	int64_t advisor_seats;
	int64_t advisor_assigned;
	const char *retire_by;
	const char *cancel_by;
};
VEC(plan_move_list, struct plan_move);

/*
 * A SKU that the tenant does not have yet: its service plans are those of the catalogue, and all that the
 * plan says of services rests on them. When its seats are there, the tenant's own list is compared.
 */
struct plan_assumption {
	const char *sku; /* id */
	const char *part_number;
	struct service_plan_list service_plans; /* sorted by id; ids and names only */
};
VEC(plan_assumption_list, struct plan_assumption);

struct plan_warning {
	enum diag_code code;
	const char *message;
};
VEC(plan_warning_list, struct plan_warning);

struct plan_summary {
	int64_t users_changed;
	int64_t licenses_added;
	int64_t licenses_removed;
	int64_t licenses_taken;
	int64_t by_hand;
	struct plan_move_list moves;
};

struct plan {
	const char *customer;
	const char *tenant_id;
	const char *tenant_domain;
	const char *tenant_name; /* the organisation's display name as read */
	const char *desired_file;
	const char *desired_digest;
	const char *policy_digest;
	const char *undoes;  /* id of the plan that this one undoes; or NULL */
	const char *follows; /* id of the plan that ended the one which would be made of the same facts; or
				NULL */
	struct plan_summary summary;
	struct action_list actions;	     /* in the order of their ids */
	struct plan_assumption_list assumes; /* sorted by SKU */
	struct plan_warning_list warnings;
	int64_t proved_prefixes;
};

/* What a plan is made of. */
struct planning;
struct changes;
struct plan_inputs {
	const struct desired *desired;
	const struct policy *policy;
	const struct live *live;
	const char *undoes; /* or NULL */
	/*
	 * What turns them into changes: plan_build sets it, and so does plans/undo/undo.h for a plan that is
	 * undone. Fills p->moves. False when there is no plan; then the reasons are in p->diags.
	 */
	bool (*decide)(struct planning *p, const void *ctx, struct changes *ret_changes);
	const void *ctx;
};

/*
 * Computes the plan. Everything that refuses it is in `diags` (then false is returned, with `*ret_code`
 * the error code: ERR_DENIED, ERR_INVALID, ERR_INCOMPLETE or ERR_WRONG_TENANT). A plan without
 * actions means that nothing differs.
 */
NODISCARD bool plan_build(const struct plan_inputs *inputs, struct arena *out, struct diag_list *diags,
			  struct plan *ret_plan, enum error_code *ret_code);

/* What must be read from the tenant before plan_build can be asked. */
struct read_scope;
void plan_read_scope(const struct desired *desired, const struct policy *policy, struct arena *out,
		     struct read_scope *ret_scope);

/*
 * What the tenant's own SKU has that was not assumed, and what it lacks, by name, sorted. Both empty: as
 * assumed. Nothing of the plan may be carried out on a SKU that differs: its services would be others than
 * those that were approved.
 */
void plan_compare_assumption(const struct plan_assumption *assumption, const struct sku *live,
			     struct arena *out, struct str_list *ret_more, struct str_list *ret_missing);

/*
 * SKUs that the people of the plan hold before their move, and after it: whose lists show many of them at
 * once. A list may lag: that of the SKUs before shows who has just been moved as they were.
 */
struct str_list plan_skus_before(const struct plan *plan, struct arena *out);
struct str_list plan_skus_after(const struct plan *plan, struct arena *out);
/* "seatshift plan contoso", or "seatshift undo 3fa9c1d2": what makes such a plan of the tenant as it is now.
 */
const char *plan_again_command(const struct plan *plan, struct arena *out);
const struct action *plan_find_action(const struct plan *plan, const char *id_or_kind);

#endif
