/* The journal: chain, cutting, refusal of edits, full disks. */
#include "plans/saved/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	char dir[48];
	char path[80];
	struct journal_file file;
	struct arena *arena;
	struct error err;
};

static int64_t fixed_now(void *ctx)
{
	(void)ctx;
	return 1795340096123;
}

static void no_sleep(void *ctx, int64_t ms)
{
	(void)ctx;
	(void)ms;
}

static const struct clock fixed_clock = {fixed_now, fixed_now, no_sleep, NULL};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	/* In memory where there is such a place: thousands of flushes are not what is tested here. */
	bool in_memory = access("/dev/shm", W_OK | X_OK) == 0;
	snprintf(f->dir, sizeof f->dir, "%s/seatshift-journal-XXXXXX", in_memory ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof f->path, "%s/journal.jsonl", f->dir);
	f->file = (struct journal_file){NULL, f->path, {"contoso", "sha256:3fa9c1d2e4b7", "8f3c1d5e"}};
	f->arena = arena_new();
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	unlink(f->path);
	rmdir(f->dir);
	error_release(&f->err);
	arena_free(f->arena);
	free(f);
	return 0;
}

static size_t slurp(const char *path, char *buf, size_t size)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t len = fread(buf, 1, size - 1, file);
	fclose(file);
	buf[len] = '\0';
	return len;
}

static void spill(const char *path, const char *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static struct journal *open_journal(struct fixture *f, struct journal_entry_list *entries)
{
	struct journal *journal = NULL;
	bool ok = journal_open(&f->file, &fixed_clock, f->arena, entries, &journal, &f->err);
	if (!ok)
		print_error("%s\n", f->err.message);
	assert_true(ok);
	return journal;
}

static void append_note(struct fixture *f, struct journal *journal, const char *note)
{
	struct journal_entry entry = {.event = JOURNAL_NOTE, .run = "r1", .detail = note};
	assert_true(journal_append(journal, &entry, &f->err));
}

/* Four entries that between them have every member. */
static size_t write_sample(struct fixture *f, char *buf, size_t size)
{
	struct journal_entry_list entries = {0};
	struct journal *journal = open_journal(f, &entries);
	const char *ids[] = {"a0001", "a0002"};
	const struct journal_entry samples[] = {
		{.event = JOURNAL_RUN_BEGIN, .run = "r1", .by = "jane@desk"},
		{.event = JOURNAL_WRITE, .run = "r1", .actions = {.items = ids, .count = 2}},
		{.event = JOURNAL_ENDED,
		 .run = "r1",
		 .actions = {.items = ids, .count = 1},
		 .outcome = "failed",
		 .detail = "no free seat\n\"x\" \xf0\x9f\x98\x80"},
		{.event = JOURNAL_EVIDENCE,
		 .actions = {.items = ids, .count = 1},
		 .evidence = {"C-1", "Sam", "called", "2026-11-02"}},
	};
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		assert_true(journal_append(journal, &samples[i], &f->err));
	journal_free(journal);
	return slurp(f->path, buf, size);
}

static void test_round_trip(void **state)
{
	struct fixture *f = *state;
	char bytes[4096];
	write_sample(f, bytes, sizeof bytes);
	assert_true(str_starts(bytes, "{\"at\":\"2026-11-22T09:34:56.123Z\",\"by\":\"jane@desk\","
				      "\"customer\":\"contoso\",\"digest\":\"sha256:3fa9c1d2e4b7\","
				      "\"event\":\"run-begin\",\"format\":\"seatshift-journal/1\","
				      "\"prev\":null,\"run\":\"r1\",\"seq\":1,\"tenant\":\"8f3c1d5e\"}\n"));
	struct journal_entry_list entries;
	bool cut = true;
	assert_true(journal_read(&f->file, f->arena, &entries, &cut, &f->err));
	assert_false(cut);
	assert_int_equal(entries.count, 4);
	assert_int_equal(entries.items[1].event, JOURNAL_WRITE);
	assert_int_equal(entries.items[1].actions.count, 2);
	assert_string_equal(entries.items[1].actions.items[1], "a0002");
	assert_string_equal(entries.items[2].detail, "no free seat\n\"x\" \xf0\x9f\x98\x80");
	assert_string_equal(entries.items[3].evidence.case_number, "C-1");
	assert_string_equal(entries.items[3].evidence.done_on, "2026-11-02");
	assert_int_equal(entries.items[3].seq, 4);
}

/* Its plan is named by a whole id, and by nothing that could be shown as something else. */
static void test_an_undo_is_named_by_its_id(void **state)
{
	struct fixture *f = *state;
	static const char *const ids[] = {"0123456789ab", "0123456789", "0123456789ab\\u001b[2J",
					  "0123456789AB", ""};
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		struct journal_entry_list entries = {0};
		bool cut = false;
		char *line = arena_printf(
			f->arena,
			"{\"at\":\"2026-11-22T09:34:56.123Z\",\"customer\":\"%s\",\"digest\":\"%s\","
			"\"event\":\"undone\",\"format\":\"seatshift-journal/1\",\"prev\":null,\"seq\":1,"
			"\"tenant\":\"%s\",\"undone_by\":\"%s\"}\n",
			f->file.head.customer, f->file.head.digest, f->file.head.tenant, ids[i]);
		bool good = journal_parse(&f->file, (struct bytes){line, strlen(line)}, f->arena, &entries,
					  &cut, &f->err);
		assert_int_equal(good, i == 0);
		if (good)
			assert_string_equal(entries.items[0].undone_by, ids[0]);
		error_release(&f->err);
	}
}

