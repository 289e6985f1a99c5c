/* Whether a plan was ever undone. */
#include "plans/approvals/undone_ever.h"

#include "core/file.h"

#include <string.h>

struct looking {
	const struct approved *approved;
	const char *plans; /* plans/CUSTOMER */
	const char *words; /* that a plan has which undoes this one */
	struct str_list revisions;
	struct arena *out;
};

/* Large plans of which most undo nothing: the words are enough to tell. */
static bool undoes(const struct looking *l, const struct store_place *place, bool *ret_does,
		   struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct bytes text;
	const char *path = arena_printf(tmp, "%s/%s/plan.json", l->plans, place->name);
	if (!store_read(l->approved->store, place->commit, path, tmp, &text, err))
		return false;
	*ret_does = text.ptr && memmem(text.ptr, text.len, l->words, strlen(l->words)) != NULL;
	return true;
}

static bool was_begun(const struct looking *l, const char *name, const char **ret_commit, struct error *err)
{
	struct store_versions versions = {0};
	const char *path = arena_printf(l->out, "%s/%s/journal.jsonl", l->plans, name);
	*ret_commit = NULL;
	if (!store_versions(l->approved->store, &l->revisions, path, l->out, &versions, err))
		return false;
	for (size_t i = 0; i < versions.all.count; i++)
		if (versions.all.items[i].content.len)
			*ret_commit = versions.all.items[i].commit;
	return true;
}

bool undone_ever(const struct approved *approved, const struct plan_folder *folder, struct arena *out,
		 struct undone_ever *ret, struct error *err)
{
	struct looking l = {.approved = approved,
			    .plans = path_dir(out, folder->paths.dir),
			    .words = arena_printf(out, "\"undoes\":\"%s\"", folder->id),
			    .out = out};
	struct store_place_list places = {0};
	*ret = (struct undone_ever){0};
	if (!approved->store)
		return true;
	approved_revisions(approved, out, &l.revisions);
	const struct store_below plans = {l.plans, "plan.json"};
	if (!store_places(approved->store, &l.revisions, &plans, out, &places, err))
		return false;
	for (size_t i = 0; i < places.count && !ret->id; i++) {
		const struct store_place *place = &places.items[i];
		bool does = false;
		/* Under any other name it is no plan's folder. */
		if (!plan_id_is_whole(place->name))
			continue;
		if (!undoes(&l, place, &does, err) ||
		    (does && !was_begun(&l, place->name, &ret->commit, err)))
			return false;
		if (does && ret->commit)
			ret->id = place->name;
	}
	return true;
}
