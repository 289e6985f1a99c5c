/* Whose seats are tried out too late to be given back. */
#include "cmd/fleet/fleet_exit.h"

#include "plans/saved/plan_folder.h"
#include "plans/standing/give_back.h"

/* When the waves before it have soaked, at the earliest. */
static int64_t wave_begins_ms(const struct app *app, const struct fleet_file *file, size_t wave)
{
	int64_t at_ms = clock_now_ms(app->clock);
	for (size_t w = 0; w < wave; w++)
		at_ms += file->waves.items[w].soak_ms;
	return at_ms;
}

static bool is_returnable(const struct json *plan)
{
	JSON_EACH (move, json_get(json_get(plan, "summary"), "moves")) {
		const struct json *open = json_get(move, "open");
		const struct programme *programme = programme_find(json_get_text(open, "programme"));
		if (json_get_text(open, "return_until") || (programme && programme->return_days))
			return true;
	}
	return false;
}

const char *fleet_exit_of(struct app *app, const struct fleet_file *file, size_t wave, const char *customer,
			  const struct json *plan)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct plan_folder folder;
	struct error ignored = ERROR_INIT;
	if (!is_returnable(plan))
		return NULL;
	const char *path = arena_printf(tmp, "plans/%s/%s", customer, json_get_text(plan, "id"));
	if (!plan_folder_load(app->dir, path, tmp, &folder, &ignored)) {
		error_release(&ignored);
		return NULL;
	}
	const struct give_back back = give_back_of(&folder.plan, NULL);
	const char *late = give_back_too_late(&back, wave_begins_ms(app, file, wave),
					      file->waves.items[wave].soak_ms, tmp);
	return arena_strdup(app->arena, late);
}
