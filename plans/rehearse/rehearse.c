/* The dress rehearsal: undisturbed, disturbed, undone; each compared. */
#include "plans/rehearse/rehearse.h"

#include "core/file.h"
#include "core/say.h"
#include "core/str.h"
#include "plans/rehearse/ending.h"
#include "plans/rehearse/stage.h"
#include "plans/saved/served.h"
#include "plans/saved/undone.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FAULTS_MAX = 3, UNDO_EVERY = 4 };

static const char *const rare_names[RARE_PATH_COUNT] = {
	[RARE_LAGGED] = "lagged",	    [RARE_RESUMED_IN_A_WAVE] = "resumed_in_a_wave",
	[RARE_THROTTLED] = "throttled",	    [RARE_TOKEN_RENEWED] = "token_renewed",
	[RARE_TRIED_AGAIN] = "tried_again", [RARE_UNSURE_WRITE] = "unsure_write",
};

const char *rare_path_name(enum rare_path path)
{
	return rare_names[path];
}

/* All that one rehearsal holds on to. */
struct rehearsing {
	const struct rehearsal_options *o;
	struct arena *out;
	struct rehearsal *ret;
	struct ending start, plain; /* before the plan, and after the undisturbed run */
	struct secret *secret;
};

/* What happens in one disturbed run; all of it follows from its seed. */
struct trial {
	uint64_t seed;
	struct disturbance disturbance;
	int64_t lag_ms;
	struct str_list faults; /* as the twin takes them */
	const char *words;
};

/* A twin, its time, and everything that is freed with one run. */
struct theatre {
	struct twin *twin;
	struct played_clock clock;
	struct played_random random;
	struct arena *tmp;
};

static void theatre_close(struct theatre *t)
{
	twin_free(t->twin);
	arena_free(t->tmp);
}

static bool theatre_open(const struct rehearsing *r, const struct trial *trial, struct theatre *t,
			 struct error *err)
{
	const struct plan_folder *folder = r->o->folder;
	const struct policy *policy = r->o->policy;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	const struct stage stage = {
		.plan = &folder->plan,
		.live = &folder->live,
		.partner_tenant = policy->partner_required ? policy->partner_tenant : NULL,
		.cloud = cloud_name(policy->cloud),
		.latency_ms = r->o->latency_ms,
		.lag_ms = trial ? trial->lag_ms : 0,
	};
	int64_t wall_ms = 0;
	*t = (struct theatre){.tmp = arena_new()};
	if (!folder->info.read_at || !timestamp_parse(folder->info.read_at, &wall_ms))
		wall_ms = INT64_C(1767225600000);
	played_clock_init(&t->clock, wall_ms);
	played_random_init(&t->random, trial ? trial->seed : 0);
	stage_write(&stage, &text);
	if (!twin_read(strbuf_text(&text), text.len, &t->clock.clock, &t->random.random, &t->twin, err))
		return error_wrap(err, "the snapshot cannot be staged");
	for (size_t i = 0; trial && i < trial->faults.count; i++) {
		CLEANUP(json_freep) struct json *answer = NULL;
		if (!inside_ask(t->twin, "fault", trial->faults.items[i], &answer, err))
			return false;
	}
	return true;
}

static struct play play_of(const struct rehearsing *r, struct theatre *t, const struct plan *plan,
			   const struct live *before, const struct journal_file *journal)
{
	return (struct play){
		.plan = plan,
		.desired = r->o->desired,
		.policy = r->o->policy,
		.before = before,
		.twin = t->twin,
		.clock = &t->clock,
		.random = &t->random.random,
		.journal = journal,
		.secret = r->secret,
		.cloud = cloud_name(r->o->policy->cloud),
		.tamper = r->o->tamper,
		.tamper_ctx = r->o->ctx,
	};
}

static struct journal_file fresh_journal(const struct rehearsing *r, const struct plan_folder *folder,
					 const char *name, struct arena *tmp)
{
	struct journal_file file = plan_journal(folder, r->o->scratch, tmp);
	file.root = NULL; /* it is of no repository */
	file.path = path_join(tmp, r->o->scratch, name);
	(void)unlink(file.path);
	return file;
}

/* ---- how a play ended -------------------------------------------------------------------------- */

