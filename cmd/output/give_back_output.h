/* EXIT in JSON: the last day on which the new seats can be given back. */
#ifndef CMD_GIVE_BACK_OUTPUT_H
#define CMD_GIVE_BACK_OUTPUT_H

#include "core/json.h"
#include "plans/standing/give_back.h"

/* As the member "exit"; nothing where no seats of the plan can be given back. */
void give_back_put_json(const struct give_back *back, struct arena *tmp, struct json_writer *w);

#endif
