/* What a child of a fleet has to say: the error in its JSON, else the last line that says one. */
#ifndef CMD_CHILD_REPORT_H
#define CMD_CHILD_REPORT_H

#include "core/mem.h"
#include "core/pool.h"

/* One line; NULL when it says nothing. */
const char *child_message(const struct pool_end *end, struct arena *out);

#endif
