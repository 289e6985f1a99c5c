/* JSON Schema (draft 2020-12) out of field tables (core/fields.h). */
#ifndef CORE_FIELDS_SCHEMA_H
#define CORE_FIELDS_SCHEMA_H

#include "core/fields.h"

/*
 * The schema of one object, as an object; `summary` describes it, or is NULL. `rules`, or NULL, says what
 * members have to do with each other: a JSON array of schemas, all of which must hold.
 */
void fields_schema(const struct field *fields, const char *summary, const char *rules, struct json_writer *w);
/* The same as a whole document with "$id", "$schema" and a title. */
void fields_schema_document(const struct field *fields, const char *id, const char *title,
			    struct strbuf *out);

#endif
