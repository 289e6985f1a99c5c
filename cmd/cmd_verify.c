/* seatshift verify: proves again, without a network, that a saved plan is what the planner makes. */
#include "cmd/commands.h"

#include "cmd/fleet/fleet_approval.h"
#include "cmd/output/document.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/names.h"
#include "cmd/session/rehearsal_gate.h"
#include "cmd/session/session.h"
#include "core/file.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/saved/journal.h"
#include "plans/saved/plan_folder.h"

struct verify_options {
	const char *approved_branch;
};

static const struct option_spec options[] = {
	OPT_APPROVED_BRANCH(struct verify_options),
};

struct verifying {
	struct app *app;
	struct session session;
	struct plan_folder folder;
	struct journal_entry_list entries;
	bool has_journal;
	struct approval_check approvals;
	bool cut; /* the journal's last line was broken by a crash */
};

/* A chain proves that no line was changed; a line that speaks of another plan's actions was never this one's.
 */
static bool prove_journal(struct verifying *v, struct error *err)
{
	const struct journal_file file = plan_journal(&v->folder, v->app->dir, v->app->arena);
	v->has_journal = file_exists(file.path);
	if (!journal_read(&file, v->app->arena, &v->entries, &v->cut, err))
		return error_wrap(err, "the journal of plan %s is not whole", v->folder.id);
	for (size_t i = 0; i < v->entries.count; i++) {
		const struct journal_entry *entry = &v->entries.items[i];
		for (size_t j = 0; j < entry->actions.count; j++)
			if (!plan_find_action(&v->folder.plan, entry->actions.items[j]))
				return error_set(
					err, ERR_INVALID,
					"line %lld of the journal of plan %s names the action '%s', which "
					"the plan does not have",
					(long long)entry->seq, v->folder.id,
					quote_terminal(v->app->arena, entry->actions.items[j]));
	}
	return true;
}

static bool is_approved(const struct verifying *v)
{
	return v->approvals.report.valid >= v->approvals.report.required;
}

/* With enough approvals, what apply asks of the approved branch is asked here too. */
static bool check_approvals(struct verifying *v, struct error *err)
{
	if (!approval_check_run(v->app, &v->session.policy, &v->folder, &v->approvals, err) ||
	    !approval_check_journal(v->app, &v->approvals, &v->folder, err))
		return false;
	return !is_approved(v) || ((!v->approvals.report.required ||
				    approval_check_apply(v->app, &v->session, &v->folder, NULL, err)) &&
				   rehearsal_gate(v->app, &v->session, &v->folder, err));
}

static void print_json(struct verifying *v)
{
	struct document doc;
	document_begin(&doc);
	json_set_int(&doc.w, "actions", (int64_t)v->folder.plan.actions.count);
	json_put_key(&doc.w, "approvals");
	approval_check_put_json(&v->approvals, &doc.w);
	json_set_text(&doc.w, "customer", v->folder.plan.customer);
	json_set_text(&doc.w, "digest", v->folder.digest);
	json_set_text(&doc.w, "format", "seatshift-verify/1");
	json_put_key(&doc.w, "journal");
	if (v->has_journal) {
		json_begin_object(&doc.w);
		json_set_bool(&doc.w, "cut", v->cut);
		json_set_int(&doc.w, "lines", (int64_t)v->entries.count);
		json_end_object(&doc.w);
	} else {
		json_put_null(&doc.w);
	}
	json_set_bool(&doc.w, "ok", is_approved(v));
	json_set_text(&doc.w, "plan", v->folder.id);
	json_set_int(&doc.w, "proved_prefixes", v->folder.plan.proved_prefixes);
	json_set_text(&doc.w, "read_at", v->folder.info.read_at);
	document_print(v->app, &doc);
}

static void print_text(struct verifying *v)
{
	struct arena *out = v->app->arena;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_SMALL);
	strbuf_addf(&buf, "Plan %s of %s is what the planner makes, byte for byte.\n\n", v->folder.id,
		    quote_terminal(out, v->folder.plan.customer));
	strbuf_addf(&buf, "  digest    %s\n", v->folder.digest);
	strbuf_addf(&buf, "  made of   %s, the policy, and the snapshot read at %s\n",
		    quote_terminal(out, v->folder.plan.desired_file),
		    quote_terminal(out, v->folder.info.read_at));
	strbuf_addf(&buf, "  proved    %s, safe after each of %s, in every order\n",
		    say_number(out, (int64_t)v->folder.plan.actions.count, "action", "actions"),
		    say_number(out, v->folder.plan.proved_prefixes, "prefix", "prefixes"));
	if (!v->has_journal)
		strbuf_add(&buf, "  journal   none: the plan was not begun\n");
	else
		strbuf_addf(&buf, "  journal   %s, the chain is whole%s\n",
			    say_number(out, (int64_t)v->entries.count, "line", "lines"),
			    v->cut ? "; a last line that a crash broke off is left out" : "");
	approval_check_text(&v->approvals, out, &buf);
	out_text(&v->app->out, strbuf_text(&buf));
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	const struct verify_options *o = opts;
	app->branch = o->approved_branch;
	if (fleet_is_meant(app, args->items[0]))
		return fleet_verify(app, args->items[0], ret_status, err);
	struct verifying v = {.app = app};
	if (!plan_named(app, args->items[0], &v.folder, err) ||
	    !session_load(app, v.folder.plan.customer, &v.session, err) ||
	    !session_prove_plan(app, &v.session, &v.folder, err) || !prove_journal(&v, err) ||
	    !check_approvals(&v, err)) {
		approval_check_release(&v.approvals);
		return false;
	}
	if (app->out.format == FORMAT_JSON)
		print_json(&v);
	else
		print_text(&v);
	if (!is_approved(&v))
		*ret_status = error_info(ERR_UNAPPROVED)->status;
	approval_check_release(&v.approvals);
	return true;
}

const struct command cmd_verify = {
	.name = "verify",
	.args = "PLAN|FLEET",
	.summary = "recompute the plan from its snapshot and prove it again; no network",
	.details =
		"Makes the plan anew from the customer file, the policy and the saved snapshot, and "
		"compares\n"
		"byte for byte: a plan that was edited is refused with the difference, even when its digest\n"
		"fits. The proof over all prefixes is repeated, and the journal's chain is followed. Exit 6\n"
		"when the customer file or the policy means something else now, 8 when it needs more\n"
		"approvals than count; it says why one does not count. Of a fleet, every plan is proved to "
		"be\n"
		"there and the one that the fleet was made of.",
	COMMAND_OPTIONS(struct verify_options, options),
	.min_args = 1,
	.max_args = 1,
	.has_format = true,
	.repository = REPOSITORY_NEEDED,
	.run = run,
};
