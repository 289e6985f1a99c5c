/* Desired × live → changes. Groups are in diff_groups.c. */
#include "plans/planning/diff.h"

#include "core/str.h"
#include "plans/planning/diff_groups.h"
#include "plans/planning/effects.h"
#include "plans/planning/keepers.h"

#include <stdlib.h>
#include <string.h>

/* One slot per live user while the moves are gone through. */
struct diffing {
	struct planning *p;
	struct user_change *slots; /* `user` NULL: nothing to change so far */
	bool *concerned;
	struct group_change_list groups;
	struct str_list lost_services; /* names of services that were off and have no counterpart */
	struct keeper_list keepers;
};

static struct user_change *change_of(struct diffing *d, const struct user *user)
{
	struct user_change *change = &d->slots[user - d->p->live->users.items];
	change->user = user;
	return change;
}

static void add_reason(struct diffing *d, struct user_change *change, const char *why)
{
	if (!change->why)
		change->why = why;
	else if (!strstr(change->why, why))
		change->why = arena_printf(d->p->out, "%s; %s", change->why, why);
}

/* What is off on the direct licence; of one that only a group gives, what is off on the whole. */
static const struct str_list *off_now(const struct user *user, const struct license *license)
{
	const struct license_state *state = user_find_state(user, license->sku_id, NULL);
	return state ? &state->disabled_plans : &license->disabled_plans;
}

/* The service plans that are to be off on the user's new licence. */
static struct str_list services_off(struct diffing *d, const struct resolved_move *m, const struct wish *wish,
				    const struct license *has_open)
{
	struct arena *out = d->p->out;
	struct str_list off = {0};
	const struct license *old =
		m->advisor && !m->same_sku ? license_find(&wish->user->licenses, m->advisor->id) : NULL;
	/* Who has the new SKU already is not swapped: what is off there is nobody's to switch on. */
	if (has_open) {
		const struct str_list *now = off_now(wish->user, has_open);
		for (size_t i = 0; i < now->count; i++)
			VEC_PUSH(out, &off, now->items[i]);
	} else if (old && !d->p->desired->enable_all_services) {
		services_carry_over(m->advisor, off_now(wish->user, old), m->open, out, &off,
				    &d->lost_services);
	}
	for (size_t i = 0; i < wish->disable.count; i++)
		VEC_PUSH(out, &off, wish->disable.items[i]);
	str_list_sort_unique(&off);
	return off;
}

/* Where moves wish for different locations, an entry that names the user outranks the others. */
static bool merge_location(struct diffing *d, struct user_change *change, const struct wish *wish)
{
	bool wished = wish->usage_location != NULL;
	bool outranks = !change->usage_location || (wished && !change->location_is_wished) ||
			(wish->location_is_explicit && !change->location_is_explicit);
	if (outranks) {
		change->usage_location =
			wished ? wish->usage_location : d->p->desired->default_usage_location;
		change->location_is_wished = wished;
		change->location_is_explicit = wish->location_is_explicit;
	} else if (wished && wish->location_is_explicit == change->location_is_explicit &&
		   !str_eq(wish->usage_location, change->usage_location)) {
		planning_refuse(d->p, SS323, wish->place,
				"'%s' has the usage location %s here and %s in another move",
				planning_quote(d->p, wish->user->upn), wish->usage_location,
				change->usage_location)
			->help = "Give the user the same usage location in both.";
	}
	return change->usage_location != NULL;
}

static void need_location(struct diffing *d, struct user_change *change, const struct wish *wish)
{
	struct planning *p = d->p;
	const struct user *user = wish->user;
	if (user->usage_location) {
		if (wish->is_explicit && wish->usage_location &&
		    !str_eq(wish->usage_location, user->usage_location))
			planning_warn(p, SS219,
				      "%s has the usage location %s; the entry's %s is for users without one",
				      planning_quote(p, user->upn), planning_quote(p, user->usage_location),
				      wish->usage_location);
		return;
	}
	if (!merge_location(d, change, wish)) {
		planning_refuse(p, SS305, wish->place, "'%s' has no usage location",
				planning_quote(p, user->upn))
			->help = "Give the entry a usage_location, or set defaults.usage_location.";
		return;
	}
	if (user->is_synced)
		planning_warn(p, SS207,
			      "%s is synchronised from on premises: setting its usage location may be "
			      "refused; set it there, then plan again",
			      planning_quote(p, user->upn));
}

