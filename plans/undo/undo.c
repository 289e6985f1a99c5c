/* A plan that undoes another: its changes turned round, and what stays. */
#include "plans/undo/undo.h"

#include "core/clock.h"
#include "core/programmes.h"
#include "core/str.h"
#include "plans/planning/effects.h"
#include "plans/planning/exception.h"
#include "plans/undo/seats_stay.h"
#include "plans/undo/turned_moves.h"

#include <stdlib.h>
#include <string.h>

struct undoing {
	struct planning *p;
	const struct undone *undone;
	struct changes *changes;
	bool *concerned;	    /* per live user */
	struct str_list located;    /* names of people who keep the usage location that the plan set */
	struct str_list unlicensed; /* names of people who had nothing before */
};

enum { NAMED_AT_MOST = 20 };

static bool changes_people(const struct action *action)
{
	return action->user_id || action->group_id;
}

/* ---- who goes back ---------------------------------------------------------------------------- */

/* Whether the move is one of those that the action carries out. */
static bool serves(const struct resolved_move *m, const struct action *turned)
{
	const char *gave = m->advisor ? m->advisor->id : m->open->id;
	return license_find(&turned->add, m->open->id) || license_find(&turned->add, gave) ||
	       str_list_has(&turned->remove, gave);
}

/* Whoever goes back is wanted by every move that gives or takes what changes; what was not there before may
 * go. */
static void want(struct undoing *u, const struct user *user, const struct action *turned, const char *why)
{
	struct planning *p = u->p;
	const struct user *before = live_find_user(u->undone->before, user->id);
	size_t slot = (size_t)(user - p->live->users.items);
	u->concerned[slot] = true;
	for (size_t i = 0; i < p->moves.count; i++) {
		struct resolved_move *m = &p->moves.items[i];
		bool served = before && (license_find(&before->licenses, m->open->id) ||
					 (m->advisor && license_find(&before->licenses, m->advisor->id)));
		bool was_new =
			m->advisor ? !served : !before || !license_find(&before->licenses, m->open->id);
		if (m->wish_of[slot] || !serves(m, turned))
			continue;
		VEC_PUSH(p->out, &m->wishes,
			 (struct wish){.user = user,
				       .lose_service = was_new,
				       .lose_mailbox =
					       !before || !sku_cache_has_mailbox(&p->skus, &before->licenses),
				       .is_explicit = true,
				       .why = why});
		m->wish_of[slot] = (uint32_t)m->wishes.count;
	}
}

static const char *reason(const struct undoing *u, const struct action *action)
{
	return arena_printf(u->p->out, "undo of %s %s", u->undone->id, action->id);
}

/* The action turned round: it expects what was left, and leaves what was found. */
static struct action turn(const struct undoing *u, const struct action *action)
{
	struct action turned = *action;
	struct str_list remove = {0};
	for (size_t i = 0; i < action->add.count; i++)
		if (!license_find(&action->expect.licenses, action->add.items[i].sku_id))
			VEC_PUSH(u->p->out, &remove, action->add.items[i].sku_id);
	str_list_sort_unique(&remove);
	turned.add = action->expect.licenses;
	turned.remove = remove;
	turned.expect.licenses = action->result.licenses;
	turned.result.licenses = action->expect.licenses;
	return turned;
}

static void leave_alone(struct undoing *u, const char *who, const char *why)
{
	planning_warn(u->p, SS241, "%s is left alone, since it was changed after plan %s: %s", who,
		      u->undone->id, why);
}

/* 'except' as the file has it today: apply would not touch the account either. */
static bool excepts(const struct undoing *u, const struct action *turned, const char *upn)
{
	return is_excepted(&u->p->desired->moves, &u->undone->plan->summary.moves, turned, upn);
}

static void leave_excepted(struct undoing *u, const char *who, const char *member)
{
	planning_warn(u->p, SS241,
		      "%s is left alone as plan %s left it: %s%s%s is under 'except' in the customer file",
		      who, u->undone->id, member ? "its member '" : "it", member ? member : "",
		      member ? "'" : "");
}

/* Names in differences are ids: people know SKUs by part number. */
static const char *with_names(struct undoing *u, const char *difference)
{
	struct planning *p = u->p;
	for (size_t i = 0; i < p->live->skus.count; i++) {
		const char *id = p->live->skus.items[i].id;
		const char *at = strstr(difference, id);
		if (at)
			return arena_printf(p->out, "%.*s%s%s", (int)(at - difference), difference,
					    planning_quote(p, p->live->skus.items[i].part_number),
					    at + strlen(id));
	}
	return difference;
}

static void undo_location(struct undoing *u, const struct action *action)
{
	const struct user *user = live_find_user(u->p->live, action->user_id);
	if (user && str_eq(user->usage_location, action->result.usage_location))
		VEC_PUSH(u->p->out, &u->located, planning_quote(u->p, user->upn));
}

static bool had_any(const struct action *action)
{
	return action->expect.licenses.count > 0;
}

