/* Whose names are: UPNs, addresses of somebody, or nobody's. */
#ifndef PROVIDERS_GRAPH_WHOSE_H
#define PROVIDERS_GRAPH_WHOSE_H

#include "providers/graph/wire/request.h"
#include "providers/provider.h"

/* As struct provider_ops has it. */
NODISCARD bool whose_names(struct graph_conn *conn, const struct str_list *names, struct arena *out,
			   struct name_owner_list *ret, struct error *err);

#endif
