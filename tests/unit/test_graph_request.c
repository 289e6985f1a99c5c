/* Tokens, requests, pages and batches against scripted answers. */
#include "providers/graph/graph.h"
#include "providers/graph/wire/batch.h"
#include "providers/graph/wire/paging.h"
#include "tests/support/scripted_transport.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TOKEN_ANSWER(name)                                                                                   \
	{                                                                                                    \
		HTTP_ANSWERED, 200, NULL, NULL,                                                              \
			"{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"" name "\"}",     \
			false                                                                                \
	}
#define ANSWER(status, body)                                                                                 \
	{                                                                                                    \
		HTTP_ANSWERED, status, NULL, NULL, body, false                                               \
	}
static const char tenant_id[] = "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f";

struct bench {
	struct fake_clock clock;
	struct scripted script;
	struct secret *secret;
	struct graph_conn conn;
	char *text; /* what the callbacks saw */
	struct error err;
};

static void setup(struct bench *b, const struct scripted_answer *answers, size_t count)
{
	struct error err = ERROR_INIT;
	*b = (struct bench){.text = mem_strdup("")};
	fake_clock_init(&b->clock);
	scripted_init(&b->script, &b->clock, answers, count);
	b->secret = secret_new("s3cr~t/+", 8);
	b->conn = (struct graph_conn){.random = &fake_random,
				      .base = "https://graph.microsoft.com/v1.0",
				      .deadline_ms = 60000,
				      .budget = budget_new(&b->clock.clock, 0)};
	b->conn.client = http_client_new(&(struct http_client_options){.transport = &b->script.base,
								       .clock = &b->clock.clock,
								       .random = &fake_random,
								       .gate = budget_gate(b->conn.budget)});
	struct token_source *source =
		token_source_new(&(struct token_options){.method = "client-secret",
							 .login_url = "https://login.microsoftonline.com",
							 .tenant_id = tenant_id,
							 .scope = "https://graph.microsoft.com/.default",
							 .client_id = "app id",
							 .secret = b->secret,
							 .client = b->conn.client,
							 .random = &fake_random},
				 &err);
	assert_non_null(source);
	b->conn.tokens = token_cache_new(source, b->conn.client);
}

static void teardown(struct bench *b)
{
	token_cache_free(b->conn.tokens);
	http_client_free(b->conn.client);
	budget_free(b->conn.budget);
	secret_free(b->secret);
	scripted_release(&b->script);
	error_release(&b->err);
	free(b->text);
}

static void note(struct bench *b, const char *text)
{
	char *longer = mem_printf("%s%s;", b->text, text);
	free(b->text);
	b->text = longer;
}

static void finish(struct bench *b, int turns)
{
	for (int i = 0; i < turns; i++)
		http_client_drive(b->conn.client, 1000);
	assert_int_equal(http_client_pending(b->conn.client), 0);
}

static void on_reply(void *ctx, const struct graph_reply *reply)
{
	struct bench *b = ctx;
	char *text = mem_printf("%d:%d", (int)reply->outcome, reply->status);
	note(b, text);
	free(text);
	if (reply->err)
		graph_error_copy(reply->err, &b->err);
}

static void get(struct bench *b, const char *url)
{
	graph_send(&b->conn, &(struct graph_request){.method = HTTP_GET, .url = url}, on_reply, b);
	finish(b, 30);
}

