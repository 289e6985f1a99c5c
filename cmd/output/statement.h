/*
 * What is known of one plan, as an in-toto Statement (v1): for programs that collect attestations.
 *
 * Its subject is plan.json by its digest. It is signed by nobody: whoever hands the folder on may sign it,
 * and the approvals in it have signatures of their own. Source: in-toto Attestation Framework,
 * spec/v1/statement.md and spec/v1/resource_descriptor.md.
 */
#ifndef CMD_STATEMENT_H
#define CMD_STATEMENT_H

#include "plans/approvals/approvals.h"
#include "plans/git/store.h"

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define STATEMENT_PREDICATE "urn:seatshift:evidence:1"

VEC(evidence_list, struct store_file);

struct statement {
	const struct plan_folder *folder;
	const char *commit;
	const struct approval_report *approvals;  /* judged as of their signing */
	const struct journal_entry_list *entries; /* of the plan's journal; none: it was not begun */
	const struct evidence_list *materials;	  /* what the statement rests on, each with its digest */
};

void statement_write(const struct statement *statement, struct arena *tmp, struct strbuf *out);

#endif
