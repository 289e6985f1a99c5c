/* A row per member of a fleet. */
#include "cmd/fleet/fleet_rows.h"

#include "core/file.h"
#include "plans/desired/repository.h"
#include "plans/saved/plan_folder.h"
#include "plans/standing/status.h"

#include <stdlib.h>
#include <string.h>

struct reading {
	struct app *app;
	const struct fleet_folder *folder;
	struct repository repository;
	struct arena *out; /* of what stays */
	struct arena *tmp; /* of one row */
};

/* Whose turn it is at a hand step. */
static const char *who_of(const struct member *member)
{
	static const struct {
		const char *step, *who;
	} rows[] = {{"add-partner", "customer"}, {"receive-seats", "distributor"}};
	if (member->state == MEMBER_NOT_STARTED || member->state == MEMBER_UNKNOWN)
		return "fleet";
	if (member->state == MEMBER_FAILED)
		return "operator";
	if (member->by_service)
		return "service";
	if (member->unapproved)
		return "reviewer";
	for (size_t i = 0; member->step && i < ARRAY_LEN(rows); i++)
		if (str_eq(member->step, rows[i].step))
			return rows[i].who;
	return member->state == MEMBER_WAITING ? "operator" : NULL;
}

/* Until its soak is over. A wave that is not there yet soaks from now on, at the earliest. */
static const char *exit_of(const struct reading *r, const struct give_back *back, const struct fleet_row *row,
			   const struct fleet_stage *stage)
{
	const int64_t now_ms = clock_now_ms(r->app->clock);
	const bool there = row->member.moved;
	const int64_t begins_ms = there ? row->member.moved_ms : now_ms;
	if (row->member.undone || (there && now_ms >= begins_ms + stage->soak_ms))
		return NULL;
	return arena_strdup(r->out, give_back_too_late(back, begins_ms, stage->soak_ms, r->tmp));
}

static void add_standing(struct reading *r, const struct newest_plan *plan, const struct fleet_stage *stage,
			 struct fleet_row *row)
{
	struct checked checked = {0};
	struct customer customer = {.desired.customer = row->customer};
	struct error ignored = ERROR_INIT;
	struct status status;
	if (!repository_load_draft(&r->repository, row->customer, r->tmp, &checked, &customer, &ignored))
		error_release(&ignored);
	const struct status_input input = {
		.desired = &customer.desired, .plan = plan, .today = date_of_ms(clock_now_ms(r->app->clock))};
	status_compute(&input, r->tmp, &status);
	row->users = status.users > 0 ? status.users : 0;
	row->users_moved = status.users_moved;
	row->window = status.window;
	row->exit = exit_of(r, &status.exit, row, stage);
	if (row->member.undone) { /* both are billed, and nothing is to be cancelled */
		row->users_moved = 0;
		row->window.last_safe_day = WINDOW_NO_DAY;
	}
	if (row->member.unapproved)
		row->waits = "an approval that counts";
	else if (!row->member.done && row->member.state == MEMBER_WAITING && status.waiting_for.count)
		row->waits = arena_strdup(r->out, status.waiting_for.items[0]);
	row->late = row->window.open && row->window.last_safe_day != WINDOW_NO_DAY &&
		    input.today > row->window.last_safe_day;
}

static bool read_row(struct reading *r, size_t index, struct fleet_row *row, struct error *err)
{
	const struct fleet_member *member = &r->folder->fleet.members.items[index];
	struct newest_plan plan = {.found = true};
	struct fleet_result result;
	bool cut = false;
	const char *dir = r->app->dir;
	*row = (struct fleet_row){.customer = member->customer,
				  .wave = r->folder->fleet.waves.items[member->wave].name,
				  .plan = member->plan,
				  .users = member->users};
	const char *path = arena_printf(r->tmp, "plans/%s/%s", member->customer, member->plan);
	if (!plan_folder_load(dir, path, r->tmp, &plan.folder, err))
		return false;
	if (!str_eq(plan.folder.digest, member->digest))
		return error_set(err, ERR_INVALID,
				 "plan %s of '%s' is not the one that the fleet was made of", member->plan,
				 member->customer);
	const struct journal_file file = plan_journal(&plan.folder, dir, r->tmp);
	if (!journal_read(&file, r->tmp, &plan.entries, &cut, err))
		return false;
	fleet_result_read(dir, r->folder, member->customer, r->tmp, &result);
	row->member = member_judge(&plan.folder.plan, &plan.entries, &result, r->tmp);
	if (plan.entries.count &&
	    !member_find_undone(dir, member, plan.folder.plan.tenant_id, r->tmp, &row->member, err))
		return false;
	add_standing(r, &plan, &r->folder->fleet.waves.items[member->wave], row);
	return true;
}

