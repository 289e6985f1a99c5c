/*
 * retire-subscription: the Advisor subscription is cancelled, by phone, in the portal, or by letting
 * it expire. A cancelled one becomes Suspended, LockedOut or Deleted, or is gone; Warning is not that, and
 * neither is a row that says so, or a list without it, while its seats are there.
 */
#include "providers/manual/retire.h"

#include "core/programmes.h"
#include "core/quote.h"
#include "providers/manual/phone.h"

enum { NAMED = 5, NAME_SHOWN = 70, DAY_LEN = 10 };

/* What the roll-up and the list say of the SKU. */
static const char *counted(const struct action *action, const struct live *live, struct arena *out)
{
	const struct sku *sku = live_find_sku(live, action->sku_id);
	return arena_printf(out, "%lld seats of %s are enabled, and the listed subscriptions have %lld",
			    (long long)(sku->enabled + sku->warning), quote_terminal(out, sku->part_number),
			    (long long)live_listed_seats(live, action->sku_id));
}

static enum probe probe_unlisted(const struct action *action, const struct live *live, struct arena *out,
				 const char **ret_detail)
{
	if (live_subscription_is_gone(live, action->subscription_id, action->sku_id)) {
		*ret_detail = arena_printf(out, "subscription %s is gone", action->subscription_id);
		return PROBE_SEEN;
	}
	*ret_detail = arena_printf(
		out, "subscription %s is not listed, but the list of subscriptions is incomplete: %s",
		action->subscription_id, counted(action, live, out));
	return PROBE_UNSURE;
}

static enum probe probe_retired(const struct action *action, const struct subscription *s,
				const struct live *live, struct arena *out, const char **ret_detail)
{
	if (live_subscription_is_retired(live, s)) {
		*ret_detail = arena_printf(out, "subscription %s is %s", s->id, s->status_text);
		return PROBE_SEEN;
	}
	*ret_detail = arena_printf(
		out, "subscription %s is listed as %s, but the tenant still counts its seats: %s", s->id,
		s->status_text, counted(action, live, out));
	return PROBE_UNSURE;
}

enum probe retire_probe(const struct action *action, const struct manual_context *context,
			const struct live *live, struct arena *out, const char **ret_detail)
{
	(void)context;
	const struct subscription *s = live_find_subscription(live, action->subscription_id);
	/* The plan names it by its own id: what only Commerce calls so is another row. */
	if (!s || !str_eq_fold(s->id, action->subscription_id))
		return probe_unlisted(action, live, out, ret_detail);
	if (subscription_is_retired(s))
		return probe_retired(action, s, live, out, ret_detail);
	if (s->status == SUBSCRIPTION_UNKNOWN) {
		*ret_detail = arena_printf(
			out, "subscription %s has the status '%s', which seatshift does not know", s->id,
			s->status_text);
		return PROBE_OTHER;
	}
	if (s->seats != action->expect.seats) {
		*ret_detail = arena_printf(
			out, "subscription %s is still %s, with %lld seats instead of %lld", s->id,
			s->status_text, (long long)s->seats, (long long)action->expect.seats);
		return PROBE_OTHER;
	}
	return PROBE_NOT_YET;
}

static void add_kept(const struct action *action, const char *id, const struct subscription *s,
		     struct arena *tmp, struct strbuf *out)
{
	strbuf_addf(out, "     %s", quote_terminal(tmp, id));
	if (s)
		strbuf_addf(out, "  %lld × %s%s", (long long)s->seats, quote_terminal(tmp, s->part_number),
			    str_eq_fold(s->sku_id, action->sku_id)
				    ? "\n       THE SAME SKU: tell them apart by id"
				    : "");
	strbuf_add_char(out, '\n');
}

/*
 * What the plan names, and what has come since: the subscription that the key made is in no snapshot of
 * the plan, and where it has the SKU of the one that goes, it is the one to be cancelled by mistake.
 */
