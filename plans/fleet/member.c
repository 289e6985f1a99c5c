/* Where one member of a fleet stands. */
#include "plans/fleet/member.h"

#include "core/clock.h"
#include "core/file.h"
#include "plans/fleet/ending.h"
#include "plans/saved/plan_file.h"
#include "plans/saved/replay.h"
#include "plans/saved/served.h"
#include "plans/saved/turn.h"
#include "plans/saved/undone_by.h"

#include <stdio.h>
#include <string.h>

enum { PLAN_MAX_BYTES = 512 * 1024 * 1024 };

static const char *const state_names[] = {
	[MEMBER_DONE] = "done",	    [MEMBER_ALREADY] = "already",	  [MEMBER_WAITING] = "waiting",
	[MEMBER_FAILED] = "failed", [MEMBER_NOT_STARTED] = "not-started", [MEMBER_UNKNOWN] = "unknown",
};

const char *member_state_name(enum member_state state)
{
	return state_names[state];
}

static int64_t ms_of(const char *at)
{
	int64_t ms = 0;
	return at && timestamp_parse(at, &ms) ? ms : 0;
}

static bool moves_people(const struct action *action)
{
	return action_info(action->kind)->by != BY_HAND;
}

/* Whether the word before the `end`-th on the action was a person's alone. */
static bool was_attested(const struct journal_entry_list *entries, size_t end, const struct action *action)
{
	for (size_t i = end; i-- > 0;)
		if (entries->items[i].event == JOURNAL_ENDED &&
		    str_list_has(&entries->items[i].actions, action->id))
			return str_eq(entries->items[i].outcome, outcome_name(OUTCOME_ATTESTED));
	return false;
}

/* When an action that ended well was seen to: its last word. */
static void note_times(const struct plan *plan, const struct journal_entry_list *entries,
		       struct member *member)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct journal_entry *entry = &entries->items[i];
		int64_t at = entry->event == JOURNAL_ENDED ? ms_of(entry->at) : 0;
		for (size_t j = 0; at && j < entry->actions.count; j++) {
			const struct action *action = plan_find_action(plan, entry->actions.items[j]);
			if (action && moves_people(action) && at > member->moved_ms)
				member->moved_ms = at;
			/* That the tenant shows it by now changes nothing of when it was done. */
			if (action && at > member->done_ms && !was_attested(entries, i, action))
				member->done_ms = at;
		}
	}
}

static void judge_actions(const struct plan *plan, const struct journal_entry_list *entries,
			  struct arena *out, struct member *member)
{
	const struct replay replay = replay_new(plan, entries, out);
	bool changed = false;
	member->moved = true;
	for (size_t i = 0; i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		const struct action_result *result = &replay.results[i];
		bool well = result_ended_well(result);
		changed |= !well || result->outcome != OUTCOME_ALREADY;
		if (!moves_people(action))
			continue;
		member->moved &= well;
		member->users_moved += well && action->user_id && (action->add.count || action->remove.count);
	}
	member->done = replay_all_ended_well(&replay);
	member->state = !member->done ? MEMBER_UNKNOWN : changed ? MEMBER_DONE : MEMBER_ALREADY;
	note_times(plan, entries, member);
	if (!member->moved)
		member->moved_ms = 0;
	else if (!member->moved_ms)
		member->moved_ms = member->began_ms; /* there was nobody to move */
	if (!member->done)
		member->done_ms = 0;
}

static const char *first_failure(const struct journal_entry_list *entries)
{
	for (size_t i = entries->count; i > 0; i--) {
		const struct journal_entry *entry = &entries->items[i - 1];
		enum outcome outcome;
		if (entry->event == JOURNAL_ENDED && outcome_parse(entry->outcome, &outcome) &&
		    (outcome == OUTCOME_FAILED || outcome == OUTCOME_UNKNOWN))
			return entry->detail ? entry->detail : outcome_name(outcome);
	}
	return "some actions failed";
}

/*
 * What the last run stopped at: a hand step, or else groups and services that Microsoft is at work on, for
 * which nobody has to do anything.
 */
static void judge_waiting(const struct plan *plan, const struct journal_entry_list *entries,
			  struct arena *out, struct member *member)
{
	const struct replay replay = replay_new(plan, entries, out);
	const char *services = turn_services_awaited(plan, &replay, entries);
	const char *group = NULL;
	for (size_t i = entries->count; i > 0 && entries->items[i - 1].event != JOURNAL_RUN_BEGIN; i--) {
		const struct journal_entry *entry = &entries->items[i - 1];
		if (entry->event != JOURNAL_WAITING || !entry->actions.count)
			continue;
		const struct action *action = plan_find_action(plan, entry->actions.items[0]);
		if (action && moves_people(action))
			group = group_name_text(action, out);
		else if (action && !member->step)
			member->step = action_info(action->kind)->name;
	}
	member->by_service = group && !member->step;
	if (member->by_service)
		member->cause = services ? "Microsoft 365 is setting up services"
					 : arena_printf(out, "Microsoft 365 is processing %s", group);
	else if (member->step)
		member->cause = member->step;
}

static const struct journal_entry *last_end(const struct journal_entry_list *entries)
{
	for (size_t i = entries->count; i > 0; i--) {
		const struct journal_entry *entry = &entries->items[i - 1];
		if (entry->event == JOURNAL_RUN_BEGIN)
			return NULL;
		if (entry->event == JOURNAL_RUN_END)
			return entry;
	}
	return NULL;
}

