/* Git, as the record of plans: remotes. Pushing a branch, and notes that are swapped on the remote. */
#include "plans/git/store_internal.h"

#include "plans/git/git_url.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* One use of a remote: what the callbacks need, and what they found. */
struct link {
	struct store *store;
	git_remote *remote;
	const char *name;
	const char *url;	/* of the remote; absolute when it is a folder */
	git_repository *folder; /* when it is a folder: opened; else NULL */
	struct store_access access;
	/* For a push: */
	bool check_old;
	git_oid expected; /* what the server must have advertised; zeros: nothing */
	bool other_old;	  /* it advertised something else */
	char *refused;	  /* what the server said of the ref, or NULL; owned */
	bool shut;	  /* it failed in a way that no waiting mends */
};

static void link_release(struct link *link)
{
	git_remote_free(link->remote);
	git_repository_free(link->folder);
	store_access_release(&link->access);
	free(link->refused);
}

static int give_credential(git_credential **ret, const char *url, const char *user, unsigned int allowed,
			   void *payload)
{
	struct link *link = payload;
	(void)url;
	return store_access_answer(&link->access, user, allowed, ret);
}

static int check_negotiation(const git_push_update **updates, size_t count, void *payload)
{
	struct link *link = payload;
	for (size_t i = 0; link->check_old && i < count; i++)
		if (!git_oid_equal(&updates[i]->src, &link->expected))
			link->other_old = true;
	return link->other_old ? GIT_EUSER : 0;
}

static int note_refusal(const char *ref, const char *status, void *payload)
{
	struct link *link = payload;
	if (status && !link->refused)
		link->refused = mem_printf("'%s': %s", ref, status);
	return 0;
}

static void set_callbacks(struct link *link, git_remote_callbacks *callbacks)
{
	callbacks->credentials = give_credential;
	callbacks->push_negotiation = check_negotiation;
	callbacks->push_update_reference = note_refusal;
	callbacks->payload = link;
}

/* The folder of a remote that is one: "file://", "/…", "../…"; NULL for a host. */
static const char *folder_of(struct store *store, const char *url, struct arena *out)
{
	if (str_starts(url, "file://"))
		return arena_strdup(out, url + strlen("file://"));
	const char *colon = strchr(url, ':');
	const char *slash = strchr(url, '/');
	if (colon && (!slash || colon < slash))
		return NULL;
	if (*url == '/')
		return arena_strdup(out, url);
	const char *base = git_repository_workdir(store->repo);
	return arena_printf(out, "%s%s", base ? base : git_repository_path(store->repo), url);
}

static bool link_open(struct store *store, const char *remote, struct arena *out, struct link *link,
		      struct error *err)
{
	link->store = store;
	link->name = store_remote_name(store, remote, out);
	if (!link->name) {
		error_set(err, ERR_FAILED, "there is no git remote%s%s", remote ? " " : "",
			  remote ? remote : "");
		return error_hint(err, "Add one: git remote add origin URL.");
	}
	if (git_remote_lookup(&link->remote, store->repo, link->name) < 0)
		return store_fail(err, "cannot find the git remote '%s'", link->name);
	const char *push_url = git_remote_pushurl(link->remote);
	const char *url = push_url ? push_url : git_remote_url(link->remote);
	const char *folder = folder_of(store, url, out);
	store_access_open(store, arena_strdup(out, url), out, &link->access);
	link->url = folder ? folder : git_url_without_password(url, out);
	if (folder && git_repository_open(&link->folder, folder) < 0)
		return store_fail(err, "cannot open the git remote '%s'", link->name);
	/* One place for both directions: what is compared is read where it is pushed to. */
	if (git_remote_set_instance_url(link->remote, link->url) < 0 ||
	    git_remote_set_instance_pushurl(link->remote, link->url) < 0)
		return store_fail(err, "cannot use the git remote '%s'", link->name);
	return true;
}

