/* The store against repositories in every state, cross-checked with git itself. */
#include "plans/store.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	char dir[40];
	struct arena *arena;
	struct store *store;
	struct error err;
	const char *commit;
	bool made;
};

static int64_t fixed_now(void *ctx)
{
	(void)ctx;
	return 1795340096123;
}

static void short_sleep(void *ctx, int64_t ms)
{
	(void)ctx;
	(void)ms;
	usleep(1000);
}

static const struct clock fixed_clock = {fixed_now, fixed_now, short_sleep, NULL};

/* Runs a shell command in the fixture's folder and returns what it printed, without the last newline. */
static char *run(struct fixture *f, const char *fmt, ...) PRINTF(2, 3);
static char *run(struct fixture *f, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *command = arena_vprintf(f->arena, fmt, args);
	va_end(args);
	FILE *pipe = popen(arena_printf(f->arena, "cd %s && { %s ; } 2>&1", f->dir, command), "r");
	assert_non_null(pipe);
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	char chunk[512];
	for (size_t got; (got = fread(chunk, 1, sizeof chunk, pipe)) > 0;)
		strbuf_add_bytes(&text, chunk, got);
	int status = pclose(pipe);
	if (status != 0)
		fail_msg("%s: status %d: %s", command, status, strbuf_text(&text));
	char *copy = strbuf_dup(f->arena, &text);
	if (text.len && copy[text.len - 1] == '\n')
		copy[text.len - 1] = '\0';
	return copy;
}

/* A bare remote, and a clone `w` with three commits; a user's own staged and unstaged changes in it. */
static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	memcpy(f->dir, "/tmp/seatshift-store-XXXXXX", 28);
	assert_non_null(mkdtemp(f->dir));
	f->arena = arena_new();
	*state = f;
	setenv("HOME", f->dir, 1);
	unsetenv("XDG_CONFIG_HOME");
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z", 1);
	setenv("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z", 1);
	run(f, "git init -q --bare -b main r.git && git clone -q r.git w && cd w && "
	       "git checkout -q -b main && git config user.name 'Adele Vance' && "
	       "git config user.email adele@contoso.com && for i in 1 2 3; do echo $i > f$i; "
	       "git add f$i; git commit -q -m $i; done; git push -q -u origin main");
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	store_free(f->store);
	error_release(&f->err);
	run(f, "cd / && rm -rf %s", f->dir);
	arena_free(f->arena);
	free(f);
	return 0;
}

static void must(struct fixture *f, bool ok)
{
	if (!ok)
		fail_msg("%s (%s)", f->err.message, f->err.hint ? f->err.hint : "no hint");
}

static void must_fail(struct fixture *f, bool ok, const char *message, const char *hint)
{
	assert_false(ok);
	if (!strstr(f->err.message, message))
		fail_msg("'%s' is not in '%s'", message, f->err.message);
	if (hint && (!f->err.hint || !strstr(f->err.hint, hint)))
		fail_msg("'%s' is not in the hint '%s'", hint, f->err.hint ? f->err.hint : "");
	error_release(&f->err);
}

static void open_store(struct fixture *f, const char *sub)
{
	store_free(TAKE(f->store));
	must(f, store_open(arena_printf(f->arena, "%s/%s", f->dir, sub), &f->store, &f->err));
}

static struct store_commit one_file(const struct store_file *file, const char *branch)
{
	return (struct store_commit){.branch = branch,
				     .subject = "plan: contoso",
				     .files = file,
				     .file_count = 1,
				     .only_under = "plans/contoso"};
}

static const struct store_file plan_file = {"plans/contoso/p1/plan.json", "{}\n", 3};

static bool commit_plan(struct fixture *f, const struct store_file *file, const char *branch)
{
	const struct store_commit commit = one_file(file, branch);
	return store_commit(f->store, &commit, &fixed_clock, f->arena, &f->commit, &f->made, &f->err);
}

static void write_file(struct fixture *f, const char *sub, const struct store_file *file)
{
	const char *path = arena_printf(f->arena, "%s/%s/%s", f->dir, sub, file->path);
	run(f, "mkdir -p '%.*s'", (int)(strrchr(path, '/') - path), path);
	FILE *stream = fopen(path, "wb");
	assert_non_null(stream);
	assert_int_equal(fwrite(file->bytes, 1, file->len, stream), file->len);
	fclose(stream);
}

