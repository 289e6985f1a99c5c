/*
 * Golden cases of planning: run_plan CASE
 *
 * A case is a folder with customer.yaml, tenant.json (tests/support/tenant_json.h), seatshift.yaml and
 * CSV files if wanted, and what comes of it: plan.txt and, where it is there, plan.json; or error.txt,
 * every diagnostic as shown and the name of the error. UPDATE_GOLDEN=1 rewrites them. Each fact of the text
 * must stand in the other faces; the same plan must come out of the snapshot read back, and the plan file
 * must survive being read and written.
 */
#include "core/file.h"
#include "core/quote.h"
#include "plans/faces/render.h"
#include "plans/saved/plan_folder.h"
#include "providers/provider.h"
#include "providers/snapshot/snapshot.h"
#include "tests/support/tenant_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 16 * 1024 * 1024 };

struct run {
	const char *dir;
	struct arena *out;
	struct checked checked;
	struct desired desired;
	struct policy policy;
	struct live live;
	bool update;
	bool failed;
};

static void complain(struct run *run, const char *what, const char *detail)
{
	fprintf(stderr, "%s: %s%s%s\n", run->dir, what, detail ? ": " : "", detail ? detail : "");
	run->failed = true;
}

/* The case's folder as a customers' repository. */
static bool read_file(void *ctx, const char *path, struct arena *out, struct bytes *ret, struct error *err)
{
	const struct run *run = ctx;
	const char *name = path_name(path);
	if (str_eq(name, "contoso.yaml"))
		name = "customer.yaml";
	const char *file = path_join(out, run->dir, name);
	if (str_eq(name, "seatshift.yaml") && !file_exists(file))
		file = path_join(out, path_dir(out, run->dir), name);
	return file_read(file, MAX_BYTES, out, ret, err);
}

static void compare(struct run *run, const char *name, const char *text)
{
	const char *path = path_join(run->out, run->dir, name);
	struct bytes want;
	struct error err = ERROR_INIT;
	if (run->update) {
		if (!file_write_atomic(NULL, path, text, strlen(text), &err))
			complain(run, "cannot write", err.message);
	} else if (!file_read(path, MAX_BYTES, run->out, &want, &err)) {
		complain(run, "nothing to compare with", err.message);
		fprintf(stderr, "%s", text);
	} else if (!str_eq(want.ptr, text)) {
		complain(run, "differs from", name);
		fprintf(stderr, "--- expected\n%s--- got\n%s", want.ptr, text);
	}
	error_release(&err);
}

/* A case that used to be refused may not keep its old expectation, nor the other way round. */
static void expect_absent(struct run *run, const char *name)
{
	const char *path = path_join(run->out, run->dir, name);
	if (!file_exists(path))
		return;
	if (run->update)
		remove(path);
	else
		complain(run, "there should be no", name);
}

static void add_diags(struct run *run, const struct diag_list *diags, struct strbuf *buf)
{
	for (size_t i = 0; i < diags->count; i++)
		strbuf_addf(buf, "%s\n\n", checked_diag_text(run->out, &run->checked, &diags->items[i]));
}

static void check_refusal(struct run *run, const struct diag_list *diags, enum error_code code)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	add_diags(run, diags, &buf);
	strbuf_addf(&buf, "error: %s\n", error_info(code)->name);
	compare(run, "error.txt", strbuf_text(&buf));
	expect_absent(run, "plan.txt");
	expect_absent(run, "plan.json");
}

static void check_round_trips(struct run *run, const struct plan_folder *folder)
{
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT(STRBUF_LARGE);
	struct error err = ERROR_INIT;
	struct plan plan;
	if (!plan_decode(folder->text.ptr, folder->text.len, run->out, &plan, &err)) {
		complain(run, "the plan cannot be read back", err.message);
	} else {
		plan_encode(&plan, &again);
		if (!str_eq(strbuf_text(&again), folder->text.ptr))
			complain(run, "the plan read back is another", NULL);
	}
	error_release(&err);
	struct live live;
	struct read_info info;
	enum error_code code;
	struct diag_list diags = {0};
	if (!snapshot_decode(folder->snapshot.ptr, folder->snapshot.len, run->out, &live, &info, &err)) {
		complain(run, "the snapshot cannot be read back", err.message);
		error_release(&err);
		return;
	}
	strbuf_clear(&again);
	if (plan_build(&(struct plan_inputs){&run->desired, &run->policy, &live}, run->out, &diags, &plan,
		       &code))
		plan_encode(&plan, &again);
	if (!str_eq(strbuf_text(&again), folder->text.ptr))
		complain(run, "another plan comes out of the snapshot", NULL);
}

/* ---- every face says the same ---------------------------------------------------------------- */

/* Without what stands in angle brackets: what a browser shows, entities as they are. */
static const char *without_tags(struct arena *out, const char *html)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	for (bool inside = false; *html; html++) {
		inside = inside || *html == '<';
		if (!inside)
			strbuf_add_char(&buf, *html);
		inside = inside && *html != '>';
	}
	return strbuf_dup(out, &buf);
}

static const char *without_char(struct arena *out, const char *text, char c)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	for (; *text; text++)
		if (*text != c)
			strbuf_add_char(&buf, *text);
	return strbuf_dup(out, &buf);
}

static void expect_said(struct run *run, const char *face, const char *text, const char *wanted)
{
	if (!strstr(text, wanted))
		complain(run, arena_printf(run->out, "the face %s does not say", face), wanted);
}

