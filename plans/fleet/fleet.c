/* A fleet's file. */
#include "plans/fleet/fleet.h"

#include "core/fields.h"
#include "core/intern.h"
#include "core/json_lines.h"
#include "core/quote.h"
#include "plans/saved/plan_file.h"

#include <string.h>

#define FLEET_FORMAT "seatshift-fleetplan/1"

/* ---- writing -------------------------------------------------------------------------------- */

static void put_limit(struct json_writer *w, const struct limit *limit)
{
	if (!limit->given) {
		json_put_null(w);
		return;
	}
	json_begin_object(w);
	json_set_bool(w, "percent", limit->is_percent);
	json_set_int(w, "value", limit->value);
	json_end_object(w);
}

static void put_member(struct json_writer *w, const struct fleet *fleet, size_t index)
{
	const struct fleet_member *member = &fleet->members.items[index];
	json_begin_object(w);
	json_set_text(w, "customer", member->customer);
	json_set_text(w, "digest", member->digest);
	json_set_int(w, "index", (int64_t)index);
	json_set_text(w, "plan", member->plan);
	json_set_int(w, "users", member->users);
	json_set_text(w, "wave", fleet->waves.items[member->wave].name);
	json_end_object(w);
}

static void put_lists(struct json_lines *lines, const struct fleet *fleet)
{
	json_lines_begin_list(lines, "left_out");
	for (size_t i = 0; i < fleet->left_out.count; i++) {
		struct json_writer *w = json_lines_item(lines);
		json_begin_object(w);
		json_set_text(w, "customer", fleet->left_out.items[i].customer);
		json_set_text(w, "message", fleet->left_out.items[i].message);
		json_set_text(w, "reason", fleet->left_out.items[i].reason);
		json_end_object(w);
	}
	json_lines_end_list(lines);
	put_limit(json_lines_member(lines, "max_failed"), &fleet->max_failed);
	json_lines_begin_list(lines, "members");
	for (size_t i = 0; i < fleet->members.count; i++)
		put_member(json_lines_item(lines), fleet, i);
	json_lines_end_list(lines);
}

static void put_waves(struct json_lines *lines, const struct fleet *fleet)
{
	json_lines_begin_list(lines, "waves");
	for (size_t i = 0; i < fleet->waves.count; i++) {
		const struct fleet_stage *wave = &fleet->waves.items[i];
		struct json_writer *w = json_lines_item(lines);
		json_begin_object(w);
		json_set_text(w, "name", wave->name);
		json_set_int(w, "soak_ms", wave->soak_ms);
		json_set_text(w, "until", wave_until_name(wave->until));
		json_end_object(w);
	}
	json_lines_end_list(lines);
}

void fleet_encode(struct fleet *fleet, struct strbuf *out)
{
	struct json_lines lines;
	size_t first = out->len;
	json_lines_begin(&lines, out);
	json_put_text(json_lines_member(&lines, "format"), FLEET_FORMAT);
	put_lists(&lines, fleet);
	json_put_int(json_lines_member(&lines, "parallel"), fleet->parallel);
	json_put_int(json_lines_member(&lines, "per_day"), fleet->per_day);
	json_put_text(json_lines_member(&lines, "program"), fleet->program);
	put_waves(&lines, fleet);
	json_lines_end(&lines);
	plan_digest(strbuf_text(out) + first, out->len - first, fleet->digest, fleet->id);
}

/* ---- reading -------------------------------------------------------------------------------- */

struct wave_row {
	const char *name;
	int64_t soak_ms;
	const char *until;
};
struct member_row {
	const char *customer, *digest, *plan, *wave;
	int64_t index, users;
};
struct limit_row {
	bool percent;
	int64_t value;
};

