/* What a check found, for machines that show it. */
#include "cmd/output/report.h"

#include "core/digest.h"
#include "core/file.h"
#include "core/json.h"
#include "core/quote.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const enum diag_code all_codes[] = {
#define CODE_ROW(number, title) SS##number,
	DIAG_CODES(CODE_ROW)
#undef CODE_ROW
};

struct printing {
	const struct report *report;
	struct arena *tmp;
	struct strbuf *out;
	const char *dir; /* of the customers' repository */
};

static const char *real_path(struct arena *out, const char *path)
{
	CLEANUP(mem_free_text) char *real = realpath(path, NULL);
	return arena_strdup(out, real);
}

/* The folder with git's in it, at or above `dir`; NULL where there is none. */
static const char *work_tree_of(struct arena *out, const char *dir)
{
	for (const char *at = dir; at && !str_eq(at, "/"); at = path_dir(out, at))
		if (access(path_join(out, at, ".git"), F_OK) == 0)
			return at;
	return NULL;
}

static const char *code_text(struct printing *p, enum diag_code code)
{
	return arena_printf(p->tmp, "SS%d", (int)code);
}

static const char *level_of(const struct diag *diag)
{
	return diag->severity == DIAG_ERROR ? "error" : "warning";
}

/* CI systems know a file by its path in the work tree, whatever folder the command was started in. */
static const char *path_in_tree(struct printing *p, const char *path)
{
	const char *real = real_path(p->tmp, path);
	const char *top = real ? work_tree_of(p->tmp, path_dir(p->tmp, real)) : NULL;
	if (!top)
		top = real_path(p->tmp, p->dir);
	size_t len = top ? strlen(top) : 0;
	bool inside = real && len && strncmp(real, top, len) == 0 && real[len] == '/';
	return inside ? real + len + 1 : path;
}

static const char *path_of(struct printing *p, const struct report_file *file, const struct diag *diag)
{
	return path_in_tree(p, diag && diag->place.file ? diag->place.file : file->path);
}

static size_t line_of(const struct diag *diag)
{
	return diag->place.file && diag->place.line ? diag->place.line : 1;
}

static const char *full_text(struct printing *p, const struct diag *diag)
{
	const char *help = diag_help(p->tmp, diag);
	return arena_printf(p->tmp, "%s%s%s", diag_message(p->tmp, diag), help ? "\n" : "",
			    quote_terminal(p->tmp, help));
}

/* ---- JUnit ---------------------------------------------------------------------------------- */

struct tally {
	size_t cases, failures;
};

/* A file in order is one case that passed; otherwise each of its errors is a case that failed. */
static struct tally count(const struct report *report)
{
	struct tally tally = {0};
	for (size_t i = 0; i < report->files->count; i++) {
		const struct diag_list *diags = report->files->items[i].diags;
		size_t errors = 0;
		for (size_t d = 0; d < diags->count; d++)
			errors += diags->items[d].severity == DIAG_ERROR;
		tally.cases += errors ? errors : 1;
		tally.failures += errors;
	}
	return tally;
}

static void junit_failure(struct printing *p, const struct report_file *file, const struct diag *diag)
{
	const char *path = quote_html(p->tmp, path_of(p, file, diag));
	const char *code = code_text(p, diag->code);
	const char *message = quote_html(p->tmp, diag_message(p->tmp, diag));
	const char *help = diag_help(p->tmp, diag);
	strbuf_addf(p->out, "    <testcase classname=\"%s\" name=\"%s:%zu %s %s\">\n", path, path,
		    line_of(diag), code, quote_html(p->tmp, diag_title(diag->code)));
	strbuf_addf(p->out, "      <failure type=\"%s\" message=\"%s\">%s:%zu: %s\n", code, message, path,
		    line_of(diag), message);
	if (help)
		strbuf_addf(p->out, "%s\n", quote_html(p->tmp, help));
	strbuf_addf(p->out, "What it means: seatshift explain %s</failure>\n    </testcase>\n", code);
}

static void junit_passed(struct printing *p, const struct report_file *file)
{
	const char *path = quote_html(p->tmp, path_of(p, file, NULL));
	strbuf_addf(p->out, "    <testcase classname=\"%s\" name=\"%s\"", path, path);
	if (!file->diags->count) {
		strbuf_add(p->out, "/>\n");
		return;
	}
	strbuf_add(p->out, ">\n      <system-out>");
	for (size_t d = 0; d < file->diags->count; d++)
		strbuf_addf(p->out, "%s: %s\n", code_text(p, file->diags->items[d].code),
			    quote_html(p->tmp, diag_message(p->tmp, &file->diags->items[d])));
	strbuf_add(p->out, "</system-out>\n    </testcase>\n");
}

static void junit_error(struct printing *p)
{
	const struct error *err = p->report->error;
	const struct error_info *info = error_info(err->code);
	strbuf_addf(p->out,
		    "    <testcase classname=\"seatshift\" name=\"%s\">\n"
		    "      <error type=\"%s\" message=\"%s\">%s</error>\n    </testcase>\n",
		    quote_html(p->tmp, p->report->name), info->name, quote_html(p->tmp, err->message),
		    quote_html(p->tmp, err->hint ? err->hint : info->meaning));
}

