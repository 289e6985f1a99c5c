/* Hand steps in a run: looked at, waited for, confirmed by a second look, never believed. */
#include "core/clock.h"
#include "core/programmes.h"
#include "core/say.h"
#include "core/str.h"
#include "plans/run/apply_internal.h"
#include "plans/run/tenant_guard.h"
#include "plans/saved/hand_step.h"

#include <string.h>

enum { DEFAULT_POLL_MS = 15000, DEFAULT_CONFIRM_MS = 3000, HOLDERS_NAMED = 5 };

static bool is_given_by_a_move(const struct plan *plan, const char *sku_id)
{
	for (size_t i = 0; i < plan->summary.moves.count; i++)
		if (str_eq(plan->summary.moves.items[i].open_sku, sku_id))
			return true;
	return false;
}

/* Whether an earlier run stood here: then the person has most likely done it by now. */
static bool was_waited_for(const struct run *run, const struct action *action)
{
	for (size_t i = 0; i < run->o->entries->count; i++) {
		const struct journal_entry *entry = &run->o->entries->items[i];
		if (entry->event == JOURNAL_WAITING && str_list_has(&entry->actions, action->id))
			return true;
	}
	return false;
}

struct step_look {
	struct live live;
	const char *detail; /* what is there instead of the effect, or NULL */
	bool seen;	    /* the effect; false again where a second look does not agree */
	bool with_people;
};

/* Who depends on the SKU whose subscription is to go. */
static void add_dependents(const struct run *run, const struct action *action, struct arena *out,
			   struct read_scope *scope)
{
	VEC_PUSH(out, &scope->holders_of, action->sku_id);
	scope->groups_of_holders = true;
	scope->unread_holders = run->o->desired->unread_holders;
}

/*
 * What a look at a hand step needs. One that has never been waited for is hardly done: before retiring, the
 * look then shows at once whose tenant it is, who is served and who depends on the SKU, which decides whether
 * the card may be shown.
 */
static bool read_step(struct run *run, const struct action *action, bool with_people, struct arena *out,
		      struct live *live, struct error *err)
{
	struct read_scope scope = {.partner = action->kind == ACTION_ADD_PARTNER, .prove = with_people};
	scope.only_tenant = !with_people;
	if (with_people) {
		run_served_scope(run, out, &scope);
		add_dependents(run, action, out, &scope);
	}
	return run->o->provider->ops->read(run->o->provider, &scope, out, live, err);
}

static void sleep_before_second_look(const struct run *run)
{
	clock_sleep_ms(run->o->clock, run->o->confirm_ms ? run->o->confirm_ms : DEFAULT_CONFIRM_MS);
}

/* One list may be behind the other: what contradicts itself is read once more before it is told. */
static bool look_at_step(struct run *run, const struct action *action, const struct manual_context *context,
			 struct arena *tmp, struct step_look *look, struct error *err)
{
	enum probe probe = PROBE_UNSURE;
	for (int i = 0; i < 2 && probe == PROBE_UNSURE; i++) {
		if (i)
			sleep_before_second_look(run);
		look->live = (struct live){0};
		if (!read_step(run, action, look->with_people, tmp, &look->live, err))
			return false;
		probe = manual_probe(action, context, &look->live, tmp, &look->detail);
	}
	look->seen = probe == PROBE_SEEN;
	return true;
}

/* On record: an auditor asks which subscription the key of which order made, and so does who cancels. */
static bool record_seen(struct run *run, const struct action *action, const struct manual_context *context,
			const struct step_look *look, struct arena *tmp, struct error *err)
{
	struct journal_entry entry = {
		.found = {.distributor = context->distributor, .order = context->order_reference}};
	manual_found(action, context, &look->live, tmp, &entry.found.subscriptions);
	return run_ended_with(run, action, OUTCOME_VERIFIED, look->detail, &entry, err) &&
	       run_check_basis(run, &look->live, err);
}

