/*
 * Properties of plans over small random tenants and customer files: test_plan [FIRST-SEED [COUNT]]
 *
 * For every plan that is made, whatever the seed:
 *   - in random orders that `after` allows, the model of Graph carries out every action;
 *   - after every one of them, nobody who is to be moved is without service or mailbox, and of no SKU
 *     more is assigned than prepaid;
 *   - afterwards everybody holds what the file says, and planning again finds nothing to do;
 *   - users, entries, SKUs, groups and moves in another order give the same bytes;
 *   - the plan and the snapshot survive being written and read.
 */
#include "core/str.h"
#include "plans/plan_file.h"
#include "providers/provider.h"
#include "providers/snapshot/snapshot.h"
#include "tests/property/model.h"
#include "tests/support/tenant_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOVES_MAX = 2, ENTRIES_MAX = 12, ORDERS = 4 };

struct wanted_move {
	int open, advisor; /* advisor -1: left out */
	const char *head;
	const char *entries[ENTRIES_MAX];
	int entry_count;
	const char *tail;
	unsigned wanted; /* users who are surely to hold the Open SKU */
	bool keeps;
	bool gives_up_mailboxes;
};

struct trial {
	unsigned seed, state;
	struct arena *arena;
	struct model model;
	struct wanted_move moves[MOVES_MAX];
	int move_count;
	const char *tail;
	struct desired desired;
	struct policy policy;
	const char *yaml;
	bool failed;
};

static unsigned pick(struct trial *t, unsigned below)
{
	t->state = t->state * 1103515245u + 12345u;
	return (t->state >> 16) % below;
}

static bool chance(struct trial *t, unsigned percent)
{
	return pick(t, 100) < percent;
}

static void complain(struct trial *t, const char *what, const char *detail)
{
	if (!t->failed)
		fprintf(stderr, "seed %u: %s: %s\n%s", t->seed, what, detail, t->yaml ? t->yaml : "");
	t->failed = true;
}

/* ---- a random tenant -------------------------------------------------------------------------- */

static uint64_t some_off(struct trial *t, int sku)
{
	uint64_t off = 0;
	for (size_t p = 0; p < t->model.skus[sku]->plan_count; p++)
		if (chance(t, 4))
			off |= UINT64_C(1) << p;
	return chance(t, 40) ? off : 0;
}

/* A licence that Graph would have allowed; otherwise the user stays as before. */
static void try_source(struct trial *t, struct model_user *user, int sku, int group, uint64_t off)
{
	const struct model_user before = *user;
	for (int i = 0; i < user->source_count; i++)
		if (user->sources[i].sku == sku && user->sources[i].group == group)
			return;
	user->sources[user->source_count++] = (struct model_source){sku, group, off};
	if (model_clash(&t->model, user))
		*user = before;
}

static void make_users(struct trial *t)
{
	struct model *m = &t->model;
	m->user_count = 2 + (int)pick(t, MODEL_USERS - 2);
	for (int i = 0; i < m->user_count; i++) {
		struct model_user *user = &m->users[i];
		user->upn = arena_printf(t->arena, "user%d@contoso.com", i);
		user->id = derived_id(t->arena, "user", user->upn);
		user->location = chance(t, 80) ? "US" : NULL;
		for (int n = (int)pick(t, 3); n > 0; n--) {
			int sku = chance(t, 60) ? t->moves[pick(t, (unsigned)t->move_count)].advisor
						: (int)pick(t, MODEL_SKUS);
			if (sku >= 0)
				try_source(t, user, sku, DIRECT, some_off(t, sku));
		}
	}
}

static void make_groups(struct trial *t)
{
	struct model *m = &t->model;
	m->group_count = (int)pick(t, MODEL_GROUPS + 1);
	for (int g = 0; g < m->group_count; g++) {
		struct model_group *group = &m->groups[g];
		group->name = g ? "Staff" : "Sales";
		group->id = derived_id(t->arena, "group", group->name);
		int sku = chance(t, 70) ? t->moves[0].advisor : (int)pick(t, MODEL_SKUS);
		if (sku >= 0 && chance(t, 80))
			group->licenses[group->license_count++] = (struct model_source){sku, g, some_off(t, sku)};
		for (int i = 0; i < m->user_count; i++) {
			int held = m->users[i].source_count;
			if (!chance(t, 40))
				continue;
			if (group->license_count)
				try_source(t, &m->users[i], sku, g, group->licenses[0].off);
			if (!group->license_count || m->users[i].source_count > held)
				group->members |= 1u << i;
		}
	}
}

