/* This program once more. */
#include "cmd/outside/self.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static const char link_of_self[] = "/proc/self/exe";

bool self_prepare(const struct app *app, const struct str_list *words, struct arena *out,
		  struct pool_start *ret_start, struct error *err)
{
	char path[PATH_MAX];
	ssize_t len = readlink(link_of_self, path, sizeof path - 1);
	if (len < 0)
		return error_set(err, ERR_FAILED, "cannot find this program: %s", strerror(errno));
	path[len] = '\0';
	/* Replaced meanwhile: the link still leads to what runs here. */
	bool is_gone = str_ends(path, " (deleted)");
	enum { BEFORE = 3 };
	const char **argv = arena_alloc_array(out, words->count + BEFORE + 1, sizeof *argv);
	argv[0] = is_gone ? link_of_self : arena_strdup(out, path);
	argv[1] = "-C";
	argv[2] = app->dir;
	for (size_t i = 0; i < words->count; i++)
		argv[BEFORE + i] = words->items[i];
	ret_start->argv = argv;
	ret_start->env = (const char *const *)environ;
	return true;
}

void self_pass_deadline(const struct app *app, struct str_list *words)
{
	if (!app->ends_at_ms)
		return;
	int64_t left_ms = app->ends_at_ms - clock_monotonic_ms(app->clock);
	int64_t left_s = left_ms > 0 ? (left_ms + 999) / 1000 : 1;
	VEC_PUSH(app->arena, words, "--deadline");
	VEC_PUSH(app->arena, words, arena_printf(app->arena, "%llds", (long long)left_s));
}
