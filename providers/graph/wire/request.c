/* One request to Graph: base address, token, request ids, answer. */
#include "providers/graph/wire/request.h"

#include "core/quote.h"
#include "providers/graph/sign_in/claims.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { REQUEST_TIMEOUT_MS = 100000, MAX_ANSWER = 64 * 1024 * 1024, LONGEST_LINK = 16 * 1024 };

struct sending {
	struct http_call call;
	struct graph_conn *conn;
	struct arena *arena;
	struct token_waiter waiter;
	struct http_timer timer; /* for what fails before it is sent */
	struct error local;
	bool is_write, renewed;
	struct json *body; /* of the answer, read once; NULL: none, or not JSON */
	bool readable;
	void (*peek)(void *ctx, const char *text, size_t len);
	graph_done *done;
	void *ctx;
	char request_id[GUID_TEXT_SIZE];
};

static void reply_and_free(struct sending *s, const struct graph_reply *reply)
{
	s->done(s->ctx, reply);
	json_free(s->body);
	error_release(&s->local);
	struct arena *arena = s->arena;
	arena_free(arena);
}

static void on_local_failure(void *ctx)
{
	struct sending *s = ctx;
	reply_and_free(
		s, &(struct graph_reply){.outcome = GRAPH_UNSENT, .retry_after_ms = -1, .err = &s->local});
}

static void on_token(void *ctx, const struct secret *token, const struct error *err)
{
	struct sending *s = ctx;
	if (token) {
		s->call.request.bearer = token;
		http_client_submit(s->conn->client, &s->call);
		return;
	}
	graph_error_copy(err, &s->local);
	http_client_after(s->conn->client, &s->timer, 0);
}

static void prepare(void *ctx, struct http_request *request)
{
	struct sending *s = ctx;
	random_guid(s->conn->random, s->request_id);
	request->bearer = token_cache_current(s->conn->tokens);
}

/* Gateways answer with HTML, and answers get cut. */
static bool read_body(void *ctx, const struct http_response *response)
{
	struct sending *s = ctx;
	struct error ignored = ERROR_INIT;
	json_free(TAKE(s->body));
	if (s->peek && response->status >= 200 && response->status < 300)
		s->peek(s->ctx, response->body, response->body_len);
	s->readable =
		response->body_len == 0 || json_parse(response->body, response->body_len, &s->body, &ignored);
	error_release(&ignored);
	/* Whatever is read is an object: nothing at all, or "null", is a gateway's. */
	if (s->call.request.method == HTTP_GET)
		s->readable = s->readable && json_type(s->body) == JSON_OBJECT;
	return s->readable;
}

static void answer(struct sending *s, const struct http_result *result)
{
	const struct http_response *response = result->response;
	bool good = graph_outcome_of(response->status) == GRAPH_OK;
	if (!good)
		(void)read_body(s, response);
	struct graph_reply reply = {.outcome = graph_outcome_of(response->status),
				    .status = response->status,
				    .body = s->body,
				    .retry_after_ms = result->retry_after_ms,
				    .headers = &response->headers,
				    .client_request_id = s->request_id};
	const struct http_request *request = &s->call.request;
	const char *base = s->conn->base;
	const char *path = request->url + (str_starts(request->url, base) ? strlen(base) : 0);
	if (good && !s->readable && !s->is_write) {
		reply.outcome = GRAPH_LOST;
		error_set(&s->local, ERR_REMOTE,
			  "%s '%.*s' was answered %d with something that is not what Graph sends",
			  http_method_name(request->method), (int)strcspn(path, "?"), path, response->status);
	} else if (!good) {
		graph_error(&(struct graph_failure){.method = request->method,
						    .url = path,
						    .status = response->status,
						    .body = s->body,
						    .headers = &response->headers,
						    .client_request_id = s->request_id,
						    .attempts = result->attempts,
						    .spent_ms = result->spent_ms,
						    .out_of_time = result->out_of_time,
						    .redact = s->conn->redact},
			    &s->local);
	}
	reply.err = s->local.code ? &s->local : NULL;
	reply_and_free(s, &reply);
}

/* Whether another token can make the difference; the old one is then given up. */
static bool may_renew(struct sending *s, const struct http_response *response)
{
	if (response->status != 401 && response->status != 403)
		return false;
	const struct secret *refused = s->call.request.bearer;
	const char *claims = claims_challenge(&response->headers, s->arena);
	if (claims)
		return token_cache_challenge(s->conn->tokens, refused, claims);
	if (response->status == 401)
		token_cache_discard(s->conn->tokens, refused);
	return response->status == 401;
}

static void on_result(void *ctx, const struct http_result *result)
{
	struct sending *s = ctx;
	const struct http_response *response = result->response;
	if (response->outcome != HTTP_ANSWERED) {
		http_result_error(&s->call, result, &s->local);
		bool unsent = response->outcome == HTTP_NOT_SENT;
		reply_and_free(s, &(struct graph_reply){.outcome = unsent ? GRAPH_UNSENT : GRAPH_LOST,
							.retry_after_ms = -1,
							.err = &s->local});
		return;
	}
	if (!s->renewed && may_renew(s, response)) {
		/* Refused at the door, so nothing was done: one more try with a new token is safe.
		 */
		s->renewed = true;
		token_cache_get(s->conn->tokens, &s->waiter);
		return;
	}
	answer(s, result);
}

