/* Drift: how a tenant differs from what a plan left behind. */
#include "plans/standing/drift_internal.h"

#include "core/say.h"
#include "core/str.h"
#include "plans/saved/expiry.h"
#include "plans/saved/replay.h"
#include "plans/saved/served.h"
#include "plans/standing/stranded.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {
	[DRIFT_USER] = "user",
	[DRIFT_USER_GONE] = "user-gone",
	[DRIFT_STALE] = "stale",
	[DRIFT_GROUP] = "group",
	[DRIFT_HOLDER] = "unlisted-holder",
	[DRIFT_SUBSCRIPTION] = "advisor-alive",
	[DRIFT_STRANDED] = "cancelled-early",
	[DRIFT_STRANDED_AGAIN] = "cancelled-again",
	[DRIFT_SEATS] = "seats",
	[DRIFT_UNCONFIRMED] = "unconfirmed",
	[DRIFT_LATE] = "late",
	[DRIFT_WISH] = "not-as-desired",
	[DRIFT_REFUSED] = "refused",
	[DRIFT_UNDONE] = "undone",
};
_Static_assert(ARRAY_LEN(kind_names) == DRIFT_KIND_COUNT, "one name per kind");

const char *drift_kind_name(enum drift_kind kind)
{
	return kind_names[kind];
}

static const struct action_result *result_of(const struct comparing *c, const struct action *action)
{
	return &c->replay.results[action - c->plan->actions.items];
}

static bool is_attested(const struct action_result *result)
{
	return result->ended && result->outcome == OUTCOME_ATTESTED;
}

/* ---- who moved, and since when -------------------------------------------------------------- */

static const char *source_name(const struct comparing *c, const struct license_state *state)
{
	if (!state->group_id)
		return "direct";
	const struct group *group = live_find_group(c->live, state->group_id);
	return arena_printf(c->out, "group %s", group ? group->display_name : state->group_id);
}

/*
 * What moved last among the licences that the action is about: the newest of their assignment states.
 * A licence that is simply gone leaves no state behind, and then Graph does not say.
 */
static void attribute(const struct comparing *c, const struct action *action, const struct user *user,
		      struct drift_item *item)
{
	const struct license_state *newest = NULL;
	for (size_t i = 0; i < user->states.count; i++) {
		const struct license_state *state = &user->states.items[i];
		bool concerned = str_list_has(&action->remove, state->sku_id) ||
				 license_find(&action->add, state->sku_id) != NULL;
		const struct license *left = license_find(&action->result.licenses, state->sku_id);
		bool as_left = left && !state->group_id &&
			       license_equal(left, &(struct license){state->sku_id, state->disabled_plans});
		if (!concerned || as_left)
			continue;
		if (!newest || !newest->updated ||
		    (state->updated && strcmp(state->updated, newest->updated) > 0))
			newest = state;
	}
	if (!newest)
		return;
	item->by = source_name(c, newest);
	item->since = newest->updated;
}

/* "holds STANDARDPACK again (direct)": what the tenant has beyond, or short of, what was left. */
static const char *describe(const struct comparing *c, const struct action *action, const struct user *user,
			    const char *difference)
{
	struct str_list parts = {0};
	for (size_t i = 0; i < action->remove.count; i++)
		if (license_find(&user->licenses, action->remove.items[i]))
			VEC_PUSH(c->out, &parts,
				 arena_printf(c->out, "holds %s again",
					      drift_sku_name(c, action->remove.items[i])));
	for (size_t i = 0; i < action->result.licenses.count; i++) {
		const char *sku_id = action->result.licenses.items[i].sku_id;
		if (str_list_has(&action->remove, sku_id))
			continue;
		if (!license_find(&user->licenses, sku_id))
			VEC_PUSH(c->out, &parts,
				 arena_printf(c->out, "no longer holds %s", drift_sku_name(c, sku_id)));
	}
	if (parts.count)
		return str_list_join(c->out, &parts, ", ");
	return difference ? difference : "is as it was before the plan";
}

