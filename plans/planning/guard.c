/* Refuses what must not be done: too few seats, limits, protected accounts, a lost mailbox. */
#include "plans/planning/guard.h"

#include "core/str.h"
#include "plans/planning/lasting.h"
#include "plans/planning/losses.h"
#include "plans/planning/member_order.h"
#include "plans/planning/seats.h"

#include <stdlib.h>
#include <string.h>

enum { NAMED_AT_MOST = 20 };

static bool may_lose_mailbox(const struct planning *p, const struct user_effect *effect)
{
	bool listed = false;
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct wish *wish = wish_find(&p->moves.items[i], effect->user);
		listed = listed || wish;
		if (wish && wish->lose_mailbox)
			return true;
	}
	return !listed; /* 'unlisted: remove' takes it, as the file says */
}

static void check_mailboxes(struct planning *p, const struct user_effect_list *effects)
{
	for (size_t i = 0; i < effects->count; i++) {
		const struct user_effect *effect = &effects->items[i];
		if (sku_cache_has_mailbox(&p->skus, &effect->after) ||
		    !sku_cache_has_mailbox(&p->skus, &effect->user->licenses) || may_lose_mailbox(p, effect))
			continue;
		planning_refuse(p, SS313, planning_place_of(p, effect->user),
				"'%s' has a mailbox now and would have none afterwards",
				planning_quote(p, effect->user->upn))
			->help = "Pick an Open SKU with Exchange, take the mailbox plan out of 'disable', or "
				 "accept it "
				 "with 'lose_mailbox: true' on the user's entry.";
	}
}

/* The licences that come or become another, and those that stay as they are. */
static void split(const struct user_effect *effect, struct arena *out, struct license_list *ret_new,
		  struct license_list *ret_kept)
{
	for (size_t i = 0; i < effect->after.count; i++) {
		const struct license *license = &effect->after.items[i];
		const struct license *before = license_find(&effect->user->licenses, license->sku_id);
		bool stays = before && license_equal(before, license);
		VEC_PUSH(out, stays ? ret_kept : ret_new, *license);
	}
}

static void refuse_clash(struct planning *p, const struct user *user, const struct service_clash *clash)
{
	const char *upn = planning_quote(p, user->upn);
	struct place place = planning_place_of(p, user);
	if (clash->needs)
		planning_refuse(p, SS312, place, "'%s': %s of %s needs %s, which would not be on", upn,
				clash->plan, clash->plan_sku, clash->needs)
			->help =
			arena_printf(p->out,
				     "Leave on what it needs, switch %s off as well ('disable' on the "
				     "entry), or take the licence that it comes with away first.",
				     clash->plan);
	else
		planning_refuse(p, SS311, place, "'%s': %s of %s conflicts with %s of %s", upn, clash->plan,
				clash->plan_sku, clash->other, clash->other_sku)
			->help =
			"Switch one of the two off ('disable' on the entry), or take the other licence away "
			"first.";
}

/* Two plans that some may hold together and some may not, and for how many users it is so. */
struct dispute {
	struct service_clash clash;
	const struct user *first;
	int64_t users;
};
VEC(dispute_list, struct dispute);

static void count_dispute(struct planning *p, struct dispute_list *disputes,
			  const struct service_clash *clash, const struct user *user)
{
	for (size_t i = 0; i < disputes->count; i++) {
		struct dispute *known = &disputes->items[i];
		if (!str_eq(known->clash.plan, clash->plan) || !str_eq(known->clash.other, clash->other) ||
		    !str_eq(known->clash.plan_sku, clash->plan_sku) ||
		    !str_eq(known->clash.other_sku, clash->other_sku))
			continue;
		known->users++;
		return;
	}
	VEC_PUSH(p->out, disputes, (struct dispute){*clash, user, 1});
}

static void warn_of_disputes(struct planning *p, const struct dispute_list *disputes)
{
	for (size_t i = 0; i < disputes->count; i++) {
		const struct dispute *d = &disputes->items[i];
		const char *others = d->users == 1 ? ""
						   : arena_printf(p->out, " and %s",
								  planning_count(p, d->users - 1, "other"));
		planning_warn(p, SS224,
			      "'%s'%s will hold %s of %s beside %s of %s; Microsoft's pages disagree whether "
			      "that is possible, so the service may refuse it",
			      planning_quote(p, d->first->upn), others, d->clash.plan, d->clash.plan_sku,
			      d->clash.other, d->clash.other_sku);
	}
}