static const char *bad_end(const struct play_result *result, struct arena *out)
{
	if (result->outcome == APPLY_DONE || result->outcome == APPLY_NOTHING)
		return NULL;
	const char *how =
		result->outcome == APPLY_OUTCOME_COUNT ? "error" : apply_outcome_name(result->outcome);
	const char *runs = say_number(out, (int64_t)result->runs, "run", "runs");
	for (size_t i = 0; !result->problem && result->actions && i < result->action_count; i++)
		if (result->actions[i].ended && !result_ended_well(&result->actions[i]))
			return arena_printf(out, "after %s it is %s: %s", runs, how,
					    result->actions[i].detail ? result->actions[i].detail
								      : "no detail");
	return arena_printf(out, "after %s it is %s%s%s", runs, how, result->problem ? ": " : "",
			    result->problem ? result->problem : "");
}

/* ---- the way back ------------------------------------------------------------------------------ */

static bool read_for_undo(const struct play *play, const struct undone *undone, struct theatre *t,
			  struct live *live, struct error *err)
{
	struct read_scope scope;
	undo_read_scope(undone, play->policy, t->tmp, &scope);
	CLEANUP(http_transport_freep)
	struct http_transport *transport = inside_transport_new(t->twin, &t->clock, NULL);
	struct provider *provider = play_provider(play, transport, err);
	struct organization org;
	if (!provider)
		return false;
	bool ok = provider->ops->identify(provider, t->tmp, &org, err) &&
		  provider->ops->read(provider, &scope, t->tmp, live, err);
	provider->ops->free(provider);
	return ok;
}

static bool plan_back(const struct rehearsing *r, const struct play *forward, struct theatre *t,
		      struct plan_folder *ret_folder, const char **ret_problem, struct error *err)
{
	struct journal_entry_list entries = {0};
	struct diag_list diags = {0};
	struct live *live = arena_alloc(t->tmp, sizeof *live);
	struct plan plan;
	enum error_code code;
	bool cut = false;
	if (!journal_read(forward->journal, t->tmp, &entries, &cut, err))
		return false;
	const struct undone undone = undone_of(r->o->folder, &entries, t->tmp);
	if (!read_for_undo(forward, &undone, t, live, err))
		return false;
	const struct plan_inputs inputs = {.desired = r->o->desired, .policy = r->o->policy, .live = live};
	if (!undo_build(&inputs, &undone, t->tmp, &diags, &plan, &code)) {
		*ret_problem = arena_printf(r->out, "the undo is refused: %s",
					    diags.count ? diags.items[0].message : "no reason");
		return true;
	}
	const struct read_info info = {.read_at = r->o->folder->info.read_at};
	return plan_folder_make(&plan, live, &info, t->tmp, ret_folder, err);
}

/* *ret_problem stays NULL when everybody holds what they held before the plan. */
static bool go_back(const struct rehearsing *r, const struct play *forward, const struct trial *trial,
		    struct theatre *t, const char **ret_problem, struct error *err)
{
	struct plan_folder *folder = arena_alloc(t->tmp, sizeof *folder);
	struct play_result result;
	struct ending ending;
	*ret_problem = NULL;
	*folder = (struct plan_folder){0};
	if (!plan_back(r, forward, t, folder, ret_problem, err))
		return false;
	if (*ret_problem)
		return true;
	if (folder->plan.actions.count) {
		const struct journal_file journal = fresh_journal(r, folder, "undo.jsonl", t->tmp);
		struct play play = play_of(r, t, &folder->plan, &folder->live, &journal);
		if (trial)
			play.disturbance.after_record = 1 + (int64_t)(trial->seed % 7);
		if (!play_to_end(&play, t->tmp, &result, err))
			return false;
		*ret_problem = bad_end(&result, r->out);
	}
	if (*ret_problem)
		return true;
	if (!ending_read(t->twin, r->o->folder->plan.tenant_id, t->tmp, &ending, err))
		return false;
	const char *difference = ending_differs_from_start(&ending, &r->start, r->out);
	*ret_problem = difference ? arena_printf(r->out, "after the undo %s", difference) : NULL;
	return true;
}

/* ---- what the plan promises -------------------------------------------------------------------- */

