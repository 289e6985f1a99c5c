/* Customer and repository files: what is accepted, what it means, and what its digest depends on. */
#include "plans/desired/desired.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char full[] =
	"version: 1\n"
	"customer: contoso\n"
	"tenant:\n"
	"  id: 8F3C1D5E-6a0b-4c7d-9e2f-1a2b3c4d5e6f\n"
	"  domain: Contoso.onmicrosoft.com\n"
	"  name: Contoso Ltd\n"
	"agreement:\n"
	"  reason: upfront-payment\n"
	"  note: Grant money has to be spent this year.\n"
	"  agreed_by: jane@contoso.com\n"
	"  agreed_on: 2026-11-02\n"
	"moves:\n"
	"  - open:\n"
	"      sku: ENTERPRISEPACK\n"
	"      seats: 25\n"
	"      order: {distributor: Example Distribution, reference: PO-4711, placed_on: 2021-11-05}\n"
	"      key: {env: CONTOSO_OPEN_KEY, ends_in: 7qx2k}\n"
	"      redeem_as: new-subscription\n"
	"    advisor:\n"
	"      sku: STANDARDPACK\n"
	"      subscription: 6F2D0000-0000-4000-8000-000000000001\n"
	"      retire_by: 2026-12-01\n"
	"      cancel_by: portal\n"
	"    users:\n"
	"      - adele.vance@contoso.com\n"
	"      - upn: alex.w@contoso.com\n"
	"        usage_location: GB\n"
	"        disable: [YAMMER_ENTERPRISE, SWAY]\n"
	"      - holders_of: advisor\n"
	"      - group: Sales\n"
	"        lose_mailbox: true\n"
	"      - csv: contoso-users.csv\n"
	"    except: [breakglass@contoso.com]\n"
	"    unlisted: keep\n"
	"defaults:\n"
	"  usage_location: US\n"
	"  service_plans: enable-all\n"
	"order_of_work: cancel-first\n"
	"canary: [adele.vance@contoso.com]\n"
	"limits: {users_changed: 50%, licenses_taken: 0}\n";

static const char csv_text[] = "\xef\xbb\xbfUPN,usage_location,disable\r\n"
			       "\"megan.b@contoso.com\",DE,SWAY;YAMMER_ENTERPRISE\r\n"
			       "\r\n"
			       "lee.g@contoso.com,,\r\n";

struct files {
	const char *text;
	char last_path[128];
};

static bool read_fake(void *ctx, const char *path, struct arena *out, struct bytes *ret, struct error *err)
{
	struct files *files = ctx;
	snprintf(files->last_path, sizeof files->last_path, "%s", path);
	if (!files->text)
		return error_set(err, ERR_IO, "cannot read '%s': No such file or directory", path);
	*ret = (struct bytes){arena_strdup(out, files->text), strlen(files->text)};
	return true;
}

struct parsed {
	struct arena *arena;
	struct diag_list diags;
	struct files files;
	struct desired desired;
	bool ok;
};

static struct parsed parse_with(const char *text, const char *csv)
{
	struct parsed p = {.arena = arena_new(), .files = {.text = csv}};
	const struct file_reader reader = {read_fake, &p.files};
	p.ok = desired_parse("repo/customers/contoso.yaml", (struct bytes){text, strlen(text)}, &reader,
			     p.arena, &p.diags, &p.desired);
	return p;
}

