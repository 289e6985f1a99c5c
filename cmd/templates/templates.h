/* The files that `seatshift init` writes, embedded at build time by embed.py. */
#ifndef CMD_TEMPLATES_TEMPLATES_H
#define CMD_TEMPLATES_TEMPLATES_H

#include "core/str.h"

#include <stddef.h>
#include <stdint.h>

enum template_set {
	TEMPLATE_COMMON,    /* in every new repository */
	TEMPLATE_PLAIN,	    /* only without --example */
	TEMPLATE_EXAMPLE,   /* only with --example */
	TEMPLATE_CI_GITHUB, /* only with --ci github; the next two likewise */
	TEMPLATE_CI_GITLAB,
	TEMPLATE_CI_AZURE,
	TEMPLATE_CI_ANY, /* with any --ci */
	TEMPLATE_SHELL,	 /* never: `seatshift completion` prints these */
	TEMPLATE_SCHEMA, /* never: `seatshift schema` prints these */
};

struct template_file {
	const char *path; /* in the new repository */
	enum template_set set;
	const char *bytes; /* NUL-terminated */
	size_t len;
};

/* Sorted by path. */
extern const struct template_file template_files[];
extern const size_t template_file_count;

/* A text with the days that it is to have when it is written on `today`: "@today+30@" is one, 30 days later.
 */
void days_write(const char *text, int32_t today, struct strbuf *out);

#endif
