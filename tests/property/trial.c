/* The generator: what is likely enough to be planned, and odd enough to be refused. */
#include "tests/property/trial.h"

#include "core/str.h"
#include "tests/support/tenant_json.h"

#include <stdio.h>
#include <string.h>

unsigned trial_pick(struct trial *t, unsigned below)
{
	t->state = t->state * 1103515245u + 12345u;
	return (t->state >> 16) % below;
}

static bool chance(struct trial *t, unsigned percent)
{
	return trial_pick(t, 100) < percent;
}

void trial_complain(struct trial *t, const char *what, const char *detail)
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
	m->user_count = 2 + (int)trial_pick(t, MODEL_USERS - 2);
	for (int i = 0; i < m->user_count; i++) {
		struct model_user *user = &m->users[i];
		user->upn = arena_printf(t->arena, "user%d@contoso.com", i);
		user->id = derived_id(t->arena, "user", user->upn);
		user->location = chance(t, 80) ? "US" : NULL;
		for (int n = (int)trial_pick(t, 3); n > 0; n--) {
			int sku = chance(t, 60) ? t->moves[trial_pick(t, (unsigned)t->move_count)].advisor
						: (int)trial_pick(t, MODEL_SKUS);
			if (sku >= 0)
				try_source(t, user, sku, DIRECT, some_off(t, sku));
		}
	}
}

