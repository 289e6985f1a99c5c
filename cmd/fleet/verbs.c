/* What the words behind `seatshift fleet` share. */
#include "cmd/fleet/verbs.h"

#include "cmd/session/names.h"

bool fleet_named(struct app *app, const char *name, struct fleet_folder *ret_folder, struct error *err)
{
	return fleet_folder_load(app->dir, name_in_repository(app, name), app->arena, ret_folder, err);
}