static const char *sku_name(struct planning *p, const char *sku_id)
{
	const struct sku_view *sku = sku_cache_get(&p->skus, sku_id);
	return sku ? planning_quote(p, sku->part_number) : sku_id;
}

static void warn_of_errors(struct planning *p, const struct user *user)
{
	for (size_t i = 0; i < user->states.count; i++)
		if (user->states.items[i].error)
			planning_warn(p, SS208,
				      "%s already has a licence error: %s on %s; it may keep the new licence "
				      "from working",
				      planning_quote(p, user->upn),
				      planning_quote(p, user->states.items[i].error),
				      sku_name(p, user->states.items[i].sku_id));
}

/* Whether the user must be given the Open SKU directly, with these plans off. */
static bool needs_direct(const struct resolved_move *m, const struct wish *wish,
			 const struct license *has_open, const struct str_list *off)
{
	const struct license *held = license_find(&wish->user->licenses, m->open->id);
	if (held && !has_open)
		return false; /* a group gives it */
	if (held && m->same_sku && !wish->disable.count)
		return false; /* seats of one SKU pool: nobody is touched */
	return !has_open || !str_list_equal(off_now(wish->user, has_open), off);
}

/* Whether some move gives the user the SKU: then its seats are what the licence rests on, and it stays. */
static bool is_wanted_elsewhere(const struct planning *p, const struct user *user, const char *sku_id)
{
	for (size_t i = 0; i < p->moves.count; i++)
		if (str_eq(p->moves.items[i].open->id, sku_id) && wish_find(&p->moves.items[i], user))
			return true;
	return false;
}

/* What a group switches on stays on, whatever is off in a direct licence beside it. */
static void check_disable(struct diffing *d, const struct resolved_move *m, const struct wish *wish)
{
	for (size_t i = 0; i < wish->user->states.count; i++) {
		const struct license_state *state = &wish->user->states.items[i];
		if (!state->group_id || !str_eq(state->sku_id, m->open->id))
			continue;
		for (size_t j = 0; j < wish->disable.count; j++) {
			if (str_list_has(&state->disabled_plans, wish->disable.items[j]))
				continue;
			const struct service_plan *plan = sku_view_find_plan(m->open, wish->disable.items[j]);
			const struct group *group = live_find_group(d->p->live, state->group_id);
			planning_refuse(
				d->p, SS310, wish->place,
				"'%s' gets %s through group '%s', so %s cannot be switched off for the user",
				planning_quote(d->p, wish->user->upn), m->open->part_number,
				group ? planning_quote(d->p, group->display_name) : state->group_id,
				plan ? planning_quote(d->p, plan->name) : wish->disable.items[j])
				->help =
				arena_printf(d->p->out, "Switch it off on the group, leave it on, or %s.",
					     planning_leave_text(group));
			return;
		}
	}
}

/* Nothing is given to who has the new SKU already: then it has to work before the old one is taken. */
static void check_rest(struct planning *p, const struct resolved_move *m, const struct wish *wish)
{
	const struct license_state *broken = NULL;
	for (size_t i = 0; i < wish->user->states.count; i++) {
		const struct license_state *state = &wish->user->states.items[i];
		if (!str_eq(state->sku_id, m->open->id))
			continue;
		if (!state->error && str_eq(state->state, "Active"))
			return;
		broken = state;
	}
	if (!broken)
		return;
	planning_refuse(p, SS342, wish->place, "'%s' holds %s already, and it does not work: %s",
			planning_quote(p, wish->user->upn), m->open->part_number,
			planning_quote(p, broken->error ? broken->error : broken->state))
		->help = arena_printf(
		p->out,
		"%s works and would be taken. Correct the licence in the admin centre, then plan "
		"again; or leave the person out.",
		planning_quote(p, m->advisor->part_number));
}

