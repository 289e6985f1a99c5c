/* The users of a move: its entries resolved and merged into one wish per user. */
#include "plans/planning/resolve_users.h"

#include "core/service_names.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

/* One slot per live user while a move's entries are merged. */
struct merging {
	struct planning *p;
	struct resolved_move *m;
	struct wish *slots; /* as many as live users, in their order; `user` NULL: not wanted */
	bool *excepted;
};

static size_t slot_of(const struct merging *g, const struct user *user)
{
	return (size_t)(user - g->p->live->users.items);
}

static const char *nearest_upn(struct planning *p, const char *upn)
{
	if (p->suggestions++ >= MAX_SUGGESTIONS)
		return NULL;
	struct str_list names = {0};
	for (size_t i = 0; i < p->live->users.count; i++)
		VEC_PUSH(p->out, &names, p->live->users.items[i].upn);
	for (size_t i = 0; i < p->live->known_upns.count; i++)
		VEC_PUSH(p->out, &names, p->live->known_upns.items[i]);
	return str_nearest(upn, &names);
}

static int compare_absent(const void *key, const void *item)
{
	return strcmp(key, ((const struct absent_user *)item)->upn);
}

static const struct absent_user *find_absent(struct planning *p, const char *upn)
{
	const struct absent_user_list *list = &p->live->absent_users;
	const char *name = str_lower(p->out, upn);
	return list->count ? bsearch(name, list->items, list->count, sizeof *list->items, compare_absent)
			   : NULL;
}

static const struct address *find_address(struct planning *p, const char *upn)
{
	for (size_t i = 0; i < p->live->known_addresses.count; i++)
		if (str_eq_fold(p->live->known_addresses.items[i].text, upn))
			return &p->live->known_addresses.items[i];
	return NULL;
}

static void refuse_absent(struct merging *g, const char *upn, struct place place, const char *where)
{
	struct planning *p = g->p;
	const struct absent_user *absent = find_absent(p, upn);
	if (!absent) {
		planning_incomplete(p, place, "user '%s' in %s was not looked up", upn, where);
		return;
	}
	if (absent->deleted_id) {
		struct diag *diag =
			planning_refuse(p, SS302, place, "user '%s' in %s was deleted", upn, where);
		diag->help = arena_printf(p->out, "Restore the user (%s) or take the entry out.",
					  absent->deleted_id);
		return;
	}
	if (str_list_has_fold(&p->live->known_upns, upn)) {
		planning_incomplete(
			p, place,
			"user '%s' in %s is listed by the tenant, but not there when asked for by "
			"name",
			upn, where);
		return;
	}
	const struct group_mail *group = resolve_find_group_mail(p, upn);
	if (group) {
		g->m->partial = true;
		planning_refuse(p, SS301, place, "'%s' in %s is the mail address of a group", upn, where)
			->help = arena_printf(p->out, "For its members write '- group: %s'.",
					      planning_quote(p, group->display_name));
		return;
	}
	const struct address *address = find_address(p, upn);
	if (address) {
		VEC_PUSH(p->out, &g->m->meant, address->upn);
		planning_refuse(p, SS301, place, "'%s' in %s is a mail address, not a user principal name",
				upn, where)
			->help = arena_printf(p->out, "It is the address of '%s': write that.",
					      planning_quote(p, address->upn));
		return;
	}
	struct diag *diag =
		planning_refuse(p, SS301, place, "user '%s' in %s is not in the tenant", upn, where);
	const char *near = nearest_upn(p, upn);
	if (near)
		VEC_PUSH(p->out, &g->m->meant, near);
	diag->help = near ? arena_printf(p->out, "Did you mean '%s'?", planning_quote(p, near))
			  : "Correct the name, or take the entry out.";
}

/* The service would keep it on, whatever is sent. */
static void refuse_company_plan(struct merging *g, const struct user_entry *entry,
				const struct service_plan *plan)
{
	planning_refuse(g->p, SS333, entry->place,
			"%s of %s applies to the whole company, so it cannot be switched off for a user",
			planning_quote(g->p, plan->name), g->m->open->part_number)
		->help = "Take it out of 'disable'.";
}

