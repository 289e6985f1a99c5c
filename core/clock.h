/*
 * Time as an injected effect, and calendar arithmetic.
 *
 * Everything below cmd/ takes a `struct clock` and never asks the system. Dates are days since
 * 1970-01-01 in the proleptic Gregorian calendar, always UTC.
 */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include "core/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct clock {
	int64_t (*now_ms)(void *ctx);		 /* milliseconds since 1970, wall clock */
	int64_t (*monotonic_ms)(void *ctx);	 /* for durations and deadlines */
	void (*sleep_ms)(void *ctx, int64_t ms); /* may return early when a signal arrives */
	void *ctx;
};
extern const struct clock clock_system;

/* One whose wall clock is elsewhere; durations and sleeping are those of the other. */
struct moved_clock {
	struct clock clock;
	const struct clock *of;
	int64_t by_ms;
};
void clock_move(struct moved_clock *moved, const struct clock *of, int64_t now_ms); /* it is now `now_ms` */

int64_t clock_now_ms(const struct clock *clock);
int64_t clock_monotonic_ms(const struct clock *clock);
void clock_sleep_ms(const struct clock *clock, int64_t ms);

enum { DATE_TEXT_SIZE = 11, TIMESTAMP_TEXT_SIZE = 25 };
NODISCARD bool date_parse(const char *text, int32_t *ret_day); /* exactly YYYY-MM-DD, a real day */
void date_format(int32_t day, char ret_text[DATE_TEXT_SIZE]);
int32_t date_of_ms(int64_t ms);
int32_t date_add_years(int32_t day, int32_t years); /* of 29 February: the last of that month */
NODISCARD bool timestamp_parse(const char *text, int64_t *ret_ms);     /* RFC 3339, "Z" or an offset */
void timestamp_format(int64_t ms, char ret_text[TIMESTAMP_TEXT_SIZE]); /* 2026-11-05T09:30:00.123Z */
enum { HTTP_DATE_TEXT_SIZE = 30 };
void http_date_format(int64_t ms, char ret_text[HTTP_DATE_TEXT_SIZE]); /* Sun, 06 Nov 1994 08:49:37 GMT */
NODISCARD bool http_date_parse(const char *text, int64_t *ret_ms);     /* RFC 9110 IMF-fixdate */
NODISCARD bool duration_parse(const char *text, int64_t *ret_ms);      /* 30s, 45m, 72h, 7d */

#endif
