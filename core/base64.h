/* Base64 (RFC 4648). */
#ifndef CORE_BASE64_H
#define CORE_BASE64_H

#include "core/str.h"

/* The URL-safe alphabet without padding, as JSON web tokens have it. */
void base64url_encode(struct strbuf *out, const void *bytes, size_t len);

/* The standard alphabet, padded: what HTTP's Basic authentication takes. */
void base64_encode(struct strbuf *out, const void *bytes, size_t len);

/* Either alphabet, padded or not, into `out`; false when it is not that. */
NODISCARD bool base64_decode(const char *text, size_t len, struct strbuf *out);

#endif
