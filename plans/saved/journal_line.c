/* One line of a journal. */
#include "plans/saved/journal_line.h"

#include "core/product_key.h"
#include "plans/saved/journal_found.h"
#include "plans/saved/journal_group.h"
#include "plans/saved/plan_file.h"

static const char *const event_names[] = {
	[JOURNAL_RUN_BEGIN] = "run-begin", [JOURNAL_WRITE] = "write",	    [JOURNAL_ENDED] = "ended",
	[JOURNAL_WAITING] = "waiting",	   [JOURNAL_EVIDENCE] = "evidence", [JOURNAL_NOTE] = "note",
	[JOURNAL_RUN_END] = "run-end",	   [JOURNAL_UNDONE] = "undone",
};
_Static_assert(ARRAY_LEN(event_names) == JOURNAL_EVENT_COUNT, "one row per event");

const char *journal_event_name(enum journal_event event)
{
	return event_names[event];
}

static bool find_name(const char *const *names, size_t count, const char *name, size_t *ret_index)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(names[i], name)) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

/* One member of an entry (or of its evidence) that is a text. Rows are in the canonical order of keys. */
struct text_member {
	const char *key;
	size_t offset;
};

static const struct text_member evidence_members[] = {
	{"agent", offsetof(struct evidence, agent)},
	{"case_number", offsetof(struct evidence, case_number)},
	{"done_on", offsetof(struct evidence, done_on)},
	{"note", offsetof(struct evidence, note)},
};

static const char *text_at(const void *object, size_t offset)
{
	return *(const char *const *)(const void *)((const char *)object + offset);
}

static bool has_evidence(const struct evidence *evidence)
{
	return evidence->case_number || evidence->agent || evidence->note || evidence->done_on;
}

void journal_line_texts(const struct journal_entry *entry, struct arena *out, struct str_list *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(evidence_members); i++) {
		const char *text = text_at(&entry->evidence, evidence_members[i].offset);
		if (text)
			VEC_PUSH(out, ret, text);
	}
	if (entry->by)
		VEC_PUSH(out, ret, entry->by);
}

static void encode_evidence(struct json_writer *w, const struct evidence *evidence)
{
	json_put_key(w, "evidence");
	json_begin_object(w);
	for (size_t i = 0; i < ARRAY_LEN(evidence_members); i++)
		json_set_given(w, evidence_members[i].key, text_at(evidence, evidence_members[i].offset));
	json_end_object(w);
}

void journal_line_encode(struct strbuf *line, const struct journal_entry *entry, const char *prev)
{
	struct json_writer w = JSON_WRITER(line);
	json_begin_object(&w);
	if (entry->actions.count)
		json_set_texts(&w, "actions", &entry->actions);
	json_set_text(&w, "at", entry->at);
	json_set_given(&w, "by", entry->by);
	json_set_given(&w, "customer", entry->head.customer);
	json_set_given(&w, "detail", entry->detail);
	json_set_given(&w, "digest", entry->head.digest);
	json_set_given(&w, "ends", entry->ends);
	json_set_text(&w, "event", event_names[entry->event]);
	if (has_evidence(&entry->evidence))
		encode_evidence(&w, &entry->evidence);
	json_set_given(&w, "format", entry->head.digest ? JOURNAL_FORMAT : NULL);
	if (entry->found.subscriptions.count) {
		json_put_key(&w, "found");
		journal_found_put(&entry->found, &w);
	}
	if (entry->group.unserved.count) {
		json_put_key(&w, "group");
		journal_group_put(&entry->group, &w);
	}
	json_set_given(&w, "outcome", entry->outcome);
	json_set_text(&w, "prev", *prev ? prev : NULL);
	json_set_given(&w, "run", entry->run);
	json_set_int(&w, "seq", entry->seq);
	json_set_given(&w, "tenant", entry->head.tenant);
	json_set_given(&w, "undone_by", entry->undone_by);
	json_end_object(&w);
}

static bool decode_evidence(const struct json *object, struct arena *out, struct evidence *ret)
{
	struct evidence evidence = {0};
	for (size_t i = 0; i < ARRAY_LEN(evidence_members); i++) {
		const char *text = json_get_text(object, evidence_members[i].key);
		char *member = (char *)&evidence + evidence_members[i].offset;
		*(const char **)(void *)member = arena_strdup(out, text);
	}
	*ret = evidence;
	return json_type(object) == JSON_OBJECT;
}

static bool decode_texts(const struct json *array, struct arena *out, struct str_list *ret)
{
	struct str_list texts = {0};
	if (json_type(array) != JSON_ARRAY)
		return false;
	JSON_EACH (member, array) {
		if (!json_text(member))
			return false;
		VEC_PUSH(out, &texts, arena_strdup(out, json_text(member)));
	}
	*ret = texts;
	return true;
}

bool journal_line_decode(const struct json *root, struct arena *out, struct journal_entry *ret)
{
	struct journal_entry entry = {
		.head = {.customer = arena_strdup(out, json_get_text(root, "customer")),
			 .digest = arena_strdup(out, json_get_text(root, "digest")),
			 .tenant = arena_strdup(out, json_get_text(root, "tenant"))},
		.at = arena_strdup(out, json_get_text(root, "at")),
		.by = arena_strdup(out, json_get_text(root, "by")),
		.detail = arena_strdup(out, json_get_text(root, "detail")),
		.ends = arena_strdup(out, json_get_text(root, "ends")),
		.outcome = arena_strdup(out, json_get_text(root, "outcome")),
		.run = arena_strdup(out, json_get_text(root, "run")),
		.undone_by = arena_strdup(out, json_get_text(root, "undone_by")),
	};
	size_t event;
	int64_t at_ms;
	if (!find_name(event_names, JOURNAL_EVENT_COUNT, json_get_text(root, "event"), &event) || !entry.at ||
	    !timestamp_parse(entry.at, &at_ms) || !json_int(json_get(root, "seq"), &entry.seq))
		return false;
	entry.event = (enum journal_event)event;
	if (entry.event == JOURNAL_UNDONE ? !plan_id_is_whole(entry.undone_by) : entry.undone_by != NULL)
		return false;
	const struct json *actions = json_get(root, "actions");
	if (actions && !decode_texts(actions, out, &entry.actions))
		return false;
	const struct json *evidence = json_get(root, "evidence");
	if (evidence && !decode_evidence(evidence, out, &entry.evidence))
		return false;
	const struct json *found = json_get(root, "found");
	if (found && !journal_found_get(found, out, &entry.found))
		return false;
	const struct json *group = json_get(root, "group");
	if (group && !journal_group_get(group, out, &entry.group))
		return false;
	*ret = entry;
	return true;
}
