/* One line of a journal, as text and as an entry. For plans/saved/journal.c, which knows what comes before
 * it. */
#ifndef PLANS_JOURNAL_LINE_H
#define PLANS_JOURNAL_LINE_H

#include "plans/saved/journal.h"

/* `prev` is the hash of the line before, "" for the first. */
void journal_line_encode(struct strbuf *line, const struct journal_entry *entry, const char *prev);

/*
 * Takes what it knows out of `root`; that nothing else is there, and nothing of another type, shows
 * when the entry is encoded again and compared.
 */
bool journal_line_decode(const struct json *root, struct arena *out, struct journal_entry *ret);

/* What people have said in an entry, and who: texts that are borrowed. */
void journal_line_texts(const struct journal_entry *entry, struct arena *out, struct str_list *ret);

#endif
