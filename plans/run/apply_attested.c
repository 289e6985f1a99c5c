/*
 * A plan whose every action has ended, one of them by a person's word alone: the tenant is asked again. In
 * the end it shows what was attested, and then that goes on record as verified; or it shows that the
 * subscription has renewed, and then the word was wrong and the step is open until there is another.
 */
#include "core/clock.h"
#include "core/str.h"
#include "plans/run/apply_internal.h"
#include "plans/saved/expiry.h"
#include "plans/saved/hand_step.h"

enum { DEFAULT_CONFIRM_MS = 3000 };

static bool is_attested(const struct run *run, size_t at)
{
	return run->replay.results[at].ended && run->replay.results[at].outcome == OUTCOME_ATTESTED;
}

/* Said since the word that did not come true. */
static bool has_newer_word(const struct run *run, const struct action *action)
{
	bool newer = false;
	for (size_t i = 0; i < run->o->entries->count; i++) {
		const struct journal_entry *entry = &run->o->entries->items[i];
		if (!str_list_has(&entry->actions, action->id))
			continue;
		if (entry->event == JOURNAL_EVIDENCE)
			newer = true;
		if (entry->event == JOURNAL_ENDED)
			newer = false;
	}
	return newer;
}

static bool read_tenant(struct run *run, struct arena *tmp, struct live *ret_live, struct error *err)
{
	const struct read_scope scope = {.only_tenant = true};
	return run->o->provider->ops->read(run->o->provider, &scope, tmp, ret_live, err) ||
	       error_wrap(err, "cannot look whether what was attested is so");
}

static bool is_over(const struct run *run, const struct action *action, const struct live *live,
		    struct arena *tmp, const char **ret_detail)
{
	const struct manual_context context =
		hand_step_context(run->o->plan, run->o->desired, run->o->policy, action);
	return manual_probe(action, &context, live, tmp, ret_detail) == PROBE_SEEN;
}

/* Nobody's service is in question any more: two reads that agree on the subscription are enough. */
static bool record_end(struct run *run, const struct action *action, struct arena *tmp, struct error *err)
{
	struct live again = {0};
	const char *detail = NULL;
	clock_sleep_ms(run->o->clock, run->o->confirm_ms ? run->o->confirm_ms : DEFAULT_CONFIRM_MS);
	if (!read_tenant(run, tmp, &again, err))
		return false;
	return !is_over(run, action, &again, tmp, &detail) ||
	       run_ended(run, action, OUTCOME_VERIFIED, arena_strdup(run->out, detail), err);
}

/* A person has to see to it: the card says how. */
static void ask_again(struct run *run, const struct action *action, const struct live *live,
		      const struct expiry *expiry, struct arena *tmp)
{
	const struct apply_hooks *hooks = run->o->hooks;
	run_result(run, action)->ended = false;
	VEC_PUSH(run->out, &run->waiting_for, action->id);
	if (hooks->at_gate)
		hooks->at_gate(hooks->ctx, action, live, expiry_text(expiry, tmp));
}

static bool look_at(struct run *run, const struct action *action, const struct live *live, struct arena *tmp,
		    bool *recorded, struct error *err)
{
	const int32_t today = date_of_ms(clock_now_ms(run->o->clock));
	const struct expiry expiry = expiry_of(action, run->o->entries, live, today);
	const char *detail = NULL;
	const bool over = is_over(run, action, live, tmp, &detail);
	const bool renewed = !over && expiry.state == EXPIRY_RENEWED;
	if (renewed && !has_newer_word(run, action))
		ask_again(run, action, live, &expiry, tmp);
	if (!over && !(renewed && has_newer_word(run, action)))
		return true;
	if (!*recorded && !run_begin(run, err))
		return false;
	*recorded = true;
	return over ? record_end(run, action, tmp, err) : run_attest(run, action, live, &expiry, err);
}

bool run_look_at_attested(struct run *run, bool *ret_recorded, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct live live = {0};
	bool read = false;
	*ret_recorded = false;
	for (size_t i = 0; i < run->o->plan->actions.count; i++) {
		if (!is_attested(run, i))
			continue;
		if (!read && !read_tenant(run, tmp, &live, err))
			return false;
		read = true;
		if (!look_at(run, &run->o->plan->actions.items[i], &live, tmp, ret_recorded, err))
			return false;
	}
	return true;
}