/* What Graph would refuse, or may refuse: plans of the new SKU against those of SKUs outside the plan. */
static void check_clashes(struct planning *p, const struct user_effect_list *effects)
{
	static const enum clash_kind refusing[] = {CLASH_CONFLICT, CLASH_DEPENDENCY};
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct dispute_list disputes = {0};
	for (size_t i = 0; i < effects->count; i++) {
		const struct user_effect *effect = &effects->items[i];
		struct license_list added = {0};
		struct license_list kept = {0};
		struct service_clash clash;
		split(effect, tmp, &added, &kept);
		/* Graph checks the whole user: a plan that lacked its support before is refused as well. */
		for (size_t k = 0; k < ARRAY_LEN(refusing); k++)
			for (uint64_t asked = UINT64_MAX;
			     services_next_clash(&p->skus, &kept, &added, refusing[k], &asked, &clash);)
				refuse_clash(p, effect->user, &clash);
		for (uint64_t asked = UINT64_MAX;
		     services_next_clash(&p->skus, &kept, &added, CLASH_DISPUTE, &asked, &clash);)
			count_dispute(p, &disputes, &clash, effect->user);
	}
	warn_of_disputes(p, &disputes);
}

static const char *first_left_on(const struct wish *wish, const struct license *license)
{
	for (size_t i = 0; i < wish->disable.count; i++)
		if (!str_list_has(&license->disabled_plans, wish->disable.items[i]))
			return wish->disable.items[i];
	return NULL;
}

/* What one source of a licence switches on is on: a group may undo what an entry switches off. */
static void check_disabled(struct planning *p, const struct user_effect_list *effects)
{
	for (size_t i = 0; i < effects->count; i++) {
		const struct user *user = effects->items[i].user;
		for (size_t j = 0; effects->items[i].by_group && j < p->moves.count; j++) {
			const struct resolved_move *m = &p->moves.items[j];
			const struct wish *wish = wish_find(m, user);
			const struct license *license = license_find(&effects->items[i].after, m->open->id);
			const char *id = wish && license ? first_left_on(wish, license) : NULL;
			if (!id)
				continue;
			const struct service_plan *plan = sku_view_find_plan(m->open, id);
			planning_refuse(
				p, SS310, wish->place,
				"'%s' will get %s through a group, so %s cannot be switched off for the user",
				planning_quote(p, user->upn), m->open->part_number,
				plan ? planning_quote(p, plan->name) : id)
				->help =
				"Give 'disable' on the group's entry, for all its members, or take the user "
				"out of the group.";
		}
	}
}

/* What members hold who are changed alone and by groups, when only one of the two is done. */
struct halves {
	struct user_effect_list alone, by_group;
};

/* Those of the member that can be, in the member's order. */
static void add_halves(struct planning *p, const struct member_order *order, const struct user_effect *alone,
		       const struct user_effect *by_group, struct user_effect_list *members)
{
	bool some[2] = {false, false};
	size_t n = 0;
	for (const struct membership *m = order->groups; m; m = m->next, n++)
		some[member_order_has_first(order, n)] = true;
	if (some[false])
		VEC_PUSH(p->out, members, *alone);
	if (some[true])
		VEC_PUSH(p->out, members, *by_group);
}

/* What the user holds between the two must be sound as well, or Graph would refuse the first. */
static void check_between(struct planning *p, const struct changes *changes)
{
	const struct changes own = {.users = changes->users};
	const struct changes common = {.groups = changes->groups};
	struct halves halves = {0};
	struct user_effect_list members = {0};
	if (!changes->groups.count)
		return;
	const struct member_order *orders = member_orders(p, changes, true, p->out);
	effects_build(p, &own, &halves.alone);
	effects_build(p, &common, &halves.by_group);
	for (size_t i = 0, alone = 0, by_group = 0; i < changes->effects.count; i++) {
		const struct user_effect *effect = &changes->effects.items[i];
		if (effect->change && effect->by_group)
			add_halves(p, &orders[alone], &halves.alone.items[alone],
				   &halves.by_group.items[by_group], &members);
		alone += effect->change != NULL;
		by_group += effect->by_group;
	}
	check_mailboxes(p, &members);
	check_clashes(p, &members);
}

