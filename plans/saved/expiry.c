/* A subscription that is left to expire. */
#include "plans/saved/expiry.h"

#include "core/clock.h"
#include "core/programmes.h"
#include "core/str.h"

static int32_t day_of(const char *timestamp)
{
	int64_t ms;
	return timestamp && timestamp_parse(timestamp, &ms) ? date_of_ms(ms) : EXPIRY_NO_DAY;
}

/* The last word on it, and whether an earlier one did not come true, with the end of the term as it was then.
 */
static void find_word(const struct action *retire, const struct journal_entry_list *entries,
		      struct expiry *expiry)
{
	for (size_t i = 0; entries && i < entries->count; i++) {
		const struct journal_entry *entry = &entries->items[i];
		int32_t ends;
		if (entry->event != JOURNAL_ENDED || !str_list_has(&entry->actions, retire->id) ||
		    !str_eq(entry->outcome, outcome_name(OUTCOME_ATTESTED)))
			continue;
		const int32_t before = expiry->ends;
		expiry->attested_on = day_of(entry->at);
		expiry->ends = entry->ends && date_parse(entry->ends, &ends) ? ends : EXPIRY_NO_DAY;
		if (before != EXPIRY_NO_DAY && expiry->ends > before)
			expiry->renewed_from = before;
	}
}

/* `s` may be NULL while it is not over: a list that lacks the subscription says nothing of it. */
static enum expiry_state state_of(const struct expiry *expiry, const struct subscription *s, bool over,
				  int32_t today)
{
	if (over)
		return EXPIRY_OVER;
	if (s && s->status == SUBSCRIPTION_WARNING)
		return EXPIRY_GRACE;
	if (expiry->attested_on == EXPIRY_NO_DAY)
		return EXPIRY_UNSAID;
	if (expiry->ends != EXPIRY_NO_DAY && expiry->next > expiry->ends)
		return EXPIRY_RENEWED;
	return expiry->ends != EXPIRY_NO_DAY && today > expiry->ends ? EXPIRY_LATE : EXPIRY_AWAITED;
}

struct expiry expiry_of(const struct action *retire, const struct journal_entry_list *entries,
			const struct live *live, int32_t today)
{
	struct expiry expiry = {.attested_on = EXPIRY_NO_DAY,
				.ends = EXPIRY_NO_DAY,
				.next = EXPIRY_NO_DAY,
				.renewed_from = EXPIRY_NO_DAY};
	const struct subscription *s = live_find_subscription(live, retire->subscription_id);
	expiry.next = s ? day_of(s->next_lifecycle) : EXPIRY_NO_DAY;
	find_word(retire, entries, &expiry);
	bool over = s ? live_subscription_is_retired(live, s)
		      : live_subscription_is_gone(live, retire->subscription_id, retire->sku_id);
	expiry.state = state_of(&expiry, s, over, today);
	/* Nobody said what it was: what Graph names of one that runs is the same day. */
	if (expiry.ends == EXPIRY_NO_DAY && (expiry.state == EXPIRY_UNSAID || expiry.state == EXPIRY_AWAITED))
		expiry.ends = expiry.next;
	if (expiry.ends == EXPIRY_NO_DAY && expiry.state == EXPIRY_GRACE && expiry.next != EXPIRY_NO_DAY)
		expiry.ends = expiry.next - grace_of(GRACE_EXPIRED)->working_days;
	return expiry;
}

static const char *day_text(int32_t day, struct arena *out)
{
	if (day == EXPIRY_NO_DAY)
		return NULL;
	char *text = arena_alloc(out, DATE_TEXT_SIZE);
	date_format(day, text);
	return text;
}

const char *expiry_renewal_text(const struct expiry *expiry, struct arena *out)
{
	const bool now = expiry->state == EXPIRY_RENEWED;
	const int32_t from = now ? expiry->ends : expiry->renewed_from;
	const int32_t to = now ? expiry->next : expiry->ends;
	if (from == EXPIRY_NO_DAY)
		return NULL;
	return arena_printf(out, "it renewed although it was to expire on %s, to %s", day_text(from, out),
			    day_text(to, out));
}

const char *expiry_text(const struct expiry *expiry, struct arena *out)
{
	const char *ends = day_text(expiry->ends, out);
	const char *next = day_text(expiry->next, out);
	const char *renewal = expiry_renewal_text(expiry, out);
	switch (expiry->state) {
	case EXPIRY_UNSAID:
		return arena_printf(out, "recurring billing to be switched off%s%s%s",
				    ends ? " before its term renews on " : "", ends ? ends : "",
				    ends ? "" : " before its term renews");
	case EXPIRY_AWAITED:
		return arena_printf(
			out,
			"Graph to confirm what was attested on %s: its term %s%s, and nothing shows before%s",
			day_text(expiry->attested_on, out), ends ? "ends on " : "has no end in Graph",
			ends ? ends : "", renewal ? arena_printf(out, " (%s)", renewal) : "");
	case EXPIRY_LATE:
		return arena_printf(
			out,
			"Graph to confirm what was attested: its term ended on %s, and it is still "
			"Enabled; look whether recurring billing is off",
			ends);
	case EXPIRY_RENEWED:
		return arena_printf(
			out,
			"IT HAS RENEWED: its term was to end on %s and ends on %s now, so recurring "
			"billing is not off; switch it off, and write that down again",
			ends, next);
	case EXPIRY_GRACE:
		return arena_printf(
			out,
			"Graph to show it as suspended%s%s: its term%s%s has ended, and nothing is billed",
			next ? ", about " : "", next ? next : "", ends ? " of " : "", ends ? ends : "");
	case EXPIRY_OVER:
		break;
	}
	return "it has ended";
}
