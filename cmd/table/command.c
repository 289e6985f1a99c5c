/* Rows of the command table, and of that of exit statuses. */
#include "cmd/table/command.h"

const struct command *command_find(const struct command *const *table, const char *name)
{
	for (const struct command *const *row = table; *row; row++)
		if (str_eq((*row)->name, name))
			return *row;
	return NULL;
}

/* One row for each status: several errors share the first one, and 'changes' is not an error. */
bool command_exit_row(size_t at, struct exit_row *ret_row)
{
	static const struct exit_row changes = {
		EXIT_CHANGES, "changes",
		"with --detailed-exitcode, from plan and drift: there is a difference"};
	size_t row = 0;
	for (int code = 0; code < ERR_CODE_COUNT; code++) {
		const struct error_info *info = error_info((enum error_code)code);
		if (info->status == error_info(ERR_FAILED)->status && code != ERR_FAILED)
			continue;
		*ret_row = (struct exit_row){info->status, info->name, info->meaning};
		if (row++ == at)
			return true;
		*ret_row = changes;
		if (code == ERR_FAILED && row++ == at)
			return true;
	}
	return false;
}
