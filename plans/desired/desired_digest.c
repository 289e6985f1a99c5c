/*
 * The meaning of a customer file: sorted, and as a digest over canonical JSON.
 *
 * Everything that a plan could depend on is in it, defaults filled in, CSV rows included; the file's
 * comments, the order of keys and lists, and the lines on which things stand are not.
 */
#include "core/digest.h"
#include "core/json.h"
#include "plans/desired/desired_fields.h"

#include <stdlib.h>

/* ---- order ---------------------------------------------------------------------------------- */

static int compare_text(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

/* First as people compare names, then by bytes, so that the order never depends on the file's. */
static int compare_name(const char *a, const char *b)
{
	int order = a && b ? str_cmp_fold(a, b) : 0;
	return order ? order : compare_text(a, b);
}

static int compare_lists(const struct str_list *a, const struct str_list *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		int order = compare_text(a->items[i], b->items[i]);
		if (order)
			return order;
	}
	return (a->count > b->count) - (a->count < b->count);
}

static int compare_entries(const void *left, const void *right)
{
	const struct user_entry *a = left;
	const struct user_entry *b = right;
	int order = (a->kind > b->kind) - (a->kind < b->kind);
	if (!order)
		order = compare_name(a->upn, b->upn);
	if (!order)
		order = compare_name(a->group, b->group);
	if (!order)
		order = compare_name(a->csv, b->csv);
	if (!order)
		order = compare_text(a->usage_location, b->usage_location);
	if (!order)
		order = compare_lists(&a->disable, &b->disable);
	return order ? order : (int)a->lose_mailbox - (int)b->lose_mailbox;
}

static int compare_moves(const void *left, const void *right)
{
	const struct move *a = left;
	const struct move *b = right;
	int order = compare_name(a->open_sku, b->open_sku);
	if (!order)
		order = compare_name(a->advisor_sku, b->advisor_sku);
	if (!order)
		order = compare_text(a->advisor_subscription, b->advisor_subscription);
	return order;
}

static void sort_entries(struct user_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		str_list_sort_unique(&entries[i].disable);
	if (count)
		qsort(entries, count, sizeof *entries, compare_entries);
}

static void sort_users(struct user_entry_list *users, struct arena *out)
{
	for (size_t i = 0; i < users->count; i++) {
		struct user_entry *entry = &users->items[i];
		if (!entry->row_count)
			continue;
		struct user_entry *rows = arena_dup(out, entry->rows, entry->row_count * sizeof *rows);
		sort_entries(rows, entry->row_count);
		entry->rows = rows;
	}
	sort_entries(users->items, users->count);
}

void desired_sort(struct desired *desired, struct arena *out)
{
	for (size_t i = 0; i < desired->moves.count; i++) {
		sort_users(&desired->moves.items[i].users, out);
		str_list_sort_unique(&desired->moves.items[i].except);
	}
	str_list_sort_unique(&desired->canary);
	str_list_sort_unique(&desired->renewing);
	str_list_sort_unique(&desired->lost_services);
	qsort(desired->moves.items, desired->moves.count, sizeof *desired->moves.items, compare_moves);
}

/* ---- canonical form ------------------------------------------------------------------------- */

static void set_given(struct json_writer *w, const char *key, const char *text)
{
	if (text)
		json_set_text(w, key, text);
}

/* Only what an entry has: there may be very many. Which of the keys it has tells its kind. */
static void write_entry(struct json_writer *w, const struct user_entry *entry)
{
	json_begin_object(w);
	set_given(w, "csv", entry->csv);
	if (entry->disable.count)
		json_set_texts(w, "disable", &entry->disable);
	set_given(w, "group", entry->group);
	if (entry->nested == NESTED_IGNORE)
		json_set_text(w, "nested", "ignore");
	if (entry->lose_mailbox)
		json_set_bool(w, "lose_mailbox", true);
	if (entry->row_count) {
		json_put_key(w, "rows");
		json_begin_array(w);
		for (size_t i = 0; i < entry->row_count; i++)
			write_entry(w, &entry->rows[i]);
		json_end_array(w);
	}
	set_given(w, "upn", entry->upn);
	set_given(w, "usage_location", entry->usage_location);
	json_end_object(w);
}

