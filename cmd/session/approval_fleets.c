/* Which fleets approve a plan as well. */
#include "cmd/session/approval_fleets.h"

#include "plans/fleet/fleet.h"

#include <string.h>

struct looking {
	struct app *app;
	const struct approved *approved;
	const struct plan_folder *folder;
	struct approval_fleet_list *fleets;
};

static bool has_plan(const struct fleet *fleet, const struct plan_folder *folder)
{
	for (size_t i = 0; i < fleet->members.count; i++)
		if (str_eq(fleet->members.items[i].digest, folder->digest) &&
		    str_eq(fleet->members.items[i].customer, folder->plan.customer))
			return true;
	return false;
}

/* On the approved branch, like everything that counts there. One that cannot be read approves nothing. */
static bool look_at_fleet(struct looking *l, const char *id, struct error *err)
{
	struct arena *out = l->app->arena;
	const char *dir = arena_printf(out, "fleets/%.*s", (int)strcspn(id, "/"), id);
	struct bytes text;
	struct fleet fleet = {0};
	struct error unreadable = ERROR_INIT;
	if (!approved_read(l->approved, arena_printf(out, "%s/fleet.json", dir), out, &text, err))
		return false;
	if (text.ptr && !fleet_decode(text.ptr, text.len, out, &fleet, &unreadable)) {
		error_release(&unreadable);
		return true;
	}
	if (text.ptr && has_plan(&fleet, l->folder))
		VEC_PUSH(out, l->fleets,
			 (struct approval_fleet){arena_printf(out, "%s/approvals", dir),
						 arena_strdup(out, fleet.digest)});
	return true;
}

static bool find_fleets(struct looking *l, struct error *err)
{
	struct str_list ids = {0};
	if (!l->approved->commit)
		return true;
	if (!store_list(l->approved->store, l->approved->commit, "fleets", l->app->arena, &ids, err))
		return false;
	for (size_t i = 0; i < ids.count; i++)
		if (!look_at_fleet(l, ids.items[i], err))
			return false;
	return true;
}

bool approval_fleets_now(struct app *app, const struct approved *approved, const struct plan_folder *folder,
			 struct approval_fleet_list *ret_fleets, struct error *err)
{
	struct looking l = {app, approved, folder, ret_fleets};
	return !approved->policy.approvals_fleet || find_fleets(&l, err);
}

/* A policy that cannot be read let nothing. */
static bool was_let(struct app *app, const struct approved *approved, const char *commit)
{
	struct repository then = repository_of_commit(approved->store, commit, approved->branch, app->arena);
	struct checked checked = {0};
	struct policy policy = {0};
	struct error unreadable = ERROR_INIT;
	if (repository_load_policy(&then, app->arena, &checked, &policy, &unreadable))
		return policy.approvals_fleet;
	error_release(&unreadable);
	return false;
}

bool approval_fleets_ever(void *ctx, const struct approved *approved, const struct plan_folder *folder,
			  struct approval_fleet_list *ret_fleets, struct error *err)
{
	struct app *app = ctx;
	struct approval_fleet_list all = {0};
	struct looking l = {app, approved, folder, &all};
	if (!find_fleets(&l, err))
		return false;
	for (size_t i = 0; i < all.count; i++) {
		struct store_log signed_in = {0};
		const struct store_log_query query = {
			.revision = approved->commit, .path = all.items[i].dir, .limit = 1};
		if (!store_log(approved->store, &query, app->arena, &signed_in, err))
			return false;
		if (approved->policy.approvals_fleet ||
		    (signed_in.commits.count && was_let(app, approved, signed_in.commits.items[0].id)))
			VEC_PUSH(app->arena, ret_fleets, all.items[i]);
	}
	return true;
}