static bool read_result(const struct play *play, struct theatre *t, struct live *live, struct error *err)
{
	struct read_scope scope = {.members_as_users = true};
	for (size_t i = 0; i < play->plan->actions.count; i++) {
		const struct action *action = &play->plan->actions.items[i];
		if (action->user_id)
			VEC_PUSH(t->tmp, &scope.user_ids, action->user_id);
		if (action->group_id)
			VEC_PUSH(t->tmp, &scope.groups, action->group_id);
	}
	str_list_sort_unique(&scope.user_ids);
	str_list_sort_unique(&scope.groups);
	scope.only_tenant = !scope.user_ids.count && !scope.groups.count;
	CLEANUP(http_transport_freep)
	struct http_transport *transport = inside_transport_new(t->twin, &t->clock, NULL);
	struct provider *provider = play_provider(play, transport, err);
	struct organization org;
	bool ok = provider && provider->ops->identify(provider, t->tmp, &org, err) &&
		  provider->ops->read(provider, &scope, t->tmp, live, err);
	if (provider)
		provider->ops->free(provider);
	return ok;
}

static const char *not_as_left(const struct action *action, const struct action_result *result,
			       const struct live *live, struct arena *out)
{
	const char *difference = NULL;
	bool as_left = !action->user_id && !action->group_id;
	if (action->group_id)
		as_left = group_is_as_left(action, live_find_group(live, action->group_id), result, out,
					   &difference);
	else if (action->user_id)
		as_left = user_is_as_left(action, live_find_user(live, action->user_id), result, out,
					  &difference);
	return as_left ? NULL
		       : arena_printf(out, "%s says that it is done, but %s is not as it should be: %s",
				      action->id, action->upn ? action->upn : action->group_name,
				      difference ? difference : "neither");
}

/* A person has one licence call in a plan: more would be two steps of what must be one. */
static const char *written_twice(const struct ending *ending, struct arena *out)
{
	for (size_t i = 0; i < ending->people.count; i++)
		if (ending->people.items[i].writes > 1)
			return arena_printf(out, "the licences of %s were changed in %lld calls",
					    ending->people.items[i].upn,
					    (long long)ending->people.items[i].writes);
	return NULL;
}

/* That the runs end alike says nothing if the first of them lies: the tenant itself is asked. */
static bool check_promises(struct rehearsing *r, const struct play *play, struct theatre *t,
			   struct error *err)
{
	struct live live = {0};
	const struct play_result *result = &r->ret->plain;
	if (!read_result(play, t, &live, err))
		return false;
	for (size_t i = 0; !r->ret->plain_problem && i < play->plan->actions.count; i++)
		r->ret->plain_problem =
			not_as_left(&play->plan->actions.items[i], &result->actions[i], &live, r->out);
	if (!r->ret->plain_problem)
		r->ret->plain_problem = written_twice(&r->plain, r->out);
	return true;
}

/* ---- undisturbed ------------------------------------------------------------------------------- */

static bool rehearse_plain(struct rehearsing *r, struct error *err)
{
	struct theatre t;
	const char *tenant = r->o->folder->plan.tenant_id;
	bool ok = theatre_open(r, NULL, &t, err) && ending_read(t.twin, tenant, r->out, &r->start, err);
	const struct journal_file journal = fresh_journal(r, r->o->folder, "journal.jsonl", t.tmp);
	const struct play play = play_of(r, &t, &r->o->folder->plan, &r->o->folder->live, &journal);
	ok = ok && play_to_end(&play, r->out, &r->ret->plain, err) &&
	     ending_read(t.twin, tenant, r->out, &r->plain, err);
	if (ok) {
		r->ret->plain_problem = bad_end(&r->ret->plain, r->out);
		if (!r->ret->plain_problem)
			ok = check_promises(r, &play, &t, err);
		if (ok && !r->ret->plain_problem)
			ok = go_back(r, &play, NULL, &t, &r->ret->undo_problem, err);
		r->ret->undone = ok && !r->ret->plain_problem && !r->ret->undo_problem;
	}
	theatre_close(&t);
	return ok;
}

/* ---- disturbed --------------------------------------------------------------------------------- */

static const char *const fault_kinds[] = {
	"400",	"401",	 "expired-token", "403",      "404",	   "409",  "410",
	"423",	"429",	 "500",		  "502",      "503",	   "504",  "html",
	"drop", "reset", "lost",	  "truncate", "malformed", "omit", "latency",
};

