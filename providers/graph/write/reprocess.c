/* Asks the service to process what groups hand out to people again. */
#include "providers/graph/write/reprocess.h"

#include "core/quote.h"
#include "providers/graph/wire/batch.h"
#include "providers/graph/write/refusal.h"

enum { WAIT_MS = 1000 };

struct asking {
	const struct reprocess_request *request;
	struct arena *out;
	struct reprocessed *ret;
	size_t pending; /* batches under way */
	struct error err;
};

static void on_asked(void *ctx, size_t index, const struct graph_reply *reply)
{
	struct asking *a = ctx;
	(void)index;
	if (reply->outcome == GRAPH_OK)
		a->ret->asked++;
	else if (reply->outcome == GRAPH_UNSENT && !a->err.code)
		graph_error_copy(reply->err, &a->err);
	else if (reply->status == 403)
		a->ret->is_forbidden = true;
	else if (reply->outcome == GRAPH_REFUSED && !a->ret->refusal)
		a->ret->refusal = refusal_text(a->request->action, reply, a->out);
}

static void on_batch_done(void *ctx)
{
	struct asking *a = ctx;
	a->pending--;
}

static void send(struct asking *a, size_t first, size_t count)
{
	CLEANUP(arena_freep) struct arena *urls = arena_new();
	struct batch_part parts[BATCH_MAX] = {0};
	for (size_t i = 0; i < count; i++) {
		const char *id = a->request->user_ids->items[first + i];
		parts[i].method = HTTP_POST;
		parts[i].url =
			arena_printf(urls, "/users/%s/reprocessLicenseAssignment", quote_url(urls, id));
	}
	a->pending++;
	batch_send(a->request->conn, &(struct batch){.parts = parts,
						     .count = count,
						     .is_write = true,
						     .part = on_asked,
						     .done = on_batch_done,
						     .ctx = a});
}

static void notice_stop(struct asking *a)
{
	if (a->err.code || !a->request->should_stop || !a->request->should_stop(a->request->stop_ctx))
		return;
	error_set(&a->err, ERR_INTERRUPTED, "stopped while people's licences were to be processed again");
	http_client_set_stopped(a->request->conn->client, true);
}

bool reprocess_people(const struct reprocess_request *request, struct arena *out, struct reprocessed *ret,
		      struct error *err)
{
	struct asking a = {.request = request, .out = out, .ret = ret};
	*ret = (struct reprocessed){0};
	for (size_t first = 0; first < request->user_ids->count && !a.err.code && !ret->is_forbidden;) {
		const size_t left = request->user_ids->count - first;
		const size_t count = left < BATCH_MAX ? left : BATCH_MAX;
		send(&a, first, count);
		first += count;
		while (a.pending) {
			notice_stop(&a);
			http_client_drive(request->conn->client, WAIT_MS);
		}
	}
	http_client_set_stopped(request->conn->client, false);
	if (!a.err.code)
		return true;
	error_move(err, &a.err);
	return false;
}
