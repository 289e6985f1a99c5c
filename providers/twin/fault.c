/*
 * Faults: what goes wrong between a client and the service, on purpose.
 *
 *	{"kind": "429", "retry_after": 2, "tenant": "contoso.com",
 *	 "match": {"method": "POST", "path": "/users/{}/assignLicense" with a star for {},
 *	           "nth": 3, "count": 1, "probability": 50, "seed": 7}}
 *
 * "meanwhile" is what somebody else does at that moment: the control call "call" with "body", its JSON
 * as text. "retry_after" may be text ("1.5"); "retry_date": true gives it as a date. "trickle" sends an
 * answer in small pieces.
 *
 * Kinds: the table below. "latency" takes "latency_ms", as does every other kind; "applied": true puts
 * an error answer after the call was carried out. The path is matched without /v1.0 and without the
 * query; * stands for any characters. `nth`: the first match that is hit, from 1; `count`: how many are
 * hit from then on, 1 unless given, 0 for all; `probability`: per cent of these, by a generator seeded
 * with `seed`. "message" stands in place of the kind's own. A part of a $batch is matched by its own method
 *and path; "whole": true leaves parts out.
 */
#include "providers/twin/call.h"
#include "providers/twin/load.h"

#include <string.h>

struct twin_fault {
	const char *kind;
	const char *method;
	const char *path;
	const char *tenant;
	const struct fault_kind *how;
	int64_t nth, count, probability;
	int64_t given_seed;
	uint64_t seed;
	int64_t matched, hit;
	const char *retry_after; /* NULL: no header */
	bool retry_date;
	bool whole;			    /* parts of batches do not match */
	const char *message;		    /* NULL: that of its kind */
	const char *control, *control_body; /* of "meanwhile" */
	int64_t latency_ms;
	bool applied; /* an error status comes after the call was carried out */
};

enum fault_moment { BEFORE, AFTER };
static const struct fault_kind {
	const char *name;
	enum fault_moment moment;
	int status; /* 0: the answer stays as it is */
	enum call_fate fate;
	const char *code;
	const char *message;
} kinds[] = {
	{"400", BEFORE, 400, FATE_SEND, "Request_BadRequest", "The twin was set to refuse this request."},
	{"401", BEFORE, 401, FATE_SEND, "InvalidAuthenticationToken", "Access token validation failure."},
	{"expired-token", BEFORE, 401, FATE_SEND, "InvalidAuthenticationToken",
	 "Lifetime validation failed, the token is expired."},
	{"403", BEFORE, 403, FATE_SEND, "Authorization_RequestDenied",
	 "Insufficient privileges to complete the operation."},
	{"404", BEFORE, 404, FATE_SEND, "Request_ResourceNotFound",
	 "Resource 'x' does not exist or one of its queried reference-property objects are not present."},
	{"409", BEFORE, 409, FATE_SEND, "Directory_ConcurrencyViolation",
	 "Concurrent requests to this object are not allowed. Please retry your request."},
	{"410", BEFORE, 410, FATE_SEND, "Gone", "The service is being updated."},
	{"423", BEFORE, 423, FATE_SEND, "Request_Locked", "The resource is locked."},
	{"429", BEFORE, 429, FATE_SEND, "TooManyRequests", "Please retry again later."},
	{"500", BEFORE, 500, FATE_SEND, "Service_InternalServerError",
	 "Encountered an internal server error."},
	{"502", BEFORE, 502, FATE_SEND, "BadGateway", "Bad gateway."},
	{"503", BEFORE, 503, FATE_SEND, "ServiceUnavailable", "The service is temporarily unavailable."},
	{"504", BEFORE, 504, FATE_SEND, "GatewayTimeout", "The gateway did not get an answer in time."},
	{"expired-page-token", BEFORE, 400, FATE_SEND, "Directory_ExpiredPageToken",
	 "The specified page token value has expired and can no longer be included in your request."},
	{"html", BEFORE, 503, FATE_SEND, NULL,
	 "<html><head><title>503</title></head><body>Our services aren't available right now</body></html>"},
	/* Taken, and never carried out. */
	{"ignored", BEFORE, 200, FATE_SEND, NULL, "{}"},
	{"latency", AFTER, 0, FATE_SEND, NULL, NULL},
	{"drop", BEFORE, 503, FATE_DROP, "Dropped", "The connection is closed."},
	{"reset", BEFORE, 503, FATE_RESET, "Reset", "The connection is reset."},
	{"lost", AFTER, 0, FATE_DROP, NULL, NULL},
	{"truncate", AFTER, 0, FATE_TRUNCATE, NULL, NULL},
	{"malformed", AFTER, 0, FATE_MALFORM, NULL, NULL},
	{"trickle", AFTER, 0, FATE_TRICKLE, NULL, NULL},
	{"meanwhile", AFTER, 0, FATE_SEND, NULL, NULL},
	{"omit", AFTER, 0, FATE_OMIT, NULL, NULL},
};

