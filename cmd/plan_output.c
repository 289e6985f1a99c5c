/* A plan as the result of a command, in the format that was asked for. */
#include "cmd/plan_output.h"

#include "cmd/approval_check.h"
#include "core/file.h"
#include "core/json.h"
#include "plans/render.h"

#include <string.h>

/* The plan file's object with id, digest and path added, keys in canonical order. */
static void put_json(const struct plan_folder *folder, struct strbuf *buf)
{
	CLEANUP(json_freep) struct json *root = NULL;
	struct error ignored = ERROR_INIT;
	if (!json_parse(folder->bytes, folder->len, &root, &ignored)) {
		error_release(&ignored); /* it was decoded from these very bytes */
		return;
	}
	const struct {
		const char *key, *value;
	} added[] = {{"digest", folder->digest}, {"id", folder->id}, {"path", folder->paths.plan}};
	struct json_writer w = JSON_WRITER(buf);
	size_t next = 0;
	json_begin_object(&w);
	JSON_EACH(member, root) {
		while (next < ARRAY_LEN(added) && strcmp(added[next].key, json_key(member)) < 0) {
			json_set_text(&w, added[next].key, added[next].value);
			next++;
		}
		json_put_key(&w, json_key(member));
		json_put_value(&w, member);
	}
	for (; next < ARRAY_LEN(added); next++)
		json_set_text(&w, added[next].key, added[next].value);
	json_end_object(&w);
	strbuf_add_char(buf, '\n');
}

/* What was done so far, for the dates in the header. A journal that cannot be read is apply's to complain of. */
static struct journal_entry_list read_entries(struct app *app, const struct plan_folder *folder)
{
	struct journal_entry_list entries = {0};
	struct error ignored = ERROR_INIT;
	bool cut = false;
	if (!journal_read(path_join(app->arena, app->dir, folder->paths.journal), app->arena, &entries, &cut,
			  &ignored)) {
		error_release(&ignored);
		return (struct journal_entry_list){0};
	}
	return entries;
}

void plan_output(struct app *app, const struct plan_folder *folder, const struct session *session, bool full)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	if (app->out.format == FORMAT_JSON) {
		put_json(folder, &buf);
	} else {
		const struct journal_entry_list entries = read_entries(app, folder);
		const struct render_input input = {.folder = folder,
						   .desired = session ? &session->desired : NULL,
						   .policy = session ? &session->policy : NULL,
						   .approvals_valid = session ? approval_check_count(app, &session->policy,
										     folder)
								   : 0,
						   .full = full,
						   .today = date_of_ms(clock_now_ms(app->clock)),
						   .entries = &entries,
						   .color = app->out.color_result};
		render_text(&input, &buf);
	}
	out_result_bytes(&app->out, strbuf_text(&buf), buf.len);
}

void plan_output_nothing(struct app *app, const char *customer)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_SMALL);
	struct json_writer w = JSON_WRITER(&buf);
	json_begin_object(&w);
	json_put_key(&w, "actions");
	json_begin_array(&w);
	json_end_array(&w);
	json_set_text(&w, "customer", customer);
	json_put_key(&w, "id");
	json_put_null(&w);
	json_end_object(&w);
	strbuf_add_char(&buf, '\n');
	out_result(&app->out, strbuf_text(&buf));
}