static void write_advisor(struct json_writer *w, const struct move *move)
{
	json_put_key(w, "advisor");
	if (!move->has_advisor) {
		json_put_null(w);
		return;
	}
	json_begin_object(w);
	json_set_text(w, "cancel_by", cancel_names[move->cancel_by]);
	json_set_text(w, "retire_by", move->retire_by);
	json_set_text(w, "sku", move->advisor_sku);
	json_set_text(w, "subscription", move->advisor_subscription);
	json_end_object(w);
}

static void write_open(struct json_writer *w, const struct move *move)
{
	json_put_key(w, "key");
	json_begin_object(w);
	json_set_texts(w, "command", &move->key_command);
	json_set_text(w, "ends_in", move->key_ends_in);
	json_set_text(w, "env", move->key_env);
	json_set_text(w, "file", move->key_file);
	json_end_object(w);
	json_set_text(w, "open_sku", move->open_sku);
	json_put_key(w, "order");
	json_begin_object(w);
	json_set_text(w, "distributor", move->distributor);
	json_set_text(w, "placed_on", move->placed_on);
	json_set_text(w, "reference", move->order_reference);
	json_end_object(w);
	/* Left out where they say what holds anyway: a file from before there were programmes means the same.
	 */
	if (move->programme != PROGRAMME_OPEN_LICENSE)
		json_set_text(w, "programme", programme_names[move->programme]);
	set_given(w, "provisioned_by", move->provisioned_by);
	json_set_text(w, "redeem_as", redeem_as_name(move->redeem_as));
	set_given(w, "return_until", move->return_until);
	json_set_int(w, "seats", move->seats);
}

static void write_move(struct json_writer *w, const struct move *move)
{
	json_begin_object(w);
	write_advisor(w, move);
	if (move->arrives_by != programme_of(move->programme)->arrives)
		json_set_text(w, "arrives_by", arrival_names[move->arrives_by]);
	json_set_texts(w, "except", &move->except);
	write_open(w, move);
	json_set_text(w, "unlisted", unlisted_words[move->unlisted]);
	json_put_key(w, "users");
	json_begin_array(w);
	for (size_t i = 0; i < move->users.count; i++)
		write_entry(w, &move->users.items[i]);
	json_end_array(w);
	json_end_object(w);
}

static void write_tenant(struct json_writer *w, const struct desired *desired)
{
	json_put_key(w, "tenant");
	json_begin_object(w);
	json_set_text(w, "domain", desired->tenant_domain);
	json_set_text(w, "id", desired->tenant_id);
	json_set_text(w, "name", desired->tenant_name);
	json_end_object(w);
}

/* Not there when nothing is accepted, so that files without it keep their digests. */
static void write_accept(struct json_writer *w, const struct desired *desired)
{
	if (!desired->unread_holders && !desired->renewing.count && !desired->lost_services.count)
		return;
	json_put_key(w, "accept");
	json_begin_object(w);
	if (desired->lost_services.count)
		json_set_texts(w, "lost_services", &desired->lost_services);
	if (desired->renewing.count)
		json_set_texts(w, "renewing", &desired->renewing);
	if (desired->unread_holders)
		json_set_int(w, "unread_holders", desired->unread_holders);
	json_end_object(w);
}

static void write_agreement(struct json_writer *w, const struct desired *desired)
{
	json_put_key(w, "agreement");
	json_begin_object(w);
	json_set_text(w, "agreed_by", desired->agreed_by);
	json_set_text(w, "agreed_on", desired->agreed_on);
	json_set_text(w, "note", desired->agreement_note);
	json_set_text(w, "reason", desired->agreement_reason);
	json_end_object(w);
}

void desired_digest(struct desired *desired)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	struct json_writer w = JSON_WRITER(&buf);
	json_begin_object(&w);
	write_accept(&w, desired);
	write_agreement(&w, desired);
	json_set_texts(&w, "canary", &desired->canary);
	json_set_bool(&w, "cancel_first", desired->cancel_first);
	json_set_text(&w, "customer", desired->customer);
	json_set_bool(&w, "enable_all_services", desired->enable_all_services);
	json_set_text(&w, "format", "seatshift-desired/1");
	json_put_key(&w, "limits");
	limits_write(&w, &desired->limits);
	json_put_key(&w, "moves");
	json_begin_array(&w);
	for (size_t i = 0; i < desired->moves.count; i++)
		write_move(&w, &desired->moves.items[i]);
	json_end_array(&w);
	write_tenant(&w, desired);
	json_set_text(&w, "usage_location", desired->default_usage_location);
	json_end_object(&w);
	digest_text(buf.ptr, buf.len, desired->digest);
}
