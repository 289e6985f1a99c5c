/* add-partner: the customer accepts the partner's invitation. */
#include "providers/manual/partner.h"

#include "core/quote.h"

enum probe partner_probe(const struct action *action, const struct manual_context *context,
			 const struct live *live, struct arena *out, const char **ret_detail)
{
	(void)action, (void)context;
	const struct partner_relation *partner = &live->partner;
	if (partner->has_contract) {
		*ret_detail = "the customer is among the partner's contracts";
		return PROBE_SEEN;
	}
	if (partner->gdap_id) {
		*ret_detail = arena_printf(out, "GDAP relationship %s is %s", partner->gdap_id,
					   partner->gdap_status ? partner->gdap_status : "active");
		return PROBE_SEEN;
	}
	return PROBE_NOT_YET;
}

void partner_card(const struct action *action, const struct manual_context *context, const struct live *live,
		  struct strbuf *out)
{
	(void)action, (void)live;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	strbuf_add(out, "add-partner: done by the customer\n\n");
	strbuf_addf(out, "  TENANT   %s\n  DOMAIN   %s\n  ID       %s\n\n",
		    quote_terminal(tmp, context->tenant_name), quote_terminal(tmp, context->tenant_domain),
		    quote_terminal(tmp, context->tenant_id));
	strbuf_add(out, "  1. In Partner Center, make a delegated admin relationship (GDAP) request for "
			"this customer.\n"
			"  2. Send the customer the invitation link that Partner Center shows. It begins\n"
			"     https://admin.microsoft.com/AdminPortal/Home#/partners/invitation/\n"
			"  3. A Global Administrator of the customer opens it, signed in to the tenant "
			"above, and approves.\n"
			"\n  Verified when the customer is among the partner's contracts, or a GDAP "
			"relationship is active.\n");
}
