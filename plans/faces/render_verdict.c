/*
 * What somebody who approves reads first: one sentence that says what the plan does, where it stands, and
 * what they have to weigh: whatever takes something away, costs money or cannot be undone.
 */
#include "plans/faces/render_model.h"

#include "core/clock.h"
#include "core/programmes.h"
#include "core/quote.h"
#include "plans/saved/next_command.h"

enum { ALIKE_SHOWN = 3, DETAIL_MAX = 400 };

/* ---- the state ------------------------------------------------------------------------------ */

/* How far a plan is, as far as what a face is given says. */
enum standing { PLANNED, APPROVED, BEGUN, DONE };

static enum standing standing_of(const struct render_model *m, size_t *ret_well)
{
	size_t ended = 0;
	*ret_well = 0;
	for (size_t i = 0; m->in->results && i < m->plan->actions.count; i++) {
		ended += m->in->results[i].ended;
		*ret_well += render_is_done(m, &m->plan->actions.items[i]);
	}
	if (m->in->results && (ended || m->in->entries))
		return *ret_well == m->plan->actions.count ? DONE : BEGUN;
	return m->in->policy && m->in->approvals_valid >= m->in->policy->approvals_required ? APPROVED
											    : PLANNED;
}

static const char *approval_state(const struct render_model *m)
{
	int64_t required = m->in->policy ? m->in->policy->approvals_required : -1;
	int64_t valid = m->in->approvals_valid;
	if (required < 0)
		return "planned";
	if (!required)
		return "planned, needs no approval";
	if (valid >= required)
		return arena_printf(m->arena, "approved (%lld of %lld)", (long long)valid,
				    (long long)required);
	return arena_printf(m->arena, "planned, approved %lld of %lld", (long long)valid,
			    (long long)required);
}

static struct next_command next_command(const struct render_model *m)
{
	return (struct next_command){.plan = m->folder->id,
				     .approvals_required =
					     m->in->policy ? m->in->policy->approvals_required : 0,
				     .unattended = m->in->unattended};
}

static void find_next(struct render_model *m, const char *words, const char *command)
{
	m->next = words;
	m->command = command;
}

/* Before it is applied: rehearsed where the policy wants that, on the branch where it counts, approved. */
static void find_next_before(struct render_model *m, bool approved)
{
	const struct next_command next = next_command(m);
	const struct policy *policy = m->in->policy;
	bool rehearsed = m->in->rehearsed && m->in->rehearsed->good;
	if (policy && policy->rehearsal_required && !rehearsed)
		find_next(m, "Rehearse it with",
			  arena_printf(m->arena, "seatshift rehearse %.8s --save", m->folder->id));
	else if (approved || !policy)
		find_next(m, "Apply it with", next_apply(&next, "", m->arena));
	else if (m->in->place == PLACE_NO_POLICY)
		find_next(m, "First commit who may approve, and what it is made from, with",
			  next_policy(m->plan, policy->approvals_signers, m->arena));
	else if (m->in->place == PLACE_UNCOMMITTED)
		find_next(m, "Commit it with", next_commit(m->plan, m->arena));
	else
		find_next(m,
			  m->in->place == PLACE_OTHER_BRANCH
				  ? "When the approved branch has it, approve it with"
				  : "Approve it with",
			  next_approve(&next, m->arena));
}

/* What was found otherwise stays so, however often it is applied. */
static bool is_stale(const struct render_model *m)
{
	size_t counts[OUTCOME_COUNT] = {0};
	for (size_t i = 0; i < m->plan->actions.count; i++)
		counts[m->in->results[i].outcome] += m->in->results[i].ended;
	return counts[OUTCOME_STALE] && !counts[OUTCOME_FAILED] && !counts[OUTCOME_UNKNOWN];
}

static void find_next_begun(struct render_model *m)
{
	const struct next_command next = next_command(m);
	if (is_stale(m))
		find_next(m, "Some people were found otherwise: make a new plan with",
			  plan_again_command(m->plan, m->arena));
	else if (m->in->policy && m->in->approvals_valid < m->in->policy->approvals_required)
		find_next(m, "Approve it again with", next_approve(&next, m->arena));
	else
		find_next(m, "Resume it with", next_apply(&next, "", m->arena));
}