static void put_junit(struct printing *p)
{
	struct tally tally = count(p->report);
	bool stopped = p->report->error != NULL;
	const char *totals = arena_printf(p->tmp, "tests=\"%zu\" failures=\"%zu\" errors=\"%d\"",
					  tally.cases + stopped, tally.failures, stopped);
	strbuf_addf(p->out,
		    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"seatshift\" %s>\n"
		    "  <testsuite name=\"%s\" %s>\n",
		    totals, quote_html(p->tmp, p->report->name), totals);
	for (size_t i = 0; i < p->report->files->count; i++) {
		const struct report_file *file = &p->report->files->items[i];
		if (!diag_has_errors(file->diags))
			junit_passed(p, file);
		for (size_t d = 0; d < file->diags->count; d++)
			if (file->diags->items[d].severity == DIAG_ERROR)
				junit_failure(p, file, &file->diags->items[d]);
	}
	if (stopped)
		junit_error(p);
	strbuf_add(p->out, "  </testsuite>\n</testsuites>\n");
}

/* ---- SARIF ---------------------------------------------------------------------------------- */

static void set_message(struct json_writer *w, const char *key, const char *text)
{
	json_put_key(w, key);
	json_begin_object(w);
	json_set_text(w, "text", text);
	json_end_object(w);
}

/* SARIF 2.1.0 section 3.49, with what code scanning on GitHub shows of a rule. */
static void sarif_rules(struct printing *p, struct json_writer *w)
{
	json_put_key(w, "rules");
	json_begin_array(w);
	for (size_t i = 0; i < ARRAY_LEN(all_codes); i++) {
		enum diag_code code = all_codes[i];
		bool is_warning = (int)code / 100 == 2;
		json_begin_object(w);
		json_put_key(w, "defaultConfiguration");
		json_begin_object(w);
		json_set_text(w, "level", is_warning ? "warning" : "error");
		json_end_object(w);
		set_message(w, "fullDescription", diag_title(code));
		set_message(w, "help", diag_explanation(code) ? diag_explanation(code) : diag_title(code));
		json_set_text(w, "id", code_text(p, code));
		set_message(w, "shortDescription", diag_title(code));
		json_end_object(w);
	}
	json_end_array(w);
}

static void sarif_tool(struct printing *p, struct json_writer *w)
{
	json_put_key(w, "tool");
	json_begin_object(w);
	json_put_key(w, "driver");
	json_begin_object(w);
	json_set_text(w, "name", "seatshift");
	sarif_rules(p, w);
	json_set_text(w, "semanticVersion", SEATSHIFT_VERSION);
	json_end_object(w);
	json_end_object(w);
}

/* A path as a URI reference: each part escaped, the slashes kept. */
static const char *uri_of(struct printing *p, const char *path)
{
	CLEANUP(strbuf_release) struct strbuf uri = STRBUF_INIT(STRBUF_LARGE);
	if (path[0] == '/')
		strbuf_add(&uri, "file://");
	while (*path) {
		size_t len = strcspn(path, "/");
		strbuf_add(&uri, quote_url(p->tmp, arena_strndup(p->tmp, path, len)));
		path += len;
		for (; *path == '/'; path++)
			strbuf_add_char(&uri, '/');
	}
	return strbuf_dup(p->tmp, &uri);
}

static void sarif_location(struct printing *p, struct json_writer *w, const struct report_file *file,
			   const struct diag *diag)
{
	size_t col = diag->place.file && diag->place.col ? diag->place.col : 1;
	json_put_key(w, "locations");
	json_begin_array(w);
	json_begin_object(w);
	json_put_key(w, "physicalLocation");
	json_begin_object(w);
	json_put_key(w, "artifactLocation");
	json_begin_object(w);
	json_set_text(w, "uri", uri_of(p, path_of(p, file, diag)));
	json_end_object(w);
	json_put_key(w, "region");
	json_begin_object(w);
	json_set_int(w, "endColumn", (int64_t)(col + (diag->place.len ? diag->place.len : 1)));
	json_set_int(w, "startColumn", (int64_t)col);
	json_set_int(w, "startLine", (int64_t)line_of(diag));
	json_end_object(w);
	json_end_object(w);
	json_end_object(w);
	json_end_array(w);
}

static size_t index_of(enum diag_code code)
{
	size_t at = 0;
	while (at < ARRAY_LEN(all_codes) && all_codes[at] != code)
		at++;
	return at;
}

