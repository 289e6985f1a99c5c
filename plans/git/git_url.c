/* Which of git's settings are meant for a remote. */
#include "plans/git/git_url.h"

#include "core/str.h"

#include <stdlib.h>
#include <string.h>

struct span {
	const char *at;
	size_t len;
};

struct parts {
	struct span scheme, user, password, host, port, path; /* `at` NULL where there is none */
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_fold(struct span a, struct span b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return a.len == b.len;
}

static bool same(struct span a, struct span b)
{
	return a.len == b.len && (!a.len || memcmp(a.at, b.at, a.len) == 0);
}

static struct span span_of(const char *text)
{
	return (struct span){text, strlen(text)};
}

/* HOST or [ADDRESS], and :PORT. */
static bool split_host(struct span authority, struct parts *ret)
{
	size_t end = 0;
	if (authority.len && authority.at[0] == '[') {
		const char *bracket = memchr(authority.at, ']', authority.len);
		if (!bracket)
			return false;
		end = (size_t)(bracket - authority.at) + 1;
	} else {
		const char *colon = memchr(authority.at, ':', authority.len);
		end = colon ? (size_t)(colon - authority.at) : authority.len;
	}
	ret->host = (struct span){authority.at, end};
	if (end < authority.len && authority.at[end] != ':')
		return false;
	if (end + 1 < authority.len)
		ret->port = (struct span){authority.at + end + 1, authority.len - end - 1};
	return end > 0;
}

static bool split(const char *url, struct parts *ret)
{
	const char *scheme_end = strstr(url, "://");
	*ret = (struct parts){0};
	if (!scheme_end)
		return false;
	ret->scheme = (struct span){url, (size_t)(scheme_end - url)};
	const char *rest = scheme_end + strlen("://");
	struct span authority = {rest, strcspn(rest, "/?#")};
	ret->path = span_of(rest + authority.len);
	/* The last "@": a password may have one too. */
	for (size_t i = authority.len; i > 0; i--) {
		if (authority.at[i - 1] != '@')
			continue;
		const char *colon = memchr(authority.at, ':', i - 1);
		ret->user = (struct span){authority.at, colon ? (size_t)(colon - authority.at) : i - 1};
		if (colon)
			ret->password = (struct span){colon + 1, i - 1 - ret->user.len - 1};
		authority = (struct span){authority.at + i, authority.len - i};
		break;
	}
	return split_host(authority, ret);
}

static struct span port_of(const struct parts *parts)
{
	if (parts->port.at)
		return parts->port;
	return span_of(same_fold(parts->scheme, span_of("https")) ? "443" : "80");
}

/* Label by label; "*" stands for one of them. */
static bool host_fits(struct span pattern, struct span host)
{
	while (pattern.len && host.len) {
		const char *dot = memchr(pattern.at, '.', pattern.len);
		const char *host_dot = memchr(host.at, '.', host.len);
		struct span label = {pattern.at, dot ? (size_t)(dot - pattern.at) : pattern.len};
		struct span host_label = {host.at, host_dot ? (size_t)(host_dot - host.at) : host.len};
		bool any = label.len == 1 && *label.at == '*';
		if (!any && !same_fold(label, host_label))
			return false;
		if (!dot || !host_dot)
			return !dot && !host_dot;
		pattern = (struct span){dot + 1, pattern.len - label.len - 1};
		host = (struct span){host_dot + 1, host.len - host_label.len - 1};
	}
	return false;
}

static struct span without_slash(struct span path)
{
	while (path.len && path.at[path.len - 1] == '/')
		path.len--;
	return path;
}

static bool has_dots(struct span path)
{
	for (size_t i = 0; i + 1 < path.len; i++) {
		struct span rest = {path.at + i + 1, path.len - i - 1};
		size_t len = 0;
		while (len < rest.len && rest.at[len] != '/')
			len++;
		bool dots = (len == 1 && rest.at[0] == '.') ||
			    (len == 2 && rest.at[0] == '.' && rest.at[1] == '.');
		if (path.at[i] == '/' && dots)
			return true;
	}
	return false;
}

static bool path_fits(struct span pattern, struct span path)
{
	pattern = without_slash(pattern);
	if (!pattern.len)
		return true;
	return !has_dots(path) && path.len >= pattern.len && memcmp(path.at, pattern.at, pattern.len) == 0 &&
	       (path.len == pattern.len || path.at[pattern.len] == '/');
}

bool git_url_fits(const char *pattern, const char *url, struct url_fit *ret_fit)
{
	struct parts p, u;
	if (!split(pattern, &p) || !split(url, &u))
		return false;
	if (!same_fold(p.scheme, u.scheme) || !same(port_of(&p), port_of(&u)) || !host_fits(p.host, u.host) ||
	    (p.user.at && !same(p.user, u.user)) || !path_fits(p.path, u.path))
		return false;
	*ret_fit = (struct url_fit){p.host.len, without_slash(p.path).len + 1, p.user.at != NULL};
	return true;
}

int url_fit_compare(const struct url_fit *a, const struct url_fit *b)
{
	if (a->host != b->host)
		return a->host < b->host ? -1 : 1;
	if (a->path != b->path)
		return a->path < b->path ? -1 : 1;
	return (int)a->user - (int)b->user;
}

const char *git_url_without_password(const char *url, struct arena *out)
{
	struct parts parts;
	if (!split(url, &parts) || !parts.user.at)
		return arena_strdup(out, url);
	return arena_printf(out, "%.*s://%.*s@%s", (int)parts.scheme.len, parts.scheme.at,
			    (int)parts.user.len, parts.user.at, parts.host.at);
}

static int hex_value(char c)
{
	const char *digits = "0123456789abcdef";
	const char *found = c ? strchr(digits, lower(c)) : NULL;
	return found ? (int)(found - digits) : -1;
}

/* Into `to`, which has room for span.len and a NUL. */
static size_t undo_percent(struct span span, char *to)
{
	size_t len = 0;
	for (size_t i = 0; i < span.len; i++) {
		bool pair = span.at[i] == '%' && i + 2 < span.len && hex_value(span.at[i + 1]) >= 0 &&
			    hex_value(span.at[i + 2]) >= 0;
		to[len++] = pair ? (char)(hex_value(span.at[i + 1]) * 16 + hex_value(span.at[i + 2]))
				 : span.at[i];
		i += pair ? 2 : 0;
	}
	to[len] = '\0';
	return len;
}

const char *git_url_user(const char *url, struct arena *out)
{
	struct parts parts;
	if (!split(url, &parts) || !parts.user.len)
		return NULL;
	char *user = arena_alloc(out, parts.user.len + 1);
	undo_percent(parts.user, user);
	return user;
}

bool git_url_login(const char *url, struct arena *out, const char **ret_user, struct secret **ret_password)
{
	struct parts parts;
	if (!split(url, &parts) || !parts.password.len)
		return false;
	char *password = mem_alloc(parts.password.len + 1);
	size_t len = undo_percent(parts.password, password);
	const char *user = git_url_user(url, out);
	*ret_user = user ? user : "";
	*ret_password = secret_new(password, len);
	secret_wipe(password, parts.password.len + 1);
	free(password);
	return true;
}
