/* Licences inherited from groups: swapped on the group when all its members move, else refused. */
#include "plans/planning/diff_groups.h"

#include "core/action.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

enum { MEMBERS_SHOWN = 5 };

/* The members who are not to move, as text; NULL when all are. */
static const char *members_left_out(struct planning *p, const struct resolved_move *m,
				    const struct group *group)
{
	struct str_list names = {0};
	size_t left_out = 0;
	for (size_t i = 0; i < group->member_ids.count; i++) {
		const struct user *user = live_find_user(p->live, group->member_ids.items[i]);
		if (user && wish_find(m, user))
			continue;
		if (left_out++ < MEMBERS_SHOWN)
			VEC_PUSH(p->out, &names,
				 user ? planning_quote(p, user->upn) : group->member_ids.items[i]);
	}
	if (!left_out)
		return NULL;
	const char *text = str_list_join(p->out, &names, ", ");
	return left_out <= MEMBERS_SHOWN
		       ? text
		       : arena_printf(p->out, "%s and %zu more", text, left_out - MEMBERS_SHOWN);
}

static void refuse_group(struct planning *p, const struct resolved_move *m, const struct group *group,
			 const char *left_out)
{
	const char *name = planning_quote(p, group->display_name);
	struct diag *diag =
		planning_refuse(p, SS310, m->move->users_place,
				"group '%s' hands out %s, and not all its members are to move: %s", name,
				m->advisor->part_number, left_out);
	diag->help = arena_printf(
		p->out,
		group_is_dynamic(group)
			? "List the group ('- group: %s'), or change its membership rule so that it leaves "
			  "out those "
			  "who stay."
			: "List the group ('- group: %s'), or give those who stay another group first.",
		name);
}

static struct group_change *find_change(struct group_change_list *groups, const struct group *group)
{
	for (size_t i = 0; i < groups->count; i++)
		if (groups->items[i].group == group)
			return &groups->items[i];
	return NULL;
}

/*
 * A group's licence has one list of plans that are off, so its members cannot wish for different ones.
 * Gives the list that all wish for, or refuses. There is a wish for each member; of a group in which nobody
 * is, the entry says it.
 */
static bool common_disable(struct planning *p, const struct resolved_move *m, const struct group *group,
			   struct str_list *ret_disable)
{
	if (!group->member_ids.count) {
		*ret_disable = listed_find(m, group)->disable;
		return true;
	}
	const struct wish *first = wish_find(m, live_find_user(p->live, group->member_ids.items[0]));
	for (size_t i = 1; i < group->member_ids.count; i++) {
		const struct wish *wish = wish_find(m, live_find_user(p->live, group->member_ids.items[i]));
		if (str_eq(str_list_join(p->out, &first->disable, " "),
			   str_list_join(p->out, &wish->disable, " ")))
			continue;
		planning_refuse(
			p, SS310, wish->place,
			"'%s' gets the new SKU through group '%s', whose members wish for different services",
			planning_quote(p, wish->user->upn), planning_quote(p, group->display_name))
			->help = arena_printf(
			p->out, "Give 'disable' on the group's entry, for all its members, or %s.",
			planning_leave_text(group));
		return false;
	}
	*ret_disable = first->disable;
	return true;
}

/*
 * A member who also holds the SKU directly: the direct licence goes first, and the group's covers the
 * user until the group is swapped. So it must give all that the direct one gives.
 */
static bool covers_direct(struct planning *p, const struct resolved_move *m, const struct group *group)
{
	const struct license *given = license_find(&group->licenses, m->advisor->id);
	for (size_t i = 0; i < group->member_ids.count; i++) {
		const struct user *user = live_find_user(p->live, group->member_ids.items[i]);
		const struct license_state *direct = user_find_state(user, m->advisor->id, NULL);
		for (size_t j = 0; direct && j < given->disabled_plans.count; j++) {
			if (str_list_has(&direct->disabled_plans, given->disabled_plans.items[j]))
				continue;
			planning_refuse(p, SS310, wish_find(m, user)->place,
					"'%s' holds %s both directly and through group '%s', which gives "
					"fewer services",
					planning_quote(p, user->upn), m->advisor->part_number,
					planning_quote(p, group->display_name))
				->help = arena_printf(p->out, "Switch the same services off directly, or %s.",
						      planning_leave_text(group));
			return false;
		}
	}
	return true;
}

