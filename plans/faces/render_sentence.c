/* What a plan does, in one sentence for somebody who reads nothing else. */
#include "plans/faces/render_model.h"

#include "core/quote.h"

#include <string.h>

enum { NAME_SHOWN = 60, LOSSES_NAMED = 2 };

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

static const char *lose(const struct render_model *m, int64_t people)
{
	return render_all_done(m) ? say_number(m->arena, people, "person lost", "people lost")
				  : say_number(m->arena, people, "person loses", "people lose");
}

static const char *stranded_sentence(const struct render_model *m)
{
	int64_t people = m->stranded.people;
	return arena_printf(m->arena, "%s %s: %s a subscription that is cancelled", lose(m, people),
			    render_stranded_services(m, render_product),
			    people == 1 ? "the person keeps" : "they keep");
}

/* "Moves …" of a plan that was, or never is, carried out: "it moved …", "it would have moved …". */
static const char *it_did(const struct render_model *m, const char *does)
{
	static const struct {
		const char *now, *did, *done;
	} verbs[] = {{"Moves", "moved", "moved"},
		     {"Changes", "changed", "changed"},
		     {"Gives", "gave", "given"},
		     {"Takes", "took", "taken"}};
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (str_starts(does, verbs[i].now))
			return arena_printf(m->arena, "it %s%s%s", m->in->left_over ? "would have " : "",
					    m->in->left_over ? verbs[i].done : verbs[i].did,
					    does + strlen(verbs[i].now));
	return does;
}

/* Of a plan that is over, nobody has to weigh what it takes. */
static const char *sentence_of_over(const struct render_model *m)
{
	const struct render_progress *p = &m->progress;
	const char *did = it_did(m, what_it_does(m));
	if (!m->in->undone_by)
		return arena_printf(m->arena,
				    "Never applied, since it came too late; nothing is to be approved: %s.",
				    did);
	return arena_printf(
		m->arena, "Undone by plan %s; nothing is to be approved: %s%s.", m->in->undone_by, did,
		p->people_done < p->people
			? arena_printf(m->arena, ", as far as %s of %s", say_count(m->arena, p->people_done),
				       say_number(m->arena, p->people, "person", "people"))
			: "");
}

/* What goes with a licence of somebody who is only taken from is told of as that licence. */
static int64_t lost_by(const struct service_effect *effect, bool taken_told)
{
	return effect->lost + (taken_told ? 0 : effect->removed);
}

/* "Exchange Online (Plan 2), SharePoint (Plan 2) and 3 more services": as the model has them, mail first. */
static const char *lost_services(const struct render_model *m, bool taken_told)
{
	struct str_list named = {0};
	int64_t more = 0;
	for (size_t i = 0; i < m->effects.count; i++) {
		const struct service_effect *effect = &m->effects.items[i];
		if (!lost_by(effect, taken_told))
			continue;
		if (named.count == LOSSES_NAMED)
			more++;
		else
			VEC_PUSH(m->arena, &named,
				 effect->shown
					 ? effect->shown
					 : render_data(m->arena, render_name(m->arena, effect->plan_name)));
	}
	if (!named.count)
		return "a service";
	const char *last = more ? say_number(m->arena, more, "more service", "more services")
				: named.items[--named.count];
	return named.count ? arena_printf(m->arena, "%s and %s", str_list_join(m->arena, &named, ", "), last)
			   : last;
}

/* Not each of them loses each service: the decisions say who loses what. */
static const char *losing_sentence(const struct render_model *m, int64_t people, bool taken_told)
{
	bool alike = true;
	for (size_t i = 0; i < m->effects.count; i++) {
		int64_t lost = lost_by(&m->effects.items[i], taken_told);
		alike = alike && (!lost || lost == people);
	}
	return arena_printf(m->arena, "%s %s%s", lose(m, people), alike ? "" : "one or more of ",
			    lost_services(m, taken_told));
}

static const char *losses_sentence(const struct render_model *m)
{
	int64_t taken_from = only_taken_from(m);
	int64_t others = m->people_losing - taken_from;
	const char *losing = others > 0 ? losing_sentence(m, others, taken_from > 0)
					: arena_printf(m->arena, "nobody%s %s a service",
						       taken_from || m->stranded.people ? " else" : "",
						       render_all_done(m) ? "lost" : "loses");
	return m->stranded.people ? arena_printf(m->arena, "%s; %s", stranded_sentence(m), losing) : losing;
}

const char *render_sentence(const struct render_model *m)
{
	if (!m->plan->summary.moves.count)
		return "Changes nothing.";
	if (m->in->undone_by || m->in->left_over)
		return sentence_of_over(m);
	const char *losing = losses_sentence(m);
	if (render_all_done(m))
		return arena_printf(m->arena, "Done: %s; %s.", it_did(m, what_it_does(m)), losing);
	int64_t by_hand = m->plan->summary.by_hand;
	return arena_printf(
		m->arena, "%s; %s; %s.", what_it_does(m), losing,
		by_hand ? arena_printf(m->arena, "%s by hand", say_number(m->arena, by_hand, "step", "steps"))
			: "no step by hand");
}
