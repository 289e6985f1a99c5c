/* seatshift schema: the JSON Schemas of the files that people write, and of all that is written in JSON. */
#include "cmd/commands.h"

#include "cmd/session/given_file.h"
#include "cmd/table/suggest.h"
#include "cmd/templates/templates.h"
#include "core/file.h"
#include "core/quote.h"
#include "plans/desired/desired.h"

#include <string.h>

struct schema_options {
	const char *all;
};

static const struct option_spec options[] = {
	OPT_TEXT(struct schema_options, all, "all", 0, "DIR", "write every schema into DIR, as NAME.json"),
};

/* "plan" of "plan.json"; NULL for a template of another kind. */
static const char *name_of(struct arena *out, const struct template_file *file)
{
	if (file->set != TEMPLATE_SCHEMA)
		return NULL;
	return arena_strndup(out, file->path, strlen(file->path) - strlen(".json"));
}

/* Sorted: those of the files that people write, and the others. */
static struct str_list schema_list(struct app *app)
{
	struct str_list names = {0};
	for (int kind = 0; kind < SCHEMA_COUNT; kind++)
		VEC_PUSH(app->arena, &names, schema_names[kind]);
	for (size_t i = 0; i < template_file_count; i++)
		if (template_files[i].set == TEMPLATE_SCHEMA)
			VEC_PUSH(app->arena, &names, name_of(app->arena, &template_files[i]));
	str_list_sort_unique(&names);
	return names;
}

/* Of a file that people write: from the table that reads it. Of the others: as it stands. */
static bool find_schema(struct app *app, const char *name, struct strbuf *out)
{
	for (int kind = 0; kind < SCHEMA_COUNT; kind++) {
		if (str_eq(name, schema_names[kind])) {
			schema_write((enum schema_kind)kind, out);
			return true;
		}
	}
	for (size_t i = 0; i < template_file_count; i++) {
		const struct template_file *file = &template_files[i];
		if (str_eq(name_of(app->arena, file), name)) {
			strbuf_add_bytes(out, (const char *)file->bytes, file->len);
			return true;
		}
	}
	return false;
}

static bool write_all(struct app *app, const char *dir, struct error *err)
{
	const struct str_list names = schema_list(app);
	const char *place = path_join(app->arena, app->dir, dir);
	const char *root;
	if (!given_folder_check(app, "--all", place, &root, err) || !file_make_dirs(root, place, err))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
		const char *path = arena_printf(app->arena, "%s/%s.json", place, names.items[i]);
		if (!find_schema(app, names.items[i], &buf) ||
		    !file_write_atomic(root, path, strbuf_text(&buf), buf.len, err))
			return false;
		out_note(&app->out, "wrote %s", path);
	}
	return true;
}

static bool run(struct app *app, const void *options_read, const struct str_list *args, int *ret_status,
		struct error *err)
{
	const struct schema_options *chosen = options_read;
	const char *name = args->count ? args->items[0] : schema_names[SCHEMA_CUSTOMER];
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	(void)ret_status;
	if (chosen->all && args->count)
		return error_set(err, ERR_INVALID, "--all writes every schema: it takes no name beside it");
	if (chosen->all)
		return write_all(app, chosen->all, err);
	if (find_schema(app, name, &buf)) {
		out_result(&app->out, strbuf_text(&buf));
		return true;
	}
	const struct str_list names = schema_list(app);
	error_set(err, ERR_INVALID, "there is no schema '%s'", quote_terminal(app->arena, name));
	return suggest(app->arena, name, &names, err);
}

const struct command cmd_schema = {
	.name = "schema",
	.args = "[SCHEMA]",
	.summary = "print the JSON Schema of a file or a result",
	.details =
		"For editors and other programs (JSON Schema draft 2020-12). SCHEMA is customer (the "
		"default) "
		"repository\n"
		"or fleet, the files that people write; plan, snapshot or journal, those of a plan; twin, "
		"what\n"
		"seatshift twin serves; or a result with --format json: apply, status, drift, history, "
		"verify,\n"
		"error and the like, events for a line of --events. A document says what it is: its format\n"
		"\"seatshift-NAME/1\" has the schema NAME. Members may be added without notice; a change "
		"that\n"
		"would break a reader raises the number.",
	COMMAND_OPTIONS(struct schema_options, options),
	.max_args = 1,
	.has_format = true,
	.run = run,
};
