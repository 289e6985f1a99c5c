/* Seats that came to a tenant. */
#include "providers/manual/arrived.h"

#include "core/clock.h"
#include "core/quote.h"

#include <string.h>

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

struct arrived arrived_look(const struct action *action, const struct manual_context *context,
			    const struct live *live)
{
	struct arrived found = {0};
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

bool arrived_pool_has(const struct action *action, const struct manual_context *context,
		      const struct live *live, int64_t seats)
{
	const struct sku *sku = live_find_sku(live, action->sku_id);
	int64_t to_go = 0;
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (s->status == SUBSCRIPTION_ENABLED && str_eq(s->sku_id, action->sku_id) &&
		    is_to_go(s, context))
			to_go += s->seats;
	}
	return sku && sku->enabled >= seats + to_go;
}

static const char *until(const struct subscription *s, struct arena *out)
{
	return s->next_lifecycle ? arena_printf(out, ", until %.10s", s->next_lifecycle) : "";
}

static const char *what_came(const struct arrived *found, struct arena *out)
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

const char *arrived_text(const struct arrived *found, int64_t more, struct arena *out)
{
	const char *came = what_came(found, out);
	return more > 0 ? arena_printf(out,
				       "%s; that is %lld more than planned: is it another purchase as well?",
				       came, (long long)more)
			: came;
}

const char *arrived_passing_text(const struct arrived *arrived, const struct manual_context *context,
				 const char *what, struct arena *out)
{
	const struct subscription *s = arrived->passing;
	char needed[DATE_TEXT_SIZE];
	if (s->is_trial)
		return arena_printf(
			out, "subscription %s with %lld seats is new, but a trial%s: is it another %s?",
			s->id, (long long)s->seats, until(s, out), what);
	date_format(context->needed_until, needed);
	return arena_printf(
		out,
		"subscription %s with %lld seats is new, but ends %.10s, and its seats are needed "
		"beyond %s: is it another %s? Have one arranged that lasts longer; where its term "
		"renews, say 'accept: {renewing: [%s]}' in the customer file, and plan again",
		s->id, (long long)s->seats, s->next_lifecycle, needed, what, s->id);
}

/* As many seats as were ordered, of something else: another product was sent, or taken. */
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

const char *arrived_elsewhere(const struct action *action, const struct manual_context *context,
			      const struct live *live, const char *what, struct arena *out)
{
	const struct subscription *other = other_product(action, context, live);
	if (other)
		return arena_printf(
			out, "subscription %s with %lld seats of %s is new: is it the %s of another product?",
			other->id, (long long)other->seats, other->part_number, what);
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

void arrived_list(const struct action *action, const struct manual_context *context, const struct live *live,
		  struct arena *out, struct subscription_list *ret_found)
{
	bool is_new = arrived_look(action, context, live).newest != NULL;
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (counts(s, action, context) &&
		    (!is_new || !str_list_has(&action->expect.subscription_ids, s->id)))
			VEC_PUSH(out, ret_found, *s);
	}
}

void arrived_add_tenant(const struct manual_context *context, struct arena *tmp, struct strbuf *out)
{
	strbuf_addf(out, "  TENANT   %s\n  DOMAIN   %s\n  ID       %s\n\n",
		    quote_terminal(tmp, context->tenant_name), quote_terminal(tmp, context->tenant_domain),
		    quote_terminal(tmp, context->tenant_id));
}
