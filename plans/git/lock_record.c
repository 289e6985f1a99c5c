/* The lock of a customer: what it says, and whether its holder is still there. */
#include "plans/git/lock_internal.h"

#include "core/json.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void read_small(const char *path, struct strbuf *text)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return;
	char chunk[1024];
	size_t got = fread(chunk, 1, sizeof chunk, file);
	strbuf_add_bytes(text, chunk, got);
	fclose(file);
}

/* "" when it cannot be told. The 22nd field of /proc/PID/stat; the second may hold spaces. */
const char *lock_start_of(int64_t process, struct arena *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LOCK_MAX_BYTES);
	read_small(arena_printf(out, "/proc/%lld/stat", (long long)process), &text);
	const char *field = strrchr(strbuf_text(&text), ')');
	for (int i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	return field ? arena_strndup(out, field + 1, strcspn(field + 1, " ")) : "";
}

const char *lock_machine(struct arena *out)
{
	CLEANUP(strbuf_release) struct strbuf boot = STRBUF_INIT(LOCK_MAX_BYTES);
	read_small("/proc/sys/kernel/random/boot_id", &boot);
	char names[64] = "";
	ssize_t len = readlink("/proc/self/ns/pid", names, sizeof names - 1);
	if (len <= 0 || !boot.len)
		return "";
	return arena_printf(out, "%.36s %.*s", strbuf_text(&boot), (int)len, names);
}

void lock_record_encode(const struct lock_record *record, struct strbuf *out)
{
	char since[TIMESTAMP_TEXT_SIZE];
	char expires[TIMESTAMP_TEXT_SIZE];
	timestamp_format(record->holder.since_ms, since);
	timestamp_format(record->holder.expires_ms, expires);
	struct json_writer w = JSON_WRITER(out);
	json_begin_object(&w);
	json_set_text(&w, "expires", expires);
	json_set_text(&w, "host", record->holder.host);
	json_set_text(&w, "id", record->holder.id);
	json_set_text(&w, "machine", record->machine);
	json_set_int(&w, "process", record->holder.process);
	json_set_text(&w, "since", since);
	json_set_text(&w, "started", record->started);
	json_set_text(&w, "who", record->holder.who);
	json_end_object(&w);
	strbuf_add_char(out, '\n');
}

bool lock_record_decode(const char *text, size_t len, struct arena *out, struct lock_record *ret)
{
	struct error ignored = ERROR_INIT;
	CLEANUP(json_freep) struct json *root = NULL;
	if (!json_parse(text, len, &root, &ignored)) {
		error_release(&ignored);
		return false;
	}
	struct lock_record record = {
		.holder = {.id = arena_strdup(out, json_get_text(root, "id")),
			   .who = arena_strdup(out, json_get_text(root, "who")),
			   .host = arena_strdup(out, json_get_text(root, "host"))},
		.machine = arena_strdup(out, json_get_text(root, "machine")),
		.started = arena_strdup(out, json_get_text(root, "started")),
	};
	const char *since = json_get_text(root, "since");
	const char *expires = json_get_text(root, "expires");
	if (!record.holder.id || !record.holder.who || !record.holder.host || !record.machine ||
	    !record.started || !since || !expires || !timestamp_parse(since, &record.holder.since_ms) ||
	    !timestamp_parse(expires, &record.holder.expires_ms) ||
	    !json_int(json_get(root, "process"), &record.holder.process))
		return false;
	*ret = record;
	return true;
}

/* The holder's process is known to have ended. */
static bool is_abandoned(const struct lock_record *record, struct arena *tmp)
{
	if (!*record->machine || !str_eq(record->machine, lock_machine(tmp)))
		return false;
	if (record->holder.process <= 0)
		return false;
	if (kill((pid_t)record->holder.process, 0) != 0 && errno == ESRCH)
		return true;
	const char *started = lock_start_of(record->holder.process, tmp);
	return *started && *record->started && !str_eq(started, record->started);
}

/* Why a lock that is there does not count any more; NULL when it does. */
const char *lock_record_why_stale(const struct lock_record *record, int64_t now_ms, struct arena *out)
{
	const char *why = is_abandoned(record, out)		? "its process has ended"
			  : record->holder.expires_ms <= now_ms ? "it has expired"
								: NULL;
	if (!why)
		return NULL;
	return arena_printf(out, "took over the lock of %s on %s (process %lld): %s", record->holder.who,
			    record->holder.host, (long long)record->holder.process, why);
}
