/* Git, as the record of plans: making commits and moving refs. */
#include "core/kept_text.h"
#include "plans/git/store_internal.h"

#include <string.h>

static const char *config_text(git_config *config, const char *key, struct arena *out)
{
	git_buf text = {0};
	const char *copy = NULL;
	if (git_config_get_string_buf(&text, config, key) == 0 && *text.ptr)
		copy = arena_strdup(out, text.ptr);
	git_buf_dispose(&text);
	return copy;
}

/* Where git looks for one half of an identity, in its order. A name with a dot is of the configuration. */
struct identity_source {
	const char *places[4];
};
enum role { ROLE_AUTHOR, ROLE_COMMITTER, ROLE_COUNT };
static const struct {
	struct identity_source name, email;
} identity_sources[ROLE_COUNT] = {
	[ROLE_AUTHOR] = {{{"GIT_AUTHOR_NAME", "author.name", "user.name"}},
			 {{"GIT_AUTHOR_EMAIL", "author.email", "user.email", "EMAIL"}}},
	[ROLE_COMMITTER] = {{{"GIT_COMMITTER_NAME", "committer.name", "user.name"}},
			    {{"GIT_COMMITTER_EMAIL", "committer.email", "user.email", "EMAIL"}}},
};

static const char *find_identity(struct store *store, git_config *config, struct arena *out,
				 const struct identity_source *source)
{
	const struct store_outside *outside = &store->outside;
	for (size_t i = 0; i < ARRAY_LEN(source->places) && source->places[i]; i++) {
		const char *place = source->places[i];
		const char *text = NULL;
		if (strchr(place, '.'))
			text = config_text(config, place, out);
		else if (outside->env)
			text = outside->env(outside->env_ctx, place);
		if (text && *text)
			return text;
	}
	return NULL;
}

static bool make_signature(struct store *store, enum role role, const struct clock *clock,
			   git_signature **ret, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(git_config_freep) git_config *config = NULL;
	if (git_repository_config_snapshot(&config, store->repo) < 0)
		return store_fail(err, "cannot read git's configuration");
	const char *name = find_identity(store, config, tmp, &identity_sources[role].name);
	const char *email = find_identity(store, config, tmp, &identity_sources[role].email);
	if (!name || !email) {
		error_set(err, ERR_FAILED, "git does not know who you are: no %s",
			  name ? "email address" : "name");
		return error_hint(err, "Set it with: git config user.name NAME, and: git config "
				       "user.email ADDRESS.");
	}
	if (!kept_text_refuse_all(&(struct str_list){.items = (const char *[]){name, email}, .count = 2},
				  err))
		return error_wrap(err, "cannot commit under this name");
	if (git_signature_new(ret, name, email, clock_now_ms(clock) / 1000, 0) < 0)
		return store_fail(err, "cannot commit as '%s <%s>'", name, email);
	return true;
}

bool store_check_identity(struct store *store, const struct clock *clock, struct error *err)
{
	CLEANUP(git_signature_freep) git_signature *author = NULL;
	CLEANUP(git_signature_freep) git_signature *committer = NULL;
	return make_signature(store, ROLE_AUTHOR, clock, &author, err) &&
	       make_signature(store, ROLE_COMMITTER, clock, &committer, err);
}

bool store_wants_signing(struct store *store)
{
	CLEANUP(git_config_freep) git_config *config = NULL;
	int wanted = 0;
	return git_repository_config_snapshot(&config, store->repo) == 0 &&
	       git_config_get_bool(&wanted, config, "commit.gpgsign") == 0 && wanted;
}

/* Every path is under the folder it was promised to be under, plain, and given once. */
static bool check_files(const struct store_commit *commit, struct error *err)
{
	const char *under = commit->only_under ? commit->only_under : "";
	size_t len = strlen(under);
	for (size_t i = 0; i < commit->file_count; i++) {
		const char *path = commit->files[i].path;
		if (len && (!str_starts(path, under) || (under[len - 1] != '/' && path[len] != '/')))
			return error_set(err, ERR_FAILED, "'%s' is not under '%s'", path, under);
		if (*path == '/' || str_starts(path, "../") || strstr(path, "/../") || !*path)
			return error_set(err, ERR_FAILED, "'%s' is not a path for a commit", path);
		for (size_t j = 0; j < i; j++)
			if (str_eq(path, commit->files[j].path))
				return error_set(err, ERR_FAILED, "'%s' is given twice", path);
	}
	return true;
}

