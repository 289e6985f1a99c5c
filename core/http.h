/*
 * HTTP as plain data, and the table a transport implements. No code.
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
	const struct secret *bearer;     /* sent as "Authorization: Bearer …"; or NULL; borrowed */
	const char *body;                /* or NULL */
	size_t body_len;
	const struct secret *secret_body; /* instead of `body`: a form that holds a secret; borrowed */
	int64_t timeout_ms;
	size_t max_body; /* a longer answer is an error */
	bool no_proxy;
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
	const char *body;                /* NUL added; may be empty, never NULL when answered */
	size_t body_len;
	const char *problem; /* when not answered: what happened, one line, no secret */
	bool problem_is_tls; /* certificate or CA problem */
	bool problem_is_proxy;
	int64_t elapsed_ms;
};

const char *http_method_name(enum http_method method);
/* The first value of a header (`name` in lower case), or NULL. */
const char *http_header_find(const struct http_header_list *headers, const char *name);

#endif
