/*
 * reactivate-subscription: what was cancelled is brought back in the admin centre, before it is deleted. It
 * is there when Graph shows it in use again, with its seats: nobody can be given a seat of a suspended one.
 */
#include "providers/manual/reactivate.h"

#include "core/programmes.h"
#include "core/quote.h"
#include "providers/manual/phone.h"

/* Its row may be ahead of the SKU's roll-up: nobody can be given a seat that this does not count. */
static bool seats_are_counted(const struct live *live, const char *sku_id)
{
	const struct sku *sku = live_find_sku(live, sku_id);
	return sku && sku->enabled + sku->warning >= live_listed_seats(live, sku_id);
}

static bool is_in_use(const struct subscription *s)
{
	return s->status == SUBSCRIPTION_ENABLED || s->status == SUBSCRIPTION_WARNING;
}

enum probe reactivate_probe(const struct action *action, const struct manual_context *context,
			    const struct live *live, struct arena *out, const char **ret_detail)
{
	(void)context;
	const struct subscription *s = live_find_subscription(live, action->subscription_id);
	if (!s || s->status == SUBSCRIPTION_DELETED) {
		*ret_detail = arena_printf(out, "subscription %s is %s: it can be reactivated no more",
					   action->subscription_id, s ? "deleted" : "gone");
		return PROBE_OTHER;
	}
	if (!is_in_use(s)) {
		*ret_detail = str_eq(s->status_text, action->expect.status)
				      ? NULL
				      : arena_printf(out, "subscription %s is %s", s->id, s->status_text);
		return *ret_detail ? PROBE_OTHER : PROBE_NOT_YET;
	}
	if (s->seats < action->seats) {
		*ret_detail =
			arena_printf(out, "subscription %s is %s, but with %lld seats instead of %lld", s->id,
				     s->status_text, (long long)s->seats, (long long)action->seats);
		return PROBE_OTHER;
	}
	if (!seats_are_counted(live, s->sku_id)) {
		*ret_detail = arena_printf(out, "subscription %s is %s; its seats cannot be assigned yet",
					   s->id, s->status_text);
		return PROBE_UNSURE;
	}
	*ret_detail = arena_printf(out, "subscription %s is %s, with %lld seats", s->id, s->status_text,
				   (long long)s->seats);
	return PROBE_SEEN;
}

static void add_until(const struct action *action, struct arena *tmp, struct strbuf *out)
{
	if (action->expect.ends)
		strbuf_addf(out,
			    "  UNTIL    %s: on that day it is deleted, and then nothing brings it back\n\n",
			    quote_terminal(tmp, action->expect.ends));
	else
		strbuf_addf(out,
			    "  UNTIL    %d days after it was cancelled: then it is deleted, and nothing "
			    "brings it back\n\n",
			    (int)grace_of(GRACE_CANCELLED)->reactivatable_days);
}

static void add_phone(const struct action *action, const struct manual_context *context, struct arena *tmp,
		      struct strbuf *out)
{
	strbuf_add(out, "  3. Where it offers no such thing, call Microsoft:\n");
	phone_add(out);
	strbuf_addf(out,
		    "     Give the domain %s, and ask to reactivate "
		    "subscription %s with %lld seats.\n"
		    "     Write down the case number, the agent's name and the date.\n",
		    quote_terminal(tmp, context->tenant_domain), quote_terminal(tmp, action->subscription_id),
		    (long long)action->seats);
}

void reactivate_card(const struct action *action, const struct manual_context *context,
		     const struct live *live, struct strbuf *out)
{
	(void)live;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *part = quote_terminal(tmp, context->part_number);
	strbuf_add(out, "reactivate-subscription: the way back begins with it\n\n");
	strbuf_addf(out, "  TENANT   %s\n  DOMAIN   %s\n  ID       %s\n\n",
		    quote_terminal(tmp, context->tenant_name), quote_terminal(tmp, context->tenant_domain),
		    quote_terminal(tmp, context->tenant_id));
	strbuf_addf(out, "  BRING BACK  %lld × %s,\n              subscription %s, now %s\n",
		    (long long)action->seats, part, quote_terminal(tmp, action->subscription_id),
		    quote_terminal(tmp, action->expect.status));
	add_until(action, tmp, out);
	strbuf_addf(out,
		    "  1. In a PRIVATE browser window, sign in at this tenant's own page as a Global "
		    "or Billing Administrator of %s:\n     %s\n",
		    quote_terminal(tmp, context->tenant_domain), manual_sign_in_link(context, tmp));
	strbuf_addf(out,
		    "  2. Billing > Your products > the %s that is disabled "
		    "(subscription %s)\n     > Reactivate this subscription. It is billed again from "
		    "then on.\n",
		    part, quote_terminal(tmp, action->subscription_id));
	add_phone(action, context, tmp, out);
	strbuf_addf(out, "\n  Verified when Graph shows it Enabled, with %lld seats.\n",
		    (long long)action->seats);
}
