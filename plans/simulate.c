/* The proof: a plan is played on the snapshot, prefix by prefix, before it may be saved. */
#include "plans/simulate.h"

#include "core/str.h"

#include <stdlib.h>
#include <string.h>

/* Seats of one SKU while the plan is played. */
struct pool {
	const char *sku_id;
	const char *part_number;
	int64_t assigned;
	int64_t prepaid;
};
VEC(pool_list, struct pool);

struct simulation {
	struct planning *p;
	const struct action_list *actions;
	const struct changes *changes;
	struct pool_list pools;
	const struct user_change **change_of; /* per live user, or NULL */
	struct license_list *held;            /* per live user: its licences now, once it was touched */
	bool *touched;
	bool failed;
};

static void fail(struct simulation *s, size_t prefix, const char *who, const char *invariant, const char *why)
{
	s->failed = true;
	planning_refuse(s->p, SS321, (struct place){0},
			"the plan is not safe: after prefix %zu (%s), %s: %s: %s", prefix,
			prefix ? s->actions->items[prefix - 1].id : "nothing done", who, invariant, why)
		->help = "Nothing was planned. Change the customer file; if it looks right, report this as a fault.";
}

static struct pool *pool_of(struct simulation *s, const char *sku_id)
{
	for (size_t i = 0; i < s->pools.count; i++)
		if (str_eq(s->pools.items[i].sku_id, sku_id))
			return &s->pools.items[i];
	const struct sku *sku = live_find_sku(s->p->live, sku_id);
	struct pool pool = {.sku_id = sku_id, .part_number = sku ? sku->part_number : sku_id};
	if (sku) {
		pool.assigned = sku->consumed;
		/* Units in their grace period still serve their holders. */
		pool.prepaid = sku->enabled + sku->warning;
	}
	VEC_PUSH(s->p->out, &s->pools, pool);
	return &s->pools.items[s->pools.count - 1];
}

static size_t user_slot(const struct simulation *s, const struct user *user)
{
	return (size_t)(user - s->p->live->users.items);
}

static struct license_list *licenses_of(struct simulation *s, const struct user *user)
{
	size_t slot = user_slot(s, user);
	if (!s->touched[slot]) {
		struct license_list copy = {0};
		VEC_RESERVE(s->p->out, &copy, user->licenses.count + 2);
		for (size_t i = 0; i < user->licenses.count; i++)
			VEC_PUSH(s->p->out, &copy, user->licenses.items[i]);
		s->held[slot] = copy;
		s->touched[slot] = true;
	}
	return &s->held[slot];
}

static bool has_mailbox(struct simulation *s, const struct license_list *held)
{
	for (size_t i = 0; i < held->count; i++) {
		const struct sku_view *sku = sku_cache_get(&s->p->skus, held->items[i].sku_id);
		if (sku && services_has_mailbox(sku, &held->items[i].disabled_plans))
			return true;
	}
	return false;
}

static void give(struct simulation *s, struct license_list *held, const struct license *license)
{
	for (size_t i = 0; i < held->count; i++) {
		if (str_eq(held->items[i].sku_id, license->sku_id)) {
			held->items[i] = *license;
			return;
		}
	}
	VEC_PUSH(s->p->out, held, *license);
}

static void take(struct license_list *held, const char *sku_id)
{
	size_t kept = 0;
	for (size_t i = 0; i < held->count; i++)
		if (!str_eq(held->items[i].sku_id, sku_id))
			held->items[kept++] = held->items[i];
	held->count = kept;
}

/* Only the SKUs of the moves may appear in an action. */
static bool in_scope(const struct simulation *s, const char *sku_id, bool adding)
{
	for (size_t i = 0; i < s->p->moves.count; i++) {
		const struct resolved_move *m = &s->p->moves.items[i];
		if (adding ? str_eq(m->open->id, sku_id) : m->advisor && str_eq(m->advisor->id, sku_id))
			return true;
	}
	return false;
}

static void check_scope(struct simulation *s, size_t prefix, const struct action *action, const char *who)
{
	for (size_t i = 0; i < action->add.count; i++)
		if (!in_scope(s, action->add.items[i].sku_id, true))
			fail(s, prefix, who, "scope", "a SKU is added that no move names");
	for (size_t i = 0; i < action->remove.count; i++)
		if (!in_scope(s, action->remove.items[i], false))
			fail(s, prefix, who, "scope", "a SKU is removed that no move names");
}

static bool wanted(const struct simulation *s, const struct user *user)
{
	for (size_t i = 0; i < s->p->moves.count; i++)
		if (wish_find(&s->p->moves.items[i], user))
			return true;
	return false;
}

static bool serves(const struct simulation *s, const struct license_list *held)
{
	for (size_t i = 0; i < s->p->moves.count; i++) {
		const struct resolved_move *m = &s->p->moves.items[i];
		if (license_find(held, m->open->id) || (m->advisor && license_find(held, m->advisor->id)))
			return true;
	}
	return false;
}

