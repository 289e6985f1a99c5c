/* The saved form of a plan, read back. Strict: a plan that does not encode to the same bytes was edited. */
#include "core/json.h"
#include "core/str.h"
#include "plans/saved/plan_file.h"

#include <stdlib.h>
#include <string.h>

/* Reading stops at the first problem: `err` is set then, and everything after it is a no-op. */
struct reading {
	struct arena *out;
	struct error *err;
	const char *at; /* which part of the plan, for messages */
};

static bool failed(const struct reading *r)
{
	return r->err->code != ERR_NONE;
}

static void complain(struct reading *r, const char *key, const char *wanted)
{
	if (!failed(r))
		error_set(r->err, ERR_INVALID, "%s: '%s' is not %s", r->at, key, wanted);
}

static const char *read_text(struct reading *r, const struct json *object, const char *key)
{
	const char *text = json_get_text(object, key);
	if (!text)
		complain(r, key, "a string");
	return arena_strdup(r->out, text);
}

/* A string or null or absent. */
static const char *read_optional(struct reading *r, const struct json *object, const char *key)
{
	return arena_strdup(r->out, json_get_text(object, key));
}

static int64_t read_int(struct reading *r, const struct json *object, const char *key)
{
	int64_t value = 0;
	if (!json_int(json_get(object, key), &value))
		complain(r, key, "an integer");
	return value;
}

static void read_texts(struct reading *r, const struct json *object, const char *key, struct str_list *list)
{
	const struct json *array = json_get(object, key);
	if (json_type(array) != JSON_ARRAY)
		complain(r, key, "a list");
	JSON_EACH (item, array) {
		if (json_text(item))
			VEC_PUSH(r->out, list, arena_strdup(r->out, json_text(item)));
		else
			complain(r, key, "a list of strings");
	}
}

static void read_licenses(struct reading *r, const struct json *object, const char *key,
			  struct license_list *list)
{
	const struct json *array = json_get(object, key);
	if (json_type(array) != JSON_ARRAY)
		complain(r, key, "a list");
	JSON_EACH (item, array) {
		struct license license = {.sku_id = read_text(r, item, "sku")};
		read_texts(r, item, "disable", &license.disabled_plans);
		VEC_PUSH(r->out, list, license);
	}
}

/* The members that the kind of action has, into `base`: an action, or what it finds or leaves. */
static void read_members(struct reading *r, const struct json *object, const struct action_member *members,
			 void *base)
{
	for (const struct action_member *m = members; m->name; m++) {
		void *value = (char *)base + m->offset;
		switch (m->type) {
		case MEMBER_TEXT:
			*(const char **)value = read_text(r, object, m->name);
			break;
		case MEMBER_TEXT_OR_NULL:
			*(const char **)value = read_optional(r, object, m->name);
			break;
		case MEMBER_INT:
			*(int64_t *)value = read_int(r, object, m->name);
			break;
		case MEMBER_TEXTS:
			read_texts(r, object, m->name, value);
			break;
		case MEMBER_LICENSES:
			read_licenses(r, object, m->name, value);
			break;
		}
	}
}

static void read_subject(struct reading *r, const struct json *subject, struct action *action)
{
	action->group_id = read_optional(r, subject, "group");
	action->group_name = read_optional(r, subject, "name");
	action->sku_id = read_optional(r, subject, "sku");
	action->subscription_id = read_optional(r, subject, "subscription");
	action->upn = read_optional(r, subject, "upn");
	action->user_id = read_optional(r, subject, "user");
}

static struct action read_action(struct reading *r, const struct json *object)
{
	struct action action = {.id = read_text(r, object, "id")};
	const char *kind = read_text(r, object, "kind");
	if (action.id)
		r->at = arena_printf(r->out, "action %s", action.id);
	if (kind && !action_kind_parse(kind, &action.kind))
		complain(r, "kind", "a kind of action");
	if (failed(r))
		return action;
	read_texts(r, object, "after", &action.after);
	(void)!json_bool(json_get(object, "canary"), &action.canary);
	read_subject(r, json_get(object, "subject"), &action);
	const struct action_info *info = action_info(action.kind);
	action.expect.seats = action.result.seats = -1;
	read_members(r, json_get(object, "change"), info->change, &action);
	read_members(r, json_get(object, "expect"), info->expect, &action.expect);
	read_members(r, json_get(object, "result"), info->result, &action.result);
	action.wave = read_int(r, object, "wave");
	action.why = read_text(r, object, "why");
	if (action.kind == ACTION_RETIRE_SUBSCRIPTION)
		action.seats = action.expect.seats;
	return action;
}

