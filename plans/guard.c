/* Refuses what must not be done: too few seats, limits, protected accounts, a lost mailbox. */
#include "plans/diff.h"

#include "core/str.h"
#include "plans/seats.h"

enum { NAMED_AT_MOST = 20 };

static bool keeps_mailbox(struct planning *p, const struct user_change *change)
{
	bool before = false;
	bool after = false;
	const struct license_list *held = &change->user->licenses;
	for (size_t i = 0; i < held->count; i++) {
		const struct sku_view *sku = sku_cache_get(&p->skus, held->items[i].sku_id);
		bool has = sku && services_has_mailbox(sku, &held->items[i].disabled_plans);
		bool stays = !str_list_has(&change->remove, held->items[i].sku_id) &&
			     !license_find(&change->add, held->items[i].sku_id);
		before = before || has;
		after = after || (has && stays);
	}
	for (size_t i = 0; i < change->add.count && !after; i++) {
		const struct sku_view *sku = sku_cache_get(&p->skus, change->add.items[i].sku_id);
		after = sku && services_has_mailbox(sku, &change->add.items[i].disabled_plans);
	}
	return after || !before;
}

static void check_mailboxes(struct planning *p, const struct changes *changes)
{
	for (size_t i = 0; i < changes->users.count; i++) {
		const struct user_change *change = &changes->users.items[i];
		if (change->lose_mailbox || change->taken || keeps_mailbox(p, change))
			continue;
		struct diag *diag = planning_refuse(p, SS313, (struct place){0},
						    "'%s' has a mailbox now and would have none afterwards",
						    change->user->upn);
		diag->help = "Pick an Open SKU with Exchange, take the mailbox plan out of 'disable', or accept it "
			     "with 'lose_mailbox: true' on the user's entry.";
	}
}

/* The licences a user keeps beside those that the change adds. */
static void kept_licenses(const struct user_change *change, struct arena *out, struct license_list *ret_kept)
{
	const struct license_list *held = &change->user->licenses;
	for (size_t i = 0; i < held->count; i++)
		if (!str_list_has(&change->remove, held->items[i].sku_id) &&
		    !license_find(&change->add, held->items[i].sku_id))
			VEC_PUSH(out, ret_kept, held->items[i]);
}

/* What Graph would refuse: plans of the new SKU against those of SKUs outside the plan. */
static void check_clashes(struct planning *p, const struct changes *changes)
{
	for (size_t i = 0; i < changes->users.count; i++) {
		const struct user_change *change = &changes->users.items[i];
		struct license_list kept = {0};
		struct service_clash clash;
		kept_licenses(change, p->out, &kept);
		if (!change->add.count || !services_find_clash(&p->skus, &kept, &change->add, &clash))
			continue;
		if (clash.needs)
			planning_refuse(p, SS312, (struct place){0}, "'%s': %s of %s needs %s, which would not be on",
					change->user->upn, clash.plan, clash.plan_sku, clash.needs)
				->help = "Leave the plan it needs on, or take the licence that needs it away first.";
		else
			planning_refuse(p, SS311, (struct place){0}, "'%s': %s of %s conflicts with %s of %s",
					change->user->upn, clash.plan, clash.plan_sku, clash.other, clash.other_sku)
				->help = "Switch one of the two off ('disable' on the entry), or take the other licence away "
					 "first.";
	}
}

static void check_protected(struct planning *p, const struct changes *changes)
{
	const struct str_list *protected = &p->policy->protected_users;
	for (size_t i = 0; protected->count && i < changes->users.count; i++) {
		const char *upn = changes->users.items[i].user->upn;
		if (str_list_has_fold(protected, upn))
			planning_refuse(p, SS317, (struct place){0},
					"'%s' is protected by the repository and may not be changed", upn)
				->help = "Name the account under the move's 'except'.";
	}
	for (size_t i = 0; protected->count && i < changes->groups.count; i++) {
		const struct group *group = changes->groups.items[i].group;
		for (size_t j = 0; j < group->member_ids.count; j++) {
			const struct user *user = live_find_user(p->live, group->member_ids.items[j]);
			if (user && str_list_has_fold(protected, user->upn))
				planning_refuse(p, SS317, (struct place){0},
						"'%s' is protected by the repository and is a member of group '%s'",
						user->upn, group->display_name);
		}
	}
}

/* The bound that a limit sets for `base` users; -1 when there is none. */
static int64_t bound_of(const struct limit *limit, size_t base)
{
	if (!limit->given)
		return -1;
	return limit->is_percent ? limit->value * (int64_t)base / 100 : limit->value;
}