/* One wanted user of one move. */
static void diff_wish(struct diffing *d, const struct resolved_move *m, const struct wish *wish)
{
	const struct user *user = wish->user;
	bool swaps = m->advisor && !m->same_sku;
	bool by_group = swaps && diff_is_swapped_by_group(&d->groups, user, m);
	const struct license *has_open = user_direct_license(user, m->open->id);
	bool removes = swaps && user_direct_license(user, m->advisor->id) &&
		       !is_wanted_elsewhere(d->p, user, m->advisor->id);
	struct str_list off = services_off(d, m, wish, has_open);
	/* Through the group the user gets the new SKU; a direct licence beside it would only conflict. */
	bool adds = by_group ? has_open && !str_list_equal(off_now(user, has_open), &off)
			     : needs_direct(m, wish, has_open, &off);
	check_disable(d, m, wish);
	if (removes && !adds && !by_group)
		check_rest(d->p, m, wish);
	if (!adds && !removes)
		return;
	struct user_change *change = change_of(d, user);
	if (adds) {
		VEC_PUSH(d->p->out, &change->add, (struct license){m->open->id, off});
		need_location(d, change, wish);
	}
	if (removes)
		VEC_PUSH(d->p->out, &change->remove, m->advisor->id);
	change->lose_mailbox = change->lose_mailbox || wish->lose_mailbox;
	add_reason(d, change, wish->why);
	warn_of_errors(d->p, user);
}

static bool inherits(const struct user *user, const char *sku_id)
{
	for (size_t i = 0; i < user->states.count; i++)
		if (user->states.items[i].group_id && str_eq(user->states.items[i].sku_id, sku_id))
			return true;
	return false;
}

/* The first group through which the user has it, as it was read; or NULL. */
static const struct group *source_of(const struct planning *p, const struct user *user, const char *sku_id)
{
	for (size_t i = 0; i < user->states.count; i++)
		if (user->states.items[i].group_id && str_eq(user->states.items[i].sku_id, sku_id))
			return live_find_group(p->live, user->states.items[i].group_id);
	return NULL;
}

static bool is_excepted_from(const struct resolved_move *m, const struct user *user)
{
	return str_list_has(&m->excepted, user->id);
}

static void refuse_unlisted(struct planning *p, const struct resolved_move *m, const struct user *user)
{
	bool excepted = is_excepted_from(m, user);
	/* Whoever was meant by a name that is not there is listed once that is put right. */
	if (!excepted && (m->partial || str_list_has_fold(&m->meant, user->upn)))
		return;
	planning_refuse(p, SS306, excepted ? m->move->except_place : m->move->users_place,
			excepted ? "'%s' holds %s and is under 'except'" : "'%s' holds %s and is not listed",
			planning_quote(p, user->upn), planning_quote(p, m->advisor->part_number))
		->help = excepted ? "Retiring the subscription would take the user's service. Give the "
				    "account another licence first, or say 'unlisted: keep'."
				  : "Retiring the subscription would take the user's service. List the user, "
				    "or say 'unlisted: keep' or 'unlisted: remove'.";
}

/* A holder of the Advisor SKU whom the move does not name. */
static void diff_unlisted(struct diffing *d, const struct resolved_move *m, const struct user *user)
{
	struct planning *p = d->p;
	const char *sku = planning_quote(p, m->advisor->part_number);
	const char *upn = planning_quote(p, user->upn);
	/* From who is to be left alone nothing is taken either, whatever becomes of the others. */
	bool excepted = is_excepted_from(m, user);
	switch (excepted && m->move->unlisted == UNLISTED_REMOVE ? UNLISTED_REFUSE : m->move->unlisted) {
	case UNLISTED_REFUSE:
		refuse_unlisted(p, m, user);
		return;
	case UNLISTED_KEEP:
		VEC_PUSH(p->out, &d->keepers, (struct keeper){m->advisor, user});
		return;
	case UNLISTED_REMOVE:
		break;
	}
	if (inherits(user, m->advisor->id)) {
		planning_refuse(p, SS310, m->move->users_place,
				"'%s' inherits %s from a group, so it cannot be removed from the user", upn,
				sku)
			->help = arena_printf(p->out, "List the whole group, or %s.",
					      planning_leave_text(source_of(p, user, m->advisor->id)));
		return;
	}
	struct user_change *change = change_of(d, user);
	VEC_PUSH(p->out, &change->remove, m->advisor->id);
	add_reason(d, change, arena_printf(p->out, "%s.unlisted: remove", move_name(m->move, p->out)));
	planning_warn(p, SS206, "%s loses %s: not listed", upn, sku);
}