static void test_missing_file_has_no_entries(void **state)
{
	struct fixture *f = *state;
	struct journal_entry_list entries;
	bool cut = true;
	assert_true(journal_read(&f->file, f->arena, &entries, &cut, &f->err));
	assert_int_equal(entries.count, 0);
	assert_false(cut);
	f->path[strlen(f->dir)] = '\0';
	assert_false(journal_read(&f->file, f->arena, &entries, &cut, &f->err));
	assert_int_equal(f->err.code, ERR_INVALID);
	f->path[strlen(f->dir)] = '/';
}

static void test_every_truncation_is_cut_and_goes_on(void **state)
{
	struct fixture *f = *state;
	char bytes[4096], after[4096];
	size_t len = write_sample(f, bytes, sizeof bytes);
	for (size_t cut_at = 0; cut_at <= len; cut_at++) {
		size_t lines = 0, whole = 0;
		for (size_t i = 0; i < cut_at; i++)
			if (bytes[i] == '\n') {
				lines++;
				whole = i + 1;
			}
		spill(f->path, bytes, cut_at);
		struct journal_entry_list entries;
		bool cut;
		assert_true(journal_read(&f->file, f->arena, &entries, &cut, &f->err));
		assert_int_equal(entries.count, lines);
		assert_int_equal(cut, whole < cut_at);
		struct journal *journal = open_journal(f, &entries);
		assert_int_equal(slurp(f->path, after, sizeof after), whole);
		append_note(f, journal, "on");
		journal_free(journal);
		assert_true(journal_read(&f->file, f->arena, &entries, &cut, &f->err));
		assert_int_equal(entries.count, lines + 1);
		assert_false(cut);
	}
}

/* Every byte of every line but the last, changed to each of a few others, its newline included. */
static void test_every_edit_is_refused(void **state)
{
	struct fixture *f = *state;
	char bytes[4096];
	size_t len = write_sample(f, bytes, sizeof bytes);
	size_t last = len - 1;
	while (bytes[last - 1] != '\n')
		last--;
	int64_t line = 1;
	for (size_t i = 0; i < last; i++) {
		static const unsigned char masks[] = {0x01, 0x20, 0x80, 0xff};
		for (size_t m = 0; m < ARRAY_LEN(masks); m++) {
			char was = bytes[i];
			bytes[i] = (char)((unsigned char)was ^ masks[m]);
			spill(f->path, bytes, len);
			struct journal_entry_list entries;
			bool cut;
			assert_false(journal_read(&f->file, f->arena, &entries, &cut, &f->err));
			assert_int_equal(f->err.code, ERR_INVALID);
			/* A change is told at its line, or at the next one, whose `prev` it breaks. */
			char here[32], next[32];
			snprintf(here, sizeof here, "at line %lld:", (long long)line);
			snprintf(next, sizeof next, "at line %lld:", (long long)line + 1);
			assert_true(strstr(f->err.message, here) || strstr(f->err.message, next));
			error_release(&f->err);
			bytes[i] = was;
		}
		line += bytes[i] == '\n';
	}
}

static void refuse(struct fixture *f, const char *text, const char *want)
{
	spill(f->path, text, strlen(text));
	struct journal_entry_list entries;
	struct journal *journal = NULL;
	assert_false(journal_open(&f->file, &fixed_clock, f->arena, &entries, &journal, &f->err));
	assert_int_equal(f->err.code, ERR_INVALID);
	if (!strstr(f->err.message, want))
		fail_msg("'%s' not in '%s'", want, f->err.message);
	error_release(&f->err);
}

