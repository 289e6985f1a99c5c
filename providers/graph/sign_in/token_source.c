/* What every method of signing in needs: variables taken as secrets, and what a fetch comes to passed on. */
#include "providers/graph/sign_in/token_source.h"

#include <stdarg.h>

bool token_has_env(const struct env *env, const char *name)
{
	return env_get(env, name) != NULL;
}

struct secret *token_take_env(const struct token_source *source, const char *name)
{
	const char *value = env_get(&source->options.env, name);
	if (!value)
		return NULL;
	redact_add(source->options.redact, value, strlen(value));
	return secret_new(value, strlen(value));
}

void token_deliver(struct token_source *source, struct secret *token, int64_t lifetime_ms)
{
	redact_add(source->options.redact, secret_expose(token), secret_len(token));
	source->claims = NULL;
	source->fetched(source->ctx, token, lifetime_ms, NULL);
}

void token_fail(struct token_source *source, struct error *err)
{
	source->fetched(source->ctx, NULL, 0, err);
	error_release(err);
}

void token_detail(const struct token_source *source, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	CLEANUP(mem_free_text) char *line = mem_vprintf(fmt, args);
	va_end(args);
	if (source->options.talk.detail)
		source->options.talk.detail(source->options.talk.ctx, line);
}

void token_notice(const struct token_source *source, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	CLEANUP(mem_free_text) char *line = mem_vprintf(fmt, args);
	va_end(args);
	if (source->options.talk.notice)
		source->options.talk.notice(source->options.talk.ctx, line);
}