/* The text with the first `from` replaced by `to`. */
static char *edited(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	if (!at)
		fail_msg("'%s' is not in the text", from);
	return mem_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void test_everything_is_read(void **state)
{
	(void)state;
	struct parsed p = parse_with(full, csv_text);
	for (size_t i = 0; i < p.diags.count; i++)
		print_message("%s\n", diag_text(p.arena, &p.diags.items[i], full));
	assert_true(p.ok);
	const struct desired *d = &p.desired;
	assert_string_equal(p.files.last_path, "customers/contoso-users.csv");
	assert_string_equal(d->file, "customers/contoso.yaml");
	assert_string_equal(d->tenant_id, "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f");
	assert_string_equal(d->tenant_domain, "contoso.onmicrosoft.com");
	assert_string_equal(d->tenant_name, "Contoso Ltd");
	assert_string_equal(d->agreement_reason, "upfront-payment");
	assert_string_equal(d->agreed_on, "2026-11-02");
	assert_true(d->cancel_first);
	assert_true(d->enable_all_services);
	assert_string_equal(d->default_usage_location, "US");
	assert_int_equal(d->canary.count, 1);
	assert_true(d->limits.users_changed.given && d->limits.users_changed.is_percent);
	assert_int_equal(d->limits.users_changed.value, 50);
	assert_false(d->limits.min_seats_left.given);
	assert_int_equal(d->moves.count, 1);
	const struct move *m = &d->moves.items[0];
	assert_int_equal(m->place.line, 13);
	assert_int_equal(m->seats, 25);
	assert_int_equal(m->seats_place.line, 15);
	assert_true(m->has_order && m->has_advisor);
	assert_string_equal(m->placed_on, "2021-11-05");
	assert_int_equal(m->key_source, KEY_ENV);
	assert_string_equal(m->key_ends_in, "7QX2K");
	assert_string_equal(m->advisor_subscription, "6f2d0000-0000-4000-8000-000000000001");
	assert_int_equal(m->cancel_by, CANCEL_PORTAL);
	assert_int_equal(m->unlisted, UNLISTED_KEEP);
	assert_int_equal(m->users.count, 5);
	assert_string_equal(m->users.items[1].upn, "alex.w@contoso.com");
	assert_string_equal(m->users.items[1].disable.items[0], "SWAY");
	assert_int_equal(m->users.items[1].place.line, 26);
	assert_int_equal(m->users.items[2].kind, ENTRY_HOLDERS_OF_ADVISOR);
	assert_true(m->users.items[3].lose_mailbox);
	const struct user_entry *csv = &m->users.items[4];
	assert_string_equal(csv->why, "csv contoso-users.csv");
	assert_int_equal(csv->row_count, 2);
	assert_string_equal(csv->rows[0].upn, "lee.g@contoso.com");
	assert_int_equal(csv->rows[0].place.line, 4);
	assert_string_equal(csv->rows[0].place.file, "repo/customers/contoso-users.csv");
	assert_string_equal(csv->rows[1].usage_location, "DE");
	assert_int_equal(csv->rows[1].disable.count, 2);
	arena_free(p.arena);
}

static void test_same_meaning_same_digest(void **state)
{
	(void)state;
	static const char *const edits[][2] = {
		{"version: 1\n", "# a comment\nversion: 1   # another\n"},
		{"version: 1\ncustomer: contoso\n", "customer: contoso\nversion: 1\n"},
		{"[YAMMER_ENTERPRISE, SWAY]", "[SWAY, YAMMER_ENTERPRISE]"},
		{"{users_changed: 50%, licenses_taken: 0}", "{licenses_taken: 0, users_changed: '50%'}"},
		{"      redeem_as: new-subscription\n", ""},
		{"      - holders_of: advisor\n      - group: Sales\n        lose_mailbox: true\n",
		 "      - lose_mailbox: true\n        group: Sales\n      - holders_of: advisor\n"},
		{"id: 8F3C1D5E", "id: 8f3c1d5e"},
		{"Contoso.onm", "contoso.onm"},
		{"7qx2k", "7QX2K"},
		{"[breakglass@contoso.com]", "\n      - breakglass@contoso.com"},
		{"name: Contoso Ltd", "name: \"Contoso Ltd\""},
	};
	struct parsed before = parse_with(full, csv_text);
	assert_true(before.ok);
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		char *text = edited(full, edits[i][0], edits[i][1]);
		struct parsed after = parse_with(text, csv_text);
		if (!after.ok || strcmp(before.desired.digest, after.desired.digest) != 0)
			fail_msg("edit %zu ('%s') changed the digest or was refused", i, edits[i][0]);
		arena_free(after.arena);
		free(text);
	}
	struct parsed csv = parse_with(full, "disable,upn,usage_location\n,lee.g@contoso.com,\n"
					     "YAMMER_ENTERPRISE; SWAY,megan.b@contoso.com,DE\n");
	assert_true(csv.ok);
	assert_string_equal(before.desired.digest, csv.desired.digest);
	arena_free(csv.arena);
	arena_free(before.arena);
}

