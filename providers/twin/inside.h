/*
 * The twin without a network: a transport whose other end is a twin in this process, on a clock that passes
 * only when somebody waits. Nothing of it opens a socket, so what runs on it cannot reach anything else.
 */
#ifndef PROVIDERS_TWIN_INSIDE_H
#define PROVIDERS_TWIN_INSIDE_H

#include "core/http.h"
#include "core/json.h"
#include "core/random.h"
#include "providers/twin/twin.h"

/* Time that is played: an hour's wait takes none. `clock` is what everything else is given. */
struct played_clock {
	struct clock clock;
	int64_t wall_ms, monotonic_ms;
};
void played_clock_init(struct played_clock *played, int64_t wall_ms);

/* The same numbers from the same seed, on any machine. */
struct played_random {
	struct random random;
	uint64_t state;
};
void played_random_init(struct played_random *played, uint64_t seed);
uint64_t played_random_next(struct played_random *played);

/*
 * Asked of every request, numbered from 1, before it is carried out (`done` false) and after: true ends what
 * asks, as a power cut would. From then on nothing is carried out and nothing is answered.
 */
struct inside_watch {
	bool (*ends)(void *ctx, int64_t request, bool done);
	void *ctx;
};

/* The address at which the twin believes to be; nothing is opened there. */
#define INSIDE_URL "http://127.0.0.1:9"

/* Requests are carried out as they are submitted; answers come when their delay is over. */
struct http_transport *inside_transport_new(struct twin *twin, struct played_clock *played,
					    const struct inside_watch *watch);
/* From now on the one behind this transport is dead: what it sends is not sent, what is in flight is lost. */
void inside_transport_end(struct http_transport *transport);

/*
 * A control call ("redeem", with its JSON as text), or a question ("state?tenant=…", with NULL): the answer
 * is the caller's to free.
 */
NODISCARD bool inside_ask(struct twin *twin, const char *what, const char *body, struct json **ret_answer,
			  struct error *err);

#endif