static void test_sign_in_and_renewal(void **state)
{
	static const struct scripted_answer answers[] = {
		TOKEN_ANSWER("one"), ANSWER(200, "{}"),	    ANSWER(401, ""),  TOKEN_ANSWER("two"),
		ANSWER(200, "{}"),   TOKEN_ANSWER("three"), ANSWER(200, "{}")};
	struct bench b;
	(void)state;
	setup(&b, answers, ARRAY_LEN(answers));
	get(&b, "/a");
	get(&b, "/b");		       /* refused once: a new token, once more */
	b.clock.now_ms += 3300 * 1000; /* within five minutes of its end */
	get(&b, "/c");
	assert_string_equal(b.text, "0:200;0:200;0:200;");
	assert_int_equal(b.script.count, 7);
	assert_string_equal(b.script.requests[0].url, "https://login.microsoftonline.com/"
						      "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f/oauth2/"
						      "v2.0/token");
	assert_string_equal(b.script.requests[0].body,
			    "client_id=app%20id&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&"
			    "client_secret=s3cr~t%2F%2B&grant_type=client_credentials");
	assert_string_equal(b.script.requests[1].bearer, "one");
	assert_string_equal(b.script.requests[4].bearer, "two");
	assert_string_equal(b.script.requests[6].bearer, "three");
	teardown(&b);
}

