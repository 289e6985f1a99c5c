/* What a customer waits for. */
#include "plans/standing/status_internal.h"

#include "core/programmes.h"
#include "core/say.h"
#include "core/str.h"
#include "plans/saved/expiry.h"
#include "plans/saved/hand_step.h"
#include "plans/saved/served.h"
#include "plans/saved/turn.h"
#include "plans/standing/asked_again.h"
#include "plans/standing/move_in_tenant.h"
#include "plans/standing/stranded.h"

void status_wait_for(struct judging *j, const char *what)
{
	VEC_PUSH(j->out, &j->status->waiting_for, what);
}

static const char *missing_order(const struct desired *desired)
{
	for (size_t i = 0; i < desired->moves.count; i++)
		if (!desired->moves.items[i].has_order)
			return programme_of(desired->moves.items[i].programme)->order;
	return programme_of(PROGRAMME_OPEN_LICENSE)->order;
}

/* Neither the order nor the key matters once the seats are there. */
void status_wait_for_papers(struct judging *j)
{
	const struct status *s = j->status;
	bool seats_there = s->redeemed == STAGE_DONE || s->redeemed == STAGE_NEEDLESS;
	if (s->agreed == STAGE_OPEN)
		status_wait_for(j, "the customer's agreement");
	if (s->ordered == STAGE_OPEN && !seats_there)
		status_wait_for(j, missing_order(j->in->desired));
	if (s->key_in_hand == STAGE_OPEN && !seats_there)
		status_wait_for(j, "the product key");
}

/* What is left to expire is asked for until it has: Graph shows its end, and nothing of recurring billing. */
static void wait_for_end(struct judging *j, const struct action *action)
{
	const struct expiry expiry = expiry_of(action, &j->in->plan->entries, j->live, j->in->today);
	status_wait_for(j, arena_printf(j->out, "%s %s: %s", action->id, action_info(action->kind)->name,
					expiry_text(&expiry, j->out)));
}

/* Before its turn it is named with what comes first, and never as if it could be done now. */
static void wait_for_step(struct judging *j, const struct action *action, const char *what)
{
	const char *first = turn_not_yet(j->plan, &j->replay, &j->in->plan->entries, action, j->out);
	status_wait_for(j, first ? arena_printf(j->out, "%s; not yet: first %s", what, first) : what);
}

/* Fewer seats than were ordered, or others: whoever waits is told what there is. */
static const char *waits_for_seats(struct judging *j, const struct action *action,
				   const struct manual_context *context)
{
	const char *what = manual_waits_for(action, context, j->out);
	const char *seen = NULL;
	if (!j->in->live || !action_brings_seats(action->kind) ||
	    manual_probe(action, context, j->in->live, j->out, &seen) != PROBE_OTHER)
		return what;
	return arena_printf(j->out, "%s; seen so far: %s", what, seen);
}

static void wait_for_steps(struct judging *j, enum action_kind kind)
{
	for (size_t i = 0; i < j->plan->actions.count; i++) {
		const struct action *action = &j->plan->actions.items[i];
		if (action->kind != kind || status_is_stranding(j, action))
			continue;
		enum stage stage = status_step(j, action);
		const struct manual_context context =
			hand_step_context(j->plan, j->in->desired, NULL, action);
		bool expires = cancel_way_find(action->cancel_by)->expires;
		if (stage == STAGE_OPEN && !expires)
			wait_for_step(j, action, waits_for_seats(j, action, &context));
		if (stage == STAGE_ATTESTED || (stage == STAGE_OPEN && expires))
			wait_for_end(j, action);
	}
}

/* A group that the plan has changed and the service is at work on: as it was just read, else as the last run
 * left it. */