static void add_subscription(struct trial *t, int sku, int64_t seats, const char *created)
{
	struct model *m = &t->model;
	const char *id = derived_id(t->arena, "subscription", arena_printf(t->arena, "%d", m->subscription_count));
	m->subscriptions[m->subscription_count++] =
		(struct model_subscription){id, created, "2027-06-01T00:00:00Z", sku, seats, false, false};
}

static void make_subscriptions(struct trial *t)
{
	struct model *m = &t->model;
	for (int sku = 0; sku < MODEL_SKUS; sku++) {
		int64_t consumed = model_consumed(m, sku);
		if (consumed || chance(t, 10))
			add_subscription(t, sku, consumed + pick(t, 4), "2024-03-01T00:00:00Z");
		if (consumed && chance(t, 10))
			add_subscription(t, sku, 1 + pick(t, 3), "2025-03-01T00:00:00Z");
	}
	for (int i = 0; i < t->move_count; i++)
		if (chance(t, 15))
			add_subscription(t, t->moves[i].open, 4 + pick(t, 8), "2026-11-12T00:00:00Z");
}

/* ---- a random customer file ------------------------------------------------------------------- */

static void choose_skus(struct trial *t)
{
	t->move_count = 1 + chance(t, 35);
	for (int i = 0; i < t->move_count; i++) {
		struct wanted_move *move = &t->moves[i];
		move->open = chance(t, 60) ? 1 + 2 * (i & 1) : (int)pick(t, MODEL_SKUS);
		move->advisor = chance(t, 60) ? 2 * (i & 1) : (int)pick(t, MODEL_SKUS);
		if (chance(t, 10))
			move->advisor = -1;
	}
}

static const char *disable_text(struct trial *t, int sku)
{
	const struct catalog_sku *known = t->model.skus[sku];
	if (!known->plan_count || !chance(t, 20))
		return "";
	return arena_printf(t->arena, ", disable: [%s]", known->plans[pick(t, (unsigned)known->plan_count)].name);
}

/* Where the SKUs are the same, who is given one becomes a holder: then an entry for holders finds more. */
static void add_entry(struct trial *t, struct wanted_move *move, const char *what)
{
	bool finds_more = move->open == move->advisor && str_starts(what, "holders_of");
	const char *location = chance(t, 15) ? ", usage_location: US" : "";
	const char *mailbox = move->gives_up_mailboxes ? ", lose_mailbox: true" : "";
	move->entries[move->entry_count++] =
		arena_printf(t->arena, "      - {%s%s%s%s}\n", what, location,
			     finds_more ? "" : disable_text(t, move->open), mailbox);
}

static void choose_entries(struct trial *t, struct wanted_move *move)
{
	const struct model *m = &t->model;
	move->gives_up_mailboxes = chance(t, 20);
	if (move->advisor >= 0 && chance(t, 50))
		add_entry(t, move, "holders_of: advisor");
	for (int g = 0; g < m->group_count; g++)
		if (chance(t, 60)) {
			add_entry(t, move, arena_printf(t->arena, "group: %s", m->groups[g].name));
			move->wanted |= m->groups[g].members;
		}
	for (int i = 0; i < m->user_count; i++) {
		bool holds = move->advisor >= 0 && model_holds(&m->users[i], move->advisor);
		if (!chance(t, holds ? 85 : 25))
			continue;
		add_entry(t, move, arena_printf(t->arena, "upn: %s", m->users[i].upn));
		move->wanted |= 1u << i;
	}
	if (!move->entry_count) {
		add_entry(t, move, arena_printf(t->arena, "upn: %s", m->users[0].upn));
		move->wanted |= 1;
	}
}

