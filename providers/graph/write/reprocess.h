/*
 * Asks the service to process what groups hand out to people again.
 *
 * Somebody whom a group's licence was refused stays without it, also when the cause is mended, until that is
 * asked for ("Assign or unassign licenses to a group", 2025-04-07; "Resolve group license assignment
 * problems", 2025-02-27). It concerns all groups of the person, needs User.ReadWrite.All, and may be asked as
 * often as one likes.
 */
#ifndef PROVIDERS_GRAPH_REPROCESS_H
#define PROVIDERS_GRAPH_REPROCESS_H

#include "providers/graph/wire/request.h"
#include "providers/provider.h"

struct reprocess_request {
	struct graph_conn *conn;
	const struct action *action; /* whose words a refusal is put in */
	const struct str_list *user_ids;
	bool (*should_stop)(void *ctx); /* or NULL */
	void *stop_ctx;
};

/* Each once. False when nothing could be sent any more, or it was stopped. */
NODISCARD bool reprocess_people(const struct reprocess_request *request, struct arena *out,
				struct reprocessed *ret, struct error *err);

#endif
