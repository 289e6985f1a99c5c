/* A folder that proves what was done with one plan. */
#include "cmd/output/evidence.h"

#include "cmd/output/statement.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/approval_fleets.h"
#include "cmd/session/given_file.h"
#include "core/digest.h"
#include "core/file.h"
#include "core/quote.h"
#include "core/say.h"

#include <string.h>

struct taken {
	const char *git_path;
	const char *name; /* in the folder */
};
VEC(taken_list, struct taken);

struct gathering {
	struct app *app;
	const struct plan_folder *folder;
	struct approval_check check;
	struct approved at;
	struct evidence_list files;
	struct taken_list in_git;	   /* those that are as git has them */
	struct approval_fleet_list fleets; /* that somebody signed, and that have the plan */
	struct approval_report approvals;
	struct journal_entry_list entries;
	struct strbuf verify; /* the commands that check each signature */
	bool has_bundle, has_journal;
};

static void add(struct gathering *g, const char *path, struct bytes content)
{
	struct store_file file = {path, content};
	VEC_PUSH(g->app->arena, &g->files, file);
}

/* A name that means the same to a file system, a shell and a person. */
static bool is_plain_name(const char *name)
{
	return *name && *name != '.' && *name != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@+-") ==
		       strlen(name);
}

/* One that can stand in quotes in a shell's command, and leads nowhere else. */
static bool is_plain_path(const char *path)
{
	return path[0] != '/' && !strstr(path, "..") && !strchr(path, '\'') && !strchr(path, '\n');
}

/* `path` of the commit, as `name` in the folder; what is not there is left out. */
static bool take(struct gathering *g, const char *path, const char *name, struct error *err)
{
	struct bytes content;
	if (!approved_read(&g->at, path, g->app->arena, &content, err))
		return false;
	struct taken taken = {path, name};
	if (!content.ptr)
		return true;
	add(g, name, content);
	VEC_PUSH(g->app->arena, &g->in_git, taken);
	return true;
}

/* The customer's file, the policy, and every file that they name. */
static bool take_inputs(struct gathering *g, struct error *err)
{
	struct arena *out = g->app->arena;
	struct repository repository = repository_of_commit(g->at.store, g->at.commit, g->at.branch, out);
	struct checked checked = {0};
	struct customer customer;
	struct error ignored = ERROR_INIT;
	repository.dir = ".";
	/* It only has to be read; what it means now may differ from what the plan was made of. */
	if (!repository_load_customer(&repository, g->folder->plan.customer, out, &checked, &customer,
				      &ignored))
		error_release(&ignored);
	for (size_t i = 0; i < checked.sources.count; i++) {
		const char *path = checked.sources.items[i].path;
		path += str_starts(path, "./") ? 2 : 0;
		if (is_plain_path(path) && !take(g, path, path, err))
			return false;
	}
	return true;
}

/* What is in the folder `dir` of the commit, below `under` in this one. */
static bool take_signed(struct gathering *g, const char *dir, const char *under, struct error *err)
{
	struct arena *out = g->app->arena;
	struct str_list names = {0};
	if (!store_list(g->at.store, g->at.commit, dir, out, &names, err))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		if (!is_plain_name(name)) {
			out_message(&g->app->out, "warning: '%s' is left out for its name",
				    quote_terminal(out, name));
			continue;
		}
		if (!take(g, arena_printf(out, "%s/%s", dir, name), arena_printf(out, "%s/%s", under, name),
			  err))
			return false;
	}
	return true;
}

/* Of the fleets that have this plan, those that somebody signed, each with its list of plans. */
static bool take_fleets(struct gathering *g, struct error *err)
{
	struct arena *out = g->app->arena;
	struct approval_fleet_list all = {0};
	if (!approval_fleets_ever(g->app, &g->at, g->folder, &all, err))
		return false;
	for (size_t i = 0; i < all.count; i++) {
		const char *dir = all.items[i].dir;
		const char *list = arena_printf(out, "%s/fleet.json", path_dir(out, dir));
		struct str_list names = {0};
		if (!store_list(g->at.store, g->at.commit, dir, out, &names, err))
			return false;
		if (!names.count || !is_plain_path(dir))
			continue;
		VEC_PUSH(out, &g->fleets, all.items[i]);
		if (!take(g, list, list, err) || !take_signed(g, dir, dir, err))
			return false;
	}
	return true;
}