static void diff_move(struct diffing *d, const struct resolved_move *m)
{
	const struct user_list *users = &d->p->live->users;
	if (m->advisor && !m->same_sku)
		diff_groups(d->p, m, &d->groups);
	for (size_t i = 0; i < m->wishes.count; i++) {
		d->concerned[m->wishes.items[i].user - users->items] = true;
		diff_wish(d, m, &m->wishes.items[i]);
	}
	for (size_t i = 0; m->advisor && i < users->count; i++) {
		if (!license_find(&users->items[i].licenses, m->advisor->id))
			continue;
		d->concerned[i] = true;
		if (m->advisor_found && !m->same_sku && !wish_find(m, &users->items[i]) &&
		    !is_wanted_elsewhere(d->p, &users->items[i], m->advisor->id))
			diff_unlisted(d, m, &users->items[i]);
	}
}

static int compare_license(const void *a, const void *b)
{
	return strcmp(((const struct license *)a)->sku_id, ((const struct license *)b)->sku_id);
}

/* Two moves to one SKU wish for one licence: what either switches off is off. */
static void merge_additions(struct arena *out, struct license_list *add)
{
	size_t kept = 0;
	for (size_t i = 0; i < add->count; i++) {
		struct license *license = &add->items[i];
		struct license *last = kept ? &add->items[kept - 1] : NULL;
		if (!last || !str_eq(last->sku_id, license->sku_id)) {
			add->items[kept++] = *license;
			continue;
		}
		struct str_list off = {0};
		for (size_t j = 0; j < last->disabled_plans.count; j++)
			VEC_PUSH(out, &off, last->disabled_plans.items[j]);
		for (size_t j = 0; j < license->disabled_plans.count; j++)
			VEC_PUSH(out, &off, license->disabled_plans.items[j]);
		str_list_sort_unique(&off);
		last->disabled_plans = off;
	}
	add->count = kept;
}

/* Of a person or a group: each SKU once, in the order of their ids. */
static void settle(struct arena *out, struct license_list *add, struct str_list *remove)
{
	str_list_sort_unique(remove);
	if (add->count > 1)
		qsort(add->items, add->count, sizeof *add->items, compare_license);
	merge_additions(out, add);
}

/* A licence is taken when it goes and none of what its moves give is there afterwards. */
static bool is_taken(const struct planning *p, const struct user_effect *effect, const char *sku_id)
{
	if (license_find(&effect->after, sku_id))
		return false;
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct resolved_move *m = &p->moves.items[i];
		if (m->advisor && str_eq(m->advisor->id, sku_id) && license_find(&effect->after, m->open->id))
			return false;
	}
	return true;
}

static void count_taken(struct planning *p, struct changes *changes)
{
	const struct user_effect_list *effects = &changes->effects;
	for (size_t i = 0, next = 0; i < effects->count; i++) {
		if (!effects->items[i].change)
			continue;
		struct user_change *change = &changes->users.items[next++];
		for (size_t j = 0; j < change->remove.count; j++)
			change->taken += is_taken(p, &effects->items[i], change->remove.items[j]);
	}
}

static int compare_groups(const void *a, const void *b)
{
	return strcmp(((const struct group_change *)a)->group->id,
		      ((const struct group_change *)b)->group->id);
}

