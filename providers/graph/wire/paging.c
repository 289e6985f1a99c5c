/*
 * A whole collection, page after page.
 *
 * The next page is asked for as soon as its link can be seen in the text of an answer, before that answer
 * is taken apart: reading waits for the service, not for our own work. What comes of a link seen early is
 * used only when the page that held it proved good and named the same link.
 */
#include "providers/graph/wire/paging.h"

#include "providers/graph/wire/seen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Pages may be short, and some empty; beyond the first IDLE_PAGES there is one new object to a page at least.
 */
enum { MAX_PAGES = 100000, IDLE_PAGES = 100, MAX_RESTARTS = 3 };

struct listing;
struct page {
	struct listing *listing;
	char *link; /* owned */
	int64_t asked_ms;
};

struct listing {
	struct graph_conn *conn;
	struct paging paging;
	struct arena *arena;
	struct page *current;
	struct page *ahead; /* asked for before the current one was taken; or NULL */
	struct seen *seen;  /* the ids of its items */
	int pages, restarts;
	int64_t begun_ms;
	size_t in_flight;
	bool over; /* and how: */
	enum graph_outcome outcome;
	int status;
	struct error err;
};

static void send_page(struct page *page);

static struct page *page_new(struct listing *listing, const char *link, size_t len)
{
	struct page *page = mem_alloc(sizeof *page);
	page->listing = listing;
	page->link = mem_alloc(len + 1);
	memcpy(page->link, link, len);
	return page;
}

static void page_free(struct page *page)
{
	mem_free_text(&page->link);
	free(page);
}

/* Tells the owner, once nothing is in flight any more: then no answer finds the listing gone. */
static void complete(struct listing *listing)
{
	const struct graph_reply reply = {.outcome = listing->outcome,
					  .status = listing->status,
					  .retry_after_ms = -1,
					  .err = listing->err.code ? &listing->err : NULL};
	listing->paging.done(listing->paging.ctx, &reply);
	error_release(&listing->err);
	seen_free(listing->seen);
	struct arena *arena = listing->arena;
	arena_free(arena);
}

static void finish(struct listing *listing, const struct graph_reply *reply)
{
	listing->over = true;
	listing->outcome = reply->outcome;
	listing->status = reply->status;
	if (reply->err)
		graph_error_copy(reply->err, &listing->err);
	listing->current = listing->ahead = NULL;
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
		return error_set(err, ERR_REMOTE, "unexpected answer to GET '%.*s': 'value' is not an array",
				 (int)strcspn(listing->paging.url, "?"), listing->paging.url);
	if (listing->paging.page)
		listing->paging.page(listing->paging.ctx, listing->current->asked_ms);
	bool any_new = false;
	JSON_EACH (item, items) {
		const char *id = json_get_text(item, "id");
		any_new = (id && seen_add(listing->seen, id)) || any_new;
		if (!listing->paging.item(listing->paging.ctx, item, err))
			return false;
	}
	/* A last page is an end, which is of use in any case. */
	if (any_new || !json_get(body, "@odata.nextLink"))
		http_client_note_use(listing->conn->client);
	return true;
}

static const char *endless(const struct listing *listing, const char *link)
{
	if (str_eq(link, listing->current->link))
		return "a page names itself as the next";
	if (listing->pages > MAX_PAGES)
		return "too many pages";
	if ((size_t)listing->pages > IDLE_PAGES + seen_count(listing->seen))
		return "page after page brings nothing new";
	return NULL;
}

/* Goes to the page at `link`, which may be on its way already. */
static void go_to(struct listing *listing, const char *link)
{
	struct page *ahead = listing->ahead;
	listing->ahead = NULL;
	if (ahead && str_eq(ahead->link, link)) {
		listing->current = ahead;
		return;
	}
	listing->current = page_new(listing, link, strlen(link));
	send_page(listing->current);
}

/* True when there is a next page, which is then the current one. */
static bool take_link(struct listing *listing, const struct json *body, struct error *err)
{
	const struct json *next = json_get(body, "@odata.nextLink");
	const char *link = json_text(next);
	if (!next)
		return false;
	/* There is more, and nobody can say where: what was read is not all. */
	if (!link || !*link)
		return error_set(err, ERR_INCOMPLETE, "the link to the next page of '%.*s' is not a text",
				 (int)strcspn(listing->paging.url, "?"), listing->paging.url);
	listing->pages++;
	const char *why = endless(listing, link);
	if (why)
		return error_set(err, ERR_INCOMPLETE, "the listing of '%.*s' does not end: %s",
				 (int)strcspn(listing->paging.url, "?"), listing->paging.url, why);
	go_to(listing, link);
	return true;
}

