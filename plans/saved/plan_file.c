/* The saved form of a plan: canonical JSON out, an action a line. Reading it back is in plan_read.c. */
#include "plans/saved/plan_file.h"

#include "core/choices.h"
#include "core/intern.h"
#include "core/json_lines.h"
#include "core/str.h"
#include "plans/saved/plan_fields.h"

#include <string.h>

static const char *const invariants[] = {"continuity", "seats", "conflicts", "scope", "retire-last"};

void plan_put_licenses(struct json_writer *w, const char *key, const struct license_list *list)
{
	json_put_key(w, key);
	json_begin_array(w);
	for (size_t i = 0; i < list->count; i++) {
		json_begin_object(w);
		json_set_texts(w, "disable", &list->items[i].disabled_plans);
		json_set_text(w, "sku", list->items[i].sku_id);
		json_end_object(w);
	}
	json_end_array(w);
}

/* What an action and those after it share, by number. */
struct sharing {
	struct choices *choices;
	struct intern *shapes, *reasons;
	struct strbuf text; /* scratch */
};

/* Licences whose choices of services are told by their place in the action; NULL: by id. */
static void put_member_licenses(struct json_writer *w, const char *key, const struct license_list *list,
				struct choices *choices)
{
	if (!choices) {
		plan_put_licenses(w, key, list);
		return;
	}
	json_put_key(w, key);
	json_begin_array(w);
	for (size_t i = 0; i < list->count; i++) {
		json_begin_object(w);
		json_set_int(w, "off", (int64_t)choices_place(choices, &list->items[i].disabled_plans));
		json_set_text(w, "sku", list->items[i].sku_id);
		json_end_object(w);
	}
	json_end_array(w);
}

/* The members that the kind of action has, out of `base`: an action, or what it finds or leaves. */
static void put_members(struct json_writer *w, const char *key, const struct action_member *members,
			const void *base, struct choices *choices)
{
	json_put_key(w, key);
	json_begin_object(w);
	for (const struct action_member *m = members; m->name; m++) {
		const void *value = (const char *)base + m->offset;
		switch (m->type) {
		case MEMBER_TEXT:
		case MEMBER_TEXT_OR_NULL:
			json_set_text(w, m->name, *(const char *const *)value);
			break;
		case MEMBER_INT:
			json_set_int(w, m->name, *(const int64_t *)value);
			break;
		case MEMBER_TEXTS:
			json_set_texts(w, m->name, value);
			break;
		case MEMBER_LICENSES:
			put_member_licenses(w, m->name, value, choices);
			break;
		}
	}
	json_end_object(w);
}

static void put_subject(struct json_writer *w, const struct action *action, const struct plan *plan)
{
	json_put_key(w, "subject");
	json_begin_object(w);
	if (action->group_id) {
		json_set_text(w, "group", action->group_id);
		json_set_text(w, "name", action->group_name);
	}
	if (action->kind == ACTION_ADD_PARTNER)
		json_set_text(w, "tenant", plan->tenant_id);
	if (action->sku_id)
		json_set_text(w, "sku", action->sku_id);
	if (action->subscription_id)
		json_set_text(w, "subscription", action->subscription_id);
	if (action->user_id) {
		json_set_text(w, "upn", action->upn);
		json_set_text(w, "user", action->user_id);
	}
	json_end_object(w);
}

/* What many actions share, in the order of the keys. */
static void encode_shape(const struct action *action, struct choices *choices, struct strbuf *out)
{
	const struct action_info *info = action_info(action->kind);
	struct json_writer writer = JSON_WRITER(out);
	struct json_writer *w = &writer;
	json_begin_object(w);
	json_set_text(w, "by", info->by == BY_HAND ? "hand" : "graph");
	put_members(w, "change", info->change, action, choices);
	put_members(w, "expect", info->expect, &action->expect, choices);
	json_set_text(w, "kind", info->name);
	put_members(w, "result", info->result, &action->result, choices);
	json_set_text(w, "undo", action->undo);
	json_end_object(w);
}