/* What stands, and the command that really comes next. */
static void find_state(struct render_model *m)
{
	size_t well;
	const enum standing standing = standing_of(m, &well);
	m->state = approval_state(m);
	m->state_class = "planned";
	if (m->in->undone_by) {
		m->state = arena_printf(m->arena, "undone by plan %s", m->in->undone_by);
		m->state_class = "undone";
	} else if (m->in->left_over) {
		m->state = "left over, never applied";
		m->state_class = "left-over";
	} else if (standing == BEGUN) {
		m->state = m->state_class = "begun";
		m->state_more = render_progress_text(m);
		find_next_begun(m);
	} else if (standing == DONE) {
		m->state = m->state_class = "done";
	} else {
		const bool needed = m->in->policy && m->in->policy->approvals_required;
		m->state_class = standing == APPROVED && needed ? "approved" : "planned";
		find_next_before(m, standing == APPROVED);
	}
	if (!m->command)
		find_next(m, "Who did what, and on whose authority",
			  arena_printf(m->arena, "seatshift history %s", m->plan->customer));
}

/* ---- decisions ------------------------------------------------------------------------------ */

/* What is done asks nobody any more; nor does what an undone plan left undone, or what came too late. */
static void add_decision(struct render_model *m, bool done, const struct render_decision *decision)
{
	if (done)
		VEC_PUSH(m->arena, &m->decided, *decision);
	else if (!m->in->undone_by && !m->in->left_over)
		VEC_PUSH(m->arena, &m->decisions, *decision);
}

static void decide(struct render_model *m, enum decision_kind kind, bool done, const char *head,
		   const char *text)
{
	const struct render_decision decision = {.kind = kind, .head = head, .text = text};
	add_decision(m, done, &decision);
}

/* Whatever a plan takes from people is taken when its last action for people is done. */
static bool people_done(const struct render_model *m)
{
	for (size_t i = 0; i < m->plan->actions.count; i++)
		if (action_info(m->plan->actions.items[i].kind)->by == BY_GRAPH &&
		    !render_is_done(m, &m->plan->actions.items[i]))
			return false;
	return true;
}

static void decide_of_people(struct render_model *m, enum decision_kind kind, const char *head,
			     const char *about, const char *who)
{
	const struct render_decision decision = {
		kind, head, arena_printf(m->arena, "%s. Who: %s", about, who), about, who};
	add_decision(m, people_done(m), &decision);
}

static const char *names_of(const struct render_model *m, const struct str_list *names, int64_t all)
{
	return render_names_of(m, names, LOSERS_NAMED, all);
}

/* Of all whom the plan changes, a few names say less than that. */
static const char *losers_of(const struct render_model *m, const struct str_list *names, int64_t all)
{
	return all > LOSERS_NAMED && all == m->plan->summary.users_changed
		       ? arena_printf(m->arena, "all %s of this plan",
				      say_number(m->arena, all, "person", "people"))
		       : names_of(m, names, all);
}

static bool same_losers(const struct service_effect *a, const struct service_effect *b)
{
	return a->lost == b->lost && str_list_equal(&a->losers, &b->losers);
}

static bool retired(const struct render_model *m)
{
	for (size_t i = 0; i < m->plan->actions.count; i++)
		if (m->plan->actions.items[i].kind == ACTION_RETIRE_SUBSCRIPTION &&
		    !render_is_done(m, &m->plan->actions.items[i]))
			return false;
	return true;
}

