/* What a plan does that an earlier one did not. */
#include "plans/saved/plan_changes.h"

#include "core/catalog.h"

#include <stdlib.h>
#include <string.h>

/* One action, by what it is about: ids and order differ between any two plans, and mean nothing. */
struct deed {
	const char *key;
	const char *subject;
	const char *action;
	const char *what;
	const char *found; /* the licences that it expects; shown only where they alone differ */
};
VEC(deed_list, struct deed);

const char *plan_change_kind_name(enum plan_change_kind kind)
{
	static const char *const names[] = {
		[PLAN_CHANGE_NEW] = "new", [PLAN_CHANGE_DROPPED] = "dropped", [PLAN_CHANGE_OTHER] = "other"};
	return names[kind];
}

static const char *part_number(const struct plan *plan, const char *sku_id)
{
	for (size_t i = 0; i < plan->summary.moves.count; i++) {
		const struct plan_move *move = &plan->summary.moves.items[i];
		if (str_eq(move->open_sku, sku_id))
			return move->open_part_number;
		if (str_eq(move->advisor_sku, sku_id))
			return move->advisor_part_number;
	}
	const struct catalog_sku *known = catalog_find_sku(sku_id);
	return known ? known->part_number : sku_id;
}

static const char *service_name(const char *plan_id)
{
	const struct catalog_plan *known = catalog_find_plan(plan_id);
	return known ? known->name : plan_id;
}

static void put_licenses(const struct plan *plan, const struct license_list *list, const char *mark,
			 struct strbuf *out)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct license *license = &list->items[i];
		strbuf_addf(out, "%s%s%s", out->len ? " " : "", mark, part_number(plan, license->sku_id));
		for (size_t j = 0; j < license->disabled_plans.count; j++)
			strbuf_addf(out, "%s%s%s",
				    j ? ", " : " (off: ", service_name(license->disabled_plans.items[j]),
				    j + 1 == license->disabled_plans.count ? ")" : "");
	}
}

/* Each part only where the kind of action has it. */
static const char *what_of(const struct plan *plan, const struct action *action, struct arena *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	put_licenses(plan, &action->add, "+", &text);
	for (size_t i = 0; i < action->remove.count; i++)
		strbuf_addf(&text, "%s-%s", text.len ? " " : "", part_number(plan, action->remove.items[i]));
	if (action->kind == ACTION_SET_USAGE_LOCATION)
		strbuf_addf(&text, "location %s", action->usage_location);
	if (action->kind == ACTION_REDEEM_KEY)
		strbuf_addf(&text, "%lld seats as %s%s%s", (long long)action->seats, action->redeem_as,
			    action->key_ends_in ? ", key ends in " : "",
			    action->key_ends_in ? action->key_ends_in : "");
	if (action->kind == ACTION_RECEIVE_SEATS)
		strbuf_addf(&text, "%lld seats of %s, %s%s%s", (long long)action->seats, action->programme,
			    action->arrives_by, action->provisioned_by ? " by " : "",
			    action->provisioned_by ? action->provisioned_by : "");
	if (action->kind == ACTION_RETIRE_SUBSCRIPTION)
		strbuf_addf(&text, "%s, %lld seats, by %s%s%s", action->subscription_id,
			    (long long)action->expect.seats, action->cancel_by,
			    action->retire_by ? ", until " : "", action->retire_by ? action->retire_by : "");
	if (action->canary)
		strbuf_add(&text, ", first wave");
	return strbuf_dup(out, &text);
}

static const char *found_of(const struct plan *plan, const struct action *action, struct arena *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	put_licenses(plan, &action->expect.licenses, "", &text);
	return text.len ? strbuf_dup(out, &text) : "nothing";
}

/* A person has at most one change of licences and one of the location in a plan; so does a group. */
static struct deed deed_of(const struct plan *plan, const struct action *action, struct arena *out)
{
	const char *subject = action->upn	   ? action->upn
			      : action->group_name ? action->group_name
			      : action->sku_id	   ? part_number(plan, action->sku_id)
						   : plan->tenant_domain;
	const char *id = action->user_id	   ? action->user_id
			 : action->group_id	   ? action->group_id
			 : action->subscription_id ? action->subscription_id
			 : action->sku_id	   ? action->sku_id
						   : "";
	bool by_hand = action_info(action->kind)->by == BY_HAND;
	bool location = action->kind == ACTION_SET_USAGE_LOCATION;
	const char *name = action_info(action->kind)->name;
	return (struct deed){
		.key = arena_printf(out, "%c%c%s%s",
				    by_hand	       ? '0'
				    : action->group_id ? '1'
						       : '2',
				    location ? '0' : '1', by_hand ? name : "", id),
		.subject = subject,
		.action = name,
		.what = what_of(plan, action, out),
		.found = found_of(plan, action, out),
	};
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct deed *)a)->key, ((const struct deed *)b)->key);
}

