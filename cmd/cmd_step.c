/* seatshift step: the hand steps of a plan: list, card, evidence. */
#include "cmd/commands.h"

#include "cmd/output/document.h"
#include "cmd/output/step_evidence.h"
#include "cmd/outside/child.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/hand_card.h"
#include "cmd/session/key_source.h"
#include "cmd/session/misplaced.h"
#include "cmd/session/names.h"
#include "cmd/session/rehearsal_gate.h"
#include "cmd/session/session.h"
#include "core/file.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/faces/render.h"
#include "plans/saved/hand_step.h"
#include "plans/saved/journal_found.h"
#include "plans/saved/plan_folder.h"
#include "plans/saved/replay.h"
#include "plans/saved/turn.h"

#include <string.h>

struct step_options {
	bool show_key;
	bool open;
	bool look;
	bool done;
	bool commit;
	bool no_commit;
	const char *case_number;
	const char *agent;
	const char *note;
	const char *on;
	const char *approved_branch;
};

static const struct option_spec options[] = {
	OPT_FLAG(struct step_options, show_key, "show-key", 0,
		 "redeem-key: show the key, after a sign-in to the customer's tenant"),
	OPT_FLAG(struct step_options, open, "open", 0,
		 "redeem-key: open a private browser window on the sign-in"),
	OPT_FLAG(struct step_options, look, "look", 0,
		 "redeem-key, receive-seats: look whether the seats landed in another tenant"),
	OPT_FLAG(struct step_options, done, "done", 0,
		 "record that it was done; apply still looks for the effect"),
	OPT_TEXT(struct step_options, case_number, "case", 0, "NUMBER", "with --done: the case number"),
	OPT_TEXT(struct step_options, agent, "agent", 0, "NAME", "with --done: who was spoken to"),
	OPT_TEXT(struct step_options, note, "note", 0, "TEXT", "with --done: a note"),
	OPT_TEXT(struct step_options, on, "on", 0, "DATE", "with --done: the day it was done (YYYY-MM-DD)"),
	OPT_FLAG(struct step_options, commit, "commit", 0,
		 "with --done: commit the journal, and push it; the default where CI=true"),
	OPT_FLAG(struct step_options, no_commit, "no-commit", 0,
		 "with --done: leave the journal uncommitted, also where CI=true"),
	OPT_APPROVED_BRANCH(struct step_options),
};

struct stepping {
	struct app *app;
	const struct step_options *o;
	struct plan_folder folder;
	struct session session;
	struct journal_entry_list entries;
	struct replay replay;
	bool is_undone; /* known where the steps are listed */
};

static bool is_hand(const struct action *action)
{
	return action_info(action->kind)->by == BY_HAND;
}

static const char *not_yet(const struct stepping *s, const struct action *action)
{
	return turn_not_yet(&s->folder.plan, &s->replay, &s->entries, action, s->app->arena);
}

static const char *state_of(const struct stepping *s, const struct action *action)
{
	const struct action_result *result = &s->replay.results[action - s->folder.plan.actions.items];
	if (result->ended)
		return outcome_name(result->outcome);
	if (s->is_undone)
		return "undone";
	if (not_yet(s, action))
		return "blocked";
	for (size_t i = s->entries.count; i > 0; i--) {
		const struct journal_entry *entry = &s->entries.items[i - 1];
		if (!str_list_has(&entry->actions, action->id))
			continue;
		if (entry->event == JOURNAL_EVIDENCE)
			return "said to be done";
		if (entry->event == JOURNAL_WAITING)
			return "waiting";
	}
	return "open";
}