static const struct fault_kind *find_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (str_eq(kinds[i].name, name))
			return &kinds[i];
	}
	return NULL;
}

static const struct load_member match_members[] = {
	LOADED(twin_fault, method, "method", LOAD_TEXT),
	LOADED(twin_fault, path, "path", LOAD_TEXT),
	LOADED(twin_fault, nth, "nth", LOAD_INT, .min = 1, .max = INT32_MAX),
	LOADED(twin_fault, count, "count", LOAD_INT, .max = INT32_MAX),
	LOADED(twin_fault, probability, "probability", LOAD_INT, .max = 100),
	LOADED(twin_fault, whole, "whole", LOAD_BOOL),
	LOADED(twin_fault, given_seed, "seed", LOAD_INT, .max = INT32_MAX),
	{0},
};

static const struct load_member fault_members[] = {
	LOADED(twin_fault, kind, "kind", LOAD_TEXT),
	LOADED(twin_fault, tenant, "tenant", LOAD_TEXT),
	LOADED(twin_fault, retry_date, "retry_date", LOAD_BOOL),
	LOADED(twin_fault, message, "message", LOAD_TEXT),
	LOADED(twin_fault, control, "call", LOAD_TEXT),
	LOADED(twin_fault, control_body, "body", LOAD_TEXT),
	LOADED(twin_fault, latency_ms, "latency_ms", LOAD_INT, .max = 600000),
	LOADED(twin_fault, applied, "applied", LOAD_BOOL),
	LOADED_ELSEWHERE("match"),
	LOADED_ELSEWHERE("retry_after"),
	{0},
};

static bool load_match(struct twin *twin, const struct json *match, struct twin_fault *fault,
		       struct error *err)
{
	if (match && !load_object(twin, match, "match", match_members, fault, err))
		return false;
	fault->seed = (uint64_t)fault->given_seed * 2654435769u + 1;
	return true;
}

/* Seconds as a number, or whatever else a Retry-After may be, as text. */
static bool load_retry_after(struct twin *twin, const struct json *object, const char **ret,
			     struct error *err)
{
	int64_t seconds = -1;
	if (json_text(json_get(object, "retry_after")))
		return load_text(twin, object, "retry_after", ret, err);
	if (!load_int(object, "retry_after", 0, 86400, &seconds, err))
		return false;
	if (seconds >= 0)
		*ret = arena_printf(twin->arena, "%lld", (long long)seconds);
	return true;
}

bool fault_add(struct twin *twin, const struct json *object, struct error *err)
{
	struct twin_fault *fault = arena_alloc(twin->arena, sizeof *fault);
	*fault = (struct twin_fault){.nth = 1, .count = 1, .probability = 100, .given_seed = 1};
	if (!load_object(twin, object, "a fault", fault_members, fault, err) ||
	    !load_retry_after(twin, object, &fault->retry_after, err) ||
	    !load_match(twin, json_get(object, "match"), fault, err))
		return false;
	fault->how = fault->kind ? find_kind(fault->kind) : NULL;
	if (!fault->how)
		return error_set(err, ERR_INVALID, "no fault of the kind '%s' is known",
				 fault->kind ? fault->kind : "");
	if (fault->tenant && !twin_find_tenant(twin, fault->tenant) && twin->tenants.count)
		return error_set(err, ERR_INVALID, "no tenant '%s'", fault->tenant);
	VEC_PUSH(twin->arena, &twin->faults, fault);
	return true;
}

static bool glob_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL;
	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			retry = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* Whose call it is, by its token: a fault may be meant for one tenant only. */