static size_t shape_of(struct sharing *sharing, const struct action *action)
{
	choices_begin(sharing->choices);
	strbuf_clear(&sharing->text);
	encode_shape(action, sharing->choices, &sharing->text);
	return intern_number(sharing->shapes, strbuf_text(&sharing->text), sharing->text.len);
}

/* What is an action's own, and the numbers of what it shares. */
static void put_action(struct json_writer *w, const struct plan *plan, const struct action *action,
		       struct sharing *sharing)
{
	const size_t shape = shape_of(sharing, action);
	const struct choice_numbers *own = choices_own(sharing->choices);
	const char *why = action->why ? action->why : "";
	json_begin_object(w);
	json_set_texts(w, "after", &action->after);
	if (action->canary)
		json_set_bool(w, "canary", true);
	json_set_text(w, "id", action->id);
	choices_put_numbers(own->items, own->count, w);
	json_set_int(w, "reason", (int64_t)intern_number(sharing->reasons, why, strlen(why)));
	json_set_int(w, "shape", (int64_t)shape);
	put_subject(w, action, plan);
	json_set_int(w, "wave", action->wave);
	json_end_object(w);
}

static void put_assumptions(struct json_writer *w, const struct plan *plan)
{
	json_begin_array(w);
	for (size_t i = 0; i < plan->assumes.count; i++)
		fields_to_json(plan_assumption_fields, &plan->assumes.items[i], w);
	json_end_array(w);
}

