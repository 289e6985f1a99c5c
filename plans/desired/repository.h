/*
 * The files of a customers' repository, read and checked together.
 *
 * Where the bytes come from is injected: the working tree (repository_open), or the tree of the
 * approved branch's commit (fill the struct with a reader over it). Complaints about what is in the
 * files are diagnostics, kept with the texts they point into; only what stops the reading itself is
 * an error.
 */
#ifndef PLANS_REPOSITORY_H
#define PLANS_REPOSITORY_H

#include "plans/desired/fleet_file.h"

struct repository {
	const char *dir;	   /* shown before paths; "." is not shown */
	struct file_reader files;  /* by paths relative to the repository */
	struct str_list customers; /* names, sorted; only for suggestions and for validating all */
	int32_t today; /* beside other errors of a customer's file, its dates are judged by it; 0: they are
			  not */
};

/* A text that was read, by the path that its places name. */
struct source {
	const char *path;
	const char *text;
};
VEC(source_list, struct source);

struct checked {
	struct diag_list diags;
	struct source_list sources;
};

/* The working tree at `dir`. A folder without customers/ simply has none. */
NODISCARD bool repository_open(const char *dir, struct arena *out, struct repository *ret_repository,
			       struct error *err);

/* seatshift.yaml. ERR_INVALID when it is missing or was complained about. */
NODISCARD bool repository_load_policy(const struct repository *repository, struct arena *out,
				      struct checked *checked, struct policy *ret_policy, struct error *err);

/* What the files say of one customer. */
struct customer {
	struct desired desired;
	struct policy policy;
};

/*
 * The policy and one customer, by name ("contoso") or by the path of its file, relative to the
 * repository or absolute and inside it. ERR_INVALID when there is no such customer or anything was
 * complained about: show checked_text() before the error.
 */
NODISCARD bool repository_load_customer(const struct repository *repository, const char *name_or_path,
					struct arena *out, struct checked *checked, struct customer *ret,
					struct error *err);

/* ERR_INVALID with a complaint when another customer's file names the same tenant or domain. */
NODISCARD bool repository_check_claims(const struct repository *repository, const struct desired *desired,
				       struct arena *out, struct checked *checked, struct error *err);
/*
 * The same, where a customer who has not agreed yet is as good as any: see
 * desired_parse_draft.
 */
NODISCARD bool repository_load_draft(const struct repository *repository, const char *name_or_path,
				     struct arena *out, struct checked *checked, struct customer *ret,
				     struct error *err);

/* One file, whatever it is; false when it was complained about or, with `err` set, cannot be read. */
bool repository_check_customer(const struct repository *repository, const char *path, struct arena *out,
			       struct checked *checked, struct desired *ret_desired, struct error *err);
bool repository_check_policy(const struct repository *repository, const char *path, struct arena *out,
			     struct checked *checked, struct policy *ret_policy, struct error *err);
/* The fleet file, also against the names of the customers there are. */
bool repository_check_fleet(const struct repository *repository, const char *path, struct arena *out,
			    struct checked *checked, struct fleet_file *ret_fleet, struct error *err);
/* fleet.yaml. ERR_INVALID when it is missing or was complained about. */
NODISCARD bool repository_load_fleet(const struct repository *repository, struct arena *out,
				     struct checked *checked, struct fleet_file *ret_fleet,
				     struct error *err);

/* The names of the customers, sorted as their files are. */
struct str_list repository_names(const struct repository *repository, struct arena *out);

/* ERR_INVALID, with the nearest name, for one who has no file. */
NODISCARD bool repository_need_customer(const struct repository *repository, const char *name,
					struct arena *out, struct error *err);

/* The customer's name that a name or path stands for. */
NODISCARD bool repository_find_customer(const struct repository *repository, const char *name_or_path,
					struct arena *out, const char **ret_name, struct error *err);

/* Text of the diagnostic with its source line. */
char *checked_diag_text(struct arena *out, const struct checked *checked, const struct diag *diag);
/* All diagnostics as text, an empty line between two; a great many are cut, and it is said. */
char *checked_text(struct arena *out, const struct checked *checked);

#endif
