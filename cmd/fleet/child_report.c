/* What a child of a fleet has to say. */
#include "cmd/fleet/child_report.h"

#include "core/json.h"

#include <string.h>

static const char *from_json(const struct pool_end *end, struct arena *out)
{
	CLEANUP(json_freep) struct json *root = NULL;
	struct error err = ERROR_INIT;
	if (!json_parse(end->output, end->output_len, &root, &err)) {
		error_release(&err);
		return NULL;
	}
	const char *message = json_get_text(json_get(root, "error"), "message");
	if (!message)
		message = json_get_text(root, "difference");
	return arena_strdup(out, message);
}

/* The last line that begins with "error: ", else the last that is not empty. */
static const char *from_messages(const char *messages, struct arena *out)
{
	static const char label[] = "error: ";
	const char *best = NULL;
	size_t best_len = 0;
	bool is_error = false;
	for (const char *line = messages; *line;) {
		size_t len = strcspn(line, "\n");
		bool says = str_starts(line, label);
		if (len && (says || !is_error)) {
			best = line;
			best_len = len;
			is_error |= says;
		}
		line += len + (line[len] == '\n');
	}
	if (!best)
		return NULL;
	size_t skip = is_error ? strlen(label) : 0;
	return arena_strndup(out, best + skip, best_len - skip);
}

const char *child_message(const struct pool_end *end, struct arena *out)
{
	enum { SIGNALLED = 128, INTERRUPTED = 130 };
	const char *said = end->output_len ? from_json(end, out) : NULL;
	if (!said && end->status > SIGNALLED && end->status != INTERRUPTED)
		return arena_printf(out, "ended by signal %d", end->status - SIGNALLED);
	return said ? said : from_messages(end->messages, out);
}
