/*
 * The strict YAML front end of field tables (core/fields.h).
 *
 * Unknown keys, missing keys, wrong types and values that are not allowed each become a diagnostic
 * with the value's place; reading continues, so that one run reports all of them. A struct that was
 * complained about is half filled: whoever reads it looks at the diagnostics first.
 */
#ifndef CORE_FIELDS_YAML_H
#define CORE_FIELDS_YAML_H

#include "core/doc.h"
#include "core/fields.h"
#include "core/fields_elsewhere.h"
#include "core/str.h"

struct field_reader {
	const char *file; /* shown in places */
	struct arena *out;
	struct diag_list *diags;
	void *ctx; /* for FIELD_CUSTOM readers */
	/* For hints about keys that stand at the wrong place: the file's own table, and those of all files.
	 */
	const struct field *own;
	const struct field_file *files;
};

/* Fills the struct from a mapping, by the table. `target` must be zeroed or hold the defaults. */
void fields_from_yaml(struct field_reader *reader, const struct field *fields, const struct node *mapping,
		      void *target);

struct place field_place(const struct field_reader *reader, const struct node *node);
/* Where to point at for something missing in `mapping`: its key, else its first line. */
struct place field_place_of_mapping(const struct field_reader *reader, const struct node *mapping);

/* An error at the node; returns the diagnostic, so that help can be set. */
struct diag *field_error(struct field_reader *reader, enum diag_code code, const struct node *node,
			 const char *fmt, ...) PRINTF(4, 5);
struct diag *field_error_at(struct field_reader *reader, enum diag_code code, struct place place,
			    const char *fmt, ...) PRINTF(4, 5);

/* For FIELD_CUSTOM readers: a text with something in it, or NULL after a complaint. */
const char *field_text(struct field_reader *reader, const struct node *node);
/* True when the node is of that kind, else a complaint ("expected a list, found a text"). */
bool field_expect(struct field_reader *reader, const struct node *node, enum node_kind kind);

#endif
