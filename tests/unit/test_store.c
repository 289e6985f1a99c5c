/* The store against repositories in every state, cross-checked with git itself. */
#include "tests/support/store_fixture.h"

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

static void test_commit_leaves_staged_changes_alone(void **state)
{
	struct fixture *f = *state;
	run(f, "cd w && echo new > staged && git add staged && echo 9 > f1 && git add f1 && echo 8 > f2 && "
	       "git rm -q --cached f3 && echo later > x && git add -N x && git update-index "
	       "--assume-unchanged f2");
	const char *before = run(f, "cd w && git ls-files --stage -v -t");
	write_file(f, "w", &plan_file);
	open_store(f, "w");
	must(f, commit_plan(f, &plan_file, NULL));
	assert_true(f->committed.made);
	assert_string_equal(f->committed.id, run(f, "git -C w rev-parse refs/heads/main"));
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
	const char *first = f->committed.id;
	must(f, commit_plan(f, &plan_file, NULL));
	assert_false(f->committed.made);
	assert_string_equal(f->committed.id, first);
}

static void test_paths_are_guarded(void **state)
{
	struct fixture *f = *state;
	open_store(f, "w");
	static const char *const paths[] = {"plans/fabrikam/x",	     "plans/contoso",
					    "plans/contosox/y",	     "/plans/contoso/x",
					    "plans/contoso/../../x", "",
					    "../plans/contoso/x",    "plans/contoso/.git/config",
					    "plans/contoso//x",	     "plans/contoso/./x"};
	const char *before = run(f, "git -C w rev-parse HEAD");
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const struct store_file file = {paths[i], {"x", 1}};
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
		const struct store_file file = {"plans/contoso/p1/plan.json", {bodies[i], sizes[i]}};
		must(f, commit_plan(f, &file, NULL));
		struct bytes text;
		must(f, store_read(f->store, "main", file.path, f->arena, &text, &f->err));
		assert_int_equal(text.len, sizes[i]);
		assert_memory_equal(text.ptr, bodies[i], text.len);
		assert_string_equal(run(f, "git -C w cat-file -s main:%s", file.path),
				    arena_printf(f->arena, "%zu", text.len));
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
	const struct store_file file = {"plans/contoso/\xc3\x9c\x6d\xe6\xbc\xa2 o\"x/pl\xc3\xa4n.json",
					{"1", 1}};
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
	struct bytes text;
	must(f, store_read(f->store, "main", "f1", f->arena, &text, &f->err));
	assert_null(text.ptr);
	must(f, store_read(f->store, "main", plan_file.path, f->arena, &text, &f->err));
	assert_string_equal(text.ptr, "{}\n");
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
	assert_string_equal(f->committed.id, run(f, "git -C w rev-parse side"));
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
	assert_string_equal(f->committed.id, run(f, "git -C top/customers rev-parse main"));
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
	run(f,
	    "git init -q -b trunk new && git -C new config user.name A && git -C new config user.email a@b");
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
	must_fail(f, commit_plan(f, &plan_file, NULL), "index is not refreshed",
		  "git reset -- plans/contoso");
	run(f, "rm w/.git/index.lock");
	write_file(f, "w", &plan_file);
	must(f, commit_plan(f, &plan_file, NULL));
	assert_false(f->committed.made);
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
			const struct store_file file = {path, {path, strlen(path)}};
			const struct store_commit commit = one_file(&file, "shared");
			ok = store_commit(store, &commit, &clock_system, f->arena, &f->committed, &f->err);
			/* Losing every try is an honest answer: try again. */
			if (!ok) {
				error_release(&f->err);
				ok = store_commit(store, &commit, &clock_system, f->arena, &f->committed,
						  &f->err);
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
	struct bytes text;
	must(f, store_read(f->store, "main", "f3", f->arena, &text, &f->err));
	assert_string_equal(text.ptr, "3\n");
	must_fail(f, store_read(f->store, "nowhere", "f3", f->arena, &text, &f->err), "no branch or revision",
		  NULL);
	run(f, "cd w && ln -s f1 l && git add l && git commit -q -m l");
	must_fail(f, store_read(f->store, "main", "l", f->arena, &text, &f->err), "is a link", NULL);
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
	struct store_log log;
	must(f, store_log(f->store, &(struct store_log_query){.revision = "main", .path = "plans/contoso/p1"},
			  f->arena, &log, &f->err));
	assert_true(log.complete);
	assert_int_equal(log.commits.count, 2);
	assert_string_equal(log.commits.items[0].subject, "second thoughts");
	assert_string_equal(log.commits.items[0].author_email, "alex@contoso.com");
	assert_string_equal(log.commits.items[1].id, f->committed.id);
	assert_int_equal(log.commits.items[1].time_ms, 1795340096000);
	must(f,
	     store_log(f->store, &(struct store_log_query){.revision = "main", .path = "plans", .limit = 1},
		       f->arena, &log, &f->err));
	assert_int_equal(log.commits.count, 1);
	struct store_log_entry author;
	must(f, store_author_of(f->store, "main", plan_file.path, f->arena, &author, &f->err));
	assert_string_equal(author.author_email, "adele@contoso.com");
	must(f, store_author_of(f->store, "main", "plans/none", f->arena, &author, &f->err));
	assert_null(author.id);
}

/* However the trailer is written that names who else was at it. */
static void test_other_authors(void **state)
{
	static const char *const lines[] = {
		"Co-authored-by: Megan Bowen <megan@contoso.com>",
		"Co-authored-by : megan <megan@contoso.com>",
		"Co-authored-by: \"m\" < megan@contoso.com>",
		"CO-AUTHORED-BY:megan <megan@contoso.com >",
		"  Co-authored-by: <megan@contoso.com>",
		"Co-authored-by: a <x@example.com>, megan <megan@contoso.com>",
		"Co-developed-by: Megan <megan@contoso.com>",
		"Co-authored-by: megan@contoso.com",
	};
	struct fixture *f = *state;
	open_store(f, "w");
	must(f, commit_plan(f, &plan_file, NULL));
	run(f, "cd w && git reset -q --hard");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct store_log log;
		run(f,
		    "cd w && echo %zu >> plans/contoso/p1/plan.json && git -c user.name=Alex "
		    "-c user.email=alex@contoso.com commit -q -a -m x",
		    i);
		run(f,
		    "cd w && git -c user.name=Alex -c user.email=alex@contoso.com commit -q --amend "
		    "--cleanup=verbatim -m x -m '%s'",
		    lines[i]);
		must(f, store_log(f->store,
				  &(struct store_log_query){
					  .revision = "main", .path = "plans/contoso/p1", .limit = 1},
				  f->arena, &log, &f->err));
		if (!str_list_has(&log.commits.items[0].others, "megan@contoso.com"))
			fail_msg("not read: %s", lines[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_CASE(test_commit_leaves_staged_changes_alone),
		STORE_CASE(test_same_files_make_no_commit),
		STORE_CASE(test_paths_are_guarded),
		STORE_CASE(test_bytes_are_exact),
		STORE_CASE(test_lf_file_is_clean_under_autocrlf),
		STORE_CASE(test_names_outside_ascii),
		STORE_CASE(test_folder_below_the_top),
		STORE_CASE(test_bare),
		STORE_CASE(test_linked_worktree),
		STORE_CASE(test_submodule),
		STORE_CASE(test_detached_head),
		STORE_CASE(test_new_branch_begins_at_head),
		STORE_CASE(test_unborn_branch),
		STORE_CASE(test_identity),
		STORE_CASE(test_locked_ref_and_index),
		STORE_CASE(test_race_between_two_writers),
		STORE_CASE(test_not_a_repository),
		STORE_CASE(test_repository_of_another_user),
		STORE_CASE(test_tag_does_not_stand_in_for_branch),
		STORE_CASE(test_log_and_author),
		STORE_CASE(test_other_authors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
