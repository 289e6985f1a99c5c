/* Names that exist, near to names that do not: for suggestions after a refusal. */
#ifndef PROVIDERS_GRAPH_SUGGEST_H
#define PROVIDERS_GRAPH_SUGGEST_H

#include "core/tenant.h"
#include "providers/graph/wire/request.h"

/* At most two requests, both batches: live->known_upns and known_addresses. What cannot be had is left out.
 */
void suggest_names(struct graph_conn *conn, const struct str_list *upns, struct arena *out,
		   struct live *live);
/*
 * Groups, by the first letters of names that no group has, and by mail addresses, which people write in
 * either place: one batch. live->known_groups and known_group_mails.
 */
void suggest_groups(struct graph_conn *conn, const struct str_list *upns, const struct str_list *groups,
		    struct arena *out, struct live *live);

#endif
