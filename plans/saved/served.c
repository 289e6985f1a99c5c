/* Who is served: whether people hold what a plan's actions leave them. */
#include "plans/saved/served.h"

#include "core/catalog.h"
#include "core/str.h"
#include "plans/saved/journal_group.h"

#include <string.h>

enum { NAMED_AT_MOST = 5 };

static const char no_seat[] = "CountViolation";

/* licenseAssignmentStates[].error, as "Identify and resolve license assignment problems for a group" has
 * them. */
static const struct {
	const char *error;
	const char *words;
} error_rows[] = {
	{no_seat, "no seat is left"},
	{"MutuallyExclusiveViolation", "one of its services excludes one that the user has"},
	{"DependencyViolation", "a service that it needs is not on"},
	{"ProhibitedInUsageLocationViolation", "it is not sold in the user's usage location"},
	{"UniquenessViolation", "a proxy address is in use twice"},
	{"Other", "most likely another licence of the same group cannot be given"},
	{"Others", "most likely another licence of the same group cannot be given"},
};

static const char *error_words(const char *error, struct arena *out)
{
	for (size_t i = 0; i < ARRAY_LEN(error_rows); i++)
		if (str_eq(error_rows[i].error, error))
			return error_rows[i].words;
	return arena_printf(out, "the service says %s", error);
}

/* Why the licence of this state does not work; NULL when it does. */
static const char *state_problem(const struct license_state *state, const char *sku_id, struct arena *out)
{
	if (state->error)
		return arena_printf(out, "%s is not active: %s", catalog_sku_text(sku_id),
				    error_words(state->error, out));
	if (!str_eq(state->state, "Active"))
		return arena_printf(out, "%s is not active (%s)", catalog_sku_text(sku_id), state->state);
	return NULL;
}

static const char *missing_of_user(const struct user *user, const char *sku_id, struct arena *out)
{
	const struct license_state *state = user_find_state(user, sku_id, NULL);
	if (!user_direct_license(user, sku_id))
		return arena_printf(out, "does not hold %s", catalog_sku_text(sku_id));
	return state ? state_problem(state, sku_id, out) : NULL;
}

static const char *missing_of_member(const struct user *user, const char *sku_id, const char *group_id,
				     struct arena *out)
{
	const struct license_state *state = user_find_state(user, sku_id, group_id);
	if (!state)
		return arena_printf(out, "does not hold %s through the group", catalog_sku_text(sku_id));
	return state_problem(state, sku_id, out);
}

bool user_is_served(const struct action *action, const struct user *user, struct arena *out,
		    const char **ret_why)
{
	*ret_why = NULL;
	for (size_t i = 0; i < action->result.licenses.count && !*ret_why; i++) {
		const char *sku_id = action->result.licenses.items[i].sku_id;
		*ret_why = action->group_id ? missing_of_member(user, sku_id, action->group_id, out)
					    : missing_of_user(user, sku_id, out);
	}
	for (size_t i = 0; action->group_id && i < action->remove.count && !*ret_why; i++)
		if (user_find_state(user, action->remove.items[i], action->group_id))
			*ret_why = arena_printf(out, "still holds %s through the group",
						catalog_sku_text(action->remove.items[i]));
	return !*ret_why;
}

const char *action_rests_on(const struct plan *plan, const struct live *before, const struct action *action)
{
	const struct user *user = before && action->user_id ? live_find_user(before, action->user_id) : NULL;
	if (!user || action->kind != ACTION_REMOVE_LICENSE)
		return NULL;
	for (size_t i = 0; i < plan->summary.moves.count; i++) {
		const struct plan_move *move = &plan->summary.moves.items[i];
		if (move->advisor_sku && str_list_has(&action->remove, move->advisor_sku) &&
		    license_find(&user->licenses, move->open_sku))
			return move->open_sku;
	}
	return NULL;
}

bool user_has_working(const struct user *user, const char *sku_id, struct arena *out, const char **ret_why)
{
	const char *why = NULL;
	bool works = false;
	for (size_t i = 0; i < user->states.count && !works; i++) {
		if (!str_eq(user->states.items[i].sku_id, sku_id))
			continue;
		why = state_problem(&user->states.items[i], sku_id, out);
		works = !why;
	}
	if (!why && !license_find(&user->licenses, sku_id))
		why = arena_printf(out, "does not hold %s any more", catalog_sku_text(sku_id));
	*ret_why = works ? NULL : why;
	return !*ret_why;
}

static bool is_on_record(const struct kept *kept, const struct action_result *result)
{
	return kept->text && result_is_verified(result) && result->detail &&
	       strstr(result->detail, kept->text) != NULL;
}

bool user_is_as_left(const struct action *action, const struct user *user, const struct action_result *result,
		     struct arena *out, const char **ret_difference)
{
	if (action_compare_user(action, user, out, ret_difference) == AS_RESULT)
		return true;
	const struct kept kept = user ? action_kept_by_user(action, user, out) : (struct kept){0};
	return is_on_record(&kept, result);
}

