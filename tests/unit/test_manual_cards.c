/* The hand steps: where the cards send a person. */
#include "providers/manual/manual.h"

#include "core/mem.h"
#include "core/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define TENANT "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f"

static struct manual_context context_of(const char *cloud)
{
	return (struct manual_context){.tenant_id = TENANT,
				       .tenant_domain = "contoso.onmicrosoft.com",
				       .tenant_name = "Contoso Ltd",
				       .cloud = cloud,
				       .part_number = "ENTERPRISEPACK",
				       .distributor = "Example Distribution",
				       .order_reference = "PO-4711"};
}

static struct action redeem(const char *as)
{
	return (struct action){.id = "a0001",
			       .kind = ACTION_REDEEM_KEY,
			       .seats = 25,
			       .redeem_as = as,
			       .key_ends_in = "7QX2K",
			       .sku_id = "6fd2c87f-b296-42f0-b197-1e91e994b900",
			       .result = {.seats = 25}};
}

/* ---- the sign-in ---------------------------------------------------------------------------- */

static const struct {
	const char *cloud;
	const char *portal;
	const char *admin; /* with the domain hint where the cloud's portal takes one */
	const char *activate;
} clouds[] = {
	{NULL, "https://portal.azure.com/", "https://portal.office.com?domain_hint=contoso.onmicrosoft.com",
	 "https://microsoft365.com/setupbusiness"},
	{"global", "https://portal.azure.com/",
	 "https://portal.office.com?domain_hint=contoso.onmicrosoft.com",
	 "https://microsoft365.com/setupbusiness"},
	{"usgov", "https://portal.azure.us/", "https://portal.office365.us/", NULL},
	{"usgov-dod", "https://portal.azure.us/", "https://portal.apps.mil/", NULL},
	{"china", "https://portal.azure.cn/", "https://portal.partner.microsoftonline.cn/", NULL},
};

/* Each cloud sends the person to its own hosts, and to no other cloud's. */
static void check_hosts(size_t n, const char *card)
{
	for (size_t i = 0; i < ARRAY_LEN(clouds); i++) {
		if (strcmp(clouds[i].portal, clouds[n].portal) != 0)
			assert_null(strstr(card, clouds[i].portal));
		if (strcmp(clouds[i].admin, clouds[n].admin) != 0)
			assert_null(strstr(card, clouds[i].admin));
	}
	assert_true(!strstr(card, "microsoft365.com") == !clouds[n].activate);
}

static void test_sign_in_by_cloud(void **state)
{
	(void)state;
	struct arena *out = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(clouds); i++) {
		const struct manual_context context = context_of(clouds[i].cloud);
		const struct action action = redeem("new-subscription");
		const char *link = manual_sign_in_link(&context, out);
		assert_string_equal(link, arena_printf(out, "%s" TENANT, clouds[i].portal));
		struct strbuf card = STRBUF_INIT(STRBUF_LARGE);
		manual_card(&action, &context, NULL, &card);
		assert_non_null(strstr(strbuf_text(&card), link));
		assert_non_null(strstr(strbuf_text(&card), clouds[i].admin));
		assert_null(strstr(strbuf_text(&card), "client_id"));
		check_hosts(i, strbuf_text(&card));
		strbuf_release(&card);
	}
	arena_free(out);
}

static void test_each_way_of_redeeming(void **state)
{
	(void)state;
	static const struct {
		const char *as, *says;
	} ways[] = {{"new-subscription", "activate the key as NEW"},
		    {"add-seats", "Add more licenses"},
		    {"extend-term", "Extend end date"}};
	const struct manual_context context = context_of("global");
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		const struct action action = redeem(ways[i].as);
		struct strbuf card = STRBUF_INIT(STRBUF_LARGE);
		manual_card(&action, &context, NULL, &card);
		for (size_t j = 0; j < ARRAY_LEN(ways); j++)
			assert_true(!strstr(strbuf_text(&card), ways[j].says) == (i != j));
		strbuf_release(&card);
	}
}

/* ---- what fits, and what can never act ------------------------------------------------------- */

enum { COLUMNS = 80, LEAST_COLUMNS = 72 /* of the longest link */ };

