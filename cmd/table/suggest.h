/* A hint for a word that is none of those that were possible. */
#ifndef CMD_SUGGEST_H
#define CMD_SUGGEST_H

#include "core/error.h"
#include "core/mem.h"
#include "core/str.h"

/* "Did you mean 'json'?" where one is near, else "There are: json, text." Returns false, as error_hint. */
bool suggest(struct arena *out, const char *word, const struct str_list *possible, struct error *err);
/* The words of "a|b|c". */
struct str_list suggest_words(struct arena *out, const char *words);

#endif