static struct deed_list deeds_of(const struct plan *plan, struct arena *out)
{
	struct deed_list list = {0};
	for (size_t i = 0; i < plan->actions.count; i++)
		VEC_PUSH(out, &list, deed_of(plan, &plan->actions.items[i], out));
	if (list.count)
		qsort(list.items, list.count, sizeof *list.items, compare_keys);
	return list;
}

/* Hand steps, groups, people (what their keys begin with); each by name. */
struct ranked {
	char rank;
	struct plan_change change;
};
VEC(ranked_list, struct ranked);

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	int by_name = strcmp(x->change.subject, y->change.subject);
	return by_name ? by_name : strcmp(x->change.action, y->change.action);
}

static bool same_deed(const struct deed *a, const struct deed *b)
{
	return str_eq(a->action, b->action) && str_eq(a->what, b->what);
}

static const char *told(const struct deed *deed, bool with_found, struct arena *out)
{
	if (!deed)
		return NULL;
	return with_found ? arena_printf(out, "%s, for who holds %s", deed->what, deed->found) : deed->what;
}

static void add(struct plan_changes *changes, struct ranked_list *ranked, const struct deed *before,
		const struct deed *after, struct arena *out)
{
	const struct deed *shown = after ? after : before;
	bool same = before && after && same_deed(before, after);
	if (same && str_eq(before->found, after->found)) {
		changes->alike++;
		return;
	}
	enum plan_change_kind kind = !before  ? PLAN_CHANGE_NEW
				     : !after ? PLAN_CHANGE_DROPPED
					      : PLAN_CHANGE_OTHER;
	const struct plan_change change = {kind, shown->subject, shown->action, told(before, same, out),
					   told(after, same, out)};
	changes->counts[kind]++;
	VEC_PUSH(out, ranked, ((struct ranked){shown->key[0], change}));
}

static void compare_actions(const struct plan *before, const struct plan *after, struct arena *out,
			    struct plan_changes *changes)
{
	struct deed_list old = deeds_of(before, out);
	struct deed_list now = deeds_of(after, out);
	struct ranked_list ranked = {0};
	for (size_t i = 0, j = 0; i < old.count || j < now.count;) {
		int order = i == old.count   ? 1
			    : j == now.count ? -1
					     : strcmp(old.items[i].key, now.items[j].key);
		add(changes, &ranked, order <= 0 ? &old.items[i] : NULL, order >= 0 ? &now.items[j] : NULL,
		    out);
		i += order <= 0;
		j += order >= 0;
	}
	if (ranked.count)
		qsort(ranked.items, ranked.count, sizeof *ranked.items, compare_ranked);
	for (size_t i = 0; i < ranked.count; i++)
		VEC_PUSH(out, &changes->changes, ranked.items[i].change);
}

static void add_missing_warnings(const struct plan_warning_list *of, const struct plan_warning_list *in,
				 struct arena *out, struct str_list *ret)
{
	struct str_list there = {0};
	for (size_t i = 0; i < in->count; i++)
		VEC_PUSH(out, &there, in->items[i].message);
	str_list_sort_unique(&there);
	for (size_t i = 0; i < of->count; i++)
		if (!str_list_search(&there, of->items[i].message))
			VEC_PUSH(out, ret, of->items[i].message);
}

void plan_changes(const struct plan *before, const struct plan *after, struct arena *out,
		  struct plan_changes *ret_changes)
{
	*ret_changes =
		(struct plan_changes){.file_changed = !str_eq(before->desired_digest, after->desired_digest),
				      .policy_changed = !str_eq(before->policy_digest, after->policy_digest)};
	compare_actions(before, after, out, ret_changes);
	add_missing_warnings(&after->warnings, &before->warnings, out, &ret_changes->new_warnings);
	add_missing_warnings(&before->warnings, &after->warnings, out, &ret_changes->gone_warnings);
}
