/* seatshift version: the program and what it is made of. */
#include "cmd/commands.h"

#include "cmd/output/document.h"
#include "cmd/version.h"
#include "core/digest.h"
#include "core/doc.h"
#include "core/http_curl.h"
#include "plans/git/store.h"
#include "plans/saved/plan_file.h"
#include "providers/twin/twin.h"

#include <string.h>

struct library {
	const char *name, *version;
};
enum { LIBRARIES = 6 };

/* By name: they are members of an object. */
static void find_libraries(struct arena *out, struct library libraries[LIBRARIES])
{
	libraries[0] = (struct library){"cJSON", json_version()};
	libraries[1] = (struct library){"libcrypto", digest_version()};
	libraries[2] = (struct library){"libcurl", http_curl_version()};
	libraries[3] = (struct library){"libgit2", store_version(out)};
	libraries[4] = (struct library){"libmicrohttpd", twin_server_version()};
	libraries[5] = (struct library){"libyaml", doc_version()};
}

/* "3" of "seatshift-plan/3". */
static int64_t plan_format(void)
{
	int64_t number = 0;
	return str_parse_int(strchr(PLAN_FORMAT, '/') + 1, 1, 99, &number) ? number : 0;
}

static void print_text(struct app *app, const struct library libraries[LIBRARIES])
{
	const char *commit = *SEATSHIFT_COMMIT ? " (" SEATSHIFT_COMMIT ")" : "";
	out_result(&app->out, arena_printf(app->arena, "seatshift %s%s\nplan format %lld\n",
					   SEATSHIFT_VERSION, commit, (long long)plan_format()));
	for (size_t i = 0; i < LIBRARIES; i++)
		out_result(&app->out, arena_printf(app->arena, "%s %s\n", libraries[i].name,
						   libraries[i].version ? libraries[i].version
									: "left out of this build"));
	out_result(&app->out, "built with " SEATSHIFT_COMPILER ", " SEATSHIFT_BUILD_TYPE "\n");
}

static void print_json(struct app *app, const struct library libraries[LIBRARIES])
{
	struct document doc;
	document_begin(&doc);
	json_put_key(&doc.w, "build");
	json_begin_object(&doc.w);
	json_set_text(&doc.w, "compiler", SEATSHIFT_COMPILER);
	json_set_text(&doc.w, "type", SEATSHIFT_BUILD_TYPE);
	json_end_object(&doc.w);
	json_set_text(&doc.w, "commit", *SEATSHIFT_COMMIT ? SEATSHIFT_COMMIT : NULL);
	json_set_text(&doc.w, "format", "seatshift-version/1");
	json_put_key(&doc.w, "libraries");
	json_begin_object(&doc.w);
	for (size_t i = 0; i < LIBRARIES; i++)
		json_set_text(&doc.w, libraries[i].name, libraries[i].version);
	json_end_object(&doc.w);
	json_set_text(&doc.w, "name", "seatshift");
	json_set_int(&doc.w, "plan_format", plan_format());
	json_set_text(&doc.w, "version", SEATSHIFT_VERSION);
	document_print(app, &doc);
}

static bool run(struct app *app, const void *options, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)options, (void)args, (void)ret_status, (void)err;
	struct library libraries[LIBRARIES];
	find_libraries(app->arena, libraries);
	if (app->out.format == FORMAT_JSON)
		print_json(app, libraries);
	else
		print_text(app, libraries);
	return true;
}

const struct command cmd_version = {
	.name = "version",
	.args = "",
	.summary = "the version of this program, and of what it is made of",
	.has_format = true,
	.run = run,
};
