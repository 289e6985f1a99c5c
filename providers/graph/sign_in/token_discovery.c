/*
 * OpenID discovery: which tenant a domain belongs to. A token comes out only when it was asked. Where signing
 * in is one request to the authority of the tenant that the file names, that goes at the same time: people
 * with a slow line wait once, and what came of it is thrown away when the domain is another tenant's. Nobody
 * is asked to sign in before.
 *
 * What cannot be had (an answer that was lost, or is not discovery's) is told with -v and passed
 * over: the organisation read back is the authority. An answer that names another tenant, or none,
 * is final; and so is a way there that does not exist, since the credential would go the same way.
 */
#include "providers/graph/sign_in/token_source.h"

#include "core/quote.h"
#include "providers/graph/sign_in/discovery.h"

enum { DISCOVERY_TIMEOUT_MS = 10000, DISCOVERY_DEADLINE_MS = 15000 };

static void refuse(struct token_source *source, const char *found)
{
	struct error err = ERROR_INIT;
	const struct token_options *options = &source->options;
	if (found)
		error_set(&err, ERR_WRONG_TENANT,
			  "wrong tenant: domain '%s' belongs to tenant '%s', the file says '%s'",
			  options->domain, found, options->tenant_id);
	else
		error_set(&err, ERR_WRONG_TENANT,
			  "wrong tenant: no tenant of this cloud has the domain '%s', the file says '%s'",
			  options->domain, options->tenant_id);
	error_hint(&err, "Nothing was sent to Graph. Check tenant.domain and tenant.id%s.",
		   found ? "" : ", and 'cloud' in seatshift.yaml");
	token_not_proved(source, &err);
}

static void on_answer(struct token_source *source, const struct token_answer *answer)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct discovery discovery = {0};
	if (answer->response)
		discovery_read(answer->response, http_client_wall_ms(source->options.client), tmp,
			       &discovery);
	const char *found = discovery.tenant_id;
	if (!answer->response && !answer->is_lost) {
		struct error err = ERROR_INIT;
		token_refused(source, answer, &err);
		token_not_proved(source, &err);
		return;
	}
	if (discovery.unknown_domain || (found && !str_eq_fold(found, source->options.tenant_id))) {
		refuse(source, found);
		return;
	}
	if (found)
		token_detail(source, "domain %s belongs to tenant %s", source->options.domain, found);
	else if (answer->response)
		token_detail(source, "discovery of %s was answered %d without a tenant; continuing",
			     source->options.domain, answer->response->status);
	else
		token_detail(source, "discovery of %s: %s; continuing", source->options.domain,
			     quote_terminal_cut(tmp, answer->err->message, 300));
	token_proved(source);
}

void token_discover(struct token_source *source)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	token_send(source, &(struct token_request){.method = HTTP_GET,
						   .url = discovery_url(source->options.login_url,
									source->options.domain, tmp),
						   .timeout_ms = DISCOVERY_TIMEOUT_MS,
						   .deadline_ms = DISCOVERY_DEADLINE_MS,
						   .answered = on_answer});
	if (source->ops->is_prompt)
		token_fetch_early(source);
}
