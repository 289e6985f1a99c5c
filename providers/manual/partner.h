/* add-partner: the customer accepts the partner's invitation. See manual.h. */
#ifndef PROVIDERS_MANUAL_PARTNER_H
#define PROVIDERS_MANUAL_PARTNER_H

#include "providers/manual/manual.h"

enum probe partner_probe(const struct action *action, const struct manual_context *context,
			 const struct live *live, struct arena *out, const char **ret_detail);
void partner_card(const struct action *action, const struct manual_context *context, const struct live *live,
		  struct strbuf *out);

#endif
