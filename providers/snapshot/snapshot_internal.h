/* What writing and reading a snapshot share. For the files named snapshot*.c only. */
#ifndef PROVIDERS_SNAPSHOT_INTERNAL_H
#define PROVIDERS_SNAPSHOT_INTERNAL_H

#include "core/fields.h"
#include "core/tenant.h"

extern const struct field snapshot_organization_fields[];
extern const struct field snapshot_partner_fields[];
extern const struct field snapshot_info_fields[];

/* A list of plain rows, one a line. */
struct snapshot_table {
	const char *key;
	size_t offset; /* of the VEC in struct live */
	const struct field *fields;
	size_t size; /* of a row */
};
enum { SNAPSHOT_TABLES = 4 };
extern const struct snapshot_table snapshot_tables[SNAPSHOT_TABLES];

#endif
