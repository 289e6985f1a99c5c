/* The sign-in service's refusals, explained: one sentence and the next step for each. */
#include "providers/graph/sign_in/token_source.h"

#include "core/quote.h"

#include <string.h>

/* What is added to the sentence. */
enum extra { PLAIN, CONSENT, CLOCK, ASSERTION };

#define UNAVAILABLE "The sign-in service is unavailable for the moment: try again in a few minutes."

/* What operators can do about the numbers they meet. They only explain: numbers can change. */
static const struct explanation {
	int64_t number;
	enum extra extra;
	const char *hint;
	enum error_code code; /* 0: ERR_AUTH. ERR_REMOTE and ERR_THROTTLED pass by themselves. */
} explanations[] = {
	{90002, PLAIN, "There is no such tenant: check tenant.id, and that 'cloud' is the right one.",
	 ERR_WRONG_TENANT},
	{50059, PLAIN, "The request did not say which tenant is meant: check tenant.id."},
	{50128, PLAIN, "The tenant could not be found by this name: check tenant.id."},
	{90019, PLAIN, "The request did not say which tenant is meant: check tenant.id."},
	{90038, PLAIN, "The tenant lives in a national cloud: set 'cloud' in seatshift.yaml."},
	{900382, PLAIN, "The application is registered in another cloud: check 'cloud' in seatshift.yaml."},
	{900432, PLAIN, "The application is registered in another cloud: check 'cloud' in seatshift.yaml."},
	{9001023, PLAIN, "This way of signing in needs the tenant's own authority: check tenant.id."},
	{50194, PLAIN, "The application is for one tenant only: make it multi-tenant, or register it here."},
	{700016, CONSENT,
	 "The application is not known in this tenant: an administrator has to consent to it, "
	 "or tenant.id or the client id is wrong."},
	{700011, PLAIN, "The client id is not registered anywhere: check AZURE_CLIENT_ID or auth.client_id."},
	{70001, PLAIN, "The client id is not registered anywhere: check AZURE_CLIENT_ID or auth.client_id."},
	{7000112, PLAIN,
	 "The application is disabled in this tenant: an administrator has to enable sign-in "
	 "for it under enterprise applications."},
	{500011, PLAIN, "The tenant does not know this cloud's Graph: check 'cloud' in seatshift.yaml."},
	{50001, PLAIN, "The tenant does not know this cloud's Graph: check 'cloud' in seatshift.yaml."},
	{7000215, PLAIN, "The client secret is wrong. Often the secret's id was given instead of its value."},
	{7000222, PLAIN, "The client secret has expired: create a new one for the application."},
	{7000218, PLAIN,
	 "The application expects a secret or a certificate, and none was sent: set "
	 "auth.method, or allow public client flows for a device code."},
	{700025, PLAIN,
	 "The application is a public client, which must not send a credential: use "
	 "auth.method device-code, or another application."},
	{70002, PLAIN,
	 "The credentials are not valid for this application: check the secret or certificate."},
	{700027, PLAIN,
	 "The certificate is not registered for the application: upload its public part under "
	 "Certificates & secrets."},
	{700023, PLAIN, "The assertion was made for another authority: check 'cloud' in seatshift.yaml."},
	{700024, CLOCK, "The assertion is outside the time it is valid for: check this machine's clock."},
	{700030, CLOCK, "The assertion is not valid: check the certificate and this machine's clock."},
	{50012, CLOCK, "The assertion was refused: check the certificate and this machine's clock."},
	{50013, CLOCK, "The assertion was refused: check the certificate and this machine's clock."},
	{500133, CLOCK, "The assertion is outside the time it is valid for: check this machine's clock."},
	{50027, PLAIN,
	 "The assertion is malformed: check that the file holds the provider's token and no more."},
	{50048, PLAIN, "The assertion's subject and issuer differ: check AZURE_CLIENT_ID or auth.client_id."},
	{70021, ASSERTION,
	 "No federated credential of the application matches; a new one takes some minutes."},
	{700211, ASSERTION,
	 "No federated credential of the application has this issuer: add one, or correct it there."},
	{700212, ASSERTION,
	 "No federated credential of the application has this audience: ask for the token with the "
	 "credential's, which is api://AzureADTokenExchange unless it was changed."},
	{700213, ASSERTION,
	 "No federated credential of the application has this subject; a new one takes "
	 "some minutes."},
	{7002138, ASSERTION,
	 "The federated credential's subject differs in upper and lower case only: correct "
	 "it there."},
	{700229, ASSERTION,
	 "Tokens of the sign-in service itself cannot be used as an assertion: present the one of "
	 "the pipeline or cluster."},
	{65001, CONSENT, "Nobody has consented to the application in this tenant yet."},
	{90094, CONSENT, "An administrator of the tenant has to consent to the application."},
	{90095, CONSENT, "An administrator of the tenant has to consent to the application."},
	{650052, CONSENT,
	 "The application asks for a service that this tenant does not have: take it off the "
	 "application's API permissions, or subscribe to it."},
	{650056, CONSENT, "The application's permissions are not set up, or consent is missing."},
	{650057, CONSENT,
	 "The application does not list the permission it asks for: add it under API permissions."},
	{90099, CONSENT,
	 "The application is not authorised in this tenant: partner delegated administrators "
	 "need its consent first."},
	{70011, PLAIN, "The scope is not valid: check 'cloud' in seatshift.yaml."},
	{28002, PLAIN, "The scope is not valid: check 'cloud' in seatshift.yaml."},
	{700022, PLAIN, "The scope names more than one service: check 'cloud' in seatshift.yaml."},
	{50076, PLAIN,
	 "The tenant wants multi-factor sign-in: use auth.method device-code, or an application."},
	{50079, PLAIN, "The account has to set up multi-factor sign-in first: sign in once in a browser."},
	{50072, PLAIN, "The account has to set up multi-factor sign-in first: sign in once in a browser."},
	{50074, PLAIN,
	 "The tenant wants multi-factor sign-in: use auth.method device-code, or an application."},
	{50078, PLAIN, "The multi-factor sign-in has expired: sign in again."},
	{700020, PLAIN, "The service wants a person to act: use auth.method device-code."},
	{16000, PLAIN, "The service wants an account to be chosen: use auth.method device-code."},
	{53000, PLAIN,
	 "A conditional access policy of the tenant wants a managed device: sign in from one, or use "
	 "an application."},
	{53001, PLAIN,
	 "A conditional access policy of the tenant wants a domain-joined device: sign in from one, "
	 "or use an application."},
	{53003, PLAIN,
	 "A conditional access policy of the tenant blocks this sign-in: its administrator has "
	 "to allow it."},
	{53011, PLAIN,
	 "The account is blocked because of risk in its home tenant: an administrator there has to "
	 "clear it."},
	{530032, PLAIN,
	 "A security policy of the tenant blocks this sign-in: its administrator has to allow it."},
	{530034, PLAIN,
	 "A policy of the tenant blocks delegated administrators: its administrator has to "
	 "allow the partner."},
	{50020, PLAIN, "The account is not in this tenant: sign in with one of the customer's own.",
	 ERR_WRONG_TENANT},
	{50034, PLAIN, "There is no such account in this tenant: sign in with one of the customer's own."},
	{50057, PLAIN,
	 "The account is disabled: an administrator of the tenant has to enable it, or sign in with "
	 "another."},
	{50053, PLAIN, "The account is locked after too many attempts: wait, then sign in again."},
	{50126, PLAIN, "The name or the password is wrong: sign in again."},
	{50055, PLAIN, "The password has expired: change it in a browser, then sign in again."},
	{50105, PLAIN, "The account is not assigned to the application: an administrator has to assign it."},
	{51004, PLAIN,
	 "The account is not in this tenant's directory: sign in with one of the customer's own."},
	{70018, PLAIN, "The device code is not known: start again."},
	{70019, PLAIN, "Nobody signed in before the device code expired: start again."},
	{90120, PLAIN, "The device code was used already: start again."},
	{50134, PLAIN, "The sign-in went to another data centre: start again."},
	{700082, PLAIN, "The sign-in has expired: sign in again."},
	{70008, PLAIN, "The sign-in has expired: sign in again."},
	{70000, PLAIN, "The sign-in is no longer valid: sign in again."},
	{50173, PLAIN, "The sign-in was revoked: sign in again."},
	{70043, PLAIN, "The sign-in has expired by a policy of the tenant: sign in again."},
	{70044, PLAIN, "The person declined the sign-in: start again if that was a mistake."},
	{50196, PLAIN, "The sign-in service saw a loop of requests: wait some minutes."},
	{90055, PLAIN, "The sign-in service asks to slow down: try again later.", ERR_THROTTLED},
	{90033, PLAIN, UNAVAILABLE, ERR_REMOTE},
	{90024, PLAIN, UNAVAILABLE, ERR_REMOTE},
	{90006, PLAIN, UNAVAILABLE, ERR_REMOTE},
	{90012, PLAIN, "The sign-in service took too long: try again in a few minutes.", ERR_REMOTE},
	{50033, PLAIN, UNAVAILABLE, ERR_REMOTE},
	{900144, PLAIN, "The request was malformed, which is a fault of seatshift: please report it."},
	{90014, PLAIN, "The request was malformed, which is a fault of seatshift: please report it."},
	{9002313, PLAIN, "The request was malformed, which is a fault of seatshift: please report it."},
};