static void collect(struct diffing *d, struct changes *changes)
{
	struct planning *p = d->p;
	size_t about = 0;
	for (size_t i = 0; i < p->live->users.count; i++)
		about += d->slots[i].user != NULL;
	/* Growing step by step would leave as much again behind. */
	VEC_RESERVE(p->out, &changes->users, about);
	for (size_t i = 0; i < p->live->users.count; i++) {
		changes->users_concerned += d->concerned[i];
		struct user_change *change = &d->slots[i];
		if (!change->user)
			continue;
		settle(p->out, &change->add, &change->remove);
		if (!change->add.count && !change->remove.count)
			continue;
		change->canary = str_list_has_fold(&p->desired->canary, change->user->upn);
		VEC_PUSH(p->out, &changes->users, *change);
	}
	for (size_t i = 0; i < d->groups.count; i++)
		settle(p->out, &d->groups.items[i].add, &d->groups.items[i].remove);
	if (d->groups.count > 1)
		qsort(d->groups.items, d->groups.count, sizeof *d->groups.items, compare_groups);
	diff_group_canaries(p, &d->groups);
	changes->groups = d->groups;
	effects_build(p, changes, &changes->effects);
	count_taken(p, changes);
}

/* Wanted by a move, or moved by it already: then `holders_of: advisor` no longer finds the user. */
static bool is_moved(const struct planning *p, const char *upn)
{
	const struct user *user = user_index_find(p->users_by_name, upn);
	for (size_t i = 0; user && i < p->moves.count; i++)
		if (wish_find(&p->moves.items[i], user) ||
		    license_find(&user->licenses, p->moves.items[i].open->id))
			return true;
	return false;
}

/* Nobody who is moved has that name: who is, and has one like it. */
static const char *help_for_canary(struct planning *p, const char *upn)
{
	struct str_list names = {0};
	for (size_t i = 0; i < p->moves.count; i++)
		for (size_t w = 0; w < p->moves.items[i].wishes.count; w++)
			VEC_PUSH(p->out, &names, p->moves.items[i].wishes.items[w].user->upn);
	const char *near = p->suggestions++ < MAX_SUGGESTIONS ? str_nearest(upn, &names) : NULL;
	if (near)
		return arena_printf(p->out, "Did you mean '%s'?", planning_quote(p, near));
	return user_index_find(p->users_by_name, upn)
		       ? "They are in the tenant, and no move names them: list them under 'users', or take "
			 "them out "
			 "of 'canary'."
		       : "The first wave can only consist of users that are moved.";
}

static bool is_excepted_by_any(const struct planning *p, const char *upn)
{
	const struct user *user = user_index_find(p->users_by_name, upn);
	for (size_t i = 0; user && i < p->moves.count; i++)
		if (is_excepted_from(&p->moves.items[i], user))
			return true;
	return false;
}

static void check_canary(struct planning *p)
{
	for (size_t i = 0; i < p->moves.count; i++)
		if (p->moves.items[i].partial)
			return;
	for (size_t i = 0; i < p->desired->canary.count; i++) {
		const char *upn = p->desired->canary.items[i];
		if (is_moved(p, upn))
			continue;
		const bool excepted = is_excepted_by_any(p, upn);
		planning_refuse(p, SS326, p->desired->canary_place,
				excepted ? "canary '%s' is under 'except'"
					 : "canary '%s' is not among the users of any move",
				upn)
			->help =
			excepted ? "Take them out of 'canary', or out of 'except'." : help_for_canary(p, upn);
	}
}

static void warn_of_lost_services(struct diffing *d)
{
	str_list_sort_unique(&d->lost_services);
	for (size_t i = 0; i < d->lost_services.count; i++)
		planning_warn(d->p, SS209, "%s was off for some users and is not in the new SKU",
			      planning_quote(d->p, d->lost_services.items[i]));
}

void diff_build(struct planning *p, struct changes *ret_changes)
{
	size_t count = p->live->users.count;
	struct diffing d = {.p = p,
			    .slots = mem_alloc(count * sizeof *d.slots),
			    .concerned = mem_alloc(count * sizeof *d.concerned)};
	for (size_t i = 0; i < p->moves.count; i++)
		diff_move(&d, &p->moves.items[i]);
	collect(&d, ret_changes);
	check_canary(p);
	keepers_warn(p, &d.keepers, &ret_changes->effects);
	warn_of_lost_services(&d);
	free(d.slots);
	free(d.concerned);
}
