/* seatshift version */
#include "cmd/commands.h"

#include "core/json.h"

static bool run(struct app *app, const void *options, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)options, (void)args, (void)ret_status, (void)err;
	if (app->out.format == FORMAT_TEXT) {
		out_result(&app->out, "seatshift " SEATSHIFT_VERSION "\n");
		return true;
	}
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_SMALL);
	struct json_writer w = JSON_WRITER(&buf);
	json_begin_object(&w);
	json_set_text(&w, "name", "seatshift");
	json_set_text(&w, "version", SEATSHIFT_VERSION);
	json_end_object(&w);
	strbuf_add_char(&buf, '\n');
	out_result(&app->out, strbuf_text(&buf));
	return true;
}

const struct command cmd_version = {
	.name = "version",
	.args = "",
	.summary = "the version of this program",
	.has_format = true,
	.run = run,
};
