/* What a plan is warned about that hangs on its moves as a whole. */
#include "plans/planning/warnings.h"

#include "core/clock.h"
#include "core/say.h"
#include "core/str.h"

#include <string.h>

static bool has_subscription(const struct planning *p, const char *sku_id)
{
	for (size_t i = 0; i < p->live->subscriptions.count; i++)
		if (str_eq(p->live->subscriptions.items[i].sku_id, sku_id))
			return true;
	return false;
}

/* By its status; or by its day, when that lies before the customer agreed. The planner knows no other day. */
static bool has_ended(const struct planning *p, const struct partner_relation *partner)
{
	if (str_eq(partner->gdap_status, "expired"))
		return true;
	return partner->gdap_end && p->desired->agreed_on &&
	       strncmp(partner->gdap_end, p->desired->agreed_on, 10) < 0;
}

/* The relation must last until the last subscription is retired. */
static void warn_of_partner(struct planning *p)
{
	const struct partner_relation *partner = &p->live->partner;
	if (!p->policy->partner_required || partner->has_contract || !partner->gdap_status)
		return;
	/* What was terminated did not last until its day. */
	if (str_eq(partner->gdap_status, "terminated") || (has_ended(p, partner) && !partner->gdap_end)) {
		planning_warn(p, SS212, "the partner's relation has ended: it is %s",
			      planning_quote(p, partner->gdap_status));
		return;
	}
	if (has_ended(p, partner)) {
		planning_warn(p, SS212, "the partner's relation ended on %.10s",
			      planning_quote(p, partner->gdap_end));
		return;
	}
	for (size_t i = 0; partner->gdap_end && i < p->moves.count; i++) {
		const struct resolved_move *m = &p->moves.items[i];
		if (m->advisor_found && m->move->retire_by &&
		    strncmp(partner->gdap_end, m->move->retire_by, 10) < 0)
			planning_warn(p, SS212,
				      "the partner's relation ends on %.10s, before %s is retired by %s",
				      planning_quote(p, partner->gdap_end), m->advisor->part_number,
				      m->move->retire_by);
	}
}

const char *warnings_return_until(struct planning *p, const struct resolved_move *m)
{
	return move_return_until(m->move, m->open_found ? m->open_found->created : NULL, p->out);
}

static bool day_of(const char *text, int32_t *ret_day)
{
	int64_t ms;
	if (!text || (!date_parse(text, ret_day) && !timestamp_parse(text, &ms)))
		return false;
	if (!date_parse(text, ret_day))
		*ret_day = date_of_ms(ms);
	return true;
}

/*
 * What the file is warned about of the order (plans/desired), for whoever approves. The planner knows no
 * today: a key that ends within a year of the agreement is told with its day.
 */
static void warn_of_order(struct planning *p, const struct resolved_move *m)
{
	enum { KEY_ENDS_SOON_DAYS = 365 };
	const struct move *move = m->move;
	const struct programme *programme = programme_of(move->programme);
	int32_t placed, agreed, until;
	if (!m->redeem || !day_of(move->placed_on, &placed))
		return;
	if (!programme_was_sold(programme, move->placed_on))
		planning_warn(p, SS234,
			      "%s: the order was placed on %s, but %s has not been sold since %s: of which "
			      "programme is it?",
			      m->open->part_number, move->placed_on, programme->title, programme->sold_until);
	until = programme_key_until(programme, placed);
	if (until == INT32_MAX || !day_of(p->desired->agreed_on, &agreed) ||
	    until > agreed + KEY_ENDS_SOON_DAYS)
		return;
	char day[DATE_TEXT_SIZE];
	date_format(until, day);
	planning_warn(p, SS235,
		      "%s: an unused key of %s is said to work until %s, %d years from the order of %s",
		      m->open->part_number, programme->title, day, (int)programme->key_valid_years,
		      move->placed_on);
}

static void warn_of_return(struct planning *p, const struct resolved_move *m)
{
	const char *doubt = move_return_doubt(m->move, m->open_found ? m->open_found->created : NULL, p->out);
	if (doubt)
		planning_warn(p, SS251, "%s: the seats are to be given back until %s", m->open->part_number,
			      doubt);
}

