/* One request and its answer: decoding, look-ups and the error envelope. */
#include "providers/twin/call.h"

#include <string.h>

void call_init(struct call *call, struct twin *twin, struct arena *arena)
{
	*call = (struct call){.twin = twin,
			      .arena = arena,
			      .query = "",
			      .body = "",
			      .status = 200,
			      .out = STRBUF_INIT(STRBUF_LARGE),
			      .content_type = "application/json"};
	call->w = (struct json_writer)JSON_WRITER(&call->out);
	char guid[GUID_TEXT_SIZE];
	random_guid(twin->random, guid);
	call->request_id = arena_strdup(arena, guid);
}

void call_release(struct call *call)
{
	strbuf_release(&call->out);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char *call_decode(struct arena *arena, const char *text, size_t len, bool plus_is_space)
{
	char *decoded = arena_alloc(arena, len + 1);
	size_t filled = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '%') {
			decoded[filled++] = plus_is_space && text[i] == '+' ? ' ' : text[i];
			continue;
		}
		int high = len - i > 2 ? hex_value(text[i + 1]) : -1;
		int low = len - i > 2 ? hex_value(text[i + 2]) : -1;
		if (high < 0 || low < 0 || high * 16 + low == 0)
			return NULL;
		decoded[filled++] = (char)(high * 16 + low);
		i += 2;
	}
	decoded[filled] = '\0';
	return str_is_utf8(decoded, filled) ? decoded : NULL;
}

static bool parse_query(struct call *call)
{
	for (const char *p = call->query; *p;) {
		size_t len = strcspn(p, "&");
		const char *equals = memchr(p, '=', len);
		size_t name_len = equals ? (size_t)(equals - p) : len;
		char *name = call_decode(call->arena, p, name_len, true);
		char *value = call_decode(call->arena, p + name_len + (equals ? 1 : 0),
					  len - name_len - (equals ? 1 : 0), true);
		if (!name || !value)
			return false;
		if (len)
			VEC_PUSH(call->arena, &call->params, (struct call_param){name, value});
		p += len + (p[len] == '&');
	}
	return true;
}

bool call_parse(struct call *call, const char *target)
{
	size_t path_len = strcspn(target, "?");
	call->path = arena_strndup(call->arena, target, path_len);
	call->query = target[path_len] ? arena_strdup(call->arena, target + path_len + 1) : "";
	for (const char *p = call->path; *p;) {
		if (*p == '/') {
			p++;
			continue;
		}
		size_t len = strcspn(p, "/");
		const char *segment = call_decode(call->arena, p, len, false);
		if (!segment || call->segment_count == CALL_SEGMENTS)
			return call_error(call, 400, "BadRequest", "The URL path is not valid.");
		call->segments[call->segment_count++] = segment;
		p += len;
	}
	if (!parse_query(call))
		return call_error(call, 400, "BadRequest", "The query string is not valid.");
	return true;
}

const char *call_header(const struct call *call, const char *name)
{
	return http_header_find(&call->headers, name);
}

const char *call_param(const struct call *call, const char *name)
{
	for (size_t i = 0; i < call->params.count; i++) {
		if (str_eq_fold(call->params.items[i].name, name))
			return call->params.items[i].value;
	}
	return NULL;
}

void call_add_header(struct call *call, const char *name, const char *value)
{
	VEC_PUSH(call->arena, &call->answer_headers,
		 (struct http_header){name, arena_strdup(call->arena, value)});
}

/* A key in quotes has its single quotes doubled. */
static const char *undouble(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);
	size_t filled = 0;
	for (size_t i = 0; i < len; i++) {
		copy[filled++] = text[i];
		if (text[i] == '\'' && i + 1 < len && text[i + 1] == '\'')
			i++;
	}
	return copy;
}

static bool segment_matches(struct call *call, const char *segment, const char *pattern, size_t pattern_len,
			    size_t *keys)
{
	CLEANUP(mem_free_text) char *word = mem_printf("%.*s", (int)pattern_len, pattern);
	char *hole = strstr(word, "{}");
	/* A type may be named without the first word of its namespace. */
	if (!hole)
		return str_eq_fold(segment, word) || (str_starts(word, "microsoft.graph.") &&
						      str_eq_fold(segment, word + sizeof "microsoft." - 1));
	*hole = '\0';
	const char *suffix = hole + 2;
	size_t len = strlen(segment), before = strlen(word), after = strlen(suffix);
	if (len <= before + after || strncasecmp(segment, word, before) != 0 ||
	    !str_eq_fold(segment + len - after, suffix) || *keys == CALL_KEYS)
		return false;
	call->keys[(*keys)++] = undouble(call->arena, segment + before, len - before - after);
	return true;
}

bool call_matches(struct call *call, size_t first, const char *pattern)
{
	size_t keys = 0;
	size_t at = first;
	for (const char *p = pattern; *p; at++) {
		size_t len = strcspn(p, "/");
		if (at >= call->segment_count || !segment_matches(call, call->segments[at], p, len, &keys))
			return false;
		p += len + (p[len] == '/');
	}
	return at == call->segment_count;
}

char *call_time(struct arena *arena, int64_t wall_ms)
{
	char text[TIMESTAMP_TEXT_SIZE];
	timestamp_format(wall_ms, text);
	return arena_printf(arena, "%.19sZ", text);
}

#undef call_error /* what call.h tells the analyzer */
bool call_error(struct call *call, int status, const char *code, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *message = arena_vprintf(call->arena, fmt, args);
	va_end(args);
	char date[TIMESTAMP_TEXT_SIZE];
	timestamp_format(twin_wall(call->twin), date);
	date[19] = '\0';
	const char *client_id = call_header(call, "client-request-id");

	strbuf_clear(&call->out);
	call->w = (struct json_writer)JSON_WRITER(&call->out);
	call->status = status;
	struct json_writer *w = &call->w;
	json_begin_object(w);
	json_put_key(w, "error");
	json_begin_object(w);
	json_set_text(w, "code", code);
	json_put_key(w, "innerError");
	json_begin_object(w);
	json_set_text(w, "client-request-id", client_id ? client_id : call->request_id);
	json_set_text(w, "date", date);
	json_set_text(w, "request-id", call->request_id);
	json_end_object(w);
	json_set_text(w, "message", message);
	json_end_object(w);
	json_end_object(w);
	return false;
}

bool call_json(struct call *call, struct json **ret_root)
{
	struct error err = ERROR_INIT;
	const char *type = call_header(call, "content-type");
	if (!type || strncasecmp(type, "application/json", 16) != 0)
		return call_error(
			call, 400, "BadRequest",
			"A content type of 'application/json' is required for a request with a body.");
	if (!json_parse(call->body, call->body_len, ret_root, &err)) {
		call_error(call, 400, "BadRequest", "Unable to read JSON request payload: %s.", err.message);
		error_release(&err);
		return false;
	}
	return true;
}
