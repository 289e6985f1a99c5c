/*
 * Whose journal it is: what its first line says beside its event, and every reader compares.
 *
 * Actions are called a0001… in every plan, and a chain of hashes only says that a journal is whole. git
 * itself moves a file along into a folder that it takes for the renamed one. So a journal names its plan by
 * the whole digest, and the customer and the tenant that it is about.
 */
#ifndef PLANS_JOURNAL_HEAD_H
#define PLANS_JOURNAL_HEAD_H

#include "core/error.h"

#define JOURNAL_FORMAT "seatshift-journal/1"

struct journal_head {
	const char *customer;
	const char *digest; /* of the plan, "sha256:…" */
	const char *tenant; /* its id */
};

/* A plan's journal: where it is (or what errors call it), and what its first line has to say. */
struct journal_file {
	const char
		*root; /* the repository's folder, below which no link is followed; NULL: of no repository */
	const char *path;
	struct journal_head head;
};

/* ERR_INVALID, naming the plan that it is of, when `found` (the first line's) is not the file's. */
NODISCARD bool journal_head_check(const struct journal_file *file, const struct journal_head *found,
				  struct error *err);

#endif
