/* seatshift fleet plan: plans every selected customer, several at once, and freezes the list. */
#include "cmd/fleet/verbs.h"

#include "cmd/fleet/child_report.h"
#include "cmd/fleet/fleet_exit.h"
#include "cmd/fleet/fleet_next.h"
#include "cmd/fleet/fleet_record.h"
#include "cmd/output/document.h"
#include "cmd/outside/self.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/plan_saving.h"
#include "cmd/session/session.h"
#include "cmd/table/command.h"
#include "core/file.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/desired/claims.h"
#include "plans/fleet/ending.h"
#include "plans/saved/plan_file.h"

#include <stdlib.h>
#include <string.h>

enum { PLAN_OUTPUT_MAX = 256 * 1024 * 1024 };

/* What became of one customer. */
struct planned {
	const char *customer;
	size_t wave;
	const char *plan; /* its id; NULL: there is none */
	const char *digest;
	int64_t users;
	const char *exit; /* why its seats are tried out too late to be given back; or NULL */
	int status;
	const char *message;
};

struct planning {
	struct app *app;
	const struct fleet_options *o;
	struct fleet_file file;
	struct policy policy;
	struct checked checked;
	struct fleet_choice_list chosen;
	struct claim_list claims; /* of every customer who can be read, chosen or not */
	struct fleet_left_out_list left_out;
	struct planned *planned; /* one per chosen */
	size_t begun, ended;
	int status;
	struct error failed; /* of what is not a customer's */
};

/* ---- who ------------------------------------------------------------------------------------ */

static void leave_out(struct planning *p, const char *customer, enum error_code code, const char *message)
{
	const struct error_info *info = error_info(code);
	p->status = ending_worse(p->status, info->status);
	VEC_PUSH(p->app->arena, &p->left_out, (struct fleet_left_out){customer, info->name, message});
}

static const char *first_error(const struct checked *checked)
{
	for (size_t i = 0; i < checked->diags.count; i++)
		if (checked->diags.items[i].severity == DIAG_ERROR)
			return checked->diags.items[i].message;
	return "its file has errors: seatshift validate";
}

/* A file that cannot be read says nothing of its labels: whoever it is, they are told, not passed over. */
static void choose_one(struct planning *p, const struct repository *repository, const char *name)
{
	struct app *app = p->app;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct checked checked = {0};
	struct desired desired = {0};
	struct error err = ERROR_INIT;
	const char *path = arena_printf(tmp, "customers/%s.yaml", name);
	if (!repository_check_customer(repository, path, tmp, &checked, &desired, &err)) {
		if (!p->file.customers.count || name_patterns_match(&p->file.customers, name))
			leave_out(p, arena_strdup(app->arena, name), ERR_INVALID,
				  arena_strdup(app->arena, err.code ? err.message : first_error(&checked)));
		error_release(&err);
		return;
	}
	claims_add(&p->claims, &desired, app->arena);
	if (!fleet_selects(&p->file, name, &desired.labels))
		return;
	struct fleet_choice choice = {.customer = arena_strdup(app->arena, name)};
	struct label_list *labels = arena_alloc(app->arena, sizeof *labels);
	for (size_t i = 0; i < desired.labels.count; i++)
		VEC_PUSH(app->arena, labels,
			 (struct label){arena_strdup(app->arena, desired.labels.items[i].key),
					arena_strdup(app->arena, desired.labels.items[i].value)});
	choice.labels = labels;
	VEC_PUSH(app->arena, &p->chosen, choice);
}

/* Which of two customers of one tenant is meant, nobody can tell: neither is planned. Both lists are in one
 * order. */
static void leave_out_doubles(struct planning *p)
{
	size_t kept = 0;
	size_t at = 0;
	claims_compare(&p->claims, p->app->arena);
	for (size_t i = 0; i < p->chosen.count; i++) {
		const struct fleet_choice choice = p->chosen.items[i];
		while (!str_eq(p->claims.items[at].customer, choice.customer))
			at++;
		if (p->claims.items[at].message)
			leave_out(p, choice.customer, ERR_INVALID, p->claims.items[at].message);
		else
			p->chosen.items[kept++] = choice;
	}
	p->chosen.count = kept;
}

