/* A fleet where a plan may be named as well. */
#include "cmd/fleet/fleet_approval.h"

#include "cmd/fleet/verbs.h"
#include "cmd/output/document.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/names.h"
#include "cmd/session/session.h"
#include "core/file.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/saved/plan_file.h"

#include <string.h>

bool fleet_is_meant(struct app *app, const char *name)
{
	struct plan_folder ignored;
	struct error err = ERROR_INIT;
	if (!fleet_folder_is_meant(app->dir, name_in_repository(app, name), app->arena))
		return false;
	bool is_plan = plan_named(app, name, &ignored, &err);
	error_release(&err);
	return !is_plan;
}

static bool prove_plan(struct app *app, const struct fleet_member *member, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct plan_paths paths;
	struct bytes text;
	char digest[DIGEST_TEXT_SIZE], id[PLAN_ID_SIZE];
	plan_paths_of(tmp, member->customer, member->plan, &paths);
	if (!file_read_within(app->dir, paths.plan, STRBUF_LARGE, tmp, &text, err)) {
		err->code = ERR_INVALID;
		return error_wrap(err, "the plan of '%s' is not there", member->customer);
	}
	plan_digest(text.ptr, text.len, digest, id);
	return str_eq(digest, member->digest) ||
	       error_set(err, ERR_INVALID, "plan %s of '%s' is not the one that the fleet was made of",
			 member->plan, member->customer);
}

bool fleet_prove(struct app *app, const char *name, struct fleet_folder *ret_folder,
		 struct plan_folder *ret_first, struct error *err)
{
	if (!fleet_named(app, name, ret_folder, err))
		return false;
	const struct fleet_member_list *members = &ret_folder->fleet.members;
	for (size_t i = 0; i < members->count; i++)
		if (!prove_plan(app, &members->items[i], err))
			return false;
	if (!members->count)
		return error_set(err, ERR_INVALID, "fleet %s has nobody", ret_folder->fleet.id);
	const char *first =
		arena_printf(app->arena, "plans/%s/%s", members->items[0].customer, members->items[0].plan);
	return plan_folder_load(app->dir, first, app->arena, ret_first, err);
}

void fleet_describe(struct app *app, const struct fleet_folder *folder, struct strbuf *out)
{
	const struct fleet *fleet = &folder->fleet;
	struct arena *arena = app->arena;
	strbuf_addf(out, "Fleet %s  the plans of %s\n\n", fleet->id,
		    say_number(arena, (int64_t)fleet->members.count, "customer", "customers"));
	for (size_t w = 0; w < fleet->waves.count; w++) {
		int64_t users = 0;
		size_t members = 0;
		for (size_t i = 0; i < fleet->members.count; i++) {
			if (fleet->members.items[i].wave != w)
				continue;
			users += fleet->members.items[i].users;
			members++;
		}
		strbuf_addf(out, "  %-16s customers %5zu, people %6lld; until %s\n",
			    quote_terminal(arena, fleet->waves.items[w].name), members, (long long)users,
			    wave_until_name(fleet->waves.items[w].until));
	}
	if (fleet->left_out.count)
		strbuf_addf(
			out, "  %s left out\n",
			say_number(arena, (int64_t)fleet->left_out.count, "customer is", "customers are"));
	strbuf_addf(out, "\n  digest %s\n  Each plan: seatshift show PLAN; the list: %s\n", fleet->digest,
		    folder->path);
}

static void print_json(struct app *app, const struct fleet_folder *folder, const struct approval_check *check,
		       bool ok)
{
	struct document doc;
	document_begin(&doc);
	json_put_key(&doc.w, "approvals");
	approval_check_put_json(check, &doc.w);
	json_set_text(&doc.w, "digest", folder->fleet.digest);
	json_set_text(&doc.w, "fleet", folder->fleet.id);
	json_set_text(&doc.w, "format", "seatshift-fleetverify/1");
	json_set_int(&doc.w, "members", (int64_t)folder->fleet.members.count);
	json_set_bool(&doc.w, "ok", ok);
	document_print(app, &doc);
}

static bool match(const struct approved *approved, const struct fleet_folder *folder, struct arena *out,
		  struct error *err)
{
	struct bytes there;
	if (!approved->required)
		return true;
	if (!approved->commit) {
		error_set(err, ERR_UNAPPROVED, "fleet %s needs approved plans, and none can be: %s",
			  folder->fleet.id, approved->missing);
		return error_hint(err, "%s", approved->hint);
	}
	if (!approved_read(approved, folder->path, out, &there, err))
		return false;
	if (there.ptr && bytes_equal(there, folder->text))
		return true;
	error_set(err, ERR_UNAPPROVED,
		  there.ptr ? "fleet %s is another one on '%s'" : "fleet %s is not on '%s'", folder->fleet.id,
		  approved->branch);
	return error_hint(err, "%s",
			  approved->elsewhere
				  ? approved->elsewhere
				  : "Commit it there ('seatshift fleet plan --commit', then merge).");
}

bool fleet_match_approved(struct app *app, const struct fleet_folder *folder, struct error *err)
{
	CLEANUP(store_freep) struct store *store = NULL;
	struct repository repository;
	struct checked checked = {0};
	struct policy policy;
	struct approved approved = {0};
	struct error no_store = ERROR_INIT;
	const char *why = NULL;
	if (!repository_open(app->dir, app->arena, &repository, err) ||
	    !repository_load_policy(&repository, app->arena, &checked, &policy, err))
		return false;
	if (!open_store(app, &store, &no_store)) {
		why = arena_strdup(app->arena, no_store.message);
		error_release(&no_store);
	}
	const struct approved_from from = approved_from(app, store, why, &policy);
	return approved_open(&from, app->arena, &approved, err) && match(&approved, folder, app->arena, err);
}

bool fleet_verify(struct app *app, const char *name, int *ret_status, struct error *err)
{
	struct fleet_folder folder;
	struct plan_folder first;
	struct repository repository;
	struct checked checked = {0};
	struct policy policy;
	struct approval_check check = {0};
	bool ok = fleet_prove(app, name, &folder, &first, err) && fleet_match_approved(app, &folder, err) &&
		  repository_open(app->dir, app->arena, &repository, err) &&
		  repository_load_policy(&repository, app->arena, &checked, &policy, err) &&
		  approval_check_run(app, &policy, &first, &check, err);
	if (ok) {
		bool approved = check.report.valid >= check.report.required;
		if (!approved)
			*ret_status = error_info(ERR_UNAPPROVED)->status;
		if (app->out.format == FORMAT_JSON) {
			print_json(app, &folder, &check, approved);
		} else {
			CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
			fleet_describe(app, &folder, &buf);
			strbuf_addf(&buf,
				    "  proved    every plan is there, and the one that the fleet was made "
				    "of\n");
			approval_check_text(&check, app->arena, &buf);
			out_text(&app->out, strbuf_text(&buf));
		}
	}
	approval_check_release(&check);
	return ok;
}