static void swap_group(struct planning *p, const struct resolved_move *m, const struct group *group,
		       struct group_change_list *groups)
{
	struct str_list off = {0};
	struct str_list disable;
	const struct license *old = license_find(&group->licenses, m->advisor->id);
	const struct license *open = license_find(&group->licenses, m->open->id);
	if (!common_disable(p, m, group, &disable) || !covers_direct(p, m, group))
		return;
	struct group_change *change = find_change(groups, group);
	if (!change) {
		VEC_PUSH(p->out, groups, (struct group_change){.group = group});
		change = &groups->items[groups->count - 1];
	}
	for (size_t i = 0; open && i < open->disabled_plans.count; i++)
		VEC_PUSH(p->out, &off, open->disabled_plans.items[i]);
	if (!open && !p->desired->enable_all_services)
		services_carry_over(m->advisor, &old->disabled_plans, m->open, p->out, &off, NULL);
	for (size_t i = 0; i < disable.count; i++)
		VEC_PUSH(p->out, &off, disable.items[i]);
	str_list_sort_unique(&off);
	const struct license wanted = {m->open->id, off};
	if (!open || !license_equal(open, &wanted))
		VEC_PUSH(p->out, &change->add, wanted);
	VEC_PUSH(p->out, &change->remove, m->advisor->id);
	const char *why =
		arena_printf(p->out,
			     group->member_ids.count ? "%s.users: every member of the group moves"
						     : "%s.users: the group is listed; nobody is in it",
			     move_name(m->move, p->out));
	change->why = change->why ? arena_printf(p->out, "%s; %s", change->why, why) : why;
	planning_warn(p, SS218, "group '%s' is changed as a whole: %s",
		      planning_quote(p, group->display_name), planning_members_text(p, group));
}

/* Some member has it through the group, so what becomes of it is said of that person. */
static bool serves_somebody(const struct planning *p, const struct resolved_move *m,
			    const struct group *group)
{
	for (size_t i = 0; i < group->member_ids.count; i++) {
		const struct user *user = live_find_user(p->live, group->member_ids.items[i]);
		const struct license_state *state =
			user ? user_find_state(user, m->advisor->id, group->id) : NULL;
		if (state && !state->error)
			return true;
	}
	return false;
}

/*
 * Nobody has it through the group now; whoever joins, or is given what was refused, would get it after its
 * subscription is gone.
 */
static void tell_of_unserving(struct planning *p, const struct resolved_move *m, const struct group *group)
{
	if (!m->advisor_found || m->partial || serves_somebody(p, m, group) ||
	    planning_awaits_group(p, m->move->users_place, group))
		return;
	planning_warn(p, SS236,
		      "group '%s' hands out %s to nobody now (%s), and is not moved: whoever gets it there "
		      "later is "
		      "without service once the subscription is retired; list the group, or take the licence "
		      "from it",
		      planning_quote(p, group->display_name), m->advisor->part_number,
		      planning_members_text(p, group));
}

/* A listed group, or one from which a wanted user inherits the licence, needs a decision. */
static bool concerns_move(const struct planning *p, const struct resolved_move *m, const struct group *group)
{
	for (size_t i = 0; i < group->member_ids.count; i++) {
		const struct user *user = live_find_user(p->live, group->member_ids.items[i]);
		if (user && wish_find(m, user))
			return true;
	}
	return !group->member_ids.count && listed_find(m, group);
}

