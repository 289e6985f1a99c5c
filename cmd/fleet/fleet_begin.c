/* What has to hold before a fleet is carried out. */
#include "cmd/fleet/fleet_work.h"

#include "cmd/session/approval_check.h"
#include "cmd/session/journal_record.h"
#include "cmd/session/session.h"
#include "core/quote.h"
#include "core/say.h"

#include <string.h>

static bool check_program(const struct work *w, struct error *err)
{
	const char *program = w->folder.fleet.program;
	if (str_eq(program, SEATSHIFT_VERSION))
		return true;
	error_set(err, ERR_DENIED, "fleet %s was made by seatshift %s, and this is " SEATSHIFT_VERSION,
		  w->folder.fleet.id, quote_terminal(w->app->arena, program));
	return error_hint(err, "Install that version on every worker, or make the fleet anew with this one: "
			       "seatshift fleet plan.");
}

static bool confirm(struct work *w, const struct policy *policy, struct error *err)
{
	struct app *app = w->app;
	if (w->o->yes || policy->approvals_required > 0)
		return true;
	if (!app->stdin_terminal) {
		error_set(err, ERR_UNAPPROVED,
			  "nobody has approved fleet %s, and there is no terminal to ask at",
			  w->folder.fleet.id);
		return error_hint(err, "Review it, then carry it out with --yes.");
	}
	out_message(&app->out,
		    "Fleet %s changes people of %s.\nType the fleet's id to begin:", w->folder.fleet.id,
		    say_number(app->arena, (int64_t)w->folder.fleet.members.count, "customer", "customers"));
	char line[64] = "";
	if (!fgets(line, sizeof line, app->in))
		line[0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	return str_eq_fold(line, w->folder.fleet.id) ||
	       error_set(err, ERR_UNAPPROVED, "not confirmed: that is not the fleet's id");
}

static bool is_asked_for(const struct work *w, size_t index)
{
	const struct str_list *only = &w->o->only;
	const struct member *member = &w->members[index];
	if (!only->count)
		return true;
	for (size_t i = 0; i < only->count; i++)
		if ((str_eq(only->items[i], "failed") && member->state == MEMBER_FAILED) ||
		    (str_eq(only->items[i], "waiting") && member->state == MEMBER_WAITING) ||
		    str_eq(only->items[i], w->folder.fleet.members.items[index].customer))
			return true;
	return false;
}

static bool check_only(const struct work *w, struct error *err)
{
	struct str_list known = {0};
	for (size_t i = 0; i < w->folder.fleet.members.count; i++)
		VEC_PUSH(w->app->arena, &known, w->folder.fleet.members.items[i].customer);
	VEC_PUSH(w->app->arena, &known, "failed");
	VEC_PUSH(w->app->arena, &known, "waiting");
	for (size_t i = 0; i < w->o->only.count; i++) {
		const char *who = w->o->only.items[i];
		if (str_list_has(&known, who))
			continue;
		error_set(err, ERR_INVALID, "'%s' is no customer of fleet %s",
			  quote_terminal(w->app->arena, who), w->folder.fleet.id);
		const char *near = str_nearest(who, &known);
		return near ? error_hint(err, "Did you mean '%s'?", near)
			    : error_hint(err, "--only takes failed, waiting, or a customer's name.");
	}
	return true;
}

/* Who is done has nothing left to do; a wave that was named is the only one. */
static void choose_units(struct work *w, size_t only_wave)
{
	for (size_t i = 0; i < w->folder.fleet.members.count; i++) {
		struct unit *unit = &w->units[i];
		bool in_wave = only_wave == SIZE_MAX || w->folder.fleet.members.items[i].wave == only_wave;
		*unit = (struct unit){.index = i, .status = -1};
		unit->mine = in_wave && work_is_in_slice(w, i) && is_asked_for(w, i);
		w->mine += unit->mine;
		if (!unit->mine || !w->members[i].done)
			continue;
		unit->finished = true;
		unit->status = 0;
		w->ended++;
	}
}

/* The waves before one that is named must have been passed: naming a wave is no way around a gate. */
static bool check_gates_before(struct work *w, size_t wave, struct error *err)
{
	for (w->wave = 0; w->wave < wave; w->wave++) {
		const struct gate gate =
			gate_judge(&w->folder.fleet, w->members, w->wave, clock_now_ms(w->app->clock));
		if (gate.verdict != GATE_OPEN)
			return error_set(err, gate.verdict == GATE_FAILED ? ERR_PARTIAL : ERR_WAITING, "%s",
					 work_why_not_open(w, &gate));
	}
	return true;
}

/* What an earlier run left uncommitted: it was told not to commit, was cut off, or could not. */
static void catch_up(struct work *w)
{
	for (size_t i = 0; w->record.commits && i < w->folder.fleet.members.count; i++)
		if (work_is_in_slice(w, i) && fleet_record_is_ahead(&w->record, i))
			fleet_record_add(&w->record, i);
}

static bool open_record(struct work *w, const struct policy *policy, struct error *err)
{
	struct app *app = w->app;
	struct fleet_record *record = &w->record;
	record->app = app;
	record->folder = &w->folder;
	record->approved_branch = policy->approvals_branch;
	record->push_deadline_ms = w->o->push_deadline_ms;
	record->pending = arena_alloc_array(app->arena, w->folder.fleet.members.count + 1, sizeof(bool));
	if (!journal_record_open(app, w->o->commit, w->o->no_commit, &record->store, &record->commits, err))
		return false;
	catch_up(w);
	return true;
}

bool work_open(struct work *w, const char *name, size_t *ret_only, size_t *ret_last, struct error *err)
{
	struct app *app = w->app;
	struct repository repository;
	struct checked checked = {0};
	struct fleet *fleet = &w->folder.fleet;
	if (!events_open(&w->events, app, app->events, err) || !fleet_named(app, name, &w->folder, err) ||
	    !fleet_match_approved(app, &w->folder, err) || !check_program(w, err) || !check_only(w, err) ||
	    !repository_open(app->dir, app->arena, &repository, err) ||
	    !repository_load_policy(&repository, app->arena, &checked, &w->policy, err) ||
	    !confirm(w, &w->policy, err))
		return false;
	*ret_only = SIZE_MAX;
	*ret_last = fleet->waves.count - 1;
	if (w->o->wave && !fleet_find_wave(fleet, w->o->wave, app->arena, ret_only, err))
		return false;
	w->members = arena_alloc_array(app->arena, fleet->members.count + 1, sizeof *w->members);
	w->units = arena_alloc_array(app->arena, fleet->members.count + 1, sizeof *w->units);
	work_look_at_all(w);
	choose_units(w, *ret_only);
	if (*ret_only != SIZE_MAX) {
		*ret_last = *ret_only;
		if (!check_gates_before(w, *ret_only, err))
			return false;
	}
	return open_record(w, &w->policy, err);
}
