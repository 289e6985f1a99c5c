/* Canonical JSON, one value a line: written, and read without a tree of the whole. */
#include "core/json_lines.h"

#include "core/macros.h"

#include <assert.h>
#include <string.h>

static struct json_writer *begin_value(struct json_lines *lines)
{
	lines->line = (struct json_writer)JSON_WRITER(lines->out);
	return &lines->line;
}

void json_lines_begin(struct json_lines *lines, struct strbuf *out)
{
	*lines = (struct json_lines){.out = out};
	strbuf_add(out, "{\n");
}

void json_lines_compare(struct json_lines *lines, struct strbuf *scratch, const char *text, size_t len)
{
	strbuf_clear(scratch);
	json_lines_begin(lines, scratch);
	lines->wanted = text;
	lines->wanted_len = len;
}

/* In a comparison what was written by now is looked at, and forgotten. */
static void settle(struct json_lines *lines)
{
	struct strbuf *out = lines->out;
	if (!lines->wanted)
		return;
	if (out->len > lines->wanted_len || memcmp(strbuf_text(out), lines->wanted, out->len) != 0) {
		lines->differs = true;
		lines->wanted_len = 0;
	} else {
		lines->wanted += out->len;
		lines->wanted_len -= out->len;
	}
	strbuf_clear(out);
}

bool json_lines_same(const struct json_lines *lines)
{
	return !lines->differs && lines->wanted_len == 0;
}

static void begin_member(struct json_lines *lines, const char *key)
{
	settle(lines);
	assert(!lines->in_list && (!lines->last_key || strcmp(lines->last_key, key) < 0));
	if (lines->last_key)
		strbuf_add(lines->out, ",\n");
	lines->last_key = key;
	json_put_text(begin_value(lines), key);
	strbuf_add_char(lines->out, ':');
}

struct json_writer *json_lines_member(struct json_lines *lines, const char *key)
{
	begin_member(lines, key);
	return begin_value(lines);
}

void json_lines_begin_list(struct json_lines *lines, const char *key)
{
	begin_member(lines, key);
	strbuf_add_char(lines->out, '[');
	lines->in_list = true;
	lines->comma = false;
}

struct json_writer *json_lines_item(struct json_lines *lines)
{
	settle(lines);
	strbuf_add(lines->out, lines->comma ? ",\n" : "\n");
	lines->comma = true;
	return begin_value(lines);
}

void json_lines_end_list(struct json_lines *lines)
{
	strbuf_add(lines->out, lines->comma ? "\n]" : "]");
	lines->in_list = false;
}

void json_lines_end(struct json_lines *lines)
{
	strbuf_add(lines->out, "\n}\n");
	settle(lines);
}

/* ---- reading ------------------------------------------------------------------------------------ */

struct reading {
	const struct json_lines_reader *reader;
	const char *at; /* the next line */
	const char *end;
	size_t number;	      /* of the line that was taken last, from 1 */
	struct strbuf member; /* a member, made an object of its own */
	struct strbuf key;    /* of the member or list that was begun last */
	bool more;	      /* the line that was taken last ended with a comma */
	struct error *err;
};

static bool refuse(struct reading *r, const char *why)
{
	if (r->err->code == ERR_NONE)
		error_set(r->err, ERR_INVALID, "line %zu: %s", r->number, why);
	return false;
}

/* One line without its end; whether a comma ended it is in r->more. */
static bool take_line(struct reading *r, const char **ret_line, size_t *ret_len)
{
	const char *stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
	r->number++;
	if (!stop)
		return refuse(r, "the text ends too early");
	size_t len = (size_t)(stop - r->at);
	*ret_line = r->at;
	r->at = stop + 1;
	r->more = len && (*ret_line)[len - 1] == ',';
	*ret_len = len - r->more;
	return true;
}

static bool is_line(const char *line, size_t len, const char *wanted)
{
	return len == strlen(wanted) && memcmp(line, wanted, len) == 0;
}