static void compare_user(struct comparing *c, const struct action *action)
{
	const struct user *user = live_find_user(c->live, action->user_id);
	const char *difference = NULL;
	struct drift_item item = {.kind = DRIFT_USER, .subject = action->upn};
	VEC_PUSH(c->out, &c->told, action->user_id);
	if (!user) {
		item.kind = DRIFT_USER_GONE;
		item.what = "is no longer in the tenant";
		drift_add_item(c, &item);
		return;
	}
	bool regained = false; /* through a group: the direct licences are then still as left */
	for (size_t i = 0; i < action->remove.count; i++)
		regained = regained || license_find(&user->licenses, action->remove.items[i]);
	if (user_is_as_left(action, user, result_of(c, action), c->out, &difference) && !regained)
		return;
	item.what = describe(c, action, user, difference);
	attribute(c, action, user, &item);
	drift_add_item(c, &item);
}

/* A group is its members: what it hands out may be refused to some. */
static void compare_members(struct comparing *c, const struct action *action)
{
	struct group_progress progress;
	group_progress_of(action, c->live, c->out, &progress);
	c->processing = c->processing || !progress.is_processed;
	if (!progress.is_processed)
		drift_add_item(c, &(struct drift_item){
					  .kind = DRIFT_GROUP,
					  .subject = action->group_name,
					  .by = arena_printf(c->out, "plan %s", c->in->plan->folder.id),
					  .since = replay_written_at(&c->in->plan->entries, action),
					  .what = arena_printf(c->out, "is %s; wait, then look again",
							       group_processing_text(&progress, c->out))});
	for (size_t i = 0; i < progress.unserved.count; i++) {
		const struct unserved_member *member = &progress.unserved.items[i];
		/* Who is not refused is waited for. */
		if (!progress.is_processed && !member->refused)
			continue;
		const struct drift_item item = {.kind = DRIFT_USER,
						.subject = member->upn,
						.what = member->why,
						.by = group_name_text(action, c->out)};
		drift_add_item(c, &item);
	}
}

/* Also of a swap that did not end well: what the group hands out is then as it was sent, or as before. */
static void compare_group(struct comparing *c, const struct action *action)
{
	const char *difference = NULL;
	const struct action_result *result = result_of(c, action);
	const struct group *group = live_find_group(c->live, action->group_id);
	if (group && group_is_as_left(action, group, result, c->out, &difference)) {
		VEC_PUSH(c->out, &c->told, action->group_id);
		compare_members(c, action);
		return;
	}
	if (!result_is_verified(result))
		return;
	VEC_PUSH(c->out, &c->told, action->group_id);
	drift_add_item(c, &(struct drift_item){.kind = DRIFT_GROUP,
					       .subject = action->group_name,
					       .what = !group	    ? "is no longer in the tenant"
						       : difference ? difference
								    : "hands out the licences of before"});
}

/* ---- subscriptions and seats ---------------------------------------------------------------- */

static const char *say_expiry(const struct comparing *c, const struct action *action)
{
	const struct expiry expiry = expiry_of(action, &c->in->plan->entries, c->live, c->in->today);
	return expiry_text(&expiry, c->out);
}

static const char *say_alive(const struct comparing *c, const struct subscription *s)
{
	if (subscription_is_retired(s))
		return arena_printf(c->out, "%s: listed as %s, but the tenant counts its seats as enabled",
				    s->part_number, s->status_text);
	return arena_printf(c->out, "%s lives again: %s, %s", s->part_number, s->status_text,
			    say_number(c->out, s->seats, "seat", "seats"));
}