static bool write_tree(struct store *store, const struct store_commit *commit, git_tree *base,
		       git_oid *ret_tree, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	git_tree_update *updates = arena_alloc_array(tmp, commit->file_count, sizeof *updates);
	for (size_t i = 0; i < commit->file_count; i++) {
		const struct store_file *file = &commit->files[i];
		updates[i] = (git_tree_update){.action = GIT_TREE_UPDATE_UPSERT,
					       .filemode = GIT_FILEMODE_BLOB,
					       .path = store_full_path(store, tmp, file->path)};
		if (git_blob_create_from_buffer(&updates[i].id, store->repo, file->content.ptr,
						file->content.len) < 0)
			return store_fail(err, "cannot store '%s' in git", file->path);
	}
	if (git_tree_create_updated(ret_tree, store->repo, base, commit->file_count, updates) < 0)
		return store_fail(err, "cannot store a tree in git");
	return true;
}

/* The commit of the tree that is written already. */
static bool write_commit_object(struct store *store, const struct store_commit *commit,
				const git_commit *parent, const struct clock *clock,
				struct store_written *written, struct error *err)
{
	CLEANUP(git_signature_freep) git_signature *author = NULL;
	CLEANUP(git_signature_freep) git_signature *committer = NULL;
	CLEANUP(git_tree_freep) git_tree *tree = NULL;
	if (!make_signature(store, ROLE_AUTHOR, clock, &author, err) ||
	    !make_signature(store, ROLE_COMMITTER, clock, &committer, err))
		return false;
	CLEANUP(mem_free_text)
	char *message = commit->body ? mem_printf("%s\n\n%s\n", commit->subject, commit->body)
				     : mem_printf("%s\n", commit->subject);
	const git_commit *parents[] = {parent};
	if (!kept_text_refuse(message, err))
		return error_wrap(err, "cannot commit with this message");
	if (git_tree_lookup(&tree, store->repo, &written->tree) < 0 ||
	    git_commit_create(&written->id, store->repo, NULL, author, committer, NULL, message, tree,
			      parent ? 1 : 0, parents) < 0)
		return store_fail(err, "cannot store a commit in git");
	return true;
}

/* Nobody's record is written over by one that does not know it. */
static bool check_growth(struct store *store, const struct store_commit *commit, const git_commit *parent,
			 struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	for (size_t i = 0; parent && commit->only_grow && i < commit->file_count; i++) {
		const struct store_file *file = &commit->files[i];
		CLEANUP(git_object_freep) git_object *there = NULL;
		if (file->may_change)
			continue;
		if (!store_find_object(parent, store_full_path(store, tmp, file->path), &there, err))
			return false;
		if (!there)
			continue;
		const git_blob *blob =
			git_object_type(there) == GIT_OBJECT_BLOB ? (const git_blob *)there : NULL;
		if (blob && bytes_begin_with(file->content, (struct bytes){git_blob_rawcontent(blob),
									   (size_t)git_blob_rawsize(blob)}))
			continue;
		error_set(err, ERR_FAILED,
			  "'%s' is not written over: what the branch has of it is not the beginning "
			  "of the one here",
			  file->path);
		return error_hint(
			err,
			"Both are records of what was done. Keep a copy of this one, take the one of the "
			"branch, and continue from there.");
	}
	return true;
}

bool store_write_commit(struct store *store, const struct store_commit *commit, const git_commit *parent,
			const struct clock *clock, struct store_written *ret, struct error *err)
{
	CLEANUP(git_tree_freep) git_tree *base = NULL;
	if (!check_files(commit, err) || !check_growth(store, commit, parent, err))
		return false;
	if (parent && git_commit_tree(&base, parent) < 0)
		return store_fail(err, "cannot read the tree of a commit");
	if (!write_tree(store, commit, base, &ret->tree, err))
		return false;
	ret->made = !base || !git_oid_equal(&ret->tree, git_tree_id(base));
	if (ret->made)
		return write_commit_object(store, commit, parent, clock, ret, err);
	git_oid_cpy(&ret->id, git_commit_id(parent));
	return true;
}

/* Locks the ref, waiting briefly for whoever holds it. */
static bool lock_ref(git_transaction *transaction, const char *ref, struct store_patience patience,
		     struct error *err)
{
	for (;;) {
		int code = git_transaction_lock_ref(transaction, ref);
		if (code == 0)
			return true;
		if (code != GIT_ELOCKED || !store_pause(&patience)) {
			store_fail(err, "cannot lock '%s'", ref);
			return error_hint(err,
					  "If no other git process is at work, remove the file "
					  "%s.lock in the git folder.",
					  ref);
		}
	}
}

static bool same_id(const git_oid *a, const git_oid *b)
{
	return a && b ? git_oid_equal(a, b) != 0 : a == b;
}

