/* seatshift fleet generate: an engine's own file, for the waves of a fleet. */
#include "cmd/fleet/verbs.h"

#include "cmd/fleet/engines.h"
#include "cmd/table/suggest.h"
#include "core/quote.h"
#include "plans/desired/repository.h"

#include <string.h>

enum { SHARDS = 8 };

/* What stands between two @ in a template. */
struct place_value {
	const char *name;
	const char *value;
};

struct generating {
	struct app *app;
	const char *fleet; /* its id, or NULL: by a variable of the engine */
	struct str_list waves;
	int64_t shards;
	struct strbuf out;
};

static const struct engine {
	const char *name;
	const char *text;
} engines[] = {
	{"azure", fleet_azure_yml},   {"github", fleet_github_yml},
	{"gitlab", fleet_gitlab_yml}, {"kubernetes", fleet_kubernetes_yaml},
	{"slurm", fleet_slurm_sh},
};

static const char *value_of(const struct place_value *values, const char *at, size_t len)
{
	for (; values->name; values++)
		if (strlen(values->name) == len && strncmp(values->name, at, len) == 0)
			return values->value;
	return NULL;
}

static void fill(struct generating *g, const char *text, size_t len, const struct place_value *values)
{
	const char *end = text + len;
	while (text < end) {
		const char *open = memchr(text, '@', (size_t)(end - text));
		const char *close = open ? memchr(open + 1, '@', (size_t)(end - open - 1)) : NULL;
		const char *value = close ? value_of(values, open + 1, (size_t)(close - open - 1)) : NULL;
		if (!open) {
			strbuf_add_bytes(&g->out, text, (size_t)(end - text));
			return;
		}
		strbuf_add_bytes(&g->out, text, (size_t)(open - text));
		strbuf_add(&g->out, value ? value : "@");
		text = value ? close + 1 : open + 1;
	}
}

/* In the id of a stage only letters, digits and _ may stand. */
static const char *with_underscores(struct arena *out, const char *name)
{
	char *text = arena_strdup(out, name);
	for (char *c = text; *c; c++)
		*c = *c == '-' ? '_' : *c;
	return text;
}

static const char *list_of_shards(const struct generating *g)
{
	struct str_list numbers = {0};
	for (int64_t i = 1; i <= g->shards; i++)
		VEC_PUSH(g->app->arena, &numbers, arena_printf(g->app->arena, "%lld", (long long)i));
	return arena_printf(g->app->arena, "[%s]", str_list_join(g->app->arena, &numbers, ", "));
}

static const char *list_of_stages(const struct generating *g)
{
	struct str_list stages = {0};
	VEC_PUSH(g->app->arena, &stages, "plan");
	for (size_t i = 0; i < g->waves.count; i++) {
		VEC_PUSH(g->app->arena, &stages, arena_printf(g->app->arena, "wave-%s", g->waves.items[i]));
		VEC_PUSH(g->app->arena, &stages, arena_printf(g->app->arena, "gate-%s", g->waves.items[i]));
	}
	return str_list_join(g->app->arena, &stages, ", ");
}

