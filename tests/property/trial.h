/* A random tenant and a random customer file, decided by a seed alone. */
#ifndef TESTS_PROPERTY_TRIAL_H
#define TESTS_PROPERTY_TRIAL_H

#include "plans/planning/plan.h"
#include "tests/property/model.h"

enum { MOVES_MAX = 3, ENTRIES_MAX = 12 };

struct wanted_move {
	int open, advisor; /* advisor -1: left out */
	const char *head;
	const char *entries[ENTRIES_MAX];
	int entry_count;
	const char *tail;
	unsigned wanted; /* users who are surely to hold the Open SKU */
	bool keeps;
	bool gives_up_mailboxes;
};

struct trial {
	unsigned seed, state;
	struct arena *arena;
	struct model model;
	struct wanted_move moves[MOVES_MAX];
	int move_count;
	const char *tail;
	unsigned canaries; /* users, by number */
	unsigned protected;
	bool cancels_first;
	bool accepts_losses;
	int most_changed; /* limits: -1 for none */
	int most_taken;
	int fewest_left;
	struct desired desired;
	struct policy policy;
	const char *yaml;
	bool failed;
};

unsigned trial_pick(struct trial *t, unsigned below);
void trial_complain(struct trial *t, const char *what, const char *detail);
void trial_make(struct trial *t);
/* The same file each time, but for the order of moves and entries. */
const char *trial_write_file(struct trial *t, bool backwards);

#endif