/* Nothing is done to them, so no step tells of them: their number, and some of their names. */
static void decide_stranded(struct render_model *m)
{
	int64_t people = m->stranded.people;
	if (!people)
		return;
	bool done = retired(m);
	const char *who = names_of(m, &m->stranded.names, people);
	const char *of = render_stranded_services(m, render_sku);
	struct render_decision d = {.kind = DECISION_LOST, .who = who};
	if (done)
		d.head = arena_printf(m->arena, "%s %s cancelled subscription",
				      say_number(m->arena, people, "person holds", "people hold"),
				      m->stranded.partly ? "a" : "only the");
	else
		d.head = arena_printf(m->arena, "Lost by %s",
				      say_number(m->arena, people, "person", "people"));
	d.about = done ? arena_printf(m->arena, "lost are %s", of)
		       : arena_printf(m->arena, "%s: %s a subscription that is cancelled", of,
				      people == 1 ? "the person keeps" : "they keep");
	d.text = arena_printf(m->arena, "%s. Who: %s", d.about, who);
	add_decision(m, done, &d);
}

/* Services that the same people lose stand in one line; a service is never left out. */
static void decide_losses(struct render_model *m)
{
	for (size_t i = 0; i < m->effects.count; i++) {
		const struct service_effect *effect = &m->effects.items[i];
		struct str_list services = {0};
		bool told = !effect->lost;
		for (size_t j = 0; j < i && !told; j++)
			told = m->effects.items[j].lost && same_losers(&m->effects.items[j], effect);
		for (size_t j = i; j < m->effects.count && !told; j++)
			if (m->effects.items[j].lost && same_losers(&m->effects.items[j], effect))
				VEC_PUSH(m->arena, &services, render_lost_words(m, &m->effects.items[j]));
		if (told)
			continue;
		decide_of_people(m, DECISION_LOST,
				 arena_printf(m->arena, "Lost by %s",
					      say_number(m->arena, effect->lost, "person", "people")),
				 str_list_join(m->arena, &services, "; "),
				 losers_of(m, &effect->losers, effect->lost));
	}
}

/* "Mail, Files and 3 services more": what goes with licences that are taken, by purpose. */
static const char *gone_with_licences(struct render_model *m)
{
	struct str_list purposes = {0};
	size_t count = 0;
	for (size_t i = 0; i < m->effects.count; i++) {
		if (!m->effects.items[i].removed)
			continue;
		count++;
		const char *purpose = render_purpose(m->effects.items[i].purpose);
		if (!str_list_has(&purposes, purpose))
			VEC_PUSH(m->arena, &purposes, purpose);
	}
	return count ? arena_printf(m->arena, ". Gone with that: %s of %s",
				    say_number(m->arena, (int64_t)count, "service", "services"),
				    str_list_join(m->arena, &purposes, ", "))
		     : "";
}

static void decide_taken(struct render_model *m)
{
	int64_t taken = m->plan->summary.licenses_taken;
	struct str_list who = {0};
	for (size_t i = 0; i < m->steps.count; i++) {
		const struct render_step *step = &m->steps.items[i];
		if (step->first->kind != ACTION_REMOVE_LICENSE)
			continue;
		for (size_t j = 0; j < step->actions.count && who.count < LOSERS_NAMED; j++)
			VEC_PUSH(m->arena, &who, render_who(step->actions.items[j]));
	}
	if (taken)
		decide_of_people(m, DECISION_TAKEN,
				 arena_printf(m->arena, "%s taken",
					      say_number(m->arena, taken, "licence", "licences")),
				 arena_printf(m->arena, "with nothing in %s place%s",
					      taken == 1 ? "its" : "their", gone_with_licences(m)),
				 names_of(m, &who, taken));
}

/* What another decision says already. */
static bool is_told(const struct render_model *m, const struct render_warning *warning)
{
	return warning->is_reminder || (warning->code == SS205 && m->stranded.people) ||
	       (warning->code == SS206 && m->plan->summary.licenses_taken);
}

static void decide_warning(struct render_model *m, const struct render_warning *warning)
{
	struct render_decision d = {.kind = DECISION_WARNING,
				    .head = arena_printf(m->arena, "Warning SS%d", (int)warning->code),
				    .text = warning->text};
	if (warning->who.count) {
		d.about = warning->text;
		d.who = names_of(m, &warning->who, (int64_t)warning->who.count);
		d.text = arena_printf(m->arena, "%s. Who: %s", d.about, d.who);
	}
	add_decision(m, false, &d);
}