static void put(struct generating *g, const char *text, size_t len, const char *wave, const char *before)
{
	struct arena *out = g->app->arena;
	const char *id = g->fleet ? g->fleet : "";
	const char *begins = "github.event_name != 'pull_request' && github.ref == 'refs/heads/main'";
	const char *main_only = "ne(variables['Build.Reason'], 'PullRequest'), "
				"eq(variables['Build.SourceBranch'], 'refs/heads/main')";
	const char *before_id = before ? with_underscores(out, before) : "";
	const struct place_value values[] = {
		{"WAVE", wave ? wave : ""},
		{"WAVE_ID", wave ? with_underscores(out, wave) : ""},
		{"SHARDS", arena_printf(out, "%lld", (long long)g->shards)},
		{"LAST", arena_printf(out, "%lld", (long long)g->shards - 1)},
		{"SHARD_LIST", list_of_shards(g)},
		{"STAGES", list_of_stages(g)},
		{"NEEDS", before ? arena_printf(out, "    needs: gate-%s\n", before) : ""},
		{"IF", before ? arena_printf(out, "needs.gate-%s.outputs.open == 'true'", before) : begins},
		{"AZURE_NEEDS", before ? arena_printf(out, "wave_%s", before_id) : "[]"},
		{"AZURE_IF",
		 before ? arena_printf(out,
				       "and(succeeded(), "
				       "eq(dependencies.wave_%s.outputs['gate.gate.open'], 'true'))",
				       before_id)
			: arena_printf(out, "and(%s)", main_only)},
		{"FLEET_ID", id},
		{"FLEET_NAME", g->fleet ? id : "run"},
		{"FLEET_GITHUB", g->fleet ? arena_printf(out, "'%s'", id) : "${{ vars.SEATSHIFT_FLEET }}"},
		{"FLEET_GITLAB", g->fleet ? arena_printf(out, "  SEATSHIFT_FLEET: '%s'\n", id) : ""},
		{"FLEET_AZURE",
		 g->fleet ? arena_printf(out, "\n      - name: SEATSHIFT_FLEET\n        value: '%s'", id)
			  : ""},
		{NULL, NULL},
	};
	fill(g, text, len, values);
}

static void write(struct generating *g, const char *text)
{
	static const char begin[] = "#@wave\n", end[] = "#@end\n";
	const char *from = strstr(text, begin);
	const char *to = from ? strstr(from, end) : NULL;
	if (!to) {
		put(g, text, strlen(text), NULL, NULL);
		return;
	}
	const char *inner = from + strlen(begin);
	put(g, text, (size_t)(from - text), NULL, NULL);
	for (size_t i = 0; i < g->waves.count; i++)
		put(g, inner, (size_t)(to - inner), g->waves.items[i], i ? g->waves.items[i - 1] : NULL);
	put(g, to + strlen(end), strlen(to + strlen(end)), NULL, NULL);
}

/* From the fleet that is named, else from fleet.yaml. */
static bool find_waves(struct generating *g, const struct str_list *args, struct error *err)
{
	struct app *app = g->app;
	struct fleet_folder folder;
	struct repository repository;
	struct checked checked = {0};
	struct fleet_file file;
	if (args->count > 1) {
		if (!fleet_named(app, args->items[1], &folder, err))
			return false;
		g->fleet = arena_strdup(app->arena, folder.fleet.id);
		for (size_t i = 0; i < folder.fleet.waves.count; i++)
			VEC_PUSH(app->arena, &g->waves, folder.fleet.waves.items[i].name);
		return true;
	}
	if (!repository_open(app->dir, app->arena, &repository, err))
		return false;
	if (!repository_load_fleet(&repository, app->arena, &checked, &file, err)) {
		if (checked.diags.count)
			out_message(&app->out, "%s\n", checked_text(app->arena, &checked));
		return false;
	}
	for (size_t i = 0; i < file.waves.count; i++)
		VEC_PUSH(app->arena, &g->waves, file.waves.items[i].name);
	return true;
}

bool fleet_generate_run(struct app *app, const struct fleet_options *o, const struct str_list *args,
			int *ret_status, struct error *err)
{
	struct generating g = {
		.app = app, .shards = o->shards ? o->shards : SHARDS, .out = STRBUF_INIT(STRBUF_LARGE)};
	struct str_list names = {0};
	(void)ret_status;
	for (size_t i = 0; i < ARRAY_LEN(engines); i++) {
		VEC_PUSH(app->arena, &names, engines[i].name);
		if (!str_eq(engines[i].name, args->items[0]))
			continue;
		if (!find_waves(&g, args, err))
			return false;
		write(&g, engines[i].text);
		out_result(&app->out, strbuf_text(&g.out));
		strbuf_release(&g.out);
		return true;
	}
	error_set(err, ERR_INVALID, "there is no engine '%s'", quote_terminal(app->arena, args->items[0]));
	return suggest(app->arena, args->items[0], &names, err);
}
