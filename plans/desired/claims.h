/* Two customers of one tenant: neither would know of the other's plans, seats and locks. */
#ifndef PLANS_CLAIMS_H
#define PLANS_CLAIMS_H

#include "core/diag.h"
#include "plans/desired/desired.h"

/* What one customer's file says that they are. */
struct claim {
	const char *customer;
	const char *tenant_id, *domain; /* lower case; NULL where the file has none */
	const char *message;		/* set where another customer claims the same; else NULL */
};
VEC(claim_list, struct claim);

void claims_add(struct claim_list *claims, const struct desired *desired, struct arena *out);
/* Whose tenant or domain is also somebody else's is told whose; the texts are in `out`. */
void claims_compare(struct claim_list *claims, struct arena *out);
void claim_complain(const struct claim *claim, struct place place, struct arena *out,
		    struct diag_list *diags);

#endif
