/* What every method of signing in needs: variables taken as secrets, and what a fetch comes to passed on. */
#include "providers/graph/sign_in/token_source.h"

#include <stdarg.h>
#include <stdlib.h>

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

/* Discovery and the token under way together. */
struct token_early {
	bool proving, fetching;
	struct error refusal; /* by discovery */
	struct secret *token;
	int64_t lifetime_ms;
	struct error failure; /* of the fetch */
};

void token_early_free(struct token_source *source)
{
	struct token_early *early = TAKE(source->early);
	if (!early)
		return;
	secret_free(early->token);
	error_release(&early->refusal);
	error_release(&early->failure);
	free(early);
}

static void pass_on(struct token_source *source);

static bool keep_early(struct token_source *source, struct secret *token, int64_t lifetime_ms,
		       struct error *err)
{
	struct token_early *early = source->early;
	if (!early || !early->fetching)
		return false;
	early->fetching = false;
	early->token = token;
	early->lifetime_ms = lifetime_ms;
	if (err)
		error_move(&early->failure, err);
	pass_on(source);
	return true;
}

void token_deliver(struct token_source *source, struct secret *token, int64_t lifetime_ms)
{
	redact_add(source->options.redact, secret_expose(token), secret_len(token));
	if (keep_early(source, token, lifetime_ms, NULL))
		return;
	source->claims = NULL;
	source->fetched(source->ctx, token, lifetime_ms, NULL);
}

void token_fail(struct token_source *source, struct error *err)
{
	if (!keep_early(source, NULL, 0, err))
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

/* Both are there: the refusal counts first, then what the fetch came to. */
static void pass_on(struct token_source *source)
{
	struct token_early *early = source->early;
	struct error err = ERROR_INIT;
	if (early->proving || early->fetching)
		return;
	struct secret *token = TAKE(early->token);
	int64_t lifetime_ms = early->lifetime_ms;
	error_move(&err, early->refusal.code ? &early->refusal : &early->failure);
	token_early_free(source);
	if (!err.code) {
		token_deliver(source, token, lifetime_ms);
		return;
	}
	secret_free(token);
	token_fail(source, &err);
}

void token_proved(struct token_source *source)
{
	source->proved = true;
	if (!source->early) {
		source->ops->fetch(source);
		return;
	}
	source->early->proving = false;
	pass_on(source);
}

void token_not_proved(struct token_source *source, struct error *err)
{
	if (!source->early) {
		token_fail(source, err);
		return;
	}
	source->early->proving = false;
	error_move(&source->early->refusal, err);
	pass_on(source);
}

void token_fetch_early(struct token_source *source)
{
	source->early = mem_alloc(sizeof *source->early);
	*source->early = (struct token_early){.proving = true, .fetching = true};
	source->ops->fetch(source);
}