/* A few of each code; all of them stand further below. */
static void decide_warnings(struct render_model *m)
{
	const struct render_warning_list *warnings = &m->warnings;
	for (size_t i = 0, run = 0; i < warnings->count; i++) {
		const struct render_warning *warning = &warnings->items[i];
		run = i && warnings->items[i - 1].code == warning->code ? run + 1 : 0;
		bool last = i + 1 == warnings->count || warnings->items[i + 1].code != warning->code;
		if (is_told(m, warning))
			continue;
		if (run < ALIKE_SHOWN)
			decide_warning(m, warning);
		else if (last)
			decide(m, DECISION_WARNING, false,
			       arena_printf(m->arena, "Warning SS%d", (int)warning->code),
			       arena_printf(m->arena, "%s more like this one, listed below",
					    say_count(m->arena, (int64_t)(run + 1 - ALIKE_SHOWN))));
	}
}

static const char *detail_of(const struct render_model *m, const char *upn)
{
	for (size_t i = 0; i < m->plan->actions.count; i++)
		if (str_eq(m->plan->actions.items[i].upn, upn) && m->in->results[i].ended &&
		    !result_ended_well(&m->in->results[i]) && m->in->results[i].detail)
			return m->in->results[i].detail;
	return NULL;
}

/* Why, of the first: most of them fail alike. */
static void decide_failed(struct render_model *m, const struct str_list *people, const char *head,
			  const char *otherwise)
{
	if (!people->count)
		return;
	int64_t count = (int64_t)people->count;
	const char *detail = detail_of(m, people->items[0]);
	struct render_decision d = {.kind = DECISION_WARNING, .who = names_of(m, people, count)};
	d.head = arena_printf(m->arena, "%s %s", head, say_number(m->arena, count, "person", "people"));
	d.about =
		detail ? render_data(m->arena, quote_terminal_cut(m->arena, detail, DETAIL_MAX)) : otherwise;
	d.text = arena_printf(m->arena, "%s. Who: %s", d.about, d.who);
	add_decision(m, false, &d);
}

/* Whoever approves what has been begun approves what is left, and takes the record's word for the rest. */
static void decide_recorded(struct render_model *m)
{
	size_t well;
	if (standing_of(m, &well) != BEGUN || !well || !m->in->policy ||
	    m->in->approvals_valid >= m->in->policy->approvals_required)
		return;
	const char *people =
		m->progress.people
			? arena_printf(m->arena, "%s of %s and ",
				       say_count(m->arena, m->progress.people_done),
				       say_number(m->arena, m->progress.people, "person", "people"))
			: "";
	decide(m, DECISION_WARNING, false, "Recorded as done already",
	       arena_printf(m->arena,
			    "%s%zu of %s, by the journal beside the plan: not done again, and as true as who "
			    "wrote it",
			    people, m->progress.steps_done,
			    say_number(m->arena, (int64_t)m->steps.count, "step", "steps")));
}

static bool has_canary(const struct render_model *m, const char *sku_id)
{
	for (size_t i = 0; i < m->steps.count; i++)
		if (m->steps.items[i].canary && license_find(&m->steps.items[i].first->add, sku_id))
			return true;
	return false;
}

/* Where some move has a first wave, whoever approves takes it that each has one. */
static void decide_canaries(struct render_model *m)
{
	const struct plan_move_list *moves = &m->plan->summary.moves;
	bool some = false;
	for (size_t i = 0; i < moves->count; i++)
		some = some || has_canary(m, moves->items[i].open_sku);
	for (size_t i = 0; i < moves->count && some; i++)
		if (moves->items[i].needed && !has_canary(m, moves->items[i].open_sku))
			decide(m, DECISION_WARNING, false, "No first wave",
			       arena_printf(m->arena, "nobody of the move to %s is among the canaries",
					    render_sku(m, moves->items[i].open_sku, m->arena)));
}

/* In front of the day until which seats are taken back. */
static const char *return_words(const struct render_model *m, const struct action *action)
{
	int32_t until;
	if (!action->return_until || !date_parse(action->return_until, &until))
		return "";
	return m->in->today > until ? "; they can be given back no more: that was until "
				    : "; they can be given back until ";
}

