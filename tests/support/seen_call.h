/* A call of the HTTP client, and what its end was. */
#ifndef TESTS_SUPPORT_SEEN_CALL_H
#define TESTS_SUPPORT_SEEN_CALL_H

#include "core/http_client.h"
#include "tests/support/scripted_transport.h"

struct seen {
	int done;
	enum http_outcome outcome;
	int status;
	int64_t attempts, spent_ms;
	bool out_of_time;
	struct error err; /* of one that has no answer; to be released */
	struct http_call call;
};

/* For http_call.done; `ctx` is the struct seen. */
void seen_on_done(void *ctx, const struct http_result *result);

#endif
