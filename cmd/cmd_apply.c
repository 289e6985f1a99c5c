/* seatshift apply: carries out a saved plan, or resumes it where it stopped. */
#include "cmd/commands.h"

#include "cmd/output/alarm.h"
#include "cmd/output/apply_report.h"
#include "cmd/output/progress.h"
#include "cmd/outside/identity.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/hand_card.h"
#include "cmd/session/journal_record.h"
#include "cmd/session/misplaced.h"
#include "cmd/session/names.h"
#include "cmd/session/rehearsal_gate.h"
#include "cmd/session/session.h"
#include "cmd/session/undone_mark.h"
#include "core/file.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/git/lock.h"
#include "plans/git/store.h"
#include "plans/run/apply.h"
#include "plans/saved/hand_step.h"
#include "plans/saved/plan_folder.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_LOOK_MS = 10000 };

struct apply_command_options {
	bool yes;
	bool commit;
	bool no_commit;
	const char *break_lock;
	const char *approved_branch;
	int64_t wait_ms;
	int64_t deadline_ms;
	int64_t push_deadline_ms;
};

static const struct option_spec options[] = {
	OPT_FLAG(struct apply_command_options, yes, "yes", 'y',
		 "do not ask; needed without a terminal where no approval is required"),
	OPT_DURATION(struct apply_command_options, wait_ms, "wait", 0, "TIME",
		     "how long to poll at a hand step (30m); at a terminal: until it is seen"),
	OPT_DURATION(struct apply_command_options, deadline_ms, "deadline", 0, "TIME",
		     "begin nothing more after this time, finish what was sent, exit 12"),
	OPT_FLAG(struct apply_command_options, commit, "commit", 0,
		 "commit the journal at every hand step and at the end, and push it; the default where "
		 "CI=true"),
	OPT_DURATION(struct apply_command_options, push_deadline_ms, "push-deadline", 0, "TIME",
		     "how long to try to push the journal while others push too (5m)"),
	OPT_FLAG(struct apply_command_options, no_commit, "no-commit", 0,
		 "leave the journal uncommitted, also where CI=true"),
	OPT_TEXT(struct apply_command_options, break_lock, "break-lock", 0, "ID",
		 "remove the lock of a run that is dead: the one with this id, which the refusal names"),
	OPT_APPROVED_BRANCH(struct apply_command_options),
};

/* Everything one apply holds on to while it runs. */
struct applying {
	struct app *app;
	const struct apply_command_options *o;
	struct session session;
	struct plan_folder folder;
	struct plan_folder undone; /* that this plan undoes, if it undoes one */
	const char *journal_path;
	struct progress progress;
	struct journal_entry_list entries; /* of the runs before this one */
	struct events events;
	struct store *store;	    /* NULL outside a git repository */
	bool unrecorded;	    /* the last attempt to commit or push the journal failed */
	bool commits;		    /* the journal is committed, and pushed where there is a remote */
	struct misplaced_look look; /* for the key, elsewhere */
	int64_t next_look_ms;	    /* of waiting; 0: no more */
	const char *told;	    /* what was last seen at a hand step */
	struct alarm alarm;	    /* of people who stand on what is cancelled */
	struct lock *lock;
	int64_t deadline_at_ms;	   /* monotonic; 0: none */
	int64_t approved_until_ms; /* too few approvals count from then on; 0: never */
	bool approval_ended;	   /* that moment came during the run: nothing more may be written */
	size_t moved;		   /* people, by this run */
	bool *ended_before;	   /* by action: ended well in the runs before this one */
	int64_t begun_ms;	   /* monotonic */
	bool typing_ended;	   /* nobody types any more */
	struct error lock_lost;	   /* set when the lock could not be renewed: nothing more may be written */
};