static void check_sound(struct fixture *f, const char *sub)
{
	assert_string_equal(run(f, "git -C %s fsck --strict --no-dangling --no-progress", sub), "");
}

static void test_commit_leaves_staged_changes_alone(void **state)
{
	struct fixture *f = *state;
	run(f, "cd w && echo new > staged && git add staged && echo 9 > f1 && git add f1 && echo 8 > f2 && "
	       "git rm -q --cached f3 && echo later > x && git add -N x && git update-index --assume-unchanged f2");
	const char *before = run(f, "cd w && git ls-files --stage -v -t");
	write_file(f, "w", &plan_file);
	open_store(f, "w");
	must(f, commit_plan(f, &plan_file, NULL));
	assert_true(f->made);
	assert_string_equal(f->commit, run(f, "git -C w rev-parse refs/heads/main"));
	assert_string_equal(run(f, "git -C w status --porcelain -- plans"), "");
	assert_string_equal(run(f, "cd w && git ls-files --stage -v -t | grep -v plans/"), before);
	assert_string_equal(run(f, "git -C w show --format=%%an/%%ae/%%s --name-status HEAD"),
			    "Adele Vance/adele@contoso.com/plan: contoso\n\n"
			    "A\tplans/contoso/p1/plan.json");
	assert_string_equal(run(f, "git -C w status --porcelain"), "M  f1\nD  f3\nA  staged\n A x\n?? f3");
	check_sound(f, "w");
}

static void test_same_files_make_no_commit(void **state)
{
	struct fixture *f = *state;
	open_store(f, "w");
	must(f, commit_plan(f, &plan_file, NULL));
	const char *first = f->commit;
	must(f, commit_plan(f, &plan_file, NULL));
	assert_false(f->made);
	assert_string_equal(f->commit, first);
}

static void test_paths_are_guarded(void **state)
{
	struct fixture *f = *state;
	open_store(f, "w");
	static const char *const paths[] = {"plans/fabrikam/x", "plans/contoso", "plans/contosox/y",
					    "/plans/contoso/x", "plans/contoso/../../x", "",
					    "../plans/contoso/x", "plans/contoso/.git/config",
					    "plans/contoso//x", "plans/contoso/./x"};
	const char *before = run(f, "git -C w rev-parse HEAD");
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const struct store_file file = {paths[i], "x", 1};
		if (commit_plan(f, &file, NULL))
			fail_msg("committed '%s'", paths[i]);
		error_release(&f->err);
	}
	assert_string_equal(run(f, "git -C w rev-parse HEAD"), before);
}

static void test_bytes_are_exact(void **state)
{
	struct fixture *f = *state;
	run(f, "cd w && git config core.autocrlf true && printf '* text=auto eol=crlf\\n' > .gitattributes");
	static const char *const bodies[] = {"a\nb\n", "a\r\nb\r\n", "\0a\r\n"};
	static const size_t sizes[] = {4, 6, 4};
	open_store(f, "w");
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		const struct store_file file = {"plans/contoso/p1/plan.json", bodies[i], sizes[i]};
		must(f, commit_plan(f, &file, NULL));
		const char *bytes;
		size_t len;
		must(f, store_read(f->store, "main", file.path, f->arena, &bytes, &len, &f->err));
		assert_int_equal(len, sizes[i]);
		assert_memory_equal(bytes, bodies[i], len);
		assert_string_equal(run(f, "git -C w cat-file -s main:%s", file.path),
				    arena_printf(f->arena, "%zu", len));
	}
}

static void test_lf_file_is_clean_under_autocrlf(void **state)
{
	struct fixture *f = *state;
	run(f, "cd w && git config core.autocrlf true");
	write_file(f, "w", &plan_file);
	open_store(f, "w");
	must(f, commit_plan(f, &plan_file, NULL));
	assert_string_equal(run(f, "git -C w diff --name-only 2>/dev/null -- plans"), "");
}