bool store_swap_ref(git_repository *repo, const struct store_swap *swap, const struct clock *clock,
		    bool *ret_swapped, struct error *err)
{
	CLEANUP(git_transaction_freep) git_transaction *transaction = NULL;
	CLEANUP(git_signature_freep) git_signature *signature = NULL;
	if (git_transaction_new(&transaction, repo) < 0 ||
	    git_signature_new(&signature, "seatshift", "seatshift", clock_now_ms(clock) / 1000, 0) < 0)
		return store_fail(err, "cannot begin to change '%s'", swap->ref);
	if (!lock_ref(transaction, swap->ref, store_patience(clock, swap->random, STORE_LOCK_PATIENCE_MS),
		      err))
		return false;
	git_oid now;
	int code = git_reference_name_to_id(&now, repo, swap->ref);
	if (code < 0 && code != GIT_ENOTFOUND)
		return store_fail(err, "cannot read '%s'", swap->ref);
	*ret_swapped = same_id(code == 0 ? &now : NULL, swap->from);
	if (!*ret_swapped)
		return true;
	code = swap->to
		       ? git_transaction_set_target(transaction, swap->ref, swap->to, signature, swap->reason)
		       : git_transaction_remove(transaction, swap->ref);
	if (code < 0 || git_transaction_commit(transaction) < 0)
		return store_fail(err, "cannot write '%s'", swap->ref);
	return true;
}

/* The branch that `repo`'s working tree is on is `ref`. */
static bool has_checked_out(git_repository *repo, const char *ref)
{
	CLEANUP(git_reference_freep) git_reference *head = NULL;
	return !git_repository_is_bare(repo) && git_reference_lookup(&head, repo, "HEAD") == 0 &&
	       str_eq(git_reference_symbolic_target(head), ref);
}

static bool refuse_if_held(struct store *store, git_repository *other, const char *ref, struct error *err)
{
	bool same = str_eq(git_repository_path(other), git_repository_path(store->repo));
	if (same || !has_checked_out(other, ref))
		return true;
	error_set(err, ERR_FAILED, "'%s' is checked out in the worktree '%s'", ref,
		  git_repository_workdir(other));
	return error_hint(err, "Run it there, or give another branch with --branch NAME.");
}

/* Moving a branch under another worktree would show there as changes that nobody made. */
static bool check_other_worktrees(struct store *store, const char *ref, struct error *err)
{
	CLEANUP(git_repository_freep) git_repository *main_repo = NULL;
	if (git_repository_open(&main_repo, git_repository_commondir(store->repo)) == 0 &&
	    !refuse_if_held(store, main_repo, ref, err))
		return false;
	git_strarray names = {0};
	if (git_worktree_list(&names, store->repo) < 0)
		return true;
	bool ok = true;
	for (size_t i = 0; ok && i < names.count; i++) {
		CLEANUP(git_worktree_freep) git_worktree *worktree = NULL;
		CLEANUP(git_repository_freep) git_repository *repo = NULL;
		if (git_worktree_lookup(&worktree, store->repo, names.strings[i]) == 0 &&
		    git_repository_open_from_worktree(&repo, worktree) == 0)
			ok = refuse_if_held(store, repo, ref, err);
	}
	git_strarray_dispose(&names);
	return ok;
}

static bool same_entry(git_index *index, const git_index_entry *entry)
{
	const git_index_entry *there = git_index_get_bypath(index, entry->path, 0);
	return there && git_oid_equal(&there->id, &entry->id) && there->mode == entry->mode;
}

/* Sets the index entries of the commit's paths; *ret_changed when any was not so already. */
static bool set_entries(struct store *store, const struct store_commit *commit, git_index *index,
			bool *ret_changed, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	for (size_t i = 0; i < commit->file_count; i++) {
		const struct store_file *file = &commit->files[i];
		/* No size and times: git compares the file with the blob itself the next time it looks. */
		git_index_entry entry = {.mode = GIT_FILEMODE_BLOB,
					 .path = store_full_path(store, tmp, file->path)};
		if (git_odb_hash(&entry.id, file->content.ptr, file->content.len, GIT_OBJECT_BLOB) < 0)
			return store_fail(err, "cannot hash '%s'", file->path);
		if (same_entry(index, &entry))
			continue;
		if (git_index_add(index, &entry) < 0)
			return store_fail(err, "cannot put '%s' into the index", file->path);
		*ret_changed = true;
	}
	return true;
}