static bool link_fail(struct link *link, int code, struct error *err, const char *what)
{
	const char *said = git_error_last() ? git_error_last()->message : "";
	const char *hint = NULL;
	link->shut = strstr(said, "status code: 404") != NULL;
	if (code == GIT_EAUTH || strstr(said, "authentication") || strstr(said, "status code: 403"))
		hint = "It has to be let in: a header that a CI's checkout leaves "
		       "(http.URL.extraHeader), what "
		       "git's credential helper knows, or an ssh key in an agent; and it needs the "
		       "right to push.";
	else if (strstr(said, "redirect"))
		hint = "The remote has moved. Redirects are not followed, since a token could go "
		       "along: git remote "
		       "set-url.";
	else if (code == GIT_ECERTIFICATE)
		hint = "Its certificate, or its ssh host key, is not one that this machine trusts.";
	store_fail(err, "%s the git remote '%s'", what, link->name);
	link->shut |= hint != NULL;
	return hint ? error_hint(err, "%s", hint) : false;
}

/* What the remote has at `ref`, read from it now; its commits are fetched. No ref here is changed. */
static bool fetch_ref(struct link *link, const char *ref, git_oid *ret_id, bool *ret_there, struct error *err)
{
	git_fetch_options options = GIT_FETCH_OPTIONS_INIT;
	git_remote_connect_options connect = GIT_REMOTE_CONNECT_OPTIONS_INIT;
	set_callbacks(link, &connect.callbacks);
	connect.custom_headers = link->access.headers;
	connect.proxy_opts.type = GIT_PROXY_AUTO;
	connect.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	options.callbacks = connect.callbacks;
	options.custom_headers = connect.custom_headers;
	options.proxy_opts = connect.proxy_opts;
	options.follow_redirects = connect.follow_redirects;
	options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	options.update_fetchhead = 0;
	link->access.user_asked = link->access.agent_asked = 0;
	CLEANUP(mem_free_text) char *spec = mem_strdup(ref);
	git_strarray specs = {&spec, 1};
	const git_remote_head **heads;
	size_t count;
	int code = git_remote_connect_ext(link->remote, GIT_DIRECTION_FETCH, &connect);
	if (code < 0 && store_access_again(&link->access)) {
		(void)git_remote_disconnect(link->remote);
		return fetch_ref(link, ref, ret_id, ret_there, err);
	}
	if (code < 0 || git_remote_ls(&heads, &count, link->remote) < 0) {
		link_fail(link, code, err, "cannot reach");
		(void)git_remote_disconnect(link->remote);
		return false;
	}
	*ret_there = false;
	for (size_t i = 0; i < count; i++) {
		if (str_eq(heads[i]->name, ref)) {
			*ret_there = true;
			git_oid_cpy(ret_id, &heads[i]->oid);
		}
	}
	bool ok = !*ret_there || git_remote_download(link->remote, &specs, &options) == 0;
	if (!ok)
		store_fail(err, "cannot fetch '%s' from the git remote '%s'", ref, link->name);
	git_remote_disconnect(link->remote);
	return ok;
}

enum push_result { PUSH_DONE, PUSH_BEHIND, PUSH_FAILED };

static enum push_result send_spec(struct link *link, const char *spec_text, struct error *err)
{
	git_push_options options = GIT_PUSH_OPTIONS_INIT;
	set_callbacks(link, &options.callbacks);
	options.custom_headers = link->access.headers;
	options.proxy_opts.type = GIT_PROXY_AUTO;
	options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	link->access.user_asked = link->access.agent_asked = 0;
	link->other_old = false;
	free(TAKE(link->refused));
	CLEANUP(mem_free_text) char *spec = mem_strdup(spec_text);
	git_strarray specs = {&spec, 1};
	int code = git_remote_push(link->remote, &specs, &options);
	/* libgit2 leaves a push that it dropped half way connected. */
	if (code < 0)
		(void)git_remote_disconnect(link->remote);
	if (code < 0 && store_access_again(&link->access))
		return send_spec(link, spec_text, err);
	if (link->other_old || code == GIT_ENONFASTFORWARD)
		return PUSH_BEHIND;
	if (code < 0) {
		link_fail(link, code, err, "cannot push to");
		return PUSH_FAILED;
	}
	return link->refused ? PUSH_BEHIND : PUSH_DONE;
}