static int compare_effect(const void *key, const void *item)
{
	return strcmp(((const struct user *)key)->id, ((const struct user_effect *)item)->user->id);
}

static void check_protected(struct planning *p, const struct user_effect_list *effects)
{
	const struct str_list *protected = &p->policy->protected_users;
	for (size_t i = 0; effects->count && i < protected->count; i++) {
		const struct user *user = user_index_find(p->users_by_name, protected->items[i]);
		const struct user_effect *effect = user ? bsearch(user, effects->items, effects->count,
								  sizeof *effects->items, compare_effect)
							: NULL;
		if (!effect)
			continue;
		planning_refuse(
			p, SS317, planning_place_of(p, user),
			effect->by_group
				? "'%s' is protected by the repository and is a member of a group that "
				  "would be changed"
				: "'%s' is protected by the repository and may not be changed",
			planning_quote(p, user->upn))
			->help = "Name the account under the move's 'except'.";
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
					  "%s: %lld, more than %lld%% of the %s concerned (%lld)", name,
					  (long long)count, (long long)limit->value,
					  planning_count(p, (int64_t)base, "user"), (long long)bound)
			: planning_refuse(p, SS316, limit->place, "%s: %lld, more than the %s of %lld", name,
					  (long long)count, limit->place.line ? "limit" : "default limit",
					  (long long)bound);
	diag->help =
		limit->place.line
			? "Move fewer users at a time, or have the limit raised in the repository's policy."
			: "If that is meant, have the limit set under 'limits' in seatshift.yaml.";
}

static void check_limits(struct planning *p, const struct changes *changes,
			 const struct user_effect_list *effects)
{
	const struct limits *both[] = {&p->policy->limits, &p->desired->limits};
	int64_t changed = (int64_t)effects->count;
	int64_t taken = 0;
	for (size_t i = 0; i < changes->users.count; i++)
		taken += changes->users.items[i].taken;
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		check_limit(p, &both[i]->users_changed, "users changed", changed, changes->users_concerned);
		check_limit(p, &both[i]->licenses_taken, "licences taken", taken, changes->users_concerned);
	}
}

static void check_min_left(struct planning *p, const struct limit *limit, const struct seat_count *seats)
{
	int64_t all = seats->there + seats->on_order;
	int64_t left = all - seats->needed;
	/* In one pool with what is retired, fewer are left afterwards. */
	if (seats->retired && seats->open - seats->final < left) {
		all = seats->open;
		left = all - seats->final;
	}
	if (p->undoes)
		return; /* as many are left as there were */
	int64_t bound = limit->given && limit->is_percent ? (limit->value * all + 99) / 100 : limit->value;
	if (!limit->given || left < 0 || left >= bound)
		return;
	const char *wanted = limit->is_percent ? arena_printf(p->out, "%lld%% of them (%lld)",
							      (long long)limit->value, (long long)bound)
					       : arena_printf(p->out, "the limit of %lld", (long long)bound);
	planning_refuse(p, SS316, limit->place,
			"min_seats_left: %lld of %s of %s would be left, fewer than %s", (long long)left,
			planning_count(p, all, "seat"), seats->part_number, wanted)
		->help = "Order more seats, list fewer users, or have the limit lowered.";
}

/* Seats that were found may be of another purchase; then the file has to say so. */
static const char *help_for_seats(struct planning *p, const struct seat_count *c)
{
	if (p->undoes)
		return arena_printf(p->out, "Free seats of %s, or have more of them bought; then undo again.",
				    c->part_number);
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct resolved_move *m = &p->moves.items[i];
		if (m->open_found && str_eq(m->open->id, c->sku_id))
			return arena_printf(
				p->out,
				"Subscription %s was taken for what the key brings. If it is another "
				"purchase, say 'redeem_as: add-seats' and set 'seats' to all of %s together; "
				"else list fewer users, or order more seats.",
				m->open_found->id, c->part_number);
	}
	for (size_t i = 0; i < p->live->subscriptions.count; i++) {
		const struct subscription *s = &p->live->subscriptions.items[i];
		if (str_eq(s->sku_id, c->sku_id) && seats_stand(p, s) == SEATS_ENDING)
			return arena_printf(p->out,
					    "Order more seats (and raise 'seats'), list fewer users, or free "
					    "seats first. If "
					    "subscription %s renews, month by month for one, say 'accept: "
					    "{renewing: [%s]}'.",
					    s->id, s->id);
	}
	return "Order more seats (and raise 'seats'), list fewer users, or free seats first.";
}

