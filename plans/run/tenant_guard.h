/*
 * Whose tenant a provider is bound to, proved before anything else is asked of it.
 *
 * The check at sign-in (the token's `tid`) is the provider's; this one compares what the tenant says of
 * itself.
 */
#ifndef PLANS_TENANT_GUARD_H
#define PLANS_TENANT_GUARD_H

#include "plans/desired/desired.h"
#include "providers/provider.h"

/*
 * Id, verified domain, pinned name, a customer's kind of tenant, and not the partner's own.
 * ERR_WRONG_TENANT otherwise, and then nothing else may be asked of it.
 */
NODISCARD bool tenant_prove(struct provider *provider, const struct desired *desired,
			    const struct policy *policy, struct arena *out, struct organization *ret,
			    struct error *err);

#endif