static void list_text(struct stepping *s)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	for (size_t i = 0; i < s->folder.plan.actions.count; i++) {
		const struct action *action = &s->folder.plan.actions.items[i];
		if (!is_hand(action))
			continue;
		const struct manual_context context =
			hand_step_context(&s->folder.plan, &s->session.desired, &s->session.policy, action);
		const char *first = s->is_undone ? NULL : not_yet(s, action);
		strbuf_addf(&buf, "%s  %-20s  %-16s %s of %s\n", action->id, action_info(action->kind)->name,
			    state_of(s, action), say_number(s->app->arena, action->seats, "seat", "seats"),
			    quote_terminal(s->app->arena, context.part_number));
		if (first)
			strbuf_addf(&buf, "       not yet: first %s\n", first);
	}
	out_text(&s->app->out, strbuf_text(&buf));
}

static void set_step(struct stepping *s, const struct action *action, struct json_writer *w)
{
	json_set_text(w, "id", action->id);
	json_set_text(w, "kind", action_info(action->kind)->name);
	json_set_text(w, "not_yet", s->is_undone ? NULL : not_yet(s, action));
	json_set_int(w, "number", (int64_t)render_step_number(&s->folder, action));
}

static void print_step(struct stepping *s, const struct action *action, const char *card)
{
	struct document doc;
	document_begin(&doc);
	json_set_text(&doc.w, "card", card);
	json_set_text(&doc.w, "customer", s->folder.plan.customer);
	json_set_text(&doc.w, "format", "seatshift-step/1");
	set_step(s, action, &doc.w);
	json_set_text(&doc.w, "plan", s->folder.id);
	json_set_text(&doc.w, "state", state_of(s, action));
	document_print(s->app, &doc);
}

static void list_json(struct stepping *s)
{
	struct document doc;
	document_begin(&doc);
	json_set_text(&doc.w, "customer", s->folder.plan.customer);
	json_set_text(&doc.w, "format", "seatshift-steps/1");
	json_set_text(&doc.w, "plan", s->folder.id);
	json_put_key(&doc.w, "steps");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < s->folder.plan.actions.count; i++) {
		if (!is_hand(&s->folder.plan.actions.items[i]))
			continue;
		json_begin_object(&doc.w);
		set_step(s, &s->folder.plan.actions.items[i], &doc.w);
		json_set_text(&doc.w, "state", state_of(s, &s->folder.plan.actions.items[i]));
		json_end_object(&doc.w);
	}
	json_end_array(&doc.w);
	document_print(s->app, &doc);
}

/* Of a plan that was undone nothing is to be done any more, least of all what cannot be taken back. */
static bool show_card(struct stepping *s, const struct action *action, struct error *err)
{
	if (!approval_check_not_undone(s->app, &s->session.policy, &s->folder, err))
		return false;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	/* The snapshot is from before the key was redeemed: what it brought must be kept, too. */
	const struct live live = journal_found_add_to(&s->folder.live, &s->entries, s->app->arena);
	const struct hand_card card = {.session = &s->session,
				       .folder = &s->folder,
				       .action = action,
				       .live = &live,
				       .not_yet = not_yet(s, action)};
	hand_card_write(s->app, &card, &text);
	if (s->app->out.format == FORMAT_JSON)
		print_step(s, action, strbuf_text(&text));
	else
		out_text(&s->app->out, strbuf_text(&text));
	return true;
}

/* ---- the key -------------------------------------------------------------------------------- */

/* Browsers, and how each is told to open a private window. */
static const struct {
	const char *program, *option;
} browsers[] = {
	{"firefox", "--private-window"},     {"firefox-esr", "--private-window"},
	{"google-chrome", "--incognito"},    {"chromium", "--incognito"},
	{"chromium-browser", "--incognito"}, {"microsoft-edge", "--inprivate"},
	{"brave-browser", "--incognito"},
};

