/* Seats that an undo cannot take back: what it says of them, by how they came. Pure. */
#ifndef PLANS_UNDO_SEATS_STAY_H
#define PLANS_UNDO_SEATS_STAY_H

#include "plans/planning/planning.h"

/* `arrival` has ended; `part_number` is inert. */
void undo_warn_of_seats(struct planning *p, const struct action *arrival, const char *part_number);

#endif
