/* Where a key belongs that stands at the wrong place: in the same file, or in one of the others. */
#ifndef CORE_FIELDS_ELSEWHERE_H
#define CORE_FIELDS_ELSEWHERE_H

#include "core/fields.h"

/* A file that people write, as they call it, and its table. A list of them ends with one without a name. */
struct field_file {
	const char *name;
	const struct field *fields;
};

/*
 * "It belongs under 'open' in an entry of 'moves'.", or "It is a key of seatshift.yaml, under 'approvals'.";
 * NULL: no table has it. `own` is the table of the file that it stands in.
 */
const char *field_belongs(const struct field_file *files, const struct field *own, const char *key,
			  struct arena *out);

#endif