/* Never an ordinary window: there, somebody's session of another tenant would redeem the key. */
static bool open_browser(struct stepping *s, const struct action *action, struct error *err)
{
	const struct manual_context context =
		hand_step_context(&s->folder.plan, &s->session.desired, &s->session.policy, action);
	const char *link = manual_sign_in_link(&context, s->app->arena);
	for (size_t i = 0; i < ARRAY_LEN(browsers); i++) {
		const char *words[] = {browsers[i].program, browsers[i].option, link};
		struct process process = {0};
		struct error missing = ERROR_INIT;
		if (!child_prepare(s->app, &(struct str_list){.items = words, .count = ARRAY_LEN(words)},
				   CHILD_BROWSER, &process, &missing)) {
			error_release(&missing);
			continue;
		}
		if (!process_start(&process))
			continue;
		out_note(&s->app->out, "opened a private window of %s", browsers[i].program);
		return true;
	}
	error_set(err, ERR_FAILED, "no browser was found that can open a private window");
	return error_hint(err, "Open one yourself, and this link in it: %s", link);
}

/* Who signs in is the last check for a person, and the first before a program of the customer file runs. */
static bool prove_person(struct stepping *s, struct error *err)
{
	if (session_prove_person(s->app, &s->session, &s->folder.plan, err))
		return true;
	if (!err->hint)
		error_hint(err, "Sign in as an administrator of %s, in a private window.",
			   s->folder.plan.tenant_domain);
	return error_wrap(err, "the key stays hidden");
}

static void print_key(struct stepping *s, const struct secret *key, const struct product_key_check *check)
{
	struct app *app = s->app;
	if (check->unusual)
		out_message(
			&app->out,
			"warning[SS214]: the key has letters or digits that keys seldom have (%s): compare "
			"it with the document it came from",
			check->letters);
	out_note(&app->out, "You are signed in to the right tenant: %s.",
		 quote_terminal(app->arena, s->folder.plan.tenant_domain));
	out_result_bytes(&app->out, secret_expose(key), secret_len(key));
	out_result(&app->out, "\n");
}

/* What a job prints is kept, and read by many; so is a file. */
static bool is_person_reading(const struct stepping *s, struct error *err)
{
	const struct app *app = s->app;
	const char *command =
		arena_printf(app->arena, "seatshift step %.8s redeem-key --show-key", s->folder.id);
	if (app->out.format != FORMAT_TEXT || app->out_file || app->stdout_file)
		return error_set(err, ERR_INVALID,
				 "a key is shown to a person: not as JSON, and not into a file");
	if (app_in_pipeline(app)) {
		error_set(err, ERR_INVALID, "a key is shown to a person, and never in a pipeline's job");
		return error_hint(err, "At a terminal of your own, in a checkout of this repository: %s",
				  command);
	}
	return true;
}

/* A key works once: whoever asks for one that was redeemed has the wrong step, or the wrong reasons. */
static bool is_still_to_do(const struct stepping *s, const struct action *action, struct error *err)
{
	if (!result_ended_well(&s->replay.results[action - s->folder.plan.actions.items]))
		return true;
	error_set(err, ERR_DENIED, "step %s of plan %s is done (%s)", action->id, s->folder.id,
		  state_of(s, action));
	return error_hint(err, "What it brought: seatshift history %s.", s->folder.plan.customer);
}

/*
 * The key goes to standard output and nowhere else, as text, and only after the proof. Where it is kept is
 * asked of the approved branch where approvals are required, as apply asks it: what nobody has read must not
 * name a program. The checks that need nobody come first, so that nobody signs in for nothing.
 */
static bool show_key(struct stepping *s, const struct action *action, struct error *err)
{
	struct app *app = s->app;
	CLEANUP(secret_freep) struct secret *key = NULL;
	struct product_key_check check = {0};
	if (!approval_check_apply(app, &s->session, &s->folder, NULL, err) ||
	    !session_prove_plan(app, &s->session, &s->folder, err) || !is_still_to_do(s, action, err) ||
	    !rehearsal_gate(app, &s->session, &s->folder, err) || !is_person_reading(s, err))
		return error_wrap(err, "the key stays hidden");
	const struct move *move = key_source_move(&s->session.desired, &s->folder.plan, action);
	if (!move)
		return error_set(err, ERR_STALE,
				 "the customer file has no move any more that step %s is about", action->id);
	bool runs_program = move->key_source == KEY_COMMAND;
	if ((!runs_program && !key_source_read(app, move, &key, &check, err)) || !prove_person(s, err) ||
	    (runs_program && !key_source_read(app, move, &key, &check, err)))
		return false;
	print_key(s, key, &check);
	return true;
}