static void test_names_outside_ascii(void **state)
{
	struct fixture *f = *state;
	const struct store_file file = {"plans/contoso/\xc3\x9c\x6d\xe6\xbc\xa2 o\"x/pl\xc3\xa4n.json", "1", 1};
	write_file(f, "w", &file);
	open_store(f, "w");
	must(f, commit_plan(f, &file, NULL));
	assert_string_equal(run(f, "git -C w status --porcelain"), "");
	struct str_list names;
	must(f, store_list(f->store, "main", "plans/contoso", f->arena, &names, &f->err));
	assert_int_equal(names.count, 1);
	assert_string_equal(names.items[0], "\xc3\x9c\x6d\xe6\xbc\xa2 o\"x/");
	check_sound(f, "w");
}

static void test_folder_below_the_top(void **state)
{
	struct fixture *f = *state;
	run(f, "mkdir -p w/sub/dir && ln -s w/sub/dir link");
	open_store(f, "link");
	write_file(f, "w/sub/dir", &plan_file);
	must(f, commit_plan(f, &plan_file, NULL));
	assert_string_equal(run(f, "git -C w show HEAD:sub/dir/plans/contoso/p1/plan.json"), "{}");
	assert_string_equal(run(f, "git -C w status --porcelain"), "");
	const char *bytes;
	size_t len;
	must(f, store_read(f->store, "main", "f1", f->arena, &bytes, &len, &f->err));
	assert_null(bytes);
	must(f, store_read(f->store, "main", plan_file.path, f->arena, &bytes, &len, &f->err));
	assert_string_equal(bytes, "{}\n");
}

static void test_bare(void **state)
{
	struct fixture *f = *state;
	run(f, "git -C r.git config user.name A && git -C r.git config user.email a@contoso.com");
	open_store(f, "r.git");
	must(f, commit_plan(f, &plan_file, NULL));
	assert_string_equal(run(f, "git -C r.git show main:plans/contoso/p1/plan.json"), "{}");
	assert_string_equal(run(f, "ls r.git | grep -c '^index$' || true"), "0");
	check_sound(f, "r.git");
}

static void test_linked_worktree(void **state)
{
	struct fixture *f = *state;
	run(f, "git -C w worktree add -q ../wt -b side");
	open_store(f, "wt");
	write_file(f, "wt", &plan_file);
	must(f, commit_plan(f, &plan_file, NULL));
	assert_string_equal(f->commit, run(f, "git -C w rev-parse side"));
	assert_string_equal(run(f, "git -C wt status --porcelain"), "");
	must_fail(f, commit_plan(f, &plan_file, "main"), "checked out in the worktree", "--branch");
	open_store(f, "w");
	must_fail(f, commit_plan(f, &plan_file, "side"), "checked out in the worktree", "--branch");
	assert_string_equal(store_lock_dir(f->store, f->arena),
			    arena_printf(f->arena, "%s/w/.git/seatshift/locks", f->dir));
}

static void test_submodule(void **state)
{
	struct fixture *f = *state;
	run(f, "git init -q -b main top && cd top && git -c protocol.file.allow=always submodule --quiet add "
	       "../r.git customers && cd customers && git config user.name A && git config user.email a@b");
	open_store(f, "top/customers");
	write_file(f, "top/customers", &plan_file);
	must(f, commit_plan(f, &plan_file, NULL));
	assert_string_equal(run(f, "git -C top/customers status --porcelain"), "");
	assert_string_equal(f->commit, run(f, "git -C top/customers rev-parse main"));
}

static void test_detached_head(void **state)
{
	struct fixture *f = *state;
	run(f, "git -C w checkout -q --detach && git -C w branch -q -D main");
	const char *head = run(f, "git -C w rev-parse HEAD");
	open_store(f, "w");
	must_fail(f, commit_plan(f, &plan_file, NULL), "detached", "--branch");
	/* As in CI: no local branch, only the remote's. */
	must(f, commit_plan(f, &plan_file, "main"));
	assert_string_equal(run(f, "git -C w rev-parse main^"), head);
	assert_string_equal(run(f, "git -C w rev-parse HEAD"), head);
	assert_string_equal(run(f, "git -C w status --porcelain"), "");
}

