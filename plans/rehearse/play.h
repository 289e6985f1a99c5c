/*
 * One rehearsal of a plan on a twin: the same code that applies it, run after run until nothing is left to be
 * done, with the people's steps played, and ended wherever the disturbance says.
 */
#ifndef PLANS_PLAY_H
#define PLANS_PLAY_H

#include "core/secret.h"
#include "plans/run/apply.h"
#include "plans/saved/journal.h"
#include "providers/twin/inside.h"

/* Where a run is ended as by a power cut, once. */
struct disturbance {
	int64_t after_record; /* of the journal, from 1; 0: not there */
	int64_t at_request;   /* from 1; 0: not there */
	bool after_request;   /* carried out, but the answer does not come; else it is not carried out */
};

struct play {
	const struct plan *plan;
	const struct desired *desired;
	const struct policy *policy;
	const struct live *before; /* the plan's snapshot */
	struct twin *twin;
	struct played_clock *clock;
	const struct random *random;
	const struct journal_file *journal;
	const struct secret *secret; /* of the sign-in on the stage */
	const char *cloud;
	struct disturbance disturbance;
	/* For tests of the rehearsal itself: may spoil the provider. NULL: it is as it is. */
	void (*tamper)(void *ctx, struct provider *provider);
	void *tamper_ctx;
};

struct play_result {
	enum apply_outcome outcome;    /* of the last run */
	struct action_result *actions; /* of the last run */
	size_t action_count;
	const char *problem; /* why it did not end well; or NULL */
	int64_t runs;	     /* how often apply was started */
	int64_t records;     /* of the journal */
	int64_t requests, resource_units, throttled;
	int64_t working_ms;    /* of played time, people's time not counted */
	struct str_list waits; /* ids of the hand steps at which a run stopped, in order */
	bool ended_early;      /* the disturbance took place */
};

/* Plays to the end. False: the stage itself failed; how the plan fared is in *ret. */
NODISCARD bool play_to_end(const struct play *play, struct arena *out, struct play_result *ret,
			   struct error *err);

/* A provider on the twin, for whoever looks at the tenant between two plays; free it before the transport. */
struct provider *play_provider(const struct play *play, struct http_transport *transport, struct error *err);

#endif