static void add_keep_list(const struct action *action, const struct manual_context *context,
			  const struct live *live, struct arena *tmp, struct strbuf *out)
{
	strbuf_add(out, "\n  DO NOT CANCEL\n");
	for (size_t i = 0; i < action->keep.count; i++)
		add_kept(action, action->keep.items[i],
			 live ? live_find_subscription(live, action->keep.items[i]) : NULL, tmp, out);
	for (size_t i = 0; live && i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (!str_eq_fold(s->id, action->subscription_id) && !str_list_has(&action->keep, s->id) &&
		    !subscription_is_retired(s) &&
		    !(context->also_goes && context->also_goes(context->also_goes_ctx, s->id)))
			add_kept(action, s->id, s, tmp, out);
	}
	strbuf_addf(out,
		    "     anything but the subscription named above,\n     least of all what %s brought\n",
		    programme_meant(context->programme)->arrives == ARRIVE_BY_KEY ? "the product key"
										  : "the new order");
}

/* Whose licence goes with the subscription, where no other has seats for it: nobody is to be surprised. */
static void add_still_holds(const struct manual_context *context, struct arena *tmp, struct strbuf *out)
{
	const struct str_list *names = &context->still_holds;
	if (!names->count)
		return;
	strbuf_add(out, "\n  STILL HELD ON PURPOSE BY\n");
	for (size_t i = 0; i < names->count && i < NAMED; i++)
		strbuf_addf(out, "     %s\n", quote_terminal_cut(tmp, names->items[i], NAME_SHOWN));
	if (names->count > NAMED)
		strbuf_addf(out, "     and %zu more\n", names->count - NAMED);
}

struct asking {
	const struct action *action;
	const struct manual_context *context;
	const struct subscription *now; /* as it is; NULL: not read */
	struct arena *tmp;
	struct strbuf *out;
};

/* That there is no fee is known of one programme; of the others somebody has to ask. */
static void add_bought(const struct asking *a)
{
	const struct programme *programme = programme_meant(a->context->programme);
	strbuf_addf(a->out, "  3. Say that the seats were purchased %s: %s\n", programme->bought,
		    programme->no_fee ? "so there is no early-cancellation fee."
				      : "ask whether there is an early-cancellation fee.");
}

static void add_phone_steps(const struct asking *a)
{
	strbuf_add(a->out, "  1. Call Microsoft:\n");
	phone_add(a->out);
	strbuf_addf(a->out,
		    "  2. Give the domain %s.\n"
		    "     Ask to cancel the Advisor licences: %lld × %s, subscription %s.\n",
		    quote_terminal(a->tmp, a->context->tenant_domain), (long long)a->action->seats,
		    quote_terminal(a->tmp, a->context->part_number),
		    quote_terminal(a->tmp, a->action->subscription_id));
	add_bought(a);
	strbuf_add(a->out, "  4. Write down the case number, the agent's name and the date.\n");
}

static void add_in_admin_centre(const struct asking *a, const char *what)
{
	strbuf_addf(a->out, "  1. Sign in to the admin centre of %s in a private window.\n",
		    quote_terminal(a->tmp, a->context->tenant_domain));
	strbuf_addf(a->out,
		    "  2. Billing > Your products > %s (subscription %s, %lld seats)\n"
		    "     > %s.\n",
		    quote_terminal(a->tmp, a->context->part_number),
		    quote_terminal(a->tmp, a->action->subscription_id), (long long)a->action->seats, what);
	strbuf_add(a->out, "  3. Do not remove the domain, and do not use 'delete subscription'.\n");
}

static const char *day_text(const struct asking *a, const char *timestamp)
{
	return quote_terminal(a->tmp, arena_strndup(a->tmp, timestamp, DAY_LEN));
}

/* Of many subscriptions the portal has no such button any more, some days after they were bought or renewed.
 */
static void add_portal_steps(const struct asking *a)
{
	const char *bought = a->now ? a->now->created : NULL;
	const char *ends = a->now ? a->now->next_lifecycle : NULL;
	add_in_admin_centre(a, "Cancel subscription");
	strbuf_addf(a->out,
		    "  4. Many subscriptions can be cancelled there only within %d days of their "
		    "purchase or renewal.",
		    (int)cancel_way_of(CANCEL_PORTAL)->window_days);
	if (bought)
		strbuf_addf(a->out, " By Graph it was bought on %s.", day_text(a, bought));
	if (ends)
		strbuf_addf(a->out, " The term that runs ends on %s.", day_text(a, ends));
	strbuf_add(a->out, "\n     Where the portal does not offer it: switch recurring billing off and say "
			   "'cancel_by: let-expire', or call Microsoft and say 'cancel_by: phone'.\n");
}

