/*
 * Writes the folder of a generated plan, for tests of what is shown of it, and prints where it is.
 *
 *	make_plan DIR USERS [removals]       USERS users; "removals": most lose their licence
 *	make_plan DIR USERS differ           no two have the same services switched off (up to 131,072)
 *	make_plan DIR USERS journal          with a journal: its first three actions have ended
 *	make_plan DIR USERS nasty FILE LINE  the same, with every name replaced by that line of FILE
 *
 * Its days lie a century ahead: no day on which the tests run has passed any of them. FILE is
 * tests/support/nasty_strings.txt: \xNN, \n, \r, \t and \\ are read, "REPEAT x" is 10,000 bytes of x.
 */
#include "core/catalog.h"
#include "core/file.h"
#include "plans/saved/journal.h"
#include "plans/saved/plan_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TENANT "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f"
#define SUBSCRIPTION "6f2d8a4c-51b7-4e0e-9c3d-2b8e7f6a1d90"
#define KEPT "7a3e9b5d-62c8-4f1f-8d4e-3c9f80b2e101"
#define YAMMER "7547a3fe-08ee-4ccb-b430-5077c5041653"

static const char policy_text[] =
	"version: 1\n"
	"cloud: global\n"
	"auth: {method: client-secret, client_id: 5b1f0c7e-2d4a-4b8e-a6c9-7e3d1f2a9b84}\n"
	"approvals: {required: 1}\n"
	"limits: {users_changed: 100%, licenses_taken: 100%}\n";

struct making {
	struct arena *arena;
	size_t users;
	bool removals;
	bool differ;
	bool journal;
	const char *nasty; /* or NULL */
};

static const char *name_or(const struct making *m, const char *name)
{
	return m->nasty ? m->nasty : name;
}

static struct sku sku_of(const struct making *m, const char *part_number, int64_t enabled, int64_t consumed)
{
	const struct catalog_sku *known = catalog_find_sku(part_number);
	struct sku sku = {.id = known->id,
			  .part_number = part_number,
			  .capability_status = "Enabled",
			  .for_users = true,
			  .enabled = enabled,
			  .consumed = consumed};
	for (size_t i = 0; i < known->plan_count; i++)
		VEC_PUSH(m->arena, &sku.service_plans,
			 (struct service_plan){known->plans[i].id, known->plans[i].name, true, "Success"});
	return sku;
}

