/*
 * Any bytes as the answers of the service to a whole run: sign-in, reads with pages, batches.
 *
 * Answers are separated by a line "---". The first line of each may be a status and one header:
 * "429 retry-after: 1"; the rest is the body. Whatever comes, every request goes to the service's
 * own hosts, each action ends at most once, and a call that fails says why.
 */
#include "providers/graph/graph.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/fake_clock.h"

#include <assert.h>
#include <string.h>

#define TENANT "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f"
#define SKU_A "18181a46-0d4e-45cd-891e-60aabd171b4e"
#define SKU_B "6fd2c87f-b296-42f0-b197-1e91e994b900"

enum { PENDING_MAX = 64, USERS = 3, REQUESTS_MAX = 3000 };

struct pieces {
	struct http_transport base;
	struct fake_clock *clock;
	struct arena *arena;
	const char *rest;
	size_t requests;
	struct {
		http_done *done;
		void *ctx;
	} pending[PENDING_MAX];
	size_t pending_count;
};

static void submit(struct http_transport *t, const struct http_request *request, http_done *done, void *ctx)
{
	struct pieces *p = (struct pieces *)(void *)t;
	assert(str_starts(request->url, "https://graph.microsoft.com/v1.0/") ||
	       str_starts(request->url, "https://login.microsoftonline.com/" TENANT "/"));
	assert(p->pending_count < PENDING_MAX);
	assert(p->requests++ < REQUESTS_MAX);
	p->pending[p->pending_count].done = done;
	p->pending[p->pending_count++].ctx = ctx;
}

/* The next piece, cut off from the rest; NULL when there is none. */
static char *next_piece(struct pieces *p)
{
	if (!p->rest)
		return NULL;
	const char *end = strstr(p->rest, "\n---\n");
	char *piece = arena_strndup(p->arena, p->rest, end ? (size_t)(end - p->rest) : strlen(p->rest));
	p->rest = end ? end + 5 : NULL;
	return piece;
}

/* "429 retry-after: 1" */
static void read_head(char *head, struct http_response *response, struct http_header *header)
{
	int64_t status;
	char *name = head + strcspn(head, " ");
	if (*name)
		*name++ = '\0';
	if (!str_parse_int(head, 100, 599, &status))
		return;
	response->status = (int)status;
	char *value = strstr(name, ": ");
	if (!value)
		return;
	*value = '\0';
	*header = (struct http_header){name, value + 2};
	response->headers = (struct http_header_list){header, 1, 1};
}

static void answer(struct pieces *p, http_done *done, void *ctx)
{
	struct http_header header;
	struct http_response response = {.outcome = HTTP_ANSWERED, .status = 200, .problem = "cut off"};
	char *piece = next_piece(p);
	if (!piece) {
		response.outcome = HTTP_LOST;
		response.body = "";
	} else {
		char *body = piece + strcspn(piece, "\n");
		bool has_head = piece[0] >= '1' && piece[0] <= '5';
		if (*body && has_head)
			*body++ = '\0';
		response.body = has_head ? body : piece;
		response.body_len = strlen(response.body);
		if (has_head)
			read_head(piece, &response, &header);
	}
	done(ctx, &response);
}

static void drive(struct http_transport *t, int64_t wait_ms)
{
	struct pieces *p = (struct pieces *)(void *)t;
	if (!p->pending_count) {
		p->clock->now_ms += wait_ms > 0 ? wait_ms : 1;
		return;
	}
	http_done *done = p->pending[0].done;
	void *ctx = p->pending[0].ctx;
	memmove(&p->pending[0], &p->pending[1], --p->pending_count * sizeof p->pending[0]);
	p->clock->now_ms += 10;
	answer(p, done, ctx);
}

static void nothing(struct http_transport *t)
{
	(void)t;
}

struct seen {
	const struct action *actions;
	size_t announced[USERS], ended[USERS];
};

static bool on_announce(void *ctx, const struct action *const *actions, size_t count, struct error *err)
{
	struct seen *seen = ctx;
	(void)err;
	for (size_t i = 0; i < count; i++)
		seen->announced[actions[i] - seen->actions]++;
	return true;
}

static bool on_ended(void *ctx, const struct action *action, enum outcome outcome, const char *detail,
		     struct error *err)
{
	struct seen *seen = ctx;
	size_t at = (size_t)(action - seen->actions);
	(void)err;
	assert(++seen->ended[at] == 1);
	assert(outcome != OUTCOME_VERIFIED || seen->announced[at]);
	assert(outcome == OUTCOME_VERIFIED || outcome == OUTCOME_ALREADY || detail);
	return true;
}

static void fill(struct action *action, struct arena *arena, int number)
{
	*action = (struct action){.id = arena_printf(arena, "a%04d", number), .kind = ACTION_SWAP_LICENSE};
	action->user_id = arena_printf(arena, "00000000-0000-4000-8000-%012d", number);
	action->upn = arena_printf(arena, "user%d@contoso.com", number);
	VEC_PUSH(arena, &action->add, (struct license){.sku_id = SKU_B});
	VEC_PUSH(arena, &action->remove, SKU_A);
	VEC_PUSH(arena, &action->expect.licenses, (struct license){.sku_id = SKU_A});
	VEC_PUSH(arena, &action->result.licenses, (struct license){.sku_id = SKU_B});
	action->expect.usage_location = action->result.usage_location = "US";
}

static void settle(bool good, struct error *err)
{
	assert(good == (err->code == ERR_NONE));
	assert(good || err->message);
	error_release(err);
}

static void play(struct provider *p, struct arena *arena)
{
	struct action actions[USERS];
	const struct action *list[USERS];
	struct seen seen = {.actions = actions};
	struct read_scope scope = {0};
	struct organization organization;
	struct live live = {0};
	struct error err = ERROR_INIT;
	for (int i = 0; i < USERS; i++) {
		fill(&actions[i], arena, i);
		list[i] = &actions[i];
		VEC_PUSH(arena, &scope.user_ids, actions[i].user_id);
	}
	VEC_PUSH(arena, &scope.holders_of, SKU_A);
	scope.groups_of_holders = scope.services = true;
	scope.details_of = scope.user_ids;
	bool good = p->ops->identify(p, arena, &organization, &err);
	settle(good, &err);
	if (!good)
		return;
	good = p->ops->read(p, &scope, arena, &live, &err);
	settle(good, &err);
	good = p->ops->execute(
		p, list, USERS,
		&(struct execute_hooks){.announce = on_announce, .ended = on_ended, .ctx = &seen}, &err);
	settle(good, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct http_transport_ops ops = {.submit = submit, .drive = drive, .free = nothing};
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	CLEANUP(secret_freep) struct secret *secret = secret_new("s", 1);
	struct fake_clock clock;
	struct error err = ERROR_INIT;
	fake_clock_init(&clock);
	struct pieces pieces = {.base.ops = &ops,
				.clock = &clock,
				.arena = arena,
				.rest = arena_strndup(arena, (const char *)bytes, size)};
	struct provider *p = graph_new(&(struct graph_options){.transport = &pieces.base,
							       .clock = &clock.clock,
							       .random = &fake_random,
							       .tenant_id = TENANT,
							       .auth_method = "client-secret",
							       .client_id = "c",
							       .secret = secret,
							       .deadline_ms = 20000,
							       .verify_ms = 20000},
				       &err);
	assert(p);
	play(p, arena);
	p->ops->free(p);
	return 0;
}
