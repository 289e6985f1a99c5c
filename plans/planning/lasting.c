/* Which seats meet a need: those that are paid for and outlast the retirement. */
#include "plans/planning/lasting.h"

#include "core/clock.h"
#include "core/str.h"

#include <string.h>

enum { DAYS_AFTER_RETIREMENT = 30 };

static int32_t later_of(int32_t day, const char *date)
{
	int32_t other;
	return date && date_parse(date, &other) && other > day ? other : day;
}

static int32_t end_of(const struct subscription *s)
{
	int64_t ms;
	return s->next_lifecycle && timestamp_parse(s->next_lifecycle, &ms) ? date_of_ms(ms) : INT32_MAX;
}

/*
 * The day on which nothing is left of what the move retires. Where the file gives none, what it rests on
 * cannot end before the order or the agreement.
 */
static int32_t retirement_of(const struct planning *p, const struct resolved_move *m)
{
	int32_t day = later_of(later_of(INT32_MIN, p->desired->agreed_on), m->move->placed_on);
	/* What is retired already is waited for no more. */
	if (m->advisor_found)
		day = later_of(day, m->move->retire_by);
	if (m->advisor_found && cancel_way_of(m->move->cancel_by)->expires &&
	    m->advisor_found->next_lifecycle && end_of(m->advisor_found) > day)
		day = end_of(m->advisor_found);
	return day;
}

/* Of all moves that give the SKU, the last. False when the key is to extend what there is. */
static bool last_retirement(const struct planning *p, const char *sku_id, int32_t *ret_day)
{
	*ret_day = INT32_MIN;
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct resolved_move *m = &p->moves.items[i];
		if (!str_eq(m->open->id, sku_id))
			continue;
		if (m->move->redeem_as == REDEEM_EXTEND_TERM)
			return false;
		int32_t day = retirement_of(p, m);
		*ret_day = day > *ret_day ? day : *ret_day;
	}
	return *ret_day != INT32_MIN;
}

/* Graph shows an end, not whether the term is renewed: that only a person can say. */
static bool is_renewing(const struct planning *p, const struct subscription *s)
{
	return str_list_has_fold(&p->desired->renewing, s->id) ||
	       (s->commerce_id && str_list_has_fold(&p->desired->renewing, s->commerce_id));
}

bool seats_end_soon(const struct planning *p, const struct subscription *s)
{
	int32_t day;
	return last_retirement(p, s->sku_id, &day) && end_of(s) <= day + DAYS_AFTER_RETIREMENT;
}

enum seat_standing seats_stand(const struct planning *p, const struct subscription *s)
{
	switch (s->status) {
	case SUBSCRIPTION_WARNING:
		return SEATS_GRACE;
	case SUBSCRIPTION_SUSPENDED:
	case SUBSCRIPTION_LOCKED_OUT:
		return SEATS_SUSPENDED;
	case SUBSCRIPTION_DELETED:
	case SUBSCRIPTION_UNKNOWN:
		return SEATS_GONE;
	case SUBSCRIPTION_ENABLED:
		break;
	}
	if (s->is_trial)
		return SEATS_TRIAL;
	/* What is to be retired is counted as long as it is there; that it goes is counted elsewhere. */
	if (planning_is_advisor(p, s) || !seats_end_soon(p, s) || is_renewing(p, s))
		return SEATS_LAST;
	return SEATS_ENDING;
}

bool seats_are_paid(const struct subscription *s)
{
	return s->status == SUBSCRIPTION_ENABLED && !s->is_trial;
}

int64_t seats_that_go_on(const struct live *live, const char *sku_id, const struct str_list *retired)
{
	int64_t seats = 0;
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (str_eq(s->sku_id, sku_id) && seats_are_paid(s) && !str_list_has(retired, s->id))
			seats += s->seats;
	}
	return seats;
}

int32_t seats_needed_until(const struct plan_move *move)
{
	int32_t day;
	if (!move->advisor_subscription || !move->retire_by || !date_parse(move->retire_by, &day))
		return 0;
	return day + DAYS_AFTER_RETIREMENT;
}

int64_t seats_enabled_but_passing(const struct planning *p, const char *sku_id)
{
	int64_t seats = 0;
	for (size_t i = 0; i < p->live->subscriptions.count; i++) {
		const struct subscription *s = &p->live->subscriptions.items[i];
		enum seat_standing standing = seats_stand(p, s);
		if (str_eq(s->sku_id, sku_id) && (standing == SEATS_TRIAL || standing == SEATS_ENDING))
			seats += s->seats;
	}
	return seats;
}

const char *seats_not_counted(struct planning *p, const char *sku_id)
{
	static const struct {
		const char *words;
		bool has_end;
	} reasons[SEAT_STANDING_COUNT] = {
		[SEATS_TRIAL] = {"in a trial", true},
		[SEATS_ENDING] = {"in a subscription that ends before the retirement or within 30 days of it",
				  true},
		[SEATS_GRACE] = {"in a subscription in its grace period", false},
		[SEATS_SUSPENDED] = {"in a subscription that is suspended", false}};
	struct str_list parts = {0};
	for (size_t i = 0; i < p->live->subscriptions.count; i++) {
		const struct subscription *s = &p->live->subscriptions.items[i];
		enum seat_standing standing = seats_stand(p, s);
		if (!str_eq(s->sku_id, sku_id) || !reasons[standing].words || !s->seats)
			continue;
		bool has_end =
			reasons[standing].has_end && s->next_lifecycle && strlen(s->next_lifecycle) >= 10;
		VEC_PUSH(p->out, &parts,
			 arena_printf(p->out, "%lld %s (%s%s%.10s)", (long long)s->seats,
				      reasons[standing].words, s->id, has_end ? ", until " : "",
				      has_end ? s->next_lifecycle : ""));
	}
	return parts.count ? str_list_join(p->out, &parts, ", ") : NULL;
}
