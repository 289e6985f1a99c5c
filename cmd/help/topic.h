/*
 * Topics: what is longer than help of one command, and read on its own. seatshift-NAME(7), or another page
 * that the summary names, and `help NAME`.
 *
 * Each is a file of cmd/help/pages, compiled in: a summary on the first line, then lines of
 *   # SECTION          a heading
 *       literal        indented by four: kept as it is
 *   term               a line whose next one begins with ": " is the term of a list
 *   : what it means    and that one says what it is; one line
 * and paragraphs, one line each. ASCII only.
 */
#ifndef CMD_TOPIC_H
#define CMD_TOPIC_H

#include "core/mem.h"
#include "core/str.h"

struct topic {
	const char *name;
	const char *summary;
	const char *text;
	const char *page; /* "seatshift-approvals" */
	int section;	  /* of the manual: 7, or 5 for a file */
};

extern const struct topic topics[]; /* by name; generated */
extern const size_t topic_count;

/* False behind the last, or when there is none of that name. The text of "codes" has all codes behind it. */
bool topic_at(size_t index, struct arena *out, struct topic *ret);
bool topic_find(const char *name, struct arena *out, struct topic *ret);

void topic_manual(const struct topic *topic, struct strbuf *out); /* the page's sections, as mdoc */
void topic_text(const struct topic *topic, struct strbuf *out);	  /* for a terminal */

#endif