static void warn_of_seats(struct planning *p, const struct resolved_move *m)
{
	const struct programme *programme = programme_of(m->move->programme);
	const char *end = m->open_found ? m->open_found->next_lifecycle : NULL;
	const char *back = warnings_return_until(p, m);
	const char *part_number = m->open->part_number;
	if (back)
		planning_warn(p, SS204,
			      "%s: the seats can be given back until %s, and then not before their term ends",
			      part_number, back);
	else if (programme->return_days && m->move->arrives_by != ARRIVE_TRANSFERRED)
		planning_warn(p, SS204,
			      "%s: the seats can be given back for %d days from their purchase, and then not "
			      "before their term ends",
			      part_number, (int)programme->return_days);
	else if (end && strlen(end) >= 10)
		planning_warn(p, SS204,
			      "%s: prepaid seats cannot be returned, reduced or upgraded before %.10s",
			      part_number, end);
	else
		planning_warn(p, SS204,
			      "%s: prepaid seats cannot be returned, reduced or upgraded within their term",
			      part_number);
	if (m->redeem && programme->sold_until)
		planning_warn(p, SS210,
			      "%s: %s has not been sold since %s; make sure that the key is unused and still "
			      "redeemable",
			      part_number, programme->title, programme->sold_until);
}

static void warn_of_expiry(struct planning *p, const struct resolved_move *m)
{
	const char *ends = m->advisor_found->next_lifecycle;
	planning_warn(p, SS215,
		      "%s: that recurring billing is off cannot be seen in Graph until the term ends; a "
		      "person has to "
		      "attest it",
		      m->advisor->part_number);
	if (ends && m->move->retire_by && strncmp(ends, m->move->retire_by, strlen(m->move->retire_by)) > 0)
		planning_warn(p, SS233,
			      "%s: its term ends on %.10s, after retire_by (%s): both are billed until then",
			      m->advisor->part_number, planning_quote(p, ends), m->move->retire_by);
}

/* When it is to be cancelled: by the day that the file names, else not before what the customer agreed to. */
static bool cancelled_on(const struct planning *p, const struct move *move, int32_t *ret_day)
{
	return day_of(move->retire_by, ret_day) || day_of(move->placed_on, ret_day) ||
	       day_of(p->desired->agreed_on, ret_day);
}

static const char *said_of_terms(struct planning *p, const struct subscription *s)
{
	const char *ends = s->next_lifecycle ? planning_quote(p, s->next_lifecycle) : NULL;
	return arena_printf(p->out, "%s%.10s%s%.10s", s->created ? "; it was bought on " : "",
			    s->created ? planning_quote(p, s->created) : "",
			    ends ? "; the term that runs ends on " : "", ends ? ends : "");
}

/*
 * Within a term it can be cancelled for some days only, and Graph shows of terms when the first began and
 * when the one that runs ends. Told unless the day lies in those of the purchase, or the next ones begin
 * before it.
 */
static void warn_of_days(struct planning *p, const struct resolved_move *m)
{
	const struct cancel_way *way = cancel_way_of(m->move->cancel_by);
	const struct subscription *s = m->advisor_found;
	int32_t on, bought, renews;
	if (!way->window_days || !cancelled_on(p, m->move, &on))
		return;
	if (day_of(s->created, &bought) && on <= bought + way->window_days)
		return;
	if (m->move->retire_by && day_of(s->next_lifecycle, &renews) && on >= renews)
		return;
	planning_warn(p, SS246, "%s: %s only within %d days of purchase or renewal%s%s%s",
		      m->advisor->part_number, way->window_of, (int)way->window_days, said_of_terms(p, s),
		      m->move->retire_by ? "; it is to be cancelled by " : "",
		      m->move->retire_by ? m->move->retire_by : "");
}

/* Nothing is left to retire, and that is not the whole story: who holds the SKU has no seat that works. */
static void warn_of_cancelled(struct planning *p, const struct resolved_move *m)
{
	const struct subscription *s =
		m->move->advisor_subscription ? live_find_subscription(p->live, m->move->advisor_subscription)
					      : NULL;
	const struct sku *sku = live_find_sku(p->live, m->advisor->id);
	if (s && subscription_is_retired(s) && sku && sku->consumed > sku->enabled + sku->warning)
		planning_warn(p, SS249,
			      "subscription %s (%s) is %s already: %s without a seat that works; apply soon",
			      s->id, s->part_number, planning_quote(p, s->status_text),
			      say_number(p->out, sku->consumed - sku->enabled - sku->warning, "person is",
					 "people are"));
}

static void warn_of_term(struct planning *p)
{
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct resolved_move *m = &p->moves.items[i];
		warn_of_seats(p, m);
		warn_of_order(p, m);
		warn_of_return(p, m);
		if (m->advisor && !m->advisor_found && !has_subscription(p, m->advisor->id))
			planning_warn(p, SS220,
				      "%s: the tenant has no subscription of it, so none is retired",
				      m->advisor->part_number);
		if (m->advisor && !m->advisor_found)
			warn_of_cancelled(p, m);
		if (m->advisor && m->advisor_found && cancel_way_of(m->move->cancel_by)->expires)
			warn_of_expiry(p, m);
		if (m->advisor && m->advisor_found)
			warn_of_days(p, m);
	}
}

void warnings_add(struct planning *p)
{
	if (!p->undoes)
		warn_of_term(p);
	warn_of_partner(p);
}