static void add_fault(struct trial *trial, struct played_random *random, int64_t requests, struct arena *out)
{
	const char *kind = fault_kinds[played_random_next(random) % ARRAY_LEN(fault_kinds)];
	int64_t nth = 1 + (int64_t)(played_random_next(random) % (uint64_t)(requests > 0 ? requests : 1));
	bool write = played_random_next(random) % 2;
	bool applied = kind[0] >= '5' && kind[0] <= '9' && played_random_next(random) % 3 == 0;
	const char *match = write ? "\"method\":\"POST\",\"path\":\"*/assignLicense\"," : "";
	nth = write ? 1 + nth % 8 : nth;
	VEC_PUSH(out, &trial->faults,
		 arena_printf(out,
			      "{\"kind\":\"%s\",\"latency_ms\":%d,\"applied\":%s,\"match\":{%s\"nth\":%lld}}",
			      kind, str_eq(kind, "latency") ? 20000 : 0, applied ? "true" : "false", match,
			      (long long)nth));
	trial->words =
		arena_printf(out, "%s%s%s at %s %lld", trial->words ? trial->words : "",
			     trial->words ? ", " : "", kind, write ? "write" : "request", (long long)nth);
}

/* Each record of the journal has its seed, the first ones; the others are drawn. */
static struct trial trial_of(const struct rehearsing *r, uint64_t seed, struct arena *out)
{
	struct trial trial = {.seed = seed};
	struct played_random random;
	const struct play_result *plain = &r->ret->plain;
	if (seed >= 1 && seed <= (uint64_t)plain->records) {
		trial.disturbance.after_record = (int64_t)seed;
		trial.words = arena_printf(out, "ended after record %lld of the journal", (long long)seed);
		return trial;
	}
	played_random_init(&random, seed);
	uint64_t how = played_random_next(&random);
	uint64_t where = played_random_next(&random);
	if (how % 3 == 0) {
		trial.disturbance.at_request = 1 + (int64_t)(where % (uint64_t)(plain->requests + 1));
		trial.disturbance.after_request = how / 3 % 2;
		trial.words = arena_printf(out, "ended %s request %lld",
					   trial.disturbance.after_request ? "after" : "before",
					   (long long)trial.disturbance.at_request);
	} else if (how % 3 == 1) {
		trial.disturbance.after_record = 1 + (int64_t)(where % (uint64_t)(plain->records + 1));
		trial.words = arena_printf(out, "ended after record %lld",
					   (long long)trial.disturbance.after_record);
	}
	for (uint64_t faults = played_random_next(&random) % (FAULTS_MAX + 1); faults; faults--)
		add_fault(&trial, &random, plain->requests, out);
	if (played_random_next(&random) % 4 == 0) {
		trial.lag_ms = 2000 + (int64_t)(played_random_next(&random) % 30000);
		trial.words = arena_printf(out, "%s%sreads %lld ms behind", trial.words ? trial.words : "",
					   trial.words ? ", " : "", (long long)trial.lag_ms);
	}
	trial.words = trial.words ? trial.words : "nothing";
	return trial;
}

/* What the journal and the twin say of the ways that were gone. */
static bool note_rare(struct rehearsing *r, const struct play *play, const struct play_result *result,
		      const struct trial *trial, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(json_freep) struct json *counters = NULL;
	struct journal_entry_list entries = {0};
	bool cut = false;
	int64_t tokens = 0;
	if (!journal_read(play->journal, tmp, &entries, &cut, err) ||
	    !inside_ask(play->twin, "counters", NULL, &counters, err))
		return false;
	(void)!json_int(json_get(counters, "tokens"), &tokens);
	size_t count = play->plan->actions.count;
	bool *announced = arena_alloc_array(tmp, count + 1, sizeof *announced);
	size_t *announced_in = arena_alloc_array(tmp, count + 1, sizeof *announced_in); /* which run */
	bool *failed = arena_alloc_array(tmp, count + 1, sizeof *failed);
	bool seen[RARE_PATH_COUNT] = {[RARE_TOKEN_RENEWED] = tokens > result->runs,
				      [RARE_THROTTLED] = result->throttled > 0,
				      [RARE_LAGGED] = trial->lag_ms > 0};
	size_t open = 0, written = 0, run = 0;
	for (size_t i = 0; i < entries.count; i++) {
		const struct journal_entry *entry = &entries.items[i];
		run += entry->event == JOURNAL_RUN_BEGIN;
		seen[RARE_RESUMED_IN_A_WAVE] = seen[RARE_RESUMED_IN_A_WAVE] ||
					       (entry->event == JOURNAL_RUN_BEGIN && written && open);
		for (size_t j = 0; j < entry->actions.count; j++) {
			const struct action *action = plan_find_action(play->plan, entry->actions.items[j]);
			size_t at = action ? (size_t)(action - play->plan->actions.items) : count;
			if (entry->event == JOURNAL_WRITE) {
				open += !announced[at];
				written++;
				announced[at] = true;
				announced_in[at] = run;
			} else if (entry->event == JOURNAL_ENDED) {
				bool already = str_eq(entry->outcome, "already");
				bool well = already || str_eq(entry->outcome, "verified");
				seen[RARE_UNSURE_WRITE] = seen[RARE_UNSURE_WRITE] ||
							  (well && announced[at] && announced_in[at] != run);
				seen[RARE_TRIED_AGAIN] = seen[RARE_TRIED_AGAIN] || (well && failed[at]);
				open -= announced[at] && open;
				failed[at] = !well;
				announced[at] = false;
			}
		}
	}
	for (size_t i = 0; i < RARE_PATH_COUNT; i++)
		r->ret->rare[i] += seen[i];
	return true;
}