static int compare_text(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

static bool is_member(const struct group *group, const struct user *user)
{
	return group->member_ids.count && bsearch(user->id, group->member_ids.items, group->member_ids.count,
						  sizeof *group->member_ids.items, compare_text);
}

/* What the user inherits by `state` has to be what a group hands out, as it was read; else it is told why
 * not. */
static void explain_inherited(struct planning *p, const struct resolved_move *m, const struct wish *wish,
			      const struct license_state *state)
{
	const struct group *group = live_find_group(p->live, state->group_id);
	const char *upn = planning_quote(p, wish->user->upn);
	const char *name = group ? planning_quote(p, group->display_name) : state->group_id;
	const char *sku = m->advisor->part_number;
	if (!group || !group->members_read) {
		planning_incomplete(p, wish->place, "'%s' inherits %s from group '%s', %s not read", upn, sku,
				    name, group ? "whose members were" : "which was");
		return;
	}
	if (planning_awaits_group(p, wish->place, group))
		return;
	bool hands_out = license_find(&group->licenses, state->sku_id) != NULL;
	if (hands_out && is_member(group, wish->user))
		return;
	p->incomplete = true;
	planning_refuse(p, SS330, wish->place, "'%s' still has %s from group '%s', %s", upn, sku, name,
			hands_out ? "and is no longer among its members"
				  : "which does not hand it out any more")
		->help = "The service takes it away by and by: plan again in some minutes. If it stays, have "
			 "the person's licences processed again in the Microsoft 365 admin centre.";
}

/* A wanted user may inherit from a group that was not read, or not wholly, or that is just changing. */
static void refuse_unread_groups(struct planning *p, const struct resolved_move *m)
{
	for (size_t i = 0; i < m->wishes.count; i++) {
		const struct user *user = m->wishes.items[i].user;
		for (size_t j = 0; j < user->states.count; j++) {
			const struct license_state *state = &user->states.items[j];
			if (state->group_id && str_eq(state->sku_id, m->advisor->id))
				explain_inherited(p, m, &m->wishes.items[i], state);
		}
	}
}

/* What Graph would refuse of the old SKU from one group beside the new one from another, or may refuse. */
static void tell_in_between(struct planning *p, const struct resolved_move *m, const struct wish *wish,
			    size_t groups)
{
	const struct license *old = license_find(&wish->user->licenses, m->advisor->id);
	const struct license_list held = {(struct license[]){*old}, 1, 1};
	const struct license_list added = {(struct license[]){{m->open->id, {0}}}, 1, 1};
	const char *upn = planning_quote(p, wish->user->upn);
	struct service_clash clash;
	uint64_t asked = UINT64_MAX;
	if (services_find_clash(&p->skus, &held, &added, &clash))
		planning_refuse(p, SS310, wish->place,
				"'%s' inherits %s from %zu groups, which cannot be swapped at once", upn,
				m->advisor->part_number, groups)
			->help = "Leave the user in one of the groups only.";
	else if (services_next_clash(&p->skus, &held, &added, CLASH_DISPUTE, &asked, &clash))
		planning_warn(
			p, SS224,
			"'%s' is in %zu groups that are swapped one after the other, and holds %s beside "
			"%s for a while; Microsoft's pages disagree whether that is possible",
			upn, groups, clash.plan, clash.other);
}

/* A user in two groups that are swapped has, for a while, the old SKU from one and the new from the other. */
static void check_double_members(struct planning *p, const struct resolved_move *m,
				 const struct group_change_list *groups)
{
	for (size_t i = 0; i < m->wishes.count; i++) {
		const struct wish *wish = &m->wishes.items[i];
		size_t sources = 0;
		for (size_t j = 0; j < wish->user->states.count; j++)
			sources += wish->user->states.items[j].group_id &&
				   str_eq(wish->user->states.items[j].sku_id, m->advisor->id);
		if (sources > 1 && license_find(&wish->user->licenses, m->advisor->id) &&
		    diff_is_swapped_by_group(groups, wish->user, m))
			tell_in_between(p, m, wish, sources);
	}
}

/* A move gives the SKU to some members: from them it is not to be taken. */
static size_t count_wanted_elsewhere(const struct planning *p, const char *sku_id, const struct group *group)
{
	size_t wanted = 0;
	for (size_t i = 0; i < group->member_ids.count; i++) {
		const struct user *user = live_find_user(p->live, group->member_ids.items[i]);
		bool is_wanted = false;
		for (size_t j = 0; user && j < p->moves.count; j++)
			is_wanted = is_wanted || (str_eq(p->moves.items[j].open->id, sku_id) &&
						  wish_find(&p->moves.items[j], user));
		wanted += is_wanted;
	}
	return wanted;
}

/* Another move gives the SKU to whoever will be in it: from such a group it is not to be taken. */
static bool is_wanted_empty(const struct planning *p, const char *sku_id, const struct group *group)
{
	for (size_t i = 0; i < p->moves.count && !group->member_ids.count; i++)
		if (str_eq(p->moves.items[i].open->id, sku_id) && listed_find(&p->moves.items[i], group))
			return true;
	return false;
}

static void diff_group(struct planning *p, const struct resolved_move *m, const struct group *group,
		       struct group_change_list *groups)
{
	size_t stay = count_wanted_elsewhere(p, m->advisor->id, group);
	const char *left_out = members_left_out(p, m, group);
	if (stay && stay == group->member_ids.count)
		return;
	if (left_out && m->partial)
		return;
	if (left_out) {
		refuse_group(p, m, group, left_out);
	} else if (stay) {
		planning_refuse(p, SS310, m->move->users_place,
				"group '%s' hands out %s, which another move gives to %zu of its members",
				planning_quote(p, group->display_name), m->advisor->part_number, stay)
			->help = "Give those members another group first.";
	} else {
		swap_group(p, m, group, groups);
	}
}

void diff_groups(struct planning *p, const struct resolved_move *m, struct group_change_list *groups)
{
	for (size_t i = 0; i < p->live->groups.count; i++) {
		const struct group *group = &p->live->groups.items[i];
		if (!license_find(&group->licenses, m->advisor->id) || !group->members_read ||
		    is_wanted_empty(p, m->advisor->id, group))
			continue;
		if (concerns_move(p, m, group))
			diff_group(p, m, group, groups);
		else
			tell_of_unserving(p, m, group);
	}
	refuse_unread_groups(p, m);
	check_double_members(p, m, groups);
}

bool diff_is_swapped_by_group(const struct group_change_list *groups, const struct user *user,
			      const struct resolved_move *m)
{
	for (size_t i = 0; i < user->states.count; i++) {
		const struct license_state *state = &user->states.items[i];
		if (!state->group_id || !str_eq(state->sku_id, m->advisor->id))
			continue;
		for (size_t g = 0; g < groups->count; g++)
			if (str_eq(groups->items[g].group->id, state->group_id) &&
			    str_list_has(&groups->items[g].remove, m->advisor->id))
				return true;
	}
	return false;
}

static size_t count_canaries(struct planning *p, const struct group *group, const struct user **ret_first)
{
	size_t found = 0;
	for (size_t i = 0; i < p->desired->canary.count; i++) {
		const struct user *user = user_index_find(p->users_by_name, p->desired->canary.items[i]);
		if (user && is_member(group, user) && !found++)
			*ret_first = user;
	}
	return found;
}

void diff_group_canaries(struct planning *p, struct group_change_list *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		const struct group *group = groups->items[i].group;
		const struct user *first = NULL;
		size_t found = count_canaries(p, group, &first);
		groups->items[i].canary = found && found == group->member_ids.count;
		if (!found || groups->items[i].canary)
			continue;
		planning_refuse(
			p, SS331, p->desired->canary_place,
			"canary '%s' is in group '%s', which is changed for all its %zu members at once",
			planning_quote(p, first->upn), planning_quote(p, group->display_name),
			group->member_ids.count)
			->help =
			"Name all members of the group as canaries, or name somebody who has the licence "
			"directly.";
	}
}
