/*
 * Complaints in the syntax of the CI system that runs this, which shows them beside the line.
 *
 * GitHub Actions (GITHUB_ACTIONS) and Azure Pipelines (TF_BUILD) read them from a job's log. GitLab has
 * no such syntax: it takes reports as files (cmd/output/report.h). Elsewhere nothing is printed.
 */
#ifndef CMD_ANNOTATE_H
#define CMD_ANNOTATE_H

#include "cmd/outside/app.h"
#include "core/diag.h"

/* Keeps them in `app->diags` too, for an error in JSON. */
void annotate_diags(struct app *app, const struct diag_list *diags);
void annotate_error(struct app *app, const struct error *err);

#endif
