/*
 * Git, as the record of plans: which repository a folder is in, and opening it.
 *
 * A repository is what a `.git` names, in the folder or above it. Only where nothing of that kind is above,
 * the folder itself may be a bare one (as git has it with safe.bareRepository=explicit): a commit can bring a
 * folder that holds HEAD, objects and refs, but no `.git`, and its configuration would name programs and
 * another history.
 */
#include "plans/git/store_internal.h"

#include "core/file.h"
#include "core/quote.h"

#include <stdlib.h>
#include <sys/stat.h>

enum { FLAGS = GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT };

/* ---- which -------------------------------------------------------------------------------------- */

/* An empty `.git` folder is nothing, to git as well; a file that leads nowhere is a mistake to be reported.
 */
static bool is_repository(const char *path, struct arena *tmp)
{
	struct stat info;
	return stat(path, &info) == 0 &&
	       (!S_ISDIR(info.st_mode) || file_exists(path_join(tmp, path, "HEAD")) ||
		file_exists(path_join(tmp, path, "commondir")));
}

/* The `.git` of the nearest folder that has one, on the same file system; NULL when there is none. */
static const char *find_dot_git(const char *real, struct arena *out)
{
	struct stat start, info;
	if (stat(real, &start) != 0)
		return NULL;
	for (const char *level = real;; level = path_dir(out, level)) {
		const char *dot_git = path_join(out, level, ".git");
		if (stat(level, &info) != 0 || info.st_dev != start.st_dev)
			return NULL;
		if (is_repository(dot_git, out))
			return dot_git;
		if (str_eq(level, "/"))
			return NULL;
	}
}

/* What to open for `dir`, absolute; NULL when it is in no repository. */
static const char *find_repository(const char *dir, struct arena *out)
{
	CLEANUP(mem_free_text) char *real = realpath(dir, NULL);
	if (!real)
		return NULL;
	const char *found = find_dot_git(real, out);
	bool bare = !found && file_exists(path_join(out, real, "HEAD")) &&
		    file_is_dir(path_join(out, real, "objects")) && file_is_dir(path_join(out, real, "refs"));
	return bare ? arena_strdup(out, real) : found;
}

/* ---- why not ------------------------------------------------------------------------------------ */

/* What git knows and libgit2 does not, by the configuration's key; `value` NULL: whatever it is set to. */
static const struct {
	const char *key, *value, *hint;
} beyond[] = {
	{"extensions.worktreeconfig", NULL,
	 "It has extensions.worktreeConfig (as 'git sparse-checkout' sets it): check out in a clone without "
	 "it, or "
	 "'git sparse-checkout disable' and 'git config --unset extensions.worktreeConfig'."},
	{"extensions.partialclone", NULL,
	 "It is a partial clone (extensions.partialClone), which does not have every object: clone without "
	 "--filter."},
	{"extensions.objectformat", "sha256",
	 "Its objects are named by SHA-256 (extensions.objectFormat): keep the customers in a repository of "
	 "the "
	 "usual kind, 'git init --object-format=sha1'."},
	{"extensions.refstorage", NULL,
	 "Its refs are kept in another form (extensions.refStorage): 'git init --ref-format=files' makes the "
	 "usual one."},
};

/* The configuration of a repository that does not open, as far as it can be read. */
static git_config *read_config(const char *path, struct arena *tmp)
{
	git_config *config = NULL;
	const char *file = path_join(tmp, path, "config");
	/* Of a worktree, it is with the main one. */
	const char *common = path_join(tmp, path, "../../config");
	if (git_config_open_ondisk(&config, file_exists(file) ? file : common) < 0)
		return NULL;
	return config;
}

static bool tell_extension(const char *path, struct arena *tmp, struct error *err)
{
	CLEANUP(git_config_freep) git_config *config = read_config(path, tmp);
	for (size_t i = 0; config && i < ARRAY_LEN(beyond); i++) {
		git_buf value = {0};
		bool set = git_config_get_string_buf(&value, config, beyond[i].key) == 0 &&
			   (!beyond[i].value || str_eq_fold(value.ptr, beyond[i].value));
		git_buf_dispose(&value);
		if (set)
			return error_hint(err, "%s", beyond[i].hint);
	}
	return error_hint(err, "'git -C %s status' may say more.", path);
}

static int is_star(const git_config_entry *entry, void *payload)
{
	bool *star = payload;
	*star = *star || str_eq(entry->value, "*");
	return 0;
}

static bool trusts_all(void)
{
	CLEANUP(git_config_freep) git_config *config = NULL;
	bool star = false;
	return git_config_open_default(&config) == 0 &&
	       git_config_get_multivar_foreach(config, "safe.directory", NULL, is_star, &star) == 0 && star;
}

