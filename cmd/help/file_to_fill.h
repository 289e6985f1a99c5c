/*
 * A customer file to fill in: every key of the file, explained, in the file's own order. What has to be there
 * stands empty, the rest as comments of one line; without its '#', each of them is in force.
 */
#ifndef CMD_FILE_TO_FILL_H
#define CMD_FILE_TO_FILL_H

#include "core/error.h"
#include "core/str.h"

/* The days of its examples are counted from `today`. `ret_empty` gets the keys that are to be filled in:
 * "tenant.id". */
NODISCARD bool file_to_fill(const char *customer, int32_t today, struct arena *tmp, struct strbuf *out,
			    struct str_list *ret_empty, struct error *err);

#endif
