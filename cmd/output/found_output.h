/* What a key brought, as status and history show it. */
#ifndef CMD_FOUND_OUTPUT_H
#define CMD_FOUND_OUTPUT_H

#include "plans/saved/journal.h"

/* All that was found, one object per redeemed key, in an array. */
void found_put_json(const struct journal_entry_list *entries, struct json_writer *w);

/* "10 × ENTERPRISEPACK, subscription …, until 2027-11-26; order PO-4711 of Example Distribution"; quoted. */
const char *found_text(const struct journal_found *found, struct arena *out);

#endif
