/* What a saved rehearsal says of its plan (rehearsal.json in the plan's folder). */
#ifndef PLANS_REHEARSED_H
#define PLANS_REHEARSED_H

#include "plans/saved/plan_folder.h"

#define REHEARSAL_FORMAT "seatshift-rehearsal/1"

/* As the report says, which nobody signs: cmd/session/rehearsal_gate.h has what is believed of it. */
struct rehearsed {
	bool found; /* a rehearsal of this very plan and snapshot; another's is none */
	bool good;  /* everything ended alike, and was undone */
	int64_t runs, alike;
	const char *version; /* of the program that rehearsed it */
	const char *why;     /* not found though there is a file: in what it differs; or NULL */

	/* For people. What is not in the file is 0, or NULL; texts are as they stand there. */
	int64_t seed;				 /* of the first run */
	int64_t ended_early;			 /* runs whose process was ended somewhere */
	int64_t requests, working_ms, throttled; /* of the undisturbed run */
	int64_t undo_runs, undo_alike;
	const char *first_disturbance, *first_found; /* of the first run that ended otherwise */
	int64_t first_seed;
	struct str_list modelled, not_modelled;
};

/* The report beside the plan; within the repository, relative to it. */
const char *rehearsed_path(const struct plan_folder *folder, struct arena *out);
NODISCARD bool rehearsed_parse(const char *bytes, size_t len, const struct plan_folder *folder,
			       struct arena *out, struct rehearsed *ret, struct error *err);
/* Of the repository at `dir`, through no link. False only when the file is there and cannot be read. */
NODISCARD bool rehearsed_read(const char *dir, const struct plan_folder *folder, struct arena *out,
			      struct rehearsed *ret, struct error *err);

#endif
