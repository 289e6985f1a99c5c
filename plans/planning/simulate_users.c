/* The proof, user by user: continuity, conflicts and scope, in every order of the user's actions. */
#include "core/str.h"
#include "plans/planning/between.h"
#include "plans/planning/simulate_internal.h"

static size_t slot_of(const struct simulation *s, const struct user *user)
{
	return (size_t)(user - s->p->live->users.items);
}

static bool is_license_action(const struct action *action)
{
	return action->kind == ACTION_ASSIGN_LICENSE || action->kind == ACTION_SWAP_LICENSE ||
	       action->kind == ACTION_REMOVE_LICENSE;
}

/* ---- which actions touch whom ---------------------------------------------------------------- */

static struct touch *touch(struct simulation *s, const struct user *user, size_t action)
{
	struct touch *cell = arena_alloc(s->p->out, sizeof *cell);
	*cell = (struct touch){.action = action, .next = s->touches[slot_of(s, user)]};
	s->touches[slot_of(s, user)] = cell;
	return cell;
}

static void touch_user(struct simulation *s, size_t at)
{
	const struct action *action = &s->actions->items[at];
	const struct user *user = live_find_user(s->p->live, action->user_id);
	const char *who = action->upn ? action->upn : "a user";
	if (!user)
		simulate_fail(s, at, who, "scope", "the user is not in the snapshot");
	else if (s->touches[slot_of(s, user)])
		simulate_fail(s, at, who, "continuity", "the user's licences change in more than one call");
	else
		touch(s, user, at);
}

/* Groups come when all users were gone through: a member's own action is then at the end of its list. */
static void touch_group(struct simulation *s, size_t at)
{
	const struct action *action = &s->actions->items[at];
	const struct group *group = live_find_group(s->p->live, action->group_id);
	if (!group || !group->members_read) {
		simulate_fail(s, at, action->group_name ? action->group_name : "a group", "scope",
			      "the group is not in the snapshot");
		return;
	}
	simulate_walk_back(s, at);
	for (size_t i = 0; i < group->member_ids.count && !s->failed; i++) {
		const struct user *user = live_find_user(s->p->live, group->member_ids.items[i]);
		if (!user) {
			simulate_fail(s, at, group->member_ids.items[i], "scope",
				      "the user is not in the snapshot");
			return;
		}
		const struct touch *own = s->touches[slot_of(s, user)];
		while (own && own->next)
			own = own->next;
		struct touch *cell = touch(s, user, at);
		if (!own || s->actions->items[own->action].group_id)
			continue;
		cell->user_first = s->mark[own->action] == s->walk;
		cell->group_first = str_list_has(&s->actions->items[own->action].after, action->id);
	}
}

/* ---- scope ----------------------------------------------------------------------------------- */

static bool may_add(const struct simulation *s, const struct user *user, const char *sku_id)
{
	for (size_t i = 0; i < s->p->moves.count; i++) {
		const struct resolved_move *m = &s->p->moves.items[i];
		/* On the way back, the new SKU with the services of before. */
		bool gave = s->p->undoes && m->advisor && str_eq(m->advisor->id, sku_id);
		if ((gave || str_eq(m->open->id, sku_id)) && wish_find(m, user))
			return true;
	}
	return false;
}

static bool may_remove(const struct simulation *s, const struct user *user, const char *sku_id)
{
	for (size_t i = 0; i < s->p->moves.count; i++) {
		const struct resolved_move *m = &s->p->moves.items[i];
		if (m->advisor && !m->same_sku && str_eq(m->advisor->id, sku_id) &&
		    (m->move->unlisted == UNLISTED_REMOVE || wish_find(m, user)))
			return true;
		const struct wish *wish = wish_find(m, user);
		if (wish && wish->lose_service && str_eq(m->open->id, sku_id))
			return true;
	}
	return false;
}

static void check_scope(struct simulation *s, size_t at, const struct user *user)
{
	const struct action *action = &s->actions->items[at];
	for (size_t i = 0; i < action->add.count; i++)
		if (!may_add(s, user, action->add.items[i].sku_id))
			simulate_fail(s, at, user->upn, "scope",
				      "%s is given, which no move wants for the user",
				      simulate_pool(s, action->add.items[i].sku_id)->part_number);
	for (size_t i = 0; i < action->remove.count; i++)
		if (!may_remove(s, user, action->remove.items[i]))
			simulate_fail(s, at, user->upn, "scope",
				      "%s is removed, which no move retires for the user",
				      simulate_pool(s, action->remove.items[i])->part_number);
	bool direct = is_license_action(action);
	if (direct && action->add.count && !user->usage_location && !s->has_location[at])
		simulate_fail(s, at, user->upn, "scope", "the licence does not wait for a usage location");
}

/* An undo has no entry of a file behind it. */
static bool is_spoken_of(const struct simulation *s, const struct user *user)
{
	for (size_t i = 0; s->p->undoes && i < s->p->moves.count; i++)
		if (wish_find(&s->p->moves.items[i], user))
			return true;
	return planning_place_of(s->p, user).line != 0;
}

