/* Which of a customer's saved plans counts. */
#include "plans/saved/newest.h"

#include "core/file.h"

#include <string.h>

/* RFC 3339 in UTC, as seatshift writes it: the order of the bytes is the order of time. */
static const char *last_touched(const struct newest_plan *plan)
{
	if (plan->entries.count)
		return plan->entries.items[plan->entries.count - 1].at;
	return plan->folder.info.read_at ? plan->folder.info.read_at : "";
}

static bool collect(const struct newest_query *query, struct arena *out, struct newest_plan_list *ret,
		    struct error *err)
{
	struct str_list ids = {0};
	const char *folder = arena_printf(out, "plans/%s", query->customer);
	if (!file_list_within(query->dir, folder, out, &ids, err))
		return false;
	for (size_t i = 0; i < ids.count; i++) {
		struct newest_plan plan = {.found = true};
		const char *path = arena_printf(out, "%s/%s", folder, ids.items[i]);
		bool cut = false;
		if (!file_exists(path_join(out, query->dir, arena_printf(out, "%s/plan.json", path))) ||
		    plan_folder_is_copy(query->dir, path))
			continue;
		if (!plan_folder_load(query->dir, path, out, &plan.folder, err))
			return false;
		const struct journal_file file = plan_journal(&plan.folder, query->dir, out);
		if (!journal_read(&file, out, &plan.entries, &cut, err))
			return error_wrap(err, "cannot use the journal of plan %s", plan.folder.id);
		if (query->which == NEWEST_ANY || plan.entries.count)
			VEC_PUSH(out, ret, plan);
	}
	return true;
}

bool plan_newest(const struct newest_query *query, struct arena *out, struct newest_plan *ret_newest,
		 struct error *err)
{
	struct newest_plan_list plans = {0};
	*ret_newest = (struct newest_plan){0};
	if (!collect(query, out, &plans, err))
		return false;
	int64_t *ages = arena_alloc_array(out, plans.count + 1, sizeof *ages);
	if (plans.count > 1 && query->ages && !query->ages(query->ctx, &plans, ages, err))
		return false;
	size_t newest = 0;
	for (size_t i = 1; i < plans.count; i++) {
		bool later = strcmp(last_touched(&plans.items[i]), last_touched(&plans.items[newest])) > 0;
		if (ages[i] < ages[newest] || (ages[i] == ages[newest] && later))
			newest = i;
	}
	if (plans.count)
		*ret_newest = plans.items[newest];
	return true;
}