static void test_new_branch_begins_at_head(void **state)
{
	struct fixture *f = *state;
	open_store(f, "w");
	must(f, commit_plan(f, &plan_file, "plan/contoso"));
	assert_string_equal(run(f, "git -C w rev-parse plan/contoso^"), run(f, "git -C w rev-parse HEAD"));
	assert_string_equal(run(f, "git -C w status --porcelain"), "");
	must_fail(f, commit_plan(f, &plan_file, "a..b"), "not a name for a branch", NULL);
}

static void test_unborn_branch(void **state)
{
	struct fixture *f = *state;
	run(f, "git init -q -b trunk new && git -C new config user.name A && git -C new config user.email a@b");
	open_store(f, "new");
	const char *id = "x";
	must(f, store_tip(f->store, "trunk", f->arena, &id, &f->err));
	assert_null(id);
	write_file(f, "new", &plan_file);
	must(f, commit_plan(f, &plan_file, NULL));
	assert_string_equal(run(f, "git -C new rev-list --count trunk"), "1");
	assert_string_equal(run(f, "git -C new status --porcelain"), "");
	check_sound(f, "new");
}

static const char *env_of_test(void *ctx, const char *name)
{
	(void)ctx;
	if (str_eq(name, "GIT_AUTHOR_NAME"))
		return "Alex Wilber";
	if (str_eq(name, "GIT_AUTHOR_EMAIL"))
		return "alex@contoso.com";
	if (str_eq(name, "GIT_COMMITTER_NAME"))
		return "CI";
	return str_eq(name, "GIT_COMMITTER_EMAIL") ? "ci@contoso.com" : NULL;
}

static void test_identity(void **state)
{
	struct fixture *f = *state;
	run(f, "git -C w config --unset user.email");
	open_store(f, "w");
	const char *before = run(f, "git -C w rev-parse HEAD");
	must_fail(f, commit_plan(f, &plan_file, NULL), "no email address", "git config user.email");
	assert_string_equal(run(f, "git -C w rev-parse HEAD"), before);
	const struct store_outside outside = {.env = env_of_test};
	store_use(f->store, &outside);
	must(f, commit_plan(f, &plan_file, NULL));
	assert_string_equal(run(f, "git -C w log -1 --format=%%an:%%ae:%%cn:%%ce"),
			    "Alex Wilber:alex@contoso.com:CI:ci@contoso.com");
}

static void test_locked_ref_and_index(void **state)
{
	struct fixture *f = *state;
	run(f, "touch w/.git/refs/heads/main.lock");
	open_store(f, "w");
	const char *before = run(f, "git -C w rev-parse HEAD");
	must_fail(f, commit_plan(f, &plan_file, NULL), "cannot lock 'refs/heads/main'", "main.lock");
	assert_string_equal(run(f, "git -C w rev-parse HEAD"), before);
	run(f, "rm w/.git/refs/heads/main.lock && touch w/.git/index.lock");
	must_fail(f, commit_plan(f, &plan_file, NULL), "index is not refreshed", "git reset -- plans/contoso");
	run(f, "rm w/.git/index.lock");
	write_file(f, "w", &plan_file);
	must(f, commit_plan(f, &plan_file, NULL));
	assert_false(f->made);
	assert_string_equal(run(f, "git -C w status --porcelain"), "");
}

static void test_race_between_two_writers(void **state)
{
	struct fixture *f = *state;
	enum { WRITERS = 3, COMMITS = 5 };
	for (int writer = 0; writer < WRITERS; writer++) {
		if (fork() != 0)
			continue;
		bool ok = true;
		struct store *store = NULL;
		ok = store_open(arena_printf(f->arena, "%s/w", f->dir), &store, &f->err);
		for (int i = 0; ok && i < COMMITS; i++) {
			const char *path = arena_printf(f->arena, "plans/contoso/w%d-%d", writer, i);
			const struct store_file file = {path, path, strlen(path)};
			const struct store_commit commit = one_file(&file, "shared");
			ok = store_commit(store, &commit, &clock_system, f->arena, &f->commit, &f->made,
					  &f->err);
			/* Losing every try is an honest answer: try again. */
			if (!ok) {
				error_release(&f->err);
				ok = store_commit(store, &commit, &clock_system, f->arena, &f->commit,
						  &f->made, &f->err);
			}
		}
		_exit(ok ? 0 : 1);
	}
	for (int writer = 0; writer < WRITERS; writer++) {
		int status = 1;
		wait(&status);
		assert_int_equal(status, 0);
	}
	assert_string_equal(run(f, "git -C w ls-tree --name-only shared:plans/contoso | wc -l"), "15");
	assert_string_equal(run(f, "git -C w rev-list --count main..shared"), "15");
	check_sound(f, "w");
}