/* What cannot be read is a row too: it fails, and says why. */
static void read_or_tell(struct reading *r, size_t index, struct fleet_row *row)
{
	struct error err = ERROR_INIT;
	if (!read_row(r, index, row, &err)) {
		row->member = (struct member){.state = MEMBER_FAILED,
					      .status = error_info(err.code)->status,
					      .cause = arena_strdup(r->tmp, err.message)};
		row->window = window_merge(NULL, 0);
		error_release(&err);
	}
	row->who = who_of(&row->member);
	row->member.cause = arena_strdup(r->out, row->member.cause);
	row->member.step = arena_strdup(r->out, row->member.step);
}

static void add_up(struct fleet_rows *rows, const struct fleet_row *row)
{
	rows->states[row->member.state]++;
	rows->users += row->users;
	rows->users_moved += row->users_moved;
	rows->seat_days += row->window.seat_days;
	rows->windows_open += row->window.open;
	rows->late += row->late;
	if (!row->window.open || row->window.last_safe_day == WINDOW_NO_DAY ||
	    (rows->next_safe && row->window.last_safe_day >= rows->next_safe_day))
		return;
	rows->next_safe_day = row->window.last_safe_day;
	rows->next_safe = row->customer;
}

bool fleet_rows_read(struct app *app, const struct fleet_folder *folder, struct fleet_rows *ret_rows,
		     struct error *err)
{
	size_t count = folder->fleet.members.count;
	struct reading r = {.app = app, .folder = folder, .out = app->arena};
	struct fleet_rows rows = {.count = count,
				  .next_safe_day = WINDOW_NO_DAY,
				  .today = date_of_ms(clock_now_ms(app->clock))};
	if (!repository_open(app->dir, app->arena, &r.repository, err))
		return false;
	rows.items = arena_alloc_array(app->arena, count + 1, sizeof *rows.items);
	rows.members = arena_alloc_array(app->arena, count + 1, sizeof *rows.members);
	for (size_t i = 0; i < count; i++) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		r.tmp = tmp;
		read_or_tell(&r, i, &rows.items[i]);
		rows.members[i] = rows.items[i].member;
		add_up(&rows, &rows.items[i]);
	}
	*ret_rows = rows;
	return true;
}

/* ---- groups --------------------------------------------------------------------------------- */

/* Why a member is where it is, without what differs from one to the next. */
static const char *fleet_row_cause(const struct fleet_row *row)
{
	if (row->member.by_service)
		return "a group that Microsoft 365 is processing";
	if (row->member.state == MEMBER_WAITING)
		return row->member.unapproved ? "an approval"
		       : row->member.step     ? row->member.step
					      : "a person";
	return row->member.cause ? row->member.cause : "";
}

static int more_first(const void *a, const void *b)
{
	const struct fleet_group *left = a;
	const struct fleet_group *right = b;
	if (left->state != right->state)
		return (int)left->state - (int)right->state;
	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	return strcmp(left->first, right->first);
}

static int by_cause(const void *a, const void *b)
{
	const struct fleet_row *left = *(const struct fleet_row *const *)a;
	const struct fleet_row *right = *(const struct fleet_row *const *)b;
	if (left->member.state != right->member.state)
		return (int)left->member.state - (int)right->member.state;
	int order = strcmp(fleet_row_cause(left), fleet_row_cause(right));
	return order ? order : strcmp(left->customer, right->customer);
}

void fleet_rows_group(const struct fleet_rows *rows, struct arena *out, struct fleet_group_list *ret_groups)
{
	const struct fleet_row **sorted = arena_alloc_array(out, rows->count + 1, sizeof(void *));
	for (size_t i = 0; i < rows->count; i++)
		sorted[i] = &rows->items[i];
	qsort(sorted, rows->count, sizeof(void *), by_cause);
	for (size_t i = 0; i < rows->count; i++) {
		const struct fleet_row *row = sorted[i];
		struct fleet_group *last =
			ret_groups->count ? &ret_groups->items[ret_groups->count - 1] : NULL;
		if (last && last->state == row->member.state && str_eq(last->cause, fleet_row_cause(row)))
			last->count++;
		else
			VEC_PUSH(out, ret_groups,
				 (struct fleet_group){row->member.state, fleet_row_cause(row), 1,
						      row->customer});
	}
	if (ret_groups->count)
		qsort(ret_groups->items, ret_groups->count, sizeof *ret_groups->items, more_first);
}