static const struct {
	enum action_kind kind;
	const char *redeem_as, *cancel_by;
} cards[] = {
	{ACTION_REDEEM_KEY, "new-subscription", NULL},
	{ACTION_REDEEM_KEY, "add-seats", NULL},
	{ACTION_REDEEM_KEY, "extend-term", NULL},
	{ACTION_RETIRE_SUBSCRIPTION, NULL, "phone"},
	{ACTION_RETIRE_SUBSCRIPTION, NULL, "portal"},
	{ACTION_RETIRE_SUBSCRIPTION, NULL, "let-expire"},
	{ACTION_ADD_PARTNER, NULL, NULL},
};

static size_t widest(const char *text)
{
	size_t most = 0, columns = 0;
	for (const char *p = text; *p; p++) {
		columns = *p == '\n' ? 0 : columns + (((unsigned char)*p & 0xc0) != 0x80);
		most = columns > most ? columns : most;
	}
	return most;
}

/* A tenant with one subscription to retire and two to keep, one of them of the same SKU. */
static void put_card(size_t n, const struct manual_context *context, struct strbuf *card)
{
	struct action action = redeem(cards[n].redeem_as);
	const char *kept[] = {"7a3e9b5d-62c8-4f1f-8d4e-3c9f80b2e101"};
	char *part_number = (char *)(uintptr_t)context->part_number;
	struct subscription subscriptions[] = {
		{.id = "6f2d8a4c-51b7-4e0e-9c3d-2b8e7f6a1d90",
		 .part_number = part_number,
		 .sku_id = action.sku_id},
		{.id = kept[0], .part_number = part_number, .sku_id = "other", .seats = 100000},
		{.id = "d1e0c9b8-a7f6-4e5d-8c3b-2a1908f7e6d5",
		 .part_number = part_number,
		 .sku_id = action.sku_id},
	};
	struct live live = {.subscriptions = {.items = subscriptions, .count = ARRAY_LEN(subscriptions)}};
	action.kind = cards[n].kind;
	action.cancel_by = cards[n].cancel_by;
	action.retire_by = "2026-12-01";
	action.subscription_id = subscriptions[0].id;
	action.keep = (struct str_list){.items = kept, .count = 1};
	manual_card(&action, context, &live, card);
}

static void test_cards_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(clouds); i++) {
		struct manual_context context = context_of(clouds[i].cloud);
		context.part_number = "MCOPSTN_PAYG_OF_TWENTY_SIX";
		for (size_t n = 0; n < ARRAY_LEN(cards); n++) {
			for (size_t columns = COLUMNS; columns >= LEAST_COLUMNS;
			     columns -= COLUMNS - LEAST_COLUMNS) {
				struct strbuf card = STRBUF_INIT(STRBUF_LARGE);
				struct strbuf filled = STRBUF_INIT(STRBUF_LARGE);
				put_card(n, &context, &card);
				text_fill(&filled, strbuf_text(&card), columns);
				if (widest(strbuf_text(&filled)) > columns)
					fail_msg("card %zu is %zu columns wide:\n%s", n,
						 widest(strbuf_text(&filled)), strbuf_text(&filled));
				strbuf_release(&card);
				strbuf_release(&filled);
			}
		}
	}
}

/* No terminal escape, no line of its own, nothing that turns the direction of writing. */
static void test_hostile_names_are_inert(void **state)
{
	(void)state;
	const char evil[] =
		"Contoso\x1b[2J\x1b]0;x\x07\n  KEY      99 × EVIL\r\xe2\x80\xae\xe2\x80\xa8\xc2\x9b";
	struct manual_context context = context_of("global");
	context.tenant_name = context.tenant_domain = context.part_number = evil;
	context.distributor = context.order_reference = context.tenant_id = evil;
	static const char *const acts[] = {"\x1b",     "\x07",		 "\r", "\xe2\x80\xae", "\xe2\x80\xa8",
					   "\xc2\x9b", "\n  KEY      99"};
	for (size_t n = 0; n < ARRAY_LEN(cards); n++) {
		struct strbuf card = STRBUF_INIT(STRBUF_LARGE);
		put_card(n, &context, &card);
		assert_non_null(strstr(strbuf_text(&card), "Contoso"));
		for (size_t i = 0; i < ARRAY_LEN(acts); i++)
			if (strstr(strbuf_text(&card), acts[i]))
				fail_msg("card %zu lets '%zu' through", n, i);
		strbuf_release(&card);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sign_in_by_cloud),
		cmocka_unit_test(test_each_way_of_redeeming),
		cmocka_unit_test(test_cards_fit),
		cmocka_unit_test(test_hostile_names_are_inert),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
