/* Where a customer stands. */
#include "plans/standing/status.h"

#include "core/clock.h"
#include "core/programmes.h"
#include "core/say.h"
#include "core/str.h"
#include "plans/saved/expiry.h"
#include "plans/saved/hand_step.h"
#include "plans/saved/journal_found.h"
#include "plans/saved/replay.h"
#include "plans/saved/served.h"
#include "plans/saved/turn.h"
#include "plans/standing/asked_again.h"
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

struct judging {
	const struct status_input *in;
	const struct plan *plan; /* NULL: none */
	const struct live *live; /* the newest facts there are; NULL: none */
	struct replay replay;	 /* what the journal says of each action */
	struct arena *out;
	struct status *status;
	int64_t in_processing; /* people who are not moved yet and only have to be waited for */
};

static void wait_for(struct judging *j, const char *what)
{
	VEC_PUSH(j->out, &j->status->waiting_for, what);
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

/* Neither the order nor the key matters once the seats are there. */
static void wait_for_papers(struct judging *j)
{
	const struct status *s = j->status;
	bool seats_there = s->redeemed == STAGE_DONE || s->redeemed == STAGE_NEEDLESS;
	if (s->agreed == STAGE_OPEN)
		wait_for(j, "the customer's agreement");
	if (s->ordered == STAGE_OPEN && !seats_there)
		wait_for(j, "the order with a distributor");
	if (s->key_in_hand == STAGE_OPEN && !seats_there)
		wait_for(j, "the product key");
}

/* ---- steps ---------------------------------------------------------------------------------- */

static const struct action_result *result_of(const struct judging *j, const struct action *action)
{
	return &j->replay.results[action - j->plan->actions.items];
}

static bool is_stranding(const struct judging *j, const struct action *action)
{
	return j->in->live && stranded_count(j->plan, &j->replay, action, j->in->live);
}

/* What the journal says, and what the tenant shows that nobody has written down yet. What was cancelled under
 * people is not retired as the plan wants it. */
static enum stage judge_step(struct judging *j, const struct action *action)
{
	const struct action_result *result = result_of(j, action);
	if (result_is_verified(result))
		return STAGE_DONE;
	if (is_stranding(j, action))
		return STAGE_OPEN;
	const char *detail = NULL;
	const struct manual_context context = hand_step_context(j->plan, j->in->desired, NULL, action);
	if (j->in->live && action_info(action->kind)->by == BY_HAND &&
	    manual_probe(action, &context, j->in->live, j->out, &detail) == PROBE_SEEN)
		return STAGE_DONE;
	return result->ended && result->outcome == OUTCOME_ATTESTED ? STAGE_ATTESTED : STAGE_OPEN;
}

static enum stage judge_steps(struct judging *j, enum action_kind kind)
{
	enum stage stage = STAGE_NEEDLESS;
	for (size_t i = 0; i < j->plan->actions.count; i++)
		if (j->plan->actions.items[i].kind == kind)
			stage = behind(stage, judge_step(j, &j->plan->actions.items[i]));
	return stage;
}

/* What is left to expire is asked for until it has: Graph shows its end, and nothing of recurring billing. */
static void wait_for_end(struct judging *j, const struct action *action)
{
	const struct expiry expiry = expiry_of(action, &j->in->plan->entries, j->live, j->in->today);
	wait_for(j, arena_printf(j->out, "%s %s: %s", action->id, action_info(action->kind)->name,
				 expiry_text(&expiry, j->out)));
}

/* Before its turn it is named with what comes first, and never as if it could be done now. */
static void wait_for_step(struct judging *j, const struct action *action, const char *what)
{
	const char *first = turn_not_yet(j->plan, &j->replay, &j->in->plan->entries, action, j->out);
	wait_for(j, first ? arena_printf(j->out, "%s; not yet: first %s", what, first) : what);
}

static void wait_for_steps(struct judging *j, enum action_kind kind)
{
	for (size_t i = 0; i < j->plan->actions.count; i++) {
		const struct action *action = &j->plan->actions.items[i];
		if (action->kind != kind || is_stranding(j, action))
			continue;
		enum stage stage = judge_step(j, action);
		const struct manual_context context =
			hand_step_context(j->plan, j->in->desired, NULL, action);
		bool expires = cancel_way_find(action->cancel_by)->expires;
		if (stage == STAGE_OPEN && !expires)
			wait_for_step(j, action, manual_waits_for(action, &context, j->out));
		if (stage == STAGE_ATTESTED || (stage == STAGE_OPEN && expires))
			wait_for_end(j, action);
	}
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
	bool verified = result_is_verified(result_of(j, action));
	struct share share = {.user_id = action->user_id, .moved = verified, .was_moved = verified};
	const struct user *user = j->in->live ? live_find_user(j->in->live, action->user_id) : NULL;
	/* Who was deleted since is not waited for: what the plan had to do, it did. */
	if (j->in->live && (user || !verified))
		share.moved = user_is_as_left(action, user, result_of(j, action), j->out, &difference);
	VEC_PUSH(j->out, shares, share);
}

/* Whoever is a member now; where the tenant was not read, whoever was when the plan was made. */
static void shares_of_group(struct judging *j, const struct action *action, struct share_list *shares)
{
	const char *difference = NULL;
	bool verified = result_is_verified(result_of(j, action));
	const struct group *now = j->in->live ? live_find_group(j->in->live, action->group_id) : NULL;
	const struct group *then = live_find_group(&j->in->plan->folder.live, action->group_id);
	const struct group *group = now && now->members_read ? now : then;
	bool swapped = now && group_is_as_left(action, now, result_of(j, action), j->out, &difference);
	for (size_t i = 0; group && i < group->member_ids.count; i++) {
		const char *id = group->member_ids.items[i];
		const struct user *user = j->in->live ? live_find_user(j->in->live, id) : NULL;
		const char *why = NULL;
		bool has = swapped && user && user_is_served(action, user, j->out, &why);
		VEC_PUSH(j->out, shares,
			 (struct share){id, j->in->live ? has : verified, verified,
					j->in->live ? swapped && !group_is_processed(now)
						    : result_of(j, action)->is_waiting});
	}
}

/* A group that the plan has changed and the service is at work on: as it was just read, else as the last run
 * left it. */
static void wait_for_group(struct judging *j, const struct action *action)
{
	const struct action_result *result = result_of(j, action);
	const char *asked = replay_written_at(&j->in->plan->entries, action);
	const char *state = result->is_waiting
				    ? arena_printf(j->out,
						   "%s, which was being processed by Microsoft 365 "
						   "when the last run ended",
						   group_name_text(action, j->out))
				    : NULL;
	if (j->in->live) {
		struct group_progress progress;
		group_progress_of(action, j->in->live, j->out, &progress);
		state = asked && !progress.is_gone && !progress.is_processed
				? arena_printf(j->out, "%s, which is %s", group_name_text(action, j->out),
					       group_processing_text(&progress, j->out))
				: NULL;
	}
	if (state)
		wait_for(j,
			 arena_printf(j->out,
				      "%s; asked for on %.10s at %.5s UTC: wait, then seatshift apply %.8s",
				      state, asked ? asked : "", asked ? asked + 11 : "",
				      j->in->plan->folder.id));
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

static struct next_command next_command(const struct judging *j)
{
	return (struct next_command){j->in->plan->folder.id, j->in->approvals_required, j->in->unattended};
}

/* People are moved before what they hold expires, never after. */
static const char *before_the_end(const struct judging *j)
{
	int32_t first = WINDOW_NO_DAY;
	for (size_t i = 0; i < j->plan->actions.count; i++) {
		const struct action *action = &j->plan->actions.items[i];
		if (action->kind != ACTION_RETIRE_SUBSCRIPTION ||
		    !cancel_way_find(action->cancel_by)->expires)
			continue;
		const struct expiry expiry = expiry_of(action, &j->in->plan->entries, j->live, j->in->today);
		if (expiry.ends != EXPIRY_NO_DAY && (first == WINDOW_NO_DAY || expiry.ends < first))
			first = expiry.ends;
	}
	if (first == WINDOW_NO_DAY)
		return "";
	return arena_printf(j->out, "%s%s",
			    first > j->in->today ? " before the old term ends on "
						 : ", AT ONCE: the old term ended on ",
			    window_day_text(first, j->out));
}

static void wait_for_users(struct judging *j)
{
	const struct status *s = j->status;
	int64_t since = s->users_changed_since;
	int64_t left = s->users - s->users_moved - since - j->in_processing;
	const struct next_command next = next_command(j);
	for (size_t i = 0; i < j->plan->actions.count; i++)
		if (j->plan->actions.items[i].kind == ACTION_SWAP_GROUP_LICENSE)
			wait_for_group(j, &j->plan->actions.items[i]);
	if (left)
		wait_for(j,
			 arena_printf(j->out, "%s to move%s%s: %s",
				      say_number(j->out, left, "person", "people"), s->is_undo ? " back" : "",
				      before_the_end(j), next_apply(&next, "", j->out)));
	if (since)
		wait_for(j, arena_printf(j->out, "%s changed since the plan moved them: seatshift drift %s",
					 say_number(j->out, since, "person", "people"),
					 j->in->desired->customer));
}

/* For a plan that has begun as well: an approval may expire at a hand step, and then nothing continues. */
static void wait_for_approvals(struct judging *j)
{
	const struct next_command next = next_command(j);
	int64_t required = j->in->approvals_required;
	int64_t valid = j->in->approvals_valid;
	if (valid >= required || replay_all_ended_well(&j->replay))
		return;
	if (j->in->place == PLACE_UNCOMMITTED)
		wait_for(j,
			 arena_printf(j->out, "the plan to be committed: %s", next_commit(j->plan, j->out)));
	else
		wait_for(j, arena_printf(j->out, "%s (has %lld): %s",
					 say_number(j->out, required, "approval", "approvals"),
					 (long long)valid, next_approve(&next, j->out)));
}

/* ---- the window ----------------------------------------------------------------------------- */

static void judge_window(struct judging *j)
{
	size_t count = j->plan->summary.moves.count;
	struct window *windows = arena_alloc_array(j->out, count, sizeof *windows);
	for (size_t i = 0; i < count; i++) {
		const struct window_facts facts = window_facts_of(j->plan, &j->plan->summary.moves.items[i],
								  j->live, &j->in->plan->entries);
		windows[i] = window_compute(&facts, j->in->today);
	}
	j->status->windows = windows;
	j->status->window = window_merge(windows, count);
}

/* The undo is over, and the file goes on asking for what it took back: somebody has to say which it is. */
static void wait_for_a_decision(struct judging *j)
{
	if (j->status->is_undo && replay_all_ended_well(&j->replay) &&
	    is_asked_again(j->in->desired, j->plan))
		wait_for(j,
			 arena_printf(j->out,
				      "a decision: plan %s was undone, and %s asks for the same move again; "
				      "change or remove the file, or plan anew: seatshift plan %s",
				      j->plan->undoes, j->in->desired->file, j->in->desired->customer));
}

/* Everything is as the plan wants it, and only a run puts that on record. */
static void wait_for_the_record(struct judging *j)
{
	const struct next_command next = next_command(j);
	int64_t open = 0;
	for (size_t i = 0; i < j->replay.count; i++)
		open += !result_is_verified(&j->replay.results[i]);
	if (open && !j->status->waiting_for.count)
		wait_for(j, arena_printf(j->out, "a run that puts on record how %s ended: %s",
					 say_number(j->out, open, "action", "actions"),
					 next_apply(&next, "", j->out)));
}

/* Nobody has to approve it, to do its steps or to apply it. */
static void wait_for_another_plan(struct judging *j)
{
	wait_for(j,
		 arena_printf(j->out,
			      "nothing of plan %s, which is left over: %s; what there is to do "
			      "now: %s",
			      j->in->plan->folder.id, j->in->left_over, plan_again_command(j->plan, j->out)));
}

/* Before anything else: people may be without mail. */
static void wait_for_rescue(struct judging *j)
{
	for (size_t i = 0; j->in->live && i < j->plan->actions.count; i++) {
		const char *text = stranded_text(j->plan, &j->in->plan->entries, &j->plan->actions.items[i],
						 j->in->live, j->out);
		if (text)
			wait_for(j, arena_printf(j->out, "ALARM: %s", text));
	}
}

/* In the order in which it comes. */
static void wait_for_the_plan(struct judging *j)
{
	wait_for_rescue(j);
	wait_for_approvals(j);
	if (!j->status->is_undo)
		wait_for_papers(j);
	wait_for_steps(j, ACTION_ADD_PARTNER);
	wait_for_steps(j, ACTION_REDEEM_KEY);
	wait_for_steps(j, ACTION_RECEIVE_SEATS);
	wait_for_steps(j, ACTION_REACTIVATE_SUBSCRIPTION);
	wait_for_users(j);
	wait_for_steps(j, ACTION_RETIRE_SUBSCRIPTION);
	wait_for_a_decision(j);
	wait_for_the_record(j);
}

static void judge_plan(struct judging *j)
{
	struct status *s = j->status;
	j->replay = replay_new(j->plan, &j->in->plan->entries, j->out);
	s->redeemed = behind(judge_steps(j, ACTION_REDEEM_KEY), judge_steps(j, ACTION_RECEIVE_SEATS));
	s->retired = judge_steps(j, ACTION_RETIRE_SUBSCRIPTION);
	s->reactivated = judge_steps(j, ACTION_REACTIVATE_SUBSCRIPTION);
	s->is_undo = j->plan->undoes != NULL;
	judge_users(j);
	judge_window(j);
	s->exit = give_back_of(j->plan, &j->in->plan->entries);
	s->back = way_back_of(j->plan, &j->in->plan->entries, j->live, j->out);
	if (j->in->left_over)
		wait_for_another_plan(j);
	else
		wait_for_the_plan(j);
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
	wait_for_papers(j);
	if (s->agreed == STAGE_DONE && !is_finished(s))
		wait_for(j, arena_printf(j->out, "a plan: seatshift plan %s", j->in->desired->customer));
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