static void put_warnings(struct json_writer *w, const struct plan *plan)
{
	json_begin_array(w);
	for (size_t i = 0; i < plan->warnings.count; i++) {
		CLEANUP(mem_free_text) char *code = mem_printf("SS%d", (int)plan->warnings.items[i].code);
		json_begin_object(w);
		json_set_text(w, "code", code);
		json_set_text(w, "message", plan->warnings.items[i].message);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_proof(struct json_writer *w, const struct plan *plan)
{
	json_begin_object(w);
	json_put_key(w, "invariants");
	json_begin_array(w);
	for (size_t i = 0; i < ARRAY_LEN(invariants); i++)
		json_put_text(w, invariants[i]);
	json_end_array(w);
	json_set_int(w, "prefixes", plan->proved_prefixes);
	json_end_object(w);
}

static void put_actions(struct json_lines *lines, const struct plan *plan, struct sharing *sharing)
{
	json_lines_begin_list(lines, "actions");
	for (size_t i = 0; i < plan->actions.count; i++)
		put_action(json_lines_item(lines), plan, &plan->actions.items[i], sharing);
	json_lines_end_list(lines);
}

static void put_reasons(struct json_lines *lines, const struct intern *reasons)
{
	const struct str_list *texts = intern_texts(reasons);
	json_lines_begin_list(lines, "reasons");
	for (size_t i = 0; i < texts->count; i++)
		json_put_text(json_lines_item(lines), texts->items[i]);
	json_lines_end_list(lines);
}

static void put_shapes(struct json_lines *lines, const struct intern *shapes)
{
	const struct str_list *texts = intern_texts(shapes);
	json_lines_begin_list(lines, "shapes");
	for (size_t i = 0; i < texts->count; i++)
		json_put_raw(json_lines_item(lines), texts->items[i]);
	json_lines_end_list(lines);
}

static void write_plan(const struct plan *plan, struct json_lines *lines)
{
	CLEANUP(choices_freep) struct choices *choices = choices_new();
	CLEANUP(intern_freep) struct intern *shapes = intern_new();
	CLEANUP(intern_freep) struct intern *reasons = intern_new();
	struct sharing sharing = {
		.choices = choices, .shapes = shapes, .reasons = reasons, .text = STRBUF_INIT(STRBUF_LARGE)};
	put_actions(lines, plan, &sharing);
	strbuf_release(&sharing.text);
	/* Only where there is something: most plans rest on what the tenant itself says. */
	if (plan->assumes.count)
		put_assumptions(json_lines_member(lines, "assumes"), plan);
	json_put_text(json_lines_member(lines, "customer"), plan->customer);
	fields_to_json(plan_desired_fields, plan, json_lines_member(lines, "desired"));
	if (plan->follows)
		json_put_text(json_lines_member(lines, "follows"), plan->follows);
	json_put_text(json_lines_member(lines, "format"), PLAN_FORMAT);
	fields_to_json(plan_policy_fields, plan, json_lines_member(lines, "policy"));
	put_proof(json_lines_member(lines, "proof"), plan);
	put_reasons(lines, reasons);
	choices_put_service_plans(choices, lines);
	put_shapes(lines, shapes);
	fields_to_json(plan_summary_fields, &plan->summary, json_lines_member(lines, "summary"));
	choices_put_switched_off(choices, lines);
	fields_to_json(plan_tenant_fields, plan, json_lines_member(lines, "tenant"));
	if (plan->undoes)
		json_put_text(json_lines_member(lines, "undoes"), plan->undoes);
	put_warnings(json_lines_member(lines, "warnings"), plan);
	json_lines_end(lines);
}

void plan_encode(const struct plan *plan, struct strbuf *out)
{
	struct json_lines lines;
	json_lines_begin(&lines, out);
	write_plan(plan, &lines);
}

bool plan_is_written_as(const struct plan *plan, const char *text, size_t len)
{
	CLEANUP(strbuf_release) struct strbuf scratch = STRBUF_INIT(STRBUF_LARGE);
	struct json_lines lines;
	json_lines_compare(&lines, &scratch, text, len);
	write_plan(plan, &lines);
	return json_lines_same(&lines);
}

void plan_put_whole_action(struct json_writer *w, const struct plan *plan, const struct action *action,
			   int64_t shape)
{
	const struct action_info *info = action_info(action->kind);
	json_begin_object(w);
	json_set_texts(w, "after", &action->after);
	json_set_text(w, "by", info->by == BY_HAND ? "hand" : "graph");
	if (action->canary)
		json_set_bool(w, "canary", true);
	put_members(w, "change", info->change, action, NULL);
	put_members(w, "expect", info->expect, &action->expect, NULL);
	json_set_text(w, "id", action->id);
	json_set_text(w, "kind", info->name);
	put_members(w, "result", info->result, &action->result, NULL);
	if (shape >= 0)
		json_set_int(w, "shape", shape);
	put_subject(w, action, plan);
	json_set_text(w, "undo", action->undo);
	json_set_int(w, "wave", action->wave);
	json_set_text(w, "why", action->why);
	json_end_object(w);
}

bool plan_id_is_whole(const char *id)
{
	return id && strlen(id) == PLAN_ID_SIZE - 1 && strspn(id, "0123456789abcdef") == PLAN_ID_SIZE - 1;
}

void plan_digest(const char *bytes, size_t len, char ret_digest[DIGEST_TEXT_SIZE], char ret_id[PLAN_ID_SIZE])
{
	digest_text(bytes, len, ret_digest);
	memcpy(ret_id, ret_digest + strlen("sha256:"), PLAN_ID_SIZE - 1);
	ret_id[PLAN_ID_SIZE - 1] = '\0';
}

void plan_paths_of(struct arena *out, const char *customer, const char *id, struct plan_paths *ret_paths)
{
	const char *dir = arena_printf(out, "plans/%s/%s", customer, id);
	*ret_paths = (struct plan_paths){
		.dir = dir,
		.plan = arena_printf(out, "%s/plan.json", dir),
		.snapshot = arena_printf(out, "%s/snapshot.json", dir),
		.journal = arena_printf(out, "%s/journal.jsonl", dir),
		.approvals = arena_printf(out, "%s/approvals", dir),
	};
}
