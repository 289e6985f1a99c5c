/*
 * Canonical JSON with line breaks: an object that git can compare and people can read.
 *
 *   {
 *   "actions":[
 *   {"id":"a0001",…},
 *   {"id":"a0002",…}
 *   ],
 *   "customer":"contoso"
 *   }
 *
 * Each member begins a line, and so does each item of a member that is a list of lines; an empty one is
 * `[]`. Within a line the rules of RFC 8785 hold, members come in their order, and the text ends with a line
 * break: there is one way to write a document. Reading takes one line at a time, so that a large document is
 * never a tree as a whole, and refuses any other layout.
 */
#ifndef CORE_JSON_LINES_H
#define CORE_JSON_LINES_H

#include "core/json.h"

struct json_lines {
	struct strbuf *out;
	struct json_writer line; /* of the value that is being written */
	const char *last_key;	 /* borrowed until the document ends */
	bool in_list;
	bool comma; /* an item was written */
	/* Of a comparison: what is wanted from here on, and whether something else was written. */
	const char *wanted;
	size_t wanted_len;
	bool differs;
};

void json_lines_begin(struct json_lines *lines, struct strbuf *out);
/*
 * Begins a document that is only compared with `text`, a line at a time, so that a large one is never there
 * twice: json_lines_same says, after the end, whether it is that text.
 */
void json_lines_compare(struct json_lines *lines, struct strbuf *scratch, const char *text, size_t len);
bool json_lines_same(const struct json_lines *lines);
/* Begins a member, whose one value is to be written with what is returned. */
struct json_writer *json_lines_member(struct json_lines *lines, const char *key);
/* A member that is a list: its items are written each with what json_lines_item returns. */
void json_lines_begin_list(struct json_lines *lines, const char *key);
struct json_writer *json_lines_item(struct json_lines *lines);
void json_lines_end_list(struct json_lines *lines);
void json_lines_end(struct json_lines *lines);

/* Called in the order of the text; false, with `err` set, stops. `value` is gone when the call returns. */
struct json_lines_reader {
	/* A member on a line of its own, an empty list included. */
	bool (*member)(void *ctx, const char *key, const struct json *value, struct error *err);
	/* An item of a list of lines. */
	bool (*item)(void *ctx, const char *key, const struct json *value, struct error *err);
	void *ctx;
};
/* ERR_INVALID with the number of the line where the text is not such a document. */
NODISCARD bool json_lines_read(const char *text, size_t len, const struct json_lines_reader *reader,
			       struct error *err);

/*
 * Whether another version of the program wrote the text: its format is "seatshift-WHAT/N" and not `format`.
 * Then ERR_INVALID says just that, since nothing is wrong with the file.
 */
bool json_lines_is_other_format(const char *text, size_t len, const char *what, const char *format,
				struct error *err);

#endif