/* One combination of services for each number; none of them is needed by another one. */
static void switch_off(const struct making *m, size_t number, struct license *license)
{
	static const char *const names[] = {"SWAY",
					    "YAMMER_ENTERPRISE",
					    "BPOS_S_TODO_1",
					    "FORMS_PLAN_E1",
					    "MICROSOFTBOOKINGS",
					    "WHITEBOARD_PLAN1",
					    "FLOW_O365_P1",
					    "POWERAPPS_O365_P1",
					    "STREAM_O365_E1",
					    "KAIZALA_O365_P2",
					    "Deskless",
					    "VIVAENGAGE_CORE",
					    "MICROSOFT_SEARCH",
					    "MYANALYTICS_P2",
					    "CDS_O365_P1",
					    "DYN365_CDS_O365_P1",
					    "PROJECT_O365_P1"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (number >> i & 1)
			VEC_PUSH(m->arena, &license->disabled_plans, catalog_find_plan(names[i])->id);
	str_list_sort_unique(&license->disabled_plans);
}

static struct user user_of(const struct making *m, size_t number)
{
	struct user user = {.id = arena_printf(m->arena, "%08zx-0000-4000-8000-000000000000", number + 1),
			    .upn = arena_printf(m->arena, "user%05zu@contoso.com", number + 1),
			    .display_name = arena_printf(m->arena, "User %05zu", number + 1),
			    .usage_location = number % 4 == 3 ? NULL : "US",
			    .enabled = true};
	struct license license = {.sku_id = catalog_find_sku("STANDARDPACK")->id};
	struct license_state state = {.sku_id = license.sku_id, .state = "Active"};
	if (m->differ)
		switch_off(m, number, &license);
	else if (number % 7 == 1)
		VEC_PUSH(m->arena, &license.disabled_plans, YAMMER);
	state.disabled_plans = license.disabled_plans;
	VEC_PUSH(m->arena, &user.licenses, license);
	VEC_PUSH(m->arena, &user.states, state);
	return user;
}

static void make_live(const struct making *m, struct live *live)
{
	int64_t users = (int64_t)m->users;
	*live = (struct live){.organization = {.id = TENANT, .display_name = "Contoso Ltd"},
			      .user_count = users + 9};
	VEC_PUSH(m->arena, &live->organization.verified_domains,
		 (struct verified_domain){"contoso.onmicrosoft.com", true, false});
	VEC_PUSH(m->arena, &live->organization.verified_domains,
		 (struct verified_domain){"contoso.com", false, true});
	VEC_PUSH(m->arena, &live->skus, sku_of(m, "STANDARDPACK", users + 5, users));
	VEC_PUSH(m->arena, &live->skus, sku_of(m, "FLOW_FREE", 1000, 0));
	VEC_PUSH(m->arena, &live->skus, sku_of(m, "ENTERPRISEPACK", 0, 0));
	const char *ids[] = {SUBSCRIPTION, KEPT};
	for (size_t i = 0; i < 2; i++) {
		struct sku *sku = &live->skus.items[i];
		VEC_PUSH(m->arena, &sku->subscription_ids, ids[i]);
		VEC_PUSH(m->arena, &live->subscriptions,
			 (struct subscription){.id = ids[i],
					       .sku_id = sku->id,
					       .part_number = sku->part_number,
					       .status_text = "Enabled",
					       .status = SUBSCRIPTION_ENABLED,
					       .seats = sku->enabled,
					       .created = "2125-12-01T00:00:00Z",
					       .next_lifecycle = "2126-12-20T00:00:00Z"});
	}
	for (size_t i = 0; i < m->users; i++)
		VEC_PUSH(m->arena, &live->users, user_of(m, i));
	VEC_PUSH(m->arena, &live->holders_read, live->skus.items[0].id);
	live_sort(live);
}

static const char *customer_text(const struct making *m)
{
	struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	strbuf_addf(&text,
		    "version: 1\ncustomer: contoso\n"
		    "tenant: {id: " TENANT ", domain: contoso.onmicrosoft.com, name: Contoso Ltd}\n"
		    "agreement: {reason: upfront-payment, agreed_by: jane@contoso.com, agreed_on: "
		    "2026-11-02}\n"
		    "moves:\n  - open:\n      sku: ENTERPRISEPACK\n      seats: %zu\n"
		    "      order: {distributor: Example Distribution, reference: PO-4711, "
		    "placed_on: 2026-11-05}\n"
		    "      key: {env: CONTOSO_OPEN_KEY, ends_in: 7QX2K}\n"
		    "    advisor:\n      sku: STANDARDPACK\n      subscription: " SUBSCRIPTION "\n"
		    "      retire_by: 2126-12-01\n    unlisted: remove\n    users:\n",
		    m->users + 2);
	size_t listed = m->removals ? 2 : m->users - 1; /* the last one loses the licence */
	for (size_t i = 0; i < listed; i++)
		strbuf_addf(&text, "      - user%05zu@contoso.com\n", i + 1);
	strbuf_add(&text, "defaults: {usage_location: US}\ncanary: [user00001@contoso.com, "
			  "user00002@contoso.com]\n");
	const char *copy = strbuf_dup(m->arena, &text);
	strbuf_release(&text);
	return copy;
}

/* Whatever a tenant or a file names. Ids, digests, dates and kinds are checked elsewhere. */
static void make_nasty(const struct making *m, struct plan *plan, struct live *live)
{
	plan->tenant_name = plan->tenant_domain = live->organization.display_name = m->nasty;
	for (size_t i = 0; i < plan->summary.moves.count; i++) {
		struct plan_move *move = &plan->summary.moves.items[i];
		move->open_part_number = move->advisor_part_number = m->nasty;
	}
	for (size_t i = 0; i < plan->actions.count; i++) {
		struct action *action = &plan->actions.items[i];
		action->why = m->nasty;
		if (action->upn)
			action->upn = m->nasty;
		if (action->usage_location && action->kind == ACTION_SET_USAGE_LOCATION)
			action->usage_location = action->result.usage_location = m->nasty;
		if (action->key_ends_in)
			action->key_ends_in = m->nasty;
	}
	for (size_t i = 0; i < plan->warnings.count; i++)
		plan->warnings.items[i].message = m->nasty;
	for (size_t i = 0; i < live->users.count; i++)
		live->users.items[i].upn = live->users.items[i].display_name = m->nasty;
	for (size_t i = 0; i < live->skus.count; i++) {
		live->skus.items[i].part_number = name_or(m, live->skus.items[i].part_number);
		for (size_t j = 0; j < live->skus.items[i].service_plans.count; j++)
			live->skus.items[i].service_plans.items[j].name = m->nasty;
	}
	for (size_t i = 0; i < live->subscriptions.count; i++)
		live->subscriptions.items[i].part_number = m->nasty;
}

static int complain(const struct diag_list *diags, const char *what)
{
	for (size_t i = 0; i < diags->count; i++)
		fprintf(stderr, "%s\n", diags->items[i].message);
	fprintf(stderr, "make_plan: %s\n", what);
	return 1;
}

/* Verified, found done already, and failed. */
static bool write_journal(const struct making *m, const char *dir, const struct plan_folder *folder,
			  struct error *err)
{
	static const enum outcome outcomes[] = {OUTCOME_VERIFIED, OUTCOME_ALREADY, OUTCOME_FAILED};
	struct journal_entry_list entries = {0};
	struct journal *journal = NULL;
	const struct journal_file file = plan_journal(folder, dir, m->arena);
	bool ok = journal_open(&file, &clock_system, m->arena, &entries, &journal, err);
	for (size_t i = 0; ok && i < ARRAY_LEN(outcomes); i++) {
		struct journal_entry entry = {.event = JOURNAL_ENDED,
					      .run = "r1",
					      .by = "adele@desk",
					      .outcome = outcome_name(outcomes[i])};
		VEC_PUSH(m->arena, &entry.actions, folder->plan.actions.items[i].id);
		ok = journal_append(journal, &entry, err);
	}
	journal_free(journal);
	return ok;
}

static int make(const struct making *m, const char *dir)
{
	struct diag_list diags = {0};
	struct desired desired;
	struct policy policy;
	struct live live;
	struct plan plan;
	struct plan_folder folder;
	struct error err = ERROR_INIT;
	enum error_code code;
	bool is_new;
	const char *text = customer_text(m);
	if (!desired_parse("customers/contoso.yaml", (struct bytes){text, strlen(text)}, NULL, m->arena,
			   &diags, &desired) ||
	    !policy_parse("seatshift.yaml", policy_text, strlen(policy_text), m->arena, &diags, &policy))
		return complain(&diags, "the generated files are wrong");
	make_live(m, &live);
	if (!plan_build(&(struct plan_inputs){&desired, &policy, &live}, m->arena, &diags, &plan, &code))
		return complain(&diags, "no plan");
	if (m->nasty)
		make_nasty(m, &plan, &live);
	const struct read_info info = {"2126-11-20T08:00:00.000Z", 7, 12};
	if (!file_make_dirs(dir, path_join(m->arena, dir, "customers"), &err) ||
	    !file_write_atomic(dir, path_join(m->arena, dir, "customers/contoso.yaml"), text, strlen(text),
			       &err) ||
	    !file_write_atomic(dir, path_join(m->arena, dir, "seatshift.yaml"), policy_text,
			       strlen(policy_text), &err) ||
	    !plan_folder_make(&plan, &live, &info, m->arena, &folder, &err) ||
	    !plan_folder_write(dir, &folder, &is_new, &err))
		return complain(&diags, err.message);
	if (m->journal && !write_journal(m, dir, &folder, &err))
		return complain(&diags, err.message);
	printf("%s\n", folder.paths.dir);
	return 0;
}

/* Line `number` (from 1) with its \xNN, \n, \t and \\ read; "*N" at its end repeats it N times. */
static const char *read_nasty(struct arena *arena, const char *path, size_t number)
{
	char line[4096];
	FILE *file = fopen(path, "re");
	for (size_t i = 0; file && i < number; i++)
		if (!fgets(line, sizeof line, file))
			exit(2);
	if (!file)
		exit(2);
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	for (const char *p = line; *p; p++) {
		if (p[0] != '\\')
			strbuf_add_char(&text, *p);
		else if (p[1] == 'x') {
			strbuf_add_char(&text, (char)strtol((char[]){p[2], p[3], '\0'}, NULL, 16));
			p += 3;
		} else {
			p++;
			strbuf_add_char(&text, *p == 'n' ? '\n' : *p == 't' ? '\t' : *p == 'r' ? '\r' : *p);
		}
	}
	const char *copy = strbuf_dup(arena, &text);
	strbuf_release(&text);
	if (!str_starts(copy, "REPEAT "))
		return copy;
	struct strbuf longer = STRBUF_INIT(STRBUF_LARGE);
	while (longer.len < 10000)
		strbuf_add(&longer, copy + 7);
	copy = strbuf_dup(arena, &longer);
	strbuf_release(&longer);
	return copy;
}

int main(int argc, char **argv)
{
	int64_t users;
	if (argc < 3 || !str_parse_int(argv[2], 4, 100000, &users))
		return 2;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct making m = {.arena = arena,
			   .users = (size_t)users,
			   .removals = argc == 4 && str_eq(argv[3], "removals"),
			   .differ = argc == 4 && str_eq(argv[3], "differ"),
			   .journal = argc == 4 && str_eq(argv[3], "journal")};
	int64_t line;
	if (argc == 6 && str_parse_int(argv[5], 1, 1000, &line))
		m.nasty = read_nasty(arena, argv[4], (size_t)line);
	return make(&m, argv[1]);
}