/* Retiring is destructive, so a second read must agree, and nobody may have lost service. */
static bool confirm_retired(struct run *run, const struct action *action,
			    const struct manual_context *context, struct arena *tmp, bool *ret_seen,
			    struct error *err)
{
	sleep_before_second_look(run);
	struct read_scope scope = {0};
	struct live again = {0};
	run_served_scope(run, tmp, &scope);
	if (!run->o->provider->ops->read(run->o->provider, &scope, tmp, &again, err))
		return error_wrap(err, "cannot check whether everybody is served");
	const char *second = NULL;
	*ret_seen = manual_probe(action, context, &again, tmp, &second) == PROBE_SEEN;
	if (!*ret_seen)
		return true;
	const char *unserved = NULL;
	if (!run_find_unserved(run, &again, tmp, &unserved, err))
		return false;
	if (unserved && run_reopen_groups(run, &again))
		return true;
	if (!unserved && !run_check_services(run, &again, &unserved, err))
		return false;
	if (unserved)
		return run_ended(run, action, OUTCOME_FAILED,
				 arena_printf(run->out, "the subscription is retired, but %s", unserved),
				 err);
	if (run->come_back || run->setting_up.count)
		return true;
	return run_ended(run, action, OUTCOME_VERIFIED, second, err);
}

static bool confirm(struct run *run, const struct action *action, const struct manual_context *context,
		    struct step_look *look, struct arena *tmp, struct error *err)
{
	if (action->kind == ACTION_RETIRE_SUBSCRIPTION)
		return confirm_retired(run, action, context, tmp, &look->seen, err);
	return record_seen(run, action, context, look, tmp, err);
}

static bool accepts_holders(const struct run *run, const struct action *action)
{
	const struct move *wish = hand_step_wish(run->o->plan, run->o->desired, action);
	return wish && wish->unlisted == UNLISTED_KEEP;
}

/* Holders of the SKU that is about to lose its subscription, as text; NULL when there are none. */
static const char *name_holders(struct run *run, const struct live *live, const struct action *action)
{
	struct str_list names = {0};
	size_t holders = 0;
	for (size_t i = 0; i < live->users.count; i++) {
		if (!license_find(&live->users.items[i].licenses, action->sku_id))
			continue;
		if (holders++ < HOLDERS_NAMED)
			VEC_PUSH(run->out, &names, live->users.items[i].upn);
	}
	if (!holders)
		return NULL;
	return arena_printf(run->out, "%zu user%s its SKU: %s%s", holders,
			    holders == 1 ? " still holds" : "s still hold",
			    str_list_join(run->out, &names, ", "), holders > HOLDERS_NAMED ? ", …" : "");
}

/* A group that hands the SKU out since the plan, whoever is in it; those of before, the plan has told. */
static const char *name_groups(struct run *run, const struct live *live, const struct action *action)
{
	for (size_t i = 0; i < live->groups.count; i++) {
		const struct group *group = &live->groups.items[i];
		const struct group *then = run->o->before ? live_find_group(run->o->before, group->id) : NULL;
		if (license_find(&group->licenses, action->sku_id) &&
		    (!then || !license_find(&then->licenses, action->sku_id)))
			return arena_printf(
				run->out,
				"group '%s' hands out its SKU, and did not when the plan was made; "
				"take that licence from the group, or plan again",
				group->display_name);
	}
	return NULL;
}

static const char *name_dependents(struct run *run, const struct live *live, const struct action *action)
{
	const char *holders = name_holders(run, live, action);
	return holders ? holders : name_groups(run, live, action);
}

/* Whose tenant it is, who is served and who depends on the SKU. */
static bool read_gate(struct run *run, const struct action *action, struct arena *out, struct live *live,
		      struct error *err)
{
	struct read_scope scope = {.prove = true};
	run_served_scope(run, out, &scope);
	add_dependents(run, action, out, &scope);
	return run->o->provider->ops->read(run->o->provider, &scope, out, live, err) ||
	       error_wrap(err, "cannot check who still depends on subscription %s", action->subscription_id);
}

