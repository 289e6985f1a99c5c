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

static bool is_by_hand(const struct action *action)
{
	return action_info(action->kind)->by == BY_HAND;
}

static void add_part(struct strbuf *buf, const char *text)
{
	strbuf_addf(buf, "%s%s", buf->len ? ", " : "", text);
}

/* Hand steps, done, of which this run has seen or heard. */
static const struct {
	enum action_kind kind;
	const char *one, *many;
} hand_words[] = {
	{ACTION_ADD_PARTNER, "partner added", "partners added"},
	{ACTION_REDEEM_KEY, "order arrived", "orders arrived"},
	{ACTION_RECEIVE_SEATS, "order arrived", "orders arrived"},
	{ACTION_RETIRE_SUBSCRIPTION, "subscription retired", "subscriptions retired"},
	{ACTION_REACTIVATE_SUBSCRIPTION, "subscription reactivated", "subscriptions reactivated"},
};

static int64_t count_seen(const struct plan_folder *folder, const struct apply_result *result,
			  const struct apply_facts *facts, enum action_kind kind)
{
	int64_t count = 0;
	for (size_t i = 0; i < folder->plan.actions.count; i++)
		count += folder->plan.actions.items[i].kind == kind && facts->ended_before &&
			 !facts->ended_before[i] && result_is_verified(&result->actions[i]);
	return count;
}

/* Of this run alone; what runs before it did is in the journal. */
static void add_what_was_done(struct app *app, const struct plan_folder *folder,
			      const struct apply_result *result, const struct apply_facts *facts,
			      struct strbuf *buf)
{
	CLEANUP(strbuf_release) struct strbuf parts = STRBUF_INIT(STRBUF_SMALL);
	if (facts->moved)
		add_part(&parts,
			 arena_printf(app->arena, "%s moved",
				      say_number(app->arena, (int64_t)facts->moved, "person", "people")));
	for (size_t i = 0; i < ARRAY_LEN(hand_words); i++) {
		int64_t count = count_seen(folder, result, facts, hand_words[i].kind);
		if (count)
			add_part(&parts,
				 say_number(app->arena, count, hand_words[i].one, hand_words[i].many));
	}
	if (parts.len)
		strbuf_addf(buf, "  this run: %s, in %s\n", strbuf_text(&parts),
			    say_duration(app->arena, (facts->spent_ms + 999) / 1000));
}

static void add_waiting(const struct plan_folder *folder, const struct apply_result *result,
			struct arena *tmp, struct strbuf *buf)
{
	for (size_t i = 0; i < result->waiting_for.count; i++) {
		const struct action *action = plan_find_action(&folder->plan, result->waiting_for.items[i]);
		if (is_by_hand(action))
			strbuf_addf(buf, "  waits for %s %s (seatshift step %.8s %s)\n", action->id,
				    action_info(action->kind)->name, folder->id, action->id);
		else if (!result->setting_up)
			strbuf_addf(buf,
				    "  waits for %s %s %s: being processed by Microsoft 365; nobody has to "
				    "do anything\n",
				    action->id, action_info(action->kind)->name,
				    quote_terminal(tmp, action->group_name));
	}
	if (result->setting_up)
		strbuf_addf(buf, "  waits for services: %s\n", quote_terminal(tmp, result->setting_up));
}

static const char *next_command(struct app *app, const struct plan_folder *folder,
				const struct apply_result *result, const struct apply_facts *facts)
{
	const char *customer = quote_terminal(app->arena, folder->plan.customer);
	switch (result->outcome) {
	case APPLY_DONE:
	case APPLY_NOTHING:
		return arena_printf(app->arena, "seatshift status %s", customer);
	case APPLY_STALE:
		return plan_again_command(&folder->plan, app->arena);
	case APPLY_PARTIAL:
		/* What is stale stays so, however often it is applied. */
		if (count_outcomes(&folder->plan, result, OUTCOME_STALE) &&
		    !count_outcomes(&folder->plan, result, OUTCOME_FAILED) &&
		    !count_outcomes(&folder->plan, result, OUTCOME_UNKNOWN))
			return plan_again_command(&folder->plan, app->arena);
		return next_apply(&facts->next, "", app->arena);
	case APPLY_WAITING:
	case APPLY_INTERRUPTED:
	case APPLY_THROTTLED:
	case APPLY_OUTCOME_COUNT:
		break;
	}
	return next_apply(&facts->next, "", app->arena);
}

