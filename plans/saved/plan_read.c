/* The saved form of a plan, read back. Strict: a plan that does not encode to the same bytes was edited. */
#include "core/intern.h"
#include "core/json_lines.h"
#include "core/str.h"
#include "plans/saved/plan_fields.h"
#include "plans/saved/plan_file.h"
#include "plans/saved/plan_shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reading stops at the first problem: `err` is set then, and everything after it is a no-op. */
struct reading {
	struct arena *out, *tmp;
	struct intern *numbers; /* of ids that very many lists hold: a text is kept once */
	struct str_list texts;	/* by number; in `out` */
	struct error *err;
	const char *at; /* which part of the plan, for messages */
	struct plan *plan;
	struct plan_shared shared;
	char at_action[64];
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

static const char *kept(struct reading *r, const char *text)
{
	size_t number = intern_number(r->numbers, text, strlen(text));
	if (number == r->texts.count)
		VEC_PUSH(r->out, &r->texts, arena_strdup(r->out, text));
	return r->texts.items[number];
}

static void read_texts(struct reading *r, const struct json *object, const char *key, struct str_list *list)
{
	const struct json *array = json_get(object, key);
	if (json_type(array) != JSON_ARRAY)
		complain(r, key, "a list");
	JSON_EACH (item, array) {
		if (json_text(item))
			VEC_PUSH(r->out, list, kept(r, json_text(item)));
		else
			complain(r, key, "a list of strings");
	}
}

/* Their choices of services are those of the action. */
static void read_licenses(struct reading *r, const struct json *object, const char *key,
			  struct license_list *list, struct choice_numbers *places)
{
	const struct json *array = json_get(object, key);
	if (json_type(array) != JSON_ARRAY)
		complain(r, key, "a list");
	JSON_EACH (item, array) {
		struct license license = {0};
		int64_t place = read_int(r, item, "off");
		if (json_get_text(item, "sku"))
			license.sku_id = kept(r, json_get_text(item, "sku"));
		else
			complain(r, "sku", "a string");
		if (place < 0)
			complain(r, "off", "a place in the action's own list");
		VEC_PUSH(r->tmp, list, license);
		VEC_PUSH(r->tmp, places, (size_t)place);
	}
}

/* The members that the kind of action has, into `base`: an action, or what it finds or leaves. */
static void read_members(struct reading *r, const struct json *object, const struct action_member *members,
			 void *base, struct choice_numbers *places)
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
			read_licenses(r, object, m->name, value, places);
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

static size_t read_number(struct reading *r, const struct json *object, const char *key)
{
	int64_t number = read_int(r, object, key);
	if (number < 0)
		complain(r, key, "a number of what actions share");
	return number < 0 ? 0 : (size_t)number;
}

/* What they mean is known when all of the plan is read. */
static void read_numbers(struct reading *r, const struct json *object)
{
	struct plan_numbers numbers = {.reason = read_number(r, object, "reason"),
				       .shape = read_number(r, object, "shape"),
				       .first_choice = r->shared.choices.count};
	JSON_EACH (item, json_get(object, "off")) {
		int64_t number;
		if (!json_int(item, &number) || number < 0)
			complain(r, "off", "a list of numbers");
		else
			VEC_PUSH(r->tmp, &r->shared.choices, (size_t)number);
	}
	numbers.choice_count = r->shared.choices.count - numbers.first_choice;
	VEC_PUSH(r->tmp, &r->shared.numbers_of, numbers);
}

static bool are_texts(const struct json *array, const struct str_list *list)
{
	size_t i = 0;
	JSON_EACH (item, array)
		if (i == list->count || !str_eq(json_text(item), list->items[i++]))
			return false;
	return json_type(array) == JSON_ARRAY && i == list->count;
}

/* Actions that stand together come after the same ones: that is held once. */
static void read_after(struct reading *r, const struct json *object, struct action *action)
{
	static const struct action none = {.id = ""};
	const struct action_list *actions = &r->plan->actions;
	const struct action *last = actions->count ? &actions->items[actions->count - 1] : &none;
	if (last->after.count && are_texts(json_get(object, "after"), &last->after))
		action->after = last->after;
	else
		read_texts(r, object, "after", &action->after);
}

/* What is the action's own; the rest is what it names by number. */
static void read_action(struct reading *r, const struct json *object)
{
	struct action action = {.id = read_text(r, object, "id")};
	(void)snprintf(r->at_action, sizeof r->at_action, "action %s", action.id ? action.id : "?");
	r->at = r->at_action;
	read_after(r, object, &action);
	(void)!json_bool(json_get(object, "canary"), &action.canary);
	read_subject(r, json_get(object, "subject"), &action);
	action.wave = read_int(r, object, "wave");
	read_numbers(r, object);
	if (!failed(r))
		VEC_PUSH(r->out, &r->plan->actions, action);
}

static void read_shape(struct reading *r, const struct json *object)
{
	struct plan_shape shape = {0};
	struct action *action = &shape.action;
	const char *kind = json_get_text(object, "kind");
	r->at = "shapes";
	if (!kind || !action_kind_parse(kind, &action->kind)) {
		complain(r, "kind", "a kind of action");
		return;
	}
	const struct action_info *info = action_info(action->kind);
	action->expect.seats = action->result.seats = -1;
	read_members(r, json_get(object, "change"), info->change, action, &shape.places);
	read_members(r, json_get(object, "expect"), info->expect, &action->expect, &shape.places);
	read_members(r, json_get(object, "result"), info->result, &action->result, &shape.places);
	action->undo = read_text(r, object, "undo");
	/* Retiring has no number of its own: all the seats that are there go. */
	if (action->kind == ACTION_RETIRE_SUBSCRIPTION)
		action->seats = action->expect.seats;
	VEC_PUSH(r->tmp, &r->shared.shapes, shape);
}

static void read_choice(struct reading *r, const struct json *value)
{
	r->at = "plan";
	if (!chosen_read_choice(&r->shared.chosen, value))
		complain(r, "switched_off", "a list of numbers of service plans");
}

static void read_reason(struct reading *r, const struct json *value)
{
	r->at = "plan";
	if (!json_text(value))
		complain(r, "reasons", "a list of strings");
	VEC_PUSH(r->tmp, &r->shared.reasons, arena_strdup(r->out, json_text(value)));
}

/* An action becomes what it names by number, with what is its own. */
static void make_whole(struct reading *r)
{
	const char *key = NULL;
	r->at = "plan";
	if (!failed(r) && !plan_shared_give(&r->shared, &r->plan->actions, &key))
		complain(r, key, "the number of something that the plan has");
}

static void read_table(struct reading *r, const struct field *fields, const struct json *object,
		       const char *what, void *ret_struct)
{
	if (!failed(r))
		(void)!fields_from_file(fields, object, what, r->out, ret_struct, r->err);
}

static void read_assumes(struct reading *r, const struct json *array)
{
	JSON_EACH (item, array) {
		struct plan_assumption assumption = {0};
		read_table(r, plan_assumption_fields, item, "assumes", &assumption);
		VEC_PUSH(r->out, &r->plan->assumes, assumption);
	}
}

static void read_warnings(struct reading *r, const struct json *array)
{
	JSON_EACH (item, array) {
		const char *code = read_text(r, item, "code");
		int64_t number = 0;
		if (code && (!str_starts(code, "SS") || !str_parse_int(code + 2, 100, 999, &number)))
			complain(r, "code", "a diagnostic code");
		struct plan_warning warning = {(enum diag_code)number, read_text(r, item, "message")};
		VEC_PUSH(r->out, &r->plan->warnings, warning);
	}
}

static void read_customer(struct reading *r, const struct json *value)
{
	r->plan->customer = arena_strdup(r->out, json_text(value));
	if (!r->plan->customer)
		complain(r, "customer", "a string");
}

static const char *read_id(struct reading *r, const struct json *value, const char *key)
{
	const char *id = json_text(value);
	bool is_id = plan_id_is_whole(id);
	if (!is_id)
		complain(r, key, "the id of a plan");
	return is_id ? arena_strdup(r->out, id) : NULL;
}

static void read_follows(struct reading *r, const struct json *value)
{
	r->plan->follows = read_id(r, value, "follows");
}

static void read_undoes(struct reading *r, const struct json *value)
{
	r->plan->undoes = read_id(r, value, "undoes");
}

static void read_format(struct reading *r, const struct json *value)
{
	if (!str_eq(json_text(value), PLAN_FORMAT))
		complain(r, "format", PLAN_FORMAT);
}

static void read_proof(struct reading *r, const struct json *proof)
{
	r->plan->proved_prefixes = read_int(r, proof, "prefixes");
}

static void read_service_plans(struct reading *r, const struct json *value)
{
	if (!chosen_read_service_plans(&r->shared.chosen, value))
		complain(r, "service_plans", "a list of strings");
}

/* A list that is empty has nothing to be read. */
static void read_nothing(struct reading *r, const struct json *value)
{
	if (json_type(value) != JSON_ARRAY || json_first(value))
		complain(r, "a list", "one with an item a line");
}

static const struct {
	const char *key;
	void (*read)(struct reading *r, const struct json *value);
	const struct field *fields; /* or by a table, into the plan */
	size_t offset;
} members[] = {
	{.key = "actions", .read = read_nothing},
	{.key = "assumes", .read = read_assumes},
	{.key = "customer", .read = read_customer},
	{.key = "desired", .fields = plan_desired_fields},
	{.key = "follows", .read = read_follows},
	{.key = "format", .read = read_format},
	{.key = "policy", .fields = plan_policy_fields},
	{.key = "proof", .read = read_proof},
	{.key = "reasons", .read = read_nothing},
	{.key = "service_plans", .read = read_service_plans},
	{.key = "shapes", .read = read_nothing},
	{.key = "summary", .fields = plan_summary_fields, .offset = offsetof(struct plan, summary)},
	{.key = "switched_off", .read = read_nothing},
	{.key = "tenant", .fields = plan_tenant_fields},
	{.key = "undoes", .read = read_undoes},
	{.key = "warnings", .read = read_warnings},
};

/* A member that is not known makes the plan another than what it is written back as. */
static bool read_member(void *ctx, const char *key, const struct json *value, struct error *err)
{
	struct reading *r = ctx;
	r->at = "plan";
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (!str_eq(members[i].key, key))
			continue;
		if (members[i].fields)
			read_table(r, members[i].fields, value, key, (char *)r->plan + members[i].offset);
		else
			members[i].read(r, value);
	}
	return err->code == ERR_NONE;
}