bool group_is_as_left(const struct action *action, const struct group *group,
		      const struct action_result *result, struct arena *out, const char **ret_difference)
{
	if (action_compare_group(action, group, out, ret_difference) == AS_RESULT)
		return true;
	const struct kept kept = group ? action_kept_by_group(action, group, out) : (struct kept){0};
	return is_on_record(&kept, result);
}

static const struct license_state *find_refused(const struct action *action, const struct user *user)
{
	for (size_t i = 0; i < action->result.licenses.count; i++) {
		const struct license_state *state =
			user_find_state(user, action->result.licenses.items[i].sku_id, action->group_id);
		if (state && state->error)
			return state;
	}
	return NULL;
}

bool license_lacks_seat(const struct license_state *state)
{
	return str_eq(state->error, no_seat);
}

void group_progress_of(const struct action *action, const struct live *live, struct arena *out,
		       struct group_progress *ret)
{
	const struct group *group = live_find_group(live, action->group_id);
	struct group_progress progress = {.is_gone = !group};
	if (group) {
		progress.state = group->processing_state;
		progress.is_processed = group_is_processed(group);
		progress.members = group->member_ids.count;
	}
	for (size_t i = 0; group && i < group->member_ids.count; i++) {
		const struct user *user = live_find_user(live, group->member_ids.items[i]);
		const char *why = NULL;
		if (!user || user_is_served(action, user, out, &why))
			continue;
		VEC_PUSH(out, &progress.unserved,
			 (struct unserved_member){user, user->upn, why, find_refused(action, user)});
	}
	*ret = progress;
}

static enum outcome outcome_of_member(const struct unserved_member *member,
				      const struct group_progress *progress)
{
	if (member->refused)
		return OUTCOME_FAILED;
	return progress->is_processed ? OUTCOME_UNKNOWN : OUTCOME_WAITING;
}

void group_people_of(const struct action *action, const struct group_progress *progress,
		     const struct live *live, const struct live *before, struct arena *out,
		     struct journal_group *ret)
{
	const struct group *now = live_find_group(live, action->group_id);
	const struct group *then = before ? live_find_group(before, action->group_id) : NULL;
	*ret = (struct journal_group){.members = (int64_t)progress->members};
	for (size_t i = 0; i < progress->unserved.count; i++) {
		const struct unserved_member *member = &progress->unserved.items[i];
		journal_group_add(ret, outcome_of_member(member, progress), member->user->id, member->why,
				  out);
	}
	for (size_t i = 0; now && then && i < then->member_ids.count; i++)
		if (!str_list_search(&now->member_ids, then->member_ids.items[i]))
			journal_group_add(ret, OUTCOME_STALE, then->member_ids.items[i],
					  "is no longer a member of the group", out);
}

bool group_is_done(const struct group_progress *progress)
{
	return !progress->is_gone && progress->is_processed && !progress->unserved.count;
}

const char *group_served_text(const struct group_progress *progress, struct arena *out)
{
	if (!progress->members)
		return "nobody is in it";
	return arena_printf(out, "%zu of %zu member%s served", progress->members - progress->unserved.count,
			    progress->members, progress->members == 1 ? " is" : "s are");
}

const char *group_processing_text(const struct group_progress *progress, struct arena *out)
{
	return arena_printf(out, "being processed by Microsoft 365 (%s): %s", progress->state,
			    group_served_text(progress, out));
}

const char *group_unserved_text(const struct group_progress *progress, struct arena *out)
{
	struct str_list parts = {0};
	for (size_t i = 0; i < progress->unserved.count && i < NAMED_AT_MOST; i++)
		VEC_PUSH(out, &parts,
			 arena_printf(out, "%s: %s", progress->unserved.items[i].upn,
				      progress->unserved.items[i].why));
	if (progress->unserved.count > NAMED_AT_MOST)
		VEC_PUSH(out, &parts,
			 arena_printf(out, "and %zu more", progress->unserved.count - NAMED_AT_MOST));
	return parts.count ? str_list_join(out, &parts, "; ") : NULL;
}

const char *group_name_text(const struct action *action, struct arena *out)
{
	return arena_printf(out, "group '%s'", action->group_name ? action->group_name : action->group_id);
}

/* After "Assign or unassign licenses to a group in the Microsoft 365 admin center" (2025-04-07). */
const char *group_reprocess_text(const struct action *action, const char *sku_id, struct arena *out)
{
	const struct catalog_sku *sku = catalog_find_sku(sku_id);
	return arena_printf(out,
			    "in the Microsoft 365 admin centre under Billing > Licenses > %s > Groups > %s > "
			    "Actions needed, select them and press Reprocess",
			    sku ? sku->display_name : catalog_sku_text(sku_id),
			    action->group_name ? action->group_name : action->group_id);
}
