/* EXIT in JSON, and as of now. */
#include "cmd/output/give_back_output.h"

#include "core/file.h"
#include "plans/fleet/fleet.h"

void give_back_put_json(const struct give_back *back, struct arena *tmp, struct json_writer *w)
{
	if (!back->any)
		return;
	json_put_key(w, "exit");
	json_begin_object(w);
	json_set_text(w, "text", give_back_text(back, 0, tmp));
	json_set_text(w, "until", window_day_text(back->until, tmp));
	json_end_object(w);
}

/* How long the customer's wave soaks, where fleet.yaml says so without a look at the others; else 0. */
static int64_t soak_ms_of(struct app *app, const struct session *session)
{
	struct fleet_file file;
	struct checked checked = {0};
	struct error ignored = ERROR_INIT;
	const struct fleet_choice choice = {.customer = session->desired.customer,
					    .labels = &session->desired.labels};
	if (!file_exists(path_join(app->arena, app->dir, "fleet.yaml")))
		return 0;
	if (!repository_load_fleet(&session->repository, app->arena, &checked, &file, &ignored)) {
		error_release(&ignored);
		return 0;
	}
	return fleet_soak_ms(&file, &choice);
}

const char *give_back_late(struct app *app, const struct session *session, const struct plan *plan)
{
	const struct give_back back = give_back_of(plan, NULL);
	if (!back.any || !plan->summary.users_changed)
		return NULL;
	return give_back_too_late(&back, clock_now_ms(app->clock), soak_ms_of(app, session), app->arena);
}