static struct plan_move read_move(struct reading *r, const struct json *object)
{
	const struct json *open = json_get(object, "open");
	const struct json *advisor = json_get(object, "advisor");
	struct plan_move move = {.open_sku = read_text(r, open, "sku"),
				 .open_part_number = read_text(r, open, "part_number"),
				 .open_subscription = read_optional(r, open, "subscription"),
				 .open_seats = read_int(r, open, "seats"),
				 .needed = read_int(r, open, "needed")};
	if (json_type(advisor) != JSON_OBJECT)
		return move;
	move.advisor_sku = read_text(r, advisor, "sku");
	move.advisor_part_number = read_text(r, advisor, "part_number");
	move.advisor_subscription = read_optional(r, advisor, "subscription");
	move.advisor_seats = read_int(r, advisor, "seats");
	move.advisor_assigned = read_int(r, advisor, "assigned");
	move.retire_by = read_optional(r, advisor, "retire_by");
	move.cancel_by = read_text(r, advisor, "cancel_by");
	return move;
}

static void read_summary(struct reading *r, const struct json *object, struct plan_summary *summary)
{
	summary->by_hand = read_int(r, object, "by_hand");
	summary->licenses_added = read_int(r, object, "licenses_added");
	summary->licenses_removed = read_int(r, object, "licenses_removed");
	summary->licenses_taken = read_int(r, object, "licenses_taken");
	summary->users_changed = read_int(r, object, "users_changed");
	JSON_EACH (move, json_get(object, "moves"))
		VEC_PUSH(r->out, &summary->moves, read_move(r, move));
}

static struct plan_assumption read_assumption(struct reading *r, const struct json *object)
{
	struct plan_assumption assumption = {.sku = read_text(r, object, "sku"),
					     .part_number = read_text(r, object, "part_number")};
	JSON_EACH (item, json_get(object, "service_plans")) {
		struct service_plan plan = {.id = read_text(r, item, "id"),
					    .name = read_text(r, item, "name")};
		VEC_PUSH(r->out, &assumption.service_plans, plan);
	}
	return assumption;
}

static void read_warnings(struct reading *r, const struct json *array, struct plan *plan)
{
	JSON_EACH (item, array) {
		const char *code = read_text(r, item, "code");
		int64_t number = 0;
		if (code && (!str_starts(code, "SS") || !str_parse_int(code + 2, 100, 999, &number)))
			complain(r, "code", "a diagnostic code");
		struct plan_warning warning = {(enum diag_code)number, read_text(r, item, "message")};
		VEC_PUSH(r->out, &plan->warnings, warning);
	}
}

static void read_plan(struct reading *r, const struct json *root, struct plan *plan)
{
	const char *format = read_text(r, root, "format");
	if (format && !str_eq(format, PLAN_FORMAT))
		complain(r, "format", PLAN_FORMAT);
	const struct json *tenant = json_get(root, "tenant");
	plan->customer = read_text(r, root, "customer");
	plan->tenant_id = read_text(r, tenant, "id");
	plan->tenant_domain = read_text(r, tenant, "domain");
	plan->tenant_name = read_optional(r, tenant, "name");
	plan->desired_file = read_text(r, json_get(root, "desired"), "file");
	plan->desired_digest = read_text(r, json_get(root, "desired"), "digest");
	plan->policy_digest = read_text(r, json_get(root, "policy"), "digest");
	plan->proved_prefixes = read_int(r, json_get(root, "proof"), "prefixes");
	read_summary(r, json_get(root, "summary"), &plan->summary);
	JSON_EACH (object, json_get(root, "actions")) {
		if (failed(r))
			return;
		struct action action = read_action(r, object);
		VEC_PUSH(r->out, &plan->actions, action);
	}
	r->at = "plan";
	JSON_EACH (object, json_get(root, "assumes"))
		VEC_PUSH(r->out, &plan->assumes, read_assumption(r, object));
	read_warnings(r, json_get(root, "warnings"), plan);
}

bool plan_decode(const char *text, size_t len, struct arena *out, struct plan *ret_plan, struct error *err)
{
	CLEANUP(json_freep) struct json *root = NULL;
	if (!json_parse(text, len, &root, err))
		return false;
	struct reading reading = {out, err, "plan"};
	struct plan plan = {0};
	read_plan(&reading, root, &plan);
	if (failed(&reading))
		return false;
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT(STRBUF_LARGE);
	plan_encode(&plan, &again);
	if (again.len != len || memcmp(strbuf_text(&again), text, len) != 0)
		return error_set(err, ERR_INVALID,
				 "not a plan as seatshift writes it: it was edited or damaged");
	*ret_plan = plan;
	return true;
}