static void test_other_meaning_other_digest(void **state)
{
	(void)state;
	static const char *const edits[][2] = {
		{"8F3C1D5E", "8F3C1D5F"},
		{"Contoso.onmicrosoft", "fabrikam.onmicrosoft"},
		{"  name: Contoso Ltd\n", ""},
		{"upfront-payment", "managed-service"},
		{"Grant money", "Grants"},
		{"jane@", "june@"},
		{"2026-11-02", "2026-11-03"},
		{"sku: ENTERPRISEPACK", "sku: ENTERPRISEPREMIUM"},
		{"seats: 25", "seats: 26"},
		{"Example Distribution", "Another Distribution"},
		{"PO-4711", "PO-4712"},
		{"2021-11-05", "2021-11-06"},
		{"env: CONTOSO_OPEN_KEY", "file: key.txt"},
		{"env: CONTOSO_OPEN_KEY", "command: [pass, contoso]"},
		{"CONTOSO_OPEN_KEY", "OTHER_KEY"},
		{", ends_in: 7qx2k", ""},
		{"new-subscription", "add-seats"},
		{"sku: STANDARDPACK", "sku: STANDARDWOFFPACK"},
		{"      subscription: 6F2D0000-0000-4000-8000-000000000001\n", ""},
		{"2026-12-01", "2026-12-02"},
		{"cancel_by: portal", "cancel_by: phone"},
		{"- adele.vance@", "- adele.v@"},
		{"usage_location: GB", "usage_location: IE"},
		{", SWAY", ""},
		{"      - holders_of: advisor\n", ""},
		{"group: Sales", "group: Staff"},
		{"        lose_mailbox: true\n", ""},
		{"      - csv: contoso-users.csv\n", ""},
		{"csv: contoso-users.csv", "csv: others.csv"},
		{"[breakglass@contoso.com]", "[]"},
		{"unlisted: keep", "unlisted: remove"},
		{"usage_location: US", "usage_location: CA"},
		{"enable-all", "preserve"},
		{"cancel-first", "assign-first"},
		{"canary: [adele.vance@contoso.com]\n", ""},
		{"50%", "50"},
		{"licenses_taken: 0", "licenses_taken: 1"},
		{", licenses_taken: 0", ""},
	};
	struct parsed before = parse_with(full, csv_text);
	assert_true(before.ok);
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		char *text = edited(full, edits[i][0], edits[i][1]);
		struct parsed after = parse_with(text, csv_text);
		if (!after.ok)
			fail_msg("edit %zu ('%s') was refused: %s", i, edits[i][0],
				 after.diags.items[0].message);
		if (strcmp(before.desired.digest, after.desired.digest) == 0)
			fail_msg("edit %zu ('%s') did not change the digest", i, edits[i][0]);
		arena_free(after.arena);
		free(text);
	}
	char *rows = edited(csv_text, "DE", "AT");
	struct parsed csv = parse_with(full, rows);
	assert_true(csv.ok);
	assert_string_not_equal(before.desired.digest, csv.desired.digest);
	free(rows);
	arena_free(csv.arena);
	arena_free(before.arena);
}

static void test_lists_are_in_one_order(void **state)
{
	(void)state;
	char *text = edited(full, "      - adele.vance@contoso.com\n", "");
	char *moved = edited(text, "    except:", "      - adele.vance@contoso.com\n    except:");
	struct parsed a = parse_with(full, csv_text);
	struct parsed b = parse_with(moved, csv_text);
	assert_true(a.ok && b.ok);
	assert_string_equal(a.desired.digest, b.desired.digest);
	assert_string_equal(b.desired.moves.items[0].users.items[0].upn, "adele.vance@contoso.com");
	free(text);
	free(moved);
	arena_free(a.arena);
	arena_free(b.arena);
}

