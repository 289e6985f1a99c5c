/*
 * The faces of a plan: one model, one table of formats. Pure: bytes from plain data, the same bytes for
 * the same input, on any machine.
 *
 * The first screen is the whole truth; details follow. Removals and hand steps are never cut; what is
 * cut is said. Whatever came from a tenant or a file is quoted for the target (core/quote.h).
 */
#ifndef PLANS_RENDER_H
#define PLANS_RENDER_H

#include "plans/saved/next_command.h"
#include "plans/saved/plan_folder.h"
#include "plans/saved/rehearsed.h"
#include "plans/saved/replay.h"

struct render_input {
	const struct plan_folder *folder;
	const struct desired *desired; /* NULL when its file cannot be read: limits are then left out */
	const struct policy *policy;
	const struct action_result *results; /* by the plan's actions, from the journal; NULL: no run yet */
	int64_t approvals_valid;	     /* how many count now */
	enum plan_place place;
	bool unattended; /* whoever is shown this cannot be asked anything: the next command is told --yes */
	bool asked;	 /* shown by a command that asks now: none comes next */
	/* A plan holds no time: what day it is, and what was done, comes from whoever shows it. */
	int32_t today;				  /* 0: not known */
	const struct journal_entry_list *entries; /* of the plan's journal; or NULL */
	const struct rehearsed *rehearsed;	  /* the report beside the plan; or NULL */
	const char *undone_by;			  /* id of the plan that took it back; or NULL */
	const char *left_over;			  /* why it came too late to be applied; or NULL */
	const char *late_exit;			  /* SS247, as of today; or NULL */
	bool full;				  /* all users, not the first few of each step */
	bool color;				  /* text only */
	size_t columns;				  /* text only: of the terminal; 0: 80 */
};

struct render_model;
struct render_format {
	const char *name;      /* "markdown" */
	const char *extension; /* "md" */
	const char *media_type;
	void (*render)(const struct render_model *model, struct strbuf *out);
	/* What is said of a customer for whom nothing differs stands between these two. */
	const char *nothing_before;
	const char *nothing_after;
};

const struct render_format *render_format_find(const char *name); /* NULL: there is none of that name */
const struct render_format *render_format_at(size_t index);	  /* NULL behind the last */

/* The number that every face shows of the step to which an action of the plan belongs. */
size_t render_step_number(const struct plan_folder *folder, const struct action *action);

size_t render_step_count(const struct plan_folder *folder);

/* "Exchange Online (Plan 2)" of "EXCHANGE_S_ENTERPRISE"; NULL: not known. */
const char *render_service_name(const char *plan_name);

void render_plan(const struct render_format *format, const struct render_input *input, struct strbuf *out);
/* For a customer whose plan would be empty. */
void render_nothing(const struct render_format *format, const char *customer, struct strbuf *out);

#endif