static bool tell_owner(const char *dir, const char *path, struct arena *tmp, struct error *err)
{
	bool dot_git = str_eq(path_name(path), ".git");
	error_set(err, ERR_FAILED, "the git repository of '%s' belongs to another user", dir);
	return error_hint(err, "If you trust it: git config --global --add safe.directory '%s'%s",
			  dot_git ? path_dir(tmp, path) : path,
			  trusts_all() ? ". The '*' there is not enough here: it needs the path." : "");
}

static bool open_failed(int code, const char *dir, const char *path, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *shown = quote_terminal(tmp, dir);
	/* "Not found" is what libgit2 says of another's where no safe.directory is configured at all. */
	if (code == GIT_EOWNER || code == GIT_ENOTFOUND)
		return tell_owner(shown, quote_terminal(tmp, path), tmp, err);
	store_fail(err, "cannot open the git repository of '%s'", shown);
	return tell_extension(path, tmp, err);
}

/* ---- opening ------------------------------------------------------------------------------------ */

/* `dir` within the working tree, with a slash behind it; "" at its top and in a bare repository. */
static bool find_prefix(struct store *store, const char *dir, struct error *err)
{
	const char *workdir = git_repository_workdir(store->repo);
	CLEANUP(mem_free_text) char *inside = realpath(dir, NULL);
	CLEANUP(mem_free_text) char *top = workdir ? realpath(workdir, NULL) : NULL;
	if (!inside || (workdir && !top))
		return error_set(err, ERR_IO, "cannot resolve the path '%s'", dir);
	size_t len = top ? strlen(top) : 0;
	bool below = top && str_starts(inside, top) && (inside[len] == '/' || len == 1);
	const char *rest = below ? inside + len : "";
	rest += *rest == '/';
	store->prefix = *rest ? mem_printf("%s/", rest) : mem_strdup("");
	return true;
}

static void end_library(void)
{
	git_libgit2_shutdown();
}

/* Once for all stores of a process: the library reads every certificate that the system trusts. */
static void begin_library(void)
{
	static bool begun;
	if (begun)
		return;
	begun = true;
	git_libgit2_init();
	(void)atexit(end_library);
}

bool store_open(const char *dir, struct store **ret_store, struct error *err)
{
	begin_library();
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(store_freep) struct store *store = mem_alloc(sizeof *store);
	const char *path = find_repository(dir, tmp);
	if (!path) {
		error_set(err, ERR_FAILED, "'%s' is not in a git repository", quote_terminal(tmp, dir));
		return error_hint(err, "Run 'git init' in the customers' repository, or give its "
				       "folder with -C.");
	}
	int code = git_repository_open_ext(&store->repo, path, FLAGS, NULL);
	if (code < 0)
		return open_failed(code, dir, path, err);
	if (!find_prefix(store, dir, err) || !store_graft_shallow(store, err))
		return false;
	*ret_store = TAKE(store);
	return true;
}

bool store_is_in_git(const char *dir)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	return find_repository(dir, tmp) != NULL;
}

bool store_tracks(const char *dir, const char *path)
{
	CLEANUP(store_freep) struct store *store = NULL;
	CLEANUP(git_index_freep) git_index *index = NULL;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct error closed = ERROR_INIT;
	bool tracks = store_is_in_git(dir) && store_open(dir, &store, &closed) &&
		      git_repository_index(&index, store->repo) == 0 &&
		      git_index_get_bypath(index, store_path(store, path, tmp), 0);
	error_release(&closed);
	return tracks;
}

static bool make_repository(const char *dir, const char *branch, struct error *err)
{
	git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
	options.flags = GIT_REPOSITORY_INIT_NO_REINIT | GIT_REPOSITORY_INIT_EXTERNAL_TEMPLATE;
	options.initial_head = branch;
	CLEANUP(git_repository_freep) git_repository *repo = NULL;
	if (git_repository_init_ext(&repo, dir, &options) < 0)
		return store_fail(err, "cannot make a git repository in '%s'", dir);
	return true;
}

bool store_init(const char *dir, const char *branch, struct arena *out, const char **ret_there,
		struct error *err)
{
	begin_library();
	const char *there = find_repository(dir, out);
	bool ok = there || make_repository(dir, branch, err);
	if (ok)
		*ret_there = there;
	return ok;
}

void store_free(struct store *store)
{
	if (!store)
		return;
	git_repository_free(store->repo);
	free(store->prefix);
	secret_free(store->login);
	free(store->login_url);
	free(store);
}
