/*
 * What a check found, for machines that show it: JUnit XML, SARIF 2.1.0, GitLab's code quality report.
 *
 * Rules and their help come from the table of codes (core/diag.h). An error that ended the check before
 * its time is part of every report, so that a report never looks better than the exit status.
 */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "cmd/outside/app.h"
#include "core/diag.h"

#define REPORT_FORMATS "junit|sarif|codequality"
#define REPORT_FORMATS_HELP                                                                                  \
	"For CI there are junit (a test report), sarif (2.1.0, for code scanning) and\n"                     \
	"codequality (GitLab's). In GitHub Actions and Azure Pipelines complaints are also\n"                \
	"printed in the system's own syntax, on standard error."

struct report_file {
	const char *path; /* shown where a complaint has no place of its own */
	const struct diag_list *diags;
};
VEC(report_file_list, struct report_file);

struct report {
	const char *name; /* "validate", "plan contoso" */
	const struct report_file_list *files;
	const struct error *error; /* what ended the check, or NULL */
	int status;		   /* the exit status */
};

bool report_asked(const struct app *app); /* whether --format is one of these */
void report_print(struct app *app, const struct report *report);

#endif
