/* The files of a customers' repository, read and checked together. */
#include "plans/desired/repository.h"

#include "core/file.h"
#include "plans/desired/claims.h"
#include "plans/desired/desired_fields.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 16 * 1024 * 1024, SHOWN_MAX = 100 };
static const char policy_path[] = "seatshift.yaml", fleet_path[] = "fleet.yaml";

/* ---- reading -------------------------------------------------------------------------------- */

struct tree {
	const char *dir;
};

static bool read_from_tree(void *ctx, const char *path, struct arena *out, struct bytes *ret,
			   struct error *err)
{
	const struct tree *tree = ctx;
	return file_read_within(tree->dir, path, FILE_MAX_BYTES, out, ret, err);
}

static bool is_customer_file(const char *name)
{
	return name[0] != '.' && (str_ends(name, ".yaml") || str_ends(name, ".yml"));
}

bool repository_open(const char *dir, struct arena *out, struct repository *ret_repository, struct error *err)
{
	struct str_list names = {0};
	struct repository repository = {.dir = arena_strdup(out, dir)};
	struct tree tree = {repository.dir};
	if (!file_list_within(dir, "customers", out, &names, err))
		return false;
	for (size_t i = 0; i < names.count; i++)
		if (is_customer_file(names.items[i]))
			VEC_PUSH(out, &repository.customers, names.items[i]);
	repository.files = (struct file_reader){read_from_tree, arena_dup(out, &tree, sizeof tree)};
	*ret_repository = repository;
	return true;
}

struct str_list repository_names(const struct repository *repository, struct arena *out)
{
	struct str_list names = {0};
	for (size_t i = 0; i < repository->customers.count; i++) {
		const char *file = repository->customers.items[i];
		VEC_PUSH(out, &names, arena_strndup(out, file, strcspn(file, ".")));
	}
	return names;
}

/* Remembers every text that is read, so that a line of it can be shown. */
struct recorder {
	const struct repository *repository;
	struct checked *checked;
	struct arena *out;
};

static bool read_recorded(void *ctx, const char *path, struct arena *out, struct bytes *ret,
			  struct error *err)
{
	const struct recorder *recorder = ctx;
	const struct file_reader *files = &recorder->repository->files;
	if (!files->read(files->ctx, path, out, ret, err))
		return false;
	struct source source = {path_join(recorder->out, recorder->repository->dir, path), ret->ptr};
	VEC_PUSH(recorder->out, &recorder->checked->sources, source);
	return true;
}

bool repository_check_policy(const struct repository *repository, const char *path, struct arena *out,
			     struct checked *checked, struct policy *ret_policy, struct error *err)
{
	struct recorder recorder = {repository, checked, out};
	struct bytes text;
	return read_recorded(&recorder, path, out, &text, err) &&
	       policy_parse(path_join(out, repository->dir, path), text.ptr, text.len, out, &checked->diags,
			    ret_policy);
}

bool repository_check_fleet(const struct repository *repository, const char *path, struct arena *out,
			    struct checked *checked, struct fleet_file *ret_fleet, struct error *err)
{
	struct recorder recorder = {repository, checked, out};
	struct bytes text;
	size_t first = checked->diags.count;
	if (!read_recorded(&recorder, path, out, &text, err))
		return false;
	bool parsed = fleet_parse(path_join(out, repository->dir, path), text.ptr, text.len, out,
				  &checked->diags, ret_fleet);
	const struct str_list names = repository_names(repository, out);
	fleet_check_names(ret_fleet, &names, out, &checked->diags);
	diags_sort_from(&checked->diags, first);
	return parsed && !diag_has_errors(&checked->diags);
}

/* desired_parse, or desired_parse_draft. */
typedef bool parse_customer(const char *path, struct bytes text, const struct file_reader *files,
			    struct arena *out, struct diag_list *diags, struct desired *ret_desired);

static bool check_customer(struct recorder *recorder, const char *path, parse_customer *parse,
			   struct desired *ret_desired, struct error *err)
{
	const struct file_reader files = {read_recorded, recorder};
	struct arena *out = recorder->out;
	struct bytes text;
	return read_recorded(recorder, path, out, &text, err) &&
	       parse(path_join(out, recorder->repository->dir, path), text, &files, out,
		     &recorder->checked->diags, ret_desired);
}

bool repository_check_customer(const struct repository *repository, const char *path, struct arena *out,
			       struct checked *checked, struct desired *ret_desired, struct error *err)
{
	struct recorder recorder = {repository, checked, out};
	return check_customer(&recorder, path, desired_parse, ret_desired, err);
}

/* ---- policy and customer -------------------------------------------------------------------- */

