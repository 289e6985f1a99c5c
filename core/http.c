/* HTTP as plain data: names, header look-up, URL origins, Retry-After. */
#include "core/http.h"

#include "core/clock.h"

#include <string.h>

enum { MAX_RETRY_AFTER_S = 86400 };

const char *http_method_name(enum http_method method)
{
	static const char *const names[] = {
		[HTTP_GET] = "GET", [HTTP_POST] = "POST", [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE"};
	return names[method];
}

const char *http_header_find(const struct http_header_list *headers, const char *name)
{
	for (size_t i = 0; i < headers->count; i++)
		if (str_eq(headers->items[i].name, name))
			return headers->items[i].value;
	return NULL;
}

void http_transport_free(struct http_transport *t)
{
	if (t)
		t->ops->free(t);
}

/* The port in "host:port", "[::1]:port" or neither; false when it is not one. */
static bool split_port(char *authority, const char *fallback, const char **ret_port)
{
	char *after = authority;
	if (*authority == '[') {
		after = strchr(authority, ']');
		if (!after)
			return false;
	}
	char *colon = strchr(after, ':');
	if (!colon) {
		*ret_port = fallback;
		return true;
	}
	*colon = '\0';
	int64_t port;
	*ret_port = colon + 1;
	return str_parse_int(colon + 1, 1, 65535, &port);
}

char *http_origin(struct arena *out, const char *url)
{
	static const struct {
		const char *scheme, *port;
	} schemes[] = {{"https", "443"}, {"http", "80"}};
	const char *rest = strstr(url, "://");
	if (!rest)
		return NULL;
	char *scheme = str_lower(out, arena_strndup(out, url, (size_t)(rest - url)));
	rest += 3;
	char *authority = str_lower(out, arena_strndup(out, rest, strcspn(rest, "/?#\\")));
	if (strpbrk(authority, "@ \t\r\n%") || !*authority)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		const char *port;
		if (!str_eq(scheme, schemes[i].scheme))
			continue;
		if (!split_port(authority, schemes[i].port, &port) || !*authority)
			return NULL;
		return arena_printf(out, "%s://%s:%s", scheme, authority, port);
	}
	return NULL;
}

/* Dotted decimal beginning with 127: a name such as 127.example.com must not pass. */
/* Four numbers that begin like `net`: libcurl would read fewer as another address. */
static bool is_in_net(const char *host, size_t len, const char *net)
{
	size_t dots = 0;
	if (len < 9 || strncmp(host, net, strlen(net)) != 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (host[i] == '.')
			dots++;
		else if (host[i] < '0' || host[i] > '9')
			return false;
	}
	return dots == 3;
}

static const char *host_of(const char *origin, size_t *ret_len)
{
	const char *scheme_end = strstr(origin, "://");
	const char *host = scheme_end ? scheme_end + 3 : "";
	const char *colon = strrchr(host, ':');
	*ret_len = colon ? (size_t)(colon - host) : strlen(host);
	return host;
}

bool http_origin_is_link_local(const char *origin)
{
	size_t len;
	const char *host = host_of(origin, &len);
	return is_in_net(host, len, "169.254.");
}

bool http_origin_is_loopback(const char *origin)
{
	size_t len;
	const char *host = host_of(origin, &len);
	return (len == 9 && strncmp(host, "localhost", len) == 0) ||
	       (len == 5 && strncmp(host, "[::1]", len) == 0) || is_in_net(host, len, "127.");
}

bool http_origin_allowed(const char *origin)
{
	return str_starts(origin, "https://") ||
	       (str_starts(origin, "http://") && http_origin_is_loopback(origin));
}

static bool parse_seconds(const char *text, int64_t *ret_seconds)
{
	size_t whole = strspn(text, "0123456789");
	bool more = false;
	if (whole == 0 || whole > 9)
		return false;
	int64_t seconds = 0;
	for (size_t i = 0; i < whole; i++)
		seconds = seconds * 10 + (text[i] - '0');
	const char *rest = text + whole;
	if (*rest == '.') {
		rest++;
		size_t fraction = strspn(rest, "0123456789");
		more = strspn(rest, "0") < fraction;
		rest += fraction;
	}
	if (rest[strspn(rest, " ")])
		return false;
	*ret_seconds = seconds + more;
	return true;
}

bool http_retry_after_parse(const char *text, int64_t now_ms, int64_t *ret_wait_ms)
{
	int64_t seconds, date_ms;
	text += strspn(text, " ");
	if (parse_seconds(text, &seconds))
		;
	else if (http_date_parse(text, &date_ms))
		seconds = date_ms <= now_ms ? 0 : (date_ms - now_ms + 999) / 1000;
	else
		return false;
	if (seconds > MAX_RETRY_AFTER_S)
		seconds = MAX_RETRY_AFTER_S;
	*ret_wait_ms = seconds * 1000;
	return true;
}