static bool is_expired(const struct graph_reply *reply)
{
	const char *code = reply->err ? reply->err->remote_code : NULL;
	return reply->status == 400 && str_eq(code, "Directory_ExpiredPageToken");
}

static void begin_again(struct listing *listing)
{
	if (listing->paging.restart)
		listing->paging.restart(listing->paging.ctx);
	listing->restarts++;
	listing->pages = 0;
	seen_free(listing->seen);
	listing->seen = seen_new();
	listing->ahead = NULL;
	go_to(listing, listing->paging.url);
}

/* Reading from the beginning has not helped: what the service says of it has no next step in it. */
static void fail_expired(struct listing *listing, const struct graph_reply *reply)
{
	struct error err = ERROR_INIT;
	int64_t spent_ms = http_client_now_ms(listing->conn->client) - listing->begun_ms;
	graph_error_copy(reply->err, &err);
	err.code = ERR_INCOMPLETE;
	(void)error_wrap(&err,
			 "the listing of '%.*s' was begun %d times in %" PRId64
			 " s, and each time its link to the next page had expired (the last time at page %d)",
			 (int)strcspn(listing->paging.url, "?"), listing->paging.url, listing->restarts + 1,
			 spent_ms / 1000, listing->pages + 1);
	(void)error_hint(&err,
			 "Such a link lives for some minutes. Read again when the service is less busy; "
			 "if it stays so, '-v' shows which answers are slow or ask to wait, and nothing "
			 "else should read the tenant meanwhile.");
	fail(listing, reply, &err);
}

static void take_page(struct listing *listing, const struct graph_reply *reply)
{
	struct error err = ERROR_INIT;
	if (is_expired(reply)) {
		if (listing->restarts < MAX_RESTARTS)
			begin_again(listing);
		else
			fail_expired(listing, reply);
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
		return;
	if (err.code)
		fail(listing, reply, &err);
	else
		finish(listing, reply);
}

static void on_page(void *ctx, const struct graph_reply *reply)
{
	struct page *page = ctx;
	struct listing *listing = page->listing;
	listing->in_flight--;
	if (page == listing->current)
		take_page(listing, reply);
	else if (page == listing->ahead)
		listing->ahead = NULL; /* it overtook the one before, which is being asked for again */
	page_free(page);
	if (listing->over && !listing->in_flight)
		complete(listing);
}

/* The link as it stands in the text; NULL when it is not there or would have to be decoded. */
static const char *find_link(const char *text, size_t len, size_t *ret_len)
{
	/* Inside a text its quotes would be escaped, so this is a key. */
	static const char key[] = "\"@odata.nextLink\":\"";
	const char *found = memmem(text, len, key, sizeof key - 1);
	if (!found)
		return NULL;
	const char *link = found + sizeof key - 1;
	const char *end = memchr(link, '"', len - (size_t)(link - text));
	if (!end || memchr(link, '\\', (size_t)(end - link)))
		return NULL;
	*ret_len = (size_t)(end - link);
	return link;
}

static void on_text(void *ctx, const char *text, size_t len)
{
	const struct page *page = ctx;
	struct listing *listing = page->listing;
	size_t link_len;
	const char *link = find_link(text, len, &link_len);
	if (page != listing->current || listing->ahead || !link)
		return;
	listing->ahead = page_new(listing, link, link_len);
	send_page(listing->ahead);
	http_client_kick(listing->conn->client);
}

static void send_page(struct page *page)
{
	page->listing->in_flight++;
	page->asked_ms = http_client_now_ms(page->listing->conn->client);
	graph_send(page->listing->conn,
		   &(struct graph_request){
			   .method = HTTP_GET, .url = page->link, .owner_knows_use = true, .peek = on_text},
		   on_page, page);
}

void paging_start(struct graph_conn *conn, const struct paging *paging)
{
	struct arena *arena = arena_new();
	struct listing *listing = arena_alloc(arena, sizeof *listing);
	*listing = (struct listing){.conn = conn, .paging = *paging, .arena = arena};
	listing->paging.url = arena_strdup(arena, paging->url);
	listing->seen = seen_new();
	listing->begun_ms = http_client_now_ms(conn->client);
	listing->current = page_new(listing, paging->url, strlen(paging->url));
	send_page(listing->current);
}