static bool take_approvals(struct gathering *g, struct error *err)
{
	return take_signed(g, g->folder->paths.approvals, "approvals", err) && take_fleets(g, err);
}

/* YYYYMMDDHHMMSSZ */
static const char *compact_time(int64_t at_ms, struct arena *out)
{
	char at[TIMESTAMP_TEXT_SIZE];
	timestamp_format(at_ms, at);
	return arena_printf(out, "%.4s%.2s%.2s%.2s%.2s%.2sZ", at, at + 5, at + 8, at + 11, at + 14, at + 17);
}

static bool tell_signatures(struct gathering *g, const char *signers, bool revoked, struct error *err)
{
	const struct approval_report *report = &g->approvals;
	struct arena *out = g->app->arena;
	const struct approval_case of_plan = {.approved = &g->at,
					      .folder = g->folder,
					      .keygen = &g->check.keygen,
					      .clock = g->app->clock,
					      .fleets = g->fleets};
	if (!approvals_of_record(&of_plan, out, &g->approvals, err))
		return false;
	for (size_t i = 0; i < report->items.count; i++) {
		const struct approval_item *item = &report->items.items[i];
		const char *name = item->fleet ? path_name(item->file) : item->file;
		const char *file = item->fleet ? item->file : arena_printf(out, "approvals/%s", name);
		if (!is_plain_name(name) || !item->approval.approver)
			continue;
		if (item->verdict != APPROVAL_COUNTS)
			strbuf_addf(&g->verify, "   # did not count: %s\n",
				    quote_terminal(g->app->arena, item->message));
		strbuf_addf(&g->verify,
			    "   ssh-keygen -Y verify -O verify-time=%s -f %s -I '%s' \\\n"
			    "     -n " APPROVAL_NAMESPACE " -s %s.sig%s < %s\n",
			    compact_time(item->approval.approved_ms, out), signers, item->approval.approver,
			    file, revoked ? " -r revoked_signers" : "", file);
	}
	return true;
}

static bool take_signers(struct gathering *g, struct error *err)
{
	struct signers signers;
	if (!approvals_signers(&g->at, g->app->arena, &signers, err))
		return false;
	/* As files of the commit, like every other: who may sign is what the signatures rest on. */
	if (!is_plain_path(signers.allowed_path))
		return error_set(err, ERR_INVALID,
				 "the signers' file '%s' has a name that no command can be written for",
				 quote_terminal(g->app->arena, signers.allowed_path));
	if (!take(g, signers.allowed_path, "allowed_signers", err) ||
	    !take(g, signers.revoked_path, "revoked_signers", err))
		return false;
	return tell_signatures(g, "allowed_signers", signers.revoked.ptr != NULL, err);
}

static const char *bundle_branch(const struct gathering *g)
{
	return str_eq(g->at.branch, "HEAD") ? "record" : g->at.branch;
}

static bool take_bundle(struct gathering *g, struct error *err)
{
	struct bytes bundle;
	if (!store_bundle(g->at.store, g->at.commit, bundle_branch(g), g->app->arena, &bundle, err))
		return false;
	g->has_bundle = bundle.ptr != NULL;
	if (bundle.ptr)
		add(g, "history.bundle", bundle);
	return true;
}

static void write_journal_check(const struct gathering *g, struct strbuf *buf)
{
	strbuf_add(
		buf,
		"4. Each line of the journal holds the hash of the line before, and its first one names this "
		"plan: the last command prints 1.\n\n");
	if (!g->has_journal) {
		strbuf_add(buf, "   # there is no journal: the plan was not begun\n\n");
		return;
	}
	strbuf_add(buf,
		   "   prev=null; n=0\n"
		   "   while IFS= read -r line; do n=$((n+1))\n"
		   "     case $line in *'\"prev\":'\"$prev\",*) ;; *) echo \"broken at line $n\" ;; esac\n"
		   "     prev=\"\\\"sha256:$(printf %s \"$line\" | sha256sum | cut -c1-64)\\\"\"\n"
		   "   done < journal.jsonl; echo \"$n lines\"\n");
	strbuf_addf(buf, "   head -n 1 journal.jsonl | grep -c -F '\"digest\":\"%s\"'\n\n",
		    g->folder->digest);
}

