/*
 * Field tables: one table says how a mapping of a file, or an object of an answer, becomes a struct.
 *
 * Two front ends read the same tables: core/fields_yaml.c is strict (unknown key, duplicate key, wrong
 * type, missing key: a diagnostic each, with its place; all of them in one run), core/fields_json.c is
 * lenient about unknown members and strict about type and presence (the first problem, with its path).
 * JSON Schema is printed from the tables as well.
 */
#ifndef CORE_FIELDS_H
#define CORE_FIELDS_H

#include "core/diag.h"
#include "core/error.h"
#include "core/json.h"
#include "core/mem.h"

#include <stdbool.h>
#include <stddef.h>

enum field_type {
	FIELD_TEXT,   /* const char *; one of `words` where there are any */
	FIELD_GUID,   /* const char *, lower-cased */
	FIELD_BOOL,   /* bool; in YAML, with `words`, the first is false and the second true */
	FIELD_INT,    /* int64_t within [min, max] (both 0: any) */
	FIELD_DATE,   /* const char *: YYYY-MM-DD, a real day */
	FIELD_ENUM,   /* int (an enum), by `words`; the first word is the value `min` */
	FIELD_TEXTS,  /* struct str_list */
	FIELD_STRUCT, /* a struct in place, by `fields` */
	FIELD_LIST,   /* a VEC of structs, by `fields`; `item_size` is the size of one */
	FIELD_CUSTOM, /* by `read`; `schema` prints its JSON Schema */
};

enum field_flags {
	FIELD_REQUIRED = 1 << 0,
	FIELD_NULLABLE = 1 << 1, /* null is the same as absent (JSON answers) */
	FIELD_NOT_EMPTY = 1 << 2,
};

struct node; /* a YAML node: core/doc.h */
struct field_reader;

struct field {
	const char *name;
	enum field_type type;
	unsigned flags;
	size_t offset;
	const char *const *words; /* FIELD_ENUM: NULL-terminated, in the enum's order */
	int64_t min, max;
	const struct field
		*fields; /* ends with a row whose name is NULL; of a FIELD_CUSTOM: for hints alone */
	size_t item_size;
	/* FIELD_CUSTOM in YAML: fills `target` (the struct) from `node`; complaints go to the reader. */
	void (*read)(struct field_reader *reader, const struct node *node, const struct field *field,
		     void *target);
	void (*schema)(const struct field *field,
		       struct json_writer *w); /* FIELD_CUSTOM: the value's schema */
	const char
		*pattern; /* of FIELD_TEXT, for the schema and, anchored, as an extended regular expression */
	const char *rules; /* of FIELD_STRUCT, for the schema: what fields_schema takes */
	/* As JSON: what holds where the key is left out, for the schema. That of a word or a truth value is
	 * its first. "": it depends on other keys. */
	const char *fallback;
	const char *summary; /* for the schema's description, help and the manual */
	size_t place_offset; /* when not 0: a struct place in the struct gets the value's place */
	size_t given_offset; /* when not 0: a bool in the struct that is set when the key is there */
};

/* The flags, then any further members by name: FIELD(…, FIELD_REQUIRED, .words = kinds). */
#define FIELD(type_, member_, name_, field_type_, ...)                                                       \
	{                                                                                                    \
		.name = (name_), .type = (field_type_), .offset = offsetof(type_, member_),                  \
		.flags = __VA_ARGS__                                                                         \
	}

/* Whether `text` is in order by a row's `pattern`. */
bool field_matches(const char *pattern, const char *text);

/* JSON front end. `what` names the object in messages ("user", "subscribedSku"). ERR_REMOTE on a mismatch. */
NODISCARD bool fields_from_json(const struct field *fields, const struct json *object, const char *what,
				struct arena *out, void *ret_struct, struct error *err);

/* The same for a file of ours: ERR_INVALID, and no word of an answer. */
NODISCARD bool fields_from_file(const struct field *fields, const struct json *object, const char *what,
				struct arena *out, void *ret_struct, struct error *err);

/*
 * Writes what fields_from_json reads: an object, by a table whose rows are in the order of their names. A
 * text that is NULL is null where it may be, and left out where it need not be there; a FIELD_STRUCT that may
 * be null is, when it lacks a text that it requires.
 */
void fields_to_json(const struct field *fields, const void *base, struct json_writer *w);

#endif
