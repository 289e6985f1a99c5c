/* The field table of the fleet's file, fleet.yaml. */
#include "plans/desired/desired_fields.h"
#include "plans/desired/fleet_file.h"

#include <string.h>

static const char *const until_words[] = {"moved", "done", NULL};
static const char wave_shape[] = "^[a-z0-9-]{1,63}$";

const char *wave_until_name(enum wave_until until)
{
	return until_words[until];
}

bool wave_until_parse(const char *name, enum wave_until *ret_until)
{
	for (int i = UNTIL_MOVED; i <= UNTIL_DONE; i++) {
		if (!str_eq(name, until_words[i]))
			continue;
		*ret_until = (enum wave_until)i;
		return true;
	}
	return false;
}

static bool pattern_is_good(const char *text)
{
	enum { NAME_MAX_LEN = 63 };
	size_t len = strlen(text);
	return len && len <= NAME_MAX_LEN && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-*?") == len;
}

static void read_patterns(struct field_reader *reader, const struct node *node, const struct field *field,
			  void *target)
{
	struct name_pattern_list *list = (void *)((char *)target + field->offset);
	if (!field_expect(reader, node, NODE_SEQUENCE))
		return;
	if (!node->first)
		field_error(reader, SS110, node, "'%s' is empty", field->name)->help =
			"Name a customer, write \"*\" for all, or leave the key out.";
	NODE_EACH (item, node) {
		const char *text = field_text(reader, item);
		if (text && !pattern_is_good(text))
			field_error(reader, SS110, item, "'%s' is neither a customer's name nor a pattern",
				    text)
				->help =
				"Small letters, digits and '-'; * stands for any of them and ? for one.";
		else if (text)
			VEC_PUSH(reader->out, list, (struct name_pattern){text, field_place(reader, item)});
	}
}

static void schema_patterns(const struct field *field, struct json_writer *w)
{
	json_begin_object(w);
	json_set_text(w, "description", field->summary);
	json_put_key(w, "items");
	json_begin_object(w);
	json_set_text(w, "pattern", "^[a-z0-9*?-]{1,63}$");
	json_set_text(w, "type", "string");
	json_end_object(w);
	json_set_int(w, "minItems", 1);
	json_set_text(w, "type", "array");
	json_end_object(w);
}

/* ---- the table ------------------------------------------------------------------------------ */

static const struct field select_fields[] = {
	FIELD(struct fleet_file, customers, "customers", FIELD_CUSTOM, 0, .read = read_patterns,
	      .schema = schema_patterns, .summary = "Names of customers, or patterns of names."),
	FIELD(struct fleet_file, labels, "labels", FIELD_CUSTOM, 0, .read = field_read_labels,
	      .schema = field_schema_labels, .summary = "Labels that a customer must have, all of them."),
	{0},
};

static const struct field wave_fields[] = {
	FIELD(struct fleet_wave, name, "name", FIELD_TEXT, FIELD_REQUIRED, .pattern = wave_shape,
	      .place_offset = offsetof(struct fleet_wave, place),
	      .summary = "The wave's name: small letters, digits and '-', at most 63."),
	FIELD(struct fleet_wave, customers, "customers", FIELD_CUSTOM, 0, .read = read_patterns,
	      .schema = schema_patterns, .summary = "Names of customers, or patterns of names."),
	FIELD(struct fleet_wave, labels, "labels", FIELD_CUSTOM, 0, .read = field_read_labels,
	      .schema = field_schema_labels, .summary = "Labels that a customer must have, all of them."),
	FIELD(struct fleet_wave, share, "share", FIELD_CUSTOM, 0, .read = field_read_limit,
	      .schema = field_schema_limit,
	      .summary = "At most so many: a count, or a percentage of the whole fleet."),
	FIELD(struct fleet_wave, until, "until", FIELD_ENUM, 0, .words = until_words,
	      .summary = "How far its customers have to be before the next wave begins."),
	FIELD(struct fleet_wave, soak_ms, "soak", FIELD_CUSTOM, 0, .read = field_read_duration,
	      .pattern = "^[0-9]+[smhd]$", .summary = "How long the next wave waits after that."),
	{0},
};

const struct field fleet_fields[] = {
	FIELD_FILE_VERSION,
	{.name = "select",
	 .type = FIELD_STRUCT,
	 .fields = select_fields,
	 .summary = "Which customers; both, where both are given."},
	FIELD(struct fleet_file, waves, "waves", FIELD_LIST, FIELD_NOT_EMPTY, .fields = wave_fields,
	      .item_size = sizeof(struct fleet_wave),
	      .place_offset = offsetof(struct fleet_file, waves_place),
	      .summary = "Who comes when, in this order."),
	FIELD(struct fleet_file, max_failed, "max_failed", FIELD_CUSTOM, 0, .read = field_read_limit,
	      .schema = field_schema_limit,
	      .summary = "When more customers than this have failed, nothing new begins."),
	FIELD(struct fleet_file, parallel, "parallel", FIELD_INT, 0, .min = 1, .max = FLEET_PARALLEL_MAX,
	      .summary = "How many customers are under way at once."),
	FIELD(struct fleet_file, per_day, "per_day", FIELD_INT, 0, .min = 1, .max = 1000000,
	      .summary = "How many customers begin on one day at most."),
	{0},
};