/* That what was signed names this plan: itself, or a fleet whose list has it. */
static void write_reach(const struct gathering *g, struct strbuf *buf)
{
	const struct plan_folder *folder = g->folder;
	bool has_own = false;
	for (size_t i = 0; i < g->approvals.items.count; i++)
		has_own = has_own || !g->approvals.items.items[i].fleet;
	if (has_own)
		strbuf_addf(buf, "   grep -L -F '%s' approvals/*.txt   # must name none\n", folder->digest);
	for (size_t i = 0; i < g->fleets.count; i++) {
		const struct approval_fleet *fleet = &g->fleets.items[i];
		const char *dir = path_dir(g->app->arena, fleet->dir);
		strbuf_addf(buf,
			    "   grep -L -F '%s' %s/*.txt   # must name none\n"
			    "   echo '%s  %s/fleet.json' | sha256sum -c -\n"
			    "   grep -c -F '\"customer\":\"%s\",\"digest\":\"%s\"' %s/fleet.json   # must "
			    "print 1\n",
			    fleet->digest, fleet->dir, fleet->digest + strlen("sha256:"), dir,
			    folder->plan.customer, folder->digest, dir);
	}
	strbuf_add(buf, "\n");
}

static void write_readme(struct gathering *g, struct strbuf *buf)
{
	const struct plan_folder *folder = g->folder;
	strbuf_addf(buf,
		    "Evidence of plan %s\n\n"
		    "Customer      %s\nTenant        %s (%s)\nCommit        %s\nPlan's digest %s\n\n"
		    "Check it with sha256sum, git and ssh-keygen, in this folder:\n\n"
		    "1. No file was changed since this folder was written.\n\n"
		    "   sha256sum -c SHA256SUMS\n\n"
		    "2. The plan is the one that its digest names.\n\n"
		    "   echo '%s  plan.json' | sha256sum -c -\n\n"
		    "3. Each approval was signed by the person that it names, over this digest%s.\n\n",
		    folder->id, folder->plan.customer, folder->plan.tenant_id, folder->plan.tenant_domain,
		    g->at.commit, folder->digest, folder->digest + strlen("sha256:"),
		    g->fleets.count ? ", or over that of a fleet that has the plan" : "");
	strbuf_add(buf, g->verify.len ? strbuf_text(&g->verify) : "   # there are no approvals\n");
	write_reach(g, buf);
	write_journal_check(g, buf);
	strbuf_add(
		buf,
		"statement.json says the same to programs: an in-toto statement about plan.json, signed by "
		"nobody.\n\n");
	strbuf_add(buf, "5. Who committed what, when; and that git has the very same files.\n\n");
	if (!g->has_bundle) {
		strbuf_addf(buf, "   # Written from a shallow clone: in a full clone, look at commit %s.\n",
			    g->at.commit);
		return;
	}
	strbuf_addf(buf,
		    "   git clone -q history.bundle repository -b '%s'\n"
		    "   git -C repository fsck --strict\n"
		    "   git -C repository log --format='%%H %%an <%%ae> %%aI %%s' -- '%s'\n",
		    bundle_branch(g), store_path(g->at.store, folder->paths.dir, g->app->arena));
	for (size_t i = 0; i < g->in_git.count; i++)
		strbuf_addf(buf, "   git -C repository show '%s:%s' | cmp - '%s'\n", g->at.commit,
			    store_path(g->at.store, g->in_git.items[i].git_path, g->app->arena),
			    g->in_git.items[i].name);
}

static void add_sums(struct gathering *g)
{
	CLEANUP(strbuf_release) struct strbuf sums = STRBUF_INIT(STRBUF_SMALL);
	for (size_t i = 0; i < g->files.count; i++) {
		char hex[SHA256_TEXT_SIZE];
		sha256_hex(g->files.items[i].content.ptr, g->files.items[i].content.len, hex);
		strbuf_addf(&sums, "%s  %s\n", hex, g->files.items[i].path);
	}
	add(g, "SHA256SUMS", (struct bytes){strbuf_dup(g->app->arena, &sums), sums.len});
}