static bool refused(const struct checked *checked, const char *path, struct error *err)
{
	size_t errors = 0;
	for (size_t i = 0; i < checked->diags.count; i++)
		errors += checked->diags.items[i].severity == DIAG_ERROR;
	return error_set(err, ERR_INVALID, "'%s' has %zu error%s", path, errors, errors == 1 ? "" : "s");
}

bool repository_load_policy(const struct repository *repository, struct arena *out, struct checked *checked,
			    struct policy *ret_policy, struct error *err)
{
	struct error cause = ERROR_INIT;
	if (repository_check_policy(repository, policy_path, out, checked, ret_policy, &cause))
		return true;
	if (cause.code == ERR_NONE)
		return refused(checked, policy_path, err);
	error_set(err, ERR_INVALID, "this is not a customers' repository: %s", cause.message);
	error_release(&cause);
	return error_hint(err, "Run 'seatshift init' to make one, or name its folder with -C DIR.");
}

bool repository_load_fleet(const struct repository *repository, struct arena *out, struct checked *checked,
			   struct fleet_file *ret_fleet, struct error *err)
{
	struct error cause = ERROR_INIT;
	if (repository_check_fleet(repository, fleet_path, out, checked, ret_fleet, &cause))
		return true;
	if (cause.code == ERR_NONE)
		return refused(checked, fleet_path, err);
	error_set(err, ERR_INVALID, "there is no fleet here: %s", cause.message);
	error_release(&cause);
	return error_hint(err, "Describe it in fleet.yaml, beside seatshift.yaml: man 5 seatshift-fleet.");
}

static bool no_customer(const struct repository *repository, const char *name, struct arena *out,
			struct error *err)
{
	struct str_list names = repository_names(repository, out);
	error_set(err, ERR_INVALID, "there is no customer '%s'", name);
	const char *nearest = str_nearest(name, &names);
	if (nearest)
		return error_hint(err, "Did you mean '%s'?", nearest);
	if (!names.count)
		return error_hint(err, "There are no files in customers/.");
	enum { FEW = 10 };
	bool many = names.count > FEW;
	names.count = many ? FEW : names.count;
	return error_hint(err, "There are: %s%s.", str_list_join(out, &names, ", "), many ? " …" : "");
}

bool repository_need_customer(const struct repository *repository, const char *name, struct arena *out,
			      struct error *err)
{
	const char *file = arena_printf(out, "%s.yaml", name);
	return str_list_has(&repository->customers, file) || no_customer(repository, name, out, err);
}

static void free_text(char **text)
{
	free(*text);
}

/* An absolute path as one relative to the repository, or NULL when it is not inside. */
static const char *inside(const struct repository *repository, const char *path, struct arena *out)
{
	CLEANUP(free_text) char *root = realpath(repository->dir, NULL);
	CLEANUP(free_text) char *real = realpath(path, NULL);
	if (!root || !real)
		return NULL;
	size_t len = strlen(root);
	if (strncmp(root, real, len) != 0 || real[len] != '/')
		return NULL;
	return arena_strdup(out, real + len + 1);
}

bool repository_find_customer(const struct repository *repository, const char *name_or_path,
			      struct arena *out, const char **ret_name, struct error *err)
{
	bool is_path = strchr(name_or_path, '/') || str_ends(name_or_path, ".yaml");
	if (!is_path) {
		*ret_name = arena_strdup(out, name_or_path);
		return true;
	}
	const char *path = name_or_path;
	while (str_starts(path, "./"))
		path += 2;
	if (path[0] == '/')
		path = inside(repository, path, out);
	const char *name = path ? path_name(path) : "";
	bool good = path && str_ends(name, ".yaml") && str_eq(path, arena_printf(out, "customers/%s", name));
	if (!good) {
		error_set(err, ERR_INVALID, "'%s' is not a customer's file of this repository", name_or_path);
		return error_hint(err, "Give the customer's name, or customers/NAME.yaml; -C DIR names the "
				       "repository.");
	}
	*ret_name = arena_strndup(out, name, strlen(name) - strlen(".yaml"));
	return true;
}

/* A file that is refused anyway is not refused again, for something else, once that is mended. */
static void tell_the_rest(struct recorder *recorder, const struct customer *customer)
{
	const struct desired *desired = &customer->desired;
	const struct repository *repository = recorder->repository;
	struct checked *checked = recorder->checked;
	struct error told = ERROR_INIT;
	if (!desired->file)
		return;
	if (repository->today)
		desired_check_dates(desired, repository->today, recorder->out, &checked->diags);
	desired_check_partner(desired, &customer->policy, recorder->out, &checked->diags);
	if (!repository_check_claims(repository, desired, recorder->out, checked, &told))
		error_release(&told);
	diags_sort_from(&checked->diags, 0);
}

