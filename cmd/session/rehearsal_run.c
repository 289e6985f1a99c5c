/* A rehearsal as a command runs it. */
#include "cmd/session/rehearsal_run.h"

#include "core/file.h"

#include <stdlib.h>
#include <unistd.h>

/* Journals of the stage are written and synced thousands of times: where memory is a file system, there. */
static bool make_scratch(const struct app *app, const char **ret_dir, struct error *err)
{
	static const char *const places[] = {"/dev/shm", "/tmp", "."};
	const char *wanted = app_env(app, "TMPDIR");
	for (size_t i = 0; i < ARRAY_LEN(places) + 1; i++) {
		const char *place = i == 1 ? wanted : places[i ? i - 1 : 0];
		char *dir = place ? arena_printf(app->arena, "%s/seatshift-rehearsal-XXXXXX", place) : NULL;
		if (dir && mkdtemp(dir)) {
			*ret_dir = dir;
			return true;
		}
	}
	return error_set(err, ERR_IO, "there is no folder for the rehearsal's journals");
}

static void remove_scratch(struct arena *out, const char *dir)
{
	if (!dir)
		return;
	(void)unlink(path_join(out, dir, "journal.jsonl"));
	(void)unlink(path_join(out, dir, "undo.jsonl"));
	(void)rmdir(dir);
}

bool rehearsal_run(struct app *app, const struct rehearsal_options *options, struct rehearsal *ret_result,
		   struct error *err)
{
	struct rehearsal_options staged = *options;
	if (!make_scratch(app, &staged.scratch, err))
		return false;
	bool ok = rehearse(&staged, app->arena, ret_result, err);
	remove_scratch(app->arena, staged.scratch);
	return ok;
}