/* Who would lose service by the retirement, in a line; NULL: nobody. */
static const char *find_losers(struct run *run, const struct action *action, const struct live *live)
{
	/* Seats of one SKU pool: its holders are served as long as the others suffice. */
	if (!is_given_by_a_move(run->o->plan, action->sku_id))
		return accepts_holders(run, action) ? NULL : name_dependents(run, live, action);
	const struct sku *sku = live_find_sku(live, action->sku_id);
	if (!sku || sku->enabled - action->seats >= sku->consumed)
		return NULL;
	return arena_printf(run->out, "%s its SKU, and without it %s left",
			    say_number(run->out, sku->consumed, "holds", "hold"),
			    say_number(run->out, sku->enabled - action->seats, "seat is", "seats are"));
}

/* What keeps the gate of retiring closed: a line, and what becomes of the action by it; NULL: nothing. */
struct gate_problem {
	const char *text;
	enum outcome outcome;
};

/*
 * Before anybody is told to cancel: the right tenant again, nobody left who would lose service, and what they
 * have instead works.
 */
static bool check_retire_gate(struct run *run, const struct action *action, const struct step_look *look,
			      struct arena *tmp, struct gate_problem *ret, struct error *err)
{
	const struct tenant_case tenant = {run->o->plan, run->o->desired, run->o->policy};
	struct live read_now = {0};
	const char *unserved = NULL;
	const struct live *live = look->with_people ? &look->live : &read_now;
	if (!look->with_people && !read_gate(run, action, tmp, &read_now, err))
		return false;
	if (!tenant_matches(&tenant, &live->organization, err) ||
	    !run_find_unserved(run, live, tmp, &unserved, err))
		return false;
	if (unserved && run_reopen_groups(run, live))
		return true;
	ret->outcome = OUTCOME_STALE;
	ret->text = unserved ? arena_strdup(run->out, unserved) : find_losers(run, action, live);
	if (ret->text)
		return true;
	ret->outcome = OUTCOME_FAILED;
	return run_check_services(run, live, &ret->text, err);
}

static bool has_evidence(const struct journal_entry_list *entries, const struct action *action)
{
	for (size_t i = 0; i < entries->count; i++)
		if (entries->items[i].event == JOURNAL_EVIDENCE &&
		    str_list_has(&entries->items[i].actions, action->id))
			return true;
	return false;
}

static bool is_attested(const struct run *run, const struct action *action)
{
	return cancel_way_find(action->cancel_by)->expires &&
	       (has_evidence(run->o->entries, action) || has_evidence(&run->said, action));
}

/* With the end that the term has now: should it have another one later, it has renewed. */
bool run_attest(struct run *run, const struct action *action, const struct live *live,
		const struct expiry *renewed, struct error *err)
{
	const struct subscription *s = live_find_subscription(live, action->subscription_id);
	const char *ends = s && s->next_lifecycle && strlen(s->next_lifecycle) >= DATE_TEXT_SIZE - 1
				   ? arena_strndup(run->out, s->next_lifecycle, DATE_TEXT_SIZE - 1)
				   : NULL;
	const char *detail = arena_printf(
		run->out, "%srecurring billing is off, says the operator; Graph cannot show it%s%s",
		renewed ? arena_printf(run->out, "%s: ", expiry_renewal_text(renewed, run->out)) : "",
		ends ? " before the term ends on " : "", ends ? ends : "");
	return run_ended_with(run, action, OUTCOME_ATTESTED, detail, &(struct journal_entry){.ends = ends},
			      err);
}

/* The first time a run stands here: the gate is checked, then the card may be shown. */
static bool arrive(struct run *run, const struct action *action, const struct step_look *look,
		   struct arena *tmp, struct error *err)
{
	struct gate_problem problem = {0};
	if (action->kind == ACTION_RETIRE_SUBSCRIPTION &&
	    !check_retire_gate(run, action, look, tmp, &problem, err))
		return false;
	if (run->come_back || run->setting_up.count)
		return true;
	if (problem.text)
		return run_ended(run, action, problem.outcome, problem.text, err);
	/* A word counts beside what is as it was: of another number of seats, say, something else was done.
	 */
	if (is_attested(run, action) && !look->detail)
		return run_attest(run, action, &look->live, NULL, err);
	VEC_PUSH(run->out, &run->waiting_for, action->id);
	const struct apply_hooks *hooks = run->o->hooks;
	if (hooks->at_gate)
		hooks->at_gate(hooks->ctx, action, &look->live, look->detail);
	return run_append(run, JOURNAL_WAITING, action, NULL, look->detail, err);
}

