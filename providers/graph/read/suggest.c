/*
 * Names that exist, near to names that do not: for suggestions after a refusal.
 *
 * One filtered listing per name, first page only, by the first letters: a slip of the pen is mostly
 * further behind, and asking for more would list the tenant. The name may also be somebody's mail address. A
 * courtesy: whatever goes wrong here is
 * passed over, and nothing waits long for it.
 */
#include "providers/graph/read/suggest.h"
#include "core/quote.h"
#include "providers/graph/read/resources.h"
#include "providers/graph/wire/batch.h"

#include <string.h>

enum { NAMES_MAX = 20, PREFIX_MAX = 3, GROUP_PREFIX_MAX = 2, DEADLINE_MS = 10000, ADDRESSES_MAX = 10 };
_Static_assert((int)NAMES_MAX <= (int)BATCH_MAX, "all names go into one batch");
_Static_assert(2 * (int)ADDRESSES_MAX <= (int)BATCH_MAX, "each address is asked for in two ways");

struct suggesting {
	struct arena *out;
	struct live *live;
	const struct str_list *upns;
	bool done;
};

static void on_names(void *ctx, size_t index, const struct graph_reply *reply)
{
	struct suggesting *s = ctx;
	(void)index;
	if (reply->err)
		return;
	JSON_EACH (item, json_get(reply->body, "value")) {
		const char *upn = json_get_text(item, "userPrincipalName");
		if (upn)
			VEC_PUSH(s->out, &s->live->known_upns, arena_strdup(s->out, upn));
	}
}

/* One address is asked for as mail and as a proxy address, one after the other. */
static void on_address(void *ctx, size_t index, const struct graph_reply *reply)
{
	struct suggesting *s = ctx;
	const char *address = s->upns->items[index / 2];
	if (reply->err)
		return;
	JSON_EACH (item, json_get(reply->body, "value")) {
		const char *upn = json_get_text(item, "userPrincipalName");
		if (upn && !str_eq_fold(upn, address))
			VEC_PUSH(s->out, &s->live->known_addresses,
				 (struct address){str_lower(s->out, address), arena_strdup(s->out, upn)});
	}
}

static void on_done(void *ctx)
{
	struct suggesting *s = ctx;
	s->done = true;
}

/* The first letters, cut between characters. */
static const char *prefix_of(const char *upn, size_t most, struct arena *out)
{
	size_t len = 0;
	for (size_t count = 0; upn[len] && upn[len] != '@' && count < most; count++)
		do
			len++;
		while (((unsigned char)upn[len] & 0xc0) == 0x80);
	return arena_strndup(out, upn, len);
}

static void ask(struct graph_conn *conn, const struct batch *batch, struct suggesting *s)
{
	struct graph_conn quick = *conn;
	if (!batch->count)
		return;
	quick.deadline_ms = DEADLINE_MS;
	s->done = false;
	batch_send(&quick, batch);
	http_client_wait(conn->client, &s->done);
}

static void ask_for_names(struct graph_conn *conn, struct suggesting *s)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct batch_part parts[NAMES_MAX] = {0};
	struct str_list prefixes = {0};
	for (size_t i = 0; i < s->upns->count; i++) {
		const char *prefix = prefix_of(s->upns->items[i], PREFIX_MAX, tmp);
		if (*prefix) /* an empty one would be everybody's */
			VEC_PUSH(tmp, &prefixes, str_lower(tmp, prefix));
	}
	str_list_sort_unique(&prefixes);
	size_t count = prefixes.count < NAMES_MAX ? prefixes.count : NAMES_MAX;
	for (size_t i = 0; i < count; i++)
		parts[i] = (struct batch_part){.method = HTTP_GET,
					       .url = users_named_url(tmp, prefixes.items[i])};
	ask(conn,
	    &(struct batch){.parts = parts, .count = count, .part = on_names, .done = on_done, .ctx = s}, s);
}

static void ask_for_addresses(struct graph_conn *conn, struct suggesting *s)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct batch_part parts[2 * ADDRESSES_MAX] = {0};
	size_t count = s->upns->count < ADDRESSES_MAX ? s->upns->count : ADDRESSES_MAX;
	for (size_t i = 0; i < 2 * count; i++)
		parts[i] = (struct batch_part){
			.method = HTTP_GET, .url = users_of_address_url(tmp, s->upns->items[i / 2], i % 2)};
	ask(conn,
	    &(struct batch){
		    .parts = parts, .count = 2 * count, .part = on_address, .done = on_done, .ctx = s},
	    s);
}

void suggest_names(struct graph_conn *conn, const struct str_list *upns, struct arena *out, struct live *live)
{
	struct suggesting s = {.out = out, .live = live, .upns = upns};
	ask_for_names(conn, &s);
	ask_for_addresses(conn, &s);
	str_list_sort_unique(&live->known_upns);
}

static void on_group(void *ctx, size_t index, const struct graph_reply *reply)
{
	struct suggesting *s = ctx;
	(void)index;
	if (reply->err)
		return;
	JSON_EACH (item, json_get(reply->body, "value")) {
		const char *name = json_get_text(item, "displayName");
		const char *mail = json_get_text(item, "mail");
		if (name && mail)
			VEC_PUSH(s->out, &s->live->known_group_mails,
				 (struct group_mail){str_lower(s->out, mail), arena_strdup(s->out, name)});
		else if (name)
			VEC_PUSH(s->out, &s->live->known_groups, arena_strdup(s->out, name));
	}
}

static void add_part(struct batch_part *parts, size_t *count, const char *url)
{
	if (*count < BATCH_MAX)
		parts[(*count)++] = (struct batch_part){.method = HTTP_GET, .url = url};
}

void suggest_groups(struct graph_conn *conn, const struct str_list *upns, const struct str_list *groups,
		    struct arena *out, struct live *live)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct suggesting s = {.out = out, .live = live, .upns = upns};
	struct batch_part parts[BATCH_MAX] = {0};
	size_t count = 0;
	for (size_t i = 0; i < groups->count; i++) {
		const char *prefix = prefix_of(groups->items[i], GROUP_PREFIX_MAX, tmp);
		if (strchr(groups->items[i], '@'))
			add_part(parts, &count, groups_of_address_url(tmp, groups->items[i]));
		else if (*prefix && !str_is_guid(groups->items[i]))
			add_part(parts, &count, groups_like_url(tmp, prefix));
	}
	for (size_t i = 0; i < upns->count; i++)
		add_part(parts, &count, groups_of_address_url(tmp, upns->items[i]));
	ask(conn,
	    &(struct batch){.parts = parts, .count = count, .part = on_group, .done = on_done, .ctx = &s},
	    &s);
	str_list_sort_unique(&live->known_groups);
}
