/* A saved plan, proved to be what the planner makes. */
#include "plans/saved/plan_verify.h"

#include "plans/saved/follows.h"
#include "plans/saved/journal.h"
#include "plans/saved/plan_difference.h"
#include "plans/saved/undone.h"

static bool check_inputs(const struct plan_folder *folder, const struct desired *desired,
			 const struct policy *policy, struct error *err)
{
	const struct plan *plan = &folder->plan;
	const char *changed = NULL;
	if (!str_eq(plan->desired_digest, desired->digest))
		changed = plan->desired_file;
	else if (!str_eq(plan->policy_digest, policy->digest))
		changed = policy->file;
	if (!changed)
		return true;
	error_set(err, ERR_STALE, "'%s' no longer means what plan %s was made from", changed, folder->id);
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	return error_hint(err, "%s again: '%s'.", plan->undoes ? "Undo it" : "Plan",
			  plan_again_command(plan, tmp));
}

/* Another's plan is no basis, and neither is one that was lost. */
static bool load_undone(const char *dir, const struct plan_folder *folder, struct arena *out,
			struct plan_folder *ret_undone, struct undone *ret, struct error *err)
{
	const char *name = arena_printf(out, "plans/%s/%s", folder->plan.customer, folder->plan.undoes);
	struct journal_entry_list entries = {0};
	bool cut = false;
	bool loaded = plan_folder_load(dir, name, out, ret_undone, err);
	const struct journal_file journal =
		loaded ? plan_journal(ret_undone, dir, out) : (struct journal_file){0};
	if (!loaded || !journal_read(&journal, out, &entries, &cut, err))
		return error_wrap(err, "plan %s undoes plan %s, which cannot be used", folder->id,
				  folder->plan.undoes);
	*ret = undone_of(ret_undone, &entries, out);
	return true;
}

/* A plan that is proved, and what it should come of. */
struct proving {
	const char *dir; /* of the repository */
	const struct plan_folder *folder;
	struct plan_inputs inputs;
	struct arena *out;
	struct diag_list *diags;
};

static bool make_again(const struct proving *p, struct plan *ret_plan, struct error *err)
{
	const struct plan_folder *folder = p->folder;
	enum error_code code;
	bool made;
	if (folder->plan.undoes) {
		struct plan_folder *of = arena_alloc(p->out, sizeof *of);
		struct undone undone;
		if (!load_undone(p->dir, folder, p->out, of, &undone, err))
			return false;
		made = undo_build(&p->inputs, &undone, p->out, p->diags, ret_plan, &code);
	} else {
		made = plan_build(&p->inputs, p->out, p->diags, ret_plan, &code);
	}
	if (made && !plan_prove_follows(p->dir, folder, ret_plan, p->out, err))
		return false;
	ret_plan->follows = folder->plan.follows;
	return made ||
	       error_set(err, ERR_INVALID,
			 "plan %s is not what the planner makes of its snapshot: it makes none", folder->id);
}

bool plan_folder_verify(const char *dir, const struct plan_folder *folder, const struct plan_inputs *files,
			struct arena *out, struct diag_list *diags, struct error *err)
{
	struct proving proving = {dir, folder, *files, out, diags};
	struct plan made = {0};
	proving.inputs.live = &folder->live;
	if (!check_inputs(folder, files->desired, files->policy, err) || !make_again(&proving, &made, err))
		return false;
	if (plan_is_written_as(&made, folder->text.ptr, folder->text.len))
		return true;
	error_set(err, ERR_INVALID, "plan %s is not what the planner makes of its snapshot: %s", folder->id,
		  plan_difference(&folder->plan, &made, out));
	if (folder->plan.undoes)
		return error_hint(err, "Has plan %s been carried further since? Then undo it again.",
				  folder->plan.undoes);
	return error_hint(err, "%s", plan_never_edited);
}
