/* What a plan does, in one sentence for somebody who reads nothing else. */
#include "plans/faces/render_model.h"

#include "core/quote.h"

enum { NAME_SHOWN = 60 };

static const char *customer_name(const struct render_model *m)
{
	const char *name = m->plan->tenant_name;
	return render_data(
		m->arena, quote_terminal_cut(m->arena, name && *name ? name : m->plan->customer, NAME_SHOWN));
}

static const char *people_of(const struct render_model *m, int64_t changed)
{
	if (m->live->user_count < changed)
		return say_number(m->arena, changed, "person", "people");
	return arena_printf(m->arena, "%s of %s", say_count(m->arena, changed),
			    say_number(m->arena, m->live->user_count, "person", "people"));
}

/* People from whom a plan that moves others only takes. */
static int64_t only_taken_from(const struct render_model *m)
{
	int64_t count = 0;
	for (size_t i = 0; i < m->plan->actions.count; i++)
		count += m->plan->actions.items[i].kind == ACTION_REMOVE_LICENSE &&
			 m->plan->actions.items[i].user_id;
	const struct plan_summary *summary = &m->plan->summary;
	return m->plan->undoes || !summary->licenses_taken || count >= summary->users_changed ? 0 : count;
}

static bool same_sku(const struct plan_move *move)
{
	return move->advisor_sku && str_eq(move->advisor_sku, move->open_sku);
}

static const char *what_it_does(const struct render_model *m)
{
	const struct plan_move_list *moves = &m->plan->summary.moves;
	const char *customer = customer_name(m);
	int64_t taken_from = only_taken_from(m);
	const char *people = people_of(m, m->plan->summary.users_changed - taken_from);
	const char *taken = taken_from ? arena_printf(m->arena, "; %s taken",
						      say_number(m->arena, m->plan->summary.licenses_taken,
								 "licence is", "licences are"))
				       : "";
	if (moves->count > 1)
		return arena_printf(m->arena, "%s %s of %s in %zu moves%s",
				    m->plan->undoes ? "Takes back what was changed for" : "Changes", people,
				    customer, moves->count, taken);
	const struct plan_move *move = &moves->items[0];
	const char *to = render_product(m, move->open_sku, m->arena);
	if (!m->plan->summary.users_changed)
		return arena_printf(m->arena, "Changes nobody's licence at %s; %s", customer,
				    same_sku(move) ? arena_printf(m->arena, "%s stays, on other seats", to)
						   : "only seats and subscriptions");
	const char *back = m->plan->undoes ? " back" : "";
	if (!move->advisor_sku)
		return m->plan->undoes
			       ? arena_printf(m->arena, "Takes %s back from %s of %s", to, people, customer)
			       : arena_printf(m->arena, "Gives %s of %s %s%s", people, customer, to, taken);
	return arena_printf(m->arena, "Moves %s of %s%s from %s to %s%s", people, customer, back,
			    render_product(m, move->advisor_sku, m->arena), to, taken);
}

static const char *stranded_sentence(const struct render_model *m)
{
	int64_t people = m->stranded.people;
	return arena_printf(m->arena, "%s %s: %s a subscription that is cancelled",
			    say_number(m->arena, people, "person loses", "people lose"),
			    render_stranded_services(m, render_product),
			    people == 1 ? "the person keeps" : "they keep");
}

const char *render_sentence(const struct render_model *m)
{
	if (!m->plan->summary.moves.count)
		return "Changes nothing.";
	int64_t taken_from = only_taken_from(m);
	int64_t others = m->people_losing - taken_from;
	const char *losing =
		others > 0			   ? arena_printf(m->arena, "%s a service",
								  say_number(m->arena, others, "person loses", "people lose"))
		: taken_from || m->stranded.people ? "nobody else loses a service"
						   : "nobody loses a service";
	if (m->stranded.people)
		losing = arena_printf(m->arena, "%s; %s", stranded_sentence(m), losing);
	int64_t by_hand = m->plan->summary.by_hand;
	return arena_printf(
		m->arena, "%s; %s; %s.", what_it_does(m), losing,
		by_hand ? arena_printf(m->arena, "%s by hand", say_number(m->arena, by_hand, "step", "steps"))
			: "no step by hand");
}