/* Where no number is known: by the error itself, of which the standards name these. */
static const struct {
	const char *error;
	const char *hint;
} by_error[] = {
	{"invalid_client", "The credentials were refused: check the client id and the secret, certificate "
			   "or federated credential of the application."},
	{"unauthorized_client", "The application may not sign in this way: check its registration and "
				"auth.method."},
	{"invalid_grant", "The sign-in is no longer valid or not allowed: sign in again."},
	{"interaction_required", "The service wants a person to act: use auth.method device-code."},
	{"invalid_tenant", "The tenant is not known here: check tenant.id and 'cloud'."},
	{"invalid_resource", "The tenant does not know this cloud's Graph: check 'cloud' in seatshift.yaml."},
	{"invalid_scope", "The scope is not valid: check 'cloud' in seatshift.yaml."},
	{"access_denied", "The sign-in was refused: ask an administrator of the tenant."},
	{"temporarily_unavailable", UNAVAILABLE},
	{"invalid_request", "The request was refused, which may be a fault of seatshift: please report it."},
	{"unsupported_grant_type",
	 "The service does not know this way of signing in: choose another auth.method."},
};

static const struct explanation *find_number(int64_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(explanations); i++)
		if (explanations[i].number == number)
			return &explanations[i];
	return NULL;
}