/* Pushes `id` (NULL: deletes) to `ref`. libgit2 pushes refs only, so a commit gets one for as long. */
static enum push_result push_spec(struct link *link, const char *plus, const git_oid *id, const char *ref,
				  struct error *err)
{
	CLEANUP(git_reference_freep) git_reference *outgoing = NULL;
	char text[STORE_ID_SIZE] = "";
	if (id)
		git_oid_tostr(text, sizeof text, id);
	CLEANUP(mem_free_text)
	char *name = mem_printf("%s%s", id ? "refs/seatshift/outgoing/" : "", text);
	CLEANUP(mem_free_text) char *spec = mem_printf("%s%s:%s", plus, name, ref);
	if (id && git_reference_create(&outgoing, link->store->repo, name, id, 1, "push") < 0) {
		store_fail(err, "cannot make '%s'", name);
		return PUSH_FAILED;
	}
	enum push_result result = send_spec(link, spec, err);
	if (id)
		(void)git_reference_remove(link->store->repo, name);
	return result;
}

/*
 * libgit2 pushes into a folder without comparing the old value under the ref's lock. So the commits
 * go there under a ref of their own, and the branch is moved by a swap.
 */
static enum push_result push_to_folder(struct link *link, const git_oid *id, const char *ref,
				       const struct clock *clock, struct error *err)
{
	char text[STORE_ID_SIZE];
	git_oid_tostr(text, sizeof text, id);
	git_oid old;
	int code = git_reference_name_to_id(&old, link->folder, ref);
	if (code < 0 && code != GIT_ENOTFOUND) {
		store_fail(err, "cannot read '%s' of the git remote '%s'", ref, link->name);
		return PUSH_FAILED;
	}
	bool exists = code == 0;
	if (exists && git_oid_equal(&old, id))
		return PUSH_DONE;
	if (exists && git_graph_descendant_of(link->store->repo, id, &old) != 1)
		return PUSH_BEHIND;
	CLEANUP(mem_free_text) char *incoming = mem_printf("refs/seatshift/incoming/%s", text);
	enum push_result result = push_spec(link, "+", id, incoming, err);
	if (result != PUSH_DONE)
		return result;
	bool swapped = false;
	const struct store_swap swap = {ref, exists ? &old : NULL, id, "push", link->store->outside.random};
	bool ok = store_swap_ref(link->folder, &swap, clock, &swapped, err);
	(void)git_reference_remove(link->folder, incoming);
	return !ok ? PUSH_FAILED : swapped ? PUSH_DONE : PUSH_BEHIND;
}

static enum push_result push_commit(struct link *link, const git_oid *id, const char *ref,
				    const struct clock *clock, struct error *err)
{
	return link->folder ? push_to_folder(link, id, ref, clock, err) : push_spec(link, "", id, ref, err);
}

/* As git does after a push, so that `git status` knows. A failure is of no consequence. */
static void note_remote_branch(struct link *link, const git_oid *id, const char *ref)
{
	CLEANUP(git_reference_freep) git_reference *tracking = NULL;
	CLEANUP(mem_free_text)
	char *name = mem_printf("refs/remotes/%s/%s", link->name, ref + strlen("refs/heads/"));
	(void)git_reference_create(&tracking, link->store->repo, name, id, 1, "update by push");
}

static bool behind(struct link *link, const char *ref, struct error *err)
{
	if (link->refused)
		error_set(err, ERR_FAILED, "the git remote '%s' refuses %s", link->name, link->refused);
	else
		error_set(err, ERR_FAILED, "the git remote '%s' has commits of '%s' that are not here",
			  link->name, ref);
	return error_hint(err, "Nothing is lost: it is committed here. Fetch and merge, then push; or "
			       "see whether the branch is protected.");
}

/* What a lost race, or a remote that does not answer, is met with. */
struct again {
	const struct store_push *push;
	const char *ref;
	const struct clock *clock;
	struct store_patience patience;
	git_oid tip; /* of the remote's branch at the last try */
	int unmoved; /* so many times refused while nobody else had moved the branch */
};
enum { REFUSED_FOR_GOOD = 6 };

