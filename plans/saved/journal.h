/*
 * The journal of a plan: append-only JSON lines, hash-chained, on disk before what they announce.
 *
 * Each line is canonical JSON: {"at","event",…,"prev","seq"}, where `prev` is "sha256:" and the hash
 * of the line before (newline excluded), or null for the first, and `seq` counts from 1. The first line says
 * whose journal it is as well ("customer", "digest", "format", "tenant": plans/saved/journal_head.h). A line
 * is complete when it ends in a newline; a broken last line (a crash, a full disk) is cut off on opening and
 * told. Anything else that does not fit is ERR_INVALID with its line number: nobody edits a journal.
 *
 * Canonical also means that a line with an unknown member is refused. A writer holds the file (flock)
 * for as long as it is open and not paused: a second one waits a moment and is ERR_LOCKED then, since two
 * would break the chain for ever.
 *
 * Events: run-begin, run-end, write (a request about to be sent, with its actions), ended (one action,
 * with outcome and detail and, for a redeemed key, what was found), waiting, evidence (of a hand step), note,
 * undone (written by the run of a plan that undoes this one, before the first line of its own).
 */
#ifndef PLANS_JOURNAL_H
#define PLANS_JOURNAL_H

#include "core/bytes.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/json.h"
#include "plans/saved/journal_head.h"
#include "providers/provider.h"

enum journal_event {
	JOURNAL_RUN_BEGIN,
	JOURNAL_WRITE,	  /* a request is about to be sent that carries out `actions` */
	JOURNAL_ENDED,	  /* the action ended with `outcome` */
	JOURNAL_WAITING,  /* stopped at the hand step */
	JOURNAL_EVIDENCE, /* what a person says of a hand step */
	JOURNAL_NOTE,
	JOURNAL_RUN_END,
	JOURNAL_UNDONE, /* a plan that undoes this one is about to begin */
	JOURNAL_EVENT_COUNT
};

/* What a person says of a hand step. Members are NULL when not given. */
struct evidence {
	const char *case_number;
	const char *agent;
	const char *note;
	const char *done_on; /* YYYY-MM-DD */
};

/* JOURNAL_ENDED of redeem-key: the subscriptions that the key made or went to, and what was ordered. */
struct journal_found {
	const char *distributor;		/* or NULL */
	const char *order;			/* its reference, or NULL */
	struct subscription_list subscriptions; /* empty: nothing was found */
};

/* Members of a group who stand alike. */
struct unserved_people {
	const char *outcome; /* outcome_name() */
	struct str_list user_ids;
	const char *why;
};
VEC(unserved_people_list, struct unserved_people);

/* JOURNAL_ENDED and JOURNAL_WAITING of swap-group-license, where not all members have what it hands out. */
struct journal_group {
	int64_t members; /* people who were members then; 0: nothing is said */
	int64_t more;	 /* who are not as they should be either, and are not named */
	struct unserved_people_list unserved;
};

struct journal_entry {
	int64_t seq;
	struct journal_head head; /* of the first; set by journal_append */
	const char *at;		  /* RFC 3339; set by journal_append */
	enum journal_event event;
	const char *run;	 /* run id */
	const char *by;		 /* who: "user@host", or the CI's name for the job */
	struct str_list actions; /* ids: many for JOURNAL_WRITE, one for the action events */
	const char *outcome; /* JOURNAL_ENDED: outcome_name(); JOURNAL_RUN_END: apply's outcome; or NULL */
	const char *detail;  /* one line, or NULL */
	const char *ends; /* of what is attested: the end of its term as Graph had it, YYYY-MM-DD; or NULL */
	struct evidence evidence;
	struct journal_found found;
	const char *undone_by; /* JOURNAL_UNDONE: the id of the plan that undoes this one */
	struct journal_group group;
};
VEC(journal_entry_list, struct journal_entry);

/*
 * Reads and proves the chain, and that it is this plan's (plan_journal in plans/saved/plan_folder.h). A
 * missing file has no entries. A broken last line is left out, and *ret_cut says so.
 */
NODISCARD bool journal_read(const struct journal_file *file, struct arena *out,
			    struct journal_entry_list *ret_entries, bool *ret_cut, struct error *err);

/* The same for a journal that is not a file: `file->path` is what errors call it. */
NODISCARD bool journal_parse(const struct journal_file *file, struct bytes text, struct arena *out,
			     struct journal_entry_list *ret_entries, bool *ret_cut, struct error *err);

const char *journal_event_name(enum journal_event event); /* "run-begin", "write", … */

/*
 * Opens for appending: journal_read, then cuts off a broken last line (durably), then appends behind it. What
 * `file` points to must outlive it.
 */
struct journal;
NODISCARD bool journal_open(const struct journal_file *file, const struct clock *clock, struct arena *out,
			    struct journal_entry_list *ret_entries, struct journal **ret_journal,
			    struct error *err);
void journal_free(struct journal *journal);
DEFINE_FREEP(struct journal, journal)

/*
 * Asked before each entry is appended (false: it is not, and none after it), and told when it is there. For a
 * rehearsal, which ends a run at a record of its choice.
 */
struct journal_watch {
	bool (*may_append)(void *ctx);
	void (*appended)(void *ctx);
	void *ctx;
};
void journal_set_watch(struct journal *journal, const struct journal_watch *watch);

/*
 * Appends one entry and returns when it is on disk (`seq`, `at` and `prev` are filled in). After a
 * failure (a full disk) the journal takes no further entry and the file is cut back to what was whole.
 *
 * One exception: JOURNAL_ENDED announces nothing, and a run has thousands. It is handed to the kernel
 * (so it survives the death of the process) and goes to disk with the next entry of another kind, or when the
 * journal is freed. A power cut in between costs a look at live state.
 */
NODISCARD bool journal_append(struct journal *journal, const struct journal_entry *entry, struct error *err);
/* Several that go to disk together: what they announce may be sent only after journal_flush. */
NODISCARD bool journal_append_later(struct journal *journal, const struct journal_entry *entry,
				    struct error *err);
NODISCARD bool journal_flush(struct journal *journal, struct error *err);

/*
 * Takes turns: between the two others may append, and nothing may be appended here. What came meanwhile,
 * proved like the rest, is added to *entries.
 */
NODISCARD bool journal_pause(struct journal *journal, struct error *err);
NODISCARD bool journal_resume(struct journal *journal, struct arena *out, struct journal_entry_list *entries,
			      struct error *err);

const char *outcome_name(enum outcome outcome); /* "verified", "already", … */
NODISCARD bool outcome_parse(const char *name, enum outcome *ret_outcome);

#endif
