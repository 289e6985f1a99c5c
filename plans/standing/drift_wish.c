/* Drift: what the desired state would ask for now. */
#include "core/say.h"
#include "core/str.h"
#include "plans/standing/asked_again.h"
#include "plans/standing/drift_internal.h"

#include <stdlib.h>
#include <string.h>

static int compare_texts(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

/* By what is done to whom: two plans may number their actions differently. */
static int compare_deeds(const void *left, const void *right)
{
	const struct action *a = *(const struct action *const *)left;
	const struct action *b = *(const struct action *const *)right;
	int order = (a->kind > b->kind) - (a->kind < b->kind);
	if (!order)
		order = compare_texts(a->user_id, b->user_id);
	if (!order)
		order = compare_texts(a->group_id, b->group_id);
	if (!order)
		order = compare_texts(a->sku_id, b->sku_id);
	return order ? order : compare_texts(a->subscription_id, b->subscription_id);
}

/* The plan's own actions that are not verified yet, sorted. */
static size_t find_pending(const struct comparing *c, const struct action **ret_pending)
{
	size_t count = 0;
	for (size_t i = 0; i < c->plan->actions.count; i++)
		if (!result_is_verified(&c->replay.results[i]))
			ret_pending[count++] = &c->plan->actions.items[i];
	if (count)
		qsort(ret_pending, count, sizeof *ret_pending, compare_deeds);
	return count;
}

static const char *subject_of(const struct comparing *c, const struct action *action)
{
	if (action->upn)
		return action->upn;
	if (action->group_name)
		return action->group_name;
	return action->subscription_id ? action->subscription_id
	       : action->sku_id	       ? drift_sku_name(c, action->sku_id)
				       : c->plan->tenant_domain;
}

struct wish_item {
	const char *subject; /* in lower case */
	struct drift_item item;
};
VEC(wish_item_list, struct wish_item);

/* By subject; of one subject, in the order of the plan. */
static int compare_wishes(const void *left, const void *right)
{
	const struct wish_item *a = *(const struct wish_item *const *)left;
	const struct wish_item *b = *(const struct wish_item *const *)right;
	int order = strcmp(a->subject, b->subject);
	return order ? order : (a > b) - (a < b);
}

/* Adds the first wish of each subject, unless there is an item of that subject already. */
static void add_wishes(struct comparing *c, struct wish_item_list *wishes)
{
	struct str_list subjects = {0};
	struct wish_item **sorted = arena_alloc_array(c->out, wishes->count + 1, sizeof *sorted);
	for (size_t i = 0; i < c->drift->items.count; i++)
		if (c->drift->items.items[i].subject)
			VEC_PUSH(c->out, &subjects, str_lower(c->out, c->drift->items.items[i].subject));
	str_list_sort_unique(&subjects);
	for (size_t i = 0; i < wishes->count; i++)
		sorted[i] = &wishes->items[i];
	qsort(sorted, wishes->count, sizeof *sorted, compare_wishes);
	for (size_t i = 1; i < wishes->count; i++)
		if (str_eq(sorted[i]->subject, sorted[i - 1]->subject))
			sorted[i]->item.what = NULL;
	for (size_t i = 0; i < wishes->count; i++)
		if (wishes->items[i].item.what && !str_list_search(&subjects, wishes->items[i].subject))
			drift_add_item(c, &wishes->items[i].item);
}

/* The day of the undo's last end, or of its beginning where nothing has ended. */
static const char *undone_on(const struct comparing *c)
{
	const struct journal_entry_list *entries = &c->in->plan->entries;
	for (size_t i = entries->count; i-- > 0;)
		if (entries->items[i].event == JOURNAL_ENDED)
			return entries->items[i].at;
	return entries->count ? entries->items[0].at : NULL;
}

/* What a plan made now would do of what was undone. */
struct again {
	bool some;
	size_t people, groups;
};

/* One difference: it is one decision, however many people it is about. */
static void add_undone(struct comparing *c, const struct again *again)
{
	const char *on = undone_on(c);
	struct str_list whom = {0};
	if (again->people)
		VEC_PUSH(c->out, &whom, say_number(c->out, (int64_t)again->people, "person", "people"));
	if (again->groups)
		VEC_PUSH(c->out, &whom, say_number(c->out, (int64_t)again->groups, "group", "groups"));
	const char *what =
		arena_printf(c->out, "the move %s undone by plan %s%s%.10s, and %s asks for it again%s%s",
			     replay_all_ended_well(&c->replay) ? "was" : "is being", c->in->plan->folder.id,
			     on ? " on " : "", on ? on : "", c->in->desired->file, whom.count ? ", for " : "",
			     str_list_join(c->out, &whom, " and "));
	drift_add_item(
		c, &(struct drift_item){
			   .kind = DRIFT_UNDONE,
			   .subject = c->plan->undoes,
			   .since = on,
			   .what = arena_printf(
				   c->out, "%s: change or remove the file, or plan anew: seatshift plan %s",
				   what, c->in->desired->customer)});
}

static bool is_of_what_was_undone(struct comparing *c, const struct action *action, struct again *again)
{
	if (!c->plan->undoes || !is_done_again(action, c->plan))
		return false;
	again->some = true;
	again->groups += action->group_id != NULL;
	again->people += action->user_id && action->kind != ACTION_SET_USAGE_LOCATION;
	return true;
}

/* What a plan made now would do, and neither is pending nor was undone. */
static void find_wishes(struct comparing *c, const struct plan *made_now, struct again *again)
{
	const struct action **pending = arena_alloc_array(c->out, c->plan->actions.count, sizeof *pending);
	size_t pending_count = find_pending(c, pending);
	struct wish_item_list wishes = {0};
	for (size_t i = 0; i < made_now->actions.count; i++) {
		const struct action *action = &made_now->actions.items[i];
		const char *subject = subject_of(c, action);
		if ((pending_count &&
		     bsearch(&action, pending, pending_count, sizeof *pending, compare_deeds)) ||
		    is_of_what_was_undone(c, action, again))
			continue;
		struct wish_item wish = {.subject = str_lower(c->out, subject),
					 .item = {.kind = DRIFT_WISH,
						  .subject = subject,
						  .what = arena_printf(c->out, "a plan made now would %s",
								       action_info(action->kind)->name)}};
		VEC_PUSH(c->out, &wishes, wish);
	}
	add_wishes(c, &wishes);
}

void drift_plan_again(struct comparing *c)
{
	struct diag_list diags = {0};
	struct plan plan = {0};
	enum error_code code;
	bool made = plan_build(&(struct plan_inputs){c->in->desired, c->in->policy, c->live}, c->out, &diags,
			       &plan, &code);
	struct again again = {.some = !made && c->plan->undoes && is_asked_again(c->in->desired, c->plan)};
	for (size_t i = 0; !made && i < diags.count; i++)
		if (diags.items[i].severity == DIAG_ERROR &&
		    !(c->processing && diags.items[i].code == SS336)) /* told with the group */
			drift_add_item(c,
				       &(struct drift_item){.kind = DRIFT_REFUSED,
							    .subject = arena_printf(c->out, "SS%d",
										    (int)diags.items[i].code),
							    .what = diags.items[i].message});
	if (made)
		find_wishes(c, &plan, &again);
	if (again.some)
		add_undone(c, &again);
}