static bool read_item(void *ctx, const char *key, const struct json *value, struct error *err)
{
	static const struct {
		const char *key;
		void (*read)(struct reading *r, const struct json *value);
	} lists[] = {{"actions", read_action},
		     {"reasons", read_reason},
		     {"shapes", read_shape},
		     {"switched_off", read_choice}};
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (str_eq(lists[i].key, key))
			lists[i].read(ctx, value);
	return err->code == ERR_NONE;
}

/* What is there at all of a whole plan: the rest is compared byte by byte. */
static void check_whole(struct reading *r)
{
	const struct plan *plan = r->plan;
	r->at = "plan";
	if (!plan->customer || !plan->tenant_id || !plan->desired_digest || !plan->policy_digest)
		complain(r, "it", "whole");
}

/* One a line, and they come first: growing step by step would leave as much again behind. */
static void reserve_actions(struct reading *r, const char *text, size_t len)
{
	const char *end = memmem(text, len, "\n]", 2);
	size_t lines = 0;
	for (const char *at = text; end && at && at < end; at = memchr(at + 1, '\n', (size_t)(end - at)))
		lines++;
	VEC_RESERVE(r->out, &r->plan->actions, lines);
	VEC_RESERVE(r->tmp, &r->shared.numbers_of, lines);
}

bool plan_decode(const char *text, size_t len, struct arena *out, struct plan *ret_plan, struct error *err)
{
	struct plan plan = {0};
	CLEANUP(intern_freep) struct intern *numbers = intern_new();
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct reading reading = {.out = out,
				  .tmp = tmp,
				  .numbers = numbers,
				  .err = err,
				  .at = "plan",
				  .plan = &plan,
				  .shared = {.out = out, .tmp = tmp, .chosen = {.out = out}}};
	const struct json_lines_reader reader = {read_member, read_item, &reading};
	reserve_actions(&reading, text, len);
	if (json_lines_is_other_format(text, len, "plan", PLAN_FORMAT, err) ||
	    !json_lines_read(text, len, &reader, err))
		return false;
	check_whole(&reading);
	make_whole(&reading);
	if (failed(&reading))
		return false;
	if (!plan_is_written_as(&plan, text, len))
		return error_set(err, ERR_INVALID,
				 "not a plan as seatshift writes it: it was edited or damaged");
	*ret_plan = plan;
	return true;
}