static void write_move(struct trial *t, struct wanted_move *move)
{
	static const char *const redeem[] = {"new-subscription", "add-seats"};
	static const char *const unlisted[] = {"refuse", "keep", "keep", "remove"};
	struct arena *a = t->arena;
	const struct model *m = &t->model;
	move->head = arena_printf(a, "  - open: {sku: %s, seats: %u, redeem_as: %s, order: {distributor: Example, "
				     "reference: PO-1, placed_on: 2026-11-05}}\n",
				  m->skus[move->open]->part_number, 3 + pick(t, 12), redeem[chance(t, 20)]);
	if (move->advisor >= 0) {
		const char *pinned = "";
		for (int i = 0; i < m->subscription_count; i++)
			if (m->subscriptions[i].sku == move->advisor && chance(t, 80))
				pinned = arena_printf(a, ", subscription: %s", m->subscriptions[i].id);
		move->head = arena_printf(a, "%s    advisor: {sku: %s%s}\n", move->head,
					  m->skus[move->advisor]->part_number, pinned);
	}
	const char *rule = unlisted[pick(t, ARRAY_LEN(unlisted))];
	move->keeps = str_eq(rule, "keep");
	move->tail = arena_printf(a, "    unlisted: %s\n", rule);
	if (chance(t, 10)) {
		unsigned who = pick(t, (unsigned)m->user_count);
		move->tail = arena_printf(a, "%s    except: [%s]\n", move->tail, m->users[who].upn);
		move->wanted &= ~(1u << who);
	}
}

/* The same file each time, but for the order of moves and entries. */
static const char *write_file(struct trial *t, bool backwards)
{
	struct arena *a = t->arena;
	const char *text = "version: 1\ncustomer: contoso\n"
			   "tenant: {id: 8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f, domain: contoso.onmicrosoft.com}\n"
			   "agreement: {reason: upfront-payment, agreed_by: jane@contoso.com, agreed_on: 2026-11-02}\n"
			   "moves:\n";
	for (int i = 0; i < t->move_count; i++) {
		const struct wanted_move *move = &t->moves[backwards ? t->move_count - 1 - i : i];
		text = arena_printf(a, "%s%s    users:\n", text, move->head);
		for (int e = 0; e < move->entry_count; e++)
			text = arena_printf(a, "%s%s", text,
					    move->entries[backwards ? move->entry_count - 1 - e : e]);
		text = arena_printf(a, "%s%s", text, move->tail);
	}
	return arena_printf(a, "%s%s", text, t->tail);
}

static void make_trial(struct trial *t)
{
	model_init(&t->model, t->arena);
	choose_skus(t);
	make_users(t);
	make_groups(t);
	make_subscriptions(t);
	for (int i = 0; i < t->move_count; i++) {
		choose_entries(t, &t->moves[i]);
		write_move(t, &t->moves[i]);
	}
	const char *services = chance(t, 20) ? "enable-all" : "preserve";
	t->tail = arena_printf(t->arena, "defaults: {usage_location: US, service_plans: %s}\n"
					 "limits: {licenses_taken: 100}\n", services);
	unsigned canary = t->moves[0].wanted;
	for (int i = 0; i < t->model.user_count && chance(t, 30); i++)
		if (canary >> i & 1) {
			t->tail = arena_printf(t->arena, "%scanary: [%s]\n", t->tail, t->model.users[i].upn);
			break;
		}
	t->yaml = write_file(t, false);
}

/* ---- planning --------------------------------------------------------------------------------- */

static bool parse(struct trial *t, const char *yaml, struct desired *ret)
{
	struct diag_list diags = {0};
	const struct file_reader no_files = {0};
	return desired_parse("customers/contoso.yaml", yaml, strlen(yaml), &no_files, t->arena, &diags, ret);
}

static bool make_plan(struct trial *t, const struct desired *desired, unsigned order, struct plan *ret_plan,
		      struct diag_list *diags)
{
	struct live *live = arena_alloc(t->arena, sizeof *live);
	struct read_scope scope;
	enum error_code code;
	model_read(&t->model, t->arena, order, live);
	plan_read_scope(desired, &t->policy, t->arena, &scope);
	return plan_build(desired, &t->policy, live, t->arena, diags, ret_plan, &code);
}

static const char *bytes_of(struct trial *t, const struct plan *plan)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	plan_encode(plan, &buf);
	return strbuf_dup(t->arena, &buf);
}

static void check_permuted(struct trial *t, const struct plan *plan)
{
	struct desired desired;
	struct plan again;
	struct diag_list diags = {0};
	if (!parse(t, write_file(t, true), &desired) || !make_plan(t, &desired, t->seed * 7 + 1, &again, &diags))
		complain(t, "in another order there is no plan", diags.count ? diags.items[0].message : "");
	else if (!str_eq(bytes_of(t, plan), bytes_of(t, &again)))
		complain(t, "another order gives another plan", bytes_of(t, &again));
}