static void add_header(struct sending *s, const char *name, const char *value)
{
	VEC_PUSH(s->arena, &s->call.request.headers, (struct http_header){name, value});
}

/* What follows the scheme and the host; "" when nothing does. */
static const char *path_of(const char *url)
{
	const char *host = strstr(url, "://");
	const char *path = host ? strchr(host + 3, '/') : NULL;
	return path ? path : "";
}

/* "." or "..", in whatever way it is spelt: libcurl would go where it leads before it asks. */
static bool is_dot_segment(const char *segment, size_t len)
{
	size_t dots = 0;
	for (size_t i = 0; i < len; dots++) {
		bool coded = len - i >= 3 && strncasecmp(segment + i, "%2e", 3) == 0;
		if (!coded && segment[i] != '.')
			return false;
		i += coded ? 3 : 1;
	}
	return dots == 1 || dots == 2;
}

/* What stands in a link that is one: printable ASCII, and no way out of where it begins. */
static const char *link_fault(const char *url)
{
	for (const char *p = url; *p; p++)
		if (*p <= ' ' || *p > '~' || strchr("\\\"<>", *p))
			return "it has a character that no address has";
	if (strlen(url) > LONGEST_LINK)
		return "it is too long";
	for (const char *p = path_of(url); *p && !strchr("?#", *p);) {
		size_t len = strcspn(++p, "/?#");
		if (is_dot_segment(p, len))
			return "its path leads up";
		p += len;
	}
	return NULL;
}

/*
 * The whole URL, or NULL with `local` set when it leads to another host, or on this one out of the
 * version that we speak. What is sent begins with our own base, whatever way a link has to spell
 * it.
 */
static const char *resolve(struct sending *s, const char *url)
{
	const char *base = s->conn->base;
	const char *fault = link_fault(url[0] == '/' ? arena_printf(s->arena, "%s%s", base, url) : url);
	if (fault) {
		error_set(&s->local, ERR_INCOMPLETE, "refused to follow a link to '%s': %s",
			  quote_terminal_cut(s->arena, url, 100), fault);
		return NULL;
	}
	if (url[0] == '/')
		return arena_printf(s->arena, "%s%s", base, url);
	const char *there = http_origin(s->arena, url);
	const char *here = http_origin(s->arena, base);
	if (!there || !str_eq(there, here)) {
		error_set(&s->local, ERR_WRONG_TENANT, "refused to follow a link to '%s': Graph is at '%s'",
			  there ? there : "no valid address", here);
		return NULL;
	}
	const char *root = path_of(base);
	const char *path = path_of(url);
	if (str_starts(path, root) && path[strlen(root)] == '/')
		return arena_printf(s->arena, "%s%s", base, path + strlen(root));
	error_set(&s->local, ERR_REMOTE, "refused to follow a link to '%s%.40s': Graph is at '%s'", there,
		  path, base);
	return NULL;
}

void graph_send(struct graph_conn *conn, const struct graph_request *request, graph_done *done, void *ctx)
{
	struct arena *arena = arena_new();
	struct sending *s = arena_alloc(arena, sizeof *s);
	*s = (struct sending){
		.conn = conn, .arena = arena, .is_write = request->is_write, .done = done, .ctx = ctx};
	s->peek = request->peek;
	s->waiter = (struct token_waiter){.ready = on_token, .ctx = s};
	s->timer = (struct http_timer){.fire = on_local_failure, .ctx = s};
	struct http_request *http = &s->call.request;
	*http = (struct http_request){.method = request->method,
				      .url = resolve(s, request->url),
				      .timeout_ms = REQUEST_TIMEOUT_MS,
				      .max_body = MAX_ANSWER};
	if (!http->url) {
		http_client_after(conn->client, &s->timer, 0);
		return;
	}
	if (request->body) {
		http->body = arena_strndup(arena, request->body, request->body_len);
		http->body_len = request->body_len;
		add_header(s, "Content-Type", "application/json");
	}
	add_header(s, "Accept", "application/json");
	/* People's own work in the tenant goes first. */
	add_header(s, "x-ms-throttle-priority", "low");
	add_header(s, "client-request-id", s->request_id);
	if (request->eventual)
		add_header(s, "ConsistencyLevel", "eventual");
	s->call.repeat = request->is_write ? HTTP_REPEAT_WRITE : HTTP_REPEAT_READ;
	s->call.deadline_ms = conn->deadline_ms;
	s->call.owner_knows_use = request->owner_knows_use;
	s->call.prepare = prepare;
	s->call.usable = read_body;
	s->call.done = on_result;
	s->call.ctx = s;
	if (!request->is_batch)
		budget_count(conn->budget, request->method, http->url + strlen(conn->base));
	token_cache_get(conn->tokens, &s->waiter);
}
