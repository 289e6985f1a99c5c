/* What implementers of a method of signing in share. For files named token*.c only. */
#ifndef PROVIDERS_GRAPH_TOKEN_SOURCE_H
#define PROVIDERS_GRAPH_TOKEN_SOURCE_H

#include "core/json.h"
#include "providers/graph/sign_in/token.h"

/* A method: one row of the table in token.c. */
struct token_source_ops {
	const char *method;
	bool as_client;	     /* signs in as the client id: it is needed, and tokens have to name it */
	bool answers_claims; /* can ask for a token that satisfies a claims challenge */
	bool is_ready;	     /* obtains nothing: there is a token, or there is none */
	bool is_prompt;	     /* one request, and nobody is asked: it goes together with discovery */
	/* Whether the environment has what it needs, so that it can be chosen. NULL: only by name.
	 */
	bool (*complete)(const struct env *env);
	/* Takes what it needs out of options and environment. ERR_AUTH with a hint when something
	 * is missing. */
	bool (*open)(struct token_source *source, struct error *err);
	/* Ends, now or later, in exactly one token_deliver. */
	void (*fetch)(struct token_source *source);
	void (*close)(struct token_source *source); /* frees what `state` owns; may be NULL */
};

struct token_source {
	const struct token_source_ops *ops;
	struct token_options options; /* texts copied */
	struct arena *arena;
	struct secret *secret;	   /* what the method signs in with; or NULL */
	void *state;		   /* the method's own */
	const char *claims;	   /* of a challenge that the next fetch has to answer; or NULL */
	const char *about;	   /* who the assertion speaks for, for messages; or NULL */
	bool proved;		   /* discovery named this tenant, or could not be had */
	struct token_early *early; /* what was fetched before that; NULL: nothing is */
	bool skew_told;
	int64_t skew_ms; /* how far this machine's clock is ahead of the sign-in service's */
	token_fetched *fetched;
	void *ctx;
};

extern const struct token_source_ops token_azure_cli, token_certificate, token_client_secret,
	token_device_code, token_managed_identity, token_ready_made, token_workload_identity;

/* The variable's value as a secret that the redaction knows; NULL when it is not set. The caller
 * frees it. */
struct secret *token_take_env(const struct token_source *source, const char *name);
bool token_has_env(const struct env *env, const char *name);
/* Passes on what the fetch came to. */
void token_deliver(struct token_source *source, struct secret *token, int64_t lifetime_ms);
void token_fail(struct token_source *source, struct error *err /* set; released */);
void token_detail(const struct token_source *source, const char *fmt, ...) PRINTF(2, 3);
void token_notice(const struct token_source *source, const char *fmt, ...) PRINTF(2, 3);

/* A form being built: name=value pairs, percent-encoded. It may hold a secret, so it is wiped. */
void token_form_add(struct strbuf *form, const char *name, const char *value);

/* One request, to whichever service. */
struct token_answer {
	const struct http_response *response; /* NULL when there was no answer */
	const struct json *body;	      /* NULL when it is not JSON */
	const struct error *err;	      /* why there was no answer */
	bool is_lost;			      /* no answer, but the request may have arrived */
	const char *request_id;
};
typedef void token_answered(struct token_source *source, const struct token_answer *answer);
struct token_request {
	enum http_method method;
	const char *url;
	struct http_header_list headers; /* copied */
	const struct secret *bearer;	 /* lives as long as the source */
	const char *secret_header;	 /* likewise */
	const struct secret *secret_header_value;
	struct strbuf *form; /* emptied and wiped; or NULL */
	/* Instead of `form`: writes it anew for each try, since what is in it is good for one use.
	 */
	void (*write_form)(struct token_source *source, struct strbuf *form);
	bool once;	     /* not tried again, except when it certainly did not arrive */
	int64_t timeout_ms;  /* of one try; 0: half a minute */
	int64_t deadline_ms; /* of all tries; 0: the client's */
	bool is_metadata;    /* of Azure: not through a proxy */
	token_answered *answered;
};
void token_send(struct token_source *source, const struct token_request *request);

/* Posts the form (emptied and wiped) to the tenant's token endpoint and delivers what comes of it.
 */
void token_post(struct token_source *source, struct strbuf *form);
/* Adds the assertion to the form, with the rest of the client credentials grant. */
void token_form_add_assertion(const struct token_source *source, struct strbuf *form, const char *assertion);
void token_post_fresh(struct token_source *source,
		      void (*write_form)(struct token_source *source, struct strbuf *form));
/* "https://login…/TENANT/oauth2/v2.0/token" */
const char *token_endpoint(const struct token_source *source, struct arena *out);
/* Reads access_token, token_type and expires_in; delivers. `who` answered. */
void token_accept(struct token_source *source, const struct json *body, const char *who);
/* Seconds, as a number or (of managed identities) as a text. */
NODISCARD bool token_read_seconds(const struct json *value, int64_t *ret_seconds);

/* token_error.c: the sign-in service's refusal, explained. Sets `err`. */
void token_refused(const struct token_source *source, const struct token_answer *answer, struct error *err);
/* What a pipeline that lacks its variables has to be given, as a sentence; NULL outside of pipelines. */
const char *token_pipeline_hint(const struct env *env);
/* Whether the refusal says that it will pass by itself. */
bool token_is_passing(const struct json *body);
/* The link on which an administrator of the tenant consents to the application. */
const char *token_consent_link(const struct token_source *source, struct arena *out);

/*
 * token_discovery.c: proves the tenant and fetches. A prompt method does both at once, and its token is
 * passed on only when the tenant is proved.
 */
void token_discover(struct token_source *source);
/* What discovery came to: the token may be asked for, or used; or not (`err` set; released). */
void token_proved(struct token_source *source);
void token_not_proved(struct token_source *source, struct error *err);
/* Beside discovery: what is fetched is kept until it has come to something. */
void token_fetch_early(struct token_source *source);
void token_early_free(struct token_source *source);

/* token_check.c: what can be read of the token is as it has to be. */
NODISCARD bool token_check(const struct token_source *source, const struct secret *token, struct error *err);
NODISCARD bool token_check_permissions(const struct token_source *source, const struct secret *token,
				       unsigned needs, struct error *err);

#endif