static bool hand_over(struct stepping *s, const struct action *action, struct error *err)
{
	bool only_looks = !s->o->show_key && !s->o->open;
	if (action->kind != ACTION_REDEEM_KEY && !(action->kind == ACTION_RECEIVE_SEATS && only_looks))
		return error_set(err, ERR_INVALID,
				 "--show-key and --open are for redeem-key, --look is for that and for "
				 "receive-seats, not for %s",
				 action_info(action->kind)->name);
	if (s->o->open && !open_browser(s, action, err))
		return false;
	struct misplaced_look look = {
		.app = s->app, .session = &s->session, .folder = &s->folder, .redeem = action};
	if (s->o->look && !misplaced_look(&look))
		out_note(&s->app->out, "nowhere that could be looked at does anything look like %s",
			 action->kind == ACTION_REDEEM_KEY ? "the key" : "these seats");
	if (!s->o->show_key)
		return show_card(s, action, err);
	return show_key(s, action, err);
}

/* Who says that it was done has taken it for an order that nobody has given. */
static bool has_its_turn(const struct stepping *s, const struct action *action, struct error *err)
{
	const char *first = not_yet(s, action);
	if (!first)
		return true;
	error_set(err, ERR_DENIED, "the turn of step %s (%s) has not come: first %s", action->id,
		  action_info(action->kind)->name, first);
	const struct next_command next = session_next(s->app, &s->session, &s->folder);
	return error_hint(err, "%s%s",
			  action->kind == ACTION_RETIRE_SUBSCRIPTION
				  ? "Do not cancel yet; if it was, have it reactivated. "
				  : "",
			  next_apply(&next, "", s->app->arena));
}

/* The record of a plan that is over stays as it was when it ended; a person's word may be followed by
 * another. */
static bool may_record(struct stepping *s, const struct action *action, struct error *err)
{
	const bool open = !result_is_verified(&s->replay.results[action - s->folder.plan.actions.items]);
	if (s->entries.count && replay_all_ended_well(&s->replay) && !open)
		return error_set(err, ERR_DENIED,
				 "plan %s is carried out, and its record ends there: nothing is added to it",
				 s->folder.id);
	return approval_check_not_undone(s->app, &s->session.policy, &s->folder, err) &&
	       has_its_turn(s, action, err);
}

static bool record(struct stepping *s, const struct action *action, struct error *err)
{
	struct app *app = s->app;
	if (!may_record(s, action, err))
		return false;
	const struct step_evidence step = {
		.app = app,
		.folder = &s->folder,
		.desired = &s->session.desired,
		.approved_branch = s->session.policy.approvals_branch,
		.said = {.case_number = s->o->case_number,
			 .agent = s->o->agent,
			 .note = s->o->note,
			 .done_on = s->o->on},
		.commit = s->o->commit,
		.no_commit = s->o->no_commit,
	};
	if (!step_evidence_record(&step, action, &s->entries, err))
		return false;
	if (app->out.format == FORMAT_JSON) {
		print_step(s, action, NULL);
		return true;
	}
	const struct next_command next = session_next(app, &s->session, &s->folder);
	out_text(&app->out,
		 arena_printf(app->arena, "recorded for %s %s; apply looks for the effect\n  next: %s\n",
			      action->id, action_info(action->kind)->name,
			      next_apply(&next, "", app->arena)));
	return true;
}