/* "AADSTS50020: ...", where the list of numbers is missing; 0 when there is none. */
static int64_t described_number(const struct json *body)
{
	static const char prefix[] = "AADSTS";
	const char *text = json_get_text(body, "error_description");
	char digits[12] = "";
	int64_t number = 0;
	if (!text || strncmp(text, prefix, sizeof prefix - 1) != 0)
		return 0;
	text += sizeof prefix - 1;
	size_t len = strspn(text, "0123456789");
	if (!len || len >= sizeof digits)
		return 0;
	memcpy(digits, text, len);
	return str_parse_int(digits, 1, INT32_MAX, &number) ? number : 0;
}

/* The first that is known, or else the first; 0 when the answer has none. */
static int64_t find_code(const struct json *body)
{
	int64_t first = 0;
	JSON_EACH (code, json_get(body, "error_codes")) {
		int64_t number;
		if (!json_int(code, &number) || number <= 0)
			continue;
		if (find_number(number))
			return number;
		first = first ? first : number;
	}
	return first ? first : described_number(body);
}

bool token_is_passing(const struct json *body)
{
	const struct explanation *row = find_number(find_code(body));
	if (row)
		return row->code == ERR_REMOTE || row->code == ERR_THROTTLED;
	return str_eq(json_get_text(body, "error"), "temporarily_unavailable");
}

const char *token_consent_link(const struct token_source *source, struct arena *out)
{
	const char *client_id = source->options.client_id;
	return arena_printf(out, "%s/%s/adminconsent?client_id=%s", source->options.login_url,
			    source->options.tenant_id, client_id ? quote_url(out, client_id) : "CLIENT-ID");
}

static const char *clock_text(const struct token_source *source, struct arena *out)
{
	int64_t off_s = (source->skew_ms < 0 ? -source->skew_ms : source->skew_ms) / 1000;
	if (off_s < 60)
		return " By the service's Date header the clock is right.";
	return arena_printf(out, " It is %lld s %s the service's.", (long long)off_s,
			    source->skew_ms < 0 ? "behind" : "ahead of");
}

