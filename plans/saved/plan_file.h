/*
 * The saved form of a plan: canonical JSON, and the folder plans/CUSTOMER/ID/.
 *
 * Format 3 (core/json_lines.h has the layout): an action a line, so that git shows what differs between two
 * plans and a plan for 100,000 people stays small. What many actions share (the kind, who carries it out, the
 * change, what is expected and left, whether it can be undone) stands once under "shapes", why it is done
 * under "reasons", and which services are off under "switched_off" (core/choices.h): an action names each by
 * its number there.
 *
 * The digest is SHA-256 of the file's bytes, final newline included, so `sha256sum plan.json` gives
 * it; the id is its first 12 hex digits.
 */
#ifndef PLANS_PLAN_FILE_H
#define PLANS_PLAN_FILE_H

#include "core/error.h"
#include "core/json.h"
#include "plans/planning/plan.h"

void plan_encode(const struct plan *plan, struct strbuf *out); /* with the final newline */
/* Whether that is the text, byte by byte; without writing it a second time. */
bool plan_is_written_as(const struct plan *plan, const char *text, size_t len);
/* "KEY":[{"disable":[…],"sku":…},…], as everything that names licences writes them. */
void plan_put_licenses(struct json_writer *w, const char *key, const struct license_list *list);
/* One action with all its members, those of its shape included; `shape` is its number, -1 leaves it out. */
void plan_put_whole_action(struct json_writer *w, const struct plan *plan, const struct action *action,
			   int64_t shape);
NODISCARD bool plan_decode(const char *text, size_t len, struct arena *out, struct plan *ret_plan,
			   struct error *err);
void plan_digest(const char *bytes, size_t len, char ret_digest[DIGEST_TEXT_SIZE], char ret_id[PLAN_ID_SIZE]);

/* Twelve hex digits; false for NULL. */
bool plan_id_is_whole(const char *id);

/* Where a plan lives. All paths are relative to the repository. */
struct plan_paths {
	const char *dir;       /* plans/contoso/3fa9c1d2e4b7 */
	const char *plan;      /* …/plan.json */
	const char *snapshot;  /* …/snapshot.json */
	const char *journal;   /* …/journal.jsonl */
	const char *approvals; /* …/approvals */
};
void plan_paths_of(struct arena *out, const char *customer, const char *id, struct plan_paths *ret_paths);

#endif
