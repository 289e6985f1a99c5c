/*
 * The keys of a file that people write, for whoever explains them: what an entry of cmd/help/keys says of a
 * key (key_text.h), and what the JSON Schema does.
 */
#ifndef CMD_FILE_KEYS_H
#define CMD_FILE_KEYS_H

#include "core/json.h"
#include "core/vec.h"

/* What `seatshift new` makes of a key that may be left out. */
enum key_in_new {
	NEW_OPTIONAL, /* a comment: take the '#' away to use it */
	NEW_ASKED,    /* to be filled in, as those that have to be there */
	NEW_GIVEN,    /* with the value of the example */
};

struct file_key {
	const char *path; /* "moves[].open.seats" */
	const char *name; /* "seats" */
	const char *example;
	const char *fallback;
	const char *about;
	enum key_in_new in_new;
	size_t depth;
	bool required;
	const struct json *schema; /* NULL: no such key */
};
VEC(file_key_list, struct file_key);

/* All entries of a text, with examples of `today`, each with what the schema says. ERR_FAILED when one
 * describes what is not there. */
NODISCARD bool file_keys(const char *text, int32_t today, const struct json *schema, struct arena *out,
			 struct file_key_list *ret_keys, struct error *err);
/* What can be written: "One of 'phone', 'portal'.", "A number from 1 to 100." */
void file_key_type(struct strbuf *out, const struct json *schema);
/* Of a list: each item is one of several things, a text or a mapping. */
bool file_key_has_alternatives(const struct json *schema);

#endif