static void test_not_a_repository(void **state)
{
	struct fixture *f = *state;
	struct store *none = NULL;
	run(f, "mkdir -p /tmp/%s-none", strrchr(f->dir, '/') + 1);
	const char *dir = arena_printf(f->arena, "%s-none", f->dir);
	must_fail(f, store_open(dir, &none, &f->err), "not in a git repository", "git init");
	rmdir(dir);
}

static void test_repository_of_another_user(void **state)
{
	struct fixture *f = *state;
	if (getuid() != 0)
		skip();
	run(f, "chown -R 1234 w");
	struct store *none = NULL;
	const char *dir = arena_printf(f->arena, "%s/w", f->dir);
	must_fail(f, store_open(dir, &none, &f->err), "belongs to another user", "safe.directory");
	run(f, "git config --global --add safe.directory %s", dir);
	open_store(f, "w");
	run(f, "chown -R 0 w");
}

static void test_tag_does_not_stand_in_for_branch(void **state)
{
	struct fixture *f = *state;
	run(f, "cd w && git tag main HEAD~2");
	open_store(f, "w");
	const char *bytes;
	size_t len;
	must(f, store_read(f->store, "main", "f3", f->arena, &bytes, &len, &f->err));
	assert_string_equal(bytes, "3\n");
	must_fail(f, store_read(f->store, "nowhere", "f3", f->arena, &bytes, &len, &f->err),
		  "no branch or revision", NULL);
	run(f, "cd w && ln -s f1 l && git add l && git commit -q -m l");
	must_fail(f, store_read(f->store, "main", "l", f->arena, &bytes, &len, &f->err), "is a link", NULL);
}

static void test_log_and_author(void **state)
{
	struct fixture *f = *state;
	open_store(f, "w");
	must(f, commit_plan(f, &plan_file, NULL));
	run(f, "cd w && git reset -q --hard && echo more >> plans/contoso/p1/plan.json && "
	       "git -c user.name=Alex -c user.email=alex@contoso.com commit -q -a -m 'second thoughts' && "
	       "git checkout -q -b side HEAD~1 && echo s > s && git add s && git commit -q -m s && "
	       "git checkout -q main && git merge -q --no-edit side");
	struct store_log_list log;
	bool complete = false;
	must(f, store_log(f->store, "main", "plans/contoso/p1", 0, f->arena, &log, &complete, &f->err));
	assert_true(complete);
	assert_int_equal(log.count, 2);
	assert_string_equal(log.items[0].subject, "second thoughts");
	assert_string_equal(log.items[0].author_email, "alex@contoso.com");
	assert_string_equal(log.items[1].id, f->commit);
	assert_int_equal(log.items[1].time_ms, 1795340096000);
	must(f, store_log(f->store, "main", "plans", 1, f->arena, &log, &complete, &f->err));
	assert_int_equal(log.count, 1);
	struct store_log_entry author;
	must(f, store_author_of(f->store, "main", plan_file.path, f->arena, &author, &f->err));
	assert_string_equal(author.author_email, "adele@contoso.com");
	must(f, store_author_of(f->store, "main", "plans/none", f->arena, &author, &f->err));
	assert_null(author.id);
}

static const char *push_plan(struct fixture *f, const struct store_file *file)
{
	const struct store_commit commit = one_file(file, "main");
	const struct store_push push = {.branch = "main", .again = &commit};
	const char *pushed = NULL;
	must(f, store_push(f->store, &push, &fixed_clock, f->arena, &pushed, &f->err));
	return pushed;
}

