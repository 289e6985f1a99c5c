/* seatshift doctor: what is missing before a customer can be planned and applied. */
#include "cmd/commands.h"

#include "cmd/doctor.h"
#include "cmd/output/document.h"
#include "cmd/session/key_source.h"
#include "core/process.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/git/store.h"

static const char *const verdict_words[] = {
	[VERDICT_OK] = "ok", [VERDICT_WARN] = "warn", [VERDICT_FAIL] = "fail"};

static bool check_config(struct doctor *d)
{
	struct session *session = d->session;
	struct error err = ERROR_INIT;
	bool ok = d->customer ? session_load(d->app, d->customer, session, &err)
			      : repository_open(d->app->dir, d->app->arena, &session->repository, &err) &&
					repository_load_policy(&session->repository, d->app->arena,
							       &session->checked, &session->policy, &err);
	if (!ok) {
		doctor_add_error(d, "config", &err, "'seatshift validate' lists every error with its place.");
		return false;
	}
	doctor_add(d, (struct finding){
			      .check = "config",
			      .detail = d->customer ? arena_printf(d->app->arena, "seatshift.yaml and %s",
								   session->desired.file)
						    : arena_printf(d->app->arena, "seatshift.yaml; %s",
								   say_number(d->app->arena,
									      (int64_t)session->repository
										      .customers.count,
									      "customer", "customers"))});
	return true;
}

/* Only what is wrong: where all is well, or nothing can be said, there is nothing to do. */
static void check_keys(struct doctor *d)
{
	const struct move_list *moves = &d->session->desired.moves;
	for (size_t i = 0; d->customer && i < moves->count; i++) {
		const char *problem = key_source_problem(d->app, &moves->items[i]);
		if (problem)
			doctor_add(d, (struct finding){
					      .check = "key",
					      .verdict = VERDICT_WARN,
					      .detail = arena_printf(d->app->arena, "of %s: %s",
								     moves->items[i].open_sku, problem),
					      .remedy = "It is needed where 'seatshift step PLAN redeem-key "
							"--show-key' is run, and nowhere else."});
	}
}

static void check_git(struct doctor *d)
{
	CLEANUP(store_freep) struct store *store = NULL;
	struct error err = ERROR_INIT;
	const char *tip = NULL;
	const struct policy *policy = &d->session->policy;
	if (!store_open(d->app->dir, &store, &err) ||
	    !store_tip(store, policy->approvals_branch, d->app->arena, &tip, &err)) {
		doctor_add_error(d, "git", &err, NULL);
		return;
	}
	const char *remote = store_remote_name(store, NULL, d->app->arena);
	struct finding finding = {.check = "git"};
	finding.verdict = tip ? VERDICT_OK : VERDICT_WARN;
	finding.detail = arena_printf(d->app->arena, "branch %s %s; %s%s", policy->approvals_branch,
				      tip ? "is there" : "has no commit yet",
				      remote ? "remote " : "no remote", remote ? remote : "");
	finding.remedy =
		tip ? NULL : "Plans are approved on this branch: commit, or change approvals.branch.";
	doctor_add(d, finding);
}

static void check_ssh_keygen(struct doctor *d)
{
	const char *found = process_find(app_env(d->app, "PATH"), "ssh-keygen", d->app->arena);
	bool needed = d->session->policy.approvals_required > 0;
	doctor_add(d,
		   (struct finding){
			   .check = "ssh-keygen",
			   .verdict = found    ? VERDICT_OK
				      : needed ? VERDICT_FAIL
					       : VERDICT_WARN,
			   .detail = found ? found : "not in PATH",
			   .remedy = found ? NULL
					   : "Install OpenSSH 8.2 or later: it signs and checks approvals.",
			   .code = ERR_FAILED});
}

static void check_terminal(struct doctor *d)
{
	bool both = d->app->stdin_terminal && d->app->stderr_terminal;
	doctor_add(d,
		   (struct finding){.check = "terminal",
				    .detail = both ? "here: apply asks, cards are shown"
						   : "none: apply needs approvals or --yes, a device code is "
						     "not possible"});
}