static void check_location(struct simulation *s, size_t at)
{
	const struct action *action = &s->actions->items[at];
	const struct user *user = live_find_user(s->p->live, action->user_id);
	if (!user)
		simulate_fail(s, at, action->upn ? action->upn : "a user", "scope",
			      "the user is not in the snapshot");
	else if (user->usage_location)
		simulate_fail(s, at, user->upn, "scope", "the user has a usage location");
	else if (!is_spoken_of(s, user))
		simulate_fail(s, at, user->upn, "scope", "no move speaks of the user");
}

/* ---- in every order ---------------------------------------------------------------------------- */

/* The actions that touch one user, the user's own first. */
struct playing {
	struct simulation *s;
	const struct touch *touches[TOUCHES_MAX];
	struct between between;
};

static void check_between(struct playing *play, size_t at, uint32_t done)
{
	const char *invariant;
	const char *wrong = between_wrong(&play->between, done, &invariant);
	if (wrong)
		simulate_fail(play->s, at, play->between.user->upn, invariant, "%s", wrong);
}

/* A group that waits for the user's own action is never done before it, and the other way round. */
static bool can_be(const struct playing *play, uint32_t done)
{
	bool has_own = !play->between.touches[0].group_id;
	for (size_t n = 1; has_own && n < play->between.count; n++) {
		bool group_done = done & 1u << n;
		if (done & 1u ? !group_done && play->touches[n]->group_first
			      : group_done && play->touches[n]->user_first)
			return false;
	}
	return true;
}

static size_t last_of(const struct playing *play, uint32_t done)
{
	size_t last = 0;
	for (size_t n = 0; n < play->between.count; n++)
		if (done & 1u << n && play->touches[n]->action > last)
			last = play->touches[n]->action;
	return last;
}

/* ---- seats that are given ---------------------------------------------------------------------- */

static void count_given(struct playing *play)
{
	struct simulation *s = play->s;
	const struct between *between = &play->between;
	for (size_t n = 0; n < between->count; n++) {
		const struct license_list *add = between->touches[n].add;
		const uint64_t *waits_for = s->redeems_before[play->touches[n]->action];
		for (size_t i = 0; i < add->count; i++) {
			const char *sku_id = add->items[i].sku_id;
			if (license_find(&between->user->licenses, sku_id))
				continue;
			struct pool *pool = simulate_pool(s, sku_id);
			bool counted = false;
			for (size_t other = 0; other < n; other++)
				counted = counted || license_find(between->touches[other].add, sku_id);
			pool->given += !counted;
			for (size_t w = 0; w < REDEEM_WORDS; w++)
				pool->redeems[w] =
					(pool->some_given ? pool->redeems[w] : UINT64_MAX) & waits_for[w];
			pool->some_given = true;
		}
	}
}

static void play_user(struct playing *play)
{
	struct simulation *s = play->s;
	for (size_t n = 0; n < play->between.count && !s->failed; n++)
		check_scope(s, play->touches[n]->action, play->between.user);
	for (uint32_t done = 1; done < 1u << play->between.count && !s->failed; done++)
		if (can_be(play, done))
			check_between(play, last_of(play, done), done);
	count_given(play);
}

/* The list has the user's own action last; here it comes first. */
static bool gather(struct simulation *s, const struct user *user, struct playing *play)
{
	const struct touch *list = s->touches[slot_of(s, user)];
	size_t count = 0;
	for (const struct touch *t = list; t; t = t->next)
		count++;
	if (count > TOUCHES_MAX) {
		simulate_fail(s, list->action, user->upn, "conflicts",
			      "too many groups of the user change at once");
		return false;
	}
	play->between.user = user;
	play->between.count = count;
	for (const struct touch *t = list; t; t = t->next) {
		play->touches[--count] = t;
		const struct action *action = &s->actions->items[t->action];
		play->between.touches[count] =
			(struct touching){action->group_id, &action->add, &action->remove};
	}
	return true;
}

void simulate_users(struct simulation *s)
{
	for (size_t i = 0; i < s->actions->count && !s->failed; i++) {
		const struct action *action = &s->actions->items[i];
		if (is_license_action(action))
			touch_user(s, i);
		else if (action->kind == ACTION_SET_USAGE_LOCATION)
			check_location(s, i);
	}
	for (size_t i = 0; i < s->actions->count && !s->failed; i++)
		if (s->actions->items[i].kind == ACTION_SWAP_GROUP_LICENSE)
			touch_group(s, i);
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct playing play = {.s = s, .between = {.p = s->p, .tmp = tmp}};
	for (size_t i = 0; i < s->p->live->users.count && !s->failed; i++)
		if (s->touches[i] && gather(s, &s->p->live->users.items[i], &play))
			play_user(&play);
}
