/* reactivate-subscription: what its card says, and how Graph shows that it was done. */
#ifndef PROVIDERS_MANUAL_REACTIVATE_H
#define PROVIDERS_MANUAL_REACTIVATE_H

#include "providers/manual/manual.h"

enum probe reactivate_probe(const struct action *action, const struct manual_context *context,
			    const struct live *live, struct arena *out, const char **ret_detail);
void reactivate_card(const struct action *action, const struct manual_context *context,
		     const struct live *live, struct strbuf *out);

#endif