static void compare_retired(struct comparing *c, const struct action *action)
{
	const struct subscription *s = live_find_subscription(c->live, action->subscription_id);
	const struct action_result *result = result_of(c, action);
	const char *stranded = stranded_text(c->plan, &c->in->plan->entries, action, c->live, c->out);
	if (stranded)
		drift_add_item(c, &(struct drift_item){.kind = DRIFT_STRANDED,
						       .subject = action->subscription_id,
						       .what = stranded});
	if (!s || live_subscription_is_retired(c->live, s))
		return;
	if (result_is_verified(result))
		drift_add_item(c, &(struct drift_item){.kind = DRIFT_SUBSCRIPTION,
						       .subject = s->id,
						       .what = say_alive(c, s)});
	else if (is_attested(result))
		drift_add_item(
			c, &(struct drift_item){
				   .kind = DRIFT_UNCONFIRMED,
				   .subject = s->id,
				   .what = arena_printf(
					   c->out, "%s: a person attested its end, Graph shows it as %s: %s",
					   s->part_number, s->status_text, say_expiry(c, action))});
}

/* The hand step that brings the seats, or brings them back. */
static const struct action *find_bringer(const struct comparing *c, const char *sku_id)
{
	for (size_t i = 0; i < c->plan->actions.count; i++) {
		const struct action *action = &c->plan->actions.items[i];
		bool brings =
			action_brings_seats(action->kind) || action->kind == ACTION_REACTIVATE_SUBSCRIPTION;
		if (brings && str_eq(action->sku_id, sku_id))
			return action;
	}
	return NULL;
}

static void compare_seats(struct comparing *c, const struct plan_move *move)
{
	const struct action *bringer = find_bringer(c, move->open_sku);
	if (bringer && !result_is_verified(result_of(c, bringer)))
		return;
	const struct sku *sku = live_find_sku(c->live, move->open_sku);
	int64_t there = sku ? sku->enabled : 0;
	int64_t held = sku ? sku->consumed : 0;
	if (there < move->open_seats)
		drift_add_item(c,
			       &(struct drift_item){
				       .kind = DRIFT_SEATS,
				       .subject = move->open_part_number,
				       .what = arena_printf(
					       c->out, "seats there: %s; left by the plan: %s; held: %s",
					       say_count(c->out, there), say_count(c->out, move->open_seats),
					       say_count(c->out, held))});
	else if (held > there)
		drift_add_item(c,
			       &(struct drift_item){.kind = DRIFT_SEATS,
						    .subject = move->open_part_number,
						    .what = arena_printf(c->out, "seats there: %s; held: %s",
									 say_count(c->out, there),
									 say_count(c->out, held))});
}

/* Cancelled again, its seats are missing: that is one difference. */
static void compare_old_and_seats(struct comparing *c, const struct plan_move *move)
{
	const char *again = stranded_again_text(c->plan, &c->in->plan->entries, move, c->live, c->out);
	if (again)
		drift_add_item(c, &(struct drift_item){.kind = DRIFT_STRANDED_AGAIN,
						       .subject = move->open_part_number,
						       .what = again});
	else
		compare_seats(c, move);
}

/* ---- people --------------------------------------------------------------------------------- */

