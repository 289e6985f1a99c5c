/* Licence details of a few people, in batches: what state each service plan of theirs is in. */
#include "providers/graph/read/reader.h"
#include "providers/graph/read/resources.h"
#include "providers/graph/wire/batch.h"

struct details_batch {
	struct reader *reader;
	const struct str_list *ids;
	size_t first;
};

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
	const struct details_batch *batch = ctx;
	struct reader *r = batch->reader;
	/* Whoever is gone has no licences. */
	if ((reply->status == 404 && reply->outcome == GRAPH_REFUSED) || !reader_accept(r, reply))
		return;
	const char *user_id = arena_strdup(r->out, batch->ids->items[batch->first + index]);
	JSON_EACH (item, json_get(reply->body, "value"))
		take_license(r, user_id, item);
}

static void on_batch_done(void *ctx)
{
	const struct details_batch *batch = ctx;
	batch->reader->pending--;
}

void read_license_details(struct reader *r)
{
	const struct str_list *ids = reader_distinct(r, &r->scope->details_of);
	for (size_t first = 0; first < ids->count; first += BATCH_MAX) {
		struct details_batch *batch = arena_alloc(r->tmp, sizeof *batch);
		*batch = (struct details_batch){r, ids, first};
		CLEANUP(arena_freep) struct arena *urls = arena_new();
		struct batch_part parts[BATCH_MAX] = {0};
		size_t count = ids->count - first < BATCH_MAX ? ids->count - first : BATCH_MAX;
		for (size_t i = 0; i < count; i++)
			parts[i] = (struct batch_part){
				HTTP_GET, license_details_url(urls, ids->items[first + i]), NULL};
		r->pending++;
		batch_send(r->conn, &(struct batch){.parts = parts,
						    .count = count,
						    .part = on_details,
						    .done = on_batch_done,
						    .ctx = batch});
	}
}
