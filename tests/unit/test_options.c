/* Command lines, parsed by a command's table. */
#include "cmd/table/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct given {
	bool dry;
	const char *name;
	int64_t count;
	int64_t wait_ms;
	struct str_list also;
};

static const struct option_spec rows[] = {
	OPT_FLAG(struct given, dry, "dry", 'n', "look only"),
	OPT_TEXT(struct given, name, "name", 'N', "NAME", "what it is called"),
	OPT_INT(struct given, count, "count", 0, "N", "how many", 1, 9),
	OPT_DURATION(struct given, wait_ms, "wait", 'w', "TIME", "how long"),
	OPT_TEXTS(struct given, also, "also", 0, "WORD", "one more"),
};
static const struct command command = {.name = "try",
				       .args = "WHAT [MORE]",
				       .min_args = 1,
				       .max_args = 2,
				       COMMAND_OPTIONS(struct given, rows)};

struct parsed {
	struct arena *arena;
	struct command_line line;
	struct given given;
	struct error err;
	bool ok;
};

/* `line` is split at blanks; "" stands for no word at all. */
static struct parsed parse(const char *line)
{
	struct parsed p = {.arena = arena_new(), .err = ERROR_INIT};
	char *words[16];
	int count = 0;
	char *rest = arena_strdup(p.arena, line);
	for (char *word = strtok_r(rest, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	p.ok = options_parse(&command, count, words, p.arena, &p.line, &p.err);
	p.given = *(const struct given *)p.line.options;
	return p;
}

static void drop(struct parsed *p)
{
	error_release(&p->err);
	arena_free(p->arena);
}

static void every_kind_finds_its_member(void **state)
{
	(void)state;
	struct parsed p = parse("one --dry --name=a=b --count 9 -w 45m --also x two --also=y -q");
	assert_true(p.ok);
	assert_true(p.given.dry);
	assert_string_equal(p.given.name, "a=b");
	assert_int_equal(p.given.count, 9);
	assert_int_equal(p.given.wait_ms, 45 * 60 * 1000);
	assert_int_equal(p.given.also.count, 2);
	assert_string_equal(p.given.also.items[1], "y");
	assert_true(p.line.global.quiet);
	assert_int_equal(p.line.args.count, 2);
	assert_string_equal(p.line.args.items[1], "two");
	drop(&p);
}

static void letters_stand_together_and_values_beside_them(void **state)
{
	(void)state;
	struct parsed p = parse("-nvvNx one -C/tmp");
	assert_true(p.ok);
	assert_true(p.given.dry && p.line.global.verbose && p.line.global.more_verbose);
	assert_string_equal(p.given.name, "x");
	assert_string_equal(p.line.global.dir, "/tmp");
	drop(&p);
}

static void two_dashes_end_options(void **state)
{
	(void)state;
	struct parsed p = parse("-- --dry -");
	assert_true(p.ok);
	assert_false(p.given.dry);
	assert_string_equal(p.line.args.items[0], "--dry");
	assert_string_equal(p.line.args.items[1], "-");
	drop(&p);
}

static void help_asks_for_no_arguments(void **state)
{
	(void)state;
	struct parsed p = parse("--help");
	assert_true(p.ok && p.line.global.help);
	drop(&p);
}

static void what_is_wrong_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *line, *message, *hint;
	} cases[] = {
		{"one --dri", "'try' has no option '--dri'", "Did you mean '--dry'?"},
		{"one --formt json", "'try' has no option '--formt'", "Did you mean '--format'?"},
		{"one -z", "'try' has no option '-z'", NULL},
		{"one --dry=yes", "option '--dry' takes no value", NULL},
		{"one --name", "option '--name' needs a value: NAME", NULL},
		{"one --count 10", "option '--count' takes a number from 1 to 9, not '10'", NULL},
		{"one --count 9x", "option '--count' takes a number from 1 to 9, not '9x'", NULL},
		{"one --wait soon", "option '--wait' takes a duration such as 30s, 45m or 72h, not 'soon'",
		 NULL},
		{"", "'try' needs WHAT [MORE]", "Usage: seatshift try WHAT [MORE]"},
		{"one two three", "'try' takes WHAT [MORE]", "Usage: seatshift try WHAT [MORE]"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct parsed p = parse(cases[i].line);
		assert_false(p.ok);
		assert_int_equal(p.err.code, ERR_INVALID);
		assert_string_equal(p.err.message, cases[i].message);
		if (cases[i].hint)
			assert_string_equal(p.err.hint, cases[i].hint);
		drop(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_finds_its_member),
		cmocka_unit_test(letters_stand_together_and_values_beside_them),
		cmocka_unit_test(two_dashes_end_options),
		cmocka_unit_test(help_asks_for_no_arguments),
		cmocka_unit_test(what_is_wrong_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
