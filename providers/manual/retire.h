/* retire-subscription: the Advisor subscription is cancelled. See manual.h. */
#ifndef PROVIDERS_MANUAL_RETIRE_H
#define PROVIDERS_MANUAL_RETIRE_H

#include "providers/manual/manual.h"

enum probe retire_probe(const struct action *action, const struct manual_context *context,
			const struct live *live, struct arena *out, const char **ret_detail);
void retire_card(const struct action *action, const struct manual_context *context, const struct live *live,
		 struct strbuf *out);

#endif
