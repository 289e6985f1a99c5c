/* The rows of the command table, each defined in its own cmd_NAME.c. */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "cmd/table/command.h"

/* The table, in the order help shows; ends with NULL. */
extern const struct command *const commands[];

extern const struct command cmd_apply;
extern const struct command cmd_approve;
extern const struct command cmd_completion;
extern const struct command cmd_discover;
extern const struct command cmd_doctor;
extern const struct command cmd_drift;
extern const struct command cmd_explain;
extern const struct command cmd_help;
extern const struct command cmd_history;
extern const struct command cmd_init;
extern const struct command cmd_new;
extern const struct command cmd_plan;
extern const struct command cmd_rehearse;
extern const struct command cmd_schema;
extern const struct command cmd_show;
extern const struct command cmd_skus;
extern const struct command cmd_status;
extern const struct command cmd_step;
extern const struct command cmd_twin;
extern const struct command cmd_undo;
extern const struct command cmd_validate;
extern const struct command cmd_verify;
extern const struct command cmd_version;

#endif
