/* A hint for a word that is none of those that were possible. */
#include "cmd/table/suggest.h"

#include <string.h>

bool suggest(struct arena *out, const char *word, const struct str_list *possible, struct error *err)
{
	const char *near = str_nearest(word, possible);
	if (near)
		return error_hint(err, "Did you mean '%s'?", near);
	return error_hint(err, "There are: %s.", str_list_join(out, possible, ", "));
}

struct str_list suggest_words(struct arena *out, const char *words)
{
	struct str_list list = {0};
	while (*words) {
		size_t len = strcspn(words, "|");
		VEC_PUSH(out, &list, arena_strndup(out, words, len));
		words += len + (words[len] == '|');
	}
	return list;
}