static bool parse_line(struct reading *r, const char *line, size_t len, struct json **ret)
{
	struct error cause = ERROR_INIT;
	if (json_parse(line, len, ret, &cause))
		return true;
	error_set(r->err, cause.code, "line %zu: %s", r->number, cause.message);
	error_release(&cause);
	return false;
}

/* The members' order makes a key that stands twice impossible. */
static bool next_key(struct reading *r, const char *key)
{
	if (r->key.len && strcmp(strbuf_text(&r->key), key) >= 0)
		return refuse(r, "the members are not in their order");
	strbuf_clear(&r->key);
	strbuf_add(&r->key, key);
	return true;
}

static bool read_items(struct reading *r)
{
	for (bool more = true; more;) {
		const char *line;
		size_t len;
		CLEANUP(json_freep) struct json *value = NULL;
		if (!take_line(r, &line, &len) || !parse_line(r, line, len, &value) ||
		    !r->reader->item(r->reader->ctx, strbuf_text(&r->key), value, r->err))
			return false;
		more = r->more;
	}
	const char *line;
	size_t len;
	if (!take_line(r, &line, &len))
		return false;
	return is_line(line, len, "]") || refuse(r, "a list that does not end");
}

/* `"key":value` or `"key":[`, as an object of one member. */
static bool read_member(struct reading *r, const char *line, size_t len)
{
	bool is_list = len > 2 && memcmp(line + len - 2, ":[", 2) == 0;
	strbuf_clear(&r->member);
	strbuf_add_char(&r->member, '{');
	strbuf_add_bytes(&r->member, line, len);
	strbuf_add(&r->member, is_list ? "]}" : "}");
	CLEANUP(json_freep) struct json *object = NULL;
	if (r->member.failed)
		return refuse(r, "too long");
	if (!parse_line(r, strbuf_text(&r->member), r->member.len, &object))
		return false;
	const struct json *value = json_first(object);
	if (!value || json_next(value))
		return refuse(r, "not one member");
	if (!next_key(r, json_key(value)))
		return false;
	return is_list ? read_items(r) : r->reader->member(r->reader->ctx, json_key(value), value, r->err);
}

static bool read_document(struct reading *r)
{
	const char *line;
	size_t len;
	if (!take_line(r, &line, &len) || !is_line(line, len, "{") || r->more)
		return refuse(r, "not in the layout that seatshift writes");
	do {
		if (!take_line(r, &line, &len) || !read_member(r, line, len))
			return false;
	} while (r->more);
	if (!take_line(r, &line, &len) || !is_line(line, len, "}") || r->more || r->at != r->end)
		return refuse(r, "not in the layout that seatshift writes");
	return true;
}

bool json_lines_read(const char *text, size_t len, const struct json_lines_reader *reader, struct error *err)
{
	struct reading r = {.reader = reader,
			    .at = text,
			    .end = text + len,
			    .member = STRBUF_INIT(STRBUF_LARGE),
			    .key = STRBUF_INIT(STRBUF_SMALL),
			    .err = err};
	bool ok = read_document(&r);
	strbuf_release(&r.member);
	strbuf_release(&r.key);
	return ok;
}

bool json_lines_is_other_format(const char *text, size_t len, const char *what, const char *format,
				struct error *err)
{
	CLEANUP(mem_free_text) char *key = mem_printf("\"format\":\"seatshift-%s/", what);
	const char *at = memmem(text, len, key, strlen(key));
	const char *found = at ? at + strlen("\"format\":\"") : NULL;
	size_t left = found ? len - (size_t)(found - text) : 0;
	const char *quote = left ? memchr(found, '"', left) : NULL;
	size_t size = quote ? (size_t)(quote - found) : 0;
	if (!quote || size > 32 || (size == strlen(format) && memcmp(found, format, size) == 0))
		return false;
	error_set(err, ERR_INVALID, "the %s is in the format %.*s; this version reads and writes %s", what,
		  (int)size, found, format);
	return true;
}
