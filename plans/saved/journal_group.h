/*
 * The part of a journal's entry that says who of a group has what its swap hands out: written and read.
 *
 * Whoever is not named has it. People are named by id, and at most so many that a line stays one that is
 * read.
 */
#ifndef PLANS_JOURNAL_GROUP_H
#define PLANS_JOURNAL_GROUP_H

#include "plans/saved/journal.h"

enum { GROUP_NAMED_AT_MOST = 20000 };

/* {"members", "more", "unserved": [{"outcome", "users", "why"}]} */
void journal_group_put(const struct journal_group *group, struct json_writer *w);
NODISCARD bool journal_group_get(const struct json *object, struct arena *out,
				 struct journal_group *ret_group);

/* Adds one person; sorted, where they are added by id. */
void journal_group_add(struct journal_group *group, enum outcome outcome, const char *user_id,
		       const char *why, struct arena *out);
/* How the person stands; `well` for whoever is not named, `rest` where not all could be named. */
const char *journal_group_outcome(const struct journal_group *group, const char *user_id, const char *well,
				  const char *rest);

#endif
