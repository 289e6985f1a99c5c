/* The proof, SKU by SKU: seats at their worst, and that a subscription is retired last. */
#include "core/str.h"
#include "plans/planning/simulate_internal.h"

static size_t first_that_gives(const struct simulation *s, const char *sku_id)
{
	for (size_t i = 0; i < s->actions->count; i++)
		if (license_find(&s->actions->items[i].add, sku_id))
			return i;
	return 0;
}

static int64_t brought_by(const struct simulation *s, const struct pool *pool, const uint64_t *redeems)
{
	int64_t seats = 0;
	for (size_t r = 0; r < s->redeem_count; r++) {
		const struct action *redeem = &s->actions->items[s->redeem_actions[r]];
		int64_t brought;
		if (redeems[r / 64] >> r % 64 & 1 && str_eq(redeem->sku_id, pool->sku_id) &&
		    simulate_brings(redeem, &brought))
			seats += brought;
	}
	return seats;
}

/* The worst prefix: every licence of the SKU is given, and none was taken back yet. */
void simulate_seats(struct simulation *s)
{
	for (size_t i = 0; i < s->pools.count && !s->failed; i++) {
		const struct pool *pool = &s->pools.items[i];
		int64_t assigned = pool->assigned + pool->given;
		int64_t prepaid = pool->prepaid + brought_by(s, pool, pool->redeems);
		/* A tenant that was over-assigned before is not this plan's doing, as long as it gets no
		 * worse. */
		if (pool->given && assigned > prepaid)
			simulate_fail(s, first_that_gives(s, pool->sku_id), pool->part_number, "seats",
				      "%lld assigned, %lld prepaid", (long long)assigned, (long long)prepaid);
	}
}

static const struct resolved_move *move_that_retires(const struct simulation *s, const struct action *action)
{
	for (size_t i = 0; i < s->p->moves.count; i++) {
		const struct resolved_move *m = &s->p->moves.items[i];
		if (m->advisor_found && str_eq(m->advisor_found->id, action->subscription_id))
			return m;
	}
	return NULL;
}

/* Who is touched by an action that must come before, for the message. */
static const char *subject_of(const struct action *action)
{
	if (action->upn)
		return action->upn;
	return action->group_name ? action->group_name : "the plan";
}

/* Whoever loses the SKU, and whoever gets what replaces it, must be done with before. */
static void check_waits(struct simulation *s, size_t at, const struct resolved_move *m)
{
	const struct action *retire = &s->actions->items[at];
	for (size_t i = 0; i < s->actions->count && !s->failed; i++) {
		const struct action *other = &s->actions->items[i];
		bool depends = str_list_has(&other->remove, retire->sku_id) ||
			       license_find(&other->add, m->open->id) ||
			       (action_brings_seats(other->kind) && str_eq(other->sku_id, m->open->id));
		bool is_work = !action_brings_seats(other->kind);
		if (!depends || s->mark[i] == s->walk || (is_work && s->p->desired->cancel_first))
			continue;
		simulate_fail(s, at, subject_of(other), "retire-last", "the retirement does not wait for %s",
			      other->id);
	}
}

/* Users who hold the SKU now and whose licence an action takes before the retirement. */
static int64_t count_released(struct simulation *s, const char *sku_id, const struct user **ret_holder)
{
	int64_t released = 0;
	for (size_t i = 0; i < s->p->live->users.count; i++) {
		const struct user *user = &s->p->live->users.items[i];
		if (!license_find(&user->licenses, sku_id))
			continue;
		size_t sources = 0;
		size_t dropped = 0;
		for (size_t j = 0; j < user->states.count; j++)
			sources += str_eq(user->states.items[j].sku_id, sku_id);
		for (const struct touch *t = s->touches[i]; t; t = t->next)
			dropped += s->mark[t->action] == s->walk &&
				   str_list_has(&s->actions->items[t->action].remove, sku_id);
		if (dropped && dropped >= sources)
			released++;
		else if (!*ret_holder)
			*ret_holder = user;
	}
	return released;
}

/* Seats of other subscriptions of the SKU that are retired as well, maybe before this one. */
static int64_t seats_retired(const struct simulation *s, const char *sku_id)
{
	int64_t seats = 0;
	for (size_t i = 0; i < s->actions->count; i++)
		if (s->actions->items[i].kind == ACTION_RETIRE_SUBSCRIPTION &&
		    str_eq(s->actions->items[i].sku_id, sku_id))
			seats += s->actions->items[i].seats;
	return seats;
}

static bool accepts_holders(const struct simulation *s, const char *sku_id)
{
	for (size_t i = 0; i < s->p->moves.count; i++) {
		const struct resolved_move *m = &s->p->moves.items[i];
		if (str_eq(m->open->id, sku_id))
			return false; /* its own users rest on what remains */
	}
	for (size_t i = 0; i < s->p->moves.count; i++) {
		const struct resolved_move *m = &s->p->moves.items[i];
		if (m->advisor && str_eq(m->advisor->id, sku_id) && m->move->unlisted == UNLISTED_KEEP)
			return true;
	}
	return false;
}

/* With all subscriptions of the SKU that are retired gone, what remains must carry who still holds it. */
static void check_holders(struct simulation *s, size_t at)
{
	const struct action *retire = &s->actions->items[at];
	struct pool *pool = simulate_pool(s, retire->sku_id);
	const struct user *holder = NULL;
	uint64_t waits_for[REDEEM_WORDS] = {0};
	for (size_t r = 0; r < s->redeem_count; r++)
		if (s->mark[s->redeem_actions[r]] == s->walk)
			waits_for[r / 64] |= UINT64_C(1) << r % 64;
	int64_t assigned = pool->assigned + pool->given - count_released(s, pool->sku_id, &holder);
	int64_t prepaid = pool->prepaid - seats_retired(s, pool->sku_id) + brought_by(s, pool, waits_for);
	/* Those whom nobody can read are accepted by the file, and told: they rest on nothing of the plan's.
	 */
	if (!holder && assigned <= planning_accepted_holders(s->p, pool->sku_id))
		return;
	if (assigned <= prepaid || assigned == 0 || accepts_holders(s, pool->sku_id))
		return;
	simulate_fail(s, at, holder ? holder->upn : pool->part_number, "retire-last",
		      "%lld would hold %s, of which %s would remain", (long long)assigned, pool->part_number,
		      planning_count(s->p, prepaid, "seat"));
}

static void check_retire(struct simulation *s, size_t at)
{
	const struct action *action = &s->actions->items[at];
	const char *who = action->subscription_id ? action->subscription_id : "a subscription";
	const struct resolved_move *m = action->subscription_id ? move_that_retires(s, action) : NULL;
	if (!m || !str_eq(m->advisor->id, action->sku_id) || action->seats != m->advisor_found->seats) {
		simulate_fail(s, at, who, "scope", "no move retires this subscription");
		return;
	}
	for (size_t i = 0; i < at; i++)
		if (str_eq(s->actions->items[i].subscription_id, action->subscription_id))
			simulate_fail(s, at, who, "scope", "the subscription is retired twice");
	if (str_list_has(&action->keep, action->subscription_id))
		simulate_fail(s, at, who, "retire-last", "the card says to keep what is to be cancelled");
	simulate_walk_back(s, at);
	check_waits(s, at, m);
	if (!s->failed)
		check_holders(s, at);
}

void simulate_retires(struct simulation *s)
{
	for (size_t i = 0; i < s->actions->count && !s->failed; i++)
		if (s->actions->items[i].kind == ACTION_RETIRE_SUBSCRIPTION)
			check_retire(s, i);
}
