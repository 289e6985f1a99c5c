/* What planning works with: complaints, and who wants which user. */
#include "plans/planning/planning.h"

#include "core/quote.h"
#include "core/say.h"
#include "core/str.h"

#include <stdarg.h>

struct diag *planning_refuse(struct planning *p, enum diag_code code, struct place place, const char *fmt,
			     ...)
{
	va_list args;
	va_start(args, fmt);
	const char *message = arena_vprintf(p->out, fmt, args);
	va_end(args);
	return diag_add(p->out, p->diags, code, place, "%s", message);
}

void planning_incomplete(struct planning *p, struct place place, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *message = arena_vprintf(p->out, fmt, args);
	va_end(args);
	p->incomplete = true;
	diag_add(p->out, p->diags, SS330, place, "%s", message)->help =
		"Nothing is concluded from what was not read. Plan again; if it stays, check the "
		"permissions.";
}

bool planning_awaits_group(struct planning *p, struct place place, const struct group *group)
{
	if (group_is_processed(group))
		return false;
	p->incomplete = true;
	if (str_list_has(&p->processed, group->id))
		return true;
	VEC_PUSH(p->out, &p->processed, group->id);
	planning_refuse(p, SS336, place,
			"group '%s' is being processed by Microsoft 365 (%s): what its members hold through "
			"it is still changing",
			planning_quote(p, group->display_name), planning_quote(p, group->processing_state))
		->help = "Wait until that is over (minutes as a rule, hours for a large group), then plan "
			 "again. A plan that is under way is resumed with 'seatshift apply'.";
	return true;
}

void planning_warn(struct planning *p, enum diag_code code, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct plan_warning warning = {code, arena_vprintf(p->out, fmt, args)};
	va_end(args);
	VEC_PUSH(p->out, &p->warnings, warning);
}

const char *move_name(const struct move *move, struct arena *out)
{
	return arena_printf(out, "moves[%s]", move->open_sku);
}

const char *planning_count(struct planning *p, int64_t count, const char *what)
{
	return say_number(p->out, count, what, arena_printf(p->out, "%ss", what));
}

static const char *decided_by(struct planning *p, const struct group *group)
{
	const char *rule = group->rule && *group->rule ? planning_quote(p, group->rule) : "not shown";
	if (group_is_dynamic(group) && str_eq(group->rule_state, "Paused"))
		return arena_printf(p->out, ", decided by a rule that is paused (%s)", rule);
	if (group_is_dynamic(group))
		return arena_printf(p->out,
				    ", decided by a rule (%s): whoever it takes in from now on gets the "
				    "licence too, and needs a seat",
				    rule);
	return group->is_synced ? ", who are decided on premises" : "";
}

const char *planning_members_text(struct planning *p, const struct group *group)
{
	return arena_printf(p->out, "%s%s%s", planning_count(p, (int64_t)group->member_ids.count, "member"),
			    decided_by(p, group),
			    group->is_role_assignable
				    ? "; it may hold Microsoft Entra roles, so its members are changed "
				      "with RoleManagement.ReadWrite.Directory only"
				    : "");
}

const char *planning_leave_text(const struct group *group)
{
	if (group && group_is_dynamic(group))
		return "change the group's membership rule, so that it leaves the user out";
	if (group && group->is_synced)
		return "take the user out of the group on premises";
	if (group && group->is_role_assignable)
		return "take the user out of the group, which takes RoleManagement.ReadWrite.Directory, "
		       "since it "
		       "may hold Microsoft Entra roles";
	return "take the user out of the group";
}

const char *planning_quote(struct planning *p, const char *text)
{
	return quote_terminal(p->out, text);
}

int64_t planning_accepted_holders(const struct planning *p, const char *sku_id)
{
	const struct sku *sku = p->desired->unread_holders ? live_find_sku(p->live, sku_id) : NULL;
	if (!sku || !str_list_has(&p->live->holders_read, sku_id))
		return 0;
	int64_t unread = sku->consumed;
	for (size_t i = 0; i < p->live->users.count; i++)
		unread -= license_find(&p->live->users.items[i].licenses, sku_id) != NULL;
	return unread > 0 && unread <= p->desired->unread_holders ? unread : 0;
}

bool planning_is_advisor(const struct planning *p, const struct subscription *s)
{
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct resolved_move *m = &p->moves.items[i];
		const char *pinned = m->move->advisor_subscription;
		if (m->advisor_found == s)
			return true;
		if (m->advisor && pinned &&
		    (str_eq_fold(s->id, pinned) || str_eq_fold(s->commerce_id, pinned)))
			return true;
	}
	return false;
}

const struct wish *wish_find(const struct resolved_move *move, const struct user *user)
{
	size_t number = user ? move->wish_of[user - move->users] : 0;
	return number ? &move->wishes.items[number - 1] : NULL;
}

const struct listed_group *listed_find(const struct resolved_move *move, const struct group *group)
{
	for (size_t i = 0; i < move->listed.count; i++)
		if (move->listed.items[i].group == group)
			return &move->listed.items[i];
	return NULL;
}

struct place planning_place_of(const struct planning *p, const struct user *user)
{
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct wish *wish = wish_find(&p->moves.items[i], user);
		if (wish)
			return wish->place;
	}
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct resolved_move *m = &p->moves.items[i];
		if (m->advisor && license_find(&user->licenses, m->advisor->id))
			return m->move->users_place;
	}
	return (struct place){0};
}