static bool choose(struct planning *p, struct error *err)
{
	struct app *app = p->app;
	struct repository repository;
	if (!repository_open(app->dir, app->arena, &repository, err) ||
	    !repository_load_policy(&repository, app->arena, &p->checked, &p->policy, err) ||
	    !repository_load_fleet(&repository, app->arena, &p->checked, &p->file, err)) {
		if (p->checked.diags.count)
			out_message(&app->out, "%s\n", checked_text(app->arena, &p->checked));
		return false;
	}
	const struct str_list names = repository_names(&repository, app->arena);
	for (size_t i = 0; i < names.count; i++)
		choose_one(p, &repository, names.items[i]);
	leave_out_doubles(p);
	fleet_assign_waves(&p->file, &p->chosen);
	return true;
}

/* ---- planning ------------------------------------------------------------------------------- */

static bool next(void *ctx, struct pool_start *ret_start)
{
	struct planning *p = ctx;
	struct app *app = p->app;
	while (p->begun < p->chosen.count && p->chosen.items[p->begun].wave == SIZE_MAX) {
		const char *customer = p->chosen.items[p->begun++].customer;
		p->ended++;
		leave_out(p, customer, ERR_INVALID,
			  "no wave takes them: add one without customers, labels and share as the last");
	}
	if (p->begun == p->chosen.count || app_is_late(app))
		return false;
	struct str_list words = {0};
	struct planned *planned = &p->planned[p->begun];
	planned->customer = p->chosen.items[p->begun].customer;
	planned->wave = p->chosen.items[p->begun++].wave;
	VEC_PUSH(app->arena, &words, "plan");
	VEC_PUSH(app->arena, &words, planned->customer);
	VEC_PUSH(app->arena, &words, "--format");
	VEC_PUSH(app->arena, &words, "json");
	VEC_PUSH(app->arena, &words, "--quiet");
	self_pass_deadline(app, &words);
	ret_start->tag = planned;
	return self_prepare(app, &words, app->arena, ret_start, &p->failed);
}

static void tell(struct planning *p, const struct planned *planned)
{
	struct app *app = p->app;
	const char *line = arena_printf(
		app->arena, "%s: %s  (%zu of %zu)", quote_terminal(app->arena, planned->customer),
		planned->plan ? planned->plan : quote_terminal(app->arena, planned->message), p->ended,
		p->chosen.count);
	if (planned->plan && app->out.messages_terminal)
		out_redraw(&app->out, line);
	else if (planned->status || app->out.verbosity)
		out_note(&app->out, "%s", line);
}

/* The plan is in its folder: of what the child has printed only the id is wanted, which ends it. */
static void take_plan(struct planning *p, struct planned *planned, const struct pool_end *end)
{
	struct app *app = p->app;
	CLEANUP(json_freep) struct json *root = NULL;
	struct error err = ERROR_INIT;
	if (end->too_much || !json_parse(end->output, end->output_len, &root, &err)) {
		error_release(&err);
		planned->status = error_info(ERR_FAILED)->status;
		planned->message = "its plan cannot be read back";
		return;
	}
	planned->plan = arena_strdup(app->arena, json_get_text(root, "id"));
	planned->digest = arena_strdup(app->arena, json_get_text(root, "digest"));
	(void)!json_int(json_get(json_get(root, "summary"), "users_changed"), &planned->users);
	if (!planned->plan)
		planned->message = "nothing differs";
	if (planned->plan && planned->users)
		planned->exit = fleet_exit_of(p->app, &p->file, planned->wave, planned->customer, root);
}

static void ended(void *ctx, const struct pool_end *end)
{
	struct planning *p = ctx;
	struct planned *planned = end->tag;
	p->ended++;
	planned->status = end->status;
	if (end->status == 0)
		take_plan(p, planned, end);
	else
		planned->message = child_message(end, p->app->arena);
	if (planned->status && !planned->message)
		planned->message = "it ended without a word";
	p->status = ending_worse(p->status, planned->status);
	tell(p, planned);
}

static bool tick(void *ctx)
{
	struct planning *p = ctx;
	if (app_owes_word(p->app))
		out_note(&p->app->out, "planning: %zu of %zu customers so far, %zu under way", p->ended,
			 p->chosen.count, p->begun - p->ended);
	return *p->app->signals > 0 || p->failed.code != ERR_NONE;
}