static void sarif_results(struct printing *p, struct json_writer *w)
{
	json_put_key(w, "results");
	json_begin_array(w);
	for (size_t i = 0; i < p->report->files->count; i++) {
		const struct report_file *file = &p->report->files->items[i];
		for (size_t d = 0; d < file->diags->count; d++) {
			const struct diag *diag = &file->diags->items[d];
			json_begin_object(w);
			json_set_text(w, "level", level_of(diag));
			sarif_location(p, w, file, diag);
			set_message(w, "message", full_text(p, diag));
			json_set_text(w, "ruleId", code_text(p, diag->code));
			json_set_int(w, "ruleIndex", (int64_t)index_of(diag->code));
			json_end_object(w);
		}
	}
	json_end_array(w);
}

static void sarif_invocation(struct printing *p, struct json_writer *w)
{
	const struct error *err = p->report->error;
	json_put_key(w, "invocations");
	json_begin_array(w);
	json_begin_object(w);
	json_set_bool(w, "executionSuccessful", err == NULL);
	json_set_int(w, "exitCode", p->report->status);
	json_put_key(w, "toolExecutionNotifications");
	json_begin_array(w);
	if (err) {
		json_begin_object(w);
		json_set_text(w, "level", "error");
		set_message(w, "message",
			    arena_printf(p->tmp, "%s%s%s", quote_terminal(p->tmp, err->message),
					 err->hint ? "\n" : "", quote_terminal(p->tmp, err->hint)));
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
	json_end_array(w);
}

static void put_sarif(struct printing *p)
{
	struct json_writer w = JSON_WRITER(p->out);
	json_begin_object(&w);
	json_set_text(&w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	json_put_key(&w, "runs");
	json_begin_array(&w);
	json_begin_object(&w);
	json_put_key(&w, "automationDetails"); /* tells reports of several checks of one commit apart */
	json_begin_object(&w);
	json_set_text(&w, "id",
		      arena_printf(p->tmp, "seatshift/%s/", quote_terminal(p->tmp, p->report->name)));
	json_end_object(&w);
	json_set_text(&w, "columnKind", "unicodeCodePoints");
	sarif_invocation(p, &w);
	sarif_results(p, &w);
	sarif_tool(p, &w);
	json_end_object(&w);
	json_end_array(&w);
	json_set_text(&w, "version", "2.1.0");
	json_end_object(&w);
	strbuf_add_char(p->out, '\n');
}

/* ---- GitLab's code quality ------------------------------------------------------------------ */

struct issue {
	const char *code, *text;
	const char *path;
	size_t line;
	bool is_error;
};

static void quality_issue(struct printing *p, struct json_writer *w, const struct issue *issue)
{
	/* The line is left out, so that an issue that only moved is the same one. */
	const char *identity = arena_printf(p->tmp, "%s\n%s\n%s\n%s", p->report->name, issue->code,
					    issue->path, issue->text);
	char fingerprint[SHA256_TEXT_SIZE];
	sha256_hex(identity, strlen(identity), fingerprint);
	json_begin_object(w);
	json_set_text(w, "check_name", issue->code);
	json_set_text(w, "description", issue->text);
	json_set_text(w, "fingerprint", arena_strdup(p->tmp, fingerprint));
	json_put_key(w, "location");
	json_begin_object(w);
	json_put_key(w, "lines");
	json_begin_object(w);
	json_set_int(w, "begin", (int64_t)issue->line);
	json_end_object(w);
	json_set_text(w, "path", quote_terminal(p->tmp, issue->path));
	json_end_object(w);
	json_set_text(w, "severity", issue->is_error ? "critical" : "minor");
	json_end_object(w);
}

static void put_codequality(struct printing *p)
{
	struct json_writer w = JSON_WRITER(p->out);
	const struct error *err = p->report->error;
	json_begin_array(&w);
	for (size_t i = 0; i < p->report->files->count; i++) {
		const struct report_file *file = &p->report->files->items[i];
		for (size_t d = 0; d < file->diags->count; d++) {
			const struct diag *diag = &file->diags->items[d];
			const struct issue issue = {code_text(p, diag->code), full_text(p, diag),
						    path_of(p, file, diag), line_of(diag),
						    diag->severity == DIAG_ERROR};
			quality_issue(p, &w, &issue);
		}
	}
	if (err) {
		const struct issue issue = {error_info(err->code)->name, quote_terminal(p->tmp, err->message),
					    "seatshift.yaml", 1, true};
		quality_issue(p, &w, &issue);
	}
	json_end_array(&w);
	strbuf_add_char(p->out, '\n');
}

/* ---- all ------------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	void (*put)(struct printing *p);
} report_formats[] = {{"junit", put_junit}, {"sarif", put_sarif}, {"codequality", put_codequality}};

bool report_asked(const struct app *app)
{
	for (size_t i = 0; i < ARRAY_LEN(report_formats); i++)
		if (str_eq(app->out.format_name, report_formats[i].name))
			return true;
	return false;
}

void report_print(struct app *app, const struct report *report)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	struct printing p = {report, tmp, &buf, app->dir};
	for (size_t i = 0; i < ARRAY_LEN(report_formats); i++)
		if (str_eq(app->out.format_name, report_formats[i].name))
			report_formats[i].put(&p);
	out_result_bytes(&app->out, strbuf_text(&buf), buf.len);
	app->out.result_written = true;
}
