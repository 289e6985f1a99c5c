/* Where a customer stands. */
#include "plans/standing/status_internal.h"

#include "core/clock.h"
#include "core/str.h"
#include "plans/saved/journal_found.h"
#include "plans/saved/served.h"
#include "plans/standing/move_in_tenant.h"
#include "plans/standing/stranded.h"

#include <stdlib.h>
#include <string.h>

static const char *const stage_names[] = {
	[STAGE_OPEN] = "no",	       [STAGE_DONE] = "yes",	    [STAGE_ATTESTED] = "attested",
	[STAGE_NEEDLESS] = "needless", [STAGE_UNKNOWN] = "unknown",
};

const char *stage_name(enum stage stage)
{
	return stage_names[stage];
}

const char *status_seats_text(const struct status *s)
{
	return s->redeemed == STAGE_DONE && !s->by_key ? "received" : stage_name(s->redeemed);
}

/* A stage of many parts is as far as the part that is furthest behind. */
static enum stage behind(enum stage a, enum stage b)
{
	static const int order[] = {[STAGE_OPEN] = 0,
				    [STAGE_UNKNOWN] = 1,
				    [STAGE_ATTESTED] = 2,
				    [STAGE_DONE] = 3,
				    [STAGE_NEEDLESS] = 4};
	return order[a] <= order[b] ? a : b;
}

/* ---- what the files say --------------------------------------------------------------------- */

static void judge_files(struct judging *j)
{
	const struct desired *desired = j->in->desired;
	struct status *s = j->status;
	s->agreed = desired->agreement_reason ? STAGE_DONE : STAGE_OPEN;
	s->ordered = desired->moves.count ? STAGE_DONE : STAGE_OPEN;
	s->key_in_hand = desired->moves.count ? STAGE_NEEDLESS : STAGE_OPEN;
	s->by_key = !desired->moves.count;
	for (size_t i = 0; i < desired->moves.count; i++) {
		const struct move *move = &desired->moves.items[i];
		s->by_key = s->by_key || move->arrives_by == ARRIVE_BY_KEY;
		s->ordered = behind(s->ordered, move->has_order ? STAGE_DONE : STAGE_OPEN);
		s->key_in_hand = behind(s->key_in_hand, move->arrives_by != ARRIVE_BY_KEY ? STAGE_NEEDLESS
							: move->key_source != KEY_NONE	  ? STAGE_DONE
											  : STAGE_OPEN);
	}
}

/* ---- steps ---------------------------------------------------------------------------------- */

static enum stage judge_steps(struct judging *j, enum action_kind kind)
{
	enum stage stage = STAGE_NEEDLESS;
	for (size_t i = 0; i < j->plan->actions.count; i++)
		if (j->plan->actions.items[i].kind == kind)
			stage = behind(stage, status_step(j, &j->plan->actions.items[i]));
	return stage;
}

/* ---- users ---------------------------------------------------------------------------------- */

/* One action's share in a person: the direct licences, or those of a group that the person is in. */
struct share {
	const char *user_id;
	bool moved;
	bool was_moved;	    /* and the journal says so */
	bool in_processing; /* through a group that the service is at work on */
};
VEC(share_list, struct share);

static bool moves_user(const struct action *action)
{
	return action->user_id && (action->add.count || action->remove.count);
}

static void share_of_user(struct judging *j, const struct action *action, struct share_list *shares)
{
	const char *difference = NULL;
	bool verified = result_is_verified(status_result_of(j, action));
	struct share share = {.user_id = action->user_id, .moved = verified, .was_moved = verified};
	const struct user *user = j->in->live ? live_find_user(j->in->live, action->user_id) : NULL;
	/* Who was deleted since is not waited for: what the plan had to do, it did. */
	if (j->in->live && (user || !verified))
		share.moved = user_is_as_left(action, user, status_result_of(j, action), j->out, &difference);
	VEC_PUSH(j->out, shares, share);
}

/* Whoever is a member now; where the tenant was not read, whoever was when the plan was made. */
static void shares_of_group(struct judging *j, const struct action *action, struct share_list *shares)
{
	const char *difference = NULL;
	bool verified = result_is_verified(status_result_of(j, action));
	const struct group *now = j->in->live ? live_find_group(j->in->live, action->group_id) : NULL;
	const struct group *then = live_find_group(&j->in->plan->folder.live, action->group_id);
	const struct group *group = now && now->members_read ? now : then;
	bool swapped = now && group_is_as_left(action, now, status_result_of(j, action), j->out, &difference);
	for (size_t i = 0; group && i < group->member_ids.count; i++) {
		const char *id = group->member_ids.items[i];
		const struct user *user = j->in->live ? live_find_user(j->in->live, id) : NULL;
		const char *why = NULL;
		bool has = swapped && user && user_is_served(action, user, j->out, &why);
		VEC_PUSH(j->out, shares,
			 (struct share){id, j->in->live ? has : verified, verified,
					j->in->live ? swapped && !group_is_processed(now)
						    : status_result_of(j, action)->is_waiting});
	}
}

static int compare_shares(const void *left, const void *right)
{
	return strcmp(((const struct share *)left)->user_id, ((const struct share *)right)->user_id);
}

/* People, not actions: one who is in two groups and holds direct licences is moved when all of it
 * is. */