/* Whoever does the step may note what there is to note of it, meanwhile; nobody else may resume the plan.
 */
static bool pause(struct run *run, int64_t ms, struct error *err)
{
	const struct apply_options *o = run->o;
	const size_t known = run->said.count;
	if (!journal_pause(o->journal, err))
		return false;
	if (o->hooks->pause)
		o->hooks->pause(o->hooks->ctx, ms);
	else
		clock_sleep_ms(o->clock, ms);
	if (!journal_resume(o->journal, run->out, &run->said, err))
		return false;
	for (size_t i = known; i < run->said.count; i++)
		if (run->said.items[i].event != JOURNAL_EVIDENCE && run->said.items[i].event != JOURNAL_NOTE)
			return error_set(err, ERR_LOCKED, "another run has resumed this plan meanwhile");
	return true;
}

/* Between two looks; *ret_more is false when waiting is over. */
static bool wait_more(struct run *run, int64_t since_ms, bool *ret_more, struct error *err)
{
	const struct apply_options *o = run->o;
	int64_t waited = clock_monotonic_ms(o->clock) - since_ms;
	*ret_more = false;
	if (o->wait_ms == 0 || (o->wait_ms > 0 && waited >= o->wait_ms) || run_should_stop(run))
		return true;
	int64_t poll = o->poll_ms ? o->poll_ms : DEFAULT_POLL_MS;
	int64_t left = o->wait_ms > 0 && o->wait_ms - waited < poll ? o->wait_ms - waited : poll;
	if (o->hooks->progress)
		o->hooks->progress(o->hooks->ctx, "waiting", 0, 0, 0, left);
	if (!pause(run, left, err))
		return false;
	*ret_more = !run_should_stop(run);
	return true;
}

static void leave_waiting_list(struct run *run, const struct action *action)
{
	size_t kept = 0;
	for (size_t i = 0; i < run->waiting_for.count; i++)
		if (!str_eq(run->waiting_for.items[i], action->id))
			run->waiting_for.items[kept++] = run->waiting_for.items[i];
	run->waiting_for.count = kept;
}

bool run_hand_step(struct run *run, const struct action *action, struct error *err)
{
	struct manual_context context =
		hand_step_context(run->o->plan, run->o->desired, run->o->policy, action);
	context.before = run->o->before;
	int64_t since_ms = clock_monotonic_ms(run->o->clock);
	run->come_back = false;
	for (bool arrived = false;; arrived = true) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		bool with_people = !arrived && action->kind == ACTION_RETIRE_SUBSCRIPTION &&
				   !was_waited_for(run, action);
		struct step_look look = {.with_people = with_people};
		bool more = false;
		if (!look_at_step(run, action, &context, tmp, &look, err))
			return false;
		if (look.seen && !confirm(run, action, &context, &look, tmp, err))
			return false;
		if (look.seen) {
			leave_waiting_list(run, action);
			return true;
		}
		if (arrived && run->o->hooks->looked)
			run->o->hooks->looked(run->o->hooks->ctx, action, &look.live);
		if (arrived && run->o->hooks->still_waiting)
			run->o->hooks->still_waiting(run->o->hooks->ctx, action, look.detail,
						     clock_monotonic_ms(run->o->clock) - since_ms);
		if (!arrived) {
			if (!arrive(run, action, &look, tmp, err))
				return false;
			if (run_result(run, action)->ended || run->come_back || run->setting_up.count)
				return true;
			/* The card is out: what a person is to do next must be on record by now. */
			if (run->o->hooks->checkpoint && run->o->wait_ms != 0 &&
			    !run->o->hooks->checkpoint(run->o->hooks->ctx, err))
				return false;
		}
		if (!wait_more(run, since_ms, &more, err))
			return false;
		if (more && !look.detail && is_attested(run, action)) {
			leave_waiting_list(run, action);
			return run_attest(run, action, &look.live, NULL, err);
		}
		if (!more)
			return true;
	}
}
