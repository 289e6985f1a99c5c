/* The command table, in the order that help shows. */
#include "cmd/commands.h"

#include "cmd/fleet/fleet_command.h"

const struct command *const commands[] = {
	&cmd_init,     &cmd_validate, &cmd_new,	    &cmd_discover, &cmd_skus,	&cmd_plan,	 &cmd_show,
	&cmd_verify,   &cmd_approve,  &cmd_apply,   &cmd_step,	   &cmd_status, &cmd_drift,	 &cmd_undo,
	&cmd_rehearse, &cmd_doctor,   &cmd_history, &cmd_fleet,	   &cmd_schema, &cmd_completion, &cmd_explain,
	&cmd_twin,     &cmd_version,  &cmd_help,    NULL,
};
