/*
 * A fleet: many customers as one undertaking, frozen. Which plan of which customer, in which wave, and when
 * to stop; who is left out, and why. Pure.
 *
 * The file is canonical JSON by lines, and its digest the SHA-256 of its bytes: a signature over it is one
 * over the digest of every plan in it.
 */
#ifndef PLANS_FLEET_H
#define PLANS_FLEET_H

#include "plans/desired/fleet_file.h"
#include "plans/planning/plan.h"

struct fleet_member {
	const char *customer;
	const char *plan;   /* its id */
	const char *digest; /* of the plan */
	size_t wave;	    /* number in `waves` */
	int64_t users;	    /* whom the plan changes */
};
VEC(fleet_member_list, struct fleet_member);

/* Why a customer is not in the fleet: "nothing", or the name of an exit status. */
struct fleet_left_out {
	const char *customer;
	const char *reason;
	const char *message;
};
VEC(fleet_left_out_list, struct fleet_left_out);

struct fleet_stage {
	const char *name;
	enum wave_until until;
	int64_t soak_ms;
};
VEC(fleet_stage_list, struct fleet_stage);

struct fleet {
	const char *program;		  /* the version that made it, and that carries it out */
	struct fleet_member_list members; /* by wave, then by name; a member's index is the place here */
	struct fleet_stage_list waves;
	struct fleet_left_out_list left_out;
	struct limit max_failed;
	int64_t parallel;
	int64_t per_day;
	char digest[DIGEST_TEXT_SIZE]; /* of the file */
	char id[PLAN_ID_SIZE];
};

/* Sets digest and id as well. */
void fleet_encode(struct fleet *fleet, struct strbuf *out);
NODISCARD bool fleet_decode(const char *text, size_t len, struct arena *out, struct fleet *ret_fleet,
			    struct error *err);

/* How many may fail; -1: no limit. */
int64_t fleet_failed_allowed(const struct fleet *fleet);
/* The number of a wave in `waves`; ERR_INVALID with a suggestion when there is none. */
NODISCARD bool fleet_find_wave(const struct fleet *fleet, const char *name, struct arena *out,
			       size_t *ret_wave, struct error *err);

/* ---- choosing ------------------------------------------------------------------------------- */

struct fleet_choice {
	const char *customer;
	const struct label_list *labels;
	size_t wave; /* SIZE_MAX: in none */
};
VEC(fleet_choice_list, struct fleet_choice);

bool fleet_selects(const struct fleet_file *file, const char *customer, const struct label_list *labels);
/* Puts each of the chosen, sorted by name, into the first wave that takes them. */
void fleet_assign_waves(const struct fleet_file *file, struct fleet_choice_list *chosen);

/* The soak of the wave that takes the customer, whoever else there is; 0: none, or that hangs on others. */
int64_t fleet_soak_ms(const struct fleet_file *file, const struct fleet_choice *choice);

#endif