static void check_seats(struct planning *p, const struct seat_count_list *counts)
{
	/* Who is refused already is not counted: more may be needed, never fewer. */
	const char *at_least = diag_has_errors(p->diags) ? "at least " : "";
	for (size_t i = 0; i < counts->count; i++) {
		const struct seat_count *c = &counts->items[i];
		check_min_left(p, &p->policy->limits.min_seats_left, c);
		check_min_left(p, &p->desired->limits.min_seats_left, c);
		if (c->needed <= c->there + c->on_order)
			continue;
		const char *apart = p->undoes ? NULL : seats_not_counted(p, c->sku_id);
		struct diag *diag = planning_refuse(
			p, SS304, c->place,
			"too few seats of %s: needed %s%lld, there %lld, on order %lld, short by %lld%s%s",
			c->part_number, at_least, (long long)c->needed, (long long)c->there,
			(long long)c->on_order, (long long)(c->needed - c->there - c->on_order),
			apart ? "; not counted: " : "", apart ? apart : "");
		diag->help = help_for_seats(p, c);
	}
}

/*
 * A SKU that one move gives and one retires, mostly the same move: its seats are one pool, which
 * shrinks by the Advisor seats, so the Open ones alone must cover all who hold it then.
 */
static void check_pools(struct planning *p, const struct seat_count_list *counts)
{
	for (size_t i = 0; i < counts->count; i++) {
		const struct seat_count *c = &counts->items[i];
		if (c->final <= c->open || !c->retired)
			continue;
		const char *apart = seats_not_counted(p, c->sku_id);
		planning_refuse(
			p, SS314, c->place,
			"%s: it is held by %s, and without the Advisor subscription there would be %s "
			"(short by %lld)%s%s",
			c->part_number, planning_count(p, c->final, "user"),
			planning_count(p, c->open, "seat"), (long long)(c->final - c->open),
			apart ? "; not counted: " : "", apart ? apart : "")
			->help = "Order more seats before the Advisor subscription is retired.";
	}
}

/* There, or to come; 0: no seat of it is left anywhere. */
static int64_t seats_ever(const struct planning *p, const char *sku_id)
{
	const struct sku *sku = live_find_sku(p->live, sku_id);
	int64_t seats = sku ? sku->enabled + sku->warning : 0;
	for (size_t i = 0; i < p->moves.count; i++)
		if (str_eq(p->moves.items[i].open->id, sku_id))
			seats += p->moves.items[i].on_order;
	return seats;
}

/* Nobody in the group needs a seat, but what has no seats at all is not handed out either. */
static void check_empty_groups(struct planning *p, const struct group_change_list *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		const struct group_change *change = &groups->items[i];
		for (size_t j = 0; !change->group->member_ids.count && j < change->add.count; j++) {
			const char *sku_id = change->add.items[j].sku_id;
			if (seats_ever(p, sku_id) > 0)
				continue;
			planning_refuse(p, SS304, p->moves.items[0].move->users_place,
					"group '%s' cannot hand out %s: the tenant has no seats of it",
					planning_quote(p, change->group->display_name),
					sku_cache_get(&p->skus, sku_id)->part_number)
				->help = "Nobody is in the group, but Microsoft 365 hands out nothing of "
					 "which there are "
					 "no seats. Order some, or leave the group out.";
		}
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
					m->advisor->part_number, planning_quote(p, user->upn))
				->help = "Use 'order_of_work: assign-first'.";
		}
	}
}

void guard_check(struct planning *p, const struct changes *changes)
{
	struct seat_count_list counts = {0};
	const struct user_effect_list *effects = &changes->effects;
	seats_count(p, effects, &counts);
	bool whole = !diag_has_errors(p->diags);
	check_seats(p, &counts);
	check_empty_groups(p, &changes->groups);
	if (whole)
		check_pools(p, &counts);
	check_cancel_first(p);
	check_mailboxes(p, effects);
	check_clashes(p, effects);
	check_between(p, changes);
	check_disabled(p, effects);
	losses_check(p, effects);
	check_protected(p, effects);
	check_limits(p, changes, effects);
}
