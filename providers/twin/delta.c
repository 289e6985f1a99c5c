/*
 * /users/delta: everybody once, page by page, then a deltaLink; asked again by that, whoever changed since.
 *
 * A link carries when its round began, so that what changes while somebody reads pages is in the next round.
 * Like the service, the twin may show a change twice; it never leaves one out. A link is good for seven days
 * and for this twin: after that it is 410, and the client begins anew.
 */
#include "providers/twin/graph.h"

enum { DELTA_LINK_MS = 7 * 24 * 60 * 60 * 1000, PAGE_SIZE = 100, PAGE_MAX = 999 };

static const char began_param[] =
	"$began"; /* of the pages of one round; within a link, so nobody's business */

struct round {
	int64_t since_ms; /* what was visible then is not said again; -1: everybody */
	int64_t began_ms;
	bool is_latest; /* only a link is wanted, from now on */
};

static bool gone(struct call *call)
{
	return call_error(call, 410, "syncStateNotFound",
			  "The sync state generation is not found; it may have expired. Begin again without "
			  "a token.");
}

static bool read_round(struct call *call, struct round *ret)
{
	const char *token = call_param(call, "$deltatoken");
	const char *began = call_param(call, began_param);
	struct round round = {.since_ms = -1, .began_ms = twin_now(call->twin)};
	size_t unused;
	round.is_latest = str_eq_fold(token, "latest");
	if (token && !round.is_latest &&
	    (!odata_token_read(call, token, &unused, &round.since_ms) ||
	     round.began_ms - round.since_ms > DELTA_LINK_MS))
		return gone(call);
	if (began && !odata_token_read(call, began, &unused, &round.began_ms))
		return gone(call);
	*ret = round;
	return true;
}

static bool is_removed(const struct twin_user_version *version)
{
	return !version->exists || version->deleted_ms >= 0;
}

/* Whether the round shows the user, as lists see people: that is when a change can be read. */
static bool is_shown(struct call *call, const struct round *round, const struct odata_filter *filter,
		     const struct twin_user *user)
{
	const struct twin_settings *settings = &call->twin->settings;
	int64_t lag_ms = settings->listing_lag_ms > settings->replica_lag_ms ? settings->listing_lag_ms
									     : settings->replica_lag_ms;
	const struct twin_user_version *version = twin_user_listed(call->twin, user);
	if (filter && !graph_user_matches(call, filter, user))
		return false;
	if (round->since_ms < 0)
		return !is_removed(version);
	return version->written_ms + lag_ms >= round->since_ms && version->prev;
}

static void write_user(struct call *call, uint64_t mask, const struct twin_user *user)
{
	const struct twin_user_version *version = twin_user_listed(call->twin, user);
	struct json_writer *w = &call->w;
	json_begin_object(w);
	if (is_removed(version)) {
		/* What is in the bin can come back. */
		json_put_key(w, "@removed");
		json_begin_object(w);
		json_set_text(w, "reason", version->exists ? "changed" : "deleted");
		json_end_object(w);
		json_set_text(w, "id", user->id);
	} else {
		odata_write_item(call, &graph_user_type, mask, user);
	}
	json_end_object(w);
}

static void write_links(struct call *call, const struct round *round, size_t next)
{
	const char *began = odata_token(call, 0, round->began_ms);
	const char *page = odata_token(call, next, twin_now(call->twin));
	const struct call_param more[] = {{began_param, began}, {"$skiptoken", page}};
	const struct call_param again[] = {{began_param, NULL}, {"$skiptoken", NULL}, {"$deltatoken", began}};
	if (next)
		json_set_text(&call->w, "@odata.nextLink", odata_link(call, more, ARRAY_LEN(more)));
	else
		json_set_text(&call->w, "@odata.deltaLink", odata_link(call, again, ARRAY_LEN(again)));
}

static void write_page(struct call *call, const struct round *round, uint64_t mask,
		       const struct twin_user_list *users, size_t next)
{
	struct json_writer *w = &call->w;
	json_begin_object(w);
	json_set_text(w, "@odata.context", arena_printf(call->arena, "%s/v1.0/$metadata#users", call->base));
	write_links(call, round, next);
	json_put_key(w, "value");
	json_begin_array(w);
	for (size_t i = 0; i < users->count; i++)
		write_user(call, mask, users->items[i]);
	json_end_array(w);
	json_end_object(w);
}

/* Only by id, as the service has it. */
static bool read_filter(struct call *call, const struct odata_filter **ret)
{
	struct str_list ids = {0};
	const char *text = call_param(call, "$filter");
	*ret = NULL;
	if (!text)
		return true;
	*ret = graph_user_filter(call, text);
	if (!*ret)
		return false;
	return odata_filter_keys(*ret, "id", call->arena, &ids) ||
	       call_error(call, 400, "Request_UnsupportedQuery",
			  "Delta queries on users can be filtered by id alone.");
}

void graph_users_delta(struct call *call)
{
	struct odata_page page;
	struct round round = {0};
	uint64_t mask;
	const struct odata_filter *filter;
	struct twin_user_list shown = {0};
	size_t next = 0;
	call->is_listing = true;
	if (!graph_may_read_licenses(call) ||
	    !odata_allow(call, "$select $top $filter $skiptoken $deltatoken $began") ||
	    !odata_page(call, PAGE_SIZE, PAGE_MAX, &page) || !odata_select(call, &graph_user_type, &mask) ||
	    !read_round(call, &round) || !read_filter(call, &filter))
		return;
	const struct twin_user_list *users = &call->tenant->users;
	for (size_t i = page.from; i < users->count && !next && !round.is_latest; i++) {
		if (!is_shown(call, &round, filter, users->items[i]))
			continue;
		if (shown.count < page.size)
			VEC_PUSH(call->arena, &shown, users->items[i]);
		else
			next = i;
	}
	write_page(call, &round, mask, &shown, next);
}
