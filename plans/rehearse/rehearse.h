/*
 * The dress rehearsal: a plan is carried out on a twin of its tenant, loaded from its snapshot, by the same
 * code that applies it; then again and again, ended and disturbed wherever a run can be, and undone.
 *
 * It needs no network, no sign-in and no key: the twin is in this process (providers/twin/inside.h), and time
 * is played. The same seed gives the same rehearsal, on any machine.
 */
#ifndef PLANS_REHEARSE_H
#define PLANS_REHEARSE_H

#include "plans/rehearse/play.h"
#include "plans/saved/plan_folder.h"

struct rehearsal_options {
	const struct plan_folder *folder;
	const struct desired *desired;
	const struct policy *policy;
	int64_t runs;	     /* disturbed ones */
	uint64_t seed;	     /* of the first; each has the next */
	int64_t latency_ms;  /* of each answer */
	const char *scratch; /* a folder for the journals */
	void (*progress)(void *ctx, int64_t done, int64_t runs);
	bool (*should_stop)(void *ctx);
	void *ctx;
	/* For tests: spoils the provider of every run. */
	void (*tamper)(void *ctx, struct provider *provider);
};

/* A way in which runs are hard to get through, and how many of the rehearsal went it. */
enum rare_path {
	RARE_LAGGED,		/* reads were behind the writes */
	RARE_RESUMED_IN_A_WAVE, /* ended with some of a wave written, and not all */
	RARE_THROTTLED,
	RARE_TOKEN_RENEWED, /* more tokens than runs */
	RARE_TRIED_AGAIN,   /* a refused action was carried out by a later run */
	RARE_UNSURE_WRITE,  /* announced, not ended, and found done by a look */
	RARE_PATH_COUNT
};
const char *rare_path_name(enum rare_path path); /* in the order of the names */

struct divergence {
	bool found;
	uint64_t seed; /* alone it repeats the run */
	const char *disturbance;
	const char *text;
};

struct rehearsal {
	struct play_result plain;  /* the undisturbed run; borrows from `out` */
	const char *plain_problem; /* it did not end as it should; or NULL */
	bool undone;		   /* the way back was gone, and led to the start */
	const char *undo_problem;
	int64_t undo_runs, undo_alike; /* disturbed ones that were undone as well */
	uint64_t seed;
	int64_t runs, alike;
	int64_t ended_early; /* of the disturbed runs: whose process was ended somewhere */
	struct divergence first;
	int64_t rare[RARE_PATH_COUNT];
	bool stopped; /* by should_stop: `runs` says how far it came */
};

/* False: it could not be staged at all. How the plan fared is in *ret. */
NODISCARD bool rehearse(const struct rehearsal_options *options, struct arena *out, struct rehearsal *ret,
			struct error *err);
bool rehearsal_is_good(const struct rehearsal *rehearsal);

#endif
