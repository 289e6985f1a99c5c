/* How carrying out a fleet ended, for a person and for a machine. */
#include "cmd/fleet/fleet_work.h"

#include "cmd/fleet/fleet_next.h"
#include "cmd/output/document.h"
#include "core/quote.h"
#include "core/say.h"

static void count(const struct work *w, size_t counts[MEMBER_STATE_COUNT])
{
	for (size_t i = 0; i < w->folder.fleet.members.count; i++)
		if (w->units[i].mine)
			counts[w->members[i].state]++;
}

static void put_member(struct json_writer *j, const struct work *w, size_t i)
{
	const struct fleet_member *row = &w->folder.fleet.members.items[i];
	const struct unit *unit = &w->units[i];
	json_begin_object(j);
	json_set_text(j, "customer", row->customer);
	json_set_int(j, "index", (int64_t)i);
	json_set_text(j, "message", unit->message ? unit->message : w->members[i].cause);
	json_set_text(j, "plan", row->plan);
	json_set_text(j, "state", member_state_name(w->members[i].state));
	json_put_key(j, "status");
	if (unit->status < 0)
		json_put_null(j);
	else
		json_put_int(j, unit->status);
	json_set_int(j, "tries", unit->tries);
	json_set_text(j, "wave", w->folder.fleet.waves.items[row->wave].name);
	json_end_object(j);
}

static void print_json(struct work *w, const size_t counts[MEMBER_STATE_COUNT])
{
	struct document doc;
	document_begin(&doc);
	json_put_key(&doc.w, "counts");
	json_begin_object(&doc.w);
	/* In the order of the keys. */
	static const enum member_state order[] = {MEMBER_ALREADY,     MEMBER_DONE,    MEMBER_FAILED,
						  MEMBER_NOT_STARTED, MEMBER_UNKNOWN, MEMBER_WAITING};
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		json_set_int(&doc.w, member_state_name(order[i]), (int64_t)counts[order[i]]);
	json_end_object(&doc.w);
	json_set_text(&doc.w, "fleet", w->folder.fleet.id);
	json_set_text(&doc.w, "format", "seatshift-fleetrun/1");
	json_put_key(&doc.w, "members");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < w->folder.fleet.members.count; i++)
		if (w->units[i].mine)
			put_member(&doc.w, w, i);
	json_end_array(&doc.w);
	json_put_key(&doc.w, "shard");
	if (w->shard.count) {
		json_begin_object(&doc.w);
		json_set_int(&doc.w, "count", w->shard.count);
		json_set_int(&doc.w, "index", w->shard.index);
		json_end_object(&doc.w);
	} else {
		json_put_null(&doc.w);
	}
	json_set_int(&doc.w, "status", w->status);
	json_set_text(&doc.w, "stopped", w->stopped);
	document_print(w->app, &doc);
}

/* ---- text ----------------------------------------------------------------------------------- */

static const char *again(const struct work *w)
{
	struct arena *out = w->app->arena;
	const char *yes = w->o->yes ? " --yes" : "";
	return w->shard.count ? arena_printf(out, "seatshift fleet run %.8s --shard %s%s", w->folder.fleet.id,
					     quote_terminal(out, w->o->shard), yes)
			      : arena_printf(out, "seatshift fleet apply %.8s%s", w->folder.fleet.id, yes);
}

static void add_uncommitted(struct work *w, struct strbuf *buf)
{
	int64_t count = 0;
	for (size_t i = 0; !w->record.commits && i < w->folder.fleet.members.count; i++)
		count += work_is_in_slice(w, i) && fleet_record_is_ahead(&w->record, i);
	if (count)
		strbuf_addf(buf,
			    "  not committed: the records of %s\n  commit them, when no run is under way: %s "
			    "--commit\n",
			    say_number(w->app->arena, count, "customer", "customers"), again(w));
}

/* A plan that its tenant has left behind, or that was undone, stays so, however often it is tried. */
static size_t count_lost(const struct work *w)
{
	size_t count = 0;
	for (size_t i = 0; i < w->folder.fleet.members.count; i++)
		count += w->units[i].mine && w->members[i].state == MEMBER_FAILED &&
			 (w->members[i].undone || w->members[i].status == error_info(ERR_STALE)->status);
	return count;
}

static size_t count_unapproved(const struct work *w)
{
	size_t count = 0;
	for (size_t i = 0; i < w->folder.fleet.members.count; i++)
		count += w->units[i].mine && w->members[i].unapproved;
	return count;
}

static void add_next(struct work *w, const size_t counts[MEMBER_STATE_COUNT], struct strbuf *buf)
{
	const char *id = w->folder.fleet.id;
	size_t lost = count_lost(w);
	size_t unapproved = count_unapproved(w);
	if (counts[MEMBER_FAILED])
		strbuf_addf(
			buf,
			"  a plan that is stale or was undone stays so, and a customer who left has none: "
			"seatshift fleet plan makes a fleet of new plans\n");
	if (counts[MEMBER_FAILED] > lost)
		strbuf_addf(buf, "  when that is mended: %s%s\n", again(w),
			    w->shard.count ? "" : " --only failed");
	if (counts[MEMBER_WAITING] > unapproved)
		strbuf_addf(buf, "  who waits, and for what: seatshift fleet status %.8s\n", id);
	if (unapproved)
		strbuf_addf(buf, "  %s\n", fleet_next(w->app, &w->policy, &w->folder));
	else if (counts[MEMBER_DONE] + counts[MEMBER_ALREADY] == w->mine)
		strbuf_addf(buf, "  next: seatshift fleet status %.8s\n", id);
	else if (counts[MEMBER_WAITING] + counts[MEMBER_NOT_STARTED] + counts[MEMBER_UNKNOWN])
		strbuf_addf(buf, "  then: %s\n", again(w));
}

static void print_text(struct work *w, const size_t counts[MEMBER_STATE_COUNT])
{
	struct arena *out = w->app->arena;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	strbuf_addf(&buf, "Fleet %s", w->folder.fleet.id);
	if (w->shard.count)
		strbuf_addf(&buf, ", shard %lld of %lld", (long long)w->shard.index + 1,
			    (long long)w->shard.count);
	strbuf_addf(&buf, ": %s\n ", say_number(out, (int64_t)w->mine, "customer", "customers"));
	const char *separator = " ";
	for (int state = 0; state < MEMBER_STATE_COUNT; state++) {
		if (!counts[state])
			continue;
		strbuf_addf(&buf, "%s%zu %s", separator, counts[state],
			    member_state_name((enum member_state)state));
		separator = " · ";
	}
	strbuf_add(&buf, "\n");
	if (w->stopped)
		strbuf_addf(&buf, "  Stopped: %s\n", quote_terminal(out, w->stopped));
	for (size_t i = 0; i < w->folder.fleet.members.count; i++) {
		const char *why = w->units[i].message ? w->units[i].message : w->members[i].cause;
		if (w->units[i].mine && (w->members[i].state == MEMBER_FAILED || w->members[i].unapproved))
			strbuf_addf(&buf, "  - %s: %s\n",
				    quote_terminal(out, w->folder.fleet.members.items[i].customer),
				    why ? quote_terminal(out, why) : "failed");
	}
	add_uncommitted(w, &buf);
	add_next(w, counts, &buf);
	out_text(&w->app->out, strbuf_text(&buf));
}

void fleet_report_run(struct work *w)
{
	size_t counts[MEMBER_STATE_COUNT] = {0};
	count(w, counts);
	if (w->app->out.format == FORMAT_JSON)
		print_json(w, counts);
	else
		print_text(w, counts);
}
