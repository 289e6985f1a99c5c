/* Numbers as people read them. */
#ifndef CORE_SAY_H
#define CORE_SAY_H

#include "core/mem.h"

#include <stdint.h>

const char *say_count(struct arena *out, int64_t count);				     /* "5,532" */
const char *say_number(struct arena *out, int64_t count, const char *one, const char *many); /* "1 person" */
const char *say_duration(struct arena *out, int64_t seconds); /* "4 min 40 s" */

#endif
