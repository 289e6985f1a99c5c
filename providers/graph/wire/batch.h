/*
 * $batch: up to 20 requests in one, matched by id, in whatever order the answers come.
 *
 * A batch of reads sends the parts that were throttled or failed (429, 5xx, no answer) again, and only
 * those, after the longest Retry-After among them, until the connection's deadline. A part answered 401
 * is among them once, with a new token. A batch of writes is sent once: what has no answer, or one of
 * those, is the caller's to look at.
 */
#ifndef PROVIDERS_GRAPH_BATCH_H
#define PROVIDERS_GRAPH_BATCH_H

#include "providers/graph/wire/request.h"

enum { BATCH_MAX = 20 };

struct batch_part {
	enum http_method method;
	const char *url;  /* after the version, as in struct graph_request; copied */
	const char *body; /* JSON, or NULL; copied */
};

struct batch {
	const struct batch_part *parts;
	size_t count;
	bool is_write;
	/* Each part exactly once, as soon as its reply is final. */
	void (*part)(void *ctx, size_t index, const struct graph_reply *reply);
	void (*done)(void *ctx); /* after the last part */
	void *ctx;
};

void batch_send(struct graph_conn *conn, const struct batch *batch);

#endif
