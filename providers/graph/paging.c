/* A whole collection, page after page. */
#include "providers/graph/paging.h"

#include <string.h>

enum { MAX_PAGES = 100000, MAX_RESTARTS = 3 };

struct listing {
	struct graph_conn *conn;
	struct paging paging;
	struct arena *arena;
	char *link; /* of the page being read; owned */
	int pages, restarts;
};

static void next_page(struct listing *listing);

static void finish(struct listing *listing, const struct graph_reply *reply)
{
	listing->paging.done(listing->paging.ctx, reply);
	mem_free_text(&listing->link);
	struct arena *arena = listing->arena;
	arena_free(arena);
}

static void fail(struct listing *listing, const struct graph_reply *reply, struct error *err)
{
	struct graph_reply failed = *reply;
	failed.outcome = GRAPH_LOST;
	failed.err = err;
	finish(listing, &failed);
	error_release(err);
}

static bool take_items(struct listing *listing, const struct json *body, struct error *err)
{
	const struct json *items = json_get(body, "value");
	if (json_type(items) != JSON_ARRAY)
		return error_set(err, ERR_REMOTE, "unexpected answer: 'value' is not an array");
	JSON_EACH (item, items)
		if (!listing->paging.item(listing->paging.ctx, item, err))
			return false;
	return true;
}

/* True when there is a next page; its link then replaces the old one. */
static bool take_link(struct listing *listing, const struct json *body, struct error *err)
{
	const char *link = json_get_text(body, "@odata.nextLink");
	if (!link)
		return false;
	if (str_eq(link, listing->link) || ++listing->pages > MAX_PAGES) {
		error_set(err, ERR_INCOMPLETE, "the listing does not end: %s",
			  listing->pages > MAX_PAGES ? "too many pages"
						     : "a page names itself as the next");
		return false;
	}
	char *copy = mem_strdup(link);
	mem_free_text(&listing->link);
	listing->link = copy;
	return true;
}

static bool is_expired(const struct graph_reply *reply)
{
	const char *code = reply->err ? reply->err->remote_code : NULL;
	return reply->status == 400 && str_eq(code, "Directory_ExpiredPageToken");
}

static void on_page(void *ctx, const struct graph_reply *reply)
{
	struct listing *listing = ctx;
	struct error err = ERROR_INIT;
	if (is_expired(reply) && listing->restarts++ < MAX_RESTARTS) {
		if (listing->paging.restart)
			listing->paging.restart(listing->paging.ctx);
		mem_free_text(&listing->link);
		listing->link = mem_strdup(listing->paging.url);
		listing->pages = 0;
		next_page(listing);
		return;
	}
	if (reply->outcome != GRAPH_OK) {
		finish(listing, reply);
		return;
	}
	if (!take_items(listing, reply->body, &err)) {
		fail(listing, reply, &err);
		return;
	}
	if (take_link(listing, reply->body, &err))
		next_page(listing);
	else if (err.code)
		fail(listing, reply, &err);
	else
		finish(listing, reply);
}

static void next_page(struct listing *listing)
{
	graph_send(listing->conn, &(struct graph_request){.method = HTTP_GET, .url = listing->link},
		   on_page, listing);
}

void paging_start(struct graph_conn *conn, const struct paging *paging)
{
	struct arena *arena = arena_new();
	struct listing *listing = arena_alloc(arena, sizeof *listing);
	*listing = (struct listing){.conn = conn, .paging = *paging, .arena = arena};
	listing->paging.url = arena_strdup(arena, paging->url);
	listing->link = mem_strdup(paging->url);
	next_page(listing);
}