static void explain(const struct token_source *source, const struct explanation *row, struct arena *tmp,
		    struct error *err)
{
	const char *more = "";
	if (row->extra == CONSENT)
		more = arena_printf(tmp, " Consent: %s", token_consent_link(source, tmp));
	else if (row->extra == CLOCK)
		more = clock_text(source, tmp);
	else if (row->extra == ASSERTION && source->about)
		more = arena_printf(tmp, " The token presented has %s.", source->about);
	error_hint(err, "%s%s", row->hint, more);
}

static void add_detail(struct strbuf *text, const struct json *body, const char *key)
{
	const char *value = json_get_text(body, key);
	if (value)
		strbuf_addf(text, "%s%s %s", text->len ? ", " : "", key, value);
}

static enum error_code code_of(int status, const char *error, const struct explanation *row)
{
	if (status == 429)
		return ERR_THROTTLED;
	if (row && row->code)
		return row->code;
	return status >= 500 || str_eq(error, "temporarily_unavailable") ? ERR_REMOTE : ERR_AUTH;
}

/* A number that the table does not have: what the error's own word says, and where to look it up.
 */
static void explain_unknown(const struct token_source *source, const char *error, int64_t number,
			    struct arena *tmp, struct error *err)
{
	const char *hint = err->http_status >= 500
				   ? UNAVAILABLE
				   : "The sign-in service gave a reason that seatshift does not know.";
	for (size_t i = 0; i < ARRAY_LEN(by_error); i++)
		if (str_eq(by_error[i].error, error))
			hint = by_error[i].hint;
	error_hint(err, "%s%s", hint,
		   number ? arena_printf(tmp, " The number is explained at %s/error?code=%lld",
					 source->options.login_url, (long long)number)
			  : "");
}

static void explain_no_answer_of_its_own(int status, struct error *err)
{
	if (status >= 500)
		error_hint(err, "%s", UNAVAILABLE);
	else
		error_hint(err, "That was not the sign-in service's own answer: a proxy or gateway may stand "
				"between. Check HTTPS_PROXY and NO_PROXY.");
}

/* Without the ids that follow: they are told at the end. */
static const char *first_line(const char *description, struct arena *tmp)
{
	if (!description)
		return "no description";
	size_t line = strcspn(description, "\r\n");
	const char *cut = strstr(description, " Trace ID:");
	if (cut && (size_t)(cut - description) < line)
		line = (size_t)(cut - description);
	return line ? quote_terminal_cut(tmp, arena_strndup(tmp, description, line), 500) : "no description";
}

/* `error`, the first line of its description, and what support asks for. */
static void refuse(const struct token_source *source, const struct token_answer *answer, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(strbuf_release) struct strbuf details = STRBUF_INIT(STRBUF_SMALL);
	const struct json *body = answer->body;
	const struct redact *redact = source->options.redact;
	const char *error = redact_before_cut(redact, json_get_text(body, "error"), tmp);
	const char *description = redact_before_cut(redact, json_get_text(body, "error_description"), tmp);
	int status = answer->response->status;
	add_detail(&details, body, "trace_id");
	add_detail(&details, body, "correlation_id");
	add_detail(&details, body, "timestamp");
	if (!details.len)
		strbuf_addf(&details, "client-request-id %s", answer->request_id);
	int64_t number = find_code(body);
	const struct explanation *row = find_number(number);
	error_set(err, code_of(status, error, row), "cannot sign in to tenant '%s': %d %s: %s (%s)",
		  source->options.tenant_id, status,
		  quote_terminal_cut(tmp, error ? error : "no error code", 100), first_line(description, tmp),
		  quote_terminal_cut(tmp, strbuf_text(&details), 400));
	err->http_status = status;
	err->remote_code = error ? mem_strdup(error) : NULL;
	if (row)
		explain(source, row, tmp, err);
	else if (error)
		explain_unknown(source, error, number, tmp, err);
	else
		explain_no_answer_of_its_own(status, err);
	if (json_get_text(body, "claims"))
		error_hint(err, "%s The tenant's policy asks for more than this sign-in proves (claims).",
			   err->hint);
}

void token_refused(const struct token_source *source, const struct token_answer *answer, struct error *err)
{
	if (answer->response) {
		refuse(source, answer, err);
		return;
	}
	error_set(err, answer->err->code, "cannot sign in: %s", answer->err->message);
	if (answer->err->hint)
		error_hint(err, "%s", answer->err->hint);
}
