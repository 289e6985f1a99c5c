/* Licence details of a few people, in batches: what state each service plan of theirs is in. */
#include "providers/graph/read/reader.h"
#include "providers/graph/read/resources.h"

/* A licence is a SKU's row, with the person's own states. */
static void take_license(struct reader *r, const char *user_id, const struct json *item)
{
	struct sku sku = {0};
	struct error err = ERROR_INIT;
	if (!license_details_from_json(item, r->out, &sku, &err))
		reader_fail(r, &err);
	error_release(&err);
	for (size_t i = 0; !r->err.code && i < sku.service_plans.count; i++)
		VEC_PUSH(r->out, &r->live->plan_states,
			 ((struct plan_state){user_id, sku.id, sku.service_plans.items[i]}));
}

static void on_details(void *ctx, size_t index, const struct graph_reply *reply)
{
	const struct reader_batch *batch = ctx;
	struct reader *r = batch->reader;
	/* Whoever is gone has no licences. */
	if ((reply->status == 404 && reply->outcome == GRAPH_REFUSED) || !reader_accept(r, reply))
		return;
	const char *user_id = arena_strdup(r->out, batch->keys->items[batch->first + index]);
	JSON_EACH (item, json_get(reply->body, "value"))
		take_license(r, user_id, item);
}

static const char *url_of(struct reader *r, struct arena *out, const char *id)
{
	(void)r;
	return license_details_url(out, id);
}

void read_license_details(struct reader *r)
{
	const struct str_list *ids = reader_distinct(r, &r->scope->details_of);
	reader_ask_each(r, &(struct reader_batch){.keys = ids, .url = url_of, .part = on_details});
}
