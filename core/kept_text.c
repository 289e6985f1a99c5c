/* What is kept for good. */
#include "core/kept_text.h"

#include "core/credential.h"
#include "core/product_key.h"

#include <string.h>

static bool refuse_credential(const char *text, struct error *err)
{
	struct credential found;
	if (!text || !credential_find(text, strlen(text), 0, &found))
		return true;
	error_set(err, ERR_INVALID, "that looks like %s: a secret is never recorded", found.what);
	return error_hint(err,
			  "Leave it out. If it is a real one and stands somewhere already, have it renewed.");
}

bool kept_text_refuse(const char *text, struct error *err)
{
	return product_key_refuse(text, err) && refuse_credential(text, err);
}

bool kept_text_refuse_all(const struct str_list *texts, struct error *err)
{
	for (size_t i = 0; i < texts->count; i++)
		if (!refuse_credential(texts->items[i], err))
			return false;
	return product_key_refuse_all(texts, err);
}
