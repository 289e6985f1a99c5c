/* How a run ended, for a person and for a machine. */
#include "cmd/output/apply_report.h"

#include "cmd/output/document.h"
#include "core/quote.h"
#include "core/say.h"

static void put_actions(struct json_writer *w, const struct plan *plan, const struct apply_result *result)
{
	json_put_key(w, "actions");
	json_begin_array(w);
	for (size_t i = 0; i < plan->actions.count; i++) {
		json_begin_object(w);
		json_set_text(w, "detail", result->actions[i].detail);
		json_set_text(w, "id", plan->actions.items[i].id);
		json_set_text(w, "kind", action_info(plan->actions.items[i].kind)->name);
		json_set_text(w, "outcome", outcome_name(result->actions[i].outcome));
		json_end_object(w);
	}
	json_end_array(w);
}

static void print_json(struct app *app, const struct plan_folder *folder, const struct apply_result *result,
		       int64_t requests)
{
	struct document doc;
	document_begin(&doc);
	put_actions(&doc.w, &folder->plan, result);
	json_set_text(&doc.w, "customer", folder->plan.customer);
	json_set_text(&doc.w, "difference", result->difference);
	json_set_text(&doc.w, "format", "seatshift-apply/1");
	json_set_text(&doc.w, "outcome", apply_outcome_name(result->outcome));
	json_set_text(&doc.w, "plan", folder->id);
	json_set_int(&doc.w, "requests", requests);
	json_set_texts(&doc.w, "waiting_for", &result->waiting_for);
	document_print(app, &doc);
}

static size_t count_outcomes(const struct plan *plan, const struct apply_result *result, enum outcome outcome)
{
	size_t count = 0;
	for (size_t i = 0; i < plan->actions.count; i++)
		count += result->actions[i].outcome == outcome;
	return count;
}

static void print_text(struct app *app, const struct plan_folder *folder, const struct apply_result *result,
		       int64_t requests)
{
	static const char *const sayings[] = {
		[APPLY_DONE] = "done: everything is verified",
		[APPLY_NOTHING] = "nothing to do: the plan was carried out before",
		[APPLY_WAITING] = "waiting for a person; apply again to resume",
		[APPLY_PARTIAL] = "not everything worked; apply again to resume",
		[APPLY_STALE] = "stale: the tenant is not what the plan expects; nothing more is done",
		[APPLY_INTERRUPTED] = "interrupted; apply again to resume",
		[APPLY_THROTTLED] = "throttled until the deadline passed; apply again to resume",
	};
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	size_t done = count_outcomes(&folder->plan, result, OUTCOME_VERIFIED);
	bool attested =
		result->outcome == APPLY_DONE && count_outcomes(&folder->plan, result, OUTCOME_ATTESTED);
	strbuf_addf(&buf, "%s %s: %s\n", quote_terminal(app->arena, folder->plan.customer), folder->id,
		    attested ? "done, but not everything is verified: Graph has yet to confirm what a person "
			       "attested"
		    : result->outcome == APPLY_STALE && !done
			    ? "stale: the tenant is not what the plan expects; nothing was written"
			    : sayings[result->outcome]);
	const char *separator = "  ";
	for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
		size_t count = count_outcomes(&folder->plan, result, (enum outcome)outcome);
		if (!count)
			continue;
		strbuf_addf(&buf, "%s%s %s", separator, say_count(app->arena, (int64_t)count),
			    outcome_name((enum outcome)outcome));
		separator = " · ";
	}
	strbuf_addf(&buf, " · %s\n", say_number(app->arena, requests, "request", "requests"));
	if (result->outcome == APPLY_STALE)
		strbuf_addf(&buf, "  plan again: seatshift plan %s\n",
			    quote_terminal(app->arena, folder->plan.customer));
	for (size_t i = 0; i < result->waiting_for.count; i++) {
		const struct action *action = plan_find_action(&folder->plan, result->waiting_for.items[i]);
		strbuf_addf(&buf, "  waits for %s %s (seatshift step %.8s %s)\n", action->id,
			    action_info(action->kind)->name, folder->id, action_info(action->kind)->name);
	}
	out_result(&app->out, strbuf_text(&buf));
}

void apply_report_print(struct app *app, const struct plan_folder *folder, const struct apply_result *result,
			int64_t requests)
{
	if (app->out.format == FORMAT_JSON)
		print_json(app, folder, result, requests);
	else
		print_text(app, folder, result, requests);
}