static bool refresh_index(struct store *store, const struct store_commit *commit, const struct clock *clock,
			  struct error *err)
{
	CLEANUP(git_index_freep) git_index *index = NULL;
	if (git_repository_index(&index, store->repo) < 0)
		return store_fail(err, "cannot open the index");
	struct store_patience patience = store_patience(clock, store->outside.random, STORE_LOCK_PATIENCE_MS);
	for (;;) {
		bool changed = false;
		if (git_index_read(index, 1) < 0)
			return store_fail(err, "cannot read the index");
		if (!set_entries(store, commit, index, &changed, err))
			return false;
		int code = changed ? git_index_write(index) : 0;
		if (code == 0)
			return true;
		if (code != GIT_ELOCKED || !store_pause(&patience)) {
			store_fail(err, "the commit is made, but the index is not refreshed");
			return error_hint(err,
					  "Run 'git reset -- %s' when no other git process is at "
					  "work.",
					  commit->only_under ? commit->only_under : ".");
		}
	}
}

/* An index that libgit2 cannot read (a split or sparse one) is reported before anything is committed. */
static bool check_index(struct store *store, struct error *err)
{
	CLEANUP(git_index_freep) git_index *index = NULL;
	if (git_repository_index(&index, store->repo) == 0 && git_index_read(index, 1) == 0)
		return true;
	store_fail(err, "cannot read the index");
	return error_hint(err, "Commit to a branch that is not checked out, with --branch NAME; or turn "
			       "split and sparse index off.");
}

/* The commit that a branch which is not there begins at; NULL for a history that begins here. */
static bool find_start(struct store *store, const char *ref, git_commit **ret, struct error *err)
{
	CLEANUP(git_reference_freep) git_reference *head = NULL;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *remote = store_remote_name(store, NULL, tmp);
	if (remote) {
		const char *there =
			arena_printf(tmp, "refs/remotes/%s/%s", remote, ref + strlen("refs/heads/"));
		if (!store_find_commit(store, there, ret, err))
			return false;
		if (*ret)
			return true;
	}
	if (git_reference_lookup(&head, store->repo, "HEAD") == 0 &&
	    str_eq(git_reference_symbolic_target(head), ref))
		return true;
	return store_find_commit(store, "HEAD", ret, err);
}

/* Committing to a branch that others may move meanwhile. */
struct attempt {
	const struct store_commit *commit;
	const char *ref;
	const struct clock *clock;
	struct store_written written;
	bool done; /* false: it was moved */
};

static bool try_commit(struct store *store, struct attempt *attempt, struct error *err)
{
	CLEANUP(git_commit_freep) git_commit *parent = NULL;
	struct store_written *written = &attempt->written;
	const char *ref = attempt->ref;
	git_oid from;
	int code = git_reference_name_to_id(&from, store->repo, ref);
	if (code < 0 && code != GIT_ENOTFOUND)
		return store_fail(err, "cannot read '%s'", ref);
	bool exists = code == 0;
	if (exists && git_commit_lookup(&parent, store->repo, &from) < 0)
		return store_fail(err, "cannot read the tip of '%s'", ref);
	if (!exists && !find_start(store, ref, &parent, err))
		return false;
	if (!store_write_commit(store, attempt->commit, parent, attempt->clock, written, err))
		return false;
	attempt->done = true;
	if (exists && !written->made)
		return true;
	CLEANUP(mem_free_text) char *reason = mem_printf("commit: %s", attempt->commit->subject);
	const struct store_swap swap = {ref, exists ? &from : NULL, &written->id, reason,
					store->outside.random};
	return store_swap_ref(store->repo, &swap, attempt->clock, &attempt->done, err);
}

bool store_commit(struct store *store, const struct store_commit *commit, const struct clock *clock,
		  struct arena *out, struct store_committed *ret, struct error *err)
{
	const char *ref;
	if (!store_branch_ref(store, commit->branch, out, &ref, err) ||
	    !check_other_worktrees(store, ref, err))
		return false;
	bool checked_out = has_checked_out(store->repo, ref);
	if (checked_out && !check_index(store, err))
		return false;
	struct attempt attempt = {.commit = commit, .ref = ref, .clock = clock};
	struct store_patience patience =
		store_patience(clock, store->outside.random, STORE_LOCAL_PATIENCE_MS);
	do {
		if (!try_commit(store, &attempt, err))
			return error_wrap(err, "nothing was committed to '%s'", ref);
	} while (!attempt.done && store_pause(&patience));
	if (!attempt.done)
		return error_set(err, ERR_FAILED, "nothing was committed to '%s': others kept moving it",
				 ref);
	if (checked_out && !refresh_index(store, commit, clock, err))
		return false;
	*ret = (struct store_committed){store_id_text(out, &attempt.written.id), attempt.written.made};
	return true;
}
