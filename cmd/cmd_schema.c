/* seatshift schema: the JSON Schemas of the files that people write, and of all that is written in JSON. */
#include "cmd/commands.h"

#include "cmd/table/suggest.h"
#include "cmd/templates/templates.h"
#include "core/quote.h"
#include "plans/desired/desired.h"

#include <string.h>

/* Of a file that people write: printed from the table that reads it. */
static bool print_table(struct app *app, const char *name)
{
	for (int kind = 0; kind < SCHEMA_COUNT; kind++) {
		if (!str_eq(name, schema_names[kind]))
			continue;
		CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
		schema_write((enum schema_kind)kind, &buf);
		out_result(&app->out, strbuf_text(&buf));
		return true;
	}
	return false;
}

/* "plan" of "plan.json"; NULL for a template of another kind. */
static const char *name_of(struct arena *out, const struct template_file *file)
{
	if (file->set != TEMPLATE_SCHEMA)
		return NULL;
	return arena_strndup(out, file->path, strlen(file->path) - strlen(".json"));
}

static bool print_file(struct app *app, const char *name)
{
	for (size_t i = 0; i < template_file_count; i++) {
		const struct template_file *file = &template_files[i];
		if (!str_eq(name_of(app->arena, file), name))
			continue;
		out_result_bytes(&app->out, file->bytes, file->len);
		return true;
	}
	return false;
}

static bool run(struct app *app, const void *options, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)options, (void)ret_status;
	const char *name = args->count ? args->items[0] : schema_names[SCHEMA_CUSTOMER];
	if (print_table(app, name) || print_file(app, name))
		return true;
	struct str_list names = {0};
	for (int kind = 0; kind < SCHEMA_COUNT; kind++)
		VEC_PUSH(app->arena, &names, schema_names[kind]);
	for (size_t i = 0; i < template_file_count; i++)
		if (template_files[i].set == TEMPLATE_SCHEMA)
			VEC_PUSH(app->arena, &names, name_of(app->arena, &template_files[i]));
	str_list_sort_unique(&names);
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
	.max_args = 1,
	.has_format = true,
	.run = run,
};
