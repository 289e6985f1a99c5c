/*
 * Why the service refused a change of licences, in words: one sentence with names, and one next step.
 *
 * All refusals share one code and differ in an English text that nobody promises (as observed in public
 * reports, and in "Identify and resolve license assignment problems"). So a text is matched loosely; one that
 * no row knows is told as it is, with the names that its GUIDs stand for.
 */
#ifndef PROVIDERS_GRAPH_REFUSAL_H
#define PROVIDERS_GRAPH_REFUSAL_H

#include "core/action.h"
#include "providers/graph/wire/request.h"

/* One line in `out`, for a reply that is an error. */
const char *refusal_text(const struct action *action, const struct graph_reply *reply, struct arena *out);

#endif
