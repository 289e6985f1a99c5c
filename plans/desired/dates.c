/* Whether the dates of a customer file make sense, by themselves and today. */
#include "core/clock.h"
#include "plans/desired/desired.h"

#include <string.h>

enum { EARLIEST_YEAR_DAY = 14610 }; /* 2010-01-01, in days since 1970: before, none of this was sold */

struct checking {
	const struct desired *desired;
	int32_t today;
	struct arena *out;
	struct diag_list *diags;
};

static struct diag *complain(const struct checking *c, enum diag_code code, struct place place,
			     const char *message)
{
	return diag_add(c->out, c->diags, code, place, "%s", message);
}

bool day_cannot_have_been(int32_t day, int32_t today, struct day_doubt *ret_doubt)
{
	if (day < EARLIEST_YEAR_DAY)
		*ret_doubt =
			(struct day_doubt){"is too long ago", "No date before 2010-01-01 can be right here."};
	else if (day - 1 > today) /* somewhere it is tomorrow already */
		*ret_doubt = (struct day_doubt){"is still to come", "Write the day on which it happened."};
	else
		return false;
	return true;
}

/* What has happened: not before there was anything to buy, and not to come. False when there is no such day.
 */
static bool check_past(const struct checking *c, const char *key, const char *date, struct place place,
		       int32_t *ret_day)
{
	struct day_doubt doubt;
	if (!date || !date_parse(date, ret_day))
		return false;
	if (day_cannot_have_been(*ret_day, c->today, &doubt))
		complain(c, SS110, place, arena_printf(c->out, "%s: %s %s", key, date, doubt.message))->help =
			doubt.help;
	return true;
}

static void check_retirement(const struct checking *c, const struct move *move, int32_t since)
{
	int32_t day;
	if (!move->retire_by || !date_parse(move->retire_by, &day))
		return;
	if (day < since)
		complain(c, SS110, move->retire_place,
			 arena_printf(c->out, "retire_by: %s lies before the agreement or the order",
				      move->retire_by))
			->help = "Write the last day on which the Advisor subscription may be there.";
	else if (day < c->today)
		complain(c, SS226, move->retire_place,
			 arena_printf(c->out, "retire_by: %s is past", move->retire_by))
			->help =
			"Both subscriptions are billed meanwhile. Settle a new day, or retire it today.";
}

enum { KEY_ENDS_SOON_DAYS = 60 };

/* Said of unused keys, and only the effect proves whether one works: a warning. */
static void check_key_age(const struct checking *c, const struct move *move, int32_t placed)
{
	if (placed == INT32_MIN || move->arrives_by != ARRIVE_BY_KEY)
		return;
	char day[DATE_TEXT_SIZE];
	int32_t until = programme_key_until(programme_of(move->programme), placed);
	if (until == INT32_MAX || until - KEY_ENDS_SOON_DAYS > c->today)
		return;
	date_format(until, day);
	diag_add(c->out, c->diags, SS235, move->placed_on_place,
		 "placed_on: %s: the years in which an unused key is said to work %s on %s", move->placed_on,
		 until < c->today ? "ended" : "end", day)
		->help = "Redeem it soon; whether it still works, only its effect proves.";
}

static void check_return(const struct checking *c, const struct move *move, int32_t since)
{
	int32_t day;
	if (!move->return_until || !date_parse(move->return_until, &day))
		return;
	const bool before = day < since;
	const char *doubt = move_return_doubt(move, NULL, c->out);
	if (before)
		diag_add(c->out, c->diags, SS110, move->return_until_place,
			 "return_until: %s lies before the agreement or the order", move->return_until)
			->help = "Write the last day on which the seats can be given back.";
	else if (doubt)
		diag_add(c->out, c->diags, SS251, move->return_until_place, "return_until: %s", doubt)->help =
			"Take it out, and the day is counted from the order.";
}

void desired_check_dates(const struct desired *desired, int32_t today, struct arena *out,
			 struct diag_list *diags)
{
	const struct checking c = {desired, today, out, diags};
	int32_t agreed = INT32_MIN;
	if (!check_past(&c, "agreed_on", desired->agreed_on, desired->agreed_on_place, &agreed))
		agreed = INT32_MIN;
	for (size_t i = 0; i < desired->moves.count; i++) {
		const struct move *move = &desired->moves.items[i];
		int32_t placed = INT32_MIN;
		if (!check_past(&c, "placed_on", move->placed_on, move->placed_on_place, &placed))
			placed = INT32_MIN;
		check_key_age(&c, move, placed);
		check_return(&c, move, placed > agreed ? placed : agreed);
		check_retirement(&c, move, placed > agreed ? placed : agreed);
	}
}

/* RFC 3339 begins with the day. */
static bool day_of(const char *text, int32_t *ret_day)
{
	char day[DATE_TEXT_SIZE] = {0};
	if (!text || strlen(text) < sizeof day - 1)
		return false;
	memcpy(day, text, sizeof day - 1);
	return date_parse(day, ret_day);
}

/* From what its days are counted: the order, else what was bought. */
static bool bought_on(const struct move *move, const char *bought, int32_t *ret_day)
{
	return day_of(move->placed_on, ret_day) || day_of(bought, ret_day);
}

const char *move_return_until(const struct move *move, const char *bought, struct arena *out)
{
	int32_t day;
	if (move->return_until)
		return move->return_until;
	if (!bought_on(move, bought, &day))
		return NULL;
	day = programme_return_until(programme_of(move->programme), move->arrives_by, day);
	if (day == INT32_MIN)
		return NULL;
	char *text = arena_alloc(out, DATE_TEXT_SIZE);
	date_format(day, text);
	return text;
}

const char *move_return_doubt(const struct move *move, const char *bought, struct arena *out)
{
	const struct programme *programme = programme_of(move->programme);
	int32_t said, from;
	if (!programme->return_days || !day_of(move->return_until, &said))
		return NULL;
	if (move->arrives_by == ARRIVE_TRANSFERRED)
		return arena_printf(out,
				    "%s, but what is transferred brings its own term along, and cannot be "
				    "given back",
				    move->return_until);
	if (!bought_on(move, bought, &from) ||
	    said <= programme_return_until(programme, move->arrives_by, from))
		return NULL;
	char until[DATE_TEXT_SIZE], day[DATE_TEXT_SIZE];
	date_format(programme_return_until(programme, move->arrives_by, from), until);
	date_format(from, day);
	return arena_printf(
		out, "%s, but seats of %s can be given back for %d days: until %s, of what was %s on %s",
		move->return_until, programme->title, (int)programme->return_days, until,
		move->placed_on ? "ordered" : "bought", day);
}