static const struct twin_tenant *caller_tenant(const struct call *call)
{
	const char *header = call->outer ? NULL : call_header(call, "authorization");
	if (call->outer)
		return call->outer->tenant;
	const struct twin_token_list *tokens = &call->twin->tokens;
	for (size_t i = tokens->count; header && strlen(header) > 7 && i-- > 0;) {
		if (str_eq(tokens->items[i].text, header + 7))
			return tokens->items[i].tenant;
	}
	return call->segment_count ? twin_find_tenant(call->twin, call->segments[0]) : NULL;
}

static bool is_meant(struct twin_fault *fault, const struct call *call)
{
	const char *path = str_starts(call->path, "/v1.0/") ? call->path + 5 : call->path;
	if (fault->whole && call->outer)
		return false;
	if (fault->method && !str_eq(fault->method, call->method))
		return false;
	if (fault->path && !glob_matches(fault->path, path))
		return false;
	if (fault->tenant && twin_find_tenant(call->twin, fault->tenant) != caller_tenant(call))
		return false;
	fault->matched++;
	if (fault->matched < fault->nth || (fault->count && fault->hit >= fault->count))
		return false;
	fault->seed = fault->seed * 6364136223846793005u + 1442695040888963407u;
	if ((int64_t)(fault->seed >> 33) % 100 >= fault->probability)
		return false;
	fault->hit++;
	return true;
}

/* An IMF-fixdate, as HTTP has them. */
static const char *date_after(struct call *call, int64_t seconds)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const char days[] = "ThuFriSatSunMonTueWed";
	int64_t wall_ms = twin_wall(call->twin) + seconds * 1000;
	const char *time = call_time(call->arena, wall_ms); /* 2026-01-15T10:00:00Z */
	int64_t month = 1;
	(void)!str_parse_int(arena_strndup(call->arena, time + 5, 2), 1, 12, &month);
	return arena_printf(call->arena, "%.3s, %.2s %.3s %.4s %.8s GMT", days + wall_ms / 86400000 % 7 * 3,
			    time + 8, months + (month - 1) * 3, time, time + 11);
}

/* Somebody else's doing, before this call is carried out. */
static void act_meanwhile(struct call *call, const struct twin_fault *fault)
{
	struct call other;
	if (!fault->control)
		return;
	call_init(&other, call->twin, call->arena);
	other.services = call->services;
	other.method = "POST";
	other.body = fault->control_body ? fault->control_body : "{}";
	other.body_len = strlen(other.body);
	if (call_parse(&other, arena_printf(call->arena, "/twin/%s", fault->control)))
		call->services->control(&other);
	call_release(&other);
}

static void answer(struct call *call, const struct twin_fault *fault)
{
	const struct fault_kind *how = fault->how;
	const char *message = fault->message ? fault->message : how->message;
	if (how->code) {
		call_error(call, how->status, how->code, "%s", message);
	} else if (how->status) {
		strbuf_clear(&call->out);
		strbuf_add(&call->out, message);
		call->content_type = how->status < 300 ? "application/json" : "text/html";
		call->status = how->status;
	}
	if (how->status == 429)
		call->twin->throttled++;
	if (how->status == 401)
		call_add_header(call, "WWW-Authenticate", "Bearer realm=\"\", error=\"invalid_token\"");
	if (fault->retry_date)
		call_add_header(call, "Retry-After", date_after(call, 2));
	else if (fault->retry_after)
		call_add_header(call, "Retry-After", fault->retry_after);
}

static bool is_late(const struct twin_fault *fault)
{
	return fault->how->moment == AFTER || fault->applied;
}

bool fault_before(struct call *call)
{
	for (size_t i = 0; i < call->twin->faults.count; i++) {
		struct twin_fault *fault = call->twin->faults.items[i];
		if (!is_meant(fault, call))
			continue;
		call->fault = fault->kind;
		call->pending_fault = fault;
		call->delay_ms += fault->latency_ms;
		call->fate = fault->how->fate;
		act_meanwhile(call, fault);
		if (is_late(fault))
			return false;
		answer(call, fault);
		return true;
	}
	return false;
}

void fault_after(struct call *call)
{
	if (call->pending_fault && is_late(call->pending_fault))
		answer(call, call->pending_fault);
}
