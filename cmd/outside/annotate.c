/* Complaints in the syntax of the CI system that runs this. */
#include "cmd/outside/annotate.h"

#include "core/quote.h"

/* What both systems can show. */
struct annotation {
	bool is_error;
	struct place place; /* `file` NULL: of no file */
	const char *code;   /* "SS106", or an exit status's name */
	const char *title;
	const char *text;
};

/* How one character is written where it would end the field or the line. */
struct escape {
	char c;
	const char *written;
};

static const struct escape github_data[] = {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}, {0, NULL}};
static const struct escape github_property[] = {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"},
						{':', "%3A"}, {',', "%2C"},  {0, NULL}};
static const struct escape azure_data[] = {{'%', "%AZP25"}, {'\r', "%0D"}, {'\n', "%0A"}, {0, NULL}};
static const struct escape azure_property[] = {{'%', "%AZP25"}, {'\r', "%0D"}, {'\n', "%0A"},
					       {';', "%3B"},	{']', "%5D"},  {0, NULL}};

static const char *escaped(struct arena *out, const struct escape *escapes, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	for (const char *p = text; *p; p++) {
		const struct escape *row = escapes;
		while (row->written && row->c != *p)
			row++;
		if (row->written)
			strbuf_add(&buf, row->written);
		else
			strbuf_add_char(&buf, *p);
	}
	return strbuf_dup(out, &buf);
}

static void put_github(struct arena *tmp, const struct annotation *a, struct strbuf *buf)
{
	strbuf_addf(buf, "::%s ", a->is_error ? "error" : "warning");
	if (a->place.file)
		strbuf_addf(buf, "file=%s,", escaped(tmp, github_property, a->place.file));
	if (a->place.file && a->place.line)
		strbuf_addf(buf, "line=%zu,col=%zu,", a->place.line, a->place.col ? a->place.col : 1);
	strbuf_addf(buf, "title=%s::%s",
		    escaped(tmp, github_property, arena_printf(tmp, "%s %s", a->code, a->title)),
		    escaped(tmp, github_data, a->text));
}

static void put_azure(struct arena *tmp, const struct annotation *a, struct strbuf *buf)
{
	strbuf_addf(buf, "##vso[task.logissue type=%s;", a->is_error ? "error" : "warning");
	if (a->place.file)
		strbuf_addf(buf, "sourcepath=%s;", escaped(tmp, azure_property, a->place.file));
	if (a->place.file && a->place.line)
		strbuf_addf(buf, "linenumber=%zu;columnnumber=%zu;", a->place.line,
			    a->place.col ? a->place.col : 1);
	strbuf_addf(buf, "code=%s;]%s", escaped(tmp, azure_property, a->code),
		    escaped(tmp, azure_data, a->text));
}

static const struct dialect {
	const char *variable; /* set by the CI system in every job */
	void (*put)(struct arena *tmp, const struct annotation *a, struct strbuf *buf);
} dialects[] = {{"GITHUB_ACTIONS", put_github}, {"TF_BUILD", put_azure}};

static void annotate(struct app *app, const struct annotation *a)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
		if (!app_env(app, dialects[i].variable))
			continue;
		CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
		dialects[i].put(tmp, a, &buf);
		out_log_command(&app->out, "%s", strbuf_text(&buf));
	}
}

/* The text, without a character that hides or reorders; a line break between message and help. */
static const char *shown(struct arena *out, const char *message, const char *help)
{
	return arena_printf(out, "%s%s%s", quote_terminal(out, message), help ? "\n" : "",
			    quote_terminal(out, help));
}

void annotate_diags(struct app *app, const struct diag_list *diags)
{
	for (size_t i = 0; i < diags->count; i++) {
		const struct diag *diag = &diags->items[i];
		VEC_PUSH(app->arena, &app->diags, *diag);
		struct annotation a = {.is_error = diag->severity == DIAG_ERROR,
				       .place = diag->place,
				       .code = arena_printf(app->arena, "SS%d", (int)diag->code),
				       .title = diag_title(diag->code),
				       .text = shown(app->arena, diag_message(app->arena, diag),
						     diag_help(app->arena, diag))};
		if (a.place.file)
			a.place.file = quote_terminal(app->arena, a.place.file);
		annotate(app, &a);
	}
}

void annotate_error(struct app *app, const struct error *err)
{
	const struct error_info *info = error_info(err->code);
	const char *message =
		err->where ? arena_printf(app->arena, "%s: %s", err->where, err->message) : err->message;
	annotate(app, &(struct annotation){.is_error = true,
					   .code = info->name,
					   .title = info->meaning,
					   .text = shown(app->arena, message, err->hint)});
}
