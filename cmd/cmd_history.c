/* seatshift history: who changed what, when, on whose authority. */
#include "cmd/commands.h"

#include "cmd/output/document.h"
#include "cmd/output/found_output.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/approval_fleets.h"
#include "cmd/session/names.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/approvals/history.h"
#include "plans/saved/journal_found.h"

#include <string.h>

enum { SHOWN_TIME = 19 /* "2026-11-05T09:30:00" */, FOUND_INDENT = 35, DIGEST_INDENT = 4 };

struct telling {
	struct app *app;
	struct history history;
	struct strbuf buf;
};

static const struct action *hand_step(const struct history_plan *plan, const struct journal_entry *entry)
{
	const struct action *action = entry->actions.count == 1
					      ? plan_find_action(&plan->folder.plan, entry->actions.items[0])
					      : NULL;
	return action && action_info(action->kind)->by == BY_HAND ? action : NULL;
}

/* What a person asks for: runs, hand steps and evidence; single users are in the journal itself. */
static bool is_told(const struct history_plan *plan, const struct journal_entry *entry)
{
	if (entry->event == JOURNAL_WRITE)
		return false;
	return entry->event != JOURNAL_ENDED || hand_step(plan, entry);
}

static size_t count_ended(const struct history_plan *plan, const char *run, const char *outcome)
{
	size_t count = 0;
	for (size_t i = 0; i < plan->entries.count; i++) {
		const struct journal_entry *entry = &plan->entries.items[i];
		count += entry->event == JOURNAL_ENDED && str_eq(entry->run, run) &&
			 str_eq(entry->outcome, outcome);
	}
	return count;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void put_planned(struct json_writer *w, const struct history_plan *plan)
{
	char at[TIMESTAMP_TEXT_SIZE];
	json_put_key(w, "planned");
	if (!plan->planned.id) {
		json_put_null(w);
		return;
	}
	timestamp_format(plan->planned.time_ms, at);
	json_begin_object(w);
	json_set_text(w, "at", at);
	json_set_text(w, "commit", plan->planned.id);
	json_set_text(w, "email", plan->planned.author_email);
	json_set_text(w, "name", plan->planned.author_name);
	json_end_object(w);
}

static void put_approvals(struct json_writer *w, const struct history_plan *plan)
{
	json_put_key(w, "approvals");
	json_begin_array(w);
	for (size_t i = 0; i < plan->approvals.items.count; i++) {
		const struct approval_item *item = &plan->approvals.items.items[i];
		char at[TIMESTAMP_TEXT_SIZE], until[TIMESTAMP_TEXT_SIZE];
		timestamp_format(item->approval.approved_ms, at);
		timestamp_format(item->approval.expires_ms, until);
		json_begin_object(w);
		json_set_text(w, "approver", item->approval.approver);
		json_set_text(w, "at", at);
		json_set_text(w, "commit", item->commit);
		json_set_text(w, "expires_at", until);
		json_set_text(w, "fleet", item->fleet);
		json_set_bool(w, "good", item->verdict == APPROVAL_COUNTS);
		json_set_text(w, "key", item->key);
		json_set_text(w, "message", item->message);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_evidence(struct json_writer *w, const struct evidence *evidence)
{
	json_put_key(w, "evidence");
	json_begin_object(w);
	json_set_text(w, "agent", evidence->agent);
	json_set_text(w, "case_number", evidence->case_number);
	json_set_text(w, "done_on", evidence->done_on);
	json_set_text(w, "note", evidence->note);
	json_end_object(w);
}

static void put_event(struct json_writer *w, const struct history_plan *plan,
		      const struct journal_entry *entry)
{
	const struct action *action = hand_step(plan, entry);
	json_begin_object(w);
	json_set_text(w, "action", action ? action->id : NULL);
	json_set_text(w, "at", entry->at);
	json_set_text(w, "by", entry->by);
	json_set_text(w, "detail", entry->detail);
	json_set_text(w, "event", journal_event_name(entry->event));
	if (entry->event == JOURNAL_EVIDENCE)
		put_evidence(w, &entry->evidence);
	if (entry->found.subscriptions.count) {
		json_put_key(w, "found");
		journal_found_put(&entry->found, w);
	}
	json_set_text(w, "kind", action ? action_info(action->kind)->name : NULL);
	json_set_text(w, "outcome", entry->outcome);
	json_set_text(w, "run", entry->run);
	json_set_int(w, "seq", entry->seq);
	json_set_given(w, "undone_by", entry->undone_by);
	json_end_object(w);
}

/* The plan that takes this one back, and was begun; NULL: none. */
static const char *undone_by(const struct history *history, const struct history_plan *plan)
{
	for (size_t i = 0; i < history->plans.count; i++) {
		const struct history_plan *other = &history->plans.items[i];
		if (other->entries.count && str_eq(other->folder.plan.undoes, plan->id))
			return other->id;
	}
	for (size_t i = 0; i < plan->entries.count; i++)
		if (plan->entries.items[i].event == JOURNAL_UNDONE)
			return plan->entries.items[i].undone_by;
	return NULL;
}

static void put_runs_without_end(struct json_writer *w, const struct history_plan *plan)
{
	struct history_run run;
	json_put_key(w, "runs_without_end");
	json_begin_array(w);
	for (size_t i = 0; i < plan->entries.count; i++) {
		if (!history_run_without_end(plan, i, &run))
			continue;
		json_begin_object(w);
		json_set_text(w, "at", run.begin->at);
		json_set_text(w, "by", run.begin->by);
		json_set_text(w, "last_at", run.last->at);
		json_set_bool(w, "over", run.is_over);
		json_set_text(w, "run", run.begin->run);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_plan(struct json_writer *w, const struct history *history, const struct history_plan *plan)
{
	json_begin_object(w);
	put_approvals(w, plan);
	json_set_text(w, "digest", *plan->folder.digest ? plan->folder.digest : NULL);
	json_put_key(w, "events");
	json_begin_array(w);
	for (size_t i = 0; i < plan->entries.count; i++)
		if (is_told(plan, &plan->entries.items[i]))
			put_event(w, plan, &plan->entries.items[i]);
	json_end_array(w);
	json_set_given(w, "follows", plan->folder.plan.follows);
	json_set_int(w, "journal_lines", (int64_t)plan->entries.count);
	json_set_text(w, "outcome", plan->outcome);
	json_set_text(w, "path", plan->path);
	json_set_text(w, "plan", plan->id);
	put_planned(w, plan);
	json_set_texts(w, "problems", &plan->problems);
	put_runs_without_end(w, plan);
	json_set_bool(w, "uncommitted", plan->uncommitted);
	json_set_given(w, "undoes", plan->folder.plan.undoes);
	json_set_given(w, "undone_by", undone_by(history, plan));
	json_end_object(w);
}

static void tell_json(struct telling *t, const char *customer)
{
	struct document doc;
	document_begin(&doc);
	json_set_text(&doc.w, "branch", t->history.revision);
	json_set_text(&doc.w, "commit", t->history.commit);
	json_set_text(&doc.w, "customer", customer);
	json_set_text(&doc.w, "format", "seatshift-history/1");
	json_put_key(&doc.w, "plans");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < t->history.plans.count; i++)
		put_plan(&doc.w, &t->history, &t->history.plans.items[i]);
	json_end_array(&doc.w);
	document_print(t->app, &doc);
}

/* ---- text ----------------------------------------------------------------------------------- */

static const char *shown(struct telling *t, const char *text)
{
	return quote_terminal(t->app->arena, text ? text : "");
}

static void line_at_ms(struct telling *t, int64_t at_ms, const char *what)
{
	char at[TIMESTAMP_TEXT_SIZE];
	timestamp_format(at_ms, at);
	strbuf_addf(&t->buf, "  %.*sZ  %-10s", SHOWN_TIME, at, what);
}

/* Whose fleet's signature does not reach this plan is told with the reason; what is faulty, as a problem. */
static void tell_approval(struct telling *t, const struct approval_item *item)
{
	line_at_ms(t, item->approval.approved_ms, "approved");
	strbuf_addf(&t->buf, " %s", shown(t, item->approval.approver));
	if (item->commit)
		strbuf_addf(&t->buf, ", commit %.12s", item->commit);
	if (item->verdict != APPROVAL_COUNTS)
		strbuf_addf(&t->buf, " (does not count here: %s)", shown(t, item->message));
	strbuf_addf(&t->buf, "\n%*ssigned with %s\n", FOUND_INDENT, "", shown(t, item->key));
	if (item->fleet)
		strbuf_addf(&t->buf, "%*sas one of the plans of the fleet\n%*s%s\n", FOUND_INDENT, "",
			    DIGEST_INDENT, "", shown(t, item->fleet));
}

static void tell_approvals(struct telling *t, const struct history_plan *plan)
{
	for (size_t i = 0; i < plan->approvals.items.count; i++) {
		const struct approval_item *item = &plan->approvals.items.items[i];
		if (item->verdict == APPROVAL_COUNTS || (item->fleet && !approval_is_faulty(item)))
			tell_approval(t, item);
	}
}

static void tell_evidence(struct telling *t, const struct evidence *evidence)
{
	const struct {
		const char *name, *value;
	} rows[] = {{"case", evidence->case_number},
		    {"spoke to", evidence->agent},
		    {"done on", evidence->done_on},
		    {"note", evidence->note}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].value)
			strbuf_addf(&t->buf, "; %s: %s", rows[i].name, shown(t, rows[i].value));
}

static void tell_counts(struct telling *t, const struct history_plan *plan, const struct journal_entry *entry)
{
	for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
		const char *name = outcome_name((enum outcome)outcome);
		size_t count = count_ended(plan, entry->run, name);
		if (count)
			strbuf_addf(&t->buf, " · %zu %s", count, name);
	}
}

static void tell_event(struct telling *t, const struct history_plan *plan, const struct journal_entry *entry)
{
	static const char *const words[JOURNAL_EVENT_COUNT] = {[JOURNAL_RUN_BEGIN] = "run begins",
							       [JOURNAL_ENDED] = "hand step",
							       [JOURNAL_WAITING] = "waits",
							       [JOURNAL_EVIDENCE] = "evidence",
							       [JOURNAL_NOTE] = "note",
							       [JOURNAL_RUN_END] = "run ends",
							       [JOURNAL_WRITE] = "writes",
							       [JOURNAL_UNDONE] = "undone"};
	const struct action *action = hand_step(plan, entry);
	strbuf_addf(&t->buf, "  %.*sZ  %-10s", SHOWN_TIME, entry->at, words[entry->event]);
	const size_t said = t->buf.len;
	if (action)
		strbuf_addf(&t->buf, " %s %s", action->id, action_info(action->kind)->name);
	if (entry->outcome)
		strbuf_addf(&t->buf, "%s%s", action ? ": " : " ", shown(t, entry->outcome));
	if (entry->event == JOURNAL_RUN_END)
		tell_counts(t, plan, entry);
	if (entry->undone_by)
		strbuf_addf(&t->buf, " plan %s is about to begin", shown(t, entry->undone_by));
	if (entry->by)
		strbuf_addf(&t->buf, "%s%s %s", t->buf.len > said ? "," : "",
			    entry->event == JOURNAL_RUN_BEGIN ? "" : " by", shown(t, entry->by));
	tell_evidence(t, &entry->evidence);
	if (entry->detail)
		strbuf_addf(&t->buf, " (%s)", shown(t, entry->detail));
	if (entry->found.subscriptions.count)
		strbuf_addf(&t->buf, "\n%*s%s", FOUND_INDENT, "", found_text(&entry->found, t->app->arena));
	strbuf_add_char(&t->buf, '\n');
}

/* What was killed, or lost its machine, cannot say so itself. */
static void tell_run_without_end(struct telling *t, const struct history_plan *plan,
				 const struct history_run *run)
{
	strbuf_addf(&t->buf, "  %.*sZ  %-10s the run of %s", SHOWN_TIME, run->last->at,
		    run->is_over ? "cut off" : "no end",
		    run->begin->by ? shown(t, run->begin->by) : "somebody");
	strbuf_addf(&t->buf, "\n%*s%s", FOUND_INDENT, "",
		    run->is_over ? "this is the last that it wrote"
				 : "it is under way, or was cut off; the last that it wrote");
	tell_counts(t, plan, run->begin);
	strbuf_add_char(&t->buf, '\n');
}

/* A run without an end is told before the next one begins, or at the end. */
static void tell_events(struct telling *t, const struct history_plan *plan)
{
	struct history_run run, found;
	bool is_open = false;
	for (size_t i = 0; i < plan->entries.count; i++) {
		const struct journal_entry *entry = &plan->entries.items[i];
		if (is_open && entry->event == JOURNAL_RUN_BEGIN)
			tell_run_without_end(t, plan, &run);
		if (entry->event == JOURNAL_RUN_BEGIN) {
			is_open = history_run_without_end(plan, i, &found);
			run = found;
		}
		if (is_told(plan, entry))
			tell_event(t, plan, entry);
	}
	if (is_open)
		tell_run_without_end(t, plan, &run);
}

static const char *outcome_text(const struct history_plan *plan)
{
	return str_eq(plan->outcome, "running") ? "under way, or cut off" : plan->outcome;
}

static void tell_plan(struct telling *t, const struct history_plan *plan)
{
	strbuf_addf(&t->buf, "\nPlan %s  %s\n", shown(t, plan->id), shown(t, outcome_text(plan)));
	const char *by = undone_by(&t->history, plan);
	if (plan->folder.plan.undoes)
		strbuf_addf(&t->buf, "  undoes plan %s\n", shown(t, plan->folder.plan.undoes));
	if (by)
		strbuf_addf(&t->buf, "  undone by plan %s\n", shown(t, by));
	if (plan->folder.plan.follows)
		strbuf_addf(&t->buf, "  follows plan %s\n", shown(t, plan->folder.plan.follows));
	if (plan->planned.id) {
		line_at_ms(t, plan->planned.time_ms, "planned");
		strbuf_addf(&t->buf, " %s <%s>, commit %.12s\n", shown(t, plan->planned.author_name),
			    shown(t, plan->planned.author_email), plan->planned.id);
	} else if (plan->planned_unknown) {
		strbuf_addf(&t->buf, "  planned by: not known, %s\n", shown(t, plan->planned_unknown));
	}
	tell_approvals(t, plan);
	tell_events(t, plan);
	if (plan->entries.count)
		strbuf_addf(&t->buf, "  journal: %s%s%s\n",
			    say_number(t->app->arena, (int64_t)plan->entries.count, "line", "lines"),
			    plan->problems.count ? "" : ", the chain is whole",
			    !plan->uncommitted ? ""
			    : plan->in_git     ? ", the last of them not committed"
					       : ", none of them committed");
	for (size_t i = 0; i < plan->problems.count; i++)
		strbuf_addf(&t->buf, "  PROBLEM: %s\n", shown(t, plan->problems.items[i]));
}

static void tell_text(struct telling *t, const char *customer)
{
	strbuf_addf(&t->buf, "%s on %s (%.12s): %zu plan%s\n", shown(t, customer),
		    shown(t, t->history.revision), t->history.commit, t->history.plans.count,
		    t->history.plans.count == 1 ? "" : "s");
	for (size_t i = 0; i < t->history.plans.count; i++)
		tell_plan(t, &t->history.plans.items[i]);
	out_text(&t->app->out, strbuf_text(&t->buf));
}

/* ---- the command ---------------------------------------------------------------------------- */

static bool read_history(struct telling *t, const char *name, const char **ret_customer,
			 struct approval_check *check, struct error *err)
{
	struct app *app = t->app;
	struct session session = {0};
	struct error none = ERROR_INIT;
	const struct env env = {app->env, app->env_ctx};
	const char *why = NULL;
	if (!repository_open(app->dir, app->arena, &session.repository, err) ||
	    !repository_find_customer(&session.repository, name_in_repository(app, name), app->arena,
				      ret_customer, err) ||
	    !repository_load_policy(&session.repository, app->arena, &session.checked, &session.policy, err))
		return false;
	if (!open_store(app, &check->store, &none)) {
		why = arena_strdup(app->arena, none.message);
		error_release(&none);
	}
	const struct approved_from from = approved_from(app, check->store, why, &session.policy);
	if (!approved_open(&from, app->arena, &check->approved, err) ||
	    !ssh_keygen_init(&check->keygen, &env, app->clock, app->arena, err))
		return false;
	const struct history_query query = {
		&check->approved,     app->dir, *ret_customer, &check->keygen, app->clock,
		approval_fleets_ever, app};
	/* Of a customer whose file is gone the plans still tell. */
	return history_read(&query, app->arena, &t->history, err) &&
	       (t->history.plans.count ||
		repository_need_customer(&session.repository, *ret_customer, app->arena, err));
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)opts;
	struct telling t = {.app = app, .buf = STRBUF_INIT(STRBUF_LARGE)};
	struct approval_check check = {0};
	const char *customer = NULL;
	bool ok = read_history(&t, args->items[0], &customer, &check, err);
	if (ok && app->out.format == FORMAT_JSON)
		tell_json(&t, customer);
	else if (ok)
		tell_text(&t, customer);
	for (size_t i = 0; i < t.history.plans.count; i++)
		if (t.history.plans.items[i].problems.count)
			*ret_status = error_info(ERR_INVALID)->status;
	strbuf_release(&t.buf);
	approval_check_release(&check);
	return ok;
}

const struct command cmd_history = {
	.name = "history",
	.args = "CUSTOMER",
	.summary = "who changed what, when, on whose authority",
	.details =
		"From git and the journals: who planned, who approved, who applied, who did each hand step\n"
		"and with what evidence. Each plan is compared with its digest, each journal's chain is\n"
		"followed, through all commits too, and each signature is checked as of its time. Exit 3\n"
		"when something does not prove; what does not is listed under the plan. A run that was\n"
		"killed is told as cut off, and a plan that was begun and not committed as well.",
	.min_args = 1,
	.max_args = 1,
	.has_format = true,
	.repository = REPOSITORY_NEEDED,
	.run = run,
};
