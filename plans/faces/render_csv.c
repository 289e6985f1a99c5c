/* A plan as a table for spreadsheets: one row per user who changes, directly or as a group's member. RFC
 * 4180. */
#include "plans/faces/render_model.h"

#include "core/quote.h"

#include <assert.h>

static void put_field(struct strbuf *out, const char *text, struct arena *tmp, const char *end)
{
	strbuf_addf(out, "%s%s", quote_csv(tmp, text), end);
}

/* The outcome of the licence counts; that of the location only where it is all there is, or went wrong. */
static const char *outcome_of(const struct render_model *m, const struct render_subject *s,
			      const struct user *member)
{
	const char *location = s->location ? render_outcome(m, s->location) : "";
	const char *change = !s->change ? ""
			     : member	? render_member_outcome(m, s->change, member->id)
					: render_outcome(m, s->change);
	return *change ? change : location;
}

/* `member` NULL: the row of the subject itself. */
static void put_row(const struct render_model *m, const struct render_subject *s, const struct user *member,
		    struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct action *main = s->change ? s->change : s->location;
	assert(main); /* a subject has one of them, or both */
	const struct action *change = s->change;
	const char *location = member	     ? member->usage_location
			       : s->location ? s->location->usage_location
					     : main->expect.usage_location;
	const char *id = main->user_id ? main->user_id : main->group_id;
	put_field(out, member ? member->upn : render_who(main), tmp, ",");
	put_field(out, member ? member->id : id, tmp, ",");
	put_field(out, member ? "member" : main->user_id ? "user" : "group", tmp, ",");
	put_field(out, change ? render_licenses(m, &change->expect.licenses, tmp) : NULL, tmp, ",");
	put_field(out, change ? render_licenses(m, &change->result.licenses, tmp) : NULL, tmp, ",");
	put_field(out, change ? render_services_off(m, &change->result.licenses, tmp) : NULL, tmp, ",");
	put_field(out, location, tmp, ",");
	put_field(out, s->location ? "set" : location ? "kept" : "", tmp, ",");
	put_field(out, arena_printf(tmp, "%lld", (long long)main->wave), tmp, ",");
	put_field(out, main->canary ? "yes" : "no", tmp, ",");
	put_field(out, outcome_of(m, s, member), tmp, ",");
	put_field(out, main->undo, tmp, "\r\n");
	strbuf_part_ends(out);
}

/* The people behind a group's row, as they were when the plan was made. */
static void put_members(const struct render_model *m, const struct render_subject *s, struct strbuf *out)
{
	const struct live *live = &m->in->folder->live;
	const struct group *group =
		s->change && s->change->group_id ? live_find_group(live, s->change->group_id) : NULL;
	for (size_t i = 0; group && i < group->member_ids.count; i++) {
		const struct user *member = live_find_user(live, group->member_ids.items[i]);
		if (member)
			put_row(m, s, member, out);
	}
}

void render_csv_bom(const struct render_model *m, struct strbuf *out)
{
	strbuf_add(out, QUOTE_CSV_BOM);
	render_csv(m, out);
}

void render_csv(const struct render_model *m, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct render_subject_list subjects = {0};
	render_subjects(m, tmp, &subjects);
	strbuf_add(out, "upn,id,kind,from,to,services_off,usage_location,location_change,wave,canary,outcome,"
			"undo\r\n");
	for (size_t i = 0; i < subjects.count; i++) {
		put_row(m, &subjects.items[i], NULL, out);
		put_members(m, &subjects.items[i], out);
	}
}
