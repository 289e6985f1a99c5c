/*
 * A second net under the secret type: the values of known secrets, taken out of what is printed.
 *
 * The first net is that a secret cannot be formatted. This one is for the day on which somebody
 * else's text carries one back: a service that quotes the form it was sent, a tool's error output.
 * What looks like a JSON web token is taken for one, known or not, whole or a piece of it.
 */
#ifndef CORE_REDACT_H
#define CORE_REDACT_H

#include "core/mem.h"
#include "core/secret.h"

struct redact;
struct redact *redact_new(void);
void redact_free(struct redact *redact);
DEFINE_FREEP(struct redact, redact)

/*
 * Keeps a copy, and of twelve bytes and more the forms in which it travels: percent-encoded, in base64 with
 * whatever beside it, as hexadecimal digits, and each part of a token alone. Values of fewer than six bytes
 * are not kept: they would blank out ordinary words.
 */
void redact_add(struct redact *redact, const char *bytes, size_t len);

/* NULL when no secret is in the text; else a new text to free, with "<redacted>" in their places.
 */
char *redact_text(const struct redact *redact, const char *text, size_t len, size_t *ret_len);
/* The same, for a text that is to be cut: what is left of a secret is none that could be found afterwards.
 * Borrows where there is none; NULL gives NULL. */
const char *redact_before_cut(const struct redact *redact, const char *text, struct arena *out);

#endif