/* Who sold it cancels it, in a portal of their own; the admin centre may show it weeks later. */
static void add_distributor_steps(const struct asking *a)
{
	strbuf_addf(a->out,
		    "  1. Ask the distributor who sold it to cancel it, with the tenant's ID and DOMAIN "
		    "as they stand above, and have the ID read back:\n"
		    "     %lld × %s, subscription %s.\n",
		    (long long)a->action->seats, quote_terminal(a->tmp, a->context->part_number),
		    quote_terminal(a->tmp, a->action->subscription_id));
	strbuf_addf(a->out,
		    "  2. Within its term that is possible for %d days from its purchase or renewal.\n"
		    "     After these, have its renewal switched off and say 'cancel_by: let-expire'.\n"
		    "  3. Write down the case number, who answered and the date.\n",
		    (int)cancel_way_of(CANCEL_DISTRIBUTOR)->window_days);
}

/* What Graph can show is shown: the end of the term, and so the day after which it is paid for once more. */
static void add_expiry_steps(const struct asking *a)
{
	const char *ends = a->now && a->now->next_lifecycle ? day_text(a, a->now->next_lifecycle) : NULL;
	add_in_admin_centre(a, "Edit recurring billing > Off");
	if (ends)
		strbuf_addf(a->out,
			    "     Its term ends on %s by Graph: on that day it renews, for a whole term, "
			    "unless recurring billing is off before.\n",
			    ends);
	strbuf_add(a->out, "  4. Look again: the product must say when it expires, not when it renews.\n"
			   "  5. Graph shows nothing until the term ends: record it with "
			   "'step … --done', below.\n");
}

static void (*const steps[CANCEL_COUNT])(const struct asking *) = {
	[CANCEL_PHONE] = add_phone_steps,
	[CANCEL_PORTAL] = add_portal_steps,
	[CANCEL_DISTRIBUTOR] = add_distributor_steps,
	[CANCEL_LET_EXPIRE] = add_expiry_steps,
};

static void add_steps(const struct asking *a)
{
	for (size_t i = 0; i < CANCEL_COUNT; i++)
		if (str_eq(cancel_names[i], a->action->cancel_by))
			steps[i](a);
}

void retire_card(const struct action *action, const struct manual_context *context, const struct live *live,
		 struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	strbuf_addf(out, "retire-subscription: %s%s%s\n\n", quote_terminal(tmp, action->cancel_by),
		    action->retire_by ? ", by " : "", quote_terminal(tmp, action->retire_by));
	strbuf_addf(out, "  TENANT   %s\n  DOMAIN   %s\n  ID       %s\n\n",
		    quote_terminal(tmp, context->tenant_name), quote_terminal(tmp, context->tenant_domain),
		    quote_terminal(tmp, context->tenant_id));
	strbuf_addf(out, "  %s %lld × %s,\n           subscription %s\n\n",
		    cancel_way_find(action->cancel_by)->expires ? "EXPIRES " : "CANCEL  ",
		    (long long)action->seats, quote_terminal(tmp, context->part_number),
		    quote_terminal(tmp, action->subscription_id));
	add_steps(&(struct asking){action, context,
				   live ? live_find_subscription(live, action->subscription_id) : NULL, tmp,
				   out});
	add_keep_list(action, context, live, tmp, out);
	add_still_holds(context, tmp, out);
	strbuf_add(out,
		   cancel_way_find(action->cancel_by)->expires
			   ? "\n  Attested by you; asked again until Graph confirms, and told when the term "
			     "has another end: then it has renewed.\n"
			   : "\n  Verified when two reads, some seconds apart, show it Suspended, LockedOut, "
			     "Deleted or gone.\n");
}
