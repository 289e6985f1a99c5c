/*
 * Which slice of a fleet one worker of an engine has, by the variables of exactly the engine that was named.
 * What is missing is an error, never "all". Pure.
 */
#ifndef PLANS_FLEET_SHARD_H
#define PLANS_FLEET_SHARD_H

#include "core/env.h"
#include "core/error.h"
#include "core/mem.h"
#include "core/str.h"

struct shard {
	int64_t index; /* from 0 */
	int64_t count;
};

/*
 * `name`: an engine, or "I/N" with I from 1. `count`: how many there are, as the person says; 0: as the
 * engine says. Both must agree where both say it.
 */
NODISCARD bool shard_find(const char *name, int64_t count, const struct env *env, struct arena *out,
			  struct shard *ret_shard, struct error *err);

/* Whether the shard has the one at this place of a list. */
bool shard_has(const struct shard *shard, size_t place);

#endif
