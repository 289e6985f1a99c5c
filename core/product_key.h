/*
 * Product keys: their shape. A key is bearer value, so it is only ever a secret here, and no message
 * holds any of it but the last five characters, which the customer file names too.
 */
#ifndef CORE_PRODUCT_KEY_H
#define CORE_PRODUCT_KEY_H

#include "core/error.h"
#include "core/secret.h"
#include "core/str.h"

enum { PRODUCT_KEY_LENGTH = 25, PRODUCT_KEY_ENDING = 5 };

struct product_key_check {
	bool unusual; /* has a letter or digit that keys do not use: one is named in `letters` */
	char letters[PRODUCT_KEY_LENGTH + 1]; /* those, once each, sorted; not their places */
};

/*
 * `text` as it was kept: blanks around it and hyphens count for nothing. *ret_key is five groups of
 * five in upper case. ERR_INVALID when it is not 25 letters and digits, or does not end in `ends_in`
 * (NULL: not compared).
 */
NODISCARD bool product_key_parse(const struct secret *text, const char *ends_in, struct secret **ret_key,
				 struct product_key_check *ret_check, struct error *err);

/* For a text that is kept (NULL: there is none): ERR_INVALID when there is a key in it, however it is
 * written. */
NODISCARD bool product_key_refuse(const char *text, struct error *err);
/* Whether a key is split over texts that are kept together; each alone holds none. */
NODISCARD bool product_key_split(const struct str_list *texts);
/* product_key_refuse for each, and product_key_split for all. */
NODISCARD bool product_key_refuse_all(const struct str_list *texts, struct error *err);
/* The same for a key that is at hand (as product_key_parse gives it): no part of it, in whatever order, but
 * the last five characters. */
NODISCARD bool product_key_refuse_this(const struct str_list *texts, const struct secret *key,
				       struct error *err);

#endif