static bool load(struct stepping *s, const char *name, struct error *err)
{
	struct app *app = s->app;
	bool cut = false;
	if (!plan_named(app, name, &s->folder, err) ||
	    !session_load(app, s->folder.plan.customer, &s->session, err))
		return false;
	const struct tenant_case tenant = session_tenant(&s->session, &s->folder.plan);
	if (!tenant_agree(&tenant, err))
		return false;
	const struct journal_file file = plan_journal(&s->folder, app->dir, app->arena);
	if (!journal_read(&file, app->arena, &s->entries, &cut, err))
		return error_wrap(err, "cannot use the journal of plan %s", s->folder.id);
	s->replay = replay_new(&s->folder.plan, &s->entries, app->arena);
	return true;
}

static bool find_whether_undone(struct stepping *s, struct error *err)
{
	struct error undone = ERROR_INIT;
	if (approval_check_not_undone(s->app, &s->session.policy, &s->folder, &undone))
		return true;
	if (undone.code != ERR_UNAPPROVED) {
		error_move(err, &undone);
		return false;
	}
	s->is_undone = true;
	out_note(&s->app->out, "%s", undone.message);
	error_release(&undone);
	return true;
}

static bool says_anything(const struct step_options *o)
{
	return o->case_number || o->agent || o->note || o->on;
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)ret_status;
	struct stepping s = {.app = app, .o = opts};
	app->branch = s.o->approved_branch;
	if (!s.o->done && (s.o->commit || s.o->no_commit || says_anything(s.o)))
		return error_set(err, ERR_INVALID,
				 "--case, --agent, --note, --on, --commit and --no-commit go with --done");
	if (!load(&s, args->items[0], err))
		return false;
	if (args->count > 1) {
		const struct action *action = step_named(app, &s.folder, &s.replay, args->items[1], err);
		if (!action)
			return false;
		if (s.o->show_key || s.o->open || s.o->look) {
			bool shown = hand_over(&s, action, err);
			session_release(&s.session);
			return shown;
		}
		return s.o->done ? record(&s, action, err) : show_card(&s, action, err);
	}
	if (s.o->done || s.o->show_key || s.o->open || s.o->look)
		return error_set(err, ERR_INVALID, "--done, --show-key, --open and --look need the step");
	if (!find_whether_undone(&s, err))
		return false;
	if (app->out.format == FORMAT_JSON)
		list_json(&s);
	else
		list_text(&s);
	return true;
}

const struct command cmd_step = {
	.name = "step",
	.args = "PLAN [STEP]",
	.summary = "the hand steps: list, card, evidence",
	.details = "Without STEP, lists the hand steps and where they stand. With a STEP (its id or kind),\n"
		   "shows its card. With --done, records what a person says of it in the journal: evidence,\n"
		   "never proof. 'apply' resumes when the effect is seen in Graph. A run that waits at the "
		   "step lets\n"
		   "that in and takes it up; with --commit it is in the way, and commits what is recorded "
		   "itself.\n"
		   "\n"
		   "A step whose turn has not come is 'blocked', with what comes first; its card begins with "
		   "that, and\n"
		   "--done is refused. Before retire-subscription a run of 'apply' must have asked who would "
		   "lose\n"
		   "service. Of a plan that was undone no card is shown (exit 8).\n"
		   "\n"
		   "--show-key takes the key from where the customer file says it is, checks it, and makes a "
		   "person\n"
		   "sign in by device code to the customer's own tenant. Only when the token names that "
		   "tenant is\n"
		   "the key printed, on standard output alone; otherwise it stays hidden (exit 5, or 4 when "
		   "nobody\n"
		   "signed in). It is never part of JSON, a file, a log or the journal: a pipeline's job is "
		   "refused,\n"
		   "and so is an output that is a file.\n"
		   "\n"
		   "--look compares the partner's own tenant and those of the repository's other customers, "
		   "as far\n"
		   "as they can be read, with what they had: as many seats of the same SKU, new or on top of "
		   "those of\n"
		   "before, or a later end, say where a key went. It says what it could not look at.",
	COMMAND_OPTIONS(struct step_options, options),
	.min_args = 1,
	.max_args = 2,
	.has_format = true,
	.repository = REPOSITORY_NEEDED,
	.network = NETWORK_READS,
	.run = run,
};