static void make_groups(struct trial *t)
{
	struct model *m = &t->model;
	m->group_count = (int)trial_pick(t, MODEL_GROUPS + 1);
	for (int g = 0; g < m->group_count; g++) {
		struct model_group *group = &m->groups[g];
		group->name = g ? "Staff" : "Sales";
		group->id = derived_id(t->arena, "group", group->name);
		int sku = chance(t, 70) ? t->moves[0].advisor : (int)trial_pick(t, MODEL_SKUS);
		if (sku >= 0 && chance(t, 80))
			group->licenses[group->license_count++] =
				(struct model_source){sku, g, some_off(t, sku)};
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
	const char *id =
		derived_id(t->arena, "subscription", arena_printf(t->arena, "%d", m->subscription_count));
	m->subscriptions[m->subscription_count++] =
		(struct model_subscription){id, created, "2027-06-01T00:00:00Z", sku, seats, false, false};
}

static void make_subscriptions(struct trial *t)
{
	struct model *m = &t->model;
	for (int sku = 0; sku < MODEL_SKUS; sku++) {
		int64_t consumed = model_consumed(m, sku);
		if (consumed || chance(t, 10))
			add_subscription(t, sku, consumed + trial_pick(t, 4), "2024-03-01T00:00:00Z");
		if (consumed && chance(t, 10))
			add_subscription(t, sku, 1 + trial_pick(t, 3), "2025-03-01T00:00:00Z");
	}
	for (int i = 0; i < t->move_count; i++)
		if (chance(t, 15))
			add_subscription(t, t->moves[i].open, 4 + trial_pick(t, 8), "2026-11-12T00:00:00Z");
}

/* ---- a random customer file ------------------------------------------------------------------- */

static void choose_skus(struct trial *t)
{
	t->move_count = 1 + chance(t, 35) + chance(t, 20);
	for (int i = 0; i < t->move_count; i++) {
		struct wanted_move *move = &t->moves[i];
		move->open = chance(t, 60) ? 1 + 2 * (i & 1) : (int)trial_pick(t, MODEL_SKUS);
		move->advisor = chance(t, 60) ? 2 * (i & 1) : (int)trial_pick(t, MODEL_SKUS);
		if (chance(t, 10))
			move->advisor = -1;
	}
}

static const char *disable_text(struct trial *t, int sku)
{
	const struct catalog_sku *known = t->model.skus[sku];
	if (!known->plan_count || !chance(t, 20))
		return "";
	return arena_printf(t->arena, ", disable: [%s]",
			    known->plans[trial_pick(t, (unsigned)known->plan_count)].name);
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

/* How the seats are sold. By the seed alone, so that what else is chosen of a seed stays as it was. */
static const char *programme_text(struct trial *t, const struct wanted_move *move, const char *redeem_as)
{
	static const char *const keys[] = {"open-license", "open-license", "open-value", "retail-key"};
	static const char *const others[] = {"csp", "csp, arrives_by: transferred", "grant"};
	unsigned number = (t->seed * 2654435761u >> 8) + (unsigned)(move - t->moves);
	if (number % 3)
		return arena_printf(t->arena, "redeem_as: %s, programme: %s", redeem_as,
				    keys[number / 3 % ARRAY_LEN(keys)]);
	const char *other = others[number / 3 % ARRAY_LEN(others)];
	t->accepts_losses = t->accepts_losses || str_eq(other, "grant");
	return arena_printf(t->arena, "programme: %s", other);
}

/* Under a grant services go: all that anybody could lose is accepted. */
static void accept_losses(struct trial *t)
{
	const char *names = "";
	for (int sku = 0; t->accepts_losses && sku < MODEL_SKUS; sku++)
		for (size_t p = 0; p < t->model.skus[sku]->plan_count; p++)
			names = arena_printf(t->arena, "%s%s%s", names, *names ? ", " : "",
					     t->model.skus[sku]->plans[p].name);
	if (*names)
		t->tail = arena_printf(t->arena, "%saccept: {lost_services: [%s]}\n", t->tail, names);
}

static void write_move(struct trial *t, struct wanted_move *move)
{
	static const char *const redeem[] = {"new-subscription", "add-seats"};
	static const char *const unlisted[] = {"refuse", "keep", "keep", "remove"};
	struct arena *a = t->arena;
	const struct model *m = &t->model;
	const char *redeem_as = redeem[chance(t, 20)];
	unsigned seats = 3 + trial_pick(t, 12);
	move->head =
		arena_printf(a,
			     "  - open: {sku: %s, seats: %u, %s, order: {distributor: Example, "
			     "reference: PO-1, placed_on: 2026-11-05}}\n",
			     m->skus[move->open]->part_number, seats, programme_text(t, move, redeem_as));
	if (move->advisor >= 0) {
		const char *pinned = "";
		for (int i = 0; i < m->subscription_count; i++)
			if (m->subscriptions[i].sku == move->advisor && chance(t, 80))
				pinned = arena_printf(a, ", subscription: %s", m->subscriptions[i].id);
		move->head = arena_printf(a, "%s    advisor: {sku: %s%s}\n", move->head,
					  m->skus[move->advisor]->part_number, pinned);
	}
	const char *rule = unlisted[trial_pick(t, ARRAY_LEN(unlisted))];
	move->keeps = str_eq(rule, "keep");
	move->tail = arena_printf(a, "    unlisted: %s\n", rule);
	if (chance(t, 10)) {
		unsigned who = trial_pick(t, (unsigned)m->user_count);
		move->tail = arena_printf(a, "%s    except: [%s]\n", move->tail, m->users[who].upn);
		move->wanted &= ~(1u << who);
	}
}

const char *trial_write_file(struct trial *t, bool backwards)
{
	struct arena *a = t->arena;
	const char *text =
		"version: 1\ncustomer: contoso\n"
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

static void choose_limits(struct trial *t)
{
	t->most_changed = chance(t, 15) ? (int)trial_pick(t, MODEL_USERS) : -1;
	t->most_taken = chance(t, 15) ? (int)trial_pick(t, 3) : 100;
	t->fewest_left = chance(t, 15) ? 1 + (int)trial_pick(t, 3) : -1;
	t->tail = arena_printf(t->arena, "%slimits: {licenses_taken: %d", t->tail, t->most_taken);
	if (t->most_changed >= 0)
		t->tail = arena_printf(t->arena, "%s, users_changed: %d", t->tail, t->most_changed);
	if (t->fewest_left >= 0)
		t->tail = arena_printf(t->arena, "%s, min_seats_left: %d", t->tail, t->fewest_left);
	t->tail = arena_printf(t->arena, "%s}\n", t->tail);
}

/* One user, or all the members of a group: then the group may be the first wave. */
static void choose_canaries(struct trial *t)
{
	const struct model *m = &t->model;
	unsigned wanted = t->moves[0].wanted;
	if (!wanted || !chance(t, 40))
		return;
	const struct model_group *group = &m->groups[trial_pick(t, MODEL_GROUPS)];
	if (group->members && (group->members & wanted) == group->members && chance(t, 50))
		t->canaries = group->members;
	else
		t->canaries = wanted & ~(wanted - 1);
	if (chance(t, 20))
		t->canaries |= wanted & 1u << trial_pick(t, (unsigned)m->user_count);
	const char *names = "";
	for (int i = 0; i < m->user_count; i++)
		if (t->canaries >> i & 1)
			names = arena_printf(t->arena, "%s%s%s", names, *names ? ", " : "", m->users[i].upn);
	t->tail = arena_printf(t->arena, "%scanary: [%s]\n", t->tail, names);
}

static void choose_protected(struct trial *t)
{
	int who = (int)trial_pick(t, (unsigned)t->model.user_count);
	if (!chance(t, 10))
		return;
	t->protected = 1u << who;
	VEC_PUSH(t->arena, &t->policy.protected_users, t->model.users[who].upn);
}

void trial_make(struct trial *t)
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
	t->tail = arena_printf(t->arena, "defaults: {usage_location: US, service_plans: %s}\n", services);
	accept_losses(t);
	choose_limits(t);
	choose_canaries(t);
	choose_protected(t);
	t->cancels_first = chance(t, 12);
	if (t->cancels_first)
		t->tail = arena_printf(t->arena, "%sorder_of_work: cancel-first\n", t->tail);
	t->yaml = trial_write_file(t, false);
}
