/* The repository file: its defaults and its digest; and the schemas of both files. */
#include "core/json.h"
#include "plans/desired/desired.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool parse_policy(const char *text, struct arena *arena, struct diag_list *diags,
			 struct policy *policy)
{
	return policy_parse("seatshift.yaml", text, strlen(text), arena, diags, policy);
}

static void test_policy_defaults(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct diag_list diags = {0};
	struct policy a, b;
	assert_true(parse_policy("version: 1\n", arena, &diags, &a));
	assert_int_equal(a.cloud, CLOUD_GLOBAL);
	assert_int_equal(a.auth_method, AUTH_AUTO);
	assert_string_equal(a.approvals_branch, "main");
	assert_int_equal(a.approval_valid_ms, 72 * 3600 * 1000);
	assert_int_equal(a.concurrency, 4);
	assert_int_equal(a.limits.users_changed.value, 100);
	assert_true(parse_policy("version: 1\ncloud: global\nauth: {method: azure-cli}\nconcurrency: 8\n"
				 "limits: {users_changed: 100%, licenses_taken: 0, min_seats_left: 0}\n"
				 "approvals: {required: 0, valid_for: 3d}\n",
				 arena, &diags, &b));
	assert_int_equal(b.auth_method, AUTH_AZURE_CLI);
	assert_string_equal(a.digest, b.digest);
	assert_true(parse_policy("version: 1\nprotected: [a@contoso.com]\n", arena, &diags, &b));
	assert_string_not_equal(a.digest, b.digest);
}

static void test_schema_is_json(void **state)
{
	(void)state;
	for (int kind = 0; kind < SCHEMA_COUNT; kind++) {
		CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_SMALL);
		struct json *root = NULL;
		struct error err = ERROR_INIT;
		schema_write((enum schema_kind)kind, &buf);
		assert_true(json_parse(buf.ptr, buf.len, &root, &err));
		assert_string_equal(json_get_text(root, "$schema"),
				    "https://json-schema.org/draft/2020-12/schema");
		assert_non_null(
			json_get(json_get(root, "properties"), kind == SCHEMA_FLEET ? "waves" : "limits"));
		json_free(root);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy_defaults),
		cmocka_unit_test(test_schema_is_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
