/* seatshift version */
#include "cmd/commands.h"

#include "cmd/output/document.h"

static bool run(struct app *app, const void *options, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)options, (void)args, (void)ret_status, (void)err;
	if (app->out.format == FORMAT_TEXT) {
		out_result(&app->out, "seatshift " SEATSHIFT_VERSION "\n");
		return true;
	}
	struct document doc;
	document_begin(&doc);
	json_set_text(&doc.w, "name", "seatshift");
	json_set_text(&doc.w, "version", SEATSHIFT_VERSION);
	document_print(app, &doc);
	return true;
}

const struct command cmd_version = {
	.name = "version",
	.args = "",
	.summary = "the version of this program",
	.has_format = true,
	.run = run,
};
