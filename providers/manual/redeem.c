/*
 * redeem-key: the product key is redeemed in the customer's tenant.
 *
 * No API redeems a key or tells a key's state; its effect shows as a new subscription of the SKU, as
 * seats on an existing one, or as a later end date, depending on what the person clicked.
 */
#include "providers/manual/redeem.h"

#include "core/clock.h"
#include "core/quote.h"
#include "providers/manual/portals.h"

#include <string.h>

/* What the SKU's subscriptions add up to, those that are to be retired left out. */
struct found {
	int64_t seats;
	const struct subscription *newest; /* one that was not there when the plan was made */
	size_t new_count;		   /* how many there are of those, and their seats */
	int64_t new_seats;
	const char *ends;		    /* the latest end of those that were, YYYY-MM-DD… */
	const struct subscription *passing; /* a new one that is a trial, or ends too soon; or NULL */
};

/* Seats that come to a subscription which is to be cancelled are no proof of anything. */
static bool is_to_go(const struct subscription *s, const struct manual_context *context)
{
	return str_eq_fold(s->id, context->advisor_subscription) ||
	       (context->also_goes && context->also_goes(context->also_goes_ctx, s->id));
}

static bool counts(const struct subscription *s, const struct action *action,
		   const struct manual_context *context)
{
	bool usable = s->status == SUBSCRIPTION_ENABLED && !s->is_trial;
	return usable && str_eq(s->sku_id, action->sku_id) && !is_to_go(s, context);
}

/* Seats that do not outlast the retirement would leave people without service a little later. */
static bool is_too_short(const struct subscription *s, const struct action *action,
			 const struct manual_context *context)
{
	int64_t ends_ms;
	return context->needed_until && !str_eq(action->redeem_as, "extend-term") && s->next_lifecycle &&
	       timestamp_parse(s->next_lifecycle, &ends_ms) && date_of_ms(ends_ms) <= context->needed_until;
}

/* What came, and is not what was ordered. */
static bool is_passing(const struct subscription *s, const struct action *action,
		       const struct manual_context *context)
{
	bool is_new = s->status == SUBSCRIPTION_ENABLED && str_eq(s->sku_id, action->sku_id) &&
		      !is_to_go(s, context) && !str_list_has(&action->expect.subscription_ids, s->id);
	return is_new && (s->is_trial || is_too_short(s, action, context));
}

static struct found look(const struct action *action, const struct manual_context *context,
			 const struct live *live)
{
	struct found found = {0};
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (is_passing(s, action, context)) {
			found.passing = s;
			continue;
		}
		if (!counts(s, action, context))
			continue;
		found.seats += s->seats;
		if (!str_list_has(&action->expect.subscription_ids, s->id)) {
			found.newest = s;
			found.new_count++;
			found.new_seats += s->seats;
			continue;
		}
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

/*
 * The seats must also be assignable: the SKU's own row lags behind the list of subscriptions. It sums up
 * all subscriptions, so those of the SKU that are to go do not stand in for the ones that came.
 */
static bool pool_has(const struct action *action, const struct manual_context *context,
		     const struct live *live)
{
	const struct sku *sku = live_find_sku(live, action->sku_id);
	int64_t to_go = 0;
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (s->status == SUBSCRIPTION_ENABLED && str_eq(s->sku_id, action->sku_id) &&
		    is_to_go(s, context))
			to_go += s->seats;
	}
	return sku && sku->enabled >= action->result.seats + to_go;
}

static const char *until(const struct subscription *s, struct arena *out)
{
	return s->next_lifecycle ? arena_printf(out, ", until %.10s", s->next_lifecycle) : "";
}

