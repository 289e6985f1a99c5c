/* What the twin reports of itself: counters, the state of a tenant, the log. */
#include "providers/twin/control.h"

static void put_patterns(struct call *call, struct json_writer *w)
{
	const struct twin_counter_list *list = &call->twin->counters;
	struct str_list names = {0};
	for (size_t i = 0; i < list->count; i++)
		VEC_PUSH(call->arena, &names,
			 arena_printf(call->arena, "%s %s", list->items[i].method, list->items[i].pattern));
	str_list_sort_unique(&names);
	json_begin_object(w);
	for (size_t n = 0; n < names.count; n++) {
		for (size_t i = 0; i < list->count; i++) {
			if (str_eq(names.items[n], arena_printf(call->arena, "%s %s", list->items[i].method,
								list->items[i].pattern)))
				json_set_int(w, names.items[n], list->items[i].count);
		}
	}
	json_end_object(w);
}

static void put_assigns(struct call *call, struct json_writer *w)
{
	json_begin_array(w);
	for (size_t t = 0; t < call->twin->tenants.count; t++) {
		const struct twin_tenant *tenant = call->twin->tenants.items[t];
		for (size_t i = 0; i < tenant->users.count; i++) {
			const struct twin_user *user = tenant->users.items[i];
			if (!user->assign_attempts)
				continue;
			json_begin_object(w);
			json_set_int(w, "attempts", user->assign_attempts);
			json_set_text(w, "id", user->id);
			json_set_int(w, "successes", user->assign_successes);
			json_set_text(w, "tenant", tenant->id);
			json_set_text(w, "upn", user->now->upn);
			json_end_object(w);
		}
	}
	json_end_array(w);
}

void control_counters(struct call *call)
{
	const struct twin *twin = call->twin;
	struct json_writer *w = &call->w;
	json_begin_object(w);
	json_put_key(w, "assignLicense");
	put_assigns(call, w);
	json_put_key(w, "calls");
	put_patterns(call, w);
	json_set_int(w, "parts", twin->parts);
	json_set_int(w, "peak_in_flight", twin->peak_in_flight);
	json_set_int(w, "requests", twin->requests);
	json_set_int(w, "throttled", twin->throttled);
	json_set_int(w, "tokens", twin->tokens_issued);
	json_set_int(w, "writes", twin->writes);
	json_end_object(w);
}

static void put_assignment(struct json_writer *w, const struct twin_assignment *a)
{
	json_begin_object(w);
	json_set_texts(w, "disabled", &a->disabled);
	json_set_text(w, "error", a->error);
	json_set_text(w, "group", a->group ? a->group->id : NULL);
	json_set_text(w, "part_number", a->sku->part_number);
	json_set_text(w, "sku", a->sku->id);
	json_set_text(w, "state", a->state);
	json_end_object(w);
}

static void put_user(struct json_writer *w, const struct twin_user *user)
{
	json_begin_object(w);
	json_set_bool(w, "deleted", user->now->deleted_ms >= 0);
	json_set_bool(w, "enabled", user->now->enabled);
	json_set_text(w, "id", user->id);
	json_put_key(w, "licenses");
	json_begin_array(w);
	for (size_t i = 0; i < user->now->assignments.count; i++)
		put_assignment(w, &user->now->assignments.items[i]);
	json_end_array(w);
	json_set_text(w, "name", user->now->display_name);
	json_set_text(w, "upn", user->now->upn);
	json_set_text(w, "usage_location", user->now->usage_location);
	json_end_object(w);
}

static void put_subscription(struct call *call, struct json_writer *w, const struct twin_subscription *s)
{
	json_begin_object(w);
	json_set_text(w, "ends", s->now->next_ms < 0 ? NULL : call_time(call->arena, s->now->next_ms));
	json_set_text(w, "id", s->id);
	json_set_bool(w, "listed", s->now->listed);
	json_set_text(w, "part_number", s->sku->part_number);
	json_set_int(w, "seats", s->now->seats);
	json_set_text(w, "sku", s->sku->id);
	json_set_text(w, "status", s->now->status);
	json_end_object(w);
}

static void put_tenant(struct call *call, struct json_writer *w, const struct twin_tenant *tenant)
{
	json_begin_object(w);
	json_set_text(w, "id", tenant->id);
	json_set_text(w, "name", tenant->name);
	json_put_key(w, "skus");
	json_begin_array(w);
	for (size_t i = 0; i < tenant->skus.count; i++) {
		const struct twin_sku *sku = tenant->skus.items[i];
		json_begin_object(w);
		json_set_int(w, "consumed", sku->consumed->value);
		json_set_int(w, "enabled", twin_seats(call->twin, tenant, sku, "Enabled", true));
		json_set_text(w, "part_number", sku->part_number);
		json_set_text(w, "sku", sku->id);
		json_end_object(w);
	}
	json_end_array(w);
	json_put_key(w, "subscriptions");
	json_begin_array(w);
	for (size_t i = 0; i < tenant->subscriptions.count; i++)
		put_subscription(call, w, tenant->subscriptions.items[i]);
	json_end_array(w);
	json_put_key(w, "users");
	json_begin_array(w);
	for (size_t i = 0; i < tenant->users.count; i++)
		put_user(w, tenant->users.items[i]);
	json_end_array(w);
	json_end_object(w);
}

/* One tenant as it is now, no lag; all of them in a list when none is named. */
void control_state(struct call *call)
{
	const char *name = call_param(call, "tenant");
	const struct twin_tenant *tenant = twin_find_tenant(call->twin, name);
	struct json_writer *w = &call->w;
	if (name && !tenant) {
		call_error(call, 400, "BadRequest", "no tenant '%s'", name);
		return;
	}
	if (tenant) {
		put_tenant(call, w, tenant);
		return;
	}
	json_begin_object(w);
	json_put_key(w, "tenants");
	json_begin_array(w);
	for (size_t i = 0; i < call->twin->tenants.count; i++)
		put_tenant(call, w, call->twin->tenants.items[i]);
	json_end_array(w);
	json_end_object(w);
}

static void put_entry(struct json_writer *w, const struct twin_log_entry *entry)
{
	json_begin_object(w);
	json_set_int(w, "at_ms", entry->at_ms);
	json_set_text(w, "client_request_id", entry->client_request_id);
	json_set_text(w, "fault", entry->fault);
	json_set_text(w, "method", entry->method);
	json_put_key(w, "parts");
	json_begin_array(w);
	for (size_t i = 0; i < entry->parts.count; i++) {
		const struct twin_log_part *part = &entry->parts.items[i];
		json_begin_object(w);
		json_set_text(w, "id", part->id);
		json_set_text(w, "method", part->method);
		json_set_text(w, "path", part->path);
		json_set_int(w, "status", part->status);
		json_end_object(w);
	}
	json_end_array(w);
	json_set_text(w, "path", entry->path);
	json_set_int(w, "status", entry->status);
	json_set_text(w, "tenant", entry->tenant);
	json_end_object(w);
}

void control_log(struct call *call)
{
	struct json_writer *w = &call->w;
	json_begin_object(w);
	json_set_int(w, "dropped", call->twin->log_dropped);
	json_put_key(w, "requests");
	json_begin_array(w);
	for (size_t i = 0; i < call->twin->log.count; i++)
		put_entry(w, &call->twin->log.items[i]);
	json_end_array(w);
	json_end_object(w);
}
