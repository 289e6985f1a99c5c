/* What a key brought, as the journal keeps it. */
#include "plans/saved/journal_found.h"

#include "core/str.h"

static void put_subscription(const struct subscription *s, struct json_writer *w)
{
	json_begin_object(w);
	json_set_given(w, "created", s->created);
	json_set_given(w, "ends", s->next_lifecycle);
	json_set_text(w, "id", s->id);
	json_set_given(w, "part_number", s->part_number);
	json_set_int(w, "seats", s->seats);
	json_set_text(w, "sku", s->sku_id);
	json_end_object(w);
}

void journal_found_put(const struct journal_found *found, struct json_writer *w)
{
	json_begin_object(w);
	json_set_given(w, "distributor", found->distributor);
	json_set_given(w, "order", found->order);
	json_put_key(w, "subscriptions");
	json_begin_array(w);
	for (size_t i = 0; i < found->subscriptions.count; i++)
		put_subscription(&found->subscriptions.items[i], w);
	json_end_array(w);
	json_end_object(w);
}

static bool get_subscription(const struct json *object, struct arena *out, struct subscription *ret)
{
	struct subscription s = {
		.created = arena_strdup(out, json_get_text(object, "created")),
		.next_lifecycle = arena_strdup(out, json_get_text(object, "ends")),
		.id = arena_strdup(out, json_get_text(object, "id")),
		.part_number = arena_strdup(out, json_get_text(object, "part_number")),
		.sku_id = arena_strdup(out, json_get_text(object, "sku")),
		.status = SUBSCRIPTION_ENABLED,
		.status_text = "Enabled", /* nothing else is found */
	};
	if (!s.id || !s.sku_id || !json_int(json_get(object, "seats"), &s.seats))
		return false;
	*ret = s;
	return true;
}

bool journal_found_get(const struct json *object, struct arena *out, struct journal_found *ret_found)
{
	struct journal_found found = {
		.distributor = arena_strdup(out, json_get_text(object, "distributor")),
		.order = arena_strdup(out, json_get_text(object, "order")),
	};
	const struct json *array = json_get(object, "subscriptions");
	if (json_type(array) != JSON_ARRAY)
		return false;
	JSON_EACH (member, array) {
		struct subscription s;
		if (!get_subscription(member, out, &s))
			return false;
		VEC_PUSH(out, &found.subscriptions, s);
	}
	*ret_found = found;
	return found.subscriptions.count > 0;
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