static void test_what_does_not_fit_is_refused(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"\n", "line 1"},
		{"{}\n", "line 1: not a journal entry"},
		{"{\"at\":\"2026-11-22T09:34:56.123Z\",\"event\":\"note\",\"prev\":null,\"seq\":2}\n",
		 "line 1: sequence number 2 where 1 belongs"},
		{"{\"at\":\"2026-11-22T09:34:56.123Z\",\"event\":\"note\",\"prev\":\"sha256:00\",\"seq\":1}"
		 "\n",
		 "line 1: does not follow"},
		{"{\"at\":\"2026-11-22T09:34:56.123Z\",\"event\":\"nap\",\"prev\":null,\"seq\":1}\n",
		 "line 1: not a journal entry"},
		{"{\"at\":\"yesterday\",\"event\":\"note\",\"prev\":null,\"seq\":1}\n",
		 "line 1: not a journal entry"},
		{"{\"at\":\"2026-11-22T09:34:56.123Z\", \"event\":\"note\",\"prev\":null,\"seq\":1}\n",
		 "line 1: not written as"},
		{"{\"at\":\"2026-11-22T09:34:56.123Z\",\"event\":\"note\",\"prev\":null,\"seq\":1,\"x\":1}\n",
		 "line 1: not written as"},
		{"{\"at\":\"2026-11-22T09:34:56.123Z\",\"by\":7,\"event\":\"note\",\"prev\":null,\"seq\":1}"
		 "\n",
		 "line 1: not written as"},
		{"{\"at\":\"2026-11-22T09:34:56.123Z\",\"event\":\"note\",\"evidence\":[],"
		 "\"prev\":null,\"seq\":1}\n",
		 "line 1: not a journal entry"},
		{"{\"at\":\"2026-11-22T09:34:56.123Z\",\"event\":\"note\",\"prev\":\"\",\"seq\":1}\n",
		 "line 1: not written as"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		refuse(f, cases[i].text, cases[i].want);
}

#define LINE(head, tenant) "{\"at\":\"2026-11-22T09:34:56.123Z\"," head "\"prev\":null,\"seq\":1" tenant "}\n"
#define HEAD(customer, digest)                                                                               \
	"\"customer\":\"" customer "\",\"digest\":\"" digest "\",\"event\":\"note\"," FORMAT
#define FORMAT "\"format\":\"seatshift-journal/1\","
#define TENANT(id) ",\"tenant\":\"" id "\""

