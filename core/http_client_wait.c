/* How long the HTTP client waits, and what it says of it. */
#include "core/http_client_internal.h"
#include "core/say.h"

#include <inttypes.h>
#include <string.h>

enum { FIRST_WORD_MS = 3000, NEXT_WORD_MS = 30000, PROGRESS_MS = 1000, PATH_MAX_SHOWN = 120 };

void http_client_note_useful(struct http_client *client, int64_t now_ms)
{
	client->useful_ms = now_ms;
	client->told_ms = 0;
}

void http_client_note_use(struct http_client *client)
{
	http_client_note_useful(client, clock_monotonic_ms(&client->clock));
}

void http_client_set_pause(struct http_client *client, const char *why)
{
	client->pause = why;
}

/* Nothing was waited for until now, unless it goes on after a pause. */
void http_client_note_submit(struct http_client *client)
{
	int64_t now_ms = clock_monotonic_ms(&client->clock);
	if (!client->begun_ms)
		client->begun_ms = now_ms;
	if (!client->pending && !client->firing)
		http_client_note_useful(client, now_ms);
}

int64_t http_client_end_ms(const struct http_client *client)
{
	int64_t end_ms = client->ends_at_ms ? client->ends_at_ms : INT64_MAX;
	if (client->person_ms < 0 && client->patience_ms && client->useful_ms + client->patience_ms < end_ms)
		end_ms = client->useful_ms + client->patience_ms;
	return end_ms;
}

void http_client_set_person(struct http_client *client, bool busy)
{
	int64_t now_ms = clock_monotonic_ms(&client->clock);
	if (busy == (client->person_ms >= 0))
		return;
	client->person_ms = busy ? now_ms : -1;
	client->begun_ms = now_ms;
	client->progress_told_ms = 0;
	http_client_note_useful(client, now_ms);
}

/* The service and, without what is asked of it in detail, the path: "GET /v1.0/users". */
static const char *what(const struct http_call *call, struct arena *out)
{
	const char *start = strstr(call->request.url, "://");
	const char *path = start ? strchr(start + 3, '/') : NULL;
	size_t len = path ? strcspn(path, "?#") : 0;
	const char *cut = len > PATH_MAX_SHOWN ? "…" : "";
	return arena_printf(out, "%s %.*s%s", http_method_name(call->request.method),
			    (int)(len > PATH_MAX_SHOWN ? PATH_MAX_SHOWN : len), path ? path : "", cut);
}

static const char *line_of(const struct http_client *client, int64_t now_ms, struct arena *out)
{
	const struct http_call *call = client->flying ? client->flying : client->delayed;
	if (!call)
		call = client->ready.first;
	const char *origin = call ? http_origin(out, call->request.url) : NULL;
	if (!origin)
		return NULL;
	int64_t for_s = (now_ms - client->useful_ms) / 1000;
	if (client->flying)
		return arena_printf(out, "waiting for an answer from %s to %s, for %" PRId64 " s now", origin,
				    what(call, out), for_s);
	const char *cause = "it gave no answer";
	if (call->last_status)
		cause = arena_printf(out, "it answered %d", call->last_status);
	if (call == client->ready.first)
		return arena_printf(out, "waiting for %s, which asked for a pause, for %" PRId64 " s now",
				    origin, for_s);
	return arena_printf(out, "waiting for %s: %s to %s; try %" PRId64 " in %" PRId64 " s", origin, cause,
			    what(call, out), call->attempts + 1, (call->due_ms - now_ms + 999) / 1000);
}

static bool may_tell(const struct http_client *client)
{
	return client->waiting && client->person_ms < 0 && (client->pending || client->pause);
}

static int64_t stuck_due_ms(const struct http_client *client)
{
	return client->told_ms ? client->told_ms + NEXT_WORD_MS : client->useful_ms + FIRST_WORD_MS;
}

static int64_t progress_due_ms(const struct http_client *client)
{
	if (!client->tells_progress || !client->begun_ms)
		return INT64_MAX;
	int64_t since_ms = client->progress_told_ms ? client->progress_told_ms : client->begun_ms;
	return since_ms + PROGRESS_MS;
}

int64_t http_client_word_due_ms(const struct http_client *client)
{
	int64_t stuck_ms = stuck_due_ms(client);
	int64_t progress_ms = progress_due_ms(client);
	if (!may_tell(client))
		return INT64_MAX;
	return stuck_ms < progress_ms ? stuck_ms : progress_ms;
}

static const char *progress_line(const struct http_client *client, int64_t now_ms, struct arena *out)
{
	int64_t for_s = (now_ms - client->begun_ms) / 1000;
	const struct http_call *call = client->flying ? client->flying : client->ready.first;
	const char *origin = call ? http_origin(out, call->request.url) : NULL;
	if (!origin)
		return NULL;
	return arena_printf(out, "reading from %s: %s in %" PRId64 " s, now %s", origin,
			    say_number(out, client->answers, "answer", "answers"), for_s, what(call, out));
}

static const char *pause_line(const struct http_client *client, int64_t now_ms, struct arena *out)
{
	return arena_printf(out, "waiting, %" PRId64 " s so far: %s", (now_ms - client->begun_ms) / 1000,
			    client->pause);
}

void http_client_tell_waiting(struct http_client *client, int64_t now_ms)
{
	bool stuck = now_ms >= stuck_due_ms(client);
	if (now_ms < http_client_word_due_ms(client))
		return;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *line = client->pause && !client->pending ? pause_line(client, now_ms, tmp)
			   : stuck			     ? line_of(client, now_ms, tmp)
							     : progress_line(client, now_ms, tmp);
	if (line)
		client->waiting(client->waiting_ctx, line);
	if (stuck)
		client->told_ms = now_ms;
	client->progress_told_ms = now_ms;
}
