/*
 * HTTP as plain data, the table a transport implements, and what every user of URLs must agree on.
 *
 * A transport carries out many requests at once. It never retries, never follows a redirect, and
 * reports one result per request. Retries, deadlines and throttling are core/http_client.h's.
 */
#ifndef CORE_HTTP_H
#define CORE_HTTP_H

#include "core/error.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

enum http_method { HTTP_GET, HTTP_POST, HTTP_PATCH, HTTP_DELETE };

struct http_header {
	const char *name;
	const char *value;
};
VEC(http_header_list, struct http_header);

struct http_request {
	enum http_method method;
	const char *url;
	struct http_header_list headers; /* nothing secret */
	const struct secret *bearer;	 /* sent as "Authorization: Bearer …"; or NULL; borrowed */
	const char *body;		 /* or NULL */
	size_t body_len;
	const struct secret *secret_body; /* instead of `body`: a form that holds a secret; borrowed */
	const char *secret_header;	  /* a header whose value is a secret; or NULL */
	const struct secret *secret_header_value;
	int64_t timeout_ms;
	size_t max_body; /* a longer answer is an error */
	bool no_proxy;
	bool is_metadata;    /* to Azure's metadata service: plain http to 169.254.0.0/16 is allowed */
	bool new_connection; /* after a 5xx: another front end may be healthy */
};

enum http_outcome {
	HTTP_ANSWERED, /* status, headers and body are there */
	HTTP_NOT_SENT, /* it certainly did not reach the server: could not resolve, connect or agree on TLS */
	HTTP_LOST,     /* it may have reached the server, and the answer is missing or cut */
};

struct http_response {
	enum http_outcome outcome;
	int status;
	struct http_header_list headers; /* names lower case */
	const char *body;		 /* NUL added; may be empty, never NULL when answered */
	size_t body_len;
	const char *problem; /* when not answered: what happened, one line, no secret */
	bool problem_is_tls; /* certificate or CA problem */
	bool problem_is_proxy;
	int proxy_status;	 /* what a proxy answered instead of opening a tunnel; 0: it did not */
	bool problem_is_network; /* nothing was reached at all */
	int64_t elapsed_ms;
};

/*
 * A transport: submit starts a request, drive carries on all of them. `request` and what it points to
 * stay the caller's and must live until `done`; the response lives only as long as the call of `done`.
 * `done` is called from drive alone, once per request, and may submit again. Freeing a transport drops
 * what is in flight without calling back.
 */
typedef void http_done(void *ctx, const struct http_response *response);
struct http_transport;
struct http_transport_ops {
	void (*submit)(struct http_transport *t, const struct http_request *request, http_done *done,
		       void *ctx);
	/* Returns when something was done, or after `wait_ms`, or when a signal arrived. */
	void (*drive)(struct http_transport *t, int64_t wait_ms);
	/* Ends those submitted with this `ctx` as lost, by their `done`. NULL: it cannot. */
	void (*cancel)(struct http_transport *t, void *ctx);
	void (*free)(struct http_transport *t);
};
struct http_transport {
	const struct http_transport_ops *ops; /* implementations embed this as their first member */
};
void http_transport_free(struct http_transport *t);
DEFINE_FREEP(struct http_transport, http_transport)

/*
 * "scheme://host:port" of a URL, lower case and with the port always there, so that two URLs go to
 * the same place exactly when these are equal. NULL when it is not an http or https URL, or names a
 * user or password.
 */
char *http_origin(struct arena *out, const char *url);
/* https, or plain http to a loopback address (127.0.0.0/8, ::1, localhost). */
bool http_origin_allowed(const char *origin);
bool http_origin_is_loopback(const char *origin);
bool http_origin_is_link_local(const char *origin); /* 169.254.0.0/16, where Azure's metadata service is */

/*
 * A Retry-After value: whole seconds, a fraction (rounded up to the next second) or an HTTP date seen
 * from `now_ms` (wall clock). Never negative, at most a day.
 */
NODISCARD bool http_retry_after_parse(const char *text, int64_t now_ms, int64_t *ret_wait_ms);

const char *http_method_name(enum http_method method);
/* The first value of a header (`name` in lower case), or NULL. */
const char *http_header_find(const struct http_header_list *headers, const char *name);

#endif
