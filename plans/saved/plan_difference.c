/* Where a saved plan and the one that the planner makes of its snapshot part. */
#include "plans/saved/plan_difference.h"

#include "core/json.h"
#include "core/quote.h"
#include "plans/saved/plan_file.h"

static const char *encode_action(const struct plan *plan, size_t at, struct arena *out)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	struct json_writer w = JSON_WRITER(&buf);
	plan_put_whole_action(&w, plan, &plan->actions.items[at], -1);
	return strbuf_dup(out, &buf);
}

static const char *action_name(const struct plan *plan, size_t at, struct arena *out)
{
	const struct action *action = &plan->actions.items[at];
	const char *subject = action->upn	   ? action->upn
			      : action->group_name ? action->group_name
						   : action->sku_id;
	return arena_printf(out, "%s %s %s", action->id, action_info(action->kind)->name,
			    subject ? quote_terminal(out, subject) : "");
}

/* Of two texts that differ, where they do, from a little before it: the key of what differs is seen. */
static const char *differing_part(const char *text, const char *other, struct arena *out)
{
	enum { SHOWN = 100, QUOTES_BEFORE = 4 };
	size_t at = 0;
	while (text[at] && text[at] == other[at])
		at++;
	for (int quotes = 0; at && (quotes += text[at - 1] == '"') < QUOTES_BEFORE;)
		at--;
	return quote_terminal_cut(out, text + at, SHOWN);
}

/* ---- everything but the actions: both texts are canonical JSON of one shape ------------------- */

static const char *value_text(const struct json *value, struct arena *out)
{
	enum { SHOWN = 100 };
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	struct json_writer w = JSON_WRITER(&buf);
	json_put_value(&w, value);
	return quote_terminal_cut(out, strbuf_text(&buf), SHOWN);
}

static const char *differing_value(const struct json *has, const struct json *wanted, const char *path,
				   struct arena *out);

static const char *differing_item(const struct json *has, const struct json *wanted, const char *path,
				  struct arena *out)
{
	const struct json *other = json_first(has);
	size_t at = 0;
	JSON_EACH (item, wanted) {
		const char *found =
			other ? differing_value(other, item, arena_printf(out, "%s[%zu]", path, at++), out)
			      : NULL;
		if (found || !other)
			return found;
		other = json_next(other);
	}
	return NULL;
}

/* The actions and what they share: compared action by action. */
static bool is_of_actions(const char *key)
{
	static const char *const keys[] = {"actions", "reasons", "service_plans", "shapes", "switched_off"};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_eq(keys[i], key))
			return true;
	return false;
}

static const char *differing_member(const struct json *has, const struct json *wanted, const char *path,
				    struct arena *out)
{
	JSON_EACH (member, wanted) {
		const char *key = json_key(member);
		const char *below = *path ? arena_printf(out, "%s.%s", path, key) : key;
		const char *found = *path || !is_of_actions(key)
					    ? differing_value(json_get(has, key), member, below, out)
					    : NULL;
		if (found)
			return found;
	}
	return NULL;
}

/* NULL: there is no difference. */
static const char *differing_value(const struct json *has, const struct json *wanted, const char *path,
				   struct arena *out)
{
	const char *found = NULL;
	if (json_type(has) == json_type(wanted) && json_type(wanted) == JSON_OBJECT)
		return differing_member(has, wanted, path, out);
	if (json_type(has) == json_type(wanted) && json_type(wanted) == JSON_ARRAY) {
		found = differing_item(has, wanted, path, out);
		if (found || json_count(has) == json_count(wanted))
			return found;
		return arena_printf(out, "%s has %zu entries where the planner makes %zu", path,
				    json_count(has), json_count(wanted));
	}
	const char *text = value_text(has, out);
	const char *made = value_text(wanted, out);
	return str_eq(text, made)
		       ? NULL
		       : arena_printf(out, "%s is %s where the planner makes %s", path, text, made);
}

static bool parse(const struct plan *plan, struct json **ret)
{
	struct error ignored = ERROR_INIT;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	plan_encode(plan, &buf);
	bool parsed = json_parse(strbuf_text(&buf), buf.len, ret, &ignored);
	error_release(&ignored);
	return parsed;
}

static const char *header_difference(const struct plan *saved, const struct plan *made, struct arena *out)
{
	CLEANUP(json_freep) struct json *has = NULL;
	CLEANUP(json_freep) struct json *wanted = NULL;
	const char *found =
		parse(saved, &has) && parse(made, &wanted) ? differing_value(has, wanted, "", out) : NULL;
	return found ? found : "its actions are as made, but something else in it is not";
}

const char *plan_difference(const struct plan *saved, const struct plan *made, struct arena *out)
{
	size_t both = saved->actions.count < made->actions.count ? saved->actions.count : made->actions.count;
	for (size_t i = 0; i < both; i++) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		const char *has = encode_action(saved, i, tmp);
		const char *wanted = encode_action(made, i, tmp);
		if (str_eq(has, wanted))
			continue;
		const char *name = action_name(saved, i, tmp);
		const char *made_name = action_name(made, i, tmp);
		if (!str_eq(name, made_name))
			return arena_printf(out, "it has '%s' where the planner makes '%s'", name, made_name);
		return arena_printf(out, "in '%s' it has %s where the planner makes %s", name,
				    differing_part(has, wanted, tmp), differing_part(wanted, has, tmp));
	}
	if (saved->actions.count > both)
		return arena_printf(out, "it has '%s', which the planner does not make",
				    action_name(saved, both, out));
	if (made->actions.count > both)
		return arena_printf(out, "it lacks '%s', which the planner makes",
				    action_name(made, both, out));
	return header_difference(saved, made, out);
}
