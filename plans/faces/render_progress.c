/* How far a plan is that was begun: in people and steps, as somebody would say it. */
#include "plans/faces/render_model.h"

#include "plans/saved/journal_group.h"

#include <stdlib.h>

enum { FAILED_NAMED = 3 };

static const struct action_result *result_of(const struct render_model *m, const struct action *action)
{
	return m->in->results ? &m->in->results[action - m->plan->actions.items] : NULL;
}

bool render_is_done(const struct render_model *m, const struct action *action)
{
	const struct action_result *result = result_of(m, action);
	return result && result_ended_well(result);
}

bool render_all_done(const struct render_model *m)
{
	for (size_t i = 0; i < m->plan->actions.count; i++)
		if (!render_is_done(m, &m->plan->actions.items[i]))
			return false;
	return true;
}

/* Where a run leaves off for good, and not since others have to come first. */
static bool went_wrong(const char *outcome)
{
	return str_eq(outcome, outcome_name(OUTCOME_FAILED)) ||
	       str_eq(outcome, outcome_name(OUTCOME_STALE)) || str_eq(outcome, outcome_name(OUTCOME_UNKNOWN));
}

/* ---- people --------------------------------------------------------------------------------- */

/* Of one live user, over all actions that concern them. */
struct standing {
	bool concerned, open;
	const char *wrong; /* an outcome; or NULL */
};

static void stand(struct standing *s, bool done, const char *outcome)
{
	s->concerned = true;
	s->open = s->open || !done;
	if (!done && went_wrong(outcome))
		s->wrong = outcome;
}

static void stand_members(const struct render_model *m, const struct action *action, struct standing *people)
{
	const struct group *group = live_find_group(m->live, action->group_id);
	const struct user *first = m->live->users.items;
	for (size_t i = 0; group && i < group->member_ids.count; i++) {
		const struct user *user = live_find_user(m->live, group->member_ids.items[i]);
		if (!user)
			continue;
		const char *outcome = render_member_outcome(m, action, user->id);
		const bool well = str_eq(outcome, outcome_name(OUTCOME_VERIFIED)) ||
				  str_eq(outcome, outcome_name(OUTCOME_ALREADY));
		stand(&people[user - first], well, outcome);
	}
}

static void count_people(const struct render_model *m, struct render_progress *p)
{
	const struct user_list *users = &m->live->users;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct standing *people = arena_alloc_array(tmp, users->count + 1, sizeof *people);
	for (size_t i = 0; i < users->count; i++)
		people[i] = (struct standing){0};
	for (size_t i = 0; i < m->plan->actions.count; i++) {
		const struct action *action = &m->plan->actions.items[i];
		const struct user *user = action->user_id ? live_find_user(m->live, action->user_id) : NULL;
		if (user)
			stand(&people[user - users->items], render_is_done(m, action),
			      render_outcome(m, action));
		else if (action->group_id)
			stand_members(m, action, people);
	}
	for (size_t i = 0; i < users->count; i++) {
		p->people += people[i].concerned;
		p->people_done += people[i].concerned && !people[i].open;
		if (people[i].wrong)
			VEC_PUSH(m->arena,
				 str_eq(people[i].wrong, outcome_name(OUTCOME_FAILED)) ? &p->failed
										       : &p->unclear,
				 users->items[i].upn);
	}
	str_list_sort_unique(&p->failed);
	str_list_sort_unique(&p->unclear);
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* "done"; "12 of 15 done, 1 failed"; "" where nothing of it is. */
static const char *state_of_step(const struct render_model *m, const struct render_step *step)
{
	int64_t done = 0;
	int64_t wrong = 0;
	const int64_t all = (int64_t)step->actions.count;
	for (size_t i = 0; i < step->actions.count; i++) {
		done += render_is_done(m, step->actions.items[i]);
		wrong += went_wrong(render_outcome(m, step->actions.items[i]));
	}
	if (done == all)
		return "done";
	const char *failed = !wrong	? ""
			     : all == 1 ? render_outcome(m, step->first)
					: arena_printf(m->arena, "%s not", say_count(m->arena, wrong));
	if (!done)
		return failed;
	return arena_printf(m->arena, "%s of %s done%s%s", say_count(m->arena, done),
			    say_count(m->arena, all), *failed ? ", " : "", failed);
}

void render_progress(struct render_model *m)
{
	struct render_progress *p = &m->progress;
	for (size_t i = 0; i < m->steps.count; i++) {
		struct render_step *step = &m->steps.items[i];
		step->done = m->in->results ? state_of_step(m, step) : "";
		p->steps_done += str_eq(step->done, "done");
		if (!p->next && !str_eq(step->done, "done"))
			p->next = step;
	}
	if (m->in->results)
		count_people(m, p);
}

static void add_wrong(const struct render_model *m, struct str_list *parts, const struct str_list *names,
		      const char *what)
{
	if (names->count)
		VEC_PUSH(m->arena, parts,
			 arena_printf(m->arena, "%s %s: %s", say_count(m->arena, (int64_t)names->count), what,
				      render_names_of(m, names, FAILED_NAMED, (int64_t)names->count)));
}

const char *render_progress_text(const struct render_model *m)
{
	const struct render_progress *p = &m->progress;
	struct str_list parts = {0};
	VEC_PUSH(m->arena, &parts,
		 p->people ? arena_printf(m->arena, "%s of %s moved%s and verified",
					  say_count(m->arena, p->people_done),
					  say_number(m->arena, p->people, "person", "people"),
					  m->plan->undoes ? " back" : "")
			   : arena_printf(m->arena, "%zu of %s done", p->steps_done,
					  say_number(m->arena, (int64_t)m->steps.count, "step", "steps")));
	add_wrong(m, &parts, &p->failed, "failed");
	add_wrong(m, &parts, &p->unclear, "not as planned");
	if (p->next && p->next->info->by == BY_HAND)
		VEC_PUSH(m->arena, &parts,
			 arena_printf(m->arena, "next is step %zu, %s, %s", p->next->number,
				      p->next->info->name, render_data(m->arena, p->next->by)));
	return str_list_join(m->arena, &parts, "; ");
}
