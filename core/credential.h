/*
 * Finds secrets that are no product keys in a text that is kept, by the form in which services and people
 * write them: a client secret of Entra, a token, a private key, an access key, a password in an address, and
 * whatever stands behind a word such as "password". For product keys see core/product_key_hidden.h, for both
 * core/kept_text.h.
 */
#ifndef CORE_CREDENTIAL_H
#define CORE_CREDENTIAL_H

#include "core/macros.h"

#include <stdbool.h>
#include <stddef.h>

struct credential {
	size_t at, len;	  /* bytes */
	const char *what; /* "a client secret" */
};

/* The first at or after byte `from`. Linear in `len`. */
NODISCARD bool credential_find(const char *text, size_t len, size_t from, struct credential *ret);

/* Stars over every one, byte for byte. */
void credential_mask(char *text);

#endif