/* Where another apply comes next, it commits as well: nobody runs one for that alone. */
static void add_uncommitted(struct app *app, const struct plan_folder *folder, const char *next,
			    const struct apply_facts *facts, struct strbuf *buf)
{
	const char *commit = next_apply(&facts->next, " --commit", app->arena);
	const bool resumes = str_starts(next, "seatshift apply ");
	strbuf_addf(buf, "  not committed: %s%s\n", quote_terminal(app->arena, folder->paths.journal),
		    resumes ? "; with --commit the next apply commits it" : "");
	if (!resumes)
		strbuf_addf(buf, "  commit it, when no run is under way: %s\n", commit);
}

static void add_next(struct app *app, const struct plan_folder *folder, const struct apply_result *result,
		     const struct apply_facts *facts, struct strbuf *buf)
{
	const char *next = next_command(app, folder, result, facts);
	if (facts->is_uncommitted)
		add_uncommitted(app, folder, next, facts, buf);
	strbuf_addf(buf, "  %s: %s\n", result->outcome == APPLY_WAITING ? "then" : "next", next);
}

/* For whom a run waits: for a person, where some step is one's, else for the service that is at work on
 * groups. */
static const char *waiting_for(const struct plan_folder *folder, const struct apply_result *result,
			       struct arena *tmp)
{
	struct str_list groups = {0};
	if (result->setting_up)
		return "waiting for Microsoft 365, which is setting up services; apply again to resume";
	for (size_t i = 0; i < result->waiting_for.count; i++) {
		const struct action *action = plan_find_action(&folder->plan, result->waiting_for.items[i]);
		if (is_by_hand(action))
			return "waiting for a person; apply again to resume";
		VEC_PUSH(tmp, &groups, arena_printf(tmp, "'%s'", quote_terminal(tmp, action->group_name)));
	}
	return arena_printf(
		tmp, "waiting for Microsoft 365, which is processing group%s %s; apply again to resume",
		groups.count == 1 ? "" : "s", str_list_join(tmp, &groups, ", "));
}

static const char *partly_done(const struct apply_result *result, struct arena *tmp)
{
	if (!result->unseen)
		return "not everything worked; apply again to resume";
	return arena_printf(
		tmp,
		"%s accepted by the service did not show when the deadline passed; apply again to "
		"look",
		say_number(tmp, (int64_t)result->unseen, "change", "changes"));
}

static void print_text(struct app *app, const struct plan_folder *folder, const struct apply_result *result,
		       const struct apply_facts *facts)
{
	const char *const sayings[] = {
		[APPLY_DONE] = "done: everything is verified",
		[APPLY_NOTHING] = "nothing to do: the plan was carried out before",
		[APPLY_WAITING] = waiting_for(folder, result, app->arena),
		[APPLY_PARTIAL] = partly_done(result, app->arena),
		[APPLY_STALE] = "stale: the tenant is not what the plan expects; nothing more is done",
		[APPLY_INTERRUPTED] = "interrupted; apply again to resume",
		[APPLY_THROTTLED] = result->throttled
					    ? "throttled until the deadline passed; apply again to resume"
					    : "the deadline has passed; apply again to resume",
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
	strbuf_addf(&buf, " · %s\n", say_number(app->arena, facts->requests, "request", "requests"));
	add_what_was_done(app, folder, result, facts, &buf);
	add_waiting(folder, result, app->arena, &buf);
	add_next(app, folder, result, facts, &buf);
	out_text(&app->out, strbuf_text(&buf));
}

void apply_report_print(struct app *app, const struct plan_folder *folder, const struct apply_result *result,
			const struct apply_facts *facts)
{
	if (app->out.format == FORMAT_JSON)
		print_json(app, folder, result, facts->requests);
	else
		print_text(app, folder, result, facts);
}