static const struct field wave_row_fields[] = {
	FIELD(struct wave_row, name, "name", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct wave_row, soak_ms, "soak_ms", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct wave_row, until, "until", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};
static const struct field member_row_fields[] = {
	FIELD(struct member_row, customer, "customer", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct member_row, digest, "digest", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct member_row, index, "index", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct member_row, plan, "plan", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct member_row, users, "users", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct member_row, wave, "wave", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};
static const struct field limit_row_fields[] = {
	FIELD(struct limit_row, percent, "percent", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct limit_row, value, "value", FIELD_INT, FIELD_REQUIRED),
	{0},
};
static const struct field left_out_fields[] = {
	FIELD(struct fleet_left_out, customer, "customer", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct fleet_left_out, message, "message", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct fleet_left_out, reason, "reason", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};

VEC(member_row_list, struct member_row);

struct reading {
	struct fleet fleet;
	struct member_row_list rows; /* the waves come behind them */
	const char *format;
	struct arena *out;
};

static bool read_limit(struct reading *r, const struct json *value, struct error *err)
{
	struct limit_row row = {0};
	if (json_type(value) == JSON_NULL)
		return true;
	if (!fields_from_json(limit_row_fields, value, "max_failed", r->out, &row, err))
		return false;
	r->fleet.max_failed = (struct limit){.given = true, .is_percent = row.percent, .value = row.value};
	return true;
}

static bool read_number(const struct json *value, const char *key, int64_t *ret, struct error *err)
{
	return json_int(value, ret) || error_set(err, ERR_INVALID, "'%s' is not a number", key);
}

static bool read_member(void *ctx, const char *key, const struct json *value, struct error *err)
{
	struct reading *r = ctx;
	if (str_eq(key, "format"))
		r->format = arena_strdup(r->out, json_text(value));
	else if (str_eq(key, "max_failed"))
		return read_limit(r, value, err);
	else if (str_eq(key, "parallel"))
		return read_number(value, key, &r->fleet.parallel, err);
	else if (str_eq(key, "per_day"))
		return read_number(value, key, &r->fleet.per_day, err);
	else if (str_eq(key, "program"))
		r->fleet.program = arena_strdup(r->out, json_text(value));
	else if (!str_eq(key, "left_out") && !str_eq(key, "members") && !str_eq(key, "waves"))
		return error_set(err, ERR_INVALID, "it has the member '%s', which is not known", key);
	return true;
}

static bool read_wave(struct reading *r, const struct json *value, struct error *err)
{
	struct wave_row row = {0};
	struct fleet_stage stage = {0};
	if (!fields_from_json(wave_row_fields, value, "wave", r->out, &row, err))
		return false;
	stage.name = row.name;
	stage.soak_ms = row.soak_ms;
	if (!wave_until_parse(row.until, &stage.until))
		return error_set(err, ERR_INVALID, "a wave until '%s' is not known", row.until);
	VEC_PUSH(r->out, &r->fleet.waves, stage);
	return true;
}

static bool read_item(void *ctx, const char *key, const struct json *value, struct error *err)
{
	struct reading *r = ctx;
	if (str_eq(key, "waves"))
		return read_wave(r, value, err);
	if (str_eq(key, "left_out")) {
		struct fleet_left_out row = {0};
		if (!fields_from_json(left_out_fields, value, "left_out", r->out, &row, err))
			return false;
		VEC_PUSH(r->out, &r->fleet.left_out, row);
		return true;
	}
	struct member_row row = {0};
	if (!str_eq(key, "members"))
		return error_set(err, ERR_INVALID, "it has the list '%s', which is not known", key);
	if (!fields_from_json(member_row_fields, value, "member", r->out, &row, err))
		return false;
	VEC_PUSH(r->out, &r->rows, row);
	return true;
}

/* What becomes a path is what a name and an id may be, whoever wrote the file. */
static bool is_plain(const char *text, const char *letters, size_t max)
{
	size_t len = strlen(text);
	return len && len <= max && strspn(text, letters) == len;
}

static bool place_member(struct reading *r, size_t at, struct error *err)
{
	enum { NAME_LEN = 63 };
	const struct member_row *row = &r->rows.items[at];
	struct fleet_member member = {row->customer, row->plan, row->digest, 0, row->users};
	if (!is_plain(row->customer, "abcdefghijklmnopqrstuvwxyz0123456789-", NAME_LEN) ||
	    !is_plain(row->plan, "0123456789abcdef", PLAN_ID_SIZE - 1) ||
	    !str_starts(row->digest, "sha256:") || !str_starts(row->digest + strlen("sha256:"), row->plan))
		return error_set(err, ERR_INVALID, "member %zu is not a customer with a plan", at);
	while (member.wave < r->fleet.waves.count &&
	       !str_eq(r->fleet.waves.items[member.wave].name, row->wave))
		member.wave++;
	if (row->index != (int64_t)at || member.wave == r->fleet.waves.count)
		return error_set(err, ERR_INVALID, "member %zu is not in its place, or in no wave", at);
	VEC_PUSH(r->out, &r->fleet.members, member);
	return true;
}

/* A customer in two places would be carried out twice, by two workers at once. */
static bool is_new(struct intern *seen, size_t known, const char *what, const char *name, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	return intern_number(seen, name, strlen(name)) == known ||
	       error_set(err, ERR_INVALID, "its %s '%s' stands twice", what,
			 quote_terminal_cut(tmp, name, 64));
}

static bool check_names(const struct fleet *fleet, struct error *err)
{
	CLEANUP(intern_freep) struct intern *customers = intern_new();
	CLEANUP(intern_freep) struct intern *waves = intern_new();
	for (size_t i = 0; i < fleet->members.count; i++)
		if (!is_new(customers, i, "member", fleet->members.items[i].customer, err))
			return false;
	for (size_t i = 0; i < fleet->waves.count; i++)
		if (!is_new(waves, i, "wave", fleet->waves.items[i].name, err))
			return false;
	return true;
}

static bool check(struct reading *r, struct error *err)
{
	if (!str_eq(r->format, FLEET_FORMAT))
		return error_set(err, ERR_INVALID, "its format is '%s', not " FLEET_FORMAT,
				 r->format ? r->format : "");
	if (!r->fleet.program || !r->fleet.waves.count || r->fleet.parallel < 1)
		return error_set(err, ERR_INVALID, "it has no program, no waves, or nothing to run at once");
	for (size_t i = 0; i < r->rows.count; i++)
		if (!place_member(r, i, err))
			return false;
	return check_names(&r->fleet, err);
}

/* There is one way to write a fleet: what reads the same and is written another way was edited. */
static bool check_canonical(struct fleet *fleet, const char *text, size_t len, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT(STRBUF_LARGE);
	fleet_encode(fleet, &again);
	if (again.len == len && memcmp(strbuf_text(&again), text, len) == 0)
		return true;
	return error_set(err, ERR_INVALID, "it is not as seatshift writes a fleet: it was edited");
}

bool fleet_decode(const char *text, size_t len, struct arena *out, struct fleet *ret_fleet, struct error *err)
{
	struct reading r = {.out = out};
	const struct json_lines_reader reader = {read_member, read_item, &r};
	if (!json_lines_read(text, len, &reader, err) || !check(&r, err) ||
	    !check_canonical(&r.fleet, text, len, err))
		return false;
	*ret_fleet = r.fleet;
	return true;
}

/* ---- asking --------------------------------------------------------------------------------- */

int64_t fleet_failed_allowed(const struct fleet *fleet)
{
	enum { PER_CENT = 100 };
	if (!fleet->max_failed.given)
		return -1;
	if (!fleet->max_failed.is_percent)
		return fleet->max_failed.value;
	return fleet->max_failed.value * (int64_t)fleet->members.count / PER_CENT;
}

bool fleet_find_wave(const struct fleet *fleet, const char *name, struct arena *out, size_t *ret_wave,
		     struct error *err)
{
	struct str_list names = {0};
	for (size_t i = 0; i < fleet->waves.count; i++) {
		VEC_PUSH(out, &names, fleet->waves.items[i].name);
		*ret_wave = i;
		if (str_eq(fleet->waves.items[i].name, name))
			return true;
	}
	error_set(err, ERR_INVALID, "fleet %s has no wave '%s'", fleet->id, quote_terminal(out, name));
	return error_hint(err, "Its waves: %s.", str_list_join(out, &names, ", "));
}
