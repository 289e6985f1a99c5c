/* What a fleet's run does, for machines: JSON lines among those of cmd/output/events.h. */
#include "cmd/fleet/fleet_work.h"

#include "core/json.h"

#define EVENTS_FORMAT "seatshift-events/1"
enum { EVENTS_VERSION = 1 };

struct line {
	struct strbuf text;
	struct json_writer w;
};

static void release_line(struct line *line)
{
	strbuf_release(&line->text);
}

static void begin(struct work *w, struct line *line)
{
	char at[TIMESTAMP_TEXT_SIZE];
	*line = (struct line){.text = STRBUF_INIT(STRBUF_LARGE)};
	line->w = (struct json_writer)JSON_WRITER(&line->text);
	json_begin_object(&line->w);
	timestamp_format(clock_now_ms(w->app->clock), at);
	json_set_text(&line->w, "at", at);
}

static void finish(struct work *w, struct line *line, const char *type)
{
	json_set_text(&line->w, "type", type);
	json_set_int(&line->w, "v", EVENTS_VERSION);
	json_end_object(&line->w);
	strbuf_add_char(&line->text, '\n');
	events_send(&w->events, strbuf_text(&line->text), line->text.len);
}

void fleet_events_begin(struct work *w)
{
	if (!w->events.file)
		return;
	CLEANUP(release_line) struct line line;
	begin(w, &line);
	json_set_text(&line.w, "fleet", w->folder.fleet.id);
	json_set_text(&line.w, "format", EVENTS_FORMAT);
	json_set_int(&line.w, "members", (int64_t)w->mine);
	finish(w, &line, "fleet-begin");
}

void fleet_events_member_begin(struct work *w, const struct unit *unit)
{
	if (!w->events.file)
		return;
	CLEANUP(release_line) struct line line;
	const struct fleet_member *row = &w->folder.fleet.members.items[unit->index];
	begin(w, &line);
	json_set_text(&line.w, "customer", row->customer);
	json_set_text(&line.w, "format", EVENTS_FORMAT);
	json_set_text(&line.w, "plan", row->plan);
	json_set_int(&line.w, "try", unit->tries);
	finish(w, &line, "member-begin");
}

/* What a customer's own run says, as it says it. */
void fleet_events_member_line(struct work *w, const struct unit *unit, const char *text)
{
	if (!w->events.file)
		return;
	CLEANUP(release_line) struct line line;
	begin(w, &line);
	json_set_text(&line.w, "customer", w->folder.fleet.members.items[unit->index].customer);
	json_put_key(&line.w, "event");
	json_put_raw(&line.w, text);
	json_set_text(&line.w, "format", EVENTS_FORMAT);
	finish(w, &line, "member");
}

void fleet_events_member_end(struct work *w, const struct unit *unit)
{
	if (!w->events.file)
		return;
	CLEANUP(release_line) struct line line;
	const struct fleet_member *row = &w->folder.fleet.members.items[unit->index];
	begin(w, &line);
	json_set_text(&line.w, "customer", row->customer);
	json_set_text(&line.w, "format", EVENTS_FORMAT);
	json_set_text(&line.w, "message", unit->message);
	json_set_text(&line.w, "state", member_state_name(w->members[unit->index].state));
	json_set_int(&line.w, "status", unit->status);
	finish(w, &line, "member-end");
}

void fleet_events_end(struct work *w)
{
	if (!w->events.file)
		return;
	CLEANUP(release_line) struct line line;
	begin(w, &line);
	json_set_text(&line.w, "fleet", w->folder.fleet.id);
	json_set_text(&line.w, "format", EVENTS_FORMAT);
	json_set_int(&line.w, "status", w->status);
	json_set_text(&line.w, "stopped", w->stopped);
	finish(w, &line, "fleet-end");
}