static bool plan_all(struct planning *p, struct error *err)
{
	struct app *app = p->app;
	p->planned = arena_alloc_array(app->arena, p->chosen.count + 1, sizeof *p->planned);
	const struct pool pool = {.limit = (size_t)(p->o->parallel ? p->o->parallel : p->file.parallel),
				  .max_output = PLAN_OUTPUT_MAX,
				  .clock = app->clock,
				  .next = next,
				  .ended = ended,
				  .tick = tick,
				  .ctx = p};
	pool_run(&pool);
	for (; p->begun < p->chosen.count && app_is_late(app); p->begun++)
		leave_out(p, p->chosen.items[p->begun].customer, ERR_THROTTLED,
			  "the deadline passed before it was planned");
	if (app->out.messages_terminal && !app->out.quiet)
		out_redraw(&app->out, "");
	if (p->failed.code != ERR_NONE) {
		error_move(err, &p->failed);
		return false;
	}
	if (*app->signals > 0)
		return error_set(err, ERR_INTERRUPTED, "interrupted: no fleet is written");
	return true;
}

/* ---- freezing ------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct fleet_left_out *)a)->customer,
		      ((const struct fleet_left_out *)b)->customer);
}

static const char *name_of_status(int status)
{
	struct exit_row row;
	for (size_t i = 0; command_exit_row(i, &row); i++)
		if (row.status == status)
			return row.name;
	return "error";
}

static struct fleet freeze(struct planning *p)
{
	struct arena *out = p->app->arena;
	struct fleet fleet = {.program = SEATSHIFT_VERSION,
			      .left_out = p->left_out,
			      .max_failed = p->file.max_failed,
			      .parallel = p->file.parallel,
			      .per_day = p->file.per_day};
	for (size_t w = 0; w < p->file.waves.count; w++) {
		const struct fleet_wave *wave = &p->file.waves.items[w];
		VEC_PUSH(out, &fleet.waves, (struct fleet_stage){wave->name, wave->until, wave->soak_ms});
		for (size_t i = 0; i < p->chosen.count; i++) {
			const struct planned *planned = &p->planned[i];
			if (planned->plan && planned->wave == w)
				VEC_PUSH(out, &fleet.members,
					 (struct fleet_member){planned->customer, planned->plan,
							       planned->digest, w, planned->users});
		}
	}
	for (size_t i = 0; i < p->chosen.count; i++) {
		const struct planned *planned = &p->planned[i];
		if (!planned->customer || planned->plan)
			continue;
		const char *reason = planned->status ? name_of_status(planned->status) : "nothing";
		VEC_PUSH(out, &fleet.left_out,
			 (struct fleet_left_out){planned->customer, reason, planned->message});
	}
	if (fleet.left_out.count)
		qsort(fleet.left_out.items, fleet.left_out.count, sizeof *fleet.left_out.items, by_name);
	return fleet;
}

/* ---- output --------------------------------------------------------------------------------- */

static int64_t users_of(const struct fleet *fleet, size_t wave, size_t *ret_members)
{
	int64_t users = 0;
	*ret_members = 0;
	for (size_t i = 0; i < fleet->members.count; i++) {
		if (fleet->members.items[i].wave != wave)
			continue;
		users += fleet->members.items[i].users;
		++*ret_members;
	}
	return users;
}

static void put_warnings(const struct planning *p, struct json_writer *w)
{
	json_begin_array(w);
	for (size_t i = 0; i < p->chosen.count; i++) {
		if (!p->planned[i].exit)
			continue;
		json_begin_object(w);
		json_set_text(w, "code", "SS247");
		json_set_text(w, "customer", p->planned[i].customer);
		json_set_text(w, "message", p->planned[i].exit);
		json_end_object(w);
	}
	json_end_array(w);
}

static void add_warnings(const struct planning *p, struct strbuf *buf)
{
	bool told = false;
	for (size_t i = 0; i < p->chosen.count; i++) {
		const struct planned *planned = &p->planned[i];
		if (!planned->exit)
			continue;
		strbuf_addf(buf, "%s  - %s: warning[SS247]: %s\n",
			    told ? "" : "\n  Tried out too late to be given back:\n",
			    quote_terminal(p->app->arena, planned->customer), planned->exit);
		told = true;
	}
}