/* `held` without the licences that are in `added`. */
static struct license_list without(struct simulation *s, const struct license_list *held,
				   const struct license_list *added)
{
	struct license_list others = {0};
	VEC_RESERVE(s->p->out, &others, held->count);
	for (size_t i = 0; i < held->count; i++)
		if (!license_find(added, held->items[i].sku_id))
			VEC_PUSH(s->p->out, &others, held->items[i]);
	return others;
}

static void play_user(struct simulation *s, size_t prefix, const struct action *action)
{
	const struct user *user = live_find_user(s->p->live, action->user_id);
	if (!user) {
		fail(s, prefix, action->upn, "scope", "the user is not in the snapshot");
		return;
	}
	check_scope(s, prefix, action, user->upn);
	struct license_list *held = licenses_of(s, user);
	bool mailbox = has_mailbox(s, held);
	bool served = serves(s, held);
	for (size_t i = 0; i < action->remove.count; i++)
		take(held, action->remove.items[i]);
	for (size_t i = 0; i < action->add.count; i++)
		give(s, held, &action->add.items[i]);
	const struct user_change *change = s->change_of[user_slot(s, user)];
	bool listed = wanted(s, user);
	struct service_clash clash;
	struct license_list others = without(s, held, &action->add);
	if (action->add.count && services_find_clash(&s->p->skus, &others, &action->add, &clash))
		fail(s, prefix, user->upn, "conflicts", clash.plan);
	if (listed && served && !serves(s, held))
		fail(s, prefix, user->upn, "continuity", "the user is left without a licence");
	if (listed && mailbox && !has_mailbox(s, held) && !(change && change->lose_mailbox))
		fail(s, prefix, user->upn, "continuity", "the user is left without a mailbox");
}

static void play_group(struct simulation *s, size_t prefix, const struct action *action)
{
	const struct group *group = live_find_group(s->p->live, action->group_id);
	if (!group) {
		fail(s, prefix, action->group_name, "scope", "the group is not in the snapshot");
		return;
	}
	for (size_t i = 0; i < group->member_ids.count && !s->failed; i++) {
		struct action of_member = *action;
		of_member.user_id = group->member_ids.items[i];
		of_member.upn = group->member_ids.items[i];
		play_user(s, prefix, &of_member);
	}
}

/* The worst order inside a wave: every licence that it gives is given before any is taken back. */
static void count_wave_additions(struct simulation *s, const struct action *action)
{
	size_t members = 1;
	const struct group *group = NULL;
	if (action->kind == ACTION_SWAP_GROUP_LICENSE) {
		group = live_find_group(s->p->live, action->group_id);
		members = group ? group->member_ids.count : 0;
	}
	for (size_t m = 0; m < members; m++) {
		const char *id = group ? group->member_ids.items[m] : action->user_id;
		const struct user *user = live_find_user(s->p->live, id);
		if (!user)
			continue;
		const struct license_list *held =
			s->touched[user_slot(s, user)] ? &s->held[user_slot(s, user)] : &user->licenses;
		for (size_t i = 0; i < action->add.count; i++)
			if (!license_find(held, action->add.items[i].sku_id))
				pool_of(s, action->add.items[i].sku_id)->assigned++;
	}
}

static void count_wave_removals(struct simulation *s, const struct action *action)
{
	const struct user *user = action->user_id ? live_find_user(s->p->live, action->user_id) : NULL;
	for (size_t i = 0; user && i < action->remove.count; i++)
		if (license_find(&user->licenses, action->remove.items[i]))
			pool_of(s, action->remove.items[i])->assigned--;
}

static void check_pools(struct simulation *s, size_t prefix)
{
	for (size_t i = 0; i < s->pools.count; i++) {
		const struct pool *pool = &s->pools.items[i];
		const struct sku *sku = live_find_sku(s->p->live, pool->sku_id);
		/* A tenant that was over-assigned before is not this plan's doing, as long as it gets no worse. */
		int64_t before = sku ? sku->consumed - (sku->enabled + sku->warning) : 0;
		int64_t excess = pool->assigned - pool->prepaid;
		if (excess > 0 && excess > before)
			fail(s, prefix, pool->part_number, "seats",
			     arena_printf(s->p->out, "%lld assigned, %lld prepaid", (long long)pool->assigned,
					  (long long)pool->prepaid));
	}
}