static bool load_customer(struct recorder *recorder, const char *name_or_path, parse_customer *parse,
			  struct customer *ret, struct error *err)
{
	const struct repository *repository = recorder->repository;
	struct checked *checked = recorder->checked;
	struct arena *out = recorder->out;
	const char *name;
	struct customer customer;
	struct error cause = ERROR_INIT;
	if (!repository_find_customer(repository, name_or_path, out, &name, err) ||
	    !repository_load_policy(repository, out, checked, &customer.policy, err))
		return false;
	const char *path = arena_printf(out, "customers/%s.yaml", name);
	if (!check_customer(recorder, path, parse, &customer.desired, &cause)) {
		if (cause.code == ERR_NONE) {
			desired_check_policy(&customer.desired, &customer.policy, out, &checked->diags);
			if (parse == desired_parse)
				tell_the_rest(recorder, &customer);
			return refused(checked, path, err);
		}
		bool listed = str_list_has(&repository->customers, path_name(path));
		if (!listed) {
			error_release(&cause);
			return no_customer(repository, name, out, err);
		}
		error_move(err, &cause);
		return false;
	}
	desired_check_policy(&customer.desired, &customer.policy, out, &checked->diags);
	if (diag_has_errors(&checked->diags)) {
		tell_the_rest(recorder, &customer);
		return refused(checked, path, err);
	}
	*ret = customer;
	return true;
}

bool repository_load_customer(const struct repository *repository, const char *name_or_path,
			      struct arena *out, struct checked *checked, struct customer *ret,
			      struct error *err)
{
	struct recorder recorder = {repository, checked, out};
	return load_customer(&recorder, name_or_path, desired_parse, ret, err);
}

bool repository_load_draft(const struct repository *repository, const char *name_or_path, struct arena *out,
			   struct checked *checked, struct customer *ret, struct error *err)
{
	struct recorder recorder = {repository, checked, out};
	return load_customer(&recorder, name_or_path, desired_parse_draft, ret, err);
}

/* Only a file that has these words anywhere is worth being understood. */
static bool may_claim(const char *text, const struct desired *desired, struct arena *out)
{
	const char *lower = str_lower(out, text);
	return (desired->tenant_id && strstr(lower, desired->tenant_id)) ||
	       (desired->tenant_domain && strstr(lower, desired->tenant_domain));
}

static void add_claim(const struct repository *repository, const char *path, const struct desired *desired,
		      struct arena *out, struct claim_list *claims)
{
	const struct file_reader *files = &repository->files;
	struct checked ignored = {0};
	struct recorder recorder = {repository, &ignored, out};
	struct error unread = ERROR_INIT;
	struct desired other;
	struct bytes text;
	if (files->read(files->ctx, path, out, &text, &unread) && may_claim(text.ptr, desired, out) &&
	    check_customer(&recorder, path, desired_parse_draft, &other, &unread))
		claims_add(claims, &other, out);
	/* What is wrong with another customer's file is not this one's fault: validate says it. */
	error_release(&unread);
}

bool repository_check_claims(const struct repository *repository, const struct desired *desired,
			     struct arena *out, struct checked *checked, struct error *err)
{
	struct claim_list claims = {0};
	claims_add(&claims, desired, out);
	for (size_t i = 0; i < repository->customers.count; i++) {
		const char *path = path_join(out, "customers", repository->customers.items[i]);
		if (!str_eq(path_name(path), path_name(desired->file)))
			add_claim(repository, path, desired, out, &claims);
	}
	claims_compare(&claims, out);
	claim_complain(&claims.items[0], desired->tenant_place, out, &checked->diags);
	return !claims.items[0].message ||
	       refused(checked, arena_printf(out, "customers/%s", path_name(desired->file)), err);
}

/* ---- showing -------------------------------------------------------------------------------- */

char *checked_diag_text(struct arena *out, const struct checked *checked, const struct diag *diag)
{
	const char *text = NULL;
	for (size_t i = 0; i < checked->sources.count && diag->place.file; i++)
		if (str_eq(checked->sources.items[i].path, diag->place.file))
			text = checked->sources.items[i].text;
	return diag_text(out, diag, text);
}

char *checked_text(struct arena *out, const struct checked *checked)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	size_t count = checked->diags.count;
	for (size_t i = 0; i < count && i < SHOWN_MAX; i++) {
		strbuf_add(&buf, i ? "\n\n" : "");
		strbuf_add(&buf, checked_diag_text(out, checked, &checked->diags.items[i]));
	}
	if (count > SHOWN_MAX)
		strbuf_addf(&buf, "\n\n%zu more are not shown", count - SHOWN_MAX);
	return strbuf_dup(out, &buf);
}
