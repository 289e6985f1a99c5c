/*
 * Manual pages in mdoc, from the tables that help, parsing and validation use: seatshift(1), one page
 * per command, one of section 5 for each kind of file that people write, and a page of
 * section 7 for each topic (cmd/help/topic.h).
 */
#ifndef CMD_MANUAL_H
#define CMD_MANUAL_H

#include "cmd/table/command.h"
#include "plans/desired/desired.h"

NODISCARD bool manual_file(enum schema_kind kind, struct strbuf *out, struct error *err);

/* Where pages are written to: see file_write_atomic. */
struct manual_place {
	const char *root, *dir;
};

/* All of them: DIR/man1/seatshift.1, DIR/man1/seatshift-plan.1, …, man5/seatshift-customer.5, …,
 * man7/seatshift-git.7, … */
NODISCARD bool manual_write(const struct command *const *table, const struct manual_place *place,
			    struct arena *out, struct str_list *ret_paths, struct error *err);

#endif
