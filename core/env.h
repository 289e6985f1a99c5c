/* The process's environment as an injected effect: read by name, never enumerated. */
#ifndef CORE_ENV_H
#define CORE_ENV_H

#include <stddef.h>

struct env {
	const char *(*get)(void *ctx, const char *name); /* NULL when not set or empty */
	void *ctx;
};

static inline const char *env_get(const struct env *env, const char *name)
{
	return env->get ? env->get(env->ctx, name) : NULL;
}

#endif
