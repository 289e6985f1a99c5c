/* Approvals for the record: who approved, in which commit, whatever counts by now. */
#include "plans/approvals/approvals.h"

/* The last that wrote it: an approval that expired is written again under the same name. */
static bool find_commit(const struct approval_case *c, struct approval_item *item, struct arena *out,
			struct error *err)
{
	struct store_log log = {0};
	const char *path =
		item->fleet ? item->file : arena_printf(out, "%s/%s", c->folder->paths.approvals, item->file);
	const struct store_log_query query = {
		.revision = c->commit ? c->commit : c->approved->commit, .path = path, .limit = 1};
	if (!store_log(c->approved->store, &query, out, &log, err))
		return false;
	item->commit = log.commits.count ? log.commits.items[0].id : NULL;
	return true;
}

bool approvals_of_record(const struct approval_case *approval_case, struct arena *out,
			 struct approval_report *ret_report, struct error *err)
{
	struct approval_case as_signed = *approval_case;
	struct approval_report report = {0};
	as_signed.as_of = AS_OF_SIGNING;
	if (!approvals_judge(&as_signed, out, &report, err))
		return false;
	for (size_t i = 0; i < report.items.count; i++)
		if (!find_commit(&as_signed, &report.items.items[i], out, err))
			return false;
	*ret_report = report;
	return true;
}

bool approval_is_faulty(const struct approval_item *item)
{
	bool of_others = item->verdict == APPROVAL_BY_AUTHOR || item->verdict == APPROVAL_SAME_PERSON;
	return item->verdict != APPROVAL_COUNTS && item->verdict != APPROVAL_AUTHOR_UNKNOWN &&
	       !(item->fleet && of_others);
}