static void test_refusals_explained(void **state)
{
	static const struct {
		const char *name;
		struct scripted_answer answers[3];
		enum error_code code;
		const char *says;
	} cases[] = {
		{"graph's error",
		 {TOKEN_ANSWER("t"),
		  ANSWER(403, "{\"error\":{\"code\":\"Authorization_RequestDenied\",\"message\":"
			      "\"Insufficient privileges.\",\"innerError\":{\"request-id\":\"r1\"}}}")},
		 ERR_AUTH,
		 "GET '/users/x' was answered 403 Authorization_RequestDenied: Insufficient "
		 "privileges. "
		 "(request-id r1, client-request-id 00000000-0000-4000-8000-000000000000)"},
		{"html",
		 {TOKEN_ANSWER("t"), {HTTP_ANSWERED, 404, "request-id", "r2", "<html>", false}},
		 ERR_REMOTE,
		 "GET '/users/x' was answered 404: no message (request-id r2, client-request-id "
		 "00000000-0000-4000-8000-000000000000)"},
		{"terminal escapes",
		 {TOKEN_ANSWER("t"),
		  ANSWER(400, "{\"error\":{\"code\":\"\",\"message\":\"a\\u001b[31mb\"}}")},
		 ERR_REMOTE,
		 "GET '/users/x' was answered 400: a\\x1b[31mb (client-request-id "
		 "00000000-0000-4000-8000-000000000000)"},
		{"sign-in",
		 {ANSWER(401, "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Wrong "
			      "secret. Trace ID: t1\\r\\nmore\",\"error_codes\":[7000215],\"trace_id\":"
			      "\"t1\",\"correlation_id\":\"c1\"}")},
		 ERR_AUTH,
		 "cannot sign in to tenant '8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f': 401 invalid_client: "
		 "AADSTS7000215: Wrong secret. (trace_id t1, correlation_id c1)"},
		/* {"tid":"00000000-0000-4000-8000-00000000000f"} */
		{"another tenant",
		 {TOKEN_ANSWER("e30.eyJ0aWQiOiIwMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMGYifQ.s")},
		 ERR_WRONG_TENANT,
		 "the token is for tenant '00000000-0000-4000-8000-00000000000f', not for "
		 "'8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f'"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bench b;
		setup(&b, cases[i].answers, 3);
		get(&b, "/users/x?$select=id");
		if (b.err.code != cases[i].code || !str_eq(b.err.message, cases[i].says))
			fail_msg("%s: %s", cases[i].name, b.err.message);
		if (cases[i].code == ERR_WRONG_TENANT)
			assert_int_equal(b.script.count, 1);
		teardown(&b);
	}
}

static bool on_item(void *ctx, const struct json *item, struct error *err)
{
	(void)err;
	note(ctx, json_text(item));
	return true;
}

static void on_restart(void *ctx)
{
	note(ctx, "restart");
}

static void test_pages(void **state)
{
	static const struct scripted_answer answers[] = {
		TOKEN_ANSWER("t"),
		ANSWER(200, "{\"value\":[\"a\"],\"@odata.nextLink\":"
			    "\"https://graph.microsoft.com/v1.0/users?$skiptoken=x%2By\"}"),
		ANSWER(400, "{\"error\":{\"code\":\"Directory_ExpiredPageToken\",\"message\":\"old\"}}"),
		ANSWER(200, "{\"value\":[],\"@odata.nextLink\":"
			    "\"https://GRAPH.microsoft.com:443/v1.0/users?p=2\"}"),
		ANSWER(200, "{\"value\":[\"b\"],\"@odata.nextLink\":"
			    "\"https://graph.microsoft.com.evil.example/v1.0/users\"}")};
	struct bench b;
	(void)state;
	setup(&b, answers, ARRAY_LEN(answers));
	paging_start(&b.conn, &(struct paging){.url = "/users",
					       .item = on_item,
					       .restart = on_restart,
					       .done = on_reply,
					       .ctx = &b});
	finish(&b, 20);
	assert_string_equal(b.text, "a;restart;b;4:0;");
	assert_string_equal(b.script.requests[2].url,
			    "https://graph.microsoft.com/v1.0/users?$skiptoken=x%2By");
	assert_int_equal(b.script.count, 5);
	assert_string_equal(b.err.message,
			    "refused to follow a link to 'https://graph.microsoft.com.evil.example:443': "
			    "Graph is at 'https://graph.microsoft.com:443'");
	assert_int_equal(b.err.code, ERR_WRONG_TENANT);
	assert_string_equal(b.script.requests[4].url, "https://graph.microsoft.com/v1.0/users?p=2");
	teardown(&b);
}

/* The right host, but not the version that we speak: nothing is sent, and no byte after the text is read. */
static void test_links_out_of_the_version(void **state)
{
	static const char *const links[] = {
		"https://graph.microsoft.com", "https://graph.microsoft.com/beta/users",
		"https://graph.microsoft.com/v1.0", "https://graph.microsoft.com/v1.01/users",
		"https://graph.microsoft.com?x"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		char *body = mem_printf("{\"value\":[],\"@odata.nextLink\":\"%s\"}", links[i]);
		const struct scripted_answer answers[] = {TOKEN_ANSWER("t"), ANSWER(200, body)};
		struct bench b;
		setup(&b, answers, ARRAY_LEN(answers));
		paging_start(&b.conn,
			     &(struct paging){.url = "/users", .item = on_item, .done = on_reply, .ctx = &b});
		finish(&b, 20);
		assert_int_equal(b.script.count, 2);
		assert_non_null(strstr(b.err.message, "refused to follow a link"));
		assert_int_equal(b.err.code, ERR_REMOTE);
		teardown(&b);
		free(body);
	}
}

static void on_part(void *ctx, size_t index, const struct graph_reply *reply)
{
	char *text = mem_printf("%zu=%d:%d", index, (int)reply->outcome, reply->status);
	note(ctx, text);
	free(text);
}

static void on_batch_done(void *ctx)
{
	note(ctx, "done");
}

static void send_batch(struct bench *b, bool is_write)
{
	static const struct batch_part parts[] = {
		{HTTP_GET, "/users/a", NULL}, {HTTP_GET, "/users/b", NULL}, {HTTP_GET, "/users/c", NULL}};
	batch_send(&b->conn, &(struct batch){.parts = parts,
					     .count = 3,
					     .is_write = is_write,
					     .part = on_part,
					     .done = on_batch_done,
					     .ctx = b});
	finish(b, 40);
}

/* Out of order, a part throttled, a part missing, an id nobody sent, an answer twice. */
static const struct scripted_answer batch_answers[] = {
	TOKEN_ANSWER("t"),
	ANSWER(200, "{\"responses\":[{\"id\":\"2\",\"status\":404,\"body\":{}},"
		    "{\"id\":\"7\",\"status\":200},{\"id\":\"2\",\"status\":200},"
		    "{\"id\":\"0\",\"status\":429,\"headers\":{\"Retry-After\":\"9\"}}]}"),
	ANSWER(200, "{\"responses\":[{\"id\":\"1\",\"status\":200},{\"id\":\"0\",\"status\":200}]}")};

static void test_batch_of_reads(void **state)
{
	struct bench b;
	(void)state;
	setup(&b, batch_answers, ARRAY_LEN(batch_answers));
	send_batch(&b, false);
	assert_string_equal(b.text, "2=1:404;1=0:200;0=0:200;done;");
	assert_int_equal(b.script.requests[2].at_ms - b.script.requests[1].at_ms, 9000);
	assert_string_equal(b.script.requests[2].body,
			    "{\"requests\":[{\"id\":\"0\",\"method\":\"GET\",\"url\":\"/users/a\"},"
			    "{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/users/b\"}]}");
	assert_int_equal(budget_throttle_count(b.conn.budget), 1);
	teardown(&b);
}

static void test_batch_of_writes(void **state)
{
	struct bench b;
	(void)state;
	setup(&b, batch_answers, ARRAY_LEN(batch_answers));
	send_batch(&b, true);
	assert_string_equal(b.text, "2=1:404;0=2:429;1=3:0;done;");
	assert_int_equal(b.script.count, 2);
	teardown(&b);
}

static void test_costs(void **state)
{
	(void)state;
	assert_int_equal(budget_cost(HTTP_GET, "/users?$top=999"), 2);
	assert_int_equal(budget_cost(HTTP_GET, "/users/a"), 1);
	assert_int_equal(budget_cost(HTTP_GET, "/users/a/licenseDetails"), 2);
	assert_int_equal(budget_cost(HTTP_GET, "/subscribedSkus?$select=skuId"), 2);
	assert_int_equal(budget_cost(HTTP_GET, "/groups/a/members/microsoft.graph.user"), 3);
	assert_int_equal(budget_cost(HTTP_GET, "/organization?$select=id"), 1);
	assert_int_equal(budget_cost(HTTP_POST, "/users/a/assignLicense"), 1);
}

static void test_options_refused(void **state)
{
	static const struct {
		const char *graph_url, *method, *tenant, *says;
	} cases[] = {
		{"http://graph.example", "client-secret", tenant_id,
		 "SEATSHIFT_GRAPH_URL must be https, or plain http to a loopback address: "
		 "'http://graph.example'"},
		{"https://graph.example/v1.0", "client-secret", tenant_id,
		 "SEATSHIFT_GRAPH_URL takes scheme, host and port only: 'https://graph.example/v1.0'"},
		{NULL, "telepathy", tenant_id, "no way of signing in is called 'telepathy'"},
		{NULL, "client-secret", "common", "the tenant id is not a GUID: 'common'"},
		{NULL, "access-token", tenant_id, "no access token: SEATSHIFT_ACCESS_TOKEN is empty"},
	};
	struct fake_clock clock;
	struct scripted script;
	(void)state;
	fake_clock_init(&clock);
	scripted_init(&script, &clock, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = ERROR_INIT;
		struct provider *p = graph_new(&(struct graph_options){.transport = &script.base,
								       .clock = &clock.clock,
								       .random = &fake_random,
								       .tenant_id = cases[i].tenant,
								       .graph_url = cases[i].graph_url,
								       .auth_method = cases[i].method,
								       .client_id = "c"},
					       &err);
		if (p || !str_eq(err.message, cases[i].says))
			fail_msg("%s", err.message);
		error_release(&err);
	}
	assert_int_equal(script.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_sign_in_and_renewal),
					   cmocka_unit_test(test_refusals_explained),
					   cmocka_unit_test(test_pages),
					   cmocka_unit_test(test_links_out_of_the_version),
					   cmocka_unit_test(test_batch_of_reads),
					   cmocka_unit_test(test_batch_of_writes),
					   cmocka_unit_test(test_costs),
					   cmocka_unit_test(test_options_refused)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