/* The ids of actions that must have ended before a retirement: all that take its SKU from somebody. */
static void check_retire(struct simulation *s, size_t prefix, const struct action *action)
{
	struct pool *pool = pool_of(s, action->sku_id);
	pool->prepaid -= action->seats;
	size_t before = 0;
	for (size_t i = 0; i < s->actions->count; i++) {
		const struct action *other = &s->actions->items[i];
		if (str_list_has(&other->remove, action->sku_id))
			before++;
	}
	if (s->p->desired->cancel_first && before)
		fail(s, prefix, action->subscription_id, "retire-last",
		     "licences of the subscription are still assigned");
	if (!s->p->desired->cancel_first && action->after.count < before)
		fail(s, prefix, action->subscription_id, "retire-last",
		     "it does not wait for every user who depends on it");
}

static bool accepts_holders(const struct simulation *s, const struct action *action)
{
	for (size_t i = 0; i < s->p->moves.count; i++) {
		const struct resolved_move *m = &s->p->moves.items[i];
		if (m->advisor_found && str_eq(m->advisor_found->id, action->subscription_id))
			return m->move->unlisted == UNLISTED_KEEP;
	}
	return false;
}

/* After a retirement of another SKU than the Open one, nobody in the plan's reach still holds it. */
static void check_nobody_depends(struct simulation *s, size_t prefix, const struct action *action)
{
	const struct pool *pool = pool_of(s, action->sku_id);
	if (pool->prepaid >= pool->assigned || accepts_holders(s, action))
		return;
	for (size_t i = 0; i < s->p->live->users.count; i++) {
		const struct user *user = &s->p->live->users.items[i];
		const struct license_list *held = s->touched[i] ? &s->held[i] : &user->licenses;
		if (license_find(held, action->sku_id)) {
			fail(s, prefix, user->upn, "retire-last", "the user still holds a licence of it");
			return;
		}
	}
}

static void play(struct simulation *s, size_t prefix, const struct action *action)
{
	switch (action->kind) {
	case ACTION_ADD_PARTNER:
	case ACTION_SET_USAGE_LOCATION:
		return;
	case ACTION_REDEEM_KEY:
		pool_of(s, action->sku_id)->prepaid += action->result.seats - action->expect.seats;
		return;
	case ACTION_ASSIGN_LICENSE:
	case ACTION_SWAP_LICENSE:
	case ACTION_REMOVE_LICENSE:
		play_user(s, prefix, action);
		return;
	case ACTION_SWAP_GROUP_LICENSE:
		play_group(s, prefix, action);
		return;
	case ACTION_RETIRE_SUBSCRIPTION:
		check_retire(s, prefix, action);
		check_nobody_depends(s, prefix, action);
		return;
	case ACTION_KIND_COUNT:
		return;
	}
}

/* An action may only wait for actions that stand before it, in lower waves. */
static void check_order(struct simulation *s, size_t prefix, const struct action *action)
{
	if (action->wave > 0 && !action->after.count)
		fail(s, prefix, action->id, "scope", "it is in a later wave without waiting for anything");
}

static int compare_waves(const void *a, const void *b)
{
	const struct action *x = *(const struct action *const *)a;
	const struct action *y = *(const struct action *const *)b;
	if (x->wave != y->wave)
		return x->wave < y->wave ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void play_wave(struct simulation *s, const struct action *const *wave, size_t count, size_t done)
{
	for (size_t i = 0; i < count; i++)
		count_wave_additions(s, wave[i]);
	for (size_t i = 0; i < count && !s->failed; i++) {
		check_order(s, done + i + 1, wave[i]);
		play(s, done + i + 1, wave[i]);
	}
	if (!s->failed)
		check_pools(s, done + count);
	for (size_t i = 0; i < count; i++)
		count_wave_removals(s, wave[i]);
}

static void play_all(struct simulation *s)
{
	size_t count = s->actions->count;
	const struct action **sorted = mem_alloc(count * sizeof *sorted);
	for (size_t i = 0; i < count; i++)
		sorted[i] = &s->actions->items[i];
	if (count)
		qsort(sorted, count, sizeof *sorted, compare_waves);
	for (size_t start = 0; start < count && !s->failed;) {
		size_t end = start;
		while (end < count && sorted[end]->wave == sorted[start]->wave)
			end++;
		play_wave(s, sorted + start, end - start, start);
		start = end;
	}
	free(sorted);
}

bool simulate_prove(struct planning *p, const struct changes *changes, const struct action_list *actions,
		    int64_t *ret_prefixes)
{
	size_t users = p->live->users.count;
	struct simulation s = {.p = p,
			       .actions = actions,
			       .changes = changes,
			       .change_of = mem_alloc(users * sizeof *s.change_of),
			       .held = mem_alloc(users * sizeof *s.held),
			       .touched = mem_alloc(users * sizeof *s.touched)};
	for (size_t i = 0; i < changes->users.count; i++)
		s.change_of[user_slot(&s, changes->users.items[i].user)] = &changes->users.items[i];
	play_all(&s);
	*ret_prefixes = (int64_t)actions->count + 1;
	free(s.change_of);
	free(s.held);
	free(s.touched);
	return !s.failed;
}
