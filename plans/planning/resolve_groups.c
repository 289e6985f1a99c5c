/* The groups that a move lists: found, and who or what is in them. */
#include "plans/planning/resolve_users.h"

#include "core/str.h"

/* The group that has it as its mail address; NULL: none that is known. */
const struct group_mail *resolve_find_group_mail(struct planning *p, const char *address)
{
	for (size_t i = 0; i < p->live->known_group_mails.count; i++)
		if (str_eq_fold(p->live->known_group_mails.items[i].text, address))
			return &p->live->known_group_mails.items[i];
	return NULL;
}

/* By id, or by a display name that only one group has. */
const struct group *resolve_find_group(struct planning *p, const struct user_entry *entry)
{
	const struct group *group = live_find_group(p->live, entry->group);
	if (!group && !str_list_has_fold(&p->live->absent_groups, entry->group)) {
		planning_incomplete(p, entry->place, "group '%s' was not looked up", entry->group);
		return NULL;
	}
	size_t namesakes = 0;
	for (size_t i = 0; i < p->live->groups.count; i++)
		namesakes += str_eq(p->live->groups.items[i].display_name, entry->group);
	if (group && (namesakes < 2 || str_eq_fold(group->id, entry->group)))
		return group;
	struct diag *diag = planning_refuse(p, SS319, entry->place,
					    group ? "more than one group is called '%s'"
						  : "group '%s' is not in the tenant",
					    entry->group);
	const char *near = group ? NULL : str_nearest(entry->group, &p->live->known_groups);
	const struct group_mail *mail = resolve_find_group_mail(p, entry->group);
	diag->help = group  ? "Give the group's object id."
		     : mail ? arena_printf(p->out, "It is the mail address of group '%s': write that name.",
					   planning_quote(p, mail->display_name))
		     : near ? arena_printf(p->out,
					   "Did you mean '%s'? A group's name is written exactly as the "
					   "tenant has it.",
					   planning_quote(p, near))
			    : "Give the group's object id, or its display name exactly as the tenant has it.";
	return NULL;
}

/* The first few, each in quotes, and how many more there are; NULL: none. */
const char *resolve_first_of(struct planning *p, const struct str_list *names)
{
	enum { NAMED = 5 };
	struct str_list named = {0};
	for (size_t i = 0; i < names->count && i < NAMED; i++)
		VEC_PUSH(p->out, &named, arena_printf(p->out, "'%s'", planning_quote(p, names->items[i])));
	const char *text = named.count ? str_list_join(p->out, &named, ", ") : NULL;
	return names->count > NAMED ? arena_printf(p->out, "%s and %zu more", text, names->count - NAMED)
				    : text;
}

/* Devices, contacts and service principals: an operator who counts members would miss them. */
void resolve_tell_of_others(struct planning *p, const struct group *group)
{
	const char *all = resolve_first_of(p, &group->others);
	if (all)
		planning_warn(p, SS237, "group '%s' has members who are no people and get no licence: %s",
			      planning_quote(p, group->display_name), all);
}

/* Once the seats are there, nobody may be left to move: the holders of before hold the new SKU now. */
static bool may_be_empty(const struct resolved_move *m)
{
	for (size_t i = 0; i < m->move->users.count && !m->redeem; i++)
		if (m->move->users.items[i].kind == ENTRY_HOLDERS_OF_ADVISOR)
			return true;
	/* Nobody is in it, and it hands out what is moved. */
	for (size_t i = 0; m->advisor && i < m->listed.count; i++)
		if (license_find(&m->listed.items[i].group->licenses, m->advisor->id) ||
		    license_find(&m->listed.items[i].group->licenses, m->open->id))
			return true;
	return false;
}

/* Who is in the groups that are listed, when it is nobody. */
static const char *why_nobody(struct planning *p, const struct resolved_move *m)
{
	struct str_list parts = {0};
	for (size_t i = 0; i < m->listed.count; i++) {
		const struct group *group = m->listed.items[i].group;
		const char *others = resolve_first_of(p, &group->others);
		if (!group->member_ids.count)
			VEC_PUSH(p->out, &parts,
				 arena_printf(p->out, "Group '%s' has no people among its members%s%s. ",
					      planning_quote(p, group->display_name), others ? ": " : "",
					      others ? others : ""));
	}
	return str_list_join(p->out, &parts, "");
}

void resolve_check_somebody(struct planning *p, const struct resolved_move *m)
{
	if (m->wishes.count == 0 && !may_be_empty(m) && !diag_has_errors(p->diags))
		planning_refuse(p, SS318, m->move->users_place, "%s names no user who is in the tenant",
				move_name(m->move, p->out))
			->help = arena_printf(
			p->out, "%sNobody would be licensed. Check 'users' and 'except'.", why_nobody(p, m));
}
