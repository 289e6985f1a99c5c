/* Where a product key is kept, as the customer file says: an environment variable, a file, a program. */
#ifndef CMD_KEY_SOURCE_H
#define CMD_KEY_SOURCE_H

#include "cmd/session/session.h"
#include "core/product_key.h"

/* The move of the customer file that a redeem step is about; NULL when it is not there any more. */
const struct move *key_source_move(const struct desired *desired, const struct plan *plan,
				   const struct action *redeem);

/*
 * Reads the key and checks its shape and its ending. A program is run without a shell. ERR_INVALID when
 * there is no key, or what is there is not this one; no message ever holds it.
 */
NODISCARD bool key_source_read(struct app *app, const struct move *move, struct secret **ret_key,
			       struct product_key_check *ret_check, struct error *err);

/*
 * What is wrong with the key where the customer file says it is: not there, of another shape, or with letters
 * that keys seldom have. One line that holds nothing of it; NULL: nothing, or only a program can say. In a
 * pipeline always: no key is needed there, and whoever wrote the customer file in a review would be told
 * which files and variables the machine has.
 */
const char *key_source_problem(struct app *app, const struct move *move);

/* ERR_INVALID when one of these texts, or all together, hold more of a key than its ending. Programs are not
 * asked. */
NODISCARD bool key_source_refuse(struct app *app, const struct desired *desired, const struct str_list *texts,
				 struct error *err);

#endif