/* How the last run ended, as far as it did. */
static void judge_last_run(const struct plan *plan, const struct journal_entry_list *entries,
			   struct arena *out, struct member *member)
{
	const struct journal_entry *end = last_end(entries);
	member->cause = end ? end->outcome : "a run is under way, or was cut off";
	if (!end)
		return;
	if (str_eq(end->outcome, "waiting")) {
		member->state = MEMBER_WAITING;
		judge_waiting(plan, entries, out, member);
	} else if (str_eq(end->outcome, "partial")) {
		member->state = MEMBER_FAILED;
		member->status = error_info(ERR_PARTIAL)->status;
		member->cause = first_failure(entries);
	} else if (str_eq(end->outcome, "stale")) {
		member->state = MEMBER_FAILED;
		member->status = error_info(ERR_STALE)->status;
		member->cause = "the tenant is not as the plan expects";
	}
}

/* An attempt that came after the journal's last line, and left none itself. */
static void judge_result(const struct fleet_result *result, int64_t last_ms, struct member *member)
{
	if (!result->found || member->done || result->at_ms < last_ms ||
	    ending_of(result->status) == ENDING_WELL)
		return;
	if (ending_of(result->status) == ENDING_AGAIN && result->status != error_info(ERR_PARTIAL)->status) {
		if (member->state != MEMBER_NOT_STARTED)
			return;
		member->cause = result->message;
		return;
	}
	/* Nothing was tried: somebody has to approve it first. */
	member->unapproved = result->status == error_info(ERR_UNAPPROVED)->status;
	member->state = member->unapproved ? MEMBER_WAITING : MEMBER_FAILED;
	member->step = NULL;
	member->by_service = false;
	member->status = result->status;
	if (result->message)
		member->cause = result->message;
}

struct member member_judge(const struct plan *plan, const struct journal_entry_list *entries,
			   const struct fleet_result *result, struct arena *out)
{
	struct member member = {.state = MEMBER_NOT_STARTED};
	int64_t last_ms = 0;
	if (entries->count) {
		member.began_ms = ms_of(entries->items[0].at);
		last_ms = ms_of(entries->items[entries->count - 1].at);
		judge_actions(plan, entries, out, &member);
		if (!member.done)
			judge_last_run(plan, entries, out, &member);
	}
	judge_result(result, last_ms, &member);
	return member;
}

/* The plan that the fleet froze: another one in its place is not what anybody agreed to. */
static bool read_plan(const char *dir, const struct fleet_member *row, const struct plan_paths *paths,
		      struct arena *out, struct plan *ret_plan, struct error *err)
{
	struct bytes text;
	char digest[DIGEST_TEXT_SIZE], id[PLAN_ID_SIZE];
	if (!file_read_within(dir, paths->plan, PLAN_MAX_BYTES, out, &text, err))
		return false;
	plan_digest(text.ptr, text.len, digest, id);
	if (!str_eq(digest, row->digest))
		return error_set(err, ERR_INVALID, "it is not the plan that the fleet was made of");
	return plan_decode(text.ptr, text.len, out, ret_plan, err);
}

bool member_find_undone(const char *dir, const struct fleet_member *row, const char *tenant_id,
			struct arena *out, struct member *member, struct error *err)
{
	struct plan_folder folder = {.plan = {.customer = row->customer, .tenant_id = tenant_id}};
	struct undone_by by = {0};
	plan_paths_of(out, row->customer, row->plan, &folder.paths);
	(void)snprintf(folder.id, sizeof folder.id, "%s", row->plan);
	(void)snprintf(folder.digest, sizeof folder.digest, "%s", row->digest);
	if (!plan_undone_by(dir, &folder, out, &by, err))
		return false;
	if (!by.id)
		return true;
	*member = (struct member){.state = MEMBER_FAILED,
				  .undone = true,
				  .began_ms = member->began_ms,
				  .status = error_info(ERR_UNAPPROVED)->status,
				  .cause = arena_printf(out, "undone by plan %s", by.id)};
	return true;
}

bool member_read(const char *dir, const struct fleet_folder *folder, size_t index, struct arena *out,
		 struct member *ret_member, struct error *err)
{
	const struct fleet_member *row = &folder->fleet.members.items[index];
	struct journal_entry_list entries = {0};
	struct fleet_result result;
	struct plan_paths paths;
	struct plan plan = {0};
	bool cut = false;
	plan_paths_of(out, row->customer, row->plan, &paths);
	fleet_result_read(dir, folder, row->customer, out, &result);
	const char *path = path_join(out, dir, paths.journal);
	bool begun = file_exists(path);
	if (begun && !read_plan(dir, row, &paths, out, &plan, err))
		return error_wrap(err, "cannot use plan %s of '%s'", row->plan, row->customer);
	const struct journal_file file = {dir, path, {row->customer, row->digest, plan.tenant_id}};
	if (begun && !journal_read(&file, out, &entries, &cut, err))
		return error_wrap(err, "cannot use the journal of plan %s of '%s'", row->plan, row->customer);
	*ret_member = member_judge(&plan, &entries, &result, out);
	return !begun || member_find_undone(dir, row, plan.tenant_id, out, ret_member, err);
}

bool member_is_there(const struct member *member, enum wave_until until)
{
	return until == UNTIL_DONE ? member->done : member->moved;
}

int64_t member_there_ms(const struct member *member, enum wave_until until)
{
	return until == UNTIL_DONE ? member->done_ms : member->moved_ms;
}
