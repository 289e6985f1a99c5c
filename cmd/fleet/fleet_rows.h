/* A row per member of a fleet, from the files alone: what status and report show. */
#ifndef CMD_FLEET_ROWS_H
#define CMD_FLEET_ROWS_H

#include "cmd/outside/app.h"
#include "plans/fleet/gate.h"
#include "plans/standing/window.h"

struct fleet_row {
	const char *customer;
	const char *wave;
	const char *plan;
	struct member member;
	int64_t users, users_moved;
	const char *waits; /* the first thing that is waited for, or NULL */
	const char *who;   /* whose turn it is: "operator", "customer", "fleet"; NULL: nobody's */
	struct window window;
	bool late;	  /* the last safe day has passed, and both are still billed */
	const char *exit; /* why its seats are tried out too late to be given back; or NULL */
};

struct fleet_rows {
	struct fleet_row *items; /* in the fleet's order */
	struct member *members;	 /* the same, for gates */
	size_t count;
	size_t states[MEMBER_STATE_COUNT];
	int64_t users, users_moved;
	int64_t seat_days; /* billed twice so far */
	size_t windows_open, late;
	int32_t next_safe_day; /* the nearest of those who are billed twice now; WINDOW_NO_DAY: none */
	const char *next_safe; /* whose it is */
	int32_t today;
};

NODISCARD bool fleet_rows_read(struct app *app, const struct fleet_folder *folder,
			       struct fleet_rows *ret_rows, struct error *err);

/* Members of one state for one reason, the most first. */
struct fleet_group {
	enum member_state state;
	const char *cause; /* "" where there is none */
	size_t count;
	const char *first; /* a customer of it */
};
VEC(fleet_group_list, struct fleet_group);
void fleet_rows_group(const struct fleet_rows *rows, struct arena *out, struct fleet_group_list *ret_groups);

#endif
