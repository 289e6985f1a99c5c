/*
 * What git's own credential helpers know about a remote, asked with `git credential fill`. Nobody is asked
 * at a terminal, and nothing is stored or forgotten.
 */
#ifndef CMD_GIT_CREDENTIAL_H
#define CMD_GIT_CREDENTIAL_H

#include "cmd/outside/app.h"
#include "core/secret.h"

#include <stdbool.h>

/* As store_outside.password; `ctx` is the app. */
bool git_credential_ask(void *ctx, const char *git_dir, const char *url, struct arena *out,
			const char **ret_user, struct secret **ret_password);

#endif
