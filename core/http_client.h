/*
 * HTTP requests that are worth repeating: a queue, a concurrency limit, retries, waits and timers over
 * any transport. Single-threaded and event-driven: everything happens inside http_client_drive.
 *
 * What is tried again, as long as the call's deadline allows:
 *
 *	                                  reads   writes
 *	certainly not sent                yes     yes     (not when the certificate is the problem)
 *	no answer, or a cut one           yes     no      (a write may have taken effect: look first)
 *	an answer that cannot be read     yes     no      (a 2xx whose body the owner cannot use)
 *	408 409 423 429 503 504           yes     no
 *	500 502 509                       yes     no
 *	another that says it will pass    yes     no      (the owner reads its body)
 *
 * After a 5xx the next try uses a new connection. Retry-After is honoured to the second; without one
 * the wait doubles from half a second to half a minute, with jitter. A Retry-After that ends beyond
 * the deadline ends the call at once, and no try is given more time than is left until then.
 *
 * All calls together have an end as well: a time, or so long without an answer that was of use. Whoever waits
 * is told what for. An answer that brings nothing new, such as one more empty page, is of no use.
 */
#ifndef CORE_HTTP_CLIENT_H
#define CORE_HTTP_CLIENT_H

#include "core/clock.h"
#include "core/http.h"
#include "core/random.h"

enum http_repeat { HTTP_REPEAT_READ, HTTP_REPEAT_WRITE };

struct http_result {
	const struct http_response *response; /* of the last try; lives only as long as `done` */
	int64_t attempts;
	int64_t spent_ms;	/* from submit to now, waits included */
	int64_t retry_after_ms; /* what the last answer asked for; -1 none */
	bool out_of_time;	/* it would have been tried again, but for the deadline */
};

/* A call is its owner's memory: it must live, unmoved, until `done`. */
struct http_call {
	struct http_request request;
	enum http_repeat repeat;
	int64_t deadline_ms; /* from submit, over all tries; 0: the client's */
	/* Before each try: the newest token, a fresh request id. May be NULL. */
	void (*prepare)(void *ctx, struct http_request *request);
	/* Once for each 2xx answer: false when its body is not what it should be. May be NULL. */
	bool (*usable)(void *ctx, const struct http_response *response);
	/* Whether an answer was of use is the owner's to say (http_client_note_use): it may be one of many
	 * that go on for ever. Otherwise every good one is. */
	bool owner_knows_use;
	/* Of any other answer: true when its body says that a later try may succeed. May be NULL. */
	bool (*passing)(void *ctx, const struct http_response *response);
	void (*done)(void *ctx, const struct http_result *result);
	void *ctx;

	/* The client's own. */
	struct http_call *next, *before; /* `before`: of those in flight only */
	struct http_client *client;
	int64_t attempts, submitted_ms, due_ms, timeout_ms;
	int last_status;     /* of the last try; 0: no answer */
	int answered_status; /* of the last try that was answered; 0: none was */
};

/* Something to be called at a time; its owner's memory, unmoved until it was called or cancelled. */
struct http_timer {
	void (*fire)(void *ctx);
	void *ctx;
	struct http_timer *next;
	int64_t due_ms;
	unsigned turn; /* of http_client_drive, in which it was set */
	bool set;
};

/* Says when the next request may go, how many at once, and sees what goes and comes. All may be NULL. */
struct http_gate {
	int64_t (*open_at)(void *ctx, int64_t now_ms); /* monotonic; now or earlier: open */
	size_t (*most)(void *ctx); /* requests in flight at most; outranks the client's own */
	void (*sent)(void *ctx, const struct http_request *request);
	void (*answered)(void *ctx, const struct http_response *response, int64_t now_ms);
	void *ctx;
};

struct http_client_options {
	struct http_transport *transport; /* borrowed */
	const struct clock *clock;
	const struct random *random;
	size_t concurrency;  /* requests in flight at most; 0: 4 */
	int64_t deadline_ms; /* of a call that names none; 0: five minutes */
	int64_t ends_at_ms;  /* monotonic: then every call ends as it is; 0: never */
	int64_t patience_ms; /* the same, so long after the last answer that was of use; 0: never */
	struct http_gate gate;
	/*
	 * What is waited for: after three seconds without an answer of use, and every half a minute after
	 * that. May be NULL. `tells_progress`: every second as well, whatever comes, for whoever knows when
	 * something has to be said.
	 */
	void (*waiting)(void *ctx, const char *line);
	void *waiting_ctx;
	bool tells_progress;
	/* For http_client_wait. NULL: never. */
	bool (*should_stop)(void *ctx);
	void *stop_ctx;
};

struct http_client;
struct http_client *http_client_new(const struct http_client_options *options);
void http_client_free(struct http_client *client); /* free the transport first if calls are in flight */
DEFINE_FREEP(struct http_client, http_client)

void http_client_submit(struct http_client *client, struct http_call *call);
/*
 * Sends what may be sent, reports nothing: for who has work to do before the next http_client_drive. Nothing
 * once should_stop says so: whether more is wanted then, only the next turn's caller knows.
 */
void http_client_kick(struct http_client *client);
/* Does what is due, then waits for an answer or a timer, at most `wait_ms`. Never waits busily. */
void http_client_drive(struct http_client *client, int64_t wait_ms);
size_t http_client_pending(const struct http_client *client); /* calls submitted and not done */
int64_t http_client_sent(const struct http_client *client);   /* requests sent so far */
/* How long nothing will be sent or come: 0 while an answer is awaited; INT64_MAX when nothing is to come. */
int64_t http_client_quiet_ms(struct http_client *client);
int64_t http_client_now_ms(const struct http_client *client); /* monotonic */
int64_t http_client_wall_ms(const struct http_client *client);
/*
 * While set, nothing more is sent: calls that wait end as not sent, reads in flight are given up, writes in
 * flight end as they do, and timers that were set before fire at once. The way to get out early without
 * leaving anything behind.
 */
void http_client_set_stopped(struct http_client *client, bool stopped);
/* Drives until *done; when should_stop says so, stopped. */
void http_client_wait(struct http_client *client, const bool *done);
bool http_client_should_stop(void *client); /* as given; false without */
/* While a person has something to do, that is what is waited for: patience with the service does not run out,
 * and nothing is said. What ends at a time ends then all the same. */
void http_client_set_person(struct http_client *client, bool busy);

void http_client_note_use(struct http_client *client);
/* What nothing is asked for meanwhile, for whoever waits; borrowed. NULL: no such pause. */
void http_client_set_pause(struct http_client *client, const char *why);

void http_client_after(struct http_client *client, struct http_timer *timer, int64_t wait_ms);
void http_client_cancel(struct http_client *client, struct http_timer *timer);

#define HTTP_OUT_OF_TIME_HINT "There was no time left for another try: --deadline TIME gives it more."
/* One error for a call that got no answer: method, host, attempts, time, cause. */
bool http_result_error(const struct http_call *call, const struct http_result *result, struct error *err);

#endif
