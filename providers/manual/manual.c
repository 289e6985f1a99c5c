/* Steps done by a person, by kind: one row each. */
#include "providers/manual/manual.h"

#include "core/programmes.h"
#include "core/quote.h"
#include "providers/manual/arrived.h"
#include "providers/manual/partner.h"
#include "providers/manual/reactivate.h"
#include "providers/manual/receive.h"
#include "providers/manual/redeem.h"
#include "providers/manual/retire.h"

enum { PLAN_SHOWN = 8 };

struct manual_step {
	enum probe (*probe)(const struct action *, const struct manual_context *, const struct live *,
			    struct arena *, const char **);
	void (*card)(const struct action *, const struct manual_context *, const struct live *,
		     struct strbuf *);
	const char *waits_for;
	const char *evidence; /* what can be said of it, as options of 'step --done' */
	/* What the step brought; NULL: nothing that could be named. */
	void (*found)(const struct action *, const struct manual_context *, const struct live *,
		      struct arena *, struct subscription_list *);
};

static const struct manual_step steps[ACTION_KIND_COUNT] = {
	[ACTION_ADD_PARTNER] = {partner_probe, partner_card,
				"the customer to accept the partner's invitation", "--note TEXT"},
	[ACTION_REDEEM_KEY] = {redeem_probe, redeem_card, "the product key to be redeemed", "--note TEXT",
			       arrived_list},
	[ACTION_RECEIVE_SEATS] = {receive_probe, receive_card, "the seats to be provisioned",
				  "--case NUMBER --note TEXT", arrived_list},
	[ACTION_RETIRE_SUBSCRIPTION] = {retire_probe, retire_card, "the Advisor subscription to be cancelled",
					"--case NUMBER --agent NAME"},
	[ACTION_REACTIVATE_SUBSCRIPTION] = {reactivate_probe, reactivate_card,
					    "the retired subscription to be reactivated",
					    "--case NUMBER --agent NAME"},
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

/* Before anything that could be taken for an order. */
static void add_not_yet(const struct action *action, const struct manual_context *context, struct strbuf *out)
{
	if (context->not_yet)
		strbuf_addf(out, "%s\n  First: %s.\n\n",
			    action->kind == ACTION_RETIRE_SUBSCRIPTION
				    ? "DO NOT CANCEL YET: people would lose what they work with."
				    : "NOT YET: this step's turn has not come.",
			    context->not_yet);
}

static void add_head(const struct action *action, const struct manual_context *context, struct strbuf *out)
{
	add_not_yet(action, context, out);
	if (context->step)
		strbuf_addf(out, "STEP %zu of %zu (%s)\n", context->step, context->steps, action->id);
	else
		strbuf_addf(out, "STEP %s\n", action->id);
}

/* What comes next, in commands that can be copied. */
static void add_foot(const struct action *action, const struct manual_context *context, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *plan = context->plan_id
				   ? quote_terminal(tmp, arena_strndup(tmp, context->plan_id, PLAN_SHOWN))
				   : NULL;
	if (!plan)
		return;
	strbuf_add_char(out, '\n');
	if (action->kind == ACTION_REDEEM_KEY)
		strbuf_addf(out, "  SEE THE KEY  seatshift step %s %s --show-key\n", plan, action->id);
	if (!context->not_yet)
		strbuf_addf(out, "  WRITE DOWN   seatshift step %s %s --done %s\n", plan, action->id,
			    steps[action->kind].evidence);
	if (context->is_waited_for)
		strbuf_add(out,
			   "\n  This run looks again by itself; Enter looks now. What is written down in "
			   "another terminal meanwhile is taken up. Ctrl-C is safe: apply resumes.\n");
	else if (context->resume)
		strbuf_addf(out, "  RESUME       %s\n", context->resume);
}

void manual_card(const struct action *action, const struct manual_context *context, const struct live *live,
		 struct strbuf *out)
{
	add_head(action, context, out);
	steps[action->kind].card(action, context, live, out);
	add_foot(action, context, out);
}

const char *manual_waits_for(const struct action *action, const struct manual_context *context,
			     struct arena *out)
{
	const char *what = cancel_way_find(action->cancel_by)->expires
				   ? "recurring billing to be switched off"
				   : steps[action->kind].waits_for;
	return arena_printf(out, "%s %s: %s in %s", action->id, action_info(action->kind)->name, what,
			    quote_terminal(out, context->tenant_domain));
}