static void diverge(struct rehearsing *r, const struct trial *trial, const char *text)
{
	if (r->ret->first.found)
		return;
	r->ret->first = (struct divergence){true, trial->seed, arena_strdup(r->out, trial->words),
					    arena_strdup(r->out, text)};
}

static bool rehearse_in(struct rehearsing *r, const struct trial *trial, struct theatre *t, struct error *err)
{
	struct play_result result;
	struct ending ending;
	const char *tenant = r->o->folder->plan.tenant_id;
	const struct journal_file journal = fresh_journal(r, r->o->folder, "journal.jsonl", t->tmp);
	struct play play = play_of(r, t, &r->o->folder->plan, &r->o->folder->live, &journal);
	play.disturbance = trial->disturbance;
	if (!play_to_end(&play, t->tmp, &result, err) ||
	    !ending_read(t->twin, tenant, t->tmp, &ending, err) || !note_rare(r, &play, &result, trial, err))
		return false;
	r->ret->ended_early += result.ended_early;
	const char *problem = bad_end(&result, t->tmp);
	if (!problem)
		problem = ending_difference(&ending, &r->plain, trial->lag_ms == 0, t->tmp);
	if (!problem && trial->seed % UNDO_EVERY == 0) {
		if (!go_back(r, &play, trial, t, &problem, err))
			return false;
		r->ret->undo_runs++;
		r->ret->undo_alike += !problem;
	}
	if (problem)
		diverge(r, trial, problem);
	r->ret->alike += !problem;
	return true;
}

static bool rehearse_disturbed(struct rehearsing *r, uint64_t seed, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct trial trial = trial_of(r, seed, tmp);
	struct theatre t;
	bool ok = theatre_open(r, &trial, &t, err) && rehearse_in(r, &trial, &t, err);
	theatre_close(&t);
	return ok || error_wrap(err, "the run with seed %llu (%s)", (unsigned long long)seed, trial.words);
}

bool rehearse(const struct rehearsal_options *o, struct arena *out, struct rehearsal *ret, struct error *err)
{
	CLEANUP(secret_freep) struct secret *secret = secret_new(STAGE_SECRET, strlen(STAGE_SECRET));
	struct rehearsing r = {.o = o, .out = out, .ret = ret, .secret = secret};
	*ret = (struct rehearsal){.seed = o->seed};
	if (!rehearse_plain(&r, err))
		return false;
	/* What does not go undisturbed goes nowhere else. */
	for (int64_t i = 0; !ret->plain_problem && i < o->runs; i++) {
		if (o->should_stop && o->should_stop(o->ctx)) {
			ret->stopped = true;
			break;
		}
		if (!rehearse_disturbed(&r, o->seed + (uint64_t)i, err))
			return false;
		ret->runs++;
		if (o->progress)
			o->progress(o->ctx, ret->runs, o->runs);
	}
	return true;
}

bool rehearsal_is_good(const struct rehearsal *r)
{
	return !r->plain_problem && r->undone && !r->stopped && r->alike == r->runs;
}
