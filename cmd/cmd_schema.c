/* seatshift schema: the JSON Schema of the files that people write. */
#include "cmd/commands.h"

#include "plans/desired/desired.h"

static bool run(struct app *app, const void *options, const struct str_list *args, int *ret_status,
		struct error *err)
{
	static const char *const names[] = {
		[SCHEMA_CUSTOMER] = "customer", [SCHEMA_REPOSITORY] = "repository"};
	(void)options, (void)ret_status;
	const char *name = args->count ? args->items[0] : names[SCHEMA_CUSTOMER];
	for (int kind = SCHEMA_CUSTOMER; kind <= SCHEMA_REPOSITORY; kind++) {
		if (!str_eq(name, names[kind]))
			continue;
		CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
		schema_write((enum schema_kind)kind, &buf);
		out_result(&app->out, strbuf_text(&buf));
		return true;
	}
	error_set(err, ERR_INVALID, "there is no schema '%s'", name);
	return error_hint(err, "There are: customer, repository.");
}

const struct command cmd_schema = {
	.name = "schema",
	.args = "[customer|repository]",
	.summary = "print the JSON Schema of a file",
	.details = "For editors and other checkers (JSON Schema draft 2020-12). The default is customer.",
	.max_args = 1,
	.has_format = true,
	.run = run,
};
