/* A move of a customer file, without a plan, as the tenant has it. Pure. */
#ifndef PLANS_MOVE_IN_TENANT_H
#define PLANS_MOVE_IN_TENANT_H

#include "core/tenant.h"
#include "plans/desired/desired.h"

/* Usable seats of the SKU that the move is to give. */
int64_t tenant_seats_of_move(const struct live *live, const struct move *move);
/* A subscription that the move is to retire is there, and not retired. */
bool tenant_has_advisor_of_move(const struct live *live, const struct move *move);

#endif