/* What the service kept otherwise than it was sent is as the plan left it, if the journal says the same. */
static bool is_on_record(const struct undoing *u, const struct action *action, const struct kept *kept)
{
	const char *detail = u->undone->details[action - u->undone->plan->actions.items];
	return kept->text && detail && strstr(detail, kept->text);
}

static enum comparison compare_user(const struct undoing *u, const struct action *action,
				    const struct action *turned, const struct user *user,
				    const char **ret_difference)
{
	enum comparison is = action_compare_user(turned, user, u->p->out, ret_difference);
	if (is != NEITHER || !user)
		return is;
	const struct kept kept = action_kept_by_user(action, user, u->p->out);
	return is_on_record(u, action, &kept) ? AS_EXPECTED : NEITHER;
}

static enum comparison compare_group(const struct undoing *u, const struct action *action,
				     const struct action *turned, const struct group *group,
				     const char **ret_difference)
{
	enum comparison is = action_compare_group(turned, group, u->p->out, ret_difference);
	if (is != NEITHER || !group)
		return is;
	const struct kept kept = action_kept_by_group(action, group, u->p->out);
	return is_on_record(u, action, &kept) ? AS_EXPECTED : NEITHER;
}

static void undo_user(struct undoing *u, const struct action *action)
{
	struct planning *p = u->p;
	const struct action turned = turn(u, action);
	const struct user *user = live_find_user(p->live, action->user_id);
	const char *difference = NULL;
	switch (compare_user(u, action, &turned, user, &difference)) {
	case AS_RESULT:
		return;
	case NEITHER:
		leave_alone(u, planning_quote(p, user ? user->upn : action->upn), with_names(u, difference));
		return;
	case AS_EXPECTED:
		break;
	}
	if (excepts(u, &turned, user->upn)) {
		leave_excepted(u, planning_quote(p, user->upn), NULL);
		return;
	}
	if (turned.add.count && !user->usage_location && !p->desired->default_usage_location) {
		planning_refuse(p, SS305, (struct place){0}, "'%s' has no usage location",
				planning_quote(p, user->upn))
			->help = "Set defaults.usage_location: Graph gives no licence without one.";
		return;
	}
	struct user_change change = {.user = user,
				     .usage_location = turned.add.count && !user->usage_location
							       ? p->desired->default_usage_location
							       : NULL,
				     .add = turned.add,
				     .remove = turned.remove,
				     .canary = str_list_has_fold(&p->desired->canary, user->upn),
				     .why = reason(u, action)};
	VEC_PUSH(p->out, &u->changes->users, change);
	want(u, user, &turned, change.why);
	if (!had_any(action))
		VEC_PUSH(p->out, &u->unlicensed, planning_quote(p, user->upn));
}

static void undo_group(struct undoing *u, const struct action *action)
{
	struct planning *p = u->p;
	const struct action turned = turn(u, action);
	const struct group *group = live_find_group(p->live, action->group_id);
	const char *difference = NULL;
	const char *name = arena_printf(p->out, "group '%s'",
					planning_quote(p, group ? group->display_name : action->group_name));
	switch (compare_group(u, action, &turned, group, &difference)) {
	case AS_RESULT:
		return;
	case NEITHER:
		leave_alone(u, name, with_names(u, difference));
		return;
	case AS_EXPECTED:
		break;
	}
	if (!group->members_read) {
		planning_incomplete(p, (struct place){0}, "%s was not wholly read", name);
		return;
	}
	for (size_t i = 0; i < group->member_ids.count; i++) {
		const struct user *member = live_find_user(p->live, group->member_ids.items[i]);
		if (member && excepts(u, &turned, member->upn)) {
			leave_excepted(u, name, planning_quote(p, member->upn));
			return;
		}
	}
	struct group_change change = {
		.group = group, .add = turned.add, .remove = turned.remove, .why = reason(u, action)};
	for (size_t i = 0; i < group->member_ids.count; i++) {
		const struct user *member = live_find_user(p->live, group->member_ids.items[i]);
		if (member)
			want(u, member, &turned, change.why);
	}
	change.canary = action->canary;
	VEC_PUSH(p->out, &u->changes->groups, change);
	planning_warn(p, SS218, "%s is changed as a whole: %s", name, planning_members_text(p, group));
}

static void undo_action(struct undoing *u, const struct action *action)
{
	if (action->kind == ACTION_SET_USAGE_LOCATION)
		undo_location(u, action);
	else if (action->group_id)
		undo_group(u, action);
	else
		undo_user(u, action);
}

/* ---- what stays ------------------------------------------------------------------------------- */

static const char *names(struct undoing *u, struct str_list *list)
{
	struct str_list first = {0};
	str_list_sort_unique(list);
	for (size_t i = 0; i < list->count && i < NAMED_AT_MOST; i++)
		VEC_PUSH(u->p->out, &first, list->items[i]);
	const char *text = str_list_join(u->p->out, &first, ", ");
	return list->count > NAMED_AT_MOST
		       ? arena_printf(u->p->out, "%s and %zu more", text, list->count - NAMED_AT_MOST)
		       : text;
}