static void check_limit(struct planning *p, const struct limit *limit, const char *name, int64_t count,
			size_t base)
{
	int64_t bound = bound_of(limit, base);
	if (bound < 0 || count <= bound)
		return;
	struct diag *diag =
		limit->is_percent
			? planning_refuse(p, SS316, limit->place,
					  "%s: %lld, more than %lld%% of the %zu users concerned (%lld)", name,
					  (long long)count, (long long)limit->value, base, (long long)bound)
			: planning_refuse(p, SS316, limit->place, "%s: %lld, more than the limit of %lld", name,
					  (long long)count, (long long)bound);
	diag->help = "Move fewer users at a time, or have the limit raised in the repository's policy.";
}

static void check_limits(struct planning *p, const struct changes *changes)
{
	const struct limits *both[] = {&p->policy->limits, &p->desired->limits};
	int64_t changed = (int64_t)changes->users.count;
	int64_t taken = 0;
	for (size_t i = 0; i < changes->users.count; i++)
		if (changes->users.items[i].taken)
			taken += (int64_t)changes->users.items[i].remove.count;
	for (size_t i = 0; i < changes->groups.count; i++)
		changed += (int64_t)changes->groups.items[i].group->member_ids.count;
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		check_limit(p, &both[i]->users_changed, "users changed", changed, changes->users_concerned);
		check_limit(p, &both[i]->licenses_taken, "licences taken", taken, changes->users_concerned);
	}
}

static void check_min_left(struct planning *p, const struct limit *limit, const struct seat_count *seats)
{
	int64_t left = seats->there + seats->on_order - seats->needed;
	int64_t bound = bound_of(limit, (size_t)(seats->there + seats->on_order));
	if (bound >= 0 && left >= 0 && left < bound)
		planning_refuse(p, SS316, limit->place, "%s: %lld seats would be left, fewer than min_seats_left %lld",
				seats->part_number, (long long)left, (long long)bound);
}

static void check_seats(struct planning *p, const struct changes *changes)
{
	struct seat_count_list counts = {0};
	seats_count(p, changes, &counts);
	for (size_t i = 0; i < counts.count; i++) {
		const struct seat_count *c = &counts.items[i];
		check_min_left(p, &p->policy->limits.min_seats_left, c);
		check_min_left(p, &p->desired->limits.min_seats_left, c);
		if (c->needed <= c->there + c->on_order)
			continue;
		struct diag *diag = planning_refuse(
			p, SS304, c->place, "too few seats of %s: needed %lld, there %lld, on order %lld, short by %lld",
			c->part_number, (long long)c->needed, (long long)c->there, (long long)c->on_order,
			(long long)(c->needed - c->there - c->on_order));
		diag->help = "Order more seats (and raise 'seats'), list fewer users, or free seats first.";
	}
}

/* Same SKU: the pool shrinks by the Advisor seats, so the Open ones alone must cover all holders. */
static void check_pools(struct planning *p, const struct changes *changes)
{
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct resolved_move *m = &p->moves.items[i];
		if (!m->same_sku || !m->advisor_found)
			continue;
		int64_t holders = m->open->live ? m->open->live->consumed : 0;
		for (size_t j = 0; j < changes->users.count; j++) {
			const struct user_change *change = &changes->users.items[j];
			if (license_find(&change->add, m->open->id) &&
			    !license_find(&change->user->licenses, m->open->id))
				holders++;
		}
		int64_t open = m->open_there + m->on_order;
		if (holders <= open)
			continue;
		planning_refuse(p, SS314, m->move->seats_place,
				"%s: %lld hold it, and without the Advisor subscription there are %lld seats "
				"(short by %lld)", m->open->part_number, (long long)holders, (long long)open,
				(long long)(holders - open))
			->help = "Order more seats before the Advisor subscription is retired.";
	}
}

/* cancel-first: nobody may still depend on what is cancelled before the licences are given. */
static void check_cancel_first(struct planning *p)
{
	for (size_t i = 0; p->desired->cancel_first && i < p->moves.count; i++) {
		const struct resolved_move *m = &p->moves.items[i];
		if (!m->advisor_found || m->same_sku)
			continue;
		size_t told = 0;
		for (size_t j = 0; j < p->live->users.count && told < NAMED_AT_MOST; j++) {
			const struct user *user = &p->live->users.items[j];
			if (!license_find(&user->licenses, m->advisor->id))
				continue;
			told++;
			planning_refuse(p, SS315, m->move->place,
					"cancelling %s first would leave '%s' without a licence",
					m->advisor->part_number, user->upn)
				->help = "Use 'order_of_work: assign-first'.";
		}
	}
}

void guard_check(struct planning *p, const struct changes *changes)
{
	check_seats(p, changes);
	check_pools(p, changes);
	check_cancel_first(p);
	check_mailboxes(p, changes);
	check_clashes(p, changes);
	check_protected(p, changes);
	check_limits(p, changes);
}
