/* What carrying out a fleet holds on to: members, where they stand, and who is under way. */
#ifndef CMD_FLEET_WORK_H
#define CMD_FLEET_WORK_H

#include "cmd/fleet/fleet_record.h"
#include "cmd/fleet/verbs.h"
#include "cmd/output/events.h"
#include "plans/fleet/gate.h"
#include "plans/fleet/shard.h"

/* One member, as this worker sees it. */
struct unit {
	size_t index; /* in the fleet */
	bool mine;    /* in this worker's slice, and asked for */
	bool running;
	bool finished; /* nothing more is tried now */
	int tries;
	int status;		 /* of the last try; -1: none was made */
	const char *message;	 /* of a try that did not end well */
	int64_t not_before_ms;	 /* monotonic: the next try */
	int64_t began_ms;	 /* monotonic: this try */
	int64_t verified, total; /* as the child says while it runs */
	char phase[24];
};

struct work {
	struct app *app;
	const struct fleet_options *o;
	struct fleet_folder folder;
	struct policy policy;	/* of the repository */
	struct shard shard;	/* count 0: no slice, all of it */
	struct member *members; /* where each stands; of the whole fleet */
	struct unit *units;	/* beside each */
	size_t wave;		/* that is under way */
	size_t cursor;		/* where `next` goes on looking */
	bool may_not_begin;	/* nobody new, as was found while it looks */
	struct fleet_record record;
	struct events events;
	const char *stopped; /* why nothing new begins; NULL: it may */
	int stopped_status;
	int status;		/* of all so far */
	int64_t began_ms;	/* monotonic */
	int64_t deadline_at_ms; /* monotonic; 0: none */
	int64_t wait_until_ms;	/* monotonic; 0: do not wait */
	size_t mine, ended;	/* of this worker */
	bool drawn;
	size_t drawn_lines;
	int64_t last_draw_ms;
	int64_t opened_ms;	 /* of the last look at those who wait, monotonic */
	struct error failed;	 /* of what is not a customer's: the run ends */
	struct error unrecorded; /* the last attempt to commit or push */
};

/* cmd/fleet/fleet_standing.c */
void work_stop(struct work *w, const char *why, int status);
bool work_is_in_slice(const struct work *w, size_t index); /* of this worker */
void work_look_at(struct work *w, size_t index);
void work_look_at_all(struct work *w);
const char *work_why_not_open(struct work *w, const struct gate *gate); /* of w->wave */

/*
 * cmd/fleet/fleet_begin.c: reads the fleet and where everybody stands, proves that this program may carry it
 * out, and chooses whom. *ret_only is the wave that was named, else SIZE_MAX; *ret_last the last one.
 */
NODISCARD bool work_open(struct work *w, const char *name, size_t *ret_only, size_t *ret_last,
			 struct error *err);

/* cmd/fleet/fleet_progress.c */
void fleet_progress_draw(struct work *w);
void fleet_progress_clear(struct work *w);
void fleet_progress_ended(struct work *w, const struct unit *unit);

/* cmd/fleet/fleet_events.c */
void fleet_events_begin(struct work *w);
void fleet_events_member_begin(struct work *w, const struct unit *unit);
void fleet_events_member_line(struct work *w, const struct unit *unit, const char *line);
void fleet_events_member_end(struct work *w, const struct unit *unit);
void fleet_events_end(struct work *w);

/* cmd/fleet/fleet_report_run.c */
void fleet_report_run(struct work *w);

#endif
