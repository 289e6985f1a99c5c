/* Licences inherited from groups: swapped on the group when all its members move, else refused. */
#include "plans/diff_groups.h"

#include "core/str.h"

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
			VEC_PUSH(p->out, &names, user ? user->upn : group->member_ids.items[i]);
	}
	if (!left_out)
		return NULL;
	const char *text = str_list_join(p->out, &names, ", ");
	return left_out <= MEMBERS_SHOWN
		       ? text
		       : arena_printf(p->out, "%s and %zu more", text, left_out - MEMBERS_SHOWN);
}

static void refuse_group(struct planning *p, const struct resolved_move *m, const char *name,
			 const char *left_out)
{
	struct diag *diag = planning_refuse(p, SS310, m->move->users_place,
					    "group '%s' hands out %s, and not all its members are to move: %s", name,
					    m->advisor->part_number, left_out);
	diag->help = arena_printf(p->out,
				  "List the group ('- group: %s'), or give those who stay another group first.",
				  name);
}

static struct group_change *find_change(struct group_change_list *groups, const struct group *group)
{
	for (size_t i = 0; i < groups->count; i++)
		if (groups->items[i].group == group)
			return &groups->items[i];
	return NULL;
}

static void swap_group(struct planning *p, const struct resolved_move *m, const struct group *group,
		       struct group_change_list *groups)
{
	struct group_change *change = find_change(groups, group);
	if (!change) {
		VEC_PUSH(p->out, groups, (struct group_change){.group = group});
		change = &groups->items[groups->count - 1];
	}
	const struct license *old = license_find(&group->licenses, m->advisor->id);
	struct str_list off = {0};
	if (old && !p->desired->enable_all_services)
		services_carry_over(m->advisor, &old->disabled_plans, m->open, p->out, &off, NULL);
	if (!license_find(&group->licenses, m->open->id))
		VEC_PUSH(p->out, &change->add, (struct license){m->open->id, off});
	VEC_PUSH(p->out, &change->remove, m->advisor->id);
	change->why = arena_printf(p->out, "%s.users: every member of the group moves",
				   move_name(m->move, p->out));
	planning_warn(p, SS218, "group '%s' is changed as a whole: %zu members", group->display_name,
		      group->member_ids.count);
}

/* Only a group from which a wanted user inherits the licence needs a decision. */
static bool concerns_move(const struct planning *p, const struct resolved_move *m, const struct group *group)
{
	for (size_t i = 0; i < group->member_ids.count; i++) {
		const struct user *user = live_find_user(p->live, group->member_ids.items[i]);
		if (user && wish_find(m, user))
			return true;
	}
	return false;
}

/* A wanted user may inherit from a group that could not be read: nothing is known, so nothing is done. */
static void refuse_unread_groups(struct planning *p, const struct resolved_move *m)
{
	for (size_t i = 0; i < m->wishes.count; i++) {
		const struct user *user = m->wishes.items[i].user;
		for (size_t j = 0; j < user->states.count; j++) {
			const struct license_state *state = &user->states.items[j];
			if (state->group_id && str_eq(state->sku_id, m->advisor->id) &&
			    !live_find_group(p->live, state->group_id))
				planning_refuse(p, SS310, m->wishes.items[i].place,
						"'%s' inherits %s from the group %s, which could not be read",
						user->upn, m->advisor->part_number, state->group_id);
		}
	}
}

void diff_groups(struct planning *p, const struct resolved_move *m, struct group_change_list *groups)
{
	for (size_t i = 0; i < p->live->groups.count; i++) {
		const struct group *group = &p->live->groups.items[i];
		if (!license_find(&group->licenses, m->advisor->id) || !concerns_move(p, m, group))
			continue;
		const char *left_out = members_left_out(p, m, group);
		if (left_out)
			refuse_group(p, m, group->display_name, left_out);
		else
			swap_group(p, m, group, groups);
	}
	refuse_unread_groups(p, m);
}

bool diff_is_swapped_by_group(const struct group_change_list *groups, const struct user *user,
			      const struct resolved_move *m)
{
	for (size_t i = 0; i < user->states.count; i++) {
		const struct license_state *state = &user->states.items[i];
		if (!state->group_id || !str_eq(state->sku_id, m->advisor->id))
			continue;
		for (size_t g = 0; g < groups->count; g++)
			if (str_eq(groups->items[g].group->id, state->group_id))
				return true;
	}
	return false;
}
