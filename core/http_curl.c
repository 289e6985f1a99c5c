/* The HTTP transport: libcurl, and its only user. Many transfers at once over one multi handle. */
#include "core/http_curl.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_CONNECTIONS = 16, MAX_HEADERS_SIZE = 256 * 1024, CONNECT_TIMEOUT_MS = 30000 };

struct transfer {
	struct wire *owner;
	struct transfer *next, **link; /* in the list of those in flight */
	CURL *easy;
	const struct http_request *request;
	http_done *done;
	void *ctx;
	struct curl_slist *sent_headers;
	const char *body;
	size_t body_len, body_sent;
	struct strbuf answer;
	struct arena *arena; /* of the response's headers */
	struct http_response response;
	size_t header_size;
	bool too_large;
	int64_t started_ms;
	char problem[CURL_ERROR_SIZE];
};

struct wire {
	struct http_transport base;
	CURLM *multi;
	struct clock clock;
	char *ca_file, *ca_dir;
	char *proxy_host, *proxy_port; /* NULL: there is none */
	struct transfer *in_flight;
	struct transfer *refused; /* failed before they could start: reported by the next drive */
};

static size_t on_body_wanted(char *buffer, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = t->body_len - t->body_sent;
	if (len > size * count)
		len = size * count;
	if (len)
		memcpy(buffer, t->body + t->body_sent, len);
	t->body_sent += len;
	return len;
}

/* libcurl would repeat a request on a connection that died after reuse; what writes must not be. */
static int on_rewind(void *ctx, curl_off_t offset, int origin)
{
	struct transfer *t = ctx;
	return t->body_sent == 0 && offset == 0 && origin == SEEK_SET ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	strbuf_add_bytes(&t->answer, data, size * count);
	if (t->answer.failed) {
		t->too_large = true;
		return 0;
	}
	return size * count;
}

static void add_header(struct transfer *t, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	if (!colon)
		return;
	size_t name_len = (size_t)(colon - line);
	const char *value = colon + 1;
	const char *end = line + len;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && strchr("\r\n \t", end[-1]))
		end--;
	char *name = str_lower(t->arena, arena_strndup(t->arena, line, name_len));
	char *text = arena_strndup(t->arena, value, (size_t)(end - value));
	VEC_PUSH(t->arena, &t->response.headers, (struct http_header){name, text});
}

static size_t on_header(char *data, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * count;
	t->header_size += len;
	if (t->header_size > MAX_HEADERS_SIZE) {
		t->too_large = true;
		return 0;
	}
	/* A status line begins a new block: what came before (100, a proxy's CONNECT) does not count. */
	if (len >= 5 && memcmp(data, "HTTP/", 5) == 0)
		t->response.headers.count = 0;
	else
		add_header(t, data, len);
	return len;
}

static void append_header(struct transfer *t, const char *line)
{
	struct curl_slist *list = curl_slist_append(t->sent_headers, line);
	if (!list)
		mem_exhausted();
	t->sent_headers = list;
}

static void set_headers(struct transfer *t)
{
	const struct http_request *request = t->request;
	for (size_t i = 0; i < request->headers.count; i++) {
		CLEANUP(mem_free_text)
		char *line =
			mem_printf("%s: %s", request->headers.items[i].name, request->headers.items[i].value);
		append_header(t, line);
	}
	append_header(t, "Expect:");
	if (request->bearer) {
		char *line = mem_printf("Authorization: Bearer %s", secret_expose(request->bearer));
		append_header(t, line);
		secret_wipe(line, strlen(line));
		free(line);
	}
	if (request->secret_header) {
		char *line = mem_printf("%s: %s", request->secret_header,
					secret_expose(request->secret_header_value));
		append_header(t, line);
		secret_wipe(line, strlen(line));
		free(line);
	}
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->sent_headers);
}

static void set_body(struct transfer *t)
{
	const struct http_request *request = t->request;
	t->body = request->body;
	t->body_len = request->body_len;
	if (request->secret_body) {
		t->body = secret_expose(request->secret_body);
		t->body_len = secret_len(request->secret_body);
	}
	if (request->method == HTTP_GET) {
		curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L);
		return;
	}
	if (request->method == HTTP_POST || t->body) {
		curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body_len);
		curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, on_body_wanted);
		curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
		curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, on_rewind);
		curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
	}
	if (request->method != HTTP_POST)
		curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, http_method_name(request->method));
}

static void set_options(struct transfer *t, bool local)
{
	CURL *easy = t->easy;
	const struct http_request *request = t->request;
	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, local ? "http,https" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (t->owner->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, t->owner->ca_file);
	if (t->owner->ca_dir)
		curl_easy_setopt(easy, CURLOPT_CAPATH, t->owner->ca_dir);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "seatshift/" SEATSHIFT_VERSION);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->problem);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
	if (local || request->no_proxy)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	if (request->new_connection)
		curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

static void link_transfer(struct transfer **list, struct transfer *t)
{
	t->next = *list;
	t->link = list;
	if (t->next)
		t->next->link = &t->next;
	*list = t;
}

