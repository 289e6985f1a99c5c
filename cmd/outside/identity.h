/* Who runs this: for the journal and the lock. A claim, not a proof; approvals are signed. */
#ifndef CMD_IDENTITY_H
#define CMD_IDENTITY_H

#include "cmd/outside/app.h"

const char *identity_who(const struct app *app); /* "adele@build-7", or the CI's person and job */
const char *identity_host(const struct app *app);

#endif
