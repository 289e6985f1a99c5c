/*
 * redeem-key: the product key is redeemed in the customer's tenant.
 *
 * No API redeems a key or tells a key's state; its effect shows as a new subscription of the SKU, as
 * seats on an existing one, or as a later end date, depending on what the person clicked.
 */
#include "providers/manual/redeem.h"

#include "core/clock.h"
#include "core/quote.h"
#include "providers/manual/arrived.h"
#include "providers/manual/portals.h"

#include <string.h>

/* Whether the term ends on a later day than when the plan was made. */
static bool end_moved(const struct action *action, const struct arrived *found)
{
	return found->ends && action->expect.ends &&
	       strncmp(found->ends, action->expect.ends, strlen(action->expect.ends)) > 0;
}

static enum probe probe_extension(const struct action *action, const struct arrived *found, struct arena *out,
				  const char **ret_detail)
{
	if (end_moved(action, found) && found->seats >= action->result.seats) {
		*ret_detail = arena_printf(out, "the term now ends %.10s", found->ends);
		return PROBE_SEEN;
	}
	if (found->newest) {
		*ret_detail = arena_printf(
			out,
			"subscription %s with %lld seats is new, and the end date of the others did "
			"not move: the key was activated as new, not redeemed as an extension",
			found->newest->id, (long long)found->newest->seats);
		return PROBE_OTHER;
	}
	if (found->seats > action->expect.seats) {
		*ret_detail = "seats were added, but the end date did not move: the key was not redeemed as "
			      "an extension";
		return PROBE_OTHER;
	}
	if (end_moved(action, found)) {
		*ret_detail = arena_printf(
			out, "the term now ends %.10s, but only %lld seats are there, planned were %lld",
			found->ends, (long long)found->seats, (long long)action->result.seats);
		return PROBE_OTHER;
	}
	return PROBE_NOT_YET;
}

static enum probe probe_seats(const struct action *action, const struct manual_context *context,
			      const struct live *live, const struct arrived *found, struct arena *out,
			      const char **ret_detail)
{
	if (found->seats >= action->result.seats &&
	    !arrived_pool_has(action, context, live, action->result.seats)) {
		*ret_detail = "the subscription is there; its seats cannot be assigned yet";
		return PROBE_NOT_YET;
	}
	if (found->seats >= action->result.seats) {
		*ret_detail = arrived_text(found, found->seats - action->result.seats, out);
		return PROBE_SEEN;
	}
	if (found->seats > action->expect.seats) {
		*ret_detail =
			arena_printf(out, "only %lld seats are there, planned were %lld: is it another key?",
				     (long long)found->seats, (long long)action->result.seats);
		return PROBE_OTHER;
	}
	if (found->passing) {
		*ret_detail = arrived_passing_text(found, context, "key", out);
		return PROBE_OTHER;
	}
	if (end_moved(action, found)) {
		*ret_detail =
			arena_printf(out,
				     "no seats came, but the term now ends %.10s: the key was redeemed as an "
				     "extension",
				     found->ends);
		return PROBE_OTHER;
	}
	return PROBE_NOT_YET;
}

enum probe redeem_probe(const struct action *action, const struct manual_context *context,
			const struct live *live, struct arena *out, const char **ret_detail)
{
	struct arrived found = arrived_look(action, context, live);
	enum probe probe = str_eq(action->redeem_as, "extend-term")
				   ? probe_extension(action, &found, out, ret_detail)
				   : probe_seats(action, context, live, &found, out, ret_detail);
	if (probe == PROBE_NOT_YET && !*ret_detail &&
	    (*ret_detail = arrived_elsewhere(action, context, live, "key", out)))
		return PROBE_OTHER;
	return probe;
}

static const struct portals *portals_of(const struct manual_context *context)
{
	for (size_t i = 0; i < ARRAY_LEN(portals); i++)
		if (str_eq(portals[i].cloud, context->cloud))
			return &portals[i];
	return &portals[0];
}

/* Which of the wizard's three ways to click. */
static const struct {
	const char *redeem_as;
	const char *how;
} ways[] = {
	{"new-subscription", "activate the key as NEW"},
	{"add-seats", "Billing > Your products > the subscription that is to grow > Add more licenses > use "
		      "a product key"},
	{"extend-term",
	 "Billing > Your products > the subscription that is to last > Extend end date > use a product key"},
};

char *manual_sign_in_link(const struct manual_context *context, struct arena *out)
{
	return arena_printf(out, "%s%s", portals_of(context)->tenant, quote_url(out, context->tenant_id));
}

static void add_way(const struct action *action, const struct portals *where, struct strbuf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		if (!str_eq(ways[i].redeem_as, action->redeem_as))
			continue;
		bool page = i == 0 && where->activate;
		strbuf_addf(out, "  3. Redeem it: %s%s%s\n", ways[i].how,
			    page ? ", in the same window, at\n     " : "", page ? where->activate : "");
	}
}

void redeem_card(const struct action *action, const struct manual_context *context, const struct live *live,
		 struct strbuf *out)
{
	(void)live;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct portals *where = portals_of(context);
	const char *domain = quote_terminal(tmp, context->tenant_domain);
	strbuf_add(out, "redeem-key: a key works once, in whatever tenant the browser is in\n\n");
	arrived_add_tenant(context, tmp, out);
	strbuf_addf(out, "  KEY      %lld × %s%s%s\n", (long long)action->seats,
		    quote_terminal(tmp, context->part_number), action->key_ends_in ? ", ends in " : "",
		    quote_terminal(tmp, action->key_ends_in));
	if (context->order_reference)
		strbuf_addf(out, "  ORDER    %s, %s\n", quote_terminal(tmp, context->distributor),
			    quote_terminal(tmp, context->order_reference));
	strbuf_addf(out,
		    "\n  1. In a PRIVATE browser window, sign in at this tenant's own page as a Global "
		    "or Billing Administrator of %s:\n     %s\n"
		    "     When it asks to confirm another domain: stop.\n",
		    domain, manual_sign_in_link(context, tmp));
	strbuf_addf(out, "  2. In the same window open the %sadmin centre:\n     %s%s\n",
		    where->admin_takes_domain ? "portal, and in it the " : "", where->admin,
		    where->admin_takes_domain ? quote_url(tmp, context->tenant_domain) : "");
	strbuf_addf(out, "     It must show %s, not another customer and not the partner.\n", domain);
	add_way(action, where, out);
	strbuf_add(out, "  4. Close the private window.\n");
	strbuf_addf(out, "\n  Verified when Graph shows %lld seats in this tenant of %s.\n",
		    (long long)action->result.seats, quote_terminal(tmp, context->part_number));
}