static void transfer_free(struct transfer *t)
{
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	if (t->easy) {
		curl_multi_remove_handle(t->owner->multi, t->easy);
		curl_easy_cleanup(t->easy);
	}
	for (struct curl_slist *line = t->sent_headers; line; line = line->next)
		secret_wipe(line->data, strlen(line->data));
	curl_slist_free_all(t->sent_headers);
	/* A sign-in's answer is in here. */
	if (t->answer.ptr)
		secret_wipe(t->answer.ptr, t->answer.cap);
	strbuf_release(&t->answer);
	arena_free(t->arena);
	free(t);
}

static void wire_submit(struct http_transport *base, const struct http_request *request, http_done *done,
			void *ctx)
{
	struct wire *owner = (struct wire *)(void *)base;
	struct transfer *t = mem_alloc(sizeof *t);
	*t = (struct transfer){.owner = owner, .request = request, .done = done, .ctx = ctx};
	t->arena = arena_new();
	t->answer = (struct strbuf)STRBUF_INIT(request->max_body ? request->max_body : STRBUF_SMALL);
	t->started_ms = clock_monotonic_ms(&owner->clock);
	const char *origin = http_origin(t->arena, request->url);
	bool metadata = origin && request->is_metadata && http_origin_is_link_local(origin);
	if (!origin || (!http_origin_allowed(origin) && !metadata)) {
		t->response.problem = "the address is neither https nor plain http to loopback";
		link_transfer(&owner->refused, t);
		return;
	}
	t->easy = curl_easy_init();
	if (!t->easy)
		mem_exhausted();
	set_options(t, metadata || http_origin_is_loopback(origin));
	set_headers(t);
	set_body(t);
	link_transfer(&owner->in_flight, t);
	if (curl_multi_add_handle(owner->multi, t->easy) != CURLM_OK)
		mem_exhausted();
	/* On its way now, so that whoever submits may work meanwhile; nothing is reported from here. */
	int running;
	curl_multi_perform(owner->multi, &running);
}

/* The proxy answered CONNECT itself: the tunnel was never there, and the server saw nothing. */
static int proxy_refusal(struct transfer *t)
{
	long status = 0;
	curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &status);
	return status >= 300 ? (int)status : 0;
}

/* Where it is certain that the server has seen nothing of the request. */
static enum http_outcome outcome_of(struct transfer *t, CURLcode code)
{
	static const CURLcode before_sending[] = {CURLE_UNSUPPORTED_PROTOCOL,  CURLE_URL_MALFORMAT,
						  CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST,
						  CURLE_COULDNT_CONNECT,       CURLE_SSL_CONNECT_ERROR,
						  CURLE_SSL_CERTPROBLEM,       CURLE_PEER_FAILED_VERIFICATION,
						  CURLE_SSL_CACERT_BADFILE,    CURLE_SSL_ISSUER_ERROR,
						  CURLE_SSL_INVALIDCERTSTATUS, CURLE_PROXY};
	if (code == CURLE_OK)
		return HTTP_ANSWERED;
	if (proxy_refusal(t))
		return HTTP_NOT_SENT;
	for (size_t i = 0; i < ARRAY_LEN(before_sending); i++)
		if (code == before_sending[i])
			return HTTP_NOT_SENT;
	long request_size = 1;
	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &request_size);
	return request_size == 0 && t->body_sent == 0 ? HTTP_NOT_SENT : HTTP_LOST;
}

/* "host:port", "scheme://name:password@host:port/" or "[address]:port"; libcurl's default port is 1080. */
static void set_proxy(struct wire *owner, const char *proxy)
{
	const char *scheme = strstr(proxy, "://");
	const char *start = scheme ? scheme + 3 : proxy;
	size_t len = strcspn(start, "/?#");
	const char *sign = memrchr(start, '@', len);
	if (sign) {
		len -= (size_t)(sign + 1 - start);
		start = sign + 1;
	}
	const char *bracket = *start == '[' ? memchr(start, ']', len) : NULL;
	const char *after = bracket ? bracket + 1 : start;
	const char *colon = memchr(after, ':', len - (size_t)(after - start));
	const char *host = bracket ? start + 1 : start;
	const char *end = bracket ? bracket : colon ? colon : start + len;
	owner->proxy_host = mem_printf("%.*s", (int)(end - host), host);
	owner->proxy_port =
		colon ? mem_printf("%.*s", (int)(start + len - colon - 1), colon + 1) : mem_strdup("1080");
}

/*
 * libcurl says where it could not connect to, or is connected, not what that was meant to be: no more than
 * this tells a proxy that does not answer from a service that does not.
 */
static bool is_about_proxy(struct transfer *t)
{
	const struct wire *owner = t->owner;
	long port = 0, connect_status = 0;
	if (!owner->proxy_host || t->request->no_proxy)
		return false;
	const char *where = arena_printf(t->arena, "%s port %s", owner->proxy_host, owner->proxy_port);
	if (strstr(t->problem, where) || str_starts(t->problem, "Proxy ") ||
	    strstr(t->problem, "resolve proxy"))
		return true;
	curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_PORT, &port);
	curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
	const char *origin = http_origin(t->arena, t->request->url);
	CLEANUP(mem_free_text) char *text = mem_printf("%ld", port);
	return !connect_status && str_eq(text, owner->proxy_port) && origin &&
	       !str_ends(origin, arena_printf(t->arena, ":%ld", port));
}

