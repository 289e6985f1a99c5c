/*
 * Git, as the record of plans: what a server is shown to be let in.
 *
 * In this order: headers of the configuration (a CI's checkout leaves its token there), what the
 * remote's url holds, and whoever knows passwords; for ssh an agent. All of it goes in a header
 * from the first request on. libgit2 reads no such headers by itself; and its own way, to answer a
 * 401, fails where the 401 has a body and libgit2 was built with Debian's http-parser (1.5.1:
 * "invalid constant string"). It sends its headers wherever it is redirected to, so redirects are
 * not followed.
 */
#include "plans/git/store_internal.h"

#include "core/base64.h"
#include "core/secret.h"
#include "plans/git/git_url.h"

#include <stdlib.h>
#include <string.h>

static const char header_prefix[] = "http.";
static const char header_suffix[] = ".extraheader";

/* The URL of "http.URL.extraheader", "" of "http.extraheader"; NULL: another key. */
static const char *pattern_of(const char *key, struct arena *out)
{
	size_t around = strlen(header_prefix) + strlen(header_suffix);
	size_t len = strlen(key);
	if (str_eq(key, "http.extraheader"))
		return "";
	if (!str_starts(key, header_prefix) || !str_ends(key, header_suffix) || len <= around)
		return NULL;
	return arena_strndup(out, key + strlen(header_prefix), len - around);
}

/* What fits best counts, wherever it stands; an empty value forgets what was said before it. */
static void take_header(const git_config_entry *entry, const char *url, struct arena *out,
			struct url_fit *best, struct str_list *headers)
{
	struct url_fit fit = {0};
	const char *pattern = pattern_of(entry->name, out);
	if (!pattern || !entry->value || (*pattern && !git_url_fits(pattern, url, &fit)) ||
	    url_fit_compare(&fit, best) < 0)
		return;
	*best = fit;
	if (*entry->value)
		VEC_PUSH(out, headers, arena_strdup(out, entry->value));
	else
		headers->count = 0;
}

static void find_headers(struct store_access *access, struct arena *out, struct str_list *headers)
{
	CLEANUP(git_config_freep) git_config *config = NULL;
	git_config_iterator *entries = NULL;
	git_config_entry *entry;
	struct url_fit best = {0};
	if (git_repository_config_snapshot(&config, access->store->repo) < 0 ||
	    git_config_iterator_new(&entries, config) < 0)
		return;
	while (git_config_next(&entry, entries) == 0)
		take_header(entry, access->url, out, &best, headers);
	git_config_iterator_free(entries);
}

/* ---- headers that are sent ------------------------------------------------------------------ */

static void drop(char *header)
{
	secret_wipe(header, strlen(header));
	free(header);
}

static void add_header(struct store_access *access, const char *header)
{
	git_strarray *headers = &access->headers;
	headers->strings = mem_realloc_array(headers->strings, headers->count + 1, sizeof(char *));
	headers->strings[headers->count++] = mem_strdup(header);
}

static bool is_authorization(const char *header)
{
	static const char name[] = "authorization:";
	for (size_t i = 0; name[i]; i++)
		if ((header[i] | ('A' ^ 'a')) != (name[i] | ('A' ^ 'a')))
			return false;
	return true;
}

static bool has_authorization(const struct store_access *access)
{
	for (size_t i = 0; i < access->headers.count; i++)
		if (is_authorization(access->headers.strings[i]))
			return true;
	return false;
}

/* In the place of every Authorization that was tried before. */
static void use_login(struct store_access *access, const char *user, const struct secret *password)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT(STRBUF_SMALL);
	CLEANUP(strbuf_release) struct strbuf header = STRBUF_INIT(STRBUF_SMALL);
	size_t kept = 0;
	for (size_t i = 0; i < access->headers.count; i++) {
		if (is_authorization(access->headers.strings[i]))
			drop(access->headers.strings[i]);
		else
			access->headers.strings[kept++] = access->headers.strings[i];
	}
	access->headers.count = kept;
	strbuf_addf(&plain, "%s:", user ? user : "git");
	strbuf_add_bytes(&plain, secret_expose(password), secret_len(password));
	strbuf_add(&header, "Authorization: Basic ");
	base64_encode(&header, strbuf_text(&plain), plain.len);
	add_header(access, strbuf_text(&header));
	secret_wipe(plain.ptr, plain.cap);
	secret_wipe(header.ptr, header.cap);
}

/* ---- letting in ----------------------------------------------------------------------------- */

static bool use_url_login(struct store_access *access)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(secret_freep) struct secret *password = NULL;
	const char *user = NULL;
	access->url_tried = true;
	if (!git_url_login(access->url, tmp, &user, &password))
		return false;
	use_login(access, user, password);
	return true;
}

static bool use_helper(struct store_access *access)
{
	const struct store_outside *outside = &access->store->outside;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(secret_freep) struct secret *password = NULL;
	const char *user = git_url_user(access->url, tmp);
	access->helper_tried = true;
	if (!outside->password ||
	    !outside->password(outside->password_ctx, git_repository_path(access->store->repo), access->url,
			       tmp, &user, &password))
		return false;
	use_login(access, user, password);
	/* Known from now on, for as long as this store is open. */
	secret_free(access->store->login);
	free(access->store->login_url);
	const char *header = access->headers.strings[access->headers.count - 1];
	access->store->login = secret_new(header, strlen(header));
	access->store->login_url = mem_strdup(access->url);
	return true;
}

void store_access_open(struct store *store, const char *url, struct arena *out, struct store_access *ret)
{
	struct str_list headers = {0};
	*ret = (struct store_access){.store = store, .url = url};
	if (!str_starts(url, "http://") && !str_starts(url, "https://"))
		return;
	find_headers(ret, out, &headers);
	for (size_t i = 0; i < headers.count; i++)
		add_header(ret, headers.items[i]);
	if (has_authorization(ret))
		return;
	if (store->login && str_eq(store->login_url, url))
		add_header(ret, secret_expose(store->login));
	else
		(void)use_url_login(ret);
}

bool store_access_again(struct store_access *access)
{
	if (!access->refused)
		return false;
	access->refused = false;
	return (!access->url_tried && use_url_login(access)) || (!access->helper_tried && use_helper(access));
}

void store_access_release(struct store_access *access)
{
	for (size_t i = 0; i < access->headers.count; i++)
		drop(access->headers.strings[i]);
	free(access->headers.strings);
	access->headers = (git_strarray){0};
}

int store_access_answer(struct store_access *access, const char *user, unsigned int allowed,
			git_credential **ret)
{
	/* The same again means that it was refused: libgit2 would go on asking for ever. */
	if (allowed & GIT_CREDENTIAL_USERNAME)
		return access->user_asked++ ? GIT_EAUTH
					    : git_credential_username_new(ret, user ? user : "git");
	if (allowed & GIT_CREDENTIAL_SSH_KEY)
		return access->agent_asked++ ? GIT_EAUTH
					     : git_credential_ssh_key_from_agent(ret, user ? user : "git");
	access->refused = true;
	return GIT_EAUTH;
}
