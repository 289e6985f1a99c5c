/* What commands share that make a plan: reading the tenant, refusing, saving, committing. */
#ifndef CMD_PLAN_SAVING_H
#define CMD_PLAN_SAVING_H

#include "cmd/session/session.h"
#include "plans/saved/plan_folder.h"

/* Proves the tenant, then reads what `scope` names. The session is connected. */
NODISCARD bool plan_read_tenant(struct app *app, struct session *session, const struct read_scope *scope,
				struct live *live, struct read_info *info, struct error *err);

/* Prints why there is no plan, and makes an error of it. Always false. */
bool plan_refuse(struct app *app, const struct session *session, const struct diag_list *diags,
		 enum error_code code, struct error *err);

/*
 * A plan that would be the same as one which is over (finished, or undone) is another decision: it says which
 * plan it follows, and so has another id. The others stay as they are.
 */
NODISCARD bool plan_follow(struct app *app, struct plan *plan, struct error *err);

/* A bare repository has no folder to write to: the plan is only committed. */
bool plan_is_bare(struct app *app);
NODISCARD bool plan_save(struct app *app, const struct plan *plan, const struct live *live,
			 const struct read_info *info, struct plan_folder *folder, struct error *err);
/* ERR_INVALID where a branch is named and nothing is to be committed: it would be ignored. */
NODISCARD bool branch_goes_with_commit(bool commit, const char *branch, struct error *err);
/* Commits exactly the plan's folder; `branch` NULL: on the current one. */
NODISCARD bool plan_commit(struct app *app, const struct plan_folder *folder, const char *branch,
			   struct error *err);

#endif
