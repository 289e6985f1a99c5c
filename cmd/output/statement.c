/* What is known of one plan, as an in-toto Statement. Pure: bytes from plain data. */
#include "cmd/output/statement.h"

#include "core/digest.h"
#include "plans/saved/replay.h"

#include <string.h>

/* A ResourceDescriptor: a name, and the digest that it must have. */
static void put_resource(struct json_writer *w, const char *name, const char *hex)
{
	json_begin_object(w);
	json_put_key(w, "digest");
	json_begin_object(w);
	json_set_text(w, "sha256", hex);
	json_end_object(w);
	json_set_text(w, "name", name);
	json_end_object(w);
}

static void put_approvals(struct json_writer *w, const struct approval_report *report)
{
	json_put_key(w, "approvals");
	json_begin_array(w);
	for (size_t i = 0; i < report->items.count; i++) {
		const struct approval_item *item = &report->items.items[i];
		char at[TIMESTAMP_TEXT_SIZE];
		timestamp_format(item->approval.approved_ms, at);
		json_begin_object(w);
		json_set_text(w, "approved_at", item->approval.approver ? at : NULL);
		json_set_text(w, "approver", item->approval.approver);
		json_set_text(w, "commit", item->commit);
		json_set_bool(w, "counts", item->verdict == APPROVAL_COUNTS);
		json_set_text(w, "fleet", item->fleet);
		json_set_text(w, "key", item->key);
		json_set_text(w, "message", item->message);
		json_end_object(w);
	}
	json_end_array(w);
}

static int64_t count_open(const struct replay *replay)
{
	int64_t open = 0;
	for (size_t i = 0; i < replay->count; i++)
		open += !replay->results[i].ended;
	return open;
}

/* What the journal says was done; null where there is none. */
static void put_run(const struct statement *s, struct json_writer *w, struct arena *tmp)
{
	const struct replay replay = replay_new(&s->folder->plan, s->entries, tmp);
	const size_t count = s->entries->count;
	json_put_key(w, "run");
	if (!count) {
		json_put_null(w);
		return;
	}
	json_begin_object(w);
	json_set_int(w, "actions", (int64_t)replay.count);
	json_set_text(w, "begun_at", s->entries->items[0].at);
	json_set_bool(w, "done", replay_all_ended_well(&replay));
	json_set_int(w, "entries", (int64_t)count);
	json_set_text(w, "last_at", s->entries->items[count - 1].at);
	json_set_int(w, "open", count_open(&replay));
	json_end_object(w);
}

static void put_materials(struct json_writer *w, const struct evidence_list *materials)
{
	json_put_key(w, "materials");
	json_begin_array(w);
	for (size_t i = 0; i < materials->count; i++) {
		char hex[SHA256_TEXT_SIZE];
		sha256_hex(materials->items[i].content.ptr, materials->items[i].content.len, hex);
		put_resource(w, materials->items[i].path, hex);
	}
	json_end_array(w);
}

static void put_predicate(const struct statement *s, struct json_writer *w, struct arena *tmp)
{
	const struct plan *plan = &s->folder->plan;
	json_put_key(w, "predicate");
	json_begin_object(w);
	put_approvals(w, s->approvals);
	json_set_text(w, "commit", s->commit);
	json_set_text(w, "customer", plan->customer);
	put_materials(w, s->materials);
	json_set_text(w, "plan", s->folder->id);
	put_run(s, w, tmp);
	json_put_key(w, "tenant");
	json_begin_object(w);
	json_set_text(w, "domain", plan->tenant_domain);
	json_set_text(w, "id", plan->tenant_id);
	json_end_object(w);
	json_end_object(w);
}

void statement_write(const struct statement *s, struct arena *tmp, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);
	json_begin_object(&w);
	json_set_text(&w, "_type", STATEMENT_TYPE);
	put_predicate(s, &w, tmp);
	json_set_text(&w, "predicateType", STATEMENT_PREDICATE);
	json_put_key(&w, "subject");
	json_begin_array(&w);
	put_resource(&w, "plan.json", s->folder->digest + strlen("sha256:"));
	json_end_array(&w);
	json_end_object(&w);
	strbuf_add(out, "\n");
}
