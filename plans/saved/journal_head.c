/* Whose journal it is. */
#include "plans/saved/journal_head.h"

#include "core/mem.h"
#include "core/quote.h"
#include "core/str.h"

#include <string.h>

/* "sha256:3fa9c1d2e4b7…" → "3fa9c1d2e4b7" */
static const char *plan_id(const char *digest, struct arena *tmp)
{
	const char *hex = strchr(digest, ':');
	return quote_terminal_cut(tmp, hex ? hex + 1 : digest, 12);
}

bool journal_head_check(const struct journal_file *file, const struct journal_head *found, struct error *err)
{
	const struct journal_head *head = &file->head;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	if (str_eq(found->digest, head->digest) && str_eq(found->customer, head->customer) &&
	    str_eq(found->tenant, head->tenant))
		return true;
	if (found->digest && found->customer && found->tenant)
		error_set(err, ERR_INVALID,
			  "journal '%s' is of plan %s of '%s' (tenant %s), not of plan %s of '%s'",
			  file->path, plan_id(found->digest, tmp),
			  quote_terminal_cut(tmp, found->customer, 64),
			  quote_terminal_cut(tmp, found->tenant, 64), plan_id(head->digest, tmp),
			  head->customer);
	else
		error_set(err, ERR_INVALID, "journal '%s' does not say in its first line which plan it is of",
			  file->path);
	error_where(err, "%s:1", file->path);
	return error_hint(
		err, "It was copied, moved or made by hand: git moves one along where a merge takes "
		     "another plan's folder for this one renamed. Put back what git had here, or nothing.");
}