static bool write_all(struct gathering *g, const char *dir, struct error *err)
{
	struct arena *out = g->app->arena;
	struct str_list there = {0};
	const char *root;
	if (!given_folder_check(g->app, "--evidence", dir, &root, err) || !file_list(dir, out, &there, err))
		return false;
	if (there.count)
		return error_set(err, ERR_INVALID, "'%s' is not empty", quote_terminal(out, dir));
	for (size_t i = 0; i < g->files.count; i++) {
		const struct store_file *file = &g->files.items[i];
		const char *path = path_join(out, dir, file->path);
		if (!file_make_dirs(root, path_dir(out, path), err) ||
		    !file_write_atomic(root, path, file->content.ptr, file->content.len, err))
			return error_wrap(err, "cannot write the evidence");
	}
	out_note(&g->app->out, "wrote %s to %s; its README.txt says how to check them",
		 say_number(out, (int64_t)g->files.count, "file", "files"), quote_terminal(out, dir));
	return true;
}

/* The commit to take everything from. */
static bool find_commit(struct gathering *g, struct error *err)
{
	struct app *app = g->app;
	struct repository repository;
	struct checked checked = {0};
	struct policy policy;
	const struct env env = {app->env, app->env_ctx};
	if (!repository_open(app->dir, app->arena, &repository, err) ||
	    !repository_load_policy(&repository, app->arena, &checked, &policy, err) ||
	    !open_store(app, &g->check.store, err))
		return false;
	const struct approved_from from = approved_from(app, g->check.store, NULL, &policy);
	if (!approved_open(&from, app->arena, &g->at, err) ||
	    !ssh_keygen_init(&g->check.keygen, &env, app->clock, app->arena, err))
		return false;
	if (!g->at.commit) {
		g->at.branch = "HEAD";
		if (!store_tip(g->at.store, "HEAD", app->arena, &g->at.commit, err))
			return false;
	}
	struct bytes there;
	if (!approved_read(&g->at, g->folder->paths.plan, app->arena, &there, err))
		return false;
	if (there.ptr && bytes_equal(there, g->folder->text))
		return true;
	error_set(err, ERR_FAILED, "plan %s is not on '%s': there is no record to write", g->folder->id,
		  g->at.branch);
	return error_hint(err, "Commit it there first.");
}

/* What is handed to an auditor is this plan's whole journal: no commit has more of it, or another. */
static bool take_journal(struct gathering *g, struct error *err)
{
	struct arena *out = g->app->arena;
	const struct journal_file file = plan_journal(g->folder, NULL, out);
	struct bytes journal;
	bool cut = false;
	if (!approved_read(&g->at, file.path, out, &journal, err))
		return false;
	g->has_journal = journal.len > 0;
	return (!journal.ptr || journal_parse(&file, journal, out, &g->entries, &cut, err)) &&
	       approved_match_journal(&g->at, g->folder, journal, out, err) &&
	       take(g, file.path, "journal.jsonl", err);
}

static bool gather(struct gathering *g, struct error *err)
{
	const struct plan_paths *paths = &g->folder->paths;
	return find_commit(g, err) && take(g, paths->plan, "plan.json", err) &&
	       take(g, paths->snapshot, "snapshot.json", err) && take_journal(g, err) &&
	       take_approvals(g, err) && take_signers(g, err) && take_inputs(g, err) && take_bundle(g, err);
}

/* All that is in the folder so far, said once more for programs. */
static void add_statement(struct gathering *g)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	const struct statement statement = {g->folder, g->at.commit, &g->approvals, &g->entries, &g->files};
	statement_write(&statement, g->app->arena, &buf);
	add(g, "statement.json", (struct bytes){strbuf_dup(g->app->arena, &buf), buf.len});
}

bool evidence_write(struct app *app, const struct plan_folder *folder, const char *dir, struct error *err)
{
	struct gathering g = {.app = app, .folder = folder, .verify = STRBUF_INIT(STRBUF_SMALL)};
	CLEANUP(strbuf_release) struct strbuf readme = STRBUF_INIT(STRBUF_SMALL);
	bool ok = gather(&g, err);
	if (ok) {
		add_statement(&g);
		write_readme(&g, &readme);
		add(&g, "README.txt", (struct bytes){strbuf_text(&readme), readme.len});
		add_sums(&g);
		ok = write_all(&g, dir, err);
	}
	strbuf_release(&g.verify);
	approval_check_release(&g.check);
	return ok;
}
