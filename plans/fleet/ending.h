/* What exit statuses mean to a fleet: of one customer, and of all together. Pure. */
#ifndef PLANS_FLEET_ENDING_H
#define PLANS_FLEET_ENDING_H

#include <stdbool.h>
#include <stddef.h>

enum ending {
	ENDING_WELL,   /* 0 and 9: nothing is to be tried again now */
	ENDING_AGAIN,  /* 10, 11, 12, 130 */
	ENDING_FAILED, /* for good */
};
enum ending ending_of(int status);

/* The one of the two that the fleet ends with; a status that is none of seatshift's counts as 1. */
int ending_worse(int a, int b);

#endif