/* The cells of a line "  LABEL     one cell    another one". */
static void check_cells(struct run *run, const char *line, const char *html, const char *markdown)
{
	for (line += 11; *line;) {
		const char *gap = strstr(line, "  ");
		const char *cell = arena_strndup(run->out, line, gap ? (size_t)(gap - line) : strlen(line));
		expect_said(run, "html", html, quote_html(run->out, cell));
		expect_said(run, "markdown", markdown, cell);
		line += strlen(cell);
		line += strspn(line, " ");
	}
}

/* A filled sentence on one line again: further lines are indented by four. */
static const char *unfilled(struct arena *out, const char *from, const char *to)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	for (const char *p = from; p < to; p++) {
		if (*p != '\n') {
			strbuf_add_char(&buf, *p);
			continue;
		}
		strbuf_add_char(&buf, ' ');
		p += strspn(p + 1, " ");
	}
	return strbuf_dup(out, &buf);
}

/* Sentence, state and each line with a label of the text stand in the page and in the Markdown as well. */
static void check_faces_agree(struct run *run, struct render_input *input)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	input->columns = 10000; /* each fact on one line */
	render_plan(render_format_find("text"), input, &buf);
	const char *text = strbuf_dup(run->out, &buf);
	strbuf_clear(&buf);
	render_plan(render_format_find("html"), input, &buf);
	const char *page = without_tags(run->out, strbuf_text(&buf));
	strbuf_clear(&buf);
	render_plan(render_format_find("markdown"), input, &buf);
	const char *comment = without_char(run->out, strbuf_text(&buf), '`');
	const char *begin = strstr(text, "\n\n");
	const char *state = begin ? strstr(begin, "\n  State: ") : NULL;
	const char *facts = state ? strstr(state, "\n  CHANGES ") : NULL;
	if (!facts) {
		complain(run, "the text has no sentence, no state or no facts", NULL);
		return;
	}
	const char *sentence = unfilled(run->out, begin + 4, state);
	expect_said(run, "html", page, quote_html(run->out, sentence));
	expect_said(run, "markdown", comment, sentence);
	state += strlen("\n  State: ");
	const char *stands = arena_strndup(run->out, state, strcspn(state, "\n"));
	expect_said(run, "html", page, stands);
	expect_said(run, "markdown", comment, stands);
	size_t lines = 0;
	for (const char *line = strchr(state, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
		bool labelled = str_starts(line, "\n  ") && line[3] >= 'A' && line[3] <= 'Z' &&
				line[4] >= 'A' && line[4] <= 'Z' && line[11] == ' ';
		if (!labelled)
			continue;
		check_cells(run, arena_strndup(run->out, line + 1, strcspn(line + 1, "\n")), page, comment);
		lines++;
	}
	if (lines < 5)
		complain(run, "the text has too few facts", NULL);
}

static void check_plan(struct run *run, const struct plan *plan)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	expect_absent(run, "error.txt");
	if (!plan->actions.count) {
		compare(run, "plan.txt", "nothing differs\n");
		return;
	}
	struct plan_folder folder = {.plan = *plan,
				     .live = run->live,
				     .info = {.read_at = "2026-11-22T12:00:00.000Z", .requests = 7}};
	plan_encode(plan, &buf);
	folder.text = (struct bytes){strbuf_dup(run->out, &buf), buf.len};
	plan_digest(folder.text.ptr, folder.text.len, folder.digest, folder.id);
	plan_paths_of(run->out, plan->customer, folder.id, &folder.paths);
	strbuf_clear(&buf);
	snapshot_encode(&run->live, &folder.info, &buf);
	folder.snapshot = (struct bytes){strbuf_dup(run->out, &buf), buf.len};
	struct render_input input = {
		.folder = &folder, .desired = &run->desired, .policy = &run->policy, .full = true};
	strbuf_clear(&buf);
	render_plan(render_format_find("text"), &input, &buf);
	compare(run, "plan.txt", strbuf_text(&buf));
	check_faces_agree(run, &input);
	if (file_exists(path_join(run->out, run->dir, "plan.json")))
		compare(run, "plan.json", folder.text.ptr);
	check_round_trips(run, &folder);
}

static bool load(struct run *run, struct error *err)
{
	const struct repository repository = {.dir = ".", .files = {read_file, run}};
	struct customer customer;
	if (!repository_load_customer(&repository, "contoso", run->out, &run->checked, &customer, err))
		return false;
	run->desired = customer.desired;
	run->policy = customer.policy;
	struct read_scope scope;
	struct bytes text;
	plan_read_scope(&run->desired, &run->policy, run->out, &scope);
	return file_read(path_join(run->out, run->dir, "tenant.json"), MAX_BYTES, run->out, &text, err) &&
	       tenant_from_json(text.ptr, text.len, &scope.upns, run->out, &run->live, err);
}

int main(int argc, char **argv)
{
	CLEANUP(arena_freep) struct arena *out = arena_new();
	struct run run = {
		.dir = argc == 2 ? argv[1] : ".", .out = out, .update = getenv("UPDATE_GOLDEN") != NULL};
	struct error err = ERROR_INIT;
	struct diag_list diags = {0};
	struct plan plan;
	enum error_code code = ERR_NONE;
	if (load(&run, &err)) {
		if (plan_build(&(struct plan_inputs){&run.desired, &run.policy, &run.live}, out, &diags,
			       &plan, &code))
			check_plan(&run, &plan);
		else
			check_refusal(&run, &diags, code);
	} else if (diag_has_errors(&run.checked.diags)) {
		check_refusal(&run, &run.checked.diags, err.code);
	} else {
		complain(&run, "cannot be loaded", err.message);
	}
	error_release(&err);
	return run.failed;
}