/* The whole life on a remote given as `url`: push, diverge, push on top, notes. */
static void check_remote(struct fixture *f, const char *url)
{
	run(f, "git -C w remote set-url origin %s", url);
	open_store(f, "w");
	must(f, commit_plan(f, &plan_file, NULL));
	const char *pushed = push_plan(f, &plan_file);
	assert_string_equal(pushed, f->commit);
	assert_string_equal(run(f, "git -C r.git rev-parse main"), pushed);
	assert_string_equal(run(f, "git -C w rev-parse origin/main"), pushed);
	run(f, "git clone -q r.git o && cd o && git config user.name O && git config user.email o@contoso.com && "
	       "echo o > o && git add o && git commit -q -m o && git push -q");
	const struct store_file next = {"plans/contoso/p1/journal.jsonl", "j\n", 2};
	must(f, commit_plan(f, &next, NULL));
	const char *local = run(f, "git -C w rev-parse main");
	const struct store_push alone = {.branch = "main"};
	must_fail(f, store_push(f->store, &alone, &fixed_clock, f->arena, &pushed, &f->err), "not here",
		  "Nothing is lost");
	pushed = push_plan(f, &next);
	assert_string_equal(run(f, "git -C r.git rev-parse main"), pushed);
	assert_string_equal(run(f, "git -C r.git rev-parse main^"), run(f, "git -C o rev-parse main"));
	assert_string_equal(run(f, "git -C r.git show main:plans/contoso/p1/journal.jsonl"), "j");
	assert_string_equal(run(f, "git -C w rev-parse main"), local);
	assert_string_equal(push_plan(f, &next), pushed);
	run(f, "git -C w reset -q --hard && git -C w pull -q --no-rebase --no-edit");
	assert_string_equal(run(f, "git -C r.git for-each-ref --format='%%(refname)'"), "refs/heads/main");
	check_sound(f, "w");
	check_sound(f, "r.git");
}

static bool swap(struct fixture *f, const char *expected, const char *text, const char **ret_id)
{
	const struct store_note note = {.ref = "refs/seatshift/locks/contoso"};
	bool swapped = false;
	must(f, store_note_swap(f->store, &note, expected, text, &fixed_clock, f->arena, ret_id, &swapped,
				&f->err));
	return swapped;
}

static void check_notes(struct fixture *f, const char *url)
{
	run(f, "git -C w remote set-url origin %s", url);
	open_store(f, "w");
	const struct store_note note = {.ref = "refs/seatshift/locks/contoso"};
	const char *id, *other, *text;
	must(f, store_note_read(f->store, &note, f->arena, &id, &text, &f->err));
	assert_null(id);
	assert_true(swap(f, NULL, "one\n", &id));
	assert_false(swap(f, NULL, "two\n", &other));
	assert_string_equal(run(f, "git -C r.git log -1 --format=%%B refs/seatshift/locks/contoso"), "one\n");
	assert_true(swap(f, id, "three\n", &other));
	assert_false(swap(f, id, "four\n", &id));
	assert_false(swap(f, run(f, "git -C w rev-parse main"), NULL, &id));
	/* Another clone reads what this one wrote. */
	run(f, "rm -rf o && git clone -q %s o", url);
	open_store(f, "o");
	must(f, store_note_read(f->store, &note, f->arena, &id, &text, &f->err));
	assert_string_equal(id, other);
	assert_string_equal(text, "three\n");
	assert_true(swap(f, other, NULL, &id));
	assert_null(id);
	assert_false(swap(f, other, NULL, &id));
	assert_string_equal(run(f, "git -C r.git for-each-ref refs/seatshift"), "");
	check_sound(f, "r.git");
}

/* Commit in a clone of the last commit only, push it, and diverge. */
static void check_shallow(struct fixture *f, const char *url)
{
	run(f, "rm -rf s o && git clone -q --depth 1 %s s && git -C s config user.name A && "
	       "git -C s config user.email a@contoso.com",
	    url);
	open_store(f, "s");
	const struct store_file plan = {"plans/contoso/s1/plan.json", "{}\n", 3};
	write_file(f, "s", &plan);
	must(f, commit_plan(f, &plan, NULL));
	assert_string_equal(run(f, "git -C s status --porcelain"), "");
	assert_string_equal(push_plan(f, &plan), f->commit);
	run(f, "git clone -q r.git o && cd o && git config user.name O && git config user.email o@contoso.com && "
	       "pwd >> o && git rev-parse HEAD >> o && git add o && git commit -q -m o && git push -q");
	const struct store_file next = {"plans/contoso/s1/journal.jsonl", "j\n", 2};
	must(f, commit_plan(f, &next, NULL));
	const char *pushed = push_plan(f, &next);
	assert_string_equal(run(f, "git -C r.git rev-parse main"), pushed);
	struct store_log_list log;
	bool complete = true;
	must(f, store_log(f->store, "main", "f1", 0, f->arena, &log, &complete, &f->err));
	assert_false(complete);
	struct store_log_entry author;
	must_fail(f, store_author_of(f->store, "main", "f1", f->arena, &author, &f->err), "shallow",
		  "unshallow");
	must(f, store_author_of(f->store, "main", plan.path, f->arena, &author, &f->err));
	assert_string_equal(author.author_email, "a@contoso.com");
	assert_string_equal(run(f, "find s/.git/seatshift -type f"), "s/.git/seatshift/graft/info/commit-graph");
	check_sound(f, "s");
	check_sound(f, "r.git");
}

