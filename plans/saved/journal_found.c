/* What a key brought, as the journal keeps it. */
#include "plans/saved/journal_found.h"

#include "core/fields.h"
#include "core/str.h"

static const struct field subscription_fields[] = {
	FIELD(struct subscription, created, "created", FIELD_TEXT, 0),
	FIELD(struct subscription, next_lifecycle, "ends", FIELD_TEXT, 0),
	FIELD(struct subscription, id, "id", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct subscription, part_number, "part_number", FIELD_TEXT, 0),
	FIELD(struct subscription, seats, "seats", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct subscription, sku_id, "sku", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};

static const struct field found_fields[] = {
	FIELD(struct journal_found, distributor, "distributor", FIELD_TEXT, 0),
	FIELD(struct journal_found, order, "order", FIELD_TEXT, 0),
	FIELD(struct journal_found, subscriptions, "subscriptions", FIELD_LIST, FIELD_REQUIRED,
	      .fields = subscription_fields, .item_size = sizeof(struct subscription)),
	{0},
};

void journal_found_put(const struct journal_found *found, struct json_writer *w)
{
	fields_to_json(found_fields, found, w);
}

bool journal_found_get(const struct json *object, struct arena *out, struct journal_found *ret_found)
{
	struct error err = ERROR_INIT;
	*ret_found = (struct journal_found){0};
	bool good = fields_from_file(found_fields, object, "found", out, ret_found, &err);
	error_release(&err);
	for (size_t i = 0; i < ret_found->subscriptions.count; i++) {
		ret_found->subscriptions.items[i].status = SUBSCRIPTION_ENABLED;
		ret_found->subscriptions.items[i].status_text = "Enabled"; /* nothing else is found */
	}
	return good && ret_found->subscriptions.count;
}

/* What was found later says more: seats and end are those of then. */
static void lay_over(struct live *live, const struct subscription *found, struct arena *out)
{
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		struct subscription *s = &live->subscriptions.items[i];
		if (!str_eq_fold(s->id, found->id))
			continue;
		s->seats = found->seats;
		s->next_lifecycle = found->next_lifecycle;
		return;
	}
	VEC_PUSH(out, &live->subscriptions, *found);
}

struct live journal_found_add_to(const struct live *snapshot, const struct journal_entry_list *entries,
				 struct arena *out)
{
	struct live live = *snapshot;
	live.subscriptions = (struct subscription_list){0};
	for (size_t i = 0; i < snapshot->subscriptions.count; i++)
		VEC_PUSH(out, &live.subscriptions, snapshot->subscriptions.items[i]);
	for (size_t i = 0; i < entries->count; i++)
		for (size_t j = 0; j < entries->items[i].found.subscriptions.count; j++)
			lay_over(&live, &entries->items[i].found.subscriptions.items[j], out);
	return live;
}