/* People know services by the names that the admin centre shows; `names` are those of the SKU's plans. */
static const char *help_for_plan(struct planning *p, const char *name, const struct str_list *names)
{
	const struct service_name *known;
	bool elsewhere = false;
	for (size_t i = 0; (known = service_name_at(i)); i++) {
		if (!str_eq_fold(known->shown, name))
			continue;
		if (str_list_has(names, known->name))
			return arena_printf(p->out, "'%s' is the name of %s: write that.",
					    planning_quote(p, name), known->name);
		elsewhere = true;
	}
	const char *near = str_nearest(name, names);
	if (near)
		return arena_printf(p->out, "Did you mean '%s'?", planning_quote(p, near));
	return elsewhere ? arena_printf(p->out, "'%s' is the name of a service that this SKU does not have.",
					planning_quote(p, name))
			 : NULL;
}

/* Service-plan names of an entry as ids of the Open SKU. */
static struct str_list resolve_disable(struct merging *g, const struct user_entry *entry)
{
	struct str_list ids = {0};
	for (size_t i = 0; i < entry->disable.count; i++) {
		const char *name = entry->disable.items[i];
		const struct service_plan *plan = sku_view_find_plan(g->m->open, name);
		if (plan) {
			if (!plan->for_users)
				refuse_company_plan(g, entry, plan);
			VEC_PUSH(g->p->out, &ids, plan->id);
			continue;
		}
		struct str_list names = {0};
		for (size_t j = 0; j < g->m->open->plans.count; j++)
			VEC_PUSH(g->p->out, &names, g->m->open->plans.items[j].name);
		struct diag *diag =
			planning_refuse(g->p, SS322, entry->place, "'%s' is not a service plan of %s", name,
					g->m->open->part_number);
		diag->help = help_for_plan(g->p, name, &names);
	}
	str_list_sort_unique(&ids);
	return ids;
}

static void merge_texts(struct arena *out, struct str_list *into, const struct str_list *more)
{
	if (!more->count)
		return;
	struct str_list both = {0};
	for (size_t i = 0; i < into->count; i++)
		VEC_PUSH(out, &both, into->items[i]);
	for (size_t i = 0; i < more->count; i++)
		VEC_PUSH(out, &both, more->items[i]);
	str_list_sort_unique(&both);
	*into = both;
}

static bool is_named(enum entry_kind kind)
{
	return kind == ENTRY_UPN || kind == ENTRY_CSV;
}

static void merge_location(struct merging *g, struct wish *wish, const struct user_entry *entry, bool named)
{
	const char *location = entry->usage_location;
	if (!location)
		return;
	if (!wish->usage_location || (named && !wish->location_is_explicit)) {
		wish->usage_location = location;
		wish->location_is_explicit = named;
		return;
	}
	if (named == wish->location_is_explicit && !str_eq(wish->usage_location, location))
		planning_refuse(g->p, SS323, entry->place,
				"'%s' has the usage location %s here and %s in another entry",
				planning_quote(g->p, wish->user->upn), location, wish->usage_location)
			->help = "Give the user one usage location, in an entry of the user's own.";
}

/* Two entries for one user: an entry that names the user outranks one that finds it. */
static void merge_wish(struct merging *g, struct wish *wish, const struct user_entry *entry,
		       const struct str_list *disable, const char *why, bool named)
{
	if (named && wish->is_explicit && !wish->told) {
		wish->told = true;
		planning_warn(g->p, SS203, "%s is listed more than once in %s",
			      planning_quote(g->p, wish->user->upn), move_name(g->m->move, g->p->out));
	}
	merge_location(g, wish, entry, named);
	merge_texts(g->p->out, &wish->disable, disable);
	wish->lose_mailbox = wish->lose_mailbox || entry->lose_mailbox;
	bool outranks = named && !wish->is_explicit;
	if (outranks || (named == wish->is_explicit && strcmp(why, wish->why) < 0)) {
		wish->why = why;
		wish->place = entry->place;
	}
	wish->is_explicit = wish->is_explicit || named;
}