/* One edit of the good file, and the one complaint that must come of it. */
static void test_refusals(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to;
		enum diag_code code;
		size_t line, col;
		const char *message, *help;
	} cases[] = {
		{"version: 1", "version: 2", SS118, 1, 10, "version 2 is not known", "Write version: 1"},
		{"customer: contoso", "customer: fabrikam", SS111, 2, 11, "'fabrikam'", "fabrikam.yaml"},
		{"customer: contoso", "customer: Contoso", SS110, 2, 11, "'Contoso'", "small letters"},
		{"8F3C1D5E-", "8F3C1D5-", SS110, 4, 7, "is not a GUID", NULL},
		{"Contoso.onmicrosoft.com", "contoso", SS110, 5, 11, "is not a domain", NULL},
		{"  domain: Contoso.onmicrosoft.com\n", "", SS108, 3, 1, "'domain' is missing in tenant",
		 NULL},
		{"upfront-payment", "upfront-paiment", SS110, 8, 11, "'upfront-paiment'",
		 "Did you mean 'upfront-payment'?"},
		{"2026-11-02", "2026-11-31", SS110, 11, 14, "is not a date", "YYYY-MM-DD"},
		{"seats: 25", "seats: 0", SS110, 15, 14, "0 is not allowed", "1 to 1000000"},
		{"seats: 25", "seats: \"25\"", SS109, 15, 14, "expected a whole number", "quotes"},
		{"seats: 25", "seats: 0x19", SS109, 15, 14, "expected a whole number", NULL},
		{"seats: 25", "seats:", SS109, 15, 13, "no value", NULL},
		{"seats: 25", "seats: [25]", SS109, 15, 14, "found a list", NULL},
		{"retire_by:", "retire_bye:", SS106, 22, 7, "unknown key 'retire_bye' in moves[0].advisor",
		 "'retire_by'"},
		{"{env: CONTOSO_OPEN_KEY, ends_in: 7qx2k}", "BCDFG-HJKMP-QRTVW-XY234-6789B", SS112, 17, 12,
		 "may not stand", "{env: NAME}"},
		{"{env: CONTOSO_OPEN_KEY, ends_in: 7qx2k}", "{literal: BCDFGHJKMPQRTVWXY2346789B}", SS112, 17,
		 22, "may not stand", NULL},
		{"env: CONTOSO_OPEN_KEY", "env: BCDFG-HJKMP", SS112, 17, 18, "'env' takes the name", NULL},
		{"ends_in: 7qx2k", "ends_in: BCDFG-HJKMP-QRTVW-XY234-6789B", SS112, 17, 45, "last five",
		 NULL},
		{"ends_in: 7qx2k", "ends_in: 7qx2", SS110, 17, 45, "five letters", NULL},
		{"env: CONTOSO_OPEN_KEY", "env: A, file: b", SS113, 17, 7, "more than one place", NULL},
		{"env: CONTOSO_OPEN_KEY, ", "", SS108, 17, 7, "does not say where", NULL},
		{"usage_location: GB", "usage_location: gb", SS110, 27, 25, "'gb'",
		 "Did you mean 'GB' (United Kingdom)?"},
		{"usage_location: GB", "usage_location: UK1", SS110, 27, 25, "'UK1'", "two-letter"},
		{"upn: alex.w@contoso.com", "upn: alex.w", SS110, 26, 14, "it has no @", NULL},
		{"- adele.vance@contoso.com", "- adele vance@contoso.com", SS110, 25, 9, "it has a space",
		 NULL},
		{"upn: alex.w@contoso.com", "upn: a@contoso.com\n        group: x", SS113, 26, 9,
		 "more than one way", NULL},
		{"upn: alex.w@contoso.com\n        ", "", SS108, 26, 9, "which users", NULL},
		{"holders_of: advisor", "holders_of: open", SS110, 29, 21, "'open'", "holders_of: advisor"},
		{"lose_mailbox: true", "lose_mailbox: yes", SS109, 31, 23, "true or false",
		 "Did you mean true?"},
		{"disable: [YAMMER_ENTERPRISE, SWAY]", "disable: SWAY", SS109, 28, 18, "expected a list",
		 "[SWAY]"},
		{"csv: contoso-users.csv", "csv: ../../etc/passwd", SS115, 32, 14,
		 "not inside the repository", NULL},
		{"csv: contoso-users.csv", "csv: ../.git/config", SS115, 32, 14, "a list of users", ".csv"},
		{"csv: contoso-users.csv", "csv: ../.GIT/x.csv", SS115, 32, 14, "a list of users", ".csv"},
		{"csv: contoso-users.csv", "csv: credentials.json", SS115, 32, 14, "a list of users", ".csv"},
		{"csv: contoso-users.csv", "csv: /etc/passwd", SS115, 32, 14, "not inside the repository",
		 NULL},
		{"unlisted: keep", "unlisted: kep", SS110, 34, 15, "'kep'", "Did you mean 'keep'?"},
		{"50%", "101%", SS110, 40, 25, "'101%'", "up to 100%"},
		{"licenses_taken: 0", "licenses_taken: -1", SS110, 40, 46, "'-1'", NULL},
		{"name: Contoso Ltd", "name: Contoso Ltd\n  name: Again", SS107, 7, 3,
		 "'name' is given twice", "line 6"},
		{"customer: contoso", "customer: &x contoso", SS103, 2, 11, "anchors", NULL},
		{"name: Contoso Ltd", "name: !!str Contoso", SS103, 6, 9, "tags", NULL},
		{"limits:", "---\nlimits:", SS104, 40, 1, "second document", NULL},
		{"agreement:\n  reason: upfront-payment\n  note: Grant money has to be spent this year.\n  "
		 "agreed_by: jane@contoso.com\n  agreed_on: 2026-11-02\n",
		 "", SS320, 1, 1, "'agreement' is missing", NULL},
		{"reason: upfront-payment\n  note: Grant money has to be spent this year.", "reason: other",
		 SS108, 8, 11, "'note' is missing", NULL},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *text = edited(full, cases[i].from, cases[i].to);
		struct parsed p = parse_with(text, csv_text);
		if (p.ok || p.diags.count != 1) {
			for (size_t d = 0; d < p.diags.count; d++)
				print_message("%s\n", diag_text(p.arena, &p.diags.items[d], text));
			fail_msg("case %zu ('%s'): %zu complaints", i, cases[i].to, p.diags.count);
		}
		const struct diag *diag = &p.diags.items[0];
		bool right = diag->code == cases[i].code && diag->place.line == cases[i].line &&
			     diag->place.col == cases[i].col && strstr(diag->message, cases[i].message) &&
			     (!cases[i].help || strstr(diag->help, cases[i].help));
		const char *shown = diag_text(p.arena, diag, text);
		if (!right)
			fail_msg("case %zu ('%s'): %s", i, cases[i].to, shown);
		if (strstr(shown, "BCDFG"))
			fail_msg("case %zu shows the key: %s", i, shown);
		arena_free(p.arena);
		free(text);
	}
}

