/*
 * What stands where a secret would, behind a word such as "password", and is none: what only stands for a
 * secret, and what people write there about one: a date, a ticket, a name, a path. core/credential.h finds
 * the places.
 */
#ifndef CORE_CREDENTIAL_VALUE_H
#define CORE_CREDENTIAL_VALUE_H

#include "core/macros.h"

#include <stdbool.h>
#include <stddef.h>

/* $NAME, ${NAME}, {{ name }}, %NAME%, <secret>, ***, an address under which it is kept. */
NODISCARD bool credential_value_is_placeholder(const char *text, size_t len);

/* A date or time, a ticket, a path, words and numbers that are joined: INC0045123, kv-contoso-2026. */
NODISCARD bool credential_value_is_name(const char *text, size_t len);

/* "jane.contractor.2026": who signs in, where an address has no password. */
NODISCARD bool credential_value_is_user(const char *text, size_t len);

#endif
