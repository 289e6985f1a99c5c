/*
 * A secret (product key, client secret, token): a type that cannot be printed.
 *
 * There is no way to format one. The bytes are reached only through secret_expose, whose callers are
 * the few places that put them on the wire or, proved, before the operator's eyes. Wiped on free.
 */
#ifndef CORE_SECRET_H
#define CORE_SECRET_H

#include "core/macros.h"

#include <stdbool.h>
#include <stddef.h>

struct secret;
struct secret *secret_new(const char *bytes, size_t len); /* copies; the caller wipes its own */
void secret_free(struct secret *secret);
DEFINE_FREEP(struct secret, secret)
const char *secret_expose(const struct secret *secret); /* NUL-terminated; borrow for the shortest time */
size_t secret_len(const struct secret *secret);
void secret_wipe(void *bytes, size_t len); /* not optimised away */

#endif
