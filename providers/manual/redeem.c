/*
 * redeem-key: the product key is redeemed in the customer's tenant.
 *
 * No API redeems a key or tells a key's state; its effect shows as a new subscription of the SKU, as
 * seats on an existing one, or as a later end date, depending on what the person clicked.
 */
#include "providers/manual/redeem.h"

#include "core/quote.h"

#include <string.h>

/* What the SKU's subscriptions add up to, the Advisor one left out. */
struct found {
	int64_t seats;
	const struct subscription *newest; /* one that was not there when the plan was made */
	const char *ends;                  /* the latest end among them, YYYY-MM-DD… */
};

static bool counts(const struct subscription *s, const struct action *action,
		   const struct manual_context *context)
{
	bool usable = s->status == SUBSCRIPTION_ENABLED && !s->is_trial;
	return usable && str_eq(s->sku_id, action->sku_id) && !str_eq(s->id, context->advisor_subscription);
}

static struct found look(const struct action *action, const struct manual_context *context,
			 const struct live *live)
{
	struct found found = {0};
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (!counts(s, action, context))
			continue;
		found.seats += s->seats;
		if (!str_list_has(&action->expect.subscription_ids, s->id))
			found.newest = s;
		if (s->next_lifecycle && (!found.ends || strcmp(s->next_lifecycle, found.ends) > 0))
			found.ends = s->next_lifecycle;
	}
	return found;
}

/* Whether the term ends on a later day than when the plan was made. */
static bool end_moved(const struct action *action, const struct found *found)
{
	return found->ends && action->expect.ends &&
	       strncmp(found->ends, action->expect.ends, strlen(action->expect.ends)) > 0;
}

/* The seats must also be assignable: the SKU's own row lags behind the list of subscriptions. */
static bool pool_has(const struct action *action, const struct live *live)
{
	const struct sku *sku = live_find_sku(live, action->sku_id);
	return sku && sku->enabled >= action->result.seats;
}

static enum probe probe_extension(const struct action *action, const struct found *found,
				  struct arena *out, const char **ret_detail)
{
	if (end_moved(action, found) && found->seats >= action->result.seats) {
		*ret_detail = arena_printf(out, "the term now ends %.10s", found->ends);
		return PROBE_SEEN;
	}
	if (found->seats > action->expect.seats || found->newest) {
		*ret_detail = "seats were added, but the end date did not move: the key was not redeemed as an extension";
		return PROBE_OTHER;
	}
	return PROBE_NOT_YET;
}

enum probe redeem_probe(const struct action *action, const struct manual_context *context,
			const struct live *live, struct arena *out, const char **ret_detail)
{
	struct found found = look(action, context, live);
	if (str_eq(action->redeem_as, "extend-term"))
		return probe_extension(action, &found, out, ret_detail);
	if (found.seats >= action->result.seats && !pool_has(action, live)) {
		*ret_detail = "the subscription is there; its seats cannot be assigned yet";
		return PROBE_NOT_YET;
	}
	if (found.seats >= action->result.seats) {
		*ret_detail = found.newest ? arena_printf(out, "subscription %s with %lld seats is there",
							  found.newest->id, (long long)found.newest->seats)
					   : arena_printf(out, "an existing subscription grew: %lld seats are there",
							  (long long)found.seats);
		return PROBE_SEEN;
	}
	if (found.seats > action->expect.seats) {
		*ret_detail = arena_printf(out, "only %lld seats are there, planned were %lld: is it another key?",
					   (long long)found.seats, (long long)action->result.seats);
		return PROBE_OTHER;
	}
	if (end_moved(action, &found)) {
		*ret_detail = arena_printf(out, "no seats came, but the term now ends %.10s: the key was redeemed as an "
						"extension", found.ends);
		return PROBE_OTHER;
	}
	return PROBE_NOT_YET;
}

/* Which of the wizard's three ways to click. */
static const struct {
	const char *redeem_as;
	const char *how;
} ways[] = {
	{"new-subscription", "open https://microsoft365.com/setupbusiness in that window and activate the key as NEW"},
	{"add-seats", "Billing > Your products > the Open subscription > Add more licenses > use a product key"},
	{"extend-term", "Billing > Your products > the Open subscription > Extend end date > use a product key"},
};

char *manual_sign_in_link(const struct manual_context *context, struct arena *out)
{
	return arena_printf(out,
			    "%s/%s/oauth2/v2.0/authorize?client_id=00000006-0000-0ff1-ce00-000000000000"
			    "&response_type=code&redirect_uri=https%%3A%%2F%%2Fadmin.microsoft.com%%2Flanding"
			    "&scope=openid&domain_hint=%s",
			    quote_terminal(out, context->login_url), quote_url(out, context->tenant_id),
			    quote_url(out, context->tenant_domain));
}

void redeem_card(const struct action *action, const struct manual_context *context, const struct live *live,
		 struct strbuf *out)
{
	(void)live;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *domain = quote_terminal(tmp, context->tenant_domain);
	strbuf_addf(out, "STEP %s  redeem-key: a key works once, in whatever tenant the browser is signed in to\n\n",
		    action->id);
	strbuf_addf(out, "  TENANT   %s\n  DOMAIN   %s\n  ID       %s\n\n",
		    quote_terminal(tmp, context->tenant_name), domain,
		    quote_terminal(tmp, context->tenant_id));
	strbuf_addf(out, "  KEY      %lld × %s%s%s\n", (long long)action->seats,
		    quote_terminal(tmp, context->part_number), action->key_ends_in ? ", ends in " : "",
		    quote_terminal(tmp, action->key_ends_in));
	if (context->order_reference)
		strbuf_addf(out, "  ORDER    %s, %s\n", quote_terminal(tmp, context->distributor),
			    quote_terminal(tmp, context->order_reference));
	strbuf_addf(out, "\n  1. Open a PRIVATE browser window and sign in as a Global or Billing Administrator of %s:\n"
			 "     %s\n",
		    domain, manual_sign_in_link(context, tmp));
	strbuf_addf(out, "  2. Check that the admin centre shows %s, not another customer and not the partner.\n", domain);
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (str_eq(ways[i].redeem_as, action->redeem_as))
			strbuf_addf(out, "  3. Redeem it: %s.\n", ways[i].how);
	strbuf_add(out, "  4. Close the private window.\n");
	strbuf_addf(out, "\n  Verified when Graph shows %lld seats of %s in this tenant.\n",
		    (long long)action->result.seats, quote_terminal(tmp, context->part_number));
}
