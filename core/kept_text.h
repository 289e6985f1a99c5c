/*
 * What is kept for good and read by many: files, plans, journals, commits, names. No secret may stand in it,
 * be it a product key, however disguised (core/product_key_hidden.h), or another (core/credential.h). This is
 * the one place that says what is refused.
 */
#ifndef CORE_KEPT_TEXT_H
#define CORE_KEPT_TEXT_H

#include "core/error.h"
#include "core/str.h"

/* ERR_INVALID when there is a secret in it. NULL: there is no text. */
NODISCARD bool kept_text_refuse(const char *text, struct error *err);
/* Each of them, and a key that is split over all. */
NODISCARD bool kept_text_refuse_all(const struct str_list *texts, struct error *err);

#endif