static void test_csv_refusals(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum diag_code code;
		size_t line, col;
		const char *message;
	} cases[] = {
		{"", SS318, 0, 0, "names no users"},
		{"upn\n", SS318, 0, 0, "names no users"},
		{"name\nx@contoso.com\n", SS115, 1, 1, "unknown column 'name'"},
		{"usage_location\nGB\n", SS115, 1, 1, "no column 'upn'"},
		{"upn,upn\n", SS115, 1, 5, "there twice"},
		{"upn;usage,location\n", SS115, 1, 5, "unknown column"},
		{"upn,usage_location\na@contoso.com,gb\n", SS115, 2, 15, "'gb' is not a country code"},
		{"upn\n\nadele\n", SS115, 3, 1, "it has no @"},
		{"upn\na@contoso.com,b\n", SS115, 2, 15, "2 columns where the header has 1"},
		{"upn\n\"a@contoso.com\n", SS115, 2, 1, "never closed"},
		{"upn\n\"a@contoso.com\"x\n", SS115, 2, 16, "after a closing quote"},
		{"upn,disable\n,SWAY\n", SS115, 2, 1, "it is empty"},
		{"upn\n\xff\n", SS115, 0, 0, "not UTF-8"},
		{NULL, SS115, 0, 0, "No such file"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct parsed p = parse_with(full, cases[i].text);
		if (p.ok || p.diags.count != 1)
			fail_msg("case %zu: %zu complaints", i, p.diags.count);
		const struct diag *diag = &p.diags.items[0];
		bool in_csv = str_ends(diag->place.file, ".csv");
		bool right =
			diag->code == cases[i].code && strstr(diag->message, cases[i].message) &&
			in_csv == (cases[i].line != 0) &&
			(!in_csv || (diag->place.line == cases[i].line && diag->place.col == cases[i].col));
		if (!right)
			fail_msg("case %zu: %s", i, diag_text(p.arena, diag, NULL));
		arena_free(p.arena);
	}
}

