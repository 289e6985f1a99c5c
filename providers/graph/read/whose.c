/* Whose names are: each is asked for as a UPN, as mail and as a proxy address, in one batch with others. */
#include "providers/graph/read/whose.h"

#include "providers/graph/read/resources.h"
#include "providers/graph/wire/batch.h"

enum { WAYS = 3, NAMES_A_BATCH = BATCH_MAX / WAYS, NOT_FOUND = 404 };

struct asking {
	struct arena *out;
	struct name_owner owners[NAMES_A_BATCH];
	bool is_upn[NAMES_A_BATCH];
	struct error err;
	bool done;
};

static void on_part(void *ctx, size_t index, const struct graph_reply *reply)
{
	struct asking *a = ctx;
	struct name_owner *owner = &a->owners[index / WAYS];
	bool as_upn = index % WAYS == 0;
	if (reply->err && reply->outcome != GRAPH_REFUSED && !a->err.code)
		graph_error_copy(reply->err, &a->err);
	/* Whom we may not see may be there. A service that does not search addresses finds nobody's. */
	a->is_upn[index / WAYS] |= as_upn && reply->status != NOT_FOUND;
	JSON_EACH (item, as_upn ? NULL : json_get(reply->body, "value")) {
		const char *upn = json_get_text(item, "userPrincipalName");
		if (upn)
			owner->upn = arena_strdup(a->out, upn);
	}
}

static void on_done(void *ctx)
{
	struct asking *a = ctx;
	a->done = true;
}

static bool ask(struct graph_conn *conn, struct asking *a, size_t count, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct batch_part parts[BATCH_MAX] = {0};
	for (size_t i = 0; i < count; i++) {
		const char *name = a->owners[i].name;
		const char *const urls[WAYS] = {user_url(tmp, name, false),
						users_of_address_url(tmp, name, false),
						users_of_address_url(tmp, name, true)};
		for (size_t way = 0; way < WAYS; way++)
			parts[i * WAYS + way] = (struct batch_part){.method = HTTP_GET, .url = urls[way]};
	}
	batch_send(
		conn,
		&(struct batch){
			.parts = parts, .count = count * WAYS, .part = on_part, .done = on_done, .ctx = a});
	http_client_wait(conn->client, &a->done);
	if (!a->err.code)
		return true;
	error_move(err, &a->err);
	return false;
}

bool whose_names(struct graph_conn *conn, const struct str_list *names, struct arena *out,
		 struct name_owner_list *ret, struct error *err)
{
	for (size_t first = 0; first < names->count; first += NAMES_A_BATCH) {
		struct asking a = {.out = out};
		size_t count = names->count - first < NAMES_A_BATCH ? names->count - first : NAMES_A_BATCH;
		for (size_t i = 0; i < count; i++)
			a.owners[i].name = names->items[first + i];
		if (!ask(conn, &a, count, err))
			return false;
		for (size_t i = 0; i < count; i++)
			if (!a.is_upn[i])
				VEC_PUSH(out, ret, a.owners[i]);
	}
	return true;
}