/* Whoever holds the Advisor SKU now and did not when the plan was made came in behind its back. */
static void find_new_holders(struct comparing *c, const struct plan_move *move)
{
	if (!move->advisor_sku || str_eq(move->advisor_sku, move->open_sku))
		return;
	const struct live *before = &c->in->plan->folder.live;
	const struct str_list told = c->told;
	for (size_t i = 0; i < c->live->users.count; i++) {
		const struct user *user = &c->live->users.items[i];
		const struct user *then = live_find_user(before, user->id);
		bool held = then && license_find(&then->licenses, move->advisor_sku);
		if (!license_find(&user->licenses, move->advisor_sku) || held ||
		    str_list_search(&told, user->id))
			continue;
		struct drift_item item = {.kind = DRIFT_HOLDER,
					  .subject = user->upn,
					  .what = arena_printf(c->out,
							       "holds %s, and did not when the plan was made",
							       move->advisor_part_number)};
		for (size_t s = 0; s < user->states.count; s++) {
			if (!str_eq(user->states.items[s].sku_id, move->advisor_sku))
				continue;
			item.by = source_name(c, &user->states.items[s]);
			item.since = user->states.items[s].updated;
			break;
		}
		VEC_PUSH(c->out, &c->told, user->id);
		drift_add_item(c, &item);
	}
	str_list_sort_unique(&c->told);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void compare_actions(struct comparing *c)
{
	for (size_t i = 0; i < c->plan->actions.count; i++) {
		const struct action *action = &c->plan->actions.items[i];
		bool verified = result_is_verified(result_of(c, action));
		if (!verified && !is_attested(result_of(c, action)))
			c->drift->pending++;
		if (action->kind == ACTION_RETIRE_SUBSCRIPTION)
			compare_retired(c, action);
		else if (verified && action->user_id)
			compare_user(c, action);
		else if (action->group_id && (result_of(c, action)->ended || c->replay.announced[i]))
			compare_group(c, action);
		else if (action->user_id || action->group_id)
			drift_compare_pending(c, action);
	}
}

static void compare_moves(struct comparing *c)
{
	size_t count = c->plan->summary.moves.count;
	struct window *windows = arena_alloc_array(c->out, count, sizeof *windows);
	str_list_sort_unique(&c->told);
	for (size_t i = 0; i < count; i++) {
		const struct plan_move *move = &c->plan->summary.moves.items[i];
		const struct window_facts facts =
			window_facts_now(c->plan, move, c->live, &c->in->plan->entries, c->out);
		windows[i] = window_compute(&facts, c->in->today);
		compare_old_and_seats(c, move);
		find_new_holders(c, move);
		if (windows[i].retire_by_passed)
			drift_add_item(
				c, &(struct drift_item){
					   .kind = DRIFT_LATE,
					   .subject = move->advisor_subscription,
					   .what = arena_printf(c->out, "%s was to be retired by %s",
								move->advisor_part_number, move->retire_by)});
	}
	c->drift->window = window_merge(windows, count);
}

void drift_compute(const struct drift_input *input, struct arena *out, struct drift *ret_drift)
{
	const struct plan *plan = &input->plan->folder.plan;
	*ret_drift = (struct drift){0};
	struct comparing c = {.in = input,
			      .plan = plan,
			      .live = input->live,
			      .replay = replay_new(plan, &input->plan->entries, out),
			      .out = out,
			      .drift = ret_drift};
	compare_actions(&c);
	compare_moves(&c);
	ret_drift->kept = keepers_of(plan, &c.replay, &input->plan->folder.live, input->live, out);
	drift_plan_again(&c);
}

void drift_read_scope(const struct desired *desired, const struct policy *policy,
		      const struct plan_folder *folder, struct arena *out, struct read_scope *ret_scope)
{
	const struct plan *plan = &folder->plan;
	struct read_scope scope;
	plan_read_scope(desired, policy, out, &scope);
	for (size_t i = 0; i < plan->actions.count; i++) {
		if (plan->actions.items[i].user_id)
			VEC_PUSH(out, &scope.user_ids, plan->actions.items[i].user_id);
		if (plan->actions.items[i].group_id)
			VEC_PUSH(out, &scope.groups, plan->actions.items[i].group_id);
	}
	/* A SKU may be gone from the file by now; its holders still count. */
	for (size_t i = 0; i < plan->summary.moves.count; i++)
		if (plan->summary.moves.items[i].advisor_sku)
			VEC_PUSH(out, &scope.holders_of, plan->summary.moves.items[i].advisor_sku);
	keepers_read_scope(plan, &folder->live, SIZE_MAX, out, &scope);
	str_list_sort_unique(&scope.user_ids);
	str_list_sort_unique(&scope.groups);
	str_list_sort_unique(&scope.holders_of);
	scope.likely_holders_of = plan_skus_after(plan, out);
	scope.members_as_users = scope.members_as_users || scope.groups.count > 0;
	*ret_scope = scope;
}