static enum probe probe_extension(const struct action *action, const struct found *found, struct arena *out,
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

static const char *describe_seats(const struct found *found, struct arena *out)
{
	if (!found->newest)
		return arena_printf(out, "an existing subscription grew: %lld seats are there",
				    (long long)found->seats);
	if (found->new_count > 1)
		return arena_printf(out, "%zu new subscriptions with together %lld seats are there",
				    found->new_count, (long long)found->new_seats);
	return arena_printf(out, "subscription %s with %lld seats is there%s", found->newest->id,
			    (long long)found->newest->seats, until(found->newest, out));
}

static const char *describe_passing(const struct subscription *s, const struct manual_context *context,
				    struct arena *out)
{
	char needed[DATE_TEXT_SIZE];
	if (s->is_trial)
		return arena_printf(
			out, "subscription %s with %lld seats is new, but a trial%s: is it another key?",
			s->id, (long long)s->seats, until(s, out));
	date_format(context->needed_until, needed);
	return arena_printf(
		out,
		"subscription %s with %lld seats is new, but ends %.10s, and its seats are needed "
		"beyond %s: is it another key?",
		s->id, (long long)s->seats, s->next_lifecycle, needed);
}

static enum probe probe_seats(const struct action *action, const struct manual_context *context,
			      const struct live *live, const struct found *found, struct arena *out,
			      const char **ret_detail)
{
	if (found->seats >= action->result.seats && !pool_has(action, context, live)) {
		*ret_detail = "the subscription is there; its seats cannot be assigned yet";
		return PROBE_NOT_YET;
	}
	if (found->seats >= action->result.seats) {
		*ret_detail = describe_seats(found, out);
		return PROBE_SEEN;
	}
	if (found->seats > action->expect.seats) {
		*ret_detail =
			arena_printf(out, "only %lld seats are there, planned were %lld: is it another key?",
				     (long long)found->seats, (long long)action->result.seats);
		return PROBE_OTHER;
	}
	if (found->passing) {
		*ret_detail = describe_passing(found->passing, context, out);
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

/* As many seats as the key holds, of something else: the distributor sent, or the person took, another key.
 */
static const struct subscription *other_product(const struct action *action,
						const struct manual_context *context, const struct live *live)
{
	for (size_t i = 0; context->before && i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (s->status == SUBSCRIPTION_ENABLED && !s->is_trial && s->seats == action->seats &&
		    !str_eq(s->sku_id, action->sku_id) && !live_find_subscription(context->before, s->id))
			return s;
	}
	return NULL;
}

/* What came to this tenant, but not as seats of the SKU; NULL when nothing did. */
static const char *seen_elsewhere(const struct action *action, const struct manual_context *context,
				  const struct live *live, struct arena *out)
{
	const struct subscription *other = other_product(action, context, live);
	if (other)
		return arena_printf(
			out,
			"subscription %s with %lld seats of %s is new: is it the key of another product?",
			other->id, (long long)other->seats, other->part_number);
	const struct subscription *advisor =
		context->advisor_subscription ? live_find_subscription(live, context->advisor_subscription)
					      : NULL;
	if (!advisor || advisor->seats <= context->advisor_seats)
		return NULL;
	return arena_printf(
		out,
		"the Advisor subscription %s has %lld seats instead of %lld, and nothing else grew: it "
		"is to be cancelled, so that proves nothing",
		advisor->id, (long long)advisor->seats, (long long)context->advisor_seats);
}

enum probe redeem_probe(const struct action *action, const struct manual_context *context,
			const struct live *live, struct arena *out, const char **ret_detail)
{
	struct found found = look(action, context, live);
	enum probe probe = str_eq(action->redeem_as, "extend-term")
				   ? probe_extension(action, &found, out, ret_detail)
				   : probe_seats(action, context, live, &found, out, ret_detail);
	if (probe == PROBE_NOT_YET && !*ret_detail &&
	    (*ret_detail = seen_elsewhere(action, context, live, out)))
		return PROBE_OTHER;
	return probe;
}

/* What the key made or, where it made no subscription of its own, all that it can have gone to. */
void redeem_found(const struct action *action, const struct manual_context *context, const struct live *live,
		  struct arena *out, struct subscription_list *ret_found)
{
	bool is_new = look(action, context, live).newest != NULL;
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (counts(s, action, context) &&
		    (!is_new || !str_list_has(&action->expect.subscription_ids, s->id)))
			VEC_PUSH(out, ret_found, *s);
	}
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
	{"add-seats",
	 "Billing > Your products > the Open subscription\n     > Add more licenses > use a product key"},
	{"extend-term",
	 "Billing > Your products > the Open subscription\n     > Extend end date > use a product key"},
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
	strbuf_addf(out, "  TENANT   %s\n  DOMAIN   %s\n  ID       %s\n\n",
		    quote_terminal(tmp, context->tenant_name), domain,
		    quote_terminal(tmp, context->tenant_id));
	strbuf_addf(out, "  KEY      %lld × %s%s%s\n", (long long)action->seats,
		    quote_terminal(tmp, context->part_number), action->key_ends_in ? ", ends in " : "",
		    quote_terminal(tmp, action->key_ends_in));
	if (context->order_reference)
		strbuf_addf(out, "  ORDER    %s, %s\n", quote_terminal(tmp, context->distributor),
			    quote_terminal(tmp, context->order_reference));
	strbuf_addf(out,
		    "\n  1. In a PRIVATE browser window, sign in at this tenant's own page as a Global\n"
		    "     or Billing Administrator of %s:\n     %s\n"
		    "     When it asks to confirm another domain: stop.\n",
		    domain, manual_sign_in_link(context, tmp));
	strbuf_addf(out, "  2. In the same window open the %sadmin centre:\n     %s%s\n",
		    where->admin_takes_domain ? "portal, and in it the " : "", where->admin,
		    where->admin_takes_domain ? quote_url(tmp, context->tenant_domain) : "");
	strbuf_addf(out, "     It must show %s, not another customer\n     and not the partner.\n", domain);
	add_way(action, where, out);
	strbuf_add(out, "  4. Close the private window.\n");
	strbuf_addf(out, "\n  Verified when Graph shows %lld seats in this tenant of\n  %s.\n",
		    (long long)action->result.seats, quote_terminal(tmp, context->part_number));
}