static void wait_for_group(struct judging *j, const struct action *action)
{
	const struct action_result *result = status_result_of(j, action);
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
		status_wait_for(
			j, arena_printf(j->out,
					"%s; asked for on %.10s at %.5s UTC: wait, then seatshift apply %.8s",
					state, asked ? asked : "", asked ? asked + 11 : "",
					j->in->plan->folder.id));
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
		status_wait_for(j, arena_printf(j->out, "%s to move%s%s: %s",
						say_number(j->out, left, "person", "people"),
						s->is_undo ? " back" : "", before_the_end(j),
						next_apply(&next, "", j->out)));
	if (since)
		status_wait_for(j, arena_printf(j->out,
						"%s changed since the plan moved them: seatshift drift %s",
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
	if (j->in->place == PLACE_NO_POLICY)
		status_wait_for(j, arena_printf(j->out, "the policy to be committed: %s",
						next_policy(j->plan, j->in->signers, j->out)));
	else if (j->in->place == PLACE_UNCOMMITTED)
		status_wait_for(j, arena_printf(j->out, "the plan to be committed: %s",
						next_commit(j->plan, j->out)));
	else
		status_wait_for(j, arena_printf(j->out, "%s (has %lld): %s",
						say_number(j->out, required, "approval", "approvals"),
						(long long)valid, next_approve(&next, j->out)));
}

/* The undo is over, and the file goes on asking for what it took back: somebody has to say which it is. */
static void wait_for_a_decision(struct judging *j)
{
	if (j->status->is_undo && replay_all_ended_well(&j->replay) &&
	    is_asked_again(j->in->desired, j->plan))
		status_wait_for(
			j,
			arena_printf(j->out,
				     "a decision: plan %s was undone, and %s asks for the same move again; "
				     "change or remove the file, or plan anew: seatshift plan %s",
				     j->plan->undoes, j->in->desired->file, j->in->desired->customer));
}

/* People are where the file wants them again, and no undo ends what they came from. */
static void wait_for_the_old_to_end(struct judging *j)
{
	const struct desired *desired = j->in->desired;
	if (!j->status->is_undo || !replay_all_ended_well(&j->replay))
		return;
	for (size_t i = 0; i < desired->moves.count; i++)
		if (is_asked_for(&desired->moves.items[i], j->plan) &&
		    tenant_has_advisor_of_move(j->live, &desired->moves.items[i])) {
			status_wait_for(j, arena_printf(j->out,
							"a plan that retires the old subscription, which "
							"plan %s does not: seatshift plan %s",
							j->in->plan->folder.id, desired->customer));
			return;
		}
}

/* Everything is as the plan wants it, and only a run puts that on record. */
static void wait_for_the_record(struct judging *j)
{
	const struct next_command next = next_command(j);
	int64_t open = 0;
	for (size_t i = 0; i < j->replay.count; i++)
		open += !result_is_verified(&j->replay.results[i]);
	if (open && !j->status->waiting_for.count)
		status_wait_for(j, arena_printf(j->out, "a run that puts on record how %s ended: %s",
						say_number(j->out, open, "action", "actions"),
						next_apply(&next, "", j->out)));
}

/* Nobody has to approve it, to do its steps or to apply it. */
void status_wait_for_another_plan(struct judging *j)
{
	status_wait_for(j, arena_printf(j->out,
					"nothing of plan %s, which is left over: %s; what there is to do "
					"now: %s",
					j->in->plan->folder.id, j->in->left_over,
					plan_again_command(j->plan, j->out)));
}

/* Before anything else: people may be without mail. */
static void wait_for_rescue(struct judging *j)
{
	for (size_t i = 0; j->in->live && i < j->plan->actions.count; i++) {
		const char *text = stranded_text(j->plan, &j->in->plan->entries, &j->plan->actions.items[i],
						 j->in->live, j->out);
		if (text)
			status_wait_for(j, arena_printf(j->out, "ALARM: %s", text));
	}
	for (size_t i = 0; j->in->live && i < j->plan->summary.moves.count; i++) {
		const char *text = stranded_again_text(j->plan, &j->in->plan->entries,
						       &j->plan->summary.moves.items[i], j->in->live, j->out);
		if (text)
			status_wait_for(j, arena_printf(j->out, "ALARM: %s", text));
	}
}

/* Who keeps what is cancelled loses service some day, and no step is about them. */
static void wait_for_keepers(struct judging *j)
{
	for (size_t i = 0; i < j->status->kept.count; i++) {
		const struct keepers *kept = &j->status->kept.items[i];
		if (kept->lacks_seats)
			status_wait_for(
				j, arena_printf(j->out,
						"a decision: %s; it has no seats left for them: give them "
						"another licence, or take this one",
						keepers_text(kept, j->out)));
	}
}

/* In the order in which it comes. */
void status_wait_for_the_plan(struct judging *j)
{
	wait_for_rescue(j);
	wait_for_approvals(j);
	if (!j->status->is_undo)
		status_wait_for_papers(j);
	wait_for_steps(j, ACTION_ADD_PARTNER);
	wait_for_steps(j, ACTION_REDEEM_KEY);
	wait_for_steps(j, ACTION_RECEIVE_SEATS);
	wait_for_steps(j, ACTION_REACTIVATE_SUBSCRIPTION);
	wait_for_users(j);
	wait_for_steps(j, ACTION_RETIRE_SUBSCRIPTION);
	wait_for_a_decision(j);
	wait_for_the_old_to_end(j);
	wait_for_the_record(j);
	wait_for_keepers(j);
}