static void warn_of_what_stays(struct undoing *u)
{
	struct planning *p = u->p;
	const struct plan *plan = u->undone->plan;
	if (u->located.count)
		planning_warn(p, SS242,
			      "the usage location that plan %s set stays, since Graph takes none back: %s",
			      u->undone->id, names(u, &u->located));
	if (u->unlicensed.count)
		planning_warn(p, SS244, "without the licence that plan %s gave, as before it: %s",
			      u->undone->id, names(u, &u->unlicensed));
	for (size_t i = 0; i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		const struct sku_view *sku =
			action_brings_seats(action->kind) ? sku_cache_get(&p->skus, action->sku_id) : NULL;
		if (sku && u->undone->ended_on[i])
			undo_warn_of_seats(p, action, planning_quote(p, sku->part_number));
	}
}

/* ---- all of it -------------------------------------------------------------------------------- */

static int compare_wishes(const void *a, const void *b)
{
	return strcmp(((const struct wish *)a)->user->id, ((const struct wish *)b)->user->id);
}

static void sort_wishes(struct resolved_move *m)
{
	if (m->wishes.count > 1)
		qsort(m->wishes.items, m->wishes.count, sizeof *m->wishes.items, compare_wishes);
	for (size_t i = 0; i < m->wishes.count; i++)
		m->wish_of[m->wishes.items[i].user - m->users] = (uint32_t)i + 1;
}

static int compare_users(const void *a, const void *b)
{
	return strcmp(((const struct user_change *)a)->user->id, ((const struct user_change *)b)->user->id);
}

static int compare_groups(const void *a, const void *b)
{
	return strcmp(((const struct group_change *)a)->group->id,
		      ((const struct group_change *)b)->group->id);
}

static void settle(struct undoing *u)
{
	struct changes *changes = u->changes;
	if (changes->users.count > 1)
		qsort(changes->users.items, changes->users.count, sizeof *changes->users.items,
		      compare_users);
	if (changes->groups.count > 1)
		qsort(changes->groups.items, changes->groups.count, sizeof *changes->groups.items,
		      compare_groups);
	for (size_t i = 0; i < u->p->moves.count; i++)
		sort_wishes(&u->p->moves.items[i]);
	effects_build(u->p, changes, &changes->effects);
}

static bool was_partner_read(struct planning *p)
{
	if (p->policy->partner_required && !p->live->partner.checked)
		planning_incomplete(p, (struct place){.file = p->policy->file},
				    "the partner's relation with the customer was not read");
	return !p->incomplete;
}

static bool decide(struct planning *p, const void *ctx, struct changes *ret_changes)
{
	const struct undone *undone = ctx;
	const struct plan *plan = undone->plan;
	struct undoing u = {.p = p, .undone = undone, .changes = ret_changes};
	if (!was_partner_read(p))
		return false;
	u.concerned = arena_alloc_array(p->out, p->live->users.count + 1, sizeof *u.concerned);
	if (!undo_turn_moves(p, undone))
		return false;
	for (size_t i = 0; i < plan->actions.count; i++)
		if (undone->announced[i] && changes_people(&plan->actions.items[i]))
			undo_action(&u, &plan->actions.items[i]);
	/* What a limit is a share of: those whom the plan concerned, or are concerned now. */
	for (size_t i = 0; i < p->live->users.count; i++)
		ret_changes->users_concerned += u.concerned[i];
	if (undone->before->users.count > ret_changes->users_concerned)
		ret_changes->users_concerned = undone->before->users.count;
	settle(&u);
	warn_of_what_stays(&u);
	return !p->incomplete && !diag_has_errors(p->diags);
}

bool undo_build(const struct plan_inputs *inputs, const struct undone *undone, struct arena *out,
		struct diag_list *diags, struct plan *ret_plan, enum error_code *ret_code)
{
	/* Whatever the file says of the way there: on the way back nothing is cancelled first. */
	struct desired *desired = arena_alloc(out, sizeof *desired);
	struct plan_inputs turned = *inputs;
	*desired = *inputs->desired;
	desired->cancel_first = false;
	turned.desired = desired;
	turned.undoes = undone->id;
	turned.decide = decide;
	turned.ctx = undone;
	return plan_make(&turned, out, diags, ret_plan, ret_code);
}

void undo_read_scope(const struct undone *undone, const struct policy *policy, struct arena *out,
		     struct read_scope *ret_scope)
{
	struct read_scope scope = {.members_as_users = true, .partner = policy->partner_required};
	const struct plan *plan = undone->plan;
	for (size_t i = 0; i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		if (!undone->announced[i])
			continue;
		if (action->user_id)
			VEC_PUSH(out, &scope.user_ids, action->user_id);
		if (action->group_id)
			VEC_PUSH(out, &scope.groups, action->group_id);
	}
	scope.likely_holders_of = plan_skus_after(plan, out);
	str_list_sort_unique(&scope.user_ids);
	str_list_sort_unique(&scope.groups);
	str_list_sort_unique(&scope.likely_holders_of);
	*ret_scope = scope;
}
