/*
 * The folder of a plan in a customers' repository: written, found and loaded. Paths are relative to the
 * repository at `dir`.
 */
#ifndef PLANS_PLAN_FOLDER_H
#define PLANS_PLAN_FOLDER_H

#include "plans/desired/repository.h"
#include "plans/saved/journal_head.h"
#include "plans/saved/plan_file.h"

struct plan_folder {
	struct plan plan;
	struct bytes text; /* of plan.json */
	char id[PLAN_ID_SIZE];
	char digest[DIGEST_TEXT_SIZE];
	struct plan_paths paths;
	struct live live; /* of snapshot.json */
	struct read_info info;
	struct bytes snapshot; /* the text of snapshot.json */
};

/* The journal that stands beside the plan in the repository at `dir`; NULL: by its path within the
 * repository. */
struct journal_file plan_journal(const struct plan_folder *folder, const char *dir, struct arena *out);

/* What it would be called: digest, id and paths, and no text. */
NODISCARD bool plan_folder_name(const struct plan *plan, struct arena *out, struct plan_folder *ret_folder,
				struct error *err);

/* The folder as it would be written, for whoever keeps it somewhere else than in a working tree. */
NODISCARD bool plan_folder_make(const struct plan *plan, const struct live *live,
				const struct read_info *info, struct arena *out,
				struct plan_folder *ret_folder, struct error *err);

/*
 * Writes plan.json and snapshot.json, as plan_folder_make made them. A folder that holds the same plan
 * already is left as it is, so that planning again over unchanged facts changes nothing; *ret_new says
 * whether anything was written.
 */
NODISCARD bool plan_folder_write(const char *dir, const struct plan_folder *folder, bool *ret_new,
				 struct error *err);

/* `name` is a plan's folder, its plan.json, or four or more hex digits of its id. Reads both files. */
NODISCARD bool plan_folder_load(const char *dir, const char *name, struct arena *out,
				struct plan_folder *ret_folder, struct error *err);

/*
 * The folder at `path` is not where its own plan.json says that it belongs: to another customer, or under the
 * name of its digest, where there is one. Somebody copied it. It is no plan of whoever it lies with, and must
 * not stand in the way of the real one.
 */
bool plan_folder_is_copy(const char *dir, const char *path);

/* What is said of one that was. */
extern const char plan_never_edited[];

#endif
