/* redeem-key: the product key is redeemed in the customer's tenant. See manual.h. */
#ifndef PROVIDERS_MANUAL_REDEEM_H
#define PROVIDERS_MANUAL_REDEEM_H

#include "providers/manual/manual.h"

enum probe redeem_probe(const struct action *action, const struct manual_context *context,
			const struct live *live, struct arena *out, const char **ret_detail);
void redeem_card(const struct action *action, const struct manual_context *context, const struct live *live,
		 struct strbuf *out);

#endif