static void check_files(struct trial *t, const struct plan *plan)
{
	struct error err = ERROR_INIT;
	const char *bytes = bytes_of(t, plan);
	struct plan again;
	if (!plan_decode(bytes, strlen(bytes), t->arena, &again, &err))
		complain(t, "the plan cannot be read", err.message);
	else if (!str_eq(bytes, bytes_of(t, &again)))
		complain(t, "the plan read back is another", bytes);
	error_release(&err);
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	CLEANUP(strbuf_release) struct strbuf twice = STRBUF_INIT(STRBUF_LARGE);
	struct live live;
	struct read_info info = {.read_at = "2026-11-22T12:00:00.000Z"};
	model_read(&t->model, t->arena, t->seed, &live);
	snapshot_encode(&live, &info, &buf);
	if (!snapshot_decode(strbuf_text(&buf), buf.len, t->arena, &live, &info, &err)) {
		complain(t, "the snapshot cannot be read", err.message);
		error_release(&err);
		return;
	}
	snapshot_encode(&live, &info, &twice);
	if (!str_eq(strbuf_text(&buf), strbuf_text(&twice)))
		complain(t, "the snapshot read back is another", "");
}

/* ---- playing ---------------------------------------------------------------------------------- */

static bool is_ready(const struct plan *plan, const bool *done, size_t at)
{
	const struct action *action = &plan->actions.items[at];
	for (size_t i = 0; i < action->after.count; i++)
		for (size_t j = 0; j < plan->actions.count; j++)
			if (str_eq(plan->actions.items[j].id, action->after.items[i]) && !done[j])
				return false;
	return !done[at];
}

static bool serves(const struct wanted_move *move, const struct model_user *user)
{
	return model_holds(user, move->open) || (move->advisor >= 0 && model_holds(user, move->advisor));
}

static void check_invariants(struct trial *t, const struct model *before, const char *after)
{
	const struct model *m = &t->model;
	for (int i = 0; i < t->move_count; i++)
		for (int u = 0; u < m->user_count; u++) {
			const struct wanted_move *move = &t->moves[i];
			if (!(move->wanted >> u & 1))
				continue;
			if (serves(move, &before->users[u]) && !serves(move, &m->users[u]))
				complain(t, "a user is without a licence", after);
			bool may_lose = t->moves[0].gives_up_mailboxes || t->moves[t->move_count - 1].gives_up_mailboxes;
			if (!may_lose && model_has_mailbox(m, &before->users[u]) && !model_has_mailbox(m, &m->users[u]))
				complain(t, "a user is without a mailbox", after);
		}
	for (int sku = 0; sku < MODEL_SKUS; sku++) {
		bool kept = false;
		for (int i = 0; i < t->move_count; i++)
			kept = kept || (t->moves[i].advisor == sku && t->moves[i].keeps && t->moves[i].open != sku);
		if (!kept && model_consumed(m, sku) > model_prepaid(m, sku))
			complain(t, "more is assigned than prepaid", after);
	}
}

static void check_reached(struct trial *t)
{
	const struct model *m = &t->model;
	for (int i = 0; i < t->move_count; i++)
		for (int u = 0; u < m->user_count; u++) {
			const struct wanted_move *move = &t->moves[i];
			const struct wanted_move *other = &t->moves[t->move_count - 1 - i];
			if (!(move->wanted >> u & 1))
				continue;
			if (!model_holds(&m->users[u], move->open))
				complain(t, "a user does not hold the new SKU", m->users[u].upn);
			bool given_elsewhere = other->open == move->advisor && other->wanted >> u & 1;
			if (move->advisor >= 0 && move->advisor != move->open && !given_elsewhere &&
			    model_holds(&m->users[u], move->advisor))
				complain(t, "a user still holds the old SKU", m->users[u].upn);
		}
}

static void check_again(struct trial *t)
{
	struct plan plan;
	struct diag_list diags = {0};
	if (!make_plan(t, &t->desired, 0, &plan, &diags))
		complain(t, "planning again refuses", diags.items[0].message);
	else if (plan.actions.count)
		complain(t, "planning again finds something", bytes_of(t, &plan));
}

