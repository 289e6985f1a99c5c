/* A plan as the result of a command, in the formats that were asked for. */
#include "cmd/output/plan_output.h"

#include "cmd/output/give_back_output.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/given_file.h"
#include "cmd/session/plan_saving.h"
#include "cmd/session/undone_mark.h"
#include "core/file.h"
#include "core/quote.h"
#include "plans/faces/render.h"
#include "plans/saved/undone_by.h"

#include <string.h>

/* "html=plan.html" → its format and file. */
static const struct render_format *split_also(const char *also, struct arena *out, const char **ret_file)
{
	const char *equals = strchr(also, '=');
	*ret_file = equals && equals[1] ? equals + 1 : NULL;
	return equals ? render_format_find(arena_strndup(out, also, (size_t)(equals - also))) : NULL;
}

bool plan_output_check(struct app *app, const struct str_list *also, struct error *err)
{
	for (size_t i = 0; i < also->count; i++) {
		const char *file, *root;
		if (split_also(also->items[i], app->arena, &file) && file) {
			if (!given_file_check(app, "--also", file, &root, err))
				return false;
			continue;
		}
		struct str_list names = {0};
		for (size_t j = 0; render_format_at(j); j++)
			VEC_PUSH(app->arena, &names, render_format_at(j)->name);
		error_set(err, ERR_INVALID, "option '--also' takes FORMAT=FILE, not '%s'",
			  quote_terminal(app->arena, also->items[i]));
		return error_hint(err, "The formats are %s.", str_list_join(app->arena, &names, ", "));
	}
	return true;
}

/* The formats after the first: files of their own, each whole or not at all. */
static bool write_also(struct app *app, const struct str_list *also, const struct render_input *input,
		       const char *customer, struct error *err)
{
	for (size_t i = 0; i < also->count; i++) {
		CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
		const char *file, *root;
		const struct render_format *format = split_also(also->items[i], app->arena, &file);
		if (input)
			render_plan(format, input, &buf);
		else
			render_nothing(format, customer, &buf);
		if (buf.failed)
			return error_set(err, ERR_FAILED, "the plan is too large for the format '%s'",
					 format->name);
		CLEANUP(mem_free_text) char *inert = quote_result(strbuf_text(&buf), buf.len);
		const char *text = inert ? inert : strbuf_text(&buf);
		if (!given_file_check(app, "--also", file, &root, err) ||
		    !file_write_atomic(root, file, text, inert ? strlen(inert) : buf.len, err))
			return error_wrap(err, "cannot write the plan as %s", format->name);
	}
	return true;
}

/* What the journal says of each action; NULL when there is none, or it cannot be trusted, which is reported.
 */
static const struct action_result *read_results(struct app *app, const struct plan_folder *folder,
						struct journal_entry_list *ret_entries)
{
	struct journal_entry_list entries = {0};
	struct error err = ERROR_INIT;
	bool cut = false;
	const struct journal_file file = plan_journal(folder, app->dir, app->arena);
	if (!journal_read(&file, app->arena, &entries, &cut, &err)) {
		out_message(&app->out, "warning: outcomes are left out: %s",
			    quote_terminal(app->arena, err.message));
		error_release(&err);
		return NULL;
	}
	if (!entries.count)
		return NULL;
	*ret_entries = entries;
	return replay_new(&folder->plan, &entries, app->arena).results;
}

/* A report that cannot be read is none; apply says why, where one is needed. */
static struct rehearsed read_rehearsed(struct app *app, const struct plan_folder *folder)
{
	struct rehearsed rehearsed = {0};
	struct error ignored = ERROR_INIT;
	if (!rehearsed_read(app->dir, folder, app->arena, &rehearsed, &ignored))
		error_release(&ignored);
	return rehearsed;
}

/* Told where it can be seen; that the repository cannot be looked through changes nothing of the plan. */
static const char *find_undone_by(struct app *app, const struct plan_folder *folder)
{
	struct undone_by by;
	struct error ignored = ERROR_INIT;
	if (plan_undone_by(app->dir, folder, app->arena, &by, &ignored))
		return by.id;
	error_release(&ignored);
	return NULL;
}

static void put_part(void *ctx, const char *bytes, size_t len)
{
	struct app *app = ctx;
	out_result_bytes(&app->out, bytes, len);
}

bool plan_output(struct app *app, const struct plan_folder *folder, const struct session *session, bool full,
		 const struct str_list *also, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	struct journal_entry_list entries = {0};
	const struct rehearsed rehearsed = read_rehearsed(app, folder);
	struct approval_standing approvals = {0};
	if (session)
		approvals = approval_standing_of(app, &session->policy, folder);
	struct render_input input = {.place = approvals.place,
				     .folder = folder,
				     .rehearsed = &rehearsed,
				     .desired = session ? &session->desired : NULL,
				     .policy = session ? &session->policy : NULL,
				     .approvals_valid = approvals.valid,
				     .results = read_results(app, folder, &entries),
				     .today = date_of_ms(clock_now_ms(app->clock)),
				     .entries = &entries,
				     .undone_by = find_undone_by(app, folder),
				     .left_over = undone_mark_left_over(app, folder),
				     .full = full};
	if (session && !input.results)
		input.late_exit = give_back_late(app, session, &folder->plan);
	const struct render_format *format = render_format_find(app->out.format_name);
	if (!write_also(app, also, &input, NULL, err))
		return false;
	if (!format)
		return true;
	/* A face of very many people is larger than all that is known of them: it goes out in parts. */
	buf.drain = put_part;
	buf.drain_ctx = app;
	/* Other faces are read elsewhere, by people who can be asked. */
	input.unattended = !app->stdin_terminal && app->out.format == FORMAT_TEXT;
	input.color = app->out.color_result;
	input.columns = out_result_columns(&app->out);
	render_plan(format, &input, &buf);
	if (buf.failed)
		return error_set(err, ERR_FAILED, "the plan is too large for the format '%s'", format->name);
	out_result_bytes(&app->out, strbuf_text(&buf), buf.len);
	return true;
}

bool plan_output_saved(struct app *app, const struct plan_folder *folder, const struct session *session,
		       const struct plan_saved_options *o, struct error *err)
{
	struct error not_shown = ERROR_INIT;
	if (!o->commit || plan_commit(app, folder, o->branch, err))
		return plan_output(app, folder, session, o->full, o->also, err);
	/* That it is not committed is what went wrong, and what is said. */
	if (!plan_output(app, folder, session, o->full, o->also, &not_shown))
		error_release(&not_shown);
	return false;
}

bool plan_output_nothing(struct app *app, const char *customer, const struct str_list *also,
			 struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_SMALL);
	const struct render_format *format = render_format_find(app->out.format_name);
	if (format)
		render_nothing(format, customer, &buf);
	if (!write_also(app, also, NULL, customer, err))
		return false;
	if (format)
		out_result(&app->out, strbuf_text(&buf));
	return true;
}
