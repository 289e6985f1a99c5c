/* What the files of the HTTP client share. For core/http_client*.c only. */
#ifndef CORE_HTTP_CLIENT_INTERNAL_H
#define CORE_HTTP_CLIENT_INTERNAL_H

#include "core/http_client.h"

struct call_list {
	struct http_call *first, *last;
};

struct http_client {
	struct http_transport *transport;
	struct clock clock;
	struct random random;
	struct http_gate gate;
	size_t concurrency, in_flight, pending;
	int64_t deadline_ms, sent;
	int64_t ends_at_ms, patience_ms;
	int64_t useful_ms;	   /* when something of use came last, or the first call of several */
	int64_t told_ms;	   /* when it was last told what is waited for; 0: not since then */
	int64_t person_ms;	   /* since when a person is busy; -1: nobody is */
	int64_t begun_ms;	   /* the first call; after a person, since then */
	int64_t progress_told_ms;  /* when anything was last told; 0: not since then */
	int64_t answers;	   /* so far */
	const char *pause;	   /* why nothing is asked; or NULL */
	struct call_list ready;	   /* first come, first sent */
	struct http_call *delayed; /* waiting for their next try */
	struct http_call *flying;  /* in flight */
	struct http_timer *timers;
	unsigned turn; /* counts the turns of http_client_drive */
	bool stopped;
	bool firing; /* a timer: what it submits goes on with what was waited for */
	bool tells_progress;
	void (*waiting)(void *ctx, const char *line);
	void *waiting_ctx;
	bool (*should_stop)(void *ctx);
	void *stop_ctx;
};

/* core/http_client_repeat.c: how often a call may be tried, given its last answer; 1: it is not worth
 * repeating. */
int64_t http_client_tries_allowed(const struct http_call *call, const struct http_response *response);
int64_t http_client_retry_after_ms(const struct http_client *client, const struct http_response *response);
int64_t http_client_back_off_ms(const struct http_client *client, int64_t attempts);
bool http_client_wants_new_connection(const struct http_response *response);

/* core/http_client_wait.c: how long to wait, and what for. */
void http_client_note_submit(struct http_client *client); /* before it is counted as pending */
void http_client_note_useful(struct http_client *client, int64_t now_ms);
int64_t http_client_end_ms(const struct http_client *client); /* INT64_MAX: there is none */
void http_client_tell_waiting(struct http_client *client, int64_t now_ms);
int64_t http_client_word_due_ms(const struct http_client *client); /* INT64_MAX: there is nothing to tell */

#endif