/* Makes the commit again on what the remote has now; `written` is then what to push. */
static bool commit_on_top(struct link *link, struct again *again, struct store_written *written,
			  struct error *err)
{
	CLEANUP(git_commit_freep) git_commit *tip = NULL;
	git_oid there;
	bool exists = false;
	if (!fetch_ref(link, again->ref, &there, &exists, err))
		return false;
	written->made = true;
	if (!exists) /* what was to be pushed first is still to be */
		return true;
	if (!git_oid_equal(&there, &again->tip))
		again->unmoved = 0;
	git_oid_cpy(&again->tip, &there);
	if (git_commit_lookup(&tip, link->store->repo, &there) < 0)
		return store_fail(err, "cannot read what the git remote '%s' has", link->name);
	if (store_write_commit(link->store, again->push->again, tip, again->clock, written, err))
		return true;
	link->shut = true;
	return false;
}

static enum push_result try_again(struct link *link, struct again *again, git_oid *ret_id, struct error *err)
{
	struct store_written written = {.id = *ret_id};
	if (!commit_on_top(link, again, &written, err))
		return PUSH_FAILED;
	git_oid_cpy(ret_id, &written.id);
	if (!written.made)
		return PUSH_DONE;
	enum push_result result = push_commit(link, ret_id, again->ref, again->clock, err);
	if (result == PUSH_BEHIND && ++again->unmoved == REFUSED_FOR_GOOD)
		link->shut = true;
	if (result == PUSH_BEHIND)
		behind(link, again->ref, err);
	return result;
}

/* `err` holds what the first try said. */
static bool push_again(struct link *link, const struct store_push *push, const char *ref,
		       const struct clock *clock, git_oid *ret_id, struct error *err)
{
	int64_t limit_ms = push->deadline_ms ? push->deadline_ms : STORE_PUSH_DEADLINE_MS;
	struct again again = {push,  ref, clock, store_patience(clock, link->store->outside.random, limit_ms),
			      {{0}}, 0};
	do {
		error_release(err);
		if (try_again(link, &again, ret_id, err) == PUSH_DONE)
			return true;
	} while (!link->shut && (!push->keep_on || push->keep_on(push->keep_on_ctx)) &&
		 store_pause(&again.patience));
	return false;
}

bool store_push(struct store *store, const struct store_push *push, const struct clock *clock,
		struct arena *out, const char **ret_commit, struct error *err)
{
	CLEANUP(link_release) struct link link = {0};
	const char *ref;
	git_oid id;
	if (!store_branch_ref(store, push->branch, out, &ref, err) ||
	    !link_open(store, push->remote, out, &link, err))
		return false;
	if (git_reference_name_to_id(&id, store->repo, ref) < 0)
		return store_fail(err, "there is nothing to push at '%s'", ref);
	enum push_result result = push_commit(&link, &id, ref, clock, err);
	if (result == PUSH_FAILED && (link.shut || !push->again))
		return false;
	if (result == PUSH_BEHIND && !push->again)
		return behind(&link, ref, err);
	if (result != PUSH_DONE && !push_again(&link, push, ref, clock, &id, err))
		return false;
	note_remote_branch(&link, &id, ref);
	*ret_commit = store_id_text(out, &id);
	return true;
}

/* Which has what the remote has: a folder has it itself. */
static git_repository *repo_of(const struct link *link)
{
	return link->folder ? link->folder : link->store->repo;
}

/* What the remote has at `ref` now, whatever it is. */
static bool find_remote_ref(struct link *link, const char *ref, git_oid *ret_id, bool *ret_there,
			    struct error *err)
{
	if (!link->folder)
		return fetch_ref(link, ref, ret_id, ret_there, err);
	int code = git_reference_name_to_id(ret_id, link->folder, ref);
	if (code < 0 && code != GIT_ENOTFOUND)
		return store_fail(err, "cannot read '%s' of the git remote '%s'", ref, link->name);
	*ret_there = code == 0;
	return true;
}

bool store_read_remote(struct store *store, const char *branch, const char *path, struct arena *out,
		       struct bytes *ret, struct error *err)
{
	CLEANUP(link_release) struct link link = {0};
	CLEANUP(git_commit_freep) git_commit *tip = NULL;
	CLEANUP(git_object_freep) git_object *object = NULL;
	const char *ref;
	git_oid id;
	bool there = false;
	*ret = (struct bytes){0};
	if (!store_branch_ref(store, branch, out, &ref, err) || !link_open(store, NULL, out, &link, err) ||
	    !find_remote_ref(&link, ref, &id, &there, err))
		return false;
	if (!there)
		return true;
	if (git_commit_lookup(&tip, repo_of(&link), &id) < 0)
		return store_fail(err, "cannot read what the git remote '%s' has", link.name);
	if (!store_find_object(tip, store_full_path(store, out, path), &object, err))
		return false;
	if (object && git_object_type(object) == GIT_OBJECT_BLOB)
		*ret = store_content((const git_blob *)object, out);
	return true;
}

