/* Steps done by a person, by kind: one row each. */
#include "providers/manual/manual.h"

#include "core/quote.h"
#include "providers/manual/partner.h"
#include "providers/manual/reactivate.h"
#include "providers/manual/redeem.h"
#include "providers/manual/retire.h"

struct manual_step {
	enum probe (*probe)(const struct action *, const struct manual_context *, const struct live *,
			    struct arena *, const char **);
	void (*card)(const struct action *, const struct manual_context *, const struct live *,
		     struct strbuf *);
	const char *waits_for;
	/* What the step brought; NULL: nothing that could be named. */
	void (*found)(const struct action *, const struct manual_context *, const struct live *,
		      struct arena *, struct subscription_list *);
};

static const struct manual_step steps[ACTION_KIND_COUNT] = {
	[ACTION_ADD_PARTNER] = {partner_probe, partner_card,
				"the customer to accept the partner's invitation"},
	[ACTION_REDEEM_KEY] = {redeem_probe, redeem_card, "the product key to be redeemed", redeem_found},
	[ACTION_RETIRE_SUBSCRIPTION] = {retire_probe, retire_card,
					"the Advisor subscription to be cancelled"},
	[ACTION_REACTIVATE_SUBSCRIPTION] = {reactivate_probe, reactivate_card,
					    "the retired subscription to be reactivated"},
};

enum probe manual_probe(const struct action *action, const struct manual_context *context,
			const struct live *live, struct arena *out, const char **ret_detail)
{
	*ret_detail = NULL;
	return steps[action->kind].probe(action, context, live, out, ret_detail);
}

void manual_found(const struct action *action, const struct manual_context *context, const struct live *live,
		  struct arena *out, struct subscription_list *ret_found)
{
	*ret_found = (struct subscription_list){0};
	if (steps[action->kind].found)
		steps[action->kind].found(action, context, live, out, ret_found);
}

void manual_card(const struct action *action, const struct manual_context *context, const struct live *live,
		 struct strbuf *out)
{
	steps[action->kind].card(action, context, live, out);
}

const char *manual_waits_for(const struct action *action, const struct manual_context *context,
			     struct arena *out)
{
	return arena_printf(out, "%s %s: %s in %s", action->id, action_info(action->kind)->name,
			    steps[action->kind].waits_for, quote_terminal(out, context->tenant_domain));
}