static void want(struct merging *g, const struct user *user, const struct user_entry *entry,
		 const struct str_list *disable, const char *why)
{
	bool named = is_named(entry->kind);
	struct wish *wish = &g->slots[slot_of(g, user)];
	if (wish->user) {
		merge_wish(g, wish, entry, disable, why, named);
		return;
	}
	*wish = (struct wish){.user = user,
			      .usage_location = entry->usage_location,
			      .disable = *disable,
			      .lose_mailbox = entry->lose_mailbox,
			      .is_explicit = named,
			      .location_is_explicit = named && entry->usage_location,
			      .why = why,
			      .place = entry->place};
}

static void want_named(struct merging *g, const struct user_entry *entry, const struct str_list *disable,
		       const char *why)
{
	const struct user *user = user_index_find(g->p->users_by_name, entry->upn);
	if (user)
		want(g, user, entry, disable, why);
	else
		refuse_absent(g, entry->upn, entry->place, move_name(g->m->move, g->p->out));
}

/*
 * A SKU that one move gives and another takes: once some users were moved, its holders of before cannot
 * be told from its holders of now, and planning again would move them on, or off.
 */
static bool in_a_chain(const struct merging *g, const char **ret_sku)
{
	const struct resolved_move *mine = g->m;
	for (size_t i = 0; i < g->p->moves.count; i++) {
		const struct resolved_move *other = &g->p->moves.items[i];
		if (other == mine)
			continue;
		if (str_eq(other->open->id, mine->advisor->id) ||
		    (other->advisor && str_eq(other->advisor->id, mine->open->id))) {
			*ret_sku = str_eq(other->open->id, mine->advisor->id) ? mine->advisor->part_number
									      : mine->open->part_number;
			return true;
		}
	}
	return false;
}

static void want_holders(struct merging *g, const struct user_entry *entry, const struct str_list *disable,
			 const char *why)
{
	const char *sku;
	if (g->m->advisor && in_a_chain(g, &sku)) {
		g->m->partial = true;
		planning_refuse(
			g->p, SS113, entry->place,
			"'holders_of: advisor' cannot be used where one move gives %s and another retires it",
			sku)
			->help =
			"Name the users of both moves: after the first of them, nobody could say who held "
			"what before.";
		return;
	}
	const struct user_list *users = &g->p->live->users;
	for (size_t i = 0; g->m->advisor && i < users->count; i++)
		if (user_direct_license(&users->items[i], g->m->advisor->id))
			want(g, &users->items[i], entry, disable, why);
}

/* Licensing by group reaches its own members only, and so does a list of them. */
static void check_nested(struct merging *g, const struct user_entry *entry, const struct group *group)
{
	struct planning *p = g->p;
	const char *all = resolve_first_of(p, &group->subgroups);
	if (!all)
		return;
	const char *name = planning_quote(p, group->display_name);
	if (entry->nested == NESTED_IGNORE) {
		planning_warn(p, SS227,
			      "group '%s' has groups among its members, whose people get nothing: %s", name,
			      all);
		return;
	}
	g->m->partial = true;
	planning_refuse(p, SS335, entry->place,
			"group '%s' has groups among its members, and licensing does not reach into them: %s",
			name, all)
		->help =
		"List those groups as well, or say 'nested: ignore' on the entry when their people are "
		"not to move.";
}

static void want_members(struct merging *g, const struct user_entry *entry, const struct str_list *disable,
			 const char *why)
{
	struct planning *p = g->p;
	const struct group *group = resolve_find_group(p, entry);
	if (group && !group->members_read)
		planning_incomplete(p, entry->place, "the members of group '%s' were not read", entry->group);
	g->m->partial = g->m->partial || !group;
	if (!group || !group->members_read)
		return;
	check_nested(g, entry, group);
	if (!listed_find(g->m, group)) {
		resolve_tell_of_others(p, group);
		VEC_PUSH(p->out, &g->m->listed, (struct listed_group){group, *disable});
	}
	(void)planning_awaits_group(p, entry->place, group);
	for (size_t i = 0; i < group->member_ids.count; i++) {
		const struct user *user = live_find_user(p->live, group->member_ids.items[i]);
		if (user)
			want(g, user, entry, disable, why);
		else
			planning_incomplete(p, entry->place, "member %s of group '%s' was not read",
					    group->member_ids.items[i], entry->group);
	}
}

