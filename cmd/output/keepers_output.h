/* Who keeps what was retired, in JSON. */
#ifndef CMD_KEEPERS_OUTPUT_H
#define CMD_KEEPERS_OUTPUT_H

#include "core/json.h"
#include "plans/standing/keepers.h"

/* "kept": their names, of all SKUs together. */
void keepers_set_json(const struct keepers_list *list, struct json_writer *w);

#endif
