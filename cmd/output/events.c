/* What a run does, for machines: JSON lines. */
#include "cmd/output/events.h"
#include "cmd/session/given_file.h"
#include "core/file.h"

#include "core/json.h"
#include "core/quote.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A change that would break a reader raises both. */
#define EVENTS_FORMAT "seatshift-events/1"
enum { EVENTS_VERSION = 1 };

struct line {
	struct strbuf text;
	struct json_writer w;
};

static void release_line(struct line *line)
{
	strbuf_release(&line->text);
}

static int parse_fd(const char *where)
{
	int64_t fd;
	return str_parse_int(where + strlen("fd:"), 0, INT32_MAX, &fd) ? (int)fd : -1;
}

bool events_check(const char *where, struct error *err)
{
	if (!where || !str_starts(where, "fd:"))
		return true;
	int fd = parse_fd(where);
	int mode = fd < 0 ? -1 : fcntl(fd, F_GETFL);
	if (mode >= 0 && (mode & O_ACCMODE) != O_RDONLY)
		return true;
	error_set(err, ERR_INVALID, "cannot write events to '%s': %s", where,
		  fd < 0      ? "not the number of a descriptor"
		  : mode >= 0 ? "it is open for reading only"
			      : "no such descriptor is open");
	return error_hint(err, "Give --events a file, or fd:N with a descriptor that is open for writing.");
}

bool events_open(struct events *events, struct app *app, const char *where, struct error *err)
{
	*events = (struct events){.app = app};
	if (!where)
		return true;
	int fd = -1;
	const char *root;
	if (str_starts(where, "fd:"))
		fd = fcntl(parse_fd(where), F_DUPFD_CLOEXEC, 3);
	else
		fd = given_file_check(app, "--events", where, &root, err)
			     ? file_open(root, where, O_WRONLY | O_APPEND | O_CREAT, 0644)
			     : -1;
	events->file = fd < 0 ? NULL : fdopen(fd, "a");
	if (events->file)
		return true;
	if (fd >= 0)
		close(fd);
	if (err->code)
		return false;
	return errno == ELOOP ? file_error(err, "write events to", where)
			      : error_set(err, ERR_INVALID, "cannot write events to '%s': %s", where,
					  strerror(errno));
}

void events_close(struct events *events)
{
	if (events->file)
		(void)fclose(events->file);
	events->file = NULL;
}

static void begin(struct line *line)
{
	*line = (struct line){.text = STRBUF_INIT(STRBUF_LARGE)};
	line->w = (struct json_writer)JSON_WRITER(&line->text);
	json_begin_object(&line->w);
}

static void put_at(struct events *events, struct line *line)
{
	char at[TIMESTAMP_TEXT_SIZE];
	timestamp_format(clock_now_ms(events->app->clock), at);
	json_set_text(&line->w, "at", at);
}

void events_send(struct events *events, const char *line, size_t len)
{
	const char *text = line;
	/* The descriptor may be a job's log. */
	CLEANUP(mem_free_text) char *inert = quote_log(line, len, QUOTE_LOG_JSON);
	text = inert ? inert : text;
	bool written =
		fwrite(text, 1, strlen(text), events->file) == strlen(text) && fflush(events->file) == 0;
	if (written)
		return;
	out_message(&events->app->out, "no more events: %s", strerror(errno));
	events_close(events);
}

static void send(struct events *events, struct line *line)
{
	json_end_object(&line->w);
	strbuf_add_char(&line->text, '\n');
	events_send(events, strbuf_text(&line->text), line->text.len);
}

static void finish(struct events *events, struct line *line, const char *type)
{
	json_set_text(&line->w, "type", type);
	json_set_int(&line->w, "v", EVENTS_VERSION);
	send(events, line);
}

void events_run_begin(struct events *events, const char *plan_id, const struct plan *plan)
{
	if (!events->file)
		return;
	CLEANUP(release_line) struct line line;
	begin(&line);
	json_set_int(&line.w, "actions", (int64_t)plan->actions.count);
	put_at(events, &line);
	json_set_text(&line.w, "customer", plan->customer);
	json_set_text(&line.w, "format", EVENTS_FORMAT);
	json_set_text(&line.w, "plan", plan_id);
	json_set_text(&line.w, "tenant", plan->tenant_id);
	finish(events, &line, "run-begin");
}

void events_progress(struct events *events, const struct progress_numbers *numbers)
{
	if (!events->file)
		return;
	CLEANUP(release_line) struct line line;
	begin(&line);
	put_at(events, &line);
	json_set_text(&line.w, "format", EVENTS_FORMAT);
	json_set_int(&line.w, "left_ms", numbers->left_ms);
	json_set_text(&line.w, "phase", numbers->phase);
	json_set_int(&line.w, "rate", (numbers->per_1000_s + 500) / 1000);
	json_set_int(&line.w, "sent", (int64_t)numbers->sent);
	json_set_int(&line.w, "total", (int64_t)numbers->total);
	json_set_text(&line.w, "type", "progress");
	json_set_int(&line.w, "v", EVENTS_VERSION);
	json_set_int(&line.w, "verified", (int64_t)numbers->verified);
	json_set_int(&line.w, "waiting_ms", numbers->waiting_ms);
	send(events, &line);
}

void events_ended(struct events *events, const struct action *action, enum outcome outcome,
		  const char *detail)
{
	if (!events->file)
		return;
	CLEANUP(release_line) struct line line;
	begin(&line);
	json_set_text(&line.w, "action", action->id);
	put_at(events, &line);
	json_set_text(&line.w, "detail", detail);
	json_set_text(&line.w, "format", EVENTS_FORMAT);
	json_set_text(&line.w, "kind", action_info(action->kind)->name);
	json_set_text(&line.w, "outcome", outcome_name(outcome));
	json_set_text(&line.w, "subject", action->upn ? action->upn : action->group_name);
	finish(events, &line, "ended");
}

void events_gate(struct events *events, const struct action *action, const char *detail)
{
	if (!events->file)
		return;
	CLEANUP(release_line) struct line line;
	begin(&line);
	json_set_text(&line.w, "action", action->id);
	put_at(events, &line);
	json_set_text(&line.w, "detail", detail);
	json_set_text(&line.w, "format", EVENTS_FORMAT);
	json_set_text(&line.w, "kind", action_info(action->kind)->name);
	finish(events, &line, "gate");
}

void events_run_end(struct events *events, const struct apply_result *result, struct provider_stats stats)
{
	if (!events->file)
		return;
	CLEANUP(release_line) struct line line;
	begin(&line);
	put_at(events, &line);
	json_set_text(&line.w, "format", EVENTS_FORMAT);
	json_set_text(&line.w, "outcome", apply_outcome_name(result->outcome));
	json_set_int(&line.w, "requests", stats.requests);
	json_set_int(&line.w, "throttled", stats.throttled);
	finish(events, &line, "run-end");
}

void events_run_failed(struct events *events, const struct error *err)
{
	if (!events->file)
		return;
	CLEANUP(release_line) struct line line;
	begin(&line);
	put_at(events, &line);
	json_set_int(&line.w, "code", error_info(err->code)->status);
	json_set_text(&line.w, "format", EVENTS_FORMAT);
	json_set_text(&line.w, "message", err->message);
	json_set_text(&line.w, "name", error_info(err->code)->name);
	json_set_text(&line.w, "outcome", "error");
	finish(events, &line, "run-end");
}
