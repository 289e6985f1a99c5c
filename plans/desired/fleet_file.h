/*
 * What fleet.yaml says: which customers, in which waves, how many at once. Parsed and checked in itself, and
 * against the names of the repository's customers; nothing here was planned or read from a tenant.
 */
#ifndef PLANS_FLEET_FILE_H
#define PLANS_FLEET_FILE_H

#include "plans/desired/desired.h"

enum wave_until { UNTIL_MOVED, UNTIL_DONE };
const char *wave_until_name(enum wave_until until); /* as the file has it: "moved" */
NODISCARD bool wave_until_parse(const char *name, enum wave_until *ret_until);

/* A customer's name or a pattern of names, in which * stands for any letters and ? for one. */
struct name_pattern {
	const char *text;
	struct place place;
};
VEC(name_pattern_list, struct name_pattern);
bool name_patterns_match(const struct name_pattern_list *patterns, const char *name); /* any of them */

/* Takes those of its names, labels and share whom no wave before it took; with none of the three, all. */
struct fleet_wave {
	const char *name;
	struct place place;
	struct name_pattern_list customers;
	struct label_list labels;
	struct limit share; /* of the whole fleet */
	enum wave_until until;
	int64_t soak_ms; /* the next wave begins so long after this one is there */
};
VEC(fleet_wave_list, struct fleet_wave);

enum { FLEET_PARALLEL_DEFAULT = 8, FLEET_PARALLEL_MAX = 256, FLEET_WAVES_MAX = 100 };

struct fleet_file {
	struct name_pattern_list customers; /* of `select`; empty: all */
	struct label_list labels;
	struct fleet_wave_list waves; /* never empty: without any, one that takes all */
	struct limit max_failed;      /* of the whole fleet; not given: no limit */
	int64_t parallel;
	int64_t per_day; /* 0: no limit */
	struct place waves_place;
};

/*
 * Complaints go to `diags`; on any error among them false is returned, and *ret_fleet has what could be read,
 * for fleet_check_names alone.
 */
NODISCARD bool fleet_parse(const char *path, const char *text, size_t len, struct arena *out,
			   struct diag_list *diags, struct fleet_file *ret_fleet);

/* Names and patterns that no customer has. */
void fleet_check_names(const struct fleet_file *fleet, const struct str_list *customers, struct arena *out,
		       struct diag_list *diags);

#endif
