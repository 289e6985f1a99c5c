/*
 * Where a fleet lives: fleets/ID/fleet.json, and beside it results/CUSTOMER.json for whoever failed last,
 * which their journal may not know of. Paths are relative to the repository at `dir`.
 */
#ifndef PLANS_FLEET_FOLDER_H
#define PLANS_FLEET_FOLDER_H

#include "plans/fleet/fleet.h"

struct fleet_folder {
	struct fleet fleet;
	const char *dir;   /* fleets/3fa9c1d2e4b7 */
	const char *path;  /* …/fleet.json */
	struct bytes text; /* of it */
};

/* A folder that holds the same fleet already is left as it is; *ret_new says whether it was written. */
NODISCARD bool fleet_folder_write(const char *dir, struct fleet *fleet, struct arena *out,
				  struct fleet_folder *ret_folder, bool *ret_new, struct error *err);

/* Which could be named: "Fleets here: ...", or how one is made. A sentence or two. */
const char *fleet_folder_known(const char *dir, struct arena *out);

/*
 * `name` is a fleet's folder, its fleet.json, or four or more hex digits of its id. The id must be that of
 * the bytes.
 */
NODISCARD bool fleet_folder_load(const char *dir, const char *name, struct arena *out,
				 struct fleet_folder *ret_folder, struct error *err);

/* Whether `name` is that of a fleet: a path that says so, or the beginning of a fleet's id. */
bool fleet_folder_is_meant(const char *dir, const char *name, struct arena *tmp);

/* How the last attempt at a member ended. */
struct fleet_result {
	bool found;
	int status; /* the exit status */
	int64_t at_ms;
	const char *message; /* or NULL */
};
const char *fleet_result_path(const struct fleet_folder *folder, const char *customer, struct arena *out);
void fleet_result_encode(const char *customer, const char *plan, const struct fleet_result *result,
			 struct strbuf *out);
/* One that is not there, or cannot be read, is none. */
void fleet_result_read(const char *dir, const struct fleet_folder *folder, const char *customer,
		       struct arena *out, struct fleet_result *ret_result);

#endif
