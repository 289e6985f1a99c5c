/* What the end of a call was. */
#include "tests/support/seen_call.h"

void seen_on_done(void *ctx, const struct http_result *result)
{
	struct seen *seen = ctx;
	seen->done++;
	seen->outcome = result->response->outcome;
	seen->status = result->response->status;
	seen->attempts = result->attempts;
	seen->spent_ms = result->spent_ms;
	seen->out_of_time = result->out_of_time;
	if (seen->outcome != HTTP_ANSWERED)
		http_result_error(&seen->call, result, &seen->err);
}
