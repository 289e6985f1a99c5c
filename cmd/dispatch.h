/* From argv to a command of the table and its exit status. */
#ifndef CMD_DISPATCH_H
#define CMD_DISPATCH_H

#include "cmd/outside/app.h"

/* Parses argv, runs the command, reports an error; returns the exit status. */
int dispatch(struct app *app, int argc, char **argv);

#endif
