/* What the HTTP client tries again, how often, and after which pause. */
#include "core/http_client_internal.h"

enum { FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 30000, MAX_ATTEMPTS = 10, MAX_UNUSABLE = 4 };

struct repeat_rule {
	int status;
	bool new_connection;
};

static const struct repeat_rule read_rules[] = {{408, false}, {409, false}, {423, false},
						{429, false}, {500, true},  {502, true},
						{503, true},  {504, true},  {509, false}};

/* A status of the 500s that nobody knows, as gateways have them, means what 500 does (RFC 9110, 15). */
static bool is_unknown_failure(int status)
{
	static const int known[] = {501, 505, 506, 507, 508, 510, 511};
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i] == status)
			return false;
	return status >= 500 && status <= 599;
}

static const struct repeat_rule *rule_of(const struct http_response *response)
{
	static const struct repeat_rule unknown = {0, true};
	for (size_t i = 0; i < ARRAY_LEN(read_rules); i++)
		if (read_rules[i].status == response->status)
			return &read_rules[i];
	return is_unknown_failure(response->status) ? &unknown : NULL;
}

bool http_client_wants_new_connection(const struct http_response *response)
{
	const struct repeat_rule *rule = rule_of(response);
	return rule && rule->new_connection;
}

static bool is_unusable(const struct http_call *call, const struct http_response *response)
{
	bool good = response->status >= 200 && response->status < 300;
	return good && call->usable && !call->usable(call->ctx, response);
}

static bool is_passing(const struct http_call *call, const struct http_response *response)
{
	return call->passing && response->status >= 400 && call->passing(call->ctx, response);
}

/*
 * How often a call may be tried, given its last answer; 1: it is not worth repeating. A body that is not
 * what it should be may be a slip of a gateway, but one that stays so will not get better by waiting.
 */
int64_t http_client_tries_allowed(const struct http_call *call, const struct http_response *response)
{
	bool read = call->repeat == HTTP_REPEAT_READ;
	bool again = false;
	switch (response->outcome) {
	case HTTP_NOT_SENT:
		/* A proxy that says no, says no the next time. */
		again = !response->problem_is_tls &&
			(response->proxy_status < 400 || response->proxy_status >= 500);
		break;
	case HTTP_LOST:
		again = read;
		break;
	case HTTP_ANSWERED:
		if (is_unusable(call, response))
			return read ? MAX_UNUSABLE : 1;
		again = read && (rule_of(response) || is_passing(call, response));
		break;
	}
	return again ? MAX_ATTEMPTS : 1;
}

/* The server's own clock where it tells it: ours may be wrong. */
int64_t http_client_retry_after_ms(const struct http_client *client, const struct http_response *response)
{
	int64_t now_ms, wait_ms;
	if (response->outcome != HTTP_ANSWERED)
		return -1;
	const char *text = http_header_find(&response->headers, "retry-after");
	const char *date = http_header_find(&response->headers, "date");
	if (!text)
		return -1;
	if (!date || !http_date_parse(date, &now_ms))
		now_ms = clock_now_ms(&client->clock);
	return http_retry_after_parse(text, now_ms, &wait_ms) ? wait_ms : -1;
}

int64_t http_client_back_off_ms(const struct http_client *client, int64_t attempts)
{
	int64_t wait_ms = FIRST_WAIT_MS;
	for (int64_t i = 1; i < attempts && wait_ms < LONGEST_WAIT_MS; i++)
		wait_ms *= 2;
	if (wait_ms > LONGEST_WAIT_MS)
		wait_ms = LONGEST_WAIT_MS;
	return wait_ms / 2 + random_below(&client->random, wait_ms / 2 + 1);
}
