/* seatshift fleet gate: whether the wave behind this one may begin. */
#include "cmd/fleet/verbs.h"

#include "cmd/output/document.h"
#include "plans/fleet/gate.h"

enum { LOOK_EVERY_MS = 2000 };

static bool judge(struct app *app, const struct fleet_folder *folder, size_t wave, struct gate *ret_gate,
		  struct error *err)
{
	size_t count = folder->fleet.members.count;
	CLEANUP(arena_freep) struct arena *all = arena_new();
	struct member *members = arena_alloc_array(all, count + 1, sizeof *members);
	for (size_t i = 0; i < count; i++) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		if (!member_read(app->dir, folder, i, tmp, &members[i], err))
			return false;
		members[i].cause = members[i].step = NULL;
	}
	*ret_gate = gate_judge(&folder->fleet, members, wave, clock_now_ms(app->clock));
	return true;
}

static int status_of(const struct gate *gate)
{
	static const enum error_code codes[] = {
		[GATE_OPEN] = ERR_NONE, [GATE_WAITING] = ERR_WAITING, [GATE_FAILED] = ERR_PARTIAL};
	return error_info(codes[gate->verdict])->status;
}

static void set_time(struct json_writer *w, const char *key, int64_t ms)
{
	char text[TIMESTAMP_TEXT_SIZE];
	timestamp_format(ms, text);
	json_set_text(w, key, ms ? text : NULL);
}

static void print_json(struct app *app, const struct fleet_folder *folder, size_t wave,
		       const struct gate *gate)
{
	static const char *const verdicts[] = {
		[GATE_OPEN] = "open", [GATE_WAITING] = "waiting", [GATE_FAILED] = "failed"};
	struct document doc;
	document_begin(&doc);
	json_set_int(&doc.w, "allowed", gate->allowed);
	json_set_int(&doc.w, "failed", (int64_t)gate->failed);
	json_set_text(&doc.w, "fleet", folder->fleet.id);
	json_set_text(&doc.w, "format", "seatshift-fleetgate/1");
	json_set_int(&doc.w, "members", (int64_t)gate->members);
	set_time(&doc.w, "opens_at", gate->opens_ms);
	json_set_int(&doc.w, "there", (int64_t)gate->there);
	set_time(&doc.w, "there_at", gate->there_ms);
	json_set_text(&doc.w, "until", wave_until_name(folder->fleet.waves.items[wave].until));
	json_set_text(&doc.w, "verdict", verdicts[gate->verdict]);
	json_set_text(&doc.w, "wave", folder->fleet.waves.items[wave].name);
	document_print(app, &doc);
}

static void print_text(struct app *app, const struct fleet_folder *folder, size_t wave,
		       const struct gate *gate)
{
	const struct fleet_stage *stage = &folder->fleet.waves.items[wave];
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_SMALL);
	strbuf_addf(&buf, "%s: %zu of %zu are %s", stage->name, gate->there, gate->members,
		    wave_until_name(stage->until));
	if (gate->verdict == GATE_FAILED) {
		strbuf_addf(&buf, "; %zu of the fleet have failed, and max_failed is %lld", gate->failed,
			    (long long)gate->allowed);
	} else if (gate->verdict == GATE_OPEN) {
		strbuf_add(&buf, "; the gate is open");
	} else if (gate->opens_ms) {
		char opens[TIMESTAMP_TEXT_SIZE];
		timestamp_format(gate->opens_ms, opens);
		strbuf_addf(&buf, "; it soaks until %s", opens);
	} else {
		const size_t waiting = gate->counts[MEMBER_WAITING] - gate->by_service;
		strbuf_addf(&buf, "; %zu wait%s for a person, ", waiting, waiting == 1 ? "s" : "");
		if (gate->by_service)
			strbuf_addf(&buf, "%zu for Microsoft 365, ", gate->by_service);
		strbuf_addf(&buf, "%zu failed, %zu are not started, %zu unknown", gate->counts[MEMBER_FAILED],
			    gate->counts[MEMBER_NOT_STARTED], gate->counts[MEMBER_UNKNOWN]);
	}
	strbuf_add(&buf, "\n");
	out_text(&app->out, strbuf_text(&buf));
}

bool fleet_gate_run(struct app *app, const struct fleet_options *o, const struct str_list *args,
		    int *ret_status, struct error *err)
{
	struct fleet_folder folder;
	struct gate gate;
	size_t wave = 0;
	int64_t until = clock_monotonic_ms(app->clock) + o->wait_ms;
	if (!fleet_named(app, args->items[0], &folder, err) || !fleet_match_approved(app, &folder, err) ||
	    !fleet_find_wave(&folder.fleet, args->items[1], app->arena, &wave, err))
		return false;
	for (;;) {
		if (!judge(app, &folder, wave, &gate, err))
			return false;
		if (gate.verdict != GATE_WAITING || *app->signals > 0 ||
		    clock_monotonic_ms(app->clock) >= until)
			break;
		clock_sleep_ms(app->clock, LOOK_EVERY_MS);
	}
	*ret_status = status_of(&gate);
	if (app->out.format == FORMAT_JSON)
		print_json(app, &folder, wave, &gate);
	else
		print_text(app, &folder, wave, &gate);
	return true;
}