static void describe_problem(struct transfer *t, CURLcode code)
{
	struct http_response *response = &t->response;
	response->problem_is_tls = code == CURLE_SSL_CONNECT_ERROR ||
				   code == CURLE_PEER_FAILED_VERIFICATION ||
				   code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM ||
				   code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_INVALIDCERTSTATUS;
	response->proxy_status = proxy_refusal(t);
	response->problem_is_proxy =
		code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY || response->proxy_status != 0;
	response->problem_is_network = code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT;
	if (t->too_large)
		response->problem =
			arena_printf(t->arena, "the answer is larger than %zu bytes", t->answer.max);
	else
		response->problem = t->problem[0] ? t->problem : curl_easy_strerror(code);
	if (response->proxy_status || !is_about_proxy(t))
		return;
	response->problem_is_proxy = true;
	response->problem = arena_printf(t->arena, "the proxy %s, port %s, does not answer: %s",
					 t->owner->proxy_host, t->owner->proxy_port, response->problem);
}

static void finish(struct transfer *t, CURLcode code)
{
	struct http_response *response = &t->response;
	response->outcome = t->easy ? outcome_of(t, code) : HTTP_NOT_SENT;
	response->elapsed_ms = clock_monotonic_ms(&t->owner->clock) - t->started_ms;
	if (response->outcome == HTTP_ANSWERED) {
		long status = 0;
		curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
		response->status = (int)status;
		response->body = strbuf_text(&t->answer);
		response->body_len = t->answer.len;
	} else if (t->easy) {
		describe_problem(t, code);
	}
	/* Reused connections must be free before the callback submits again. */
	if (t->easy)
		curl_multi_remove_handle(t->owner->multi, t->easy);
	t->done(t->ctx, response);
	transfer_free(t);
}

static bool finish_ready(struct wire *owner)
{
	bool any = false;
	while (owner->refused) {
		finish(owner->refused, CURLE_OK);
		any = true;
	}
	for (;;) {
		int left;
		CURLMsg *message = curl_multi_info_read(owner->multi, &left);
		if (!message)
			return any;
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode code = message->data.result;
		void *t = NULL;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
		finish(t, code);
		any = true;
	}
}

/*
 * What came while it waited is for the next call: libcurl repeats a read whose connection died by itself, and
 * between the two the caller may find that nothing is to be sent any more.
 */
static void wire_drive(struct http_transport *base, int64_t wait_ms)
{
	struct wire *owner = (struct wire *)(void *)base;
	int running;
	curl_multi_perform(owner->multi, &running);
	if (!finish_ready(owner) && wait_ms > 0)
		curl_multi_poll(owner->multi, NULL, 0, wait_ms > 60000 ? 60000 : (int)wait_ms, NULL);
}

static void wire_cancel(struct http_transport *base, void *ctx)
{
	struct wire *owner = (struct wire *)(void *)base;
	struct transfer *t = owner->in_flight;
	while (t && t->ctx != ctx)
		t = t->next;
	if (!t)
		return;
	t->response.outcome = HTTP_LOST;
	t->response.problem = "given up while it was waited for";
	t->done(t->ctx, &t->response);
	transfer_free(t);
}

static void wire_free(struct http_transport *base)
{
	struct wire *owner = (struct wire *)(void *)base;
	/* Each takes itself off its list, through its link, which the analyzer does not follow. */
	while (owner->in_flight)
		transfer_free(owner->in_flight); /* NOLINT(clang-analyzer-unix.Malloc) */
	while (owner->refused)
		transfer_free(owner->refused); /* NOLINT(clang-analyzer-unix.Malloc) */
	curl_multi_cleanup(owner->multi);
	curl_global_cleanup();
	free(owner->ca_file);
	free(owner->ca_dir);
	free(owner->proxy_host);
	free(owner->proxy_port);
	free(owner);
}

struct http_transport *http_curl_new(const struct http_curl_options *options)
{
	static const struct http_transport_ops ops = {
		.submit = wire_submit, .drive = wire_drive, .cancel = wire_cancel, .free = wire_free};
	struct wire *owner = mem_alloc(sizeof *owner);
	*owner = (struct wire){.base.ops = &ops, .clock = *options->clock};
	/* Counted by libcurl: once per transport, undone by its free. */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		mem_exhausted();
	owner->multi = curl_multi_init();
	if (!owner->multi)
		mem_exhausted();
	if (options->ca_file)
		owner->ca_file = mem_strdup(options->ca_file);
	if (options->ca_dir)
		owner->ca_dir = mem_strdup(options->ca_dir);
	if (options->proxy && *options->proxy)
		set_proxy(owner, options->proxy);
	size_t connections = options->connections ? options->connections : DEFAULT_CONNECTIONS;
	curl_multi_setopt(owner->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)connections);
	return &owner->base;
}

const char *http_curl_version(void)
{
	return curl_version_info(CURLVERSION_NOW)->version;
}
