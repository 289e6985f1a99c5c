/*
 * A whole collection, page after page.
 *
 * The nextLink is followed as it is, unchanged, and only to Graph itself. A page may be short or empty
 * and still have a successor. A page token that has expired restarts the listing, a few times at most.
 */
#ifndef PROVIDERS_GRAPH_PAGING_H
#define PROVIDERS_GRAPH_PAGING_H

#include "providers/graph/wire/request.h"

struct paging {
	const char *url; /* of the first page; copied */
	/* One item; false with err set ends the listing. */
	bool (*item)(void *ctx, const struct json *item, struct error *err);
	/* Before the items of a page: when it was asked for (monotonic). NULL: nobody wants to know. */
	void (*page)(void *ctx, int64_t asked_ms);
	void (*restart)(void *ctx); /* forget what was collected; NULL when repeats do no harm */
	void (*done)(void *ctx, const struct graph_reply *reply); /* of the last page, or of the failure */
	void *ctx;
};

void paging_start(struct graph_conn *conn, const struct paging *paging);

#endif