/* Where no approval is required, a person says yes by typing the tenant's domain. */
static bool confirm(struct applying *a, struct error *err)
{
	struct app *app = a->app;
	if (a->o->yes || a->session.policy.approvals_required > 0)
		return true;
	if (!app->stdin_terminal) {
		error_set(err, ERR_UNAPPROVED,
			  "nobody has approved plan %s, and there is no terminal to ask at", a->folder.id);
		return error_hint(err, "Review it with 'seatshift show %.8s', then apply with --yes.",
				  a->folder.id);
	}
	out_message(&app->out,
		    "Plan %s changes %s of %s (%s).\nType the tenant's domain to apply it:", a->folder.id,
		    say_number(app->arena, a->folder.plan.summary.users_changed, "person", "people"),
		    quote_terminal(app->arena, a->folder.plan.tenant_name),
		    quote_terminal(app->arena, a->folder.plan.tenant_domain));
	char line[512] = "";
	if (!fgets(line, sizeof line, app->in))
		line[0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (str_eq_fold(line, a->folder.plan.tenant_domain))
		return true;
	return error_set(err, ERR_UNAPPROVED, "not confirmed: that is not the tenant's domain");
}

static bool has_been_begun(const struct journal_entry_list *entries)
{
	return entries->count > 0;
}

/* Before this plan's own first line: whatever happens in between, the other is not carried on. */
static bool on_beginning(void *ctx, struct error *err)
{
	struct applying *a = ctx;
	return !a->folder.plan.undoes || undone_mark_write(a->app, &a->folder, &a->undone, err);
}

static void on_ended(void *ctx, const struct action *action, enum outcome outcome, const char *detail)
{
	struct applying *a = ctx;
	progress_ended(&a->progress, action, outcome, detail);
}

static void on_progress(void *ctx, const char *phase, size_t written, size_t verified, size_t total,
			int64_t waiting_ms)
{
	struct applying *a = ctx;
	progress_update(&a->progress, phase, written, verified, total, waiting_ms);
}

static void on_wave_ended(void *ctx, const struct apply_wave *wave)
{
	struct applying *a = ctx;
	struct arena *tmp = a->app->arena;
	progress_clear(&a->progress);
	if (wave->located)
		out_note(&a->app->out, "%s a usage location now",
			 say_number(tmp, (int64_t)wave->located, "person has", "people have"));
	if (wave->moved)
		out_note(&a->app->out, "%s moved and verified%s",
			 say_number(tmp, (int64_t)wave->moved, "person", "people"),
			 wave->canary ? " (canary)" : "");
	a->moved += wave->moved;
}

/* On the first arrival nobody has had the time to redeem anything, anywhere. */
static bool was_waited_for(const struct applying *a, const struct action *action)
{
	for (size_t i = 0; i < a->entries.count; i++) {
		const struct journal_entry *entry = &a->entries.items[i];
		if (entry->event == JOURNAL_WAITING && str_list_has(&entry->actions, action->id))
			return true;
	}
	return false;
}

static void tell_seen(struct applying *a, const char *detail)
{
	a->told = arena_strdup(a->app->arena, detail);
	if (detail)
		out_note(&a->app->out, "  Seen so far: %s", quote_terminal(a->app->arena, detail));
}

/* At a terminal somebody is there to do the step. */
static int64_t wait_ms(const struct applying *a)
{
	return a->o->wait_ms ? a->o->wait_ms : a->app->stdin_terminal ? -1 : 0;
}

static void on_looked(void *ctx, const struct action *action, const struct live *live)
{
	struct applying *a = ctx;
	alarm_tell(&a->alarm, action, live);
}

static void on_gate(void *ctx, const struct action *action, const struct live *live, const char *detail)
{
	struct applying *a = ctx;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	const struct hand_card card = {&a->session, &a->folder, action, live,
				       wait_ms(a) != 0 && a->app->stdin_terminal};
	hand_card_write(a->app, &card, &text);
	progress_clear(&a->progress);
	events_gate(&a->events, action, detail);
	out_note_laid_out(&a->app->out, "\n%s", strbuf_text(&text));
	alarm_tell(&a->alarm, action, live);
	tell_seen(a, detail);
	if (detail || !action_brings_seats(action->kind))
		return;
	a->look = (struct misplaced_look){
		.app = a->app, .session = &a->session, .folder = &a->folder, .redeem = action};
	a->next_look_ms = FIRST_LOOK_MS;
	if (was_waited_for(a, action))
		misplaced_look(&a->look);
	else if (wait_ms(a) != 0)
		misplaced_remember(&a->look);
}

/* A person is at it: what comes instead of the effect is said when it comes. */
static void on_still_waiting(void *ctx, const struct action *action, const char *detail, int64_t waited_ms)
{
	struct applying *a = ctx;
	bool is_due = action == a->look.redeem && a->next_look_ms && waited_ms >= a->next_look_ms;
	if (str_eq(detail ? detail : "", a->told ? a->told : "") && !(is_due && !detail))
		return;
	progress_clear(&a->progress);
	tell_seen(a, detail);
	if (detail || !is_due)
		return;
	a->next_look_ms = misplaced_look(&a->look) ? 0 : waited_ms * 2;
}

/* Another may hold the lock from its expiry on: a holder that cannot renew in time stops itself. */
static bool keeps_lock(struct applying *a)
{
	int64_t left = lock_expires_ms(a->lock) - clock_now_ms(a->app->clock);
	if (a->lock_lost.code != ERR_NONE)
		return false;
	return left > LOCK_TTL_MS * 2 / 3 || lock_renew(a->lock, &a->lock_lost);
}

static bool keeps_lock_while_pushing(void *ctx)
{
	return keeps_lock(ctx);
}

/* A line typed at the terminal ends the pause, whatever it says; a terminal that is gone does not. */
static void on_pause(void *ctx, int64_t ms)
{
	struct applying *a = ctx;
	struct pollfd typed = {.fd = fileno(a->app->in), .events = POLLIN};
	char line[256];
	if (!a->app->stdin_terminal || a->typing_ended)
		clock_sleep_ms(a->app->clock, ms);
	else if (poll(&typed, 1, (int)ms) > 0)
		a->typing_ended = read(typed.fd, line, sizeof line) <= 0;
}

static struct journal_record record_of(struct applying *a)
{
	return (struct journal_record){.app = a->app,
				       .store = a->store,
				       .folder = &a->folder,
				       .approved_branch = a->session.policy.approvals_branch,
				       .path = a->journal_path,
				       .undone = a->folder.plan.undoes ? &a->undone : NULL,
				       .push_deadline_ms = a->o->push_deadline_ms,
				       .keep_on = keeps_lock_while_pushing,
				       .keep_on_ctx = (void *)a};
}

static bool record(struct applying *a, struct error *err)
{
	if (!a->commits)
		return true;
	const struct journal_record journal = record_of(a);
	return journal_record_commit(&journal, "apply", err);
}

static bool on_checkpoint(void *ctx, struct error *err)
{
	struct applying *a = ctx;
	a->unrecorded = !record(a, err);
	return !a->unrecorded;
}

/* An error ended the run: what was done until then is recorded all the same, and the error stands. */
static void record_after_error(struct applying *a)
{
	struct error second = ERROR_INIT;
	if (a->unrecorded || record(a, &second))
		return;
	out_message(&a->app->out, "warning: %s", second.message);
	error_release(&second);
}

/* An approval is for what is written until it expires, also where the run began before. */
static bool keeps_approval(struct applying *a)
{
	if (a->approved_until_ms && clock_now_ms(a->app->clock) >= a->approved_until_ms)
		a->approval_ended = true;
	return !a->approval_ended;
}

static bool is_late(const struct applying *a)
{
	return a->deadline_at_ms && clock_monotonic_ms(a->app->clock) >= a->deadline_at_ms;
}

static bool should_stop_reading(void *ctx)
{
	const struct applying *a = ctx;
	return *a->app->signals > 0 || is_late(a);
}

static bool on_should_stop(void *ctx)
{
	struct applying *a = ctx;
	return *a->app->signals > 0 || !keeps_lock(a) || !keeps_approval(a);
}

/* One run at a time: a file for this machine, and a ref on the remote where one is configured. */
static bool take_lock(struct applying *a, struct error *err)
{
	struct app *app = a->app;
	if (!journal_record_open(app, a->o->commit, a->o->no_commit, &a->store, &a->commits, err) ||
	    !journal_record_lock(app, a->store, a->folder.plan.customer, a->o->break_lock, &a->lock, err))
		return false;
	a->journal_path = path_join(app->arena, app->dir, a->folder.paths.journal);
	const struct journal_record journal = record_of(a);
	return journal_record_match_remote(&journal, err);
}

static bool report(struct applying *a, const struct apply_result *result, int *ret_status)
{
	struct provider_stats stats = a->session.provider->ops->stats(a->session.provider);
	events_run_end(&a->events, result, stats);
	progress_clear(&a->progress);
	if (result->difference)
		out_message(&a->app->out, "differs: %s", quote_terminal(a->app->arena, result->difference));
	const struct apply_facts facts = {
		.next = session_next(a->app, &a->session, &a->folder),
		.requests = stats.requests,
		.spent_ms = clock_monotonic_ms(a->app->clock) - a->begun_ms,
		.moved = a->moved,
		.ended_before = a->ended_before,
		.is_uncommitted = a->store && !a->commits && result->outcome != APPLY_NOTHING &&
				  !(result->outcome == APPLY_STALE && !has_been_begun(&a->entries)),
	};
	apply_report_print(a->app, &a->folder, result, &facts);
	*ret_status = error_info(apply_outcome_error(result->outcome))->status;
	return true;
}

static bool tell_approval_ended(const struct applying *a, struct error *err)
{
	char until[TIMESTAMP_TEXT_SIZE];
	timestamp_format(a->approved_until_ms, until);
	int64_t required = a->session.policy.approvals_required;
	error_set(err, ERR_UNAPPROVED,
		  "stopped: plan %s needs %lld approval%s, and has too few since one expired at %s",
		  a->folder.id, (long long)required, required == 1 ? "" : "s", until);
	const struct next_command next = session_next(a->app, &a->session, &a->folder);
	return error_hint(err, "Approve it with '%s'; then the next apply resumes.",
			  next_approve(&next, a->app->arena));
}

/* How much is left counts what earlier runs have ended, whatever this one will do first. */
static void look_back(struct applying *a)
{
	struct arena *out = a->app->arena;
	const struct replay replay = replay_new(&a->folder.plan, &a->entries, out);
	int64_t left = 0;
	a->ended_before = arena_alloc_array(out, replay.count + 1, sizeof *a->ended_before);
	for (size_t i = 0; i < replay.count; i++) {
		a->ended_before[i] = result_ended_well(&replay.results[i]);
		left += !a->ended_before[i];
	}
	if (!has_been_begun(&a->entries))
		return;
	out_note(&a->app->out, "resuming plan %s: %s left of %s", a->folder.id, say_count(out, left),
		 say_number(out, (int64_t)replay.count, "action", "actions"));
}

static bool run_plan(struct applying *a, int *ret_status, struct error *err)
{
	struct app *app = a->app;
	CLEANUP(journal_freep) struct journal *journal = NULL;
	const struct journal_file file = plan_journal(&a->folder, app->dir, app->arena);
	if (!journal_open(&file, app->clock, app->arena, &a->entries, &journal, err))
		return error_wrap(err, "cannot use the journal of plan %s", a->folder.id);
	look_back(a);
	a->alarm = (struct alarm){app, &a->folder.plan, &a->entries, &a->progress, NULL};
	char *run_id = arena_alloc(app->arena, GUID_TEXT_SIZE);
	random_guid(app->random, run_id);
	const struct apply_hooks hooks = {.beginning = on_beginning,
					  .ended = on_ended,
					  .progress = on_progress,
					  .wave_ended = on_wave_ended,
					  .at_gate = on_gate,
					  .looked = on_looked,
					  .still_waiting = on_still_waiting,
					  .checkpoint = on_checkpoint,
					  .should_stop = on_should_stop,
					  .pause = on_pause,
					  .ctx = a};
	const struct apply_options options_of_run = {
		.plan = &a->folder.plan,
		.desired = &a->session.desired,
		.policy = &a->session.policy,
		.before = &a->folder.live,
		.provider = a->session.provider,
		.journal = journal,
		.entries = &a->entries,
		.clock = app->clock,
		.run_id = run_id,
		.by = identity_who(app),
		.deadline_at_ms = a->deadline_at_ms,
		.wait_ms = wait_ms(a),
		.hooks = &hooks,
	};
	struct apply_result result = {0};
	events_run_begin(&a->events, a->folder.id, &a->folder.plan);
	if (!apply_run(&options_of_run, app->arena, &result, err)) {
		record_after_error(a);
		return false;
	}
	/* A plan carried out before may have a journal that never got as far as git. */
	if (result.outcome == APPLY_NOTHING && !on_checkpoint(a, err))
		return false;
	if (a->lock_lost.code != ERR_NONE) {
		error_move(err, &a->lock_lost);
		return error_wrap(err, "stopped, since the lock could not be kept");
	}
	if (a->approval_ended && result.outcome == APPLY_INTERRUPTED && *app->signals == 0)
		return tell_approval_ended(a, err);
	return report(a, &result, ret_status);
}

static bool apply(struct applying *a, const char *name, int *ret_status, struct error *err)
{
	struct app *app = a->app;
	return events_open(&a->events, app, app->events, err) && plan_named(app, name, &a->folder, err) &&
	       session_load(app, a->folder.plan.customer, &a->session, err) &&
	       approval_check_apply(app, &a->session, &a->folder, &a->approved_until_ms, err) &&
	       session_prove_plan(app, &a->session, &a->folder, err) &&
	       rehearsal_gate(app, &a->session, &a->folder, err) &&
	       (!a->folder.plan.undoes || undone_mark_load(app, &a->folder, &a->undone, err)) &&
	       confirm(a, err) && session_connect(app, &a->session, err) && take_lock(a, err) &&
	       run_plan(a, ret_status, err);
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	struct applying a = {.app = app, .o = opts, .progress = {.app = app}};
	a.progress.events = &a.events;
	app->branch = a.o->approved_branch;
	a.begun_ms = clock_monotonic_ms(app->clock);
	if (a.o->deadline_ms > 0)
		a.deadline_at_ms = clock_monotonic_ms(app->clock) + a.o->deadline_ms;
	a.session.should_stop = should_stop_reading;
	a.session.stop_ctx = &a;
	bool ok = apply(&a, args->items[0], ret_status, err);
	/* What stopped a read was the deadline, not a signal. */
	if (!ok && err->code == ERR_INTERRUPTED && *app->signals == 0 && is_late(&a)) {
		err->code = ERR_THROTTLED;
		error_wrap(err, "the deadline has passed");
	}
	if (!ok)
		events_run_failed(&a.events, err);
	events_close(&a.events);
	progress_clear(&a.progress);
	lock_free(a.lock);
	store_free(a.store);
	error_release(&a.lock_lost);
	session_release(&a.session);
	return ok;
}

const struct command cmd_apply = {
	.name = "apply",
	.args = "PLAN",
	.summary = "start it, or resume it where it stopped",
	.details =
		"Carries out exactly the saved plan. The plan is proved to be what the planner makes, the\n"
		"tenant to be the right one, and everything it expects is compared before the first write.\n"
		"What it took for granted of a SKU that a key brings is compared once the key was redeemed.\n"
		"Each change is read back. At a hand step a terminal shows the card and polls: Enter looks\n"
		"at once, what 'step --done' records meanwhile is taken up, and Ctrl-C is safe. Without a\n"
		"terminal the exit status is 9, and the next apply looks again. Applying twice changes\n"
		"nothing, but what a person attested goes on record once the tenant shows it, and is asked\n"
		"for again when the subscription has renewed. It ends with what this run did, what no commit "
		"has yet, and the next command.",
	COMMAND_OPTIONS(struct apply_command_options, options),
	.min_args = 1,
	.max_args = 1,
	.has_format = true,
	.repository = REPOSITORY_NEEDED,
	.network = NETWORK_CARRIES_OUT,
	.run = run,
};
