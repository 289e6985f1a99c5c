/* Time as an injected effect, and calendar arithmetic. */
#include "core/clock.h"

#include "core/str.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MS_PER_SECOND = 1000, SECONDS_PER_DAY = 86400 };
#define MS_PER_DAY ((int64_t)SECONDS_PER_DAY * MS_PER_SECOND)

static int64_t read_clock(clockid_t id)
{
	struct timespec now = {0};
	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / 1000000;
}

static int64_t system_now_ms(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_REALTIME);
}

static int64_t system_monotonic_ms(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_MONOTONIC);
}

static void system_sleep_ms(void *ctx, int64_t ms)
{
	(void)ctx;
	if (ms <= 0)
		return;
	struct timespec span = {.tv_sec = ms / MS_PER_SECOND, .tv_nsec = ms % MS_PER_SECOND * 1000000};
	nanosleep(&span, NULL);
}

const struct clock clock_system = {system_now_ms, system_monotonic_ms, system_sleep_ms, NULL};

static int64_t moved_now_ms(void *ctx)
{
	const struct moved_clock *moved = ctx;
	return clock_now_ms(moved->of) + moved->by_ms;
}

static int64_t moved_monotonic_ms(void *ctx)
{
	const struct moved_clock *moved = ctx;
	return clock_monotonic_ms(moved->of);
}

static void moved_sleep_ms(void *ctx, int64_t ms)
{
	const struct moved_clock *moved = ctx;
	clock_sleep_ms(moved->of, ms);
}

void clock_move(struct moved_clock *moved, const struct clock *of, int64_t now_ms)
{
	*moved = (struct moved_clock){.of = of, .by_ms = now_ms - clock_now_ms(of)};
	moved->clock = (struct clock){moved_now_ms, moved_monotonic_ms, moved_sleep_ms, moved};
}

int64_t clock_now_ms(const struct clock *clock)
{
	return clock->now_ms(clock->ctx);
}

int64_t clock_monotonic_ms(const struct clock *clock)
{
	return clock->monotonic_ms(clock->ctx);
}

void clock_sleep_ms(const struct clock *clock, int64_t ms)
{
	clock->sleep_ms(clock->ctx, ms);
}