static void test_folder_as_remote(void **state)
{
	struct fixture *f = *state;
	check_remote(f, "../r.git");
	check_notes(f, arena_printf(f->arena, "file://%s/r.git", f->dir));
	check_shallow(f, arena_printf(f->arena, "file://%s/r.git", f->dir));
}

/* git's own server, on loopback, for the length of one test. */
static pid_t start_daemon(struct fixture *f, int port)
{
	pid_t child = fork();
	if (child == 0) {
		const char *base = arena_printf(f->arena, "--base-path=%s", f->dir);
		const char *at = arena_printf(f->arena, "--port=%d", port);
		/* It must not outlive a test that fails, nor hold its output open. */
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout))
			_exit(1);
		setenv("PATH", "/usr/lib/git-core:/usr/bin:/bin", 1);
		execl("/usr/lib/git-core/git-daemon", "git-daemon", "--listen=127.0.0.1", at, base,
		      "--export-all", "--enable=receive-pack", "--reuseaddr", (char *)NULL);
		_exit(1);
	}
	return child;
}

static void test_server_as_remote(void **state)
{
	struct fixture *f = *state;
	if (access("/usr/lib/git-core/git-daemon", X_OK) != 0)
		skip();
	int port = 20000 + (int)(getpid() % 20000);
	pid_t server = start_daemon(f, port);
	const char *url = arena_printf(f->arena, "git://127.0.0.1:%d/r.git", port);
	run(f, "for i in 1 2 3 4 5 6 7 8 9 10; do git ls-remote %s >/dev/null 2>&1 && break; sleep 0.2; done",
	    url);
	check_remote(f, url);
	check_notes(f, url);
	check_shallow(f, url);
	kill(server, SIGTERM);
	waitpid(server, NULL, 0);
}

static void test_remote_that_refuses(void **state)
{
	struct fixture *f = *state;
	open_store(f, "w");
	must(f, commit_plan(f, &plan_file, NULL));
	run(f, "git -C w remote set-url origin ../gone.git");
	const struct store_push push = {.branch = "main"};
	const char *pushed;
	must_fail(f, store_push(f->store, &push, &fixed_clock, f->arena, &pushed, &f->err), "cannot open", NULL);
	run(f, "git -C w remote remove origin");
	must_fail(f, store_push(f->store, &push, &fixed_clock, f->arena, &pushed, &f->err),
		  "no git remote", "git remote add");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_commit_leaves_staged_changes_alone),
		CASE(test_same_files_make_no_commit),
		CASE(test_paths_are_guarded),
		CASE(test_bytes_are_exact),
		CASE(test_lf_file_is_clean_under_autocrlf),
		CASE(test_names_outside_ascii),
		CASE(test_folder_below_the_top),
		CASE(test_bare),
		CASE(test_linked_worktree),
		CASE(test_submodule),
		CASE(test_detached_head),
		CASE(test_new_branch_begins_at_head),
		CASE(test_unborn_branch),
		CASE(test_identity),
		CASE(test_locked_ref_and_index),
		CASE(test_race_between_two_writers),
		CASE(test_not_a_repository),
		CASE(test_repository_of_another_user),
		CASE(test_tag_does_not_stand_in_for_branch),
		CASE(test_log_and_author),
		CASE(test_folder_as_remote),
		CASE(test_server_as_remote),
		CASE(test_remote_that_refuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
