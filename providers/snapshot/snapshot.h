/*
 * Live facts as a file: what a plan was computed from, and when it was read.
 *
 * Canonical JSON with line breaks (core/json_lines.h), format "seatshift-snapshot/3": one person, group, SKU
 * or subscription a line. What many people have alike (licences, their states, location, kind of account)
 * stands once under "shapes", and which services are off under "switched_off" (core/choices.h): a person
 * names both by number. They are numbered in the order of their first use. Encoding a live state and decoding
 * it again gives the same state, so a plan computed from a snapshot is the plan computed from the tenant.
 */
#ifndef PROVIDERS_SNAPSHOT_H
#define PROVIDERS_SNAPSHOT_H

#include "core/error.h"
#include "core/str.h"
#include "core/tenant.h"

#define SNAPSHOT_FORMAT "seatshift-snapshot/3"

void snapshot_encode(const struct live *live, const struct read_info *info, struct strbuf *out);
/* Whether that is the text, byte by byte; without writing it a second time. */
bool snapshot_is_written_as(const struct live *live, const struct read_info *info, const char *text,
			    size_t len);
/* ERR_INVALID, naming the member that is wrong. Unknown members are refused: the file is ours. */
NODISCARD bool snapshot_decode(const char *text, size_t len, struct arena *out, struct live *ret_live,
			       struct read_info *ret_info, struct error *err);

#endif
