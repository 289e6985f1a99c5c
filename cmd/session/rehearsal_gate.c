/* approvals.rehearsed: a plan is applied only when its rehearsal ended well. */
#include "cmd/session/rehearsal_gate.h"

#include "cmd/session/approval_check.h"
#include "cmd/session/rehearsal_run.h"
#include "core/quote.h"
#include "plans/saved/rehearsed.h"

enum { REPEATED_RUNS = 3 };

/* Why what the report says is not enough; NULL: it is. */
static const char *problem_of(const struct rehearsed *report, struct arena *out)
{
	if (report->why)
		return arena_printf(out, "; of the rehearsal beside it, %s", report->why);
	if (!report->found)
		return "";
	if (!report->good)
		return ": its rehearsal did not end well";
	if (!str_eq(report->version, SEATSHIFT_VERSION))
		return arena_printf(out, ": it was rehearsed by seatshift %s, and this is " SEATSHIFT_VERSION,
				    quote_terminal_cut(out, report->version ? report->version : "?", 32));
	if (report->runs < REHEARSED_RUNS_MIN)
		return arena_printf(out, ": its rehearsal had %lld runs, and %d are needed",
				    (long long)report->runs, REHEARSED_RUNS_MIN);
	return NULL;
}

static bool refuse(const struct plan_folder *folder, const char *problem, struct error *err)
{
	error_set(err, ERR_UNAPPROVED, "plan %s must be rehearsed before it is applied%s", folder->id,
		  problem);
	return error_hint(err,
			  "Run 'seatshift rehearse %.8s --save --commit', and have that on the approved "
			  "branch.",
			  folder->id);
}

static bool should_stop(void *ctx)
{
	const struct app *app = ctx;
	return *app->signals > 0;
}

static bool repeat(struct app *app, struct session *session, const struct plan_folder *folder,
		   struct error *err)
{
	struct rehearsal result = {0};
	const struct rehearsal_options options = {
		.folder = folder,
		.desired = &session->desired,
		.policy = &session->policy,
		.runs = REPEATED_RUNS,
		.seed = (uint64_t)random_below(app->random, INT32_MAX) + 1,
		.latency_ms = REHEARSAL_LATENCY_MS,
		.should_stop = should_stop,
		.ctx = app,
	};
	if (!rehearsal_run(app, &options, &result, err))
		return error_wrap(err, "the rehearsal of plan %s cannot be repeated", folder->id);
	if (result.stopped)
		return error_set(err, ERR_INTERRUPTED, "stopped while the rehearsal was repeated");
	if (rehearsal_is_good(&result))
		return true;
	error_set(err, ERR_UNAPPROVED,
		  "plan %s was rehearsed once more, and did not end well, whatever its report says",
		  folder->id);
	return error_hint(err, "See for yourself: seatshift rehearse %.8s --runs %d --seed %llu", folder->id,
			  REPEATED_RUNS, (unsigned long long)options.seed);
}

bool rehearsal_gate(struct app *app, struct session *session, const struct plan_folder *folder,
		    struct error *err)
{
	struct rehearsed report = {0};
	bool needed = false;
	if (!approval_read_rehearsal(app, &session->policy, folder, &needed, &report, err))
		return false;
	if (!needed)
		return true;
	const char *problem = problem_of(&report, app->arena);
	return problem ? refuse(folder, problem, err) : repeat(app, session, folder, err);
}