static void print_json(struct planning *p, const struct fleet_folder *folder)
{
	const struct fleet *fleet = &folder->fleet;
	struct document doc;
	document_begin(&doc);
	json_set_text(&doc.w, "digest", folder->path ? fleet->digest : NULL);
	json_set_text(&doc.w, "format", "seatshift-fleetplanned/1");
	json_set_text(&doc.w, "id", folder->path ? fleet->id : NULL);
	json_put_key(&doc.w, "left_out");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < fleet->left_out.count; i++) {
		json_begin_object(&doc.w);
		json_set_text(&doc.w, "customer", fleet->left_out.items[i].customer);
		json_set_text(&doc.w, "message", fleet->left_out.items[i].message);
		json_set_text(&doc.w, "reason", fleet->left_out.items[i].reason);
		json_end_object(&doc.w);
	}
	json_end_array(&doc.w);
	json_set_int(&doc.w, "members", (int64_t)fleet->members.count);
	json_set_text(&doc.w, "path", folder->path);
	json_set_int(&doc.w, "status", p->status);
	json_put_key(&doc.w, "warnings");
	put_warnings(p, &doc.w);
	json_put_key(&doc.w, "waves");
	json_begin_array(&doc.w);
	for (size_t w = 0; w < fleet->waves.count; w++) {
		size_t members;
		int64_t users = users_of(fleet, w, &members);
		json_begin_object(&doc.w);
		json_set_int(&doc.w, "members", (int64_t)members);
		json_set_text(&doc.w, "name", fleet->waves.items[w].name);
		json_set_int(&doc.w, "users", users);
		json_end_object(&doc.w);
	}
	json_end_array(&doc.w);
	document_print(p->app, &doc);
}

static void add_left_out(struct arena *out, const struct fleet *fleet, struct strbuf *buf)
{
	size_t nothing = 0;
	for (size_t i = 0; i < fleet->left_out.count; i++)
		nothing += str_eq(fleet->left_out.items[i].reason, "nothing");
	if (nothing)
		strbuf_addf(buf, "\n  %s nothing to do\n",
			    say_number(out, (int64_t)nothing, "customer has", "customers have"));
	if (fleet->left_out.count > nothing)
		strbuf_addf(buf, "\n  Left out:\n");
	for (size_t i = 0; i < fleet->left_out.count; i++) {
		const struct fleet_left_out *row = &fleet->left_out.items[i];
		if (!str_eq(row->reason, "nothing"))
			strbuf_addf(buf, "  - %s (%s): %s\n", quote_terminal(out, row->customer),
				    quote_terminal(out, row->reason), quote_terminal(out, row->message));
	}
}

static void print_text(struct planning *p, const struct fleet_folder *folder)
{
	const struct fleet *fleet = &folder->fleet;
	struct arena *out = p->app->arena;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	if (!folder->path)
		strbuf_addf(&buf, "No fleet: no customer has a plan.\n");
	else
		strbuf_addf(&buf, "Fleet %s  %s in %s\n\n", fleet->id,
			    say_number(out, (int64_t)fleet->members.count, "customer", "customers"),
			    say_number(out, (int64_t)fleet->waves.count, "wave", "waves"));
	for (size_t w = 0; folder->path && w < fleet->waves.count; w++) {
		const struct fleet_stage *wave = &fleet->waves.items[w];
		size_t members;
		int64_t users = users_of(fleet, w, &members);
		strbuf_addf(&buf, "  %zu  %-16s customers %5zu, people %6lld; until %s", w + 1, wave->name,
			    members, (long long)users, wave_until_name(wave->until));
		if (wave->soak_ms)
			strbuf_addf(&buf, ", then %s of soak", say_duration(out, wave->soak_ms / 1000));
		strbuf_add(&buf, "\n");
	}
	add_left_out(out, fleet, &buf);
	add_warnings(p, &buf);
	if (folder->path)
		strbuf_addf(&buf, "\n%s\n", fleet_next(p->app, &p->policy, folder));
	out_text(&p->app->out, strbuf_text(&buf));
}

/* ---- all of it ------------------------------------------------------------------------------ */

static bool save(struct planning *p, struct fleet *fleet, struct fleet_folder *folder, struct error *err)
{
	bool is_new = false;
	if (!fleet_folder_write(p->app->dir, fleet, p->app->arena, folder, &is_new, err))
		return false;
	out_note(&p->app->out, is_new ? "wrote %s" : "%s is there already and unchanged", folder->dir);
	return !p->o->commit || fleet_record_plans(p->app, folder, p->o->branch, err);
}

bool fleet_plan_run(struct app *app, const struct fleet_options *o, const struct str_list *args,
		    int *ret_status, struct error *err)
{
	(void)args;
	struct planning p = {.app = app, .o = o};
	struct fleet_folder folder = {0};
	app_end_in(app, o->deadline_ms);
	if (!branch_goes_with_commit(o->commit, o->branch, err) || !choose(&p, err) || !plan_all(&p, err))
		return false;
	struct fleet fleet = freeze(&p);
	folder.fleet = fleet;
	if (fleet.members.count && !save(&p, &fleet, &folder, err))
		return false;
	if (app->out.format == FORMAT_JSON)
		print_json(&p, &folder);
	else
		print_text(&p, &folder);
	*ret_status = p.status;
	return true;
}
