/* The double-billing window in JSON, the same wherever a command prints it. */
#ifndef CMD_WINDOW_OUTPUT_H
#define CMD_WINDOW_OUTPUT_H

#include "core/json.h"
#include "plans/standing/window.h"

/* An object, or null when there is no window at all. */
void window_put_json(const struct window *window, struct arena *tmp, struct json_writer *w);

#endif