static void decide_hand_step(struct render_model *m, const struct render_step *step)
{
	const struct action *action = step->first;
	const char *sku = action->sku_id ? render_sku(m, action->sku_id, m->arena) : "";
	const char *coming = programme_coming(programme_meant(action->programme), action->arrives_by);
	if (action->kind == ACTION_REDEEM_KEY)
		decide(m, DECISION_MONEY, render_is_done(m, action), coming,
		       arena_printf(m->arena,
				    "a product key for %s of %s, step %zu: it works once, and the seats stay",
				    say_number(m->arena, action->seats, "seat", "seats"), sku, step->number));
	else if (action->kind == ACTION_RECEIVE_SEATS)
		decide(m, DECISION_MONEY, render_is_done(m, action), coming,
		       arena_printf(m->arena, "%s of %s, step %zu, %s%s%s",
				    say_number(m->arena, action->seats, "seat", "seats"), sku, step->number,
				    render_data(m->arena, step->by), return_words(m, action),
				    render_name(m->arena, action->return_until)));
	else if (action->kind == ACTION_RETIRE_SUBSCRIPTION)
		decide(m, DECISION_FINAL, render_is_done(m, action),
		       cancel_way_find(action->cancel_by)->expires ? "Left to expire" : "Cancelled",
		       arena_printf(m->arena, "%s, step %zu, %s%s%s", sku, step->number, step->by,
				    action->retire_by ? ", by " : "",
				    render_name(m->arena, action->retire_by)));
}

/* It goes on when the plan is done: somebody still has to decide which of the two is cancelled. */
static void decide_both(struct render_model *m, const struct plan_move *move)
{
	const char *both = render_paid_for_both(m, move);
	if (both)
		decide(m, DECISION_MONEY, false, "Paid for both", both);
}

/* Seats that nobody needs cannot always be given back; a few over are usual. */
static void decide_spare_seats(struct render_model *m, const struct plan_move *move)
{
	enum { USUAL_SHARE = 10 };
	const struct render_step *step = render_arrival_step(m, move);
	int64_t seats = step ? step->first->seats : 0;
	int64_t spare = seats - move->needed;
	if (spare * USUAL_SHARE <= seats || render_is_done(m, step->first))
		return;
	decide(m, DECISION_MONEY, false, "More seats than people",
	       arena_printf(m->arena, "%s of %s for %s: %s paid for and used by nobody",
			    say_number(m->arena, seats, "seat", "seats"),
			    render_sku(m, move->open_sku, m->arena),
			    say_number(m->arena, move->needed, "person", "people"),
			    say_number(m->arena, spare, "is", "are")));
}

void render_verdict(struct render_model *m)
{
	m->sentence = render_sentence(m);
	find_state(m);
	bool over = m->in->undone_by || render_all_done(m);
	m->decided_heading = m->in->undone_by ? "Done before it was undone" : over ? "Done" : "Done already";
	/* What an undone plan took from people, they have again. */
	if (!m->in->undone_by) {
		decide_stranded(m);
		decide_losses(m);
		decide_taken(m);
	}
	if (!over) {
		const char *failed = render_rehearsal_failed(m);
		if (failed)
			decide(m, DECISION_WARNING, false, "Rehearsal", failed);
		decide_failed(m, &m->progress.failed, "Failed for",
			      "it is tried again when the plan is resumed");
		decide_failed(m, &m->progress.unclear, "Not as planned:", "found otherwise, or not known");
		decide_warnings(m);
		if (m->in->late_exit)
			decide(m, DECISION_WARNING, false, arena_printf(m->arena, "Warning SS%d", SS247),
			       m->in->late_exit);
		decide_recorded(m);
		decide_canaries(m);
	}
	for (size_t i = 0; i < m->plan->summary.moves.count; i++)
		decide_spare_seats(m, &m->plan->summary.moves.items[i]);
	for (size_t i = 0; i < m->steps.count; i++)
		decide_hand_step(m, &m->steps.items[i]);
	for (size_t i = 0; i < m->plan->summary.moves.count; i++)
		decide_both(m, &m->plan->summary.moves.items[i]);
}
