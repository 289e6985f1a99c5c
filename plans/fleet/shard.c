/* Which slice of a fleet one worker has. */
#include "plans/fleet/shard.h"

#include "core/quote.h"

#include <string.h>

enum { SHARDS_MAX = 100000 };

static const struct engine {
	const char *name;
	const char *index; /* the variable that says which */
	int64_t first;	   /* what the first worker finds there */
	const char *count; /* the variable that says how many; NULL: the engine does not say */
	const char *missing;
} engines[] = {
	{"gitlab", "CI_NODE_INDEX", 1, "CI_NODE_TOTAL", "GitLab sets it in a job with 'parallel: N'."},
	{"azure", "SYSTEM_JOBPOSITIONINPHASE", 1, "SYSTEM_TOTALJOBSINPHASE",
	 "Azure Pipelines sets it in a job with 'strategy: {parallel: N}'."},
	{"github", "STRATEGY_JOB_INDEX", 0, "STRATEGY_JOB_TOTAL",
	 "Give the step: env: {STRATEGY_JOB_INDEX: '${{ strategy.job-index }}', STRATEGY_JOB_TOTAL: "
	 "'${{ strategy.job-total }}'}."},
	{"kubernetes", "JOB_COMPLETION_INDEX", 0, NULL,
	 "Kubernetes sets it in a Job with 'completionMode: Indexed'; say how many with --shards N."},
	{"slurm", "SLURM_ARRAY_TASK_ID", 0, "SLURM_ARRAY_TASK_COUNT",
	 "Slurm sets it in a job with '--array=0-M'."},
};

static struct str_list shard_engines(struct arena *out)
{
	struct str_list names = {0};
	for (size_t i = 0; i < ARRAY_LEN(engines); i++)
		VEC_PUSH(out, &names, engines[i].name);
	return names;
}

static bool read_number(const struct engine *engine, const struct env *env, const char *variable,
			struct arena *out, int64_t *ret, struct error *err)
{
	const char *text = env_get(env, variable);
	if (text && str_parse_int(text, 0, SHARDS_MAX, ret))
		return true;
	if (text)
		error_set(err, ERR_INVALID, "%s is '%s', which is no number of a shard", variable,
			  quote_terminal(out, text));
	else
		error_set(err, ERR_INVALID, "%s is not set, so nothing says which shard this is", variable);
	return error_hint(err, "%s", engine->missing);
}

/* An array whose first task is not 0 is a part of one: then only --shards says how many there are in all. */
static bool is_part_of_an_array(const struct engine *engine, const struct env *env)
{
	const char *first = env_get(env, "SLURM_ARRAY_TASK_MIN");
	const char *step = env_get(env, "SLURM_ARRAY_TASK_STEP");
	return str_eq(engine->name, "slurm") &&
	       ((first && !str_eq(first, "0")) || (step && !str_eq(step, "1")));
}

static bool find_count(const struct engine *engine, const struct env *env, int64_t given, struct arena *out,
		       int64_t *ret_count, struct error *err)
{
	int64_t said = 0;
	*ret_count = given;
	if (!engine->count) {
		if (given)
			return true;
		error_set(err, ERR_INVALID, "how many shards there are is not said");
		return error_hint(err, "Give it with --shards N: %s does not give it to its workers.",
				  engine->name);
	}
	if (!read_number(engine, env, engine->count, out, &said, err))
		return false;
	bool is_part = is_part_of_an_array(engine, env);
	if (is_part && !given) {
		error_set(err, ERR_INVALID, "these are not all the tasks of an array from 0 on");
		return error_hint(err, "Say with --shards N how many there are in all.");
	}
	/* Some tasks of an array may be run again alone; each still has its own slice of all. */
	bool may_differ = str_eq(engine->name, "slurm") && said <= given;
	if (given && said != given && !may_differ)
		return error_set(err, ERR_INVALID, "%s is %lld, and --shards %lld", engine->count,
				 (long long)said, (long long)given);
	*ret_count = given ? given : said;
	return true;
}

static bool check(const char *what, int64_t index, int64_t count, struct shard *ret_shard, struct error *err)
{
	if (count < 1 || index < 0 || index >= count) {
		error_set(err, ERR_INVALID, "%s is not one of %lld shard%s", what, (long long)count,
			  count == 1 ? "" : "s");
		return error_hint(err, "Nothing is done: a worker without a slice of its own has none.");
	}
	*ret_shard = (struct shard){index, count};
	return true;
}

static bool find_by_engine(const struct engine *engine, int64_t given, const struct env *env,
			   struct arena *out, struct shard *ret_shard, struct error *err)
{
	int64_t index = 0;
	int64_t count = 0;
	if (!read_number(engine, env, engine->index, out, &index, err) ||
	    !find_count(engine, env, given, out, &count, err))
		return false;
	return check(arena_printf(out, "%s=%lld", engine->index, (long long)index), index - engine->first,
		     count, ret_shard, err);
}

bool shard_find(const char *name, int64_t count, const struct env *env, struct arena *out,
		struct shard *ret_shard, struct error *err)
{
	const char *slash = strchr(name, '/');
	int64_t index = 0;
	int64_t of = 0;
	for (size_t i = 0; i < ARRAY_LEN(engines); i++)
		if (str_eq(engines[i].name, name))
			return find_by_engine(&engines[i], count, env, out, ret_shard, err);
	bool is_pair =
		slash &&
		str_parse_int(arena_strndup(out, name, (size_t)(slash - name)), 0, SHARDS_MAX, &index) &&
		str_parse_int(slash + 1, 0, SHARDS_MAX, &of);
	if (is_pair && count && count != of)
		return error_set(err, ERR_INVALID, "--shard %s and --shards %lld differ",
				 quote_terminal(out, name), (long long)count);
	if (is_pair)
		return check(arena_printf(out, "shard %lld", (long long)index), index - 1, of, ret_shard,
			     err);
	const struct str_list names = shard_engines(out);
	error_set(err, ERR_INVALID, "'%s' is neither an engine nor a shard I/N", quote_terminal(out, name));
	return error_hint(err, "Engines: %s. The third of eight shards is 3/8.",
			  str_list_join(out, &names, ", "));
}

bool shard_has(const struct shard *shard, size_t place)
{
	return (int64_t)(place % (size_t)shard->count) == shard->index;
}