static void judge_users(struct judging *j)
{
	struct status *s = j->status;
	struct share_list shares = {0};
	s->users = 0;
	for (size_t i = 0; i < j->plan->actions.count; i++) {
		const struct action *action = &j->plan->actions.items[i];
		if (moves_user(action))
			share_of_user(j, action, &shares);
		else if (action->kind == ACTION_SWAP_GROUP_LICENSE)
			shares_of_group(j, action, &shares);
	}
	if (shares.count)
		qsort(shares.items, shares.count, sizeof *shares.items, compare_shares);
	for (size_t i = 0; i < shares.count;) {
		const char *id = shares.items[i].user_id;
		bool moved = true;
		bool was_moved = true;
		bool in_processing = false;
		for (; i < shares.count && str_eq(shares.items[i].user_id, id); i++) {
			moved = moved && shares.items[i].moved;
			was_moved = was_moved && shares.items[i].was_moved;
			in_processing = in_processing || shares.items[i].in_processing;
		}
		s->users++;
		s->users_moved += moved;
		s->users_changed_since += !moved && was_moved;
		j->in_processing += !moved && !was_moved && in_processing;
	}
}

/* ---- the window ----------------------------------------------------------------------------- */

static void judge_window(struct judging *j)
{
	size_t count = j->plan->summary.moves.count;
	struct window *windows = arena_alloc_array(j->out, count, sizeof *windows);
	for (size_t i = 0; i < count; i++) {
		const struct plan_move *move = &j->plan->summary.moves.items[i];
		const struct journal_entry_list *entries = &j->in->plan->entries;
		const struct window_facts facts =
			j->in->live ? window_facts_now(j->plan, move, j->live, entries, j->out)
				    : window_facts_of(j->plan, move, j->live, false, entries);
		windows[i] = window_compute(&facts, j->in->today);
	}
	j->status->windows = windows;
	j->status->window = window_merge(windows, count);
}

static bool has_seats(const struct judging *j, const char *sku_id)
{
	const struct sku *sku = live_find_sku(j->live, sku_id);
	return sku && sku->enabled + sku->warning > 0;
}

/* An undo redeems and retires nothing: what was bought stays bought, and the old subscription is there or is
 * not. */
static void judge_what_is_there(struct judging *j)
{
	struct status *s = j->status;
	for (size_t i = 0; i < j->plan->summary.moves.count; i++) {
		const struct plan_move *move = &j->plan->summary.moves.items[i];
		const char *given = move->advisor_sku && !s->retires ? move->advisor_sku : move->open_sku;
		s->redeemed = behind(s->redeemed, has_seats(j, given) ? STAGE_DONE : STAGE_OPEN);
		if (move->advisor_sku && !s->retires)
			s->retired =
				behind(s->retired, has_seats(j, move->open_sku) ? STAGE_OPEN : STAGE_DONE);
	}
}

static void judge_stages(struct judging *j)
{
	struct status *s = j->status;
	s->redeemed = behind(judge_steps(j, ACTION_REDEEM_KEY), judge_steps(j, ACTION_RECEIVE_SEATS));
	s->retired = judge_steps(j, ACTION_RETIRE_SUBSCRIPTION);
	s->retires = s->retired != STAGE_NEEDLESS;
	if (j->plan->undoes)
		judge_what_is_there(j);
}

static void judge_plan(struct judging *j)
{
	struct status *s = j->status;
	j->replay = replay_new(j->plan, &j->in->plan->entries, j->out);
	judge_stages(j);
	s->kept = keepers_of(j->plan, &j->replay, &j->in->plan->folder.live, j->in->live, j->out);
	s->reactivated = judge_steps(j, ACTION_REACTIVATE_SUBSCRIPTION);
	s->is_undo = j->plan->undoes != NULL;
	judge_users(j);
	judge_window(j);
	s->exit = give_back_of(j->plan, &j->in->plan->entries);
	s->back = way_back_of(j->plan, &j->in->plan->entries, j->live, j->out);
	if (j->in->left_over)
		status_wait_for_another_plan(j);
	else
		status_wait_for_the_plan(j);
}

/* ---- without a plan ------------------------------------------------------------------------- */

static bool is_finished(const struct status *s)
{
	enum stage stage = behind(s->redeemed, s->retired);
	return stage == STAGE_DONE || stage == STAGE_NEEDLESS;
}

static void judge_without_plan(struct judging *j)
{
	struct status *s = j->status;
	const struct move_list *moves = &j->in->desired->moves;
	s->users = -1;
	s->reactivated = STAGE_NEEDLESS;
	s->redeemed = s->retired = j->live ? STAGE_NEEDLESS : STAGE_UNKNOWN;
	for (size_t i = 0; j->live && i < moves->count; i++) {
		const struct move *move = &moves->items[i];
		bool there = tenant_seats_of_move(j->live, move) >= move->seats;
		s->redeemed = behind(s->redeemed, there ? STAGE_DONE : STAGE_OPEN);
		if (move->has_advisor)
			s->retired =
				behind(s->retired,
				       tenant_has_advisor_of_move(j->live, move) ? STAGE_OPEN : STAGE_DONE);
	}
	status_wait_for_papers(j);
	if (s->agreed == STAGE_DONE && !is_finished(s))
		status_wait_for(j,
				arena_printf(j->out, "a plan: seatshift plan %s", j->in->desired->customer));
}

void status_compute(const struct status_input *input, struct arena *out, struct status *ret_status)
{
	*ret_status = (struct status){.window = window_merge(NULL, 0)};
	struct judging j = {.in = input, .live = input->live, .out = out, .status = ret_status};
	judge_files(&j);
	if (!input->plan->found) {
		judge_without_plan(&j);
		return;
	}
	j.plan = &input->plan->folder.plan;
	const struct live then = journal_found_add_to(&input->plan->folder.live, &input->plan->entries, out);
	if (!j.live)
		j.live = &then;
	judge_plan(&j);
}
