/* This program once more, as a process of its own: one customer each, so that a crash stops nobody else. */
#ifndef CMD_SELF_H
#define CMD_SELF_H

#include "cmd/outside/app.h"
#include "core/pool.h"

/*
 * Fills `argv` and `env` for "seatshift WORDS…", in the same repository and with the whole environment, which
 * holds the credentials that it needs.
 */
NODISCARD bool self_prepare(const struct app *app, const struct str_list *words, struct arena *out,
			    struct pool_start *ret_start, struct error *err);

/* What is left until the end that the command was given (app_end_in), as words for the new process. */
void self_pass_deadline(const struct app *app, struct str_list *words);

#endif
