/* The report of a rehearsal that was saved beside the plan, line by line. All of it is data of a file. */
#include "core/quote.h"
#include "core/str.h"
#include "plans/faces/render_model.h"

enum { MS = 1000, TEXT_MAX = 400 };

static const char *data(const struct render_model *m, const char *text)
{
	return render_data(m->arena, quote_terminal_cut(m->arena, text, TEXT_MAX));
}

static void add_row(struct render_model *m, const char *label, const char *text)
{
	VEC_PUSH(m->arena, &m->rehearsal, (struct render_row){label, text});
}

static const char *undisturbed(const struct render_model *m, const struct rehearsed *r)
{
	const char *throttled = r->throttled ? arena_printf(m->arena, ", %s refused as too many",
							    say_count(m->arena, r->throttled))
					     : "";
	return arena_printf(m->arena, "%s, %s of work%s",
			    say_number(m->arena, r->requests, "request", "requests"),
			    say_duration(m->arena, (r->working_ms + MS - 1) / MS), throttled);
}

static const char *disturbed(const struct render_model *m, const struct rehearsed *r)
{
	return arena_printf(m->arena, "%s of %s ended alike; %s ended somewhere as by a power cut",
			    say_count(m->arena, r->alike), say_number(m->arena, r->runs, "run", "runs"),
			    say_number(m->arena, r->ended_early, "was", "were"));
}

static const char *first_divergence(const struct render_model *m, const struct rehearsed *r)
{
	return arena_printf(m->arena, "%s: %s. Repeat it with: seatshift rehearse %.8s --runs 1 --seed %lld",
			    data(m, r->first_disturbance), data(m, r->first_found), m->folder->id,
			    (long long)r->first_seed);
}

/* Short texts of one file, after each other. */
static const char *joined(const struct render_model *m, const struct str_list *texts)
{
	struct str_list shown = {0};
	for (size_t i = 0; i < texts->count; i++)
		VEC_PUSH(m->arena, &shown, data(m, texts->items[i]));
	return str_list_join(m->arena, &shown, "; ");
}

void render_rehearsal(struct render_model *m)
{
	const struct rehearsed *r = m->in->rehearsed;
	if (!r || !r->found)
		return;
	add_row(m, "undisturbed", undisturbed(m, r));
	add_row(m, "disturbed", disturbed(m, r));
	add_row(m, "undone",
		arena_printf(m->arena, "%s of %s led back to the start", say_count(m->arena, r->undo_alike),
			     say_number(m->arena, r->undo_runs, "disturbed run", "disturbed runs")));
	if (r->first_found && r->first_disturbance)
		add_row(m, "first other", first_divergence(m, r));
	if (r->version)
		add_row(m, "made by",
			arena_printf(m->arena, "seatshift %s, seeds from %lld on", data(m, r->version),
				     (long long)r->seed));
	if (r->modelled.count)
		add_row(m, "modelled", joined(m, &r->modelled));
	if (r->not_modelled.count)
		add_row(m, "not modelled", joined(m, &r->not_modelled));
}

const char *render_rehearsal_failed(const struct render_model *m)
{
	const struct rehearsed *r = m->in->rehearsed;
	if (!r || !r->found || r->good)
		return NULL;
	return arena_printf(m->arena, "its rehearsal did not end as it should: %s of %s ended alike%s%s",
			    say_count(m->arena, r->alike), say_number(m->arena, r->runs, "run", "runs"),
			    r->first_found ? ". First: " : "", r->first_found ? data(m, r->first_found) : "");
}
