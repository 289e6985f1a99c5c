/*
 * Whose tenant this is about: said alike by plan, customer file and sign-in, and proved of the tenant itself
 * before anything else is asked of it.
 *
 * Every command in which a plan and a tenant meet asks here, so that none can take the one for the other's.
 * The token's `tid` is compared with the customer file's tenant by the provider, before its first request;
 * that the file's tenant is the plan's is said here.
 */
#ifndef PLANS_TENANT_GUARD_H
#define PLANS_TENANT_GUARD_H

#include "plans/planning/plan.h"
#include "providers/provider.h"

/* What has to be about one tenant. */
struct tenant_case {
	const struct plan *plan; /* NULL: there is none yet */
	const struct desired *desired;
	const struct policy *policy;
};

/*
 * The customer file is of the plan's tenant, else ERR_STALE; and that is not the partner's own, else
 * ERR_WRONG_TENANT. Asks nobody: for those who have only files, and before anybody signs in.
 */
NODISCARD bool tenant_agree(const struct tenant_case *tenant, struct error *err);

/* Of an organisation that was read: id, verified domain, pinned name, a customer's kind of tenant. */
NODISCARD bool tenant_matches(const struct tenant_case *tenant, const struct organization *organization,
			      struct error *err);

/*
 * The same, and then of the tenant itself: id, verified domain, pinned name, a customer's kind of tenant.
 * ERR_WRONG_TENANT otherwise, and then nothing else may be asked of it.
 */
NODISCARD bool tenant_prove(struct provider *provider, const struct tenant_case *tenant, struct arena *out,
			    struct organization *ret, struct error *err);

#endif