static bool read_note(struct link *link, const git_oid *id, struct arena *out, const char **ret_id,
		      const char **ret_text, struct error *err)
{
	CLEANUP(git_commit_freep) git_commit *commit = NULL;
	if (git_commit_lookup(&commit, repo_of(link), id) < 0)
		return store_fail(err, "cannot read a note of the git remote '%s'", link->name);
	*ret_id = store_id_text(out, id);
	*ret_text = arena_strdup(out, git_commit_message(commit));
	return true;
}

bool store_note_read(struct store *store, const struct store_note *note, struct arena *out,
		     const char **ret_id, const char **ret_text, struct error *err)
{
	CLEANUP(link_release) struct link link = {0};
	git_oid id;
	bool there = false;
	if (!link_open(store, note->remote, out, &link, err))
		return false;
	if (!find_remote_ref(&link, note->ref, &id, &there, err))
		return false;
	*ret_id = NULL;
	*ret_text = NULL;
	return !there || read_note(&link, &id, out, ret_id, ret_text, err);
}

/* A commit with an empty tree and no parent. */
static bool write_note(git_repository *repo, const char *text, const struct clock *clock, git_oid *ret_id,
		       struct error *err)
{
	CLEANUP(git_signature_freep) git_signature *signature = NULL;
	CLEANUP(git_tree_freep) git_tree *tree = NULL;
	git_oid tree_id;
	if (git_tree_create_updated(&tree_id, repo, NULL, 0, NULL) < 0 ||
	    git_tree_lookup(&tree, repo, &tree_id) < 0 ||
	    git_signature_new(&signature, "seatshift", "seatshift", clock_now_ms(clock) / 1000, 0) < 0 ||
	    git_commit_create(ret_id, repo, NULL, signature, signature, NULL, text, tree, 0, NULL) < 0)
		return store_fail(err, "cannot store a note in git");
	return true;
}

static bool swap_on_server(struct link *link, const char *ref, const git_oid *to, bool *ret_swapped,
			   struct error *err)
{
	link->check_old = true;
	enum push_result result = push_spec(link, to ? "+" : "", to, ref, err);
	if (result == PUSH_FAILED)
		return false;
	*ret_swapped = result == PUSH_DONE;
	if (*ret_swapped || !link->refused)
		return true;
	/* Refused: because it has another value by now, or because nobody may. */
	git_oid now;
	bool there = false;
	if (!fetch_ref(link, ref, &now, &there, err))
		return false;
	bool as_expected =
		there ? git_oid_equal(&now, &link->expected) != 0 : git_oid_is_zero(&link->expected) != 0;
	if (as_expected)
		return error_set(err, ERR_FAILED, "the git remote '%s' refuses %s", link->name,
				 link->refused);
	return true;
}

bool store_note_swap(struct store *store, const struct store_note *note,
		     const struct store_note_change *change, struct arena *out,
		     struct store_note_swapped *ret, struct error *err)
{
	CLEANUP(link_release) struct link link = {0};
	git_oid to = {0};
	if (!link_open(store, note->remote, out, &link, err))
		return false;
	if (change->expected && git_oid_fromstr(&link.expected, change->expected) < 0)
		return store_fail(err, "'%s' is not an id", change->expected);
	if (change->text && !write_note(repo_of(&link), change->text, change->clock, &to, err))
		return false;
	const struct store_swap swap = {note->ref, change->expected ? &link.expected : NULL,
					change->text ? &to : NULL, "seatshift", store->outside.random};
	bool swapped = false;
	bool ok = link.folder ? store_swap_ref(link.folder, &swap, change->clock, &swapped, err)
			      : swap_on_server(&link, note->ref, swap.to, &swapped, err);
	if (!ok)
		return false;
	*ret = (struct store_note_swapped){swapped, swapped && change->text ? store_id_text(out, &to) : NULL};
	return true;
}
