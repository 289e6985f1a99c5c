/* A transport whose answers are a list, given in the order of the requests, which it records. */
#ifndef TESTS_SUPPORT_SCRIPTED_TRANSPORT_H
#define TESTS_SUPPORT_SCRIPTED_TRANSPORT_H

#include "core/http.h"
#include "tests/support/fake_clock.h"

struct scripted_answer {
	enum http_outcome outcome;
	int status;
	const char *header, *value; /* one header (name in lower case), or NULL */
	const char *body;	    /* or NULL */
	bool tls_problem;
};

enum { SCRIPT_MAX = 64 };

struct scripted_request {
	enum http_method method;
	char *url, *body, *bearer;
	bool new_connection;
	int64_t at_ms;
};

struct scripted {
	struct http_transport base;
	struct fake_clock *clock;
	const struct scripted_answer *answers;
	size_t answer_count;
	struct scripted_request requests[SCRIPT_MAX]; /* beyond the answers: 599 */
	size_t count;
	size_t most_in_flight;
	struct {
		http_done *done;
		void *ctx;
		size_t index;
	} pending[SCRIPT_MAX];
	size_t pending_count;
};

void scripted_init(struct scripted *script, struct fake_clock *clock, const struct scripted_answer *answers,
		   size_t count);
void scripted_release(struct scripted *script);

#endif