static void print_text(struct app *app, const struct finding_list *list)
{
	static const enum out_style styles[] = {
		[VERDICT_OK] = STYLE_GREEN, [VERDICT_WARN] = STYLE_YELLOW, [VERDICT_FAIL] = STYLE_RED};
	for (size_t i = 0; i < list->count; i++) {
		const struct finding *f = &list->items[i];
		const char *word = arena_printf(app->arena, "%-4s", verdict_words[f->verdict]);
		out_text(&app->out,
			 arena_printf(app->arena, "%s  %-11s  %s\n",
				      out_styled(app->arena, app->out.color_result, styles[f->verdict], word),
				      f->check, quote_terminal(app->arena, f->detail)));
		if (f->remedy)
			out_text(&app->out, arena_printf(app->arena, "%19s%s\n", "",
							 quote_terminal(app->arena, f->remedy)));
	}
}

static void print_json(struct app *app, const struct finding_list *list, enum verdict worst)
{
	struct document doc;
	document_begin(&doc);
	json_put_key(&doc.w, "checks");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < list->count; i++) {
		const struct finding *f = &list->items[i];
		json_begin_object(&doc.w);
		json_set_text(&doc.w, "check", f->check);
		json_set_text(&doc.w, "detail", f->detail);
		json_set_text(&doc.w, "remedy", f->remedy);
		json_set_text(&doc.w, "verdict", verdict_words[f->verdict]);
		json_end_object(&doc.w);
	}
	json_end_array(&doc.w);
	json_set_text(&doc.w, "format", "seatshift-doctor/1");
	json_set_text(&doc.w, "outcome", verdict_words[worst]);
	document_print(app, &doc);
}

/* What matters most: whose tenant it is, then signing in, then the files. */
static int worst_status(const struct finding_list *list, enum verdict *ret_worst)
{
	static const enum error_code order[] = {ERR_WRONG_TENANT, ERR_AUTH, ERR_INVALID};
	size_t best = ARRAY_LEN(order) + 1;
	int status = EXIT_OK;
	for (size_t i = 0; i < list->count; i++) {
		const struct finding *f = &list->items[i];
		size_t rank = 0;
		*ret_worst = f->verdict > *ret_worst ? f->verdict : *ret_worst;
		if (f->verdict != VERDICT_FAIL)
			continue;
		while (rank < ARRAY_LEN(order) && order[rank] != f->code)
			rank++;
		if (rank < best)
			status = error_info(f->code)->status;
		best = rank < best ? rank : best;
	}
	return status;
}

static void check_all(struct doctor *d)
{
	bool readable = check_config(d);
	if (readable) {
		d->options = session_graph_options(d->app, d->session);
		doctor_check_cloud(d);
	}
	if (readable && d->customer)
		doctor_check_tenant(d);
	else if (readable)
		doctor_add(d, (struct finding){.check = "tenant",
					       .verdict = VERDICT_WARN,
					       .detail = "not looked at: no customer was named",
					       .remedy = "'seatshift doctor CUSTOMER' also tries discovery, "
							 "sign-in, permissions and partner relation."});
	if (!readable)
		return;
	check_keys(d);
	check_git(d);
	check_ssh_keygen(d);
	doctor_check_signers(d);
	check_terminal(d);
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	struct session session = {0};
	struct doctor d = {.app = app, .session = &session};
	enum verdict worst = VERDICT_OK;
	(void)err;
	(void)opts;
	session.patience_ms = READ_PATIENCE_MS;
	d.customer = args->count ? args->items[0] : NULL;
	check_all(&d);
	*ret_status = worst_status(&d.findings, &worst);
	if (app->out.format == FORMAT_JSON)
		print_json(app, &d.findings, worst);
	else
		print_text(app, &d.findings);
	session_release(&session);
	return true;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.args = "[CUSTOMER]",
	.summary = "sign-in, permissions, clock, git, ssh-keygen: what is missing",
	.details = "Looks at the files, the cloud, the clock, discovery of the customer's domain, the "
		   "sign-in, the\n"
		   "application's permissions, the partner relation, git, ssh-keygen, who may approve, the "
		   "terminal, and at the\n"
		   "shape of a product key where the customer file says it is; it never shows it. "
		   "Each line is\n"
		   "ok, warn or fail, with what to do. Reads only; changes nothing. The exit status is "
		   "that of the\n"
		   "worst failure; warnings alone give 0.",
	.max_args = 1,
	.has_format = true,
	.repository = REPOSITORY_IF_THERE,
	.network = NETWORK_READS,
	.run = run,
};
