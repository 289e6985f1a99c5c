/* receive-seats: somebody else puts the seats into the customer's tenant. See manual.h. */
#ifndef PROVIDERS_MANUAL_RECEIVE_H
#define PROVIDERS_MANUAL_RECEIVE_H

#include "providers/manual/manual.h"

enum probe receive_probe(const struct action *action, const struct manual_context *context,
			 const struct live *live, struct arena *out, const char **ret_detail);
void receive_card(const struct action *action, const struct manual_context *context, const struct live *live,
		  struct strbuf *out);

#endif
