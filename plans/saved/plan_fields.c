/* The members of a saved plan that stand once: tables only. */
#include "plans/saved/plan_fields.h"

#include "plans/planning/plan.h"

static const struct field service_plan_fields[] = {
	FIELD(struct service_plan, id, "id", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct service_plan, name, "name", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};

const struct field plan_assumption_fields[] = {
	FIELD(struct plan_assumption, part_number, "part_number", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct plan_assumption, service_plans, "service_plans", FIELD_LIST, FIELD_REQUIRED,
	      .fields = service_plan_fields, .item_size = sizeof(struct service_plan)),
	FIELD(struct plan_assumption, sku, "sku", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};

const struct field plan_desired_fields[] = {
	FIELD(struct plan, desired_digest, "digest", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct plan, desired_file, "file", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};

const struct field plan_policy_fields[] = {
	FIELD(struct plan, policy_digest, "digest", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};

const struct field plan_tenant_fields[] = {
	FIELD(struct plan, tenant_domain, "domain", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct plan, tenant_id, "id", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct plan, tenant_name, "name", FIELD_TEXT, FIELD_NULLABLE),
	{0},
};

static const struct field advisor_fields[] = {
	FIELD(struct plan_move, advisor_assigned, "assigned", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct plan_move, cancel_by, "cancel_by", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct plan_move, advisor_part_number, "part_number", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct plan_move, retire_by, "retire_by", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct plan_move, advisor_seats, "seats", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct plan_move, advisor_sku, "sku", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct plan_move, advisor_subscription, "subscription", FIELD_TEXT, FIELD_NULLABLE),
	{0},
};

static const struct field open_fields[] = {
	FIELD(struct plan_move, needed, "needed", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct plan_move, open_part_number, "part_number", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct plan_move, programme, "programme", FIELD_TEXT, 0),
	FIELD(struct plan_move, return_until, "return_until", FIELD_TEXT, 0),
	FIELD(struct plan_move, open_seats, "seats", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct plan_move, open_sku, "sku", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct plan_move, open_subscription, "subscription", FIELD_TEXT, FIELD_NULLABLE),
	{0},
};

/* Both halves lie flat in the move. */
static const struct field move_fields[] = {
	{.name = "advisor", .type = FIELD_STRUCT, .flags = FIELD_NULLABLE, .fields = advisor_fields},
	{.name = "open", .type = FIELD_STRUCT, .flags = FIELD_REQUIRED, .fields = open_fields},
	{0},
};

const struct field plan_summary_fields[] = {
	FIELD(struct plan_summary, by_hand, "by_hand", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct plan_summary, licenses_added, "licenses_added", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct plan_summary, licenses_removed, "licenses_removed", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct plan_summary, licenses_taken, "licenses_taken", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct plan_summary, moves, "moves", FIELD_LIST, FIELD_REQUIRED, .fields = move_fields,
	      .item_size = sizeof(struct plan_move)),
	FIELD(struct plan_summary, users_changed, "users_changed", FIELD_INT, FIELD_REQUIRED),
	{0},
};
