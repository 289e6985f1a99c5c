/* What changed from one plan of a customer to another. */
#include "cmd/output/changes_output.h"

#include "cmd/output/document.h"
#include "core/quote.h"
#include "plans/saved/plan_changes.h"

enum { SHOWN = 20 };

struct showing {
	struct app *app;
	const struct plan_folder *before, *after;
	struct plan_changes changes;
	struct strbuf *out;
};

static const char *quoted(const struct showing *s, const char *text)
{
	enum { LONGEST = 200 };
	return text ? quote_terminal_cut(s->app->arena, text, LONGEST) : "";
}

/* Why two plans differ: what people wrote, or what the tenant showed. */
static const char *cause(const struct plan_changes *changes)
{
	if (changes->file_changed)
		return changes->policy_changed ? "The customer file and the policy mean something else now."
					       : "The customer file means something else now.";
	if (changes->policy_changed)
		return "The policy means something else now.";
	return "Customer file and policy mean the same: what differs was found in the tenant.";
}

static void put_number(const struct showing *s, const char *what, int64_t before, int64_t after)
{
	if (before != after)
		strbuf_addf(s->out, "  %s: %lld before, %lld now\n", what, (long long)before,
			    (long long)after);
}

static void put_change(const struct showing *s, const struct plan_change *change)
{
	static const char marks[] = {
		[PLAN_CHANGE_NEW] = '+', [PLAN_CHANGE_DROPPED] = '-', [PLAN_CHANGE_OTHER] = '~'};
	strbuf_addf(s->out, "  %c %s  %s", marks[change->kind], quoted(s, change->subject), change->action);
	if (change->kind == PLAN_CHANGE_OTHER)
		strbuf_addf(s->out, "\n      before: %s\n      now:    %s\n", quoted(s, change->before),
			    quoted(s, change->after));
	else
		strbuf_addf(s->out, ": %s\n", quoted(s, change->after ? change->after : change->before));
}

/* What is no longer done, and what is done otherwise, is never cut. */
static void put_kind(const struct showing *s, enum plan_change_kind kind, bool full)
{
	static const char *const heads[] = {[PLAN_CHANGE_NEW] = "New",
					    [PLAN_CHANGE_DROPPED] = "No longer there",
					    [PLAN_CHANGE_OTHER] = "Otherwise than before"};
	size_t count = s->changes.counts[kind];
	size_t limit = full || kind != PLAN_CHANGE_NEW ? count : SHOWN;
	size_t shown = 0;
	if (!count)
		return;
	strbuf_addf(s->out, "\n%s (%zu):\n", heads[kind], count);
	for (size_t i = 0; i < s->changes.changes.count && shown < limit; i++) {
		if (s->changes.changes.items[i].kind != kind)
			continue;
		put_change(s, &s->changes.changes.items[i]);
		shown++;
	}
	if (shown < count)
		strbuf_addf(s->out, "  … and %zu more (--full lists all)\n", count - shown);
}

static void put_warnings(const struct showing *s, const char *head, const struct str_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		strbuf_addf(s->out, "%s%s:\n  %s\n", i ? "" : "\n", head, quoted(s, list->items[i]));
}

static void print_text(struct showing *s, bool full)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	const struct plan_summary *old = &s->before->plan.summary;
	const struct plan_summary *now = &s->after->plan.summary;
	s->out = &buf;
	strbuf_addf(&buf, "Plan %s against %s, %s\n\n  %s\n", s->after->id, s->before->id,
		    s->after->plan.customer, cause(&s->changes));
	put_number(s, "People changed", old->users_changed, now->users_changed);
	put_number(s, "Licences taken with nothing in their place", old->licenses_taken, now->licenses_taken);
	put_number(s, "Steps by hand", old->by_hand, now->by_hand);
	put_kind(s, PLAN_CHANGE_DROPPED, full);
	put_kind(s, PLAN_CHANGE_OTHER, full);
	put_kind(s, PLAN_CHANGE_NEW, full);
	put_warnings(s, "New warning", &s->changes.new_warnings);
	put_warnings(s, "Warning that is gone", &s->changes.gone_warnings);
	strbuf_addf(&buf, "\n%zu new, %zu no longer there, %zu otherwise, %zu alike\n",
		    s->changes.counts[PLAN_CHANGE_NEW], s->changes.counts[PLAN_CHANGE_DROPPED],
		    s->changes.counts[PLAN_CHANGE_OTHER], s->changes.alike);
	out_text(&s->app->out, strbuf_text(&buf));
}

static void put_json_change(struct json_writer *w, const struct plan_change *change)
{
	json_begin_object(w);
	json_set_text(w, "action", change->action);
	json_set_text(w, "after", change->after);
	json_set_text(w, "before", change->before);
	json_set_text(w, "kind", plan_change_kind_name(change->kind));
	json_set_text(w, "subject", change->subject);
	json_end_object(w);
}

static void print_json(const struct showing *s)
{
	struct document doc;
	document_begin(&doc);
	json_set_text(&doc.w, "against", s->before->id);
	json_set_int(&doc.w, "alike", (int64_t)s->changes.alike);
	json_put_key(&doc.w, "changes");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < s->changes.changes.count; i++)
		put_json_change(&doc.w, &s->changes.changes.items[i]);
	json_end_array(&doc.w);
	json_set_text(&doc.w, "customer", s->after->plan.customer);
	json_set_bool(&doc.w, "file_changed", s->changes.file_changed);
	json_set_text(&doc.w, "format", "seatshift-changes/1");
	json_set_texts(&doc.w, "gone_warnings", &s->changes.gone_warnings);
	json_set_texts(&doc.w, "new_warnings", &s->changes.new_warnings);
	json_set_text(&doc.w, "plan", s->after->id);
	json_set_bool(&doc.w, "policy_changed", s->changes.policy_changed);
	document_print(s->app, &doc);
}

bool changes_output(struct app *app, const struct plan_folder *before, const struct plan_folder *after,
		    bool full, struct error *err)
{
	struct showing s = {.app = app, .before = before, .after = after};
	if (!str_eq(before->plan.customer, after->plan.customer))
		return error_set(err, ERR_INVALID, "plan %s is of '%s', and plan %s of '%s'", after->id,
				 after->plan.customer, before->id, before->plan.customer);
	if (app->out.format == FORMAT_OTHER)
		return error_set(err, ERR_INVALID,
				 "with --against, show knows the formats text and json, not '%s'",
				 app->out.format_name);
	plan_changes(&before->plan, &after->plan, app->arena, &s.changes);
	if (app->out.format == FORMAT_JSON)
		print_json(&s);
	else
		print_text(&s, full);
	return true;
}
