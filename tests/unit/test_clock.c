/* Dates, timestamps and durations. */
#include "core/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_dates(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int32_t day;
	} good[] = {{"1970-01-01", 0},	    {"1969-12-31", -1},	     {"2000-02-29", 11016},
		    {"2026-11-22", 20779},  {"1600-02-29", -135081}, {"9999-12-31", 2932896},
		    {"0000-01-01", -719528}};
	static const char *const bad[] = {
		"",	      "2026-1-01",  "2026-13-01", "2026-00-01",	 "2026-02-29",
		"1900-02-29", "2026-04-31", "2026-11-00", "2026-11-22 ", " 2026-11-22",
		"2026/11/22", "20261122",   "2026-11-2",  "+026-11-22"};
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		int32_t day = 1;
		char text[DATE_TEXT_SIZE];
		assert_true(date_parse(good[i].text, &day));
		assert_int_equal(day, good[i].day);
		date_format(day, text);
		assert_string_equal(text, good[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int32_t day = 77;
		assert_false(date_parse(bad[i], &day));
		assert_int_equal(day, 77);
	}
	assert_int_equal(date_of_ms(-1), -1);
	assert_int_equal(date_of_ms(0), 0);
	assert_int_equal(date_of_ms(86400000), 1);
	assert_int_equal(date_of_ms(-86400000), -1);
}

static void test_timestamps(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {{"1970-01-01T00:00:00Z", 0},
		    {"1985-04-12T23:20:50.52Z", 482196050520},
		    {"1996-12-19T16:39:57-08:00", 851042397000},
		    {"1990-12-31T23:59:60Z", 662688000000},
		    {"1937-01-01T12:00:27.87+00:20", -1041337172130},
		    {"2026-11-22T09:34:56.1234567Z", 1795340096123},
		    {"2026-11-22t09:34:56z", 1795340096000},
		    {"1969-12-31T23:59:59.999Z", -1}};
	static const char *const bad[] = {"2026-11-22",
					  "2026-11-22T09:34:56",
					  "2026-11-22T24:00:00Z",
					  "2026-11-22T09:60:00Z",
					  "2026-11-22T09:34:61Z",
					  "2026-11-22T09:34:56.Z",
					  "2026-11-22T09:34:56+0100",
					  "2026-11-22T09:34:56+24:00",
					  "2026-11-22T09:34:56+01:60",
					  "2026-11-22T09:34:56Zx",
					  "2026-11-22 09:34:56Z",
					  "2026-02-30T09:34:56Z"};
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		int64_t ms = 1;
		assert_true(timestamp_parse(good[i].text, &ms));
		assert_int_equal(ms, good[i].ms);
		char text[TIMESTAMP_TEXT_SIZE];
		int64_t again = 1;
		timestamp_format(ms, text);
		assert_int_equal(strlen(text), TIMESTAMP_TEXT_SIZE - 1);
		assert_true(timestamp_parse(text, &again));
		assert_int_equal(again, ms);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t ms;
		if (timestamp_parse(bad[i], &ms))
			fail_msg("accepted: %s", bad[i]);
	}
}

static void test_http_dates(void **state)
{
	(void)state;
	int64_t ms;
	assert_true(http_date_parse("Sun, 06 Nov 1994 08:49:37 GMT", &ms));
	assert_int_equal(ms, 784111777000);
	static const char *const bad[] = {"",
					  "Sunday, 06-Nov-94 08:49:37 GMT",
					  "Sun Nov  6 08:49:37 1994",
					  "Sun, 06 Nov 1994 08:49:37 UTC",
					  "Sun, 6 Nov 1994 08:49:37 GMT",
					  "Sun, 31 Feb 1994 08:49:37 GMT",
					  "Sun, 00 Nov 1994 08:49:37 GMT",
					  "Sun, 06 Nob 1994 08:49:37 GMT",
					  "Sun, 06 Nov 1994 08:49:37 GMT ",
					  "120"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (http_date_parse(bad[i], &ms))
			fail_msg("accepted: %s", bad[i]);
}

static void test_durations(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {{"0s", 0}, {"30s", 30000}, {"45m", 2700000}, {"72h", 259200000}, {"7d", 604800000}};
	static const char *const bad[] = {"",	 "s",	 "30",	  "-1s", "1w",	       "1 s",
					  " 1s", "1.5h", "1h30m", "+1s", "9999999999d"};
	int64_t ms;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(duration_parse(good[i].text, &ms));
		assert_int_equal(ms, good[i].ms);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (duration_parse(bad[i], &ms))
			fail_msg("accepted: %s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_dates), cmocka_unit_test(test_timestamps),
					   cmocka_unit_test(test_http_dates),
					   cmocka_unit_test(test_durations)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
