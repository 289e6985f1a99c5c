/*
 * What each kind of action means in Graph: where its subject is read, how the answer is compared with
 * the action, and which request carries it out. No requests.
 */
#ifndef PROVIDERS_GRAPH_CHANGE_H
#define PROVIDERS_GRAPH_CHANGE_H

#include "core/action.h"
#include "providers/graph/wire/batch.h"

/* Whether Graph can carry this kind out at all; hand steps it cannot. */
bool change_is_supported(const struct action *action);
const char *change_subject_id(const struct action *action);

/* The read of its subject, and the write, as parts of a batch; texts in `out`. */
struct batch_part change_look(const struct action *action, struct arena *out);
struct batch_part change_write(const struct action *action, struct arena *out);

/*
 * Compares what was answered (NULL: the subject is gone). A user who is as expected but has another name than
 * in the plan is neither. Of a group, only what it hands out counts, not what its members have of it.
 * ERR_REMOTE when the answer is about somebody else.
 */
NODISCARD bool change_compare(const struct action *action, const struct json *answer, struct arena *out,
			      enum comparison *ret, const char **ret_difference, struct error *err);

/* Whether the subject holds what the action leaves, but not all services as sent; asked on NEITHER. */
NODISCARD bool change_kept(const struct action *action, const struct json *answer, struct arena *out,
			   struct kept *ret, struct error *err);

#endif