/* A chain that is whole, of another plan, customer or tenant, or of none. */
static void test_a_journal_of_another_plan_is_refused(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *text, *want;
	} cases[] = {
		{LINE("\"event\":\"note\",", ""), "does not say in its first line which plan it is of"},
		{LINE(HEAD("contoso", "sha256:000000000000"), TENANT("8f3c1d5e")),
		 "is of plan 000000000000 of 'contoso' (tenant 8f3c1d5e), not of plan 3fa9c1d2e4b7 of "
		 "'contoso'"},
		{LINE(HEAD("fabrikam", "sha256:3fa9c1d2e4b7"), TENANT("8f3c1d5e")), "of 'fabrikam'"},
		{LINE(HEAD("contoso", "sha256:3fa9c1d2e4b7"), TENANT("1c9e7b5a")), "(tenant 1c9e7b5a)"},
		{LINE(HEAD("contoso", "sha256:3fa9c1d2e4b7"), ""), "does not say"},
		{LINE("\"customer\":\"contoso\",\"event\":\"note\",", TENANT("8f3c1d5e")), "does not say"},
		{LINE("\"customer\":\"contoso\",\"digest\":\"sha256:3fa9c1d2e4b7\",\"event\":\"note\",",
		      TENANT("8f3c1d5e")),
		 "line 1: not written as"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		refuse(f, cases[i].text, cases[i].want);
}

static void test_bad_utf8_never_gets_in(void **state)
{
	struct fixture *f = *state;
	struct journal_entry_list entries;
	struct journal *journal = open_journal(f, &entries);
	struct journal_entry bad = {.event = JOURNAL_NOTE, .detail = "\xff"};
	assert_false(journal_append(journal, &bad, &f->err));
	assert_int_equal(f->err.code, ERR_INVALID);
	error_release(&f->err);
	append_note(f, journal, "fine");
	journal_free(journal);
	bool cut;
	assert_true(journal_read(&f->file, f->arena, &entries, &cut, &f->err));
	assert_int_equal(entries.count, 1);
}

static void test_second_writer_is_locked_out(void **state)
{
	struct fixture *f = *state;
	struct journal_entry_list entries;
	struct journal *first = open_journal(f, &entries);
	struct journal *second = NULL;
	assert_false(journal_open(&f->file, &fixed_clock, f->arena, &entries, &second, &f->err));
	assert_int_equal(f->err.code, ERR_LOCKED);
	journal_free(first);
	error_release(&f->err);
	journal_free(open_journal(f, &entries));
}

/* A write that the kernel cuts short and then refuses, as a full disk does, wherever the limit is. */
static void test_limit_reached_inside_a_line(void **state)
{
	struct fixture *f = *state;
	char bytes[4096];
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit before;
	getrlimit(RLIMIT_FSIZE, &before);
	struct journal_entry_list entries;
	for (rlim_t room = 0; room < 90; room += 3) {
		unlink(f->path);
		struct journal *journal = open_journal(f, &entries);
		append_note(f, journal, "one");
		size_t whole = slurp(f->path, bytes, sizeof bytes);
		struct rlimit limit = {.rlim_cur = whole + room, .rlim_max = before.rlim_max};
		setrlimit(RLIMIT_FSIZE, &limit);
		struct journal_entry entry = {.event = JOURNAL_WRITE, .run = "r1"};
		bool wrote = journal_append(journal, &entry, &f->err);
		setrlimit(RLIMIT_FSIZE, &before);
		assert_false(wrote);
		assert_int_equal(f->err.code, ERR_IO);
		assert_non_null(f->err.hint);
		assert_int_equal(slurp(f->path, bytes, sizeof bytes), whole);
		error_release(&f->err);
		assert_false(journal_append(journal, &entry, &f->err));
		assert_int_equal(f->err.code, ERR_IO);
		error_release(&f->err);
		assert_int_equal(slurp(f->path, bytes, sizeof bytes), whole);
		journal_free(journal);
		journal = open_journal(f, &entries);
		assert_int_equal(entries.count, 1);
		append_note(f, journal, "two");
		journal_free(journal);
	}
}

enum { CHILD_OK = 0, CHILD_WRONG = 1, CHILD_SKIP = 77 };

/* In a namespace of its own with a real, small, full file system. */
static int fill_small_disk(struct fixture *f)
{
	if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
		return CHILD_SKIP;
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", f->dir, "tmpfs", 0, "size=16k") != 0)
		return CHILD_SKIP;
	struct journal_entry_list entries;
	struct journal *journal = NULL;
	if (!journal_open(&f->file, &fixed_clock, f->arena, &entries, &journal, &f->err))
		return CHILD_WRONG;
	struct journal_entry entry = {.event = JOURNAL_NOTE, .detail = "a note to fill the disk with"};
	size_t appended = 0;
	while (appended < 1000 && journal_append(journal, &entry, &f->err))
		appended++;
	if (appended == 1000 || f->err.code != ERR_IO || !strstr(f->err.message, strerror(ENOSPC)))
		return CHILD_WRONG;
	journal_free(journal);
	error_release(&f->err);
	bool cut = true;
	if (!journal_read(&f->file, f->arena, &entries, &cut, &f->err))
		return CHILD_WRONG;
	return entries.count == appended && !cut ? CHILD_OK : CHILD_WRONG;
}

static void test_full_disk(void **state)
{
	pid_t child = fork();
	if (child == 0)
		_exit(fill_small_disk(*state));
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CHILD_SKIP)
		skip();
	assert_int_equal(WEXITSTATUS(status), CHILD_OK);
}

static void test_killed_writer_leaves_ended_entries(void **state)
{
	struct fixture *f = *state;
	pid_t child = fork();
	if (child == 0) {
		struct journal_entry_list entries;
		struct journal *journal = NULL;
		struct journal_entry entry = {.event = JOURNAL_ENDED, .outcome = "verified"};
		if (!journal_open(&f->file, &fixed_clock, f->arena, &entries, &journal, &f->err) ||
		    !journal_append(journal, &entry, &f->err))
			_exit(1);
		raise(SIGKILL);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	struct journal_entry_list entries;
	struct journal *journal = open_journal(f, &entries);
	assert_int_equal(entries.count, 1);
	journal_free(journal);
}

static void test_outcome_names(void **state)
{
	(void)state;
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		enum outcome back = OUTCOME_COUNT;
		assert_non_null(outcome_name((enum outcome)i));
		assert_true(outcome_parse(outcome_name((enum outcome)i), &back));
		assert_int_equal(back, i);
	}
	enum outcome untouched = OUTCOME_STALE;
	assert_false(outcome_parse("Verified", &untouched));
	assert_int_equal(untouched, OUTCOME_STALE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_an_undo_is_named_by_its_id, setup, teardown),
		cmocka_unit_test_setup_teardown(test_missing_file_has_no_entries, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_truncation_is_cut_and_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_edit_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_does_not_fit_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_journal_of_another_plan_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_utf8_never_gets_in, setup, teardown),
		cmocka_unit_test_setup_teardown(test_second_writer_is_locked_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limit_reached_inside_a_line, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed_writer_leaves_ended_entries, setup, teardown),
		cmocka_unit_test(test_outcome_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
