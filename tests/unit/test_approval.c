/* Approvals as text: one form only, and file names that are safe. */
#include "plans/approvals/approval.h"

#include "core/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct approval sample = {
	.digest = "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
	.customer = "contoso",
	.tenant_id = "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f",
	.tenant_domain = "contoso.onmicrosoft.com",
	.approver = "adele.vance@example.com",
	.approved_ms = 1795340096123,
	.expires_ms = 1795599296123,
};

static void test_reads_what_it_writes(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	struct approval read = {0};
	struct error err = ERROR_INIT;
	approval_encode(&sample, &text);
	assert_true(approval_decode(strbuf_text(&text), text.len, arena, &read, &err));
	assert_string_equal(read.digest, sample.digest);
	assert_string_equal(read.approver, sample.approver);
	assert_true(read.approved_ms == sample.approved_ms && read.expires_ms == sample.expires_ms);
}

/* Every text that differs from a good one in one byte is refused, or is another approval and says so. */
static void test_every_changed_byte(void **state)
{
	(void)state;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	approval_encode(&sample, &text);
	for (size_t i = 0; i <= text.len; i++) {
		CLEANUP(arena_freep) struct arena *arena = arena_new();
		CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT(STRBUF_SMALL);
		char *changed = arena_strdup(arena, strbuf_text(&text));
		struct approval read = {0};
		struct error err = ERROR_INIT;
		size_t len = i == text.len ? text.len - 1 : text.len;
		if (i < text.len)
			changed[i] = changed[i] == '0' ? '1' : '0';
		if (!approval_decode(changed, len, arena, &read, &err)) {
			assert_int_equal(err.code, ERR_INVALID);
			error_release(&err);
			continue;
		}
		approval_encode(&read, &again);
		assert_string_equal(strbuf_text(&again), changed);
	}
}

static void test_cut_anywhere(void **state)
{
	(void)state;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	approval_encode(&sample, &text);
	for (size_t len = 0; len < text.len; len++) {
		CLEANUP(arena_freep) struct arena *arena = arena_new();
		struct approval read = {0};
		struct error err = ERROR_INIT;
		assert_false(approval_decode(arena_strndup(arena, strbuf_text(&text), len), len, arena, &read,
					     &err));
		error_release(&err);
	}
}

static void test_names(void **state)
{
	(void)state;
	static const struct {
		const char *approver;
		bool valid;
		const char *file; /* NULL: any that is safe */
	} cases[] = {
		{"adele.vance@example.com", true, "adele.vance@example.com"},
		{"Adele.Vance@Example.com", true, "adele.vance@example.com"},
		{"../../etc/passwd", true, NULL},
		{".hidden", true, NULL},
		{"a/b", true, NULL},
		{"j\xc3\xbcrgen@example.com", true, NULL},
		{"", false, NULL},
		{"-I", false, NULL},
		{"a b", false, NULL},
		{"a,b", false, NULL},
		{"*@example.com", false, NULL},
		{"!adele", false, NULL},
		{"a\nb", false, NULL},
		{"a\"b", false, NULL},
		{"\xff", false, NULL},
	};
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(approver_is_valid(cases[i].approver), cases[i].valid);
		if (!cases[i].valid)
			continue;
		const char *file = approver_file_name(cases[i].approver, arena);
		if (cases[i].file)
			assert_string_equal(file, cases[i].file);
		assert_true(file[0] != '.' && file[0] != '-' && !strchr(file, '/') && strlen(file) < 120);
		assert_int_equal(strspn(file, "abcdefghijklmnopqrstuvwxyz0123456789._@+-"), strlen(file));
	}
	assert_string_not_equal(approver_file_name("a/b", arena), approver_file_name("a:b", arena));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_what_it_writes),
		cmocka_unit_test(test_every_changed_byte),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