/* What the entry says holds for every row that does not say otherwise. */
static void want_row(struct merging *g, const struct user_entry *entry, size_t at,
		     const struct str_list *disable, const char *why)
{
	struct user_entry row = entry->rows[at];
	struct str_list row_disable = resolve_disable(g, &row);
	merge_texts(g->p->out, &row_disable, disable);
	if (!row.usage_location)
		row.usage_location = entry->usage_location;
	row.lose_mailbox = row.lose_mailbox || entry->lose_mailbox;
	want_named(g, &row, &row_disable, why);
}

static void want_entry(struct merging *g, const struct user_entry *entry)
{
	const char *why =
		arena_printf(g->p->out, "%s.users: %s", move_name(g->m->move, g->p->out), entry->why);
	struct str_list disable = resolve_disable(g, entry);
	switch (entry->kind) {
	case ENTRY_UPN:
		want_named(g, entry, &disable, why);
		return;
	case ENTRY_HOLDERS_OF_ADVISOR:
		want_holders(g, entry, &disable, why);
		return;
	case ENTRY_GROUP:
		want_members(g, entry, &disable, why);
		return;
	case ENTRY_CSV:
		for (size_t i = 0; i < entry->row_count; i++) {
			want_row(g, entry, i, &disable, why);
		}
		return;
	}
}

static void apply_exceptions(struct merging *g)
{
	const struct move *move = g->m->move;
	for (size_t i = 0; i < move->except.count; i++) {
		const char *upn = move->except.items[i];
		const struct user *user = user_index_find(g->p->users_by_name, upn);
		if (!user) {
			/* A misspelt exception would not protect anybody. */
			refuse_absent(g, upn, move->except_place,
				      arena_printf(g->p->out, "%s.except", move_name(move, g->p->out)));
			continue;
		}
		if (g->slots[slot_of(g, user)].is_explicit)
			planning_warn(g->p, SS225,
				      "%s is listed under both 'users' and 'except' of %s; 'except' holds",
				      planning_quote(g->p, user->upn), move_name(move, g->p->out));
		g->slots[slot_of(g, user)] = (struct wish){0};
		g->excepted[slot_of(g, user)] = true;
	}
}

static void warn_of_account(struct planning *p, const struct user *user)
{
	if (user->is_guest)
		planning_warn(p, SS201, "%s is a guest", planning_quote(p, user->upn));
	if (!user->enabled)
		planning_warn(p, SS202, "%s is disabled: the account cannot sign in, but takes a seat",
			      planning_quote(p, user->upn));
}

static void keep_wish(struct merging *g, const struct wish *wish)
{
	warn_of_account(g->p, wish->user);
	VEC_PUSH(g->p->out, &g->m->wishes, *wish);
	g->m->wish_of[slot_of(g, wish->user)] = (uint32_t)g->m->wishes.count;
}

void resolve_users(struct planning *p, struct resolved_move *m)
{
	size_t count = p->live->users.count;
	struct merging g = {p, m, mem_alloc(count * sizeof *g.slots), mem_alloc(count * sizeof *g.excepted)};
	m->users = p->live->users.items;
	m->wish_of = arena_alloc_array(p->out, count, sizeof *m->wish_of);
	for (size_t i = 0; i < m->move->users.count; i++)
		want_entry(&g, &m->move->users.items[i]);
	apply_exceptions(&g);
	size_t wishes = 0;
	for (size_t i = 0; i < count; i++)
		wishes += g.slots[i].user != NULL;
	VEC_RESERVE(p->out, &m->wishes, wishes);
	for (size_t i = 0; i < count; i++) {
		if (g.slots[i].user)
			keep_wish(&g, &g.slots[i]);
		if (g.excepted[i])
			VEC_PUSH(p->out, &m->excepted, p->live->users.items[i].id);
	}
	free(g.slots);
	free(g.excepted);
}
