/*
 * A transport behind which a very small tenant lives: users who hold SKU A and can be moved to SKU B
 * by assignLicense, in batches, and are listed by what they hold; with faults by the number of the write
 * batch. For what the executor
 * does; the twin is the faithful imitation.
 */
#ifndef TESTS_SUPPORT_FAKE_GRAPH_H
#define TESTS_SUPPORT_FAKE_GRAPH_H

#include "core/http.h"
#include "tests/support/fake_clock.h"

#define FAKE_TENANT "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f"
#define FAKE_SKU_A "18181a46-0d4e-45cd-891e-60aabd171b4e"
#define FAKE_SKU_B "6fd2c87f-b296-42f0-b197-1e91e994b900"

enum { FAKE_USERS = 90, FAKE_BATCHES = 5 }; /* of 20, the last of fewer */

enum fake_fault {
	FAKE_FINE,
	FAKE_LOST_AFTER,  /* done, and the answer is lost */
	FAKE_LOST_BEFORE, /* not done, and no answer */
	FAKE_500_AFTER,	  /* done, and every part answered 500 */
	FAKE_429,	  /* not done, every part answered 429 with Retry-After */
	FAKE_MISSING,	  /* done, and every second part left out of the answer */
	FAKE_REFUSED,	  /* every part answered 400 */
	FAKE_FORBIDDEN,	  /* every part answered 403 */
};

struct fake_user {
	bool moved, gone, changed; /* changed: somebody else gave it a third licence state */
	int writes;
	int64_t moved_at_ms, changed_at_ms; /* changed from then on; 0: never */
};

struct fake_graph {
	struct http_transport base;
	struct fake_clock *clock;
	struct fake_user users[FAKE_USERS];
	const enum fake_fault *faults; /* of the write batches, in order; fine afterwards */
	size_t fault_count;
	int64_t lag_ms;	     /* until a write can be read */
	int64_t list_lag_ms; /* in a list; no less than that */
	bool no_lists;	     /* they are refused */
	int retry_after_s;   /* of FAKE_429; 0: 2 */
	size_t write_batches, read_batches, lists;
	struct {
		const struct http_request *request;
		http_done *done;
		void *ctx;
	} pending[16];
	size_t pending_count;
};

void fake_graph_init(struct fake_graph *graph, struct fake_clock *clock);
const char *fake_user_id(struct arena *out, size_t index);

#endif
