/* The store and a remote: a folder, a server, one that refuses; cross-checked with git itself. */
#include "tests/support/store_fixture.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

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
	assert_string_equal(pushed, f->committed.id);
	assert_string_equal(run(f, "git -C r.git rev-parse main"), pushed);
	assert_string_equal(run(f, "git -C w rev-parse origin/main"), pushed);
	run(f, "git clone -q r.git o && cd o && git config user.name O && git config user.email "
	       "o@contoso.com && "
	       "echo o > o && git add o && git commit -q -m o && git push -q");
	const struct store_file next = {"plans/contoso/p1/journal.jsonl", {"j\n", 2}};
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
	const struct store_note_change change = {expected, text, &fixed_clock};
	struct store_note_swapped end = {0};
	must(f, store_note_swap(f->store, &note, &change, f->arena, &end, &f->err));
	*ret_id = end.id;
	return end.swapped;
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
	run(f,
	    "rm -rf s o && git clone -q --depth 1 %s s && git -C s config user.name A && "
	    "git -C s config user.email a@contoso.com",
	    url);
	open_store(f, "s");
	const struct store_file plan = {"plans/contoso/s1/plan.json", {"{}\n", 3}};
	write_file(f, "s", &plan);
	must(f, commit_plan(f, &plan, NULL));
	assert_string_equal(run(f, "git -C s status --porcelain"), "");
	assert_string_equal(push_plan(f, &plan), f->committed.id);
	run(f, "git clone -q r.git o && cd o && git config user.name O && git config user.email "
	       "o@contoso.com && "
	       "pwd >> o && git rev-parse HEAD >> o && git add o && git commit -q -m o && git push -q");
	const struct store_file next = {"plans/contoso/s1/journal.jsonl", {"j\n", 2}};
	must(f, commit_plan(f, &next, NULL));
	const char *pushed = push_plan(f, &next);
	assert_string_equal(run(f, "git -C r.git rev-parse main"), pushed);
	struct store_log log;
	must(f, store_log(f->store, &(struct store_log_query){.revision = "main", .path = "f1"}, f->arena,
			  &log, &f->err));
	assert_false(log.complete);
	struct store_log_entry author;
	must_fail(f, store_author_of(f->store, "main", "f1", f->arena, &author, &f->err), "shallow",
		  "unshallow");
	must(f, store_author_of(f->store, "main", plan.path, f->arena, &author, &f->err));
	assert_string_equal(author.author_email, "a@contoso.com");
	assert_string_equal(run(f, "find s/.git/seatshift -type f"),
			    "s/.git/seatshift/graft/info/commit-graph");
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

/* One that is free now; who takes it before the server does is unlucky. */
static int free_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	close(fd);
	return ntohs(at.sin_port);
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
	int port = free_port();
	pid_t server = start_daemon(f, port);
	const char *url = arena_printf(f->arena, "git://127.0.0.1:%d/r.git", port);
	/* On a busy machine it takes its time; when it never answers, this says so. */
	run(f,
	    "for i in $(seq 150); do git ls-remote %s >/dev/null 2>&1 && exit 0; sleep 0.2; done; git "
	    "ls-remote %s",
	    url, url);
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
	must_fail(f, store_push(f->store, &push, &fixed_clock, f->arena, &pushed, &f->err), "cannot open",
		  NULL);
	run(f, "git -C w remote remove origin");
	must_fail(f, store_push(f->store, &push, &fixed_clock, f->arena, &pushed, &f->err), "no git remote",
		  "git remote add");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_CASE(test_folder_as_remote),
		STORE_CASE(test_server_as_remote),
		STORE_CASE(test_remote_that_refuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
