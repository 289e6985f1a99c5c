/*
 * One request to Graph: base address, token, request ids, and its error body made into a struct error.
 *
 * A connection is bound to one tenant: every token it uses was asked of that tenant's authority. An
 * absolute URL (a nextLink) is followed only to the very host and version the connection is for. A
 * 401 is answered once with a fresh token, and so is a claims challenge where the way of signing in
 * can. The query string never enters an error message.
 */
#ifndef PROVIDERS_GRAPH_REQUEST_H
#define PROVIDERS_GRAPH_REQUEST_H

#include "core/clock.h"
#include "core/http_client.h"
#include "core/json.h"
#include "core/random.h"
#include "providers/graph/sign_in/token.h"
#include "providers/graph/wire/budget.h"

struct graph_conn {
	struct http_client *client;
	const struct random *random;
	const char *base; /* "https://graph.microsoft.com/v1.0" */
	struct token_cache *tokens;
	struct budget *budget;
	const struct redact *redact; /* what must not be seen of an error's text; or NULL */
	int64_t deadline_ms;	     /* of one request with all its repetitions */
	int64_t writes;		     /* parts sent that change something */
};

enum graph_outcome {
	GRAPH_OK,      /* 2xx */
	GRAPH_REFUSED, /* an answer that says no: nothing was done, and asking again will not help */
	GRAPH_BUSY,    /* 408, 409, 423, 429, 5xx: a write may or may not have been done */
	GRAPH_LOST,    /* no answer, or one that cannot be read: likewise */
	GRAPH_UNSENT,  /* it never left: no token, no connection */
};

struct graph_reply {
	enum graph_outcome outcome;
	int status;
	const struct json *body;		/* NULL when there is none */
	int64_t retry_after_ms;			/* -1: none */
	const struct error *err;		/* NULL when GRAPH_OK */
	const struct http_header_list *headers; /* NULL when there was no answer, or it is a part's */
	const char *client_request_id;		/* likewise */
};
/* The reply and all in it live only as long as the call. Called from http_client_drive alone. */
typedef void graph_done(void *ctx, const struct graph_reply *reply);

struct graph_request {
	enum http_method method;
	const char *url;  /* after the version: "/users/…?$select=…"; or an absolute nextLink */
	const char *body; /* JSON, copied; or NULL */
	size_t body_len;
	bool is_write;	      /* not repeated after it may have been sent */
	bool is_batch;	      /* its parts count, not itself */
	bool owner_knows_use; /* see struct http_call */
	bool eventual;	      /* an advanced query: from an index that may lag (ConsistencyLevel) */
	/* The text of a 2xx answer, before it is taken apart: whether it is good is not known yet. */
	void (*peek)(void *ctx, const char *text, size_t len);
};

void graph_send(struct graph_conn *conn, const struct graph_request *request, graph_done *done, void *ctx);

/* Which kind of outcome a status is. */
enum graph_outcome graph_outcome_of(int status);

/*
 * Graph's error body as an error: method, path, status, code, message and both request ids in the
 * message. `headers` may be NULL (a part of a batch), `body` too (HTML, or nothing).
 */
struct graph_failure {
	bool out_of_time;
	enum http_method method;
	const char *url;
	int status;
	const struct json *body;
	const struct http_header_list *headers;
	const char *client_request_id;
	int64_t attempts, spent_ms;
	const struct redact *redact; /* or NULL */
};
void graph_error(const struct graph_failure *failure, struct error *err);

/* Sets `to` (unset) to the same error. */
void graph_error_copy(const struct error *from, struct error *to);

#endif