static void mark_advisors(struct trial *t, const struct plan *plan)
{
	for (size_t i = 0; i < plan->actions.count; i++)
		for (int s = 0; s < t->model.subscription_count; s++)
			if (str_eq(plan->actions.items[i].subscription_id, t->model.subscriptions[s].id))
				t->model.subscriptions[s].is_advisor = true;
}

static void play(struct trial *t, const struct plan *plan)
{
	const struct model before = t->model;
	mark_advisors(t, plan);
	bool *done = mem_alloc(plan->actions.count * sizeof *done);
	for (size_t left = plan->actions.count; left && !t->failed; left--) {
		size_t ready = 0;
		size_t chosen = plan->actions.count;
		for (size_t i = 0; i < plan->actions.count; i++)
			if (is_ready(plan, done, i) && pick(t, (unsigned)++ready) == 0)
				chosen = i;
		if (chosen == plan->actions.count) {
			complain(t, "nothing can go on", bytes_of(t, plan));
			break;
		}
		const struct action *action = &plan->actions.items[chosen];
		const char *refusal = model_do(&t->model, action);
		if (refusal)
			complain(t, refusal, arena_printf(t->arena, "%s\n%s", action->id, bytes_of(t, plan)));
		check_invariants(t, &before, arena_printf(t->arena, "%s\n%s", action->id, bytes_of(t, plan)));
		done[chosen] = true;
	}
	free(done);
	if (!t->failed)
		check_reached(t);
	if (!t->failed)
		check_again(t);
	t->model = before;
}

/* ---- trials ----------------------------------------------------------------------------------- */

struct tally {
	int plans, nothing, refused, invalid, failed;
	size_t kinds[ACTION_KIND_COUNT];
	int codes[400];
};

static void count_refusal(const struct diag_list *diags, struct trial *t, struct tally *tally)
{
	tally->refused++;
	for (size_t i = 0; i < diags->count; i++) {
		tally->codes[diags->items[i].code]++;
		/* The proof may never be what stops a plan: the planner has to say it in better words. */
		if (diags->items[i].code == SS321)
			complain(t, "the planner made what cannot be proved", diags->items[i].message);
	}
}

static void run_trial(struct trial *t, struct tally *tally)
{
	struct plan plan;
	struct diag_list diags = {0};
	make_trial(t);
	if (!parse(t, t->yaml, &t->desired)) {
		tally->invalid++;
		return;
	}
	if (!make_plan(t, &t->desired, 0, &plan, &diags)) {
		count_refusal(&diags, t, tally);
		return;
	}
	tally->plans++;
	tally->nothing += plan.actions.count == 0;
	for (size_t i = 0; i < plan.actions.count; i++)
		tally->kinds[plan.actions.items[i].kind]++;
	check_permuted(t, &plan);
	check_files(t, &plan);
	for (int i = 0; i < ORDERS && !t->failed; i++)
		play(t, &plan);
}

static int finish(const struct tally *tally)
{
	fprintf(stderr, "%d plans (%d of nothing), %d refused, %d not valid, %d failed\n", tally->plans, tally->nothing,
		tally->refused, tally->invalid, tally->failed);
	for (int kind = 0; kind < ACTION_KIND_COUNT; kind++)
		fprintf(stderr, "  %s: %zu\n", action_info((enum action_kind)kind)->name, tally->kinds[kind]);
	for (int code = 0; code < (int)ARRAY_LEN(tally->codes); code++)
		if (tally->codes[code])
			fprintf(stderr, "  SS%d: %d\n", code, tally->codes[code]);
	/* A generator that makes hardly any plans would prove nothing. */
	return tally->failed || tally->plans < (tally->plans + tally->refused) / 10;
}

int main(int argc, char **argv)
{
	int64_t first = 1;
	int64_t count = 4000;
	struct tally tally = {0};
	if ((argc > 1 && !str_parse_int(argv[1], 0, UINT32_MAX, &first)) ||
	    (argc > 2 && !str_parse_int(argv[2], 1, 10000000, &count)))
		return 2;
	for (int64_t i = 0; i < count && tally.failed < 5; i++) {
		CLEANUP(arena_freep) struct arena *arena = arena_new();
		struct trial trial = {.seed = (unsigned)(first + i), .state = (unsigned)(first + i) * 2654435761u, .arena = arena};
		run_trial(&trial, &tally);
		tally.failed += trial.failed;
	}
	return finish(&tally);
}