/* Days from civil and back: Howard Hinnant's public algorithms, in eras of 400 years. */
static int32_t day_of(int32_t year, int32_t month, int32_t day)
{
	year -= month <= 2;
	int32_t era = (year >= 0 ? year : year - 399) / 400;
	int32_t year_of_era = year - era * 400;
	int32_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static void civil_of(int32_t days, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day)
{
	days += 719468;
	int32_t era = (days >= 0 ? days : days - 146096) / 146097;
	int32_t day_of_era = days - era * 146097;
	int32_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int32_t shifted = (5 * day_of_year + 2) / 153;
	*ret_day = day_of_year - (153 * shifted + 2) / 5 + 1;
	*ret_month = shifted + (shifted < 10 ? 3 : -9);
	*ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

/* `count` digits at `*text`, which is moved past them. */
static bool digits(const char **text, int count, int32_t *ret_value)
{
	int32_t value = 0;
	for (int i = 0; i < count; i++) {
		char c = (*text)[i];
		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (c - '0');
	}
	*text += count;
	*ret_value = value;
	return true;
}

static bool expect_char(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

/* The day, if the calendar has it. */
static bool find_day(int32_t year, int32_t month, int32_t day, int32_t *ret_day)
{
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	int32_t days = day_of(year, month, day);
	int32_t back_year, back_month, back_day;
	civil_of(days, &back_year, &back_month, &back_day);
	if (back_month != month || back_day != day)
		return false;
	*ret_day = days;
	return true;
}

static bool parse_day(const char **text, int32_t *ret_day)
{
	int32_t year, month, day;
	if (!digits(text, 4, &year) || !expect_char(text, '-') || !digits(text, 2, &month) ||
	    !expect_char(text, '-') || !digits(text, 2, &day))
		return false;
	return find_day(year, month, day, ret_day);
}

bool date_parse(const char *text, int32_t *ret_day)
{
	int32_t day;
	if (!parse_day(&text, &day) || *text)
		return false;
	*ret_day = day;
	return true;
}

void date_format(int32_t day, char ret_text[DATE_TEXT_SIZE])
{
	int32_t year, month, of_month;
	civil_of(day, &year, &month, &of_month);
	CLEANUP(mem_free_text) char *text = mem_printf("%04d-%02d-%02d", year % 10000, month, of_month);
	memcpy(ret_text, text, DATE_TEXT_SIZE - 1);
	ret_text[DATE_TEXT_SIZE - 1] = '\0';
}

int32_t date_of_ms(int64_t ms)
{
	int64_t day = ms / MS_PER_DAY;
	return (int32_t)(ms % MS_PER_DAY < 0 ? day - 1 : day);
}

int32_t date_add_years(int32_t day, int32_t years)
{
	int32_t year, month, of_month, later;
	civil_of(day, &year, &month, &of_month);
	return find_day(year + years, month, of_month, &later) ? later
							       : day_of(year + years, month, of_month - 1);
}

static bool parse_time_of_day(const char **text, int64_t *ret_ms)
{
	int32_t hour, minute, second;
	if (!digits(text, 2, &hour) || !expect_char(text, ':') || !digits(text, 2, &minute) ||
	    !expect_char(text, ':') || !digits(text, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*ret_ms = ((int64_t)hour * 3600 + minute * 60 + second) * MS_PER_SECOND;
	return true;
}

/* Digits behind the third are dropped. */
static bool parse_fraction(const char **text, int64_t *ret_ms)
{
	int64_t ms = 0;
	*ret_ms = 0;
	if (**text != '.')
		return true;
	(*text)++;
	if (**text < '0' || **text > '9')
		return false;
	for (int64_t weight = 100; **text >= '0' && **text <= '9'; (*text)++, weight /= 10)
		ms += (**text - '0') * weight;
	*ret_ms = ms;
	return true;
}

static bool parse_offset(const char **text, int64_t *ret_ms)
{
	*ret_ms = 0;
	if (**text == 'Z' || **text == 'z') {
		(*text)++;
		return true;
	}
	int32_t hour, minute;
	int64_t sign = **text == '-' ? -1 : 1;
	if (**text != '+' && **text != '-')
		return false;
	(*text)++;
	if (!digits(text, 2, &hour) || !expect_char(text, ':') || !digits(text, 2, &minute))
		return false;
	if (hour > 23 || minute > 59)
		return false;
	*ret_ms = sign * ((int64_t)hour * 60 + minute) * 60 * MS_PER_SECOND;
	return true;
}

bool timestamp_parse(const char *text, int64_t *ret_ms)
{
	int32_t day;
	int64_t time_ms, fraction_ms, offset_ms;
	if (!parse_day(&text, &day) || (*text != 'T' && *text != 't'))
		return false;
	text++;
	if (!parse_time_of_day(&text, &time_ms) || !parse_fraction(&text, &fraction_ms) ||
	    !parse_offset(&text, &offset_ms) || *text)
		return false;
	*ret_ms = day * MS_PER_DAY + time_ms + fraction_ms - offset_ms;
	return true;
}

void timestamp_format(int64_t ms, char ret_text[TIMESTAMP_TEXT_SIZE])
{
	int32_t day = date_of_ms(ms);
	int64_t rest = ms - day * MS_PER_DAY;
	char date[DATE_TEXT_SIZE];
	date_format(day, date);
	CLEANUP(mem_free_text)
	char *text = mem_printf("%sT%02d:%02d:%02d.%03dZ", date, (int)(rest / 3600000),
				(int)(rest / 60000 % 60), (int)(rest / 1000 % 60), (int)(rest % 1000));
	memcpy(ret_text, text, TIMESTAMP_TEXT_SIZE - 1);
	ret_text[TIMESTAMP_TEXT_SIZE - 1] = '\0';
}

void http_date_format(int64_t ms, char ret_text[HTTP_DATE_TEXT_SIZE])
{
	static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 was a Thursday */
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char date[DATE_TEXT_SIZE];
	int32_t day = date_of_ms(ms);
	int64_t rest = ms - day * MS_PER_DAY;
	date_format(day, date);
	ptrdiff_t weekday = (day % 7 + 7) % 7, month = (date[5] - '0') * 10 + (date[6] - '0') - 1;
	CLEANUP(mem_free_text)
	char *text = mem_printf("%.3s, %.2s %.3s %.4s %02d:%02d:%02d GMT", days + 3 * weekday, date + 8,
				months + 3 * month, date, (int)(rest / 3600000), (int)(rest / 60000 % 60),
				(int)(rest / 1000 % 60));
	memcpy(ret_text, text, HTTP_DATE_TEXT_SIZE - 1);
	ret_text[HTTP_DATE_TEXT_SIZE - 1] = '\0';
}

bool http_date_parse(const char *text, int64_t *ret_ms)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *comma = strchr(text, ',');
	if (!comma || comma[1] != ' ')
		return false;
	const char *p = comma + 2;
	int32_t day, year;
	if (!digits(&p, 2, &day) || !expect_char(&p, ' '))
		return false;
	int32_t month = 0;
	for (int32_t i = 0; i < 12 && !month; i++)
		if (strncmp(p, months + (ptrdiff_t)i * 3, 3) == 0)
			month = i + 1;
	if (!month)
		return false;
	p += 3;
	int32_t days;
	int64_t time_ms;
	if (!expect_char(&p, ' ') || !digits(&p, 4, &year) || !expect_char(&p, ' ') ||
	    !parse_time_of_day(&p, &time_ms) || strcmp(p, " GMT") != 0 || !find_day(year, month, day, &days))
		return false;
	*ret_ms = days * MS_PER_DAY + time_ms;
	return true;
}

bool duration_parse(const char *text, int64_t *ret_ms)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', MS_PER_DAY}};
	size_t len = strlen(text);
	if (len < 2 || len > 9)
		return false;
	CLEANUP(mem_free_text) char *number = mem_printf("%.*s", (int)len - 1, text);
	int64_t count;
	if (!str_parse_int(number, 0, 99999999, &count))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (units[i].unit == text[len - 1]) {
			*ret_ms = count * units[i].ms;
			return true;
		}
	}
	return false;
}
