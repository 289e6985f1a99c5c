/* seatshift new: a customer file to fill in. */
#include "cmd/commands.h"

#include "cmd/help/file_to_fill.h"
#include "cmd/output/document.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/quote.h"
#include "plans/desired/desired.h"

static bool check_new(struct app *app, const char *customer, const char *target, const char *path,
		      struct error *err)
{
	if (!customer_name_is_valid(customer)) {
		error_set(err, ERR_INVALID, "'%s' cannot be a customer's name",
			  quote_terminal(app->arena, customer));
		return error_hint(err, "Small letters, digits and '-', at most 63.");
	}
	if (file_exists(target) || file_is_dir(target)) {
		error_set(err, ERR_INVALID, "'%s' is there already, and new never writes over a file", path);
		return error_hint(err, "'seatshift validate %s' says what it still lacks.", path);
	}
	return true;
}

static void print(struct app *app, const char *customer, const char *path, const struct str_list *empty)
{
	if (app->out.format == FORMAT_JSON) {
		struct document doc;
		document_begin(&doc);
		json_set_text(&doc.w, "customer", customer);
		json_set_text(&doc.w, "format", "seatshift-new/1");
		json_set_text(&doc.w, "path", path);
		json_set_texts(&doc.w, "to_fill", empty);
		document_print(app, &doc);
		return;
	}
	out_text(&app->out, arena_printf(app->arena, "wrote  %s\nFill in: %s\nThen: seatshift validate %s\n",
					 path, str_list_join(app->arena, empty, ", "), path));
}

static bool run(struct app *app, const void *options, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)options, (void)ret_status;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	struct str_list empty = {0};
	const char *customer = args->items[0];
	const char *path = arena_printf(app->arena, "customers/%s.yaml", customer);
	const char *target = path_join(app->arena, app->dir, path);
	if (!check_new(app, customer, target, path, err) ||
	    !file_to_fill(customer, date_of_ms(clock_now_ms(app->clock)), app->arena, &text, &empty, err) ||
	    !file_make_dirs(app->dir, path_dir(app->arena, target), err) ||
	    !file_write_atomic(app->dir, target, strbuf_text(&text), text.len, err))
		return false;
	print(app, customer, path, &empty);
	return true;
}

const struct command cmd_new = {
	.name = "new",
	.args = "CUSTOMER",
	.summary = "write a customer file to fill in, every key explained",
	.details =
		"Writes customers/CUSTOMER.yaml with every key that there is, in the order of "
		"seatshift-customer(5): what has to be there stands empty, the rest as comments with an "
		"example that are in force without their '#'. A file that is there already is never changed. "
		"Where the tenant can be signed in to, 'seatshift discover' fills in most of it.",
	.min_args = 1,
	.max_args = 1,
	.has_format = true,
	.repository = REPOSITORY_NEEDED,
	.run = run,
};
