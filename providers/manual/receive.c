/*
 * receive-seats: seats that come without a key. A distributor provisions them, another partner's subscription
 * is transferred, or a grant is given: whichever it is, Graph shows a subscription that was not there before.
 * Seats on one that was there are something else: they share its term, and cannot be given back by
 * themselves.
 */
#include "providers/manual/receive.h"

#include "core/programmes.h"
#include "core/quote.h"
#include "providers/manual/arrived.h"

/* The one that was there and has more seats now, where the snapshot is at hand. */
static const struct subscription *which_grew(const struct action *action,
					     const struct manual_context *context, const struct live *live)
{
	for (size_t i = 0; context->before && i < action->expect.subscription_ids.count; i++) {
		const char *id = action->expect.subscription_ids.items[i];
		const struct subscription *was = live_find_subscription(context->before, id);
		const struct subscription *now = live_find_subscription(live, id);
		if (was && now && now->seats > was->seats && !str_eq_fold(id, context->advisor_subscription))
			return now;
	}
	return NULL;
}

static const char *describe_growth(const struct action *action, const struct manual_context *context,
				   const struct live *live, const struct arrived *found, struct arena *out)
{
	const struct subscription *grew = which_grew(action, context, live);
	int64_t more = found->seats - found->new_seats - action->expect.seats;
	return arena_printf(
		out,
		"no subscription is new, but %s%s has %lld seats more: they share its term and cannot "
		"be given back by themselves. Have them provisioned as a subscription of their own",
		grew ? "subscription " : "one that was there", grew ? grew->id : "", (long long)more);
}

enum probe receive_probe(const struct action *action, const struct manual_context *context,
			 const struct live *live, struct arena *out, const char **ret_detail)
{
	const struct arrived found = arrived_look(action, context, live);
	const int64_t wanted = action->result.seats - action->expect.seats;
	const char *what = programme_meant(action->programme)->brings;
	if (found.new_seats >= wanted) {
		if (arrived_pool_has(action, context, live, found.seats)) {
			*ret_detail = arrived_text(&found, found.new_seats - wanted, out);
			return PROBE_SEEN;
		}
		*ret_detail = "the subscription is there; its seats cannot be assigned yet";
		return PROBE_NOT_YET;
	}
	if (found.newest)
		*ret_detail = arena_printf(out, "only %lld new seats are there, ordered were %lld: %s",
					   (long long)found.new_seats, (long long)wanted,
					   arrived_text(&found, 0, out));
	else if (found.passing)
		*ret_detail = arrived_passing_text(&found, context, what, out);
	else if (found.seats > action->expect.seats)
		*ret_detail = describe_growth(action, context, live, &found, out);
	else
		*ret_detail = arrived_elsewhere(action, context, live, what, out);
	return *ret_detail ? PROBE_OTHER : PROBE_NOT_YET;
}

static void add_what(const struct action *action, const struct manual_context *context, struct arena *tmp,
		     struct strbuf *out)
{
	strbuf_addf(out, "  SEATS    %lld × %s\n", (long long)action->seats,
		    quote_terminal(tmp, context->part_number));
	if (context->order_reference)
		strbuf_addf(out, "  ORDER    %s, %s\n", quote_terminal(tmp, context->distributor),
			    quote_terminal(tmp, context->order_reference));
	if (action->return_until)
		strbuf_addf(out, "  EXIT     they can be given back until %s\n",
			    quote_terminal(tmp, action->return_until));
}

void receive_card(const struct action *action, const struct manual_context *context, const struct live *live,
		  struct strbuf *out)
{
	(void)live;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct programme *programme = programme_find(action->programme);
	const char *provider = action->provisioned_by ? quote_terminal(tmp, action->provisioned_by)
			       : programme && programme->provider ? programme->provider
								  : "whoever provisions them";
	bool transferred = str_eq(action->arrives_by, arrival_names[ARRIVE_TRANSFERRED]);
	strbuf_add(out, "receive-seats: they come into the tenant whose id you give\n\n");
	arrived_add_tenant(context, tmp, out);
	strbuf_addf(out, "  FROM     %s\n", provider);
	add_what(action, context, tmp, out);
	strbuf_addf(out,
		    "\n  1. Give %s the tenant's ID and DOMAIN as they stand above, and have "
		    "the ID read back: a name alone has led to the wrong tenant before.\n",
		    provider);
	if (transferred)
		strbuf_addf(out,
			    "  2. Ask for the transfer of %lld × %s, and have it accepted by a "
			    "Global or Billing Administrator of %s.\n",
			    (long long)action->seats, quote_terminal(tmp, context->part_number),
			    quote_terminal(tmp, context->tenant_domain));
	else
		strbuf_addf(out, "  2. Ask for %lld × %s: %s.\n", (long long)action->seats,
			    quote_terminal(tmp, context->part_number),
			    programme && programme->ask_for ? programme->ask_for
							    : "a subscription of its own in this tenant");
	strbuf_add(out, "  3. Ask for nothing else: no licence is to be assigned and no subscription "
			"cancelled by them. This plan does the one, and a later step the other.\n"
			"  4. Write down the order's number, the subscription's id and the day.\n");
	strbuf_addf(out,
		    "\n  Verified when Graph shows a NEW subscription in this tenant with %lld seats or "
		    "more of %s. Seats on one that is there already do not count.\n",
		    (long long)(action->result.seats - action->expect.seats),
		    quote_terminal(tmp, context->part_number));
}
