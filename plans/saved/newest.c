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

bool plan_newest(const char *dir, const char *customer, enum newest which, struct arena *out,
		 struct newest_plan *ret_newest, struct error *err)
{
	struct str_list ids = {0};
	const char *folder = arena_printf(out, "plans/%s", customer);
	*ret_newest = (struct newest_plan){0};
	if (!file_list(path_join(out, dir, folder), out, &ids, err))
		return false;
	for (size_t i = 0; i < ids.count; i++) {
		struct newest_plan plan = {.found = true};
		const char *path = arena_printf(out, "%s/%s", folder, ids.items[i]);
		bool cut = false;
		if (!file_exists(path_join(out, dir, arena_printf(out, "%s/plan.json", path))))
			continue;
		if (!plan_folder_load(dir, path, out, &plan.folder, err))
			return false;
		const struct journal_file file = plan_journal(&plan.folder, dir, out);
		if (!journal_read(&file, out, &plan.entries, &cut, err))
			return error_wrap(err, "cannot use the journal of plan %s", plan.folder.id);
		if (which == NEWEST_BEGUN && !plan.entries.count)
			continue;
		if (!ret_newest->found || strcmp(last_touched(&plan), last_touched(ret_newest)) > 0)
			*ret_newest = plan;
	}
	return true;
}
