/* A plan as the result of a command, in the formats that were asked for. */
#ifndef CMD_PLAN_OUTPUT_H
#define CMD_PLAN_OUTPUT_H

#include "cmd/session/session.h"
#include "cmd/table/command.h"
#include "plans/saved/plan_folder.h"

#define PLAN_MORE_FORMATS "markdown|html|csv|csv-bom|dot|mermaid|powershell"
#define PLAN_FORMATS_HELP                                                                                    \
	"Formats: text, json, markdown (for a pull request: 60,000 bytes at most, with a hidden\n"           \
	"marker to find it by), html (one file, for a browser or paper), csv (a row per user;\n"             \
	"csv-bom is the same for Excel), dot and mermaid (the steps as a graph), powershell (a\n"            \
	"script with its manifest, for somebody else to run). --also writes more of them in one\n"           \
	"run:\n"                                                                                             \
	"--also markdown=plan.md --also html=plan.html"
/* clang-format off */
#define PLAN_ALSO_OPTION(type)                                                                     \
	OPT_TEXTS(type, also, "also", 0, "FORMAT=FILE",                                            \
		  "also write the plan to FILE in another format; may be repeated")
/* clang-format on */

/* Whether every "FORMAT=FILE" names a format and a file: asked before anything is read or written.
 */
NODISCARD bool plan_output_check(struct app *app, const struct str_list *also, struct error *err);

/*
 * `session` may be NULL: then nothing is known of limits and approvals. A --format that is not a face of
 * a plan (cmd/output/report.h) is left to the caller.
 */
NODISCARD bool plan_output(struct app *app, const struct plan_folder *folder, const struct session *session,
			   bool full, const struct str_list *also, struct error *err);
/* One that was just saved: committed as well where that is asked for, and shown in any case. */
struct plan_saved_options {
	bool full;
	bool commit;
	const char *branch; /* NULL: the current one */
	const struct str_list *also;
};
NODISCARD bool plan_output_saved(struct app *app, const struct plan_folder *folder,
				 const struct session *session, const struct plan_saved_options *o,
				 struct error *err);
NODISCARD bool plan_output_nothing(struct app *app, const char *customer, const struct str_list *also,
				   struct error *err);

#endif
