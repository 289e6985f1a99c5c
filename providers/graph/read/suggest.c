/*
 * Names that exist, near to names that do not: for suggestions after a refusal.
 *
 * One filtered listing per name, first page only, by the first letters: a slip of the pen is mostly
 * further behind, and asking for more would list the tenant. A courtesy: whatever goes wrong here is
 * passed over, and nothing waits long for it.
 */
#include "providers/graph/read/suggest.h"
#include "core/quote.h"
#include "providers/graph/read/resources.h"
#include "providers/graph/wire/batch.h"

enum { NAMES_MAX = 20, PREFIX_MAX = 3, DEADLINE_MS = 10000, WAIT_MS = 1000 };
_Static_assert((int)NAMES_MAX <= (int)BATCH_MAX, "all names go into one batch");

struct suggesting {
	struct arena *out;
	struct str_list *names;
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
			VEC_PUSH(s->out, s->names, arena_strdup(s->out, upn));
	}
}

static void on_done(void *ctx)
{
	struct suggesting *s = ctx;
	s->done = true;
}

/* The first letters, cut between characters. */
static const char *prefix_of(const char *upn, struct arena *out)
{
	size_t len = 0;
	for (size_t count = 0; upn[len] && upn[len] != '@' && count < PREFIX_MAX; count++)
		do
			len++;
		while (((unsigned char)upn[len] & 0xc0) == 0x80);
	return arena_strndup(out, upn, len);
}

void suggest_names(struct graph_conn *conn, const struct str_list *upns, struct arena *out,
		   struct str_list *ret_names)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct graph_conn quick = *conn;
	struct batch_part parts[NAMES_MAX] = {0};
	struct str_list prefixes = {0};
	struct suggesting s = {.out = out, .names = ret_names};
	for (size_t i = 0; i < upns->count; i++) {
		const char *prefix = prefix_of(upns->items[i], tmp);
		if (*prefix) /* an empty one would be everybody's */
			VEC_PUSH(tmp, &prefixes, str_lower(tmp, prefix));
	}
	str_list_sort_unique(&prefixes);
	size_t count = prefixes.count < NAMES_MAX ? prefixes.count : NAMES_MAX;
	for (size_t i = 0; i < count; i++)
		parts[i] = (struct batch_part){.method = HTTP_GET,
					       .url = users_named_url(tmp, prefixes.items[i])};
	if (!count)
		return;
	quick.deadline_ms = DEADLINE_MS;
	batch_send(&quick,
		   &(struct batch){
			   .parts = parts, .count = count, .part = on_names, .done = on_done, .ctx = &s});
	http_client_wait(conn->client, &s.done);
	str_list_sort_unique(ret_names);
}