static void test_all_errors_in_one_run(void **state)
{
	(void)state;
	static const char text[] = "version: 1\ncustomer: contoso\ntennant: {}\nmoves:\n"
				   "  - open: {sku: ENTERPRISEPACK, seats: many}\n"
				   "    users: [{holders_of: advisor}, adele]\n"
				   "  - users: []\n"
				   "limits: {users: 3}\n";
	static const enum diag_code expected[] = {SS108, SS320, SS106, SS109, SS113,
						  SS110, SS108, SS318, SS106};
	struct parsed p = parse_with(text, NULL);
	assert_false(p.ok);
	for (size_t i = 0; i < p.diags.count; i++)
		if (i >= ARRAY_LEN(expected) || p.diags.items[i].code != expected[i])
			fail_msg("complaint %zu: %s", i, diag_text(p.arena, &p.diags.items[i], text));
	assert_int_equal(p.diags.count, ARRAY_LEN(expected));
	arena_free(p.arena);
}

static void test_repeated_users_are_told(void **state)
{
	(void)state;
	char *text = edited(full, "upn: alex.w@", "upn: ADELE.vance@");
	struct parsed p = parse_with(text, csv_text);
	assert_true(p.ok);
	assert_int_equal(p.diags.count, 1);
	assert_int_equal(p.diags.items[0].code, SS203);
	assert_int_equal(p.diags.items[0].severity, DIAG_WARNING);
	assert_int_equal(p.diags.items[0].place.line, 26);
	free(text);
	arena_free(p.arena);
}

/* ---- together with the repository file ------------------------------------------------------ */

static bool parse_policy(const char *text, struct arena *arena, struct diag_list *diags,
			 struct policy *policy)
{
	return policy_parse("seatshift.yaml", text, strlen(text), arena, diags, policy);
}

static void test_customer_only_tightens(void **state)
{
	(void)state;
	static const struct {
		const char *mine, *theirs;
		bool ok;
	} cases[] = {
		{"users_changed: 50%", "users_changed: 50%", true},
		{"users_changed: 51%", "users_changed: 50%", false},
		{"users_changed: 51", "users_changed: 50%", true}, /* compared at plan time */
		{"users_changed: 51", "users_changed: 50", false},
		{"licenses_taken: 1", "users_changed: 50", false}, /* the default is 0 */
		{"licenses_taken: 1", "licenses_taken: 2", true},
		{"min_seats_left: 1", "min_seats_left: 2", false},
		{"min_seats_left: 3", "min_seats_left: 2", true},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *text = edited(full, "users_changed: 50%, licenses_taken: 0", cases[i].mine);
		struct parsed p = parse_with(text, csv_text);
		struct policy policy;
		char *policy_text = mem_printf("version: 1\nlimits: {%s}\n", cases[i].theirs);
		assert_true(p.ok);
		assert_true(parse_policy(policy_text, p.arena, &p.diags, &policy));
		desired_check_policy(&p.desired, &policy, p.arena, &p.diags);
		if (diag_has_errors(&p.diags) == cases[i].ok)
			fail_msg("case %zu: '%s' under '%s'", i, cases[i].mine, cases[i].theirs);
		free(text);
		free(policy_text);
		arena_free(p.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_is_read),
		cmocka_unit_test(test_same_meaning_same_digest),
		cmocka_unit_test(test_other_meaning_other_digest),
		cmocka_unit_test(test_lists_are_in_one_order),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_csv_refusals),
		cmocka_unit_test(test_all_errors_in_one_run),
		cmocka_unit_test(test_repeated_users_are_told),
		cmocka_unit_test(test_customer_only_tightens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
