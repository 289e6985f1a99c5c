/* seatshift explain: what a diagnostic's code means and what to do about it. */
#include "cmd/commands.h"

#include "cmd/output/document.h"
#include "core/diag.h"
#include "core/quote.h"

static const enum diag_code all_codes[] = {
#define CODE_ROW(number, title) SS##number,
	DIAG_CODES(CODE_ROW)
#undef CODE_ROW
};

static const struct {
	int first;
	const char *what;
} groups[] = {
	{100, "The file or the command line is wrong"},
	{200, "Warnings in a plan"},
	{300, "Refusals: why there is no plan"},
	{400, "What happened while applying"},
};

/* SS106, ss106 or 106. */
static enum diag_code parse_code(const char *text)
{
	int64_t number;
	char prefix[3] = "";
	for (size_t i = 0; i < 2 && text[i]; i++)
		prefix[i] = text[i];
	if (str_eq_fold(prefix, "SS"))
		text += 2;
	if (!str_parse_int(text, 0, 999, &number))
		return DIAG_NONE;
	for (size_t i = 0; i < ARRAY_LEN(all_codes); i++)
		if ((int64_t)all_codes[i] == number)
			return all_codes[i];
	return DIAG_NONE;
}

static void set_code(struct arena *tmp, enum diag_code code, bool whole, struct json_writer *w)
{
	json_set_text(w, "code", arena_printf(tmp, "SS%d", (int)code));
	if (whole) {
		json_set_text(w, "explanation", diag_explanation(code));
		json_set_text(w, "format", "seatshift-code/1");
	}
	json_set_text(w, "title", diag_title(code));
}

static void list_text(struct app *app)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	size_t at = 0;
	for (size_t group = 0; group < ARRAY_LEN(groups); group++) {
		bool headed = false;
		for (; at < ARRAY_LEN(all_codes) && (int)all_codes[at] < groups[group].first + 100; at++) {
			if (!headed)
				strbuf_addf(&buf, "%s%s:\n", at ? "\n" : "", groups[group].what);
			headed = true;
			strbuf_addf(&buf, "  SS%d  %s\n", (int)all_codes[at], diag_title(all_codes[at]));
		}
	}
	strbuf_add(&buf, "\nOne of them in full: seatshift explain CODE\n");
	out_text(&app->out, strbuf_text(&buf));
}

static void list_json(struct app *app)
{
	struct document doc;
	document_begin(&doc);
	json_put_key(&doc.w, "codes");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < ARRAY_LEN(all_codes); i++) {
		json_begin_object(&doc.w);
		set_code(app->arena, all_codes[i], false, &doc.w);
		json_end_object(&doc.w);
	}
	json_end_array(&doc.w);
	json_set_text(&doc.w, "format", "seatshift-codes/1");
	document_print(app, &doc);
}

static bool explain(struct app *app, const char *name, struct error *err)
{
	enum diag_code code = parse_code(name);
	if (code == DIAG_NONE) {
		error_set(err, ERR_INVALID, "there is no code '%s'", quote_terminal(app->arena, name));
		return error_hint(err, "'seatshift explain' lists the codes.");
	}
	if (app->out.format == FORMAT_JSON) {
		struct document doc;
		document_begin(&doc);
		set_code(app->arena, code, true, &doc.w);
		document_print(app, &doc);
		return true;
	}
	out_text(&app->out, arena_printf(app->arena, "SS%d  %s\n\n%s\n", (int)code, diag_title(code),
					 diag_explanation(code)));
	return true;
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)opts;
	(void)ret_status;
	if (args->count)
		return explain(app, args->items[0], err);
	if (app->out.format == FORMAT_JSON)
		list_json(app);
	else
		list_text(app);
	return true;
}

const struct command cmd_explain = {
	.name = "explain",
	.args = "[CODE]",
	.summary = "what a code such as SS306 means and what to do",
	.details = "CODE is written SS306, ss306 or 306. Without it, lists all codes.",
	.max_args = 1,
	.has_format = true,
	.run = run,
};
