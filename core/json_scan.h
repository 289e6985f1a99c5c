/* The limits of a JSON text, looked at before it is parsed: depth, control characters, NUL, numbers. */
#ifndef CORE_JSON_SCAN_H
#define CORE_JSON_SCAN_H

#include "core/error.h"
#include "core/macros.h"

#include <stdbool.h>
#include <stddef.h>

/* ERR_INVALID with the offset. What passes may still be no JSON. */
NODISCARD bool json_scan(const char *text, size_t len, struct error *err);

#endif
