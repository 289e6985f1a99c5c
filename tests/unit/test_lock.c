/* The lock of a customer: on one machine, and on a git remote. */
#include "plans/git/lock.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	char dir[40];
	struct arena *arena;
	struct error err;
	int64_t now_ms;
	struct clock clock;
	struct store *store;
};

static int64_t now(void *ctx)
{
	return *(int64_t *)ctx;
}

static void no_sleep(void *ctx, int64_t ms)
{
	(void)ctx;
	(void)ms;
	usleep(1000);
}

static void shell(struct fixture *f, const char *command)
{
	assert_int_equal(system(arena_printf(f->arena, "cd %s && { %s ; } >/dev/null", f->dir, command)), 0);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	memcpy(f->dir, "/tmp/seatshift-lock-XXXXXX", 27);
	assert_non_null(mkdtemp(f->dir));
	f->arena = arena_new();
	f->now_ms = 1795340096123;
	f->clock = (struct clock){now, now, no_sleep, &f->now_ms};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	store_free(f->store);
	shell(f, arena_printf(f->arena, "rm -rf %s", f->dir));
	error_release(&f->err);
	arena_free(f->arena);
	free(f);
	return 0;
}

static struct lock_options options_of(struct fixture *f, const char *who)
{
	return (struct lock_options){.dir = arena_printf(f->arena, "%s/a/b", f->dir),
				     .name = "contoso",
				     .who = who,
				     .host = "desk",
				     .ttl_ms = 60000,
				     .clock = &f->clock,
				     .random = &random_system,
				     .store = f->store};
}

static struct lock *take(struct fixture *f, const struct lock_options *options, const char **ret_note)
{
	struct lock *lock = NULL;
	if (!lock_take(options, f->arena, &lock, ret_note, &f->err))
		fail_msg("%s", f->err.message);
	return lock;
}

static void must_be_locked(struct fixture *f, const struct lock_options *options, const char *by)
{
	struct lock *lock = NULL;
	const char *note = NULL;
	assert_false(lock_take(options, f->arena, &lock, &note, &f->err));
	assert_int_equal(f->err.code, ERR_LOCKED);
	assert_non_null(strstr(f->err.message, by));
	assert_non_null(f->err.hint);
	error_release(&f->err);
}

static void test_one_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct lock_options jane = options_of(f, "jane"), sam = options_of(f, "sam");
	const char *note = "x";
	struct lock *lock = take(f, &jane, &note);
	assert_null(note);
	must_be_locked(f, &sam, "by jane on desk (process ");
	struct lock_options other = sam;
	other.name = "fabrikam";
	lock_free(take(f, &other, &note));
	lock_free(lock);
	lock_free(take(f, &sam, &note));
	assert_null(note);
	assert_int_not_equal(access(arena_printf(f->arena, "%s/contoso.lock", jane.dir), F_OK), 0);
}

static void test_expiry_and_renewal(void **state)
{
	struct fixture *f = *state;
	struct lock_options jane = options_of(f, "jane"), sam = options_of(f, "sam");
	const char *note;
	struct lock *lock = take(f, &jane, &note);
	f->now_ms += 59000;
	assert_true(lock_renew(lock, &f->err));
	assert_int_equal(lock_expires_ms(lock), f->now_ms + 60000);
	f->now_ms += 59000;
	must_be_locked(f, &sam, "by jane");
	f->now_ms += 1000;
	struct lock *second = take(f, &sam, &note);
	assert_non_null(strstr(note, "jane on desk"));
	assert_non_null(strstr(note, "expired"));
	assert_false(lock_renew(lock, &f->err));
	assert_int_equal(f->err.code, ERR_LOCKED);
	assert_non_null(strstr(f->err.message, "was lost"));
	error_release(&f->err);
	/* The loser's release leaves the new holder's lock. */
	lock_free(lock);
	must_be_locked(f, &jane, "by sam");
	lock_free(second);
}

static void test_dead_holder(void **state)
{
	struct fixture *f = *state;
	struct lock_options jane = options_of(f, "jane"), sam = options_of(f, "sam");
	const char *note = NULL;
	pid_t child = fork();
	if (child == 0) {
		struct lock *lock = NULL;
		_exit(lock_take(&jane, f->arena, &lock, &note, &f->err) ? 0 : 1);
	}
	int status = 1;
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	lock_free(take(f, &sam, &note));
	assert_non_null(strstr(note, "process has ended"));
}

static void test_crowd(void **state)
{
	struct fixture *f = *state;
	enum { CROWD = 8 };
	struct lock_options options = options_of(f, "crowd");
	int gate[2];
	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < CROWD; i++) {
		if (fork() != 0)
			continue;
		char go;
		struct lock *lock = NULL;
		const char *note;
		close(gate[1]);
		(void)!read(gate[0], &go, 1);
		bool took = lock_take(&options, f->arena, &lock, &note, &f->err);
		/* Alive until all have tried: only then does a lock taken count. */
		if (took)
			usleep(300000);
		_exit(took ? 1 : 0);
	}
	close(gate[1]);
	int winners = 0;
	for (int i = 0; i < CROWD; i++) {
		int status = 0;
		wait(&status);
		winners += WEXITSTATUS(status);
	}
	close(gate[0]);
	assert_int_equal(winners, 1);
}

static void test_break_by_id_only(void **state)
{
	struct fixture *f = *state;
	struct lock_options jane = options_of(f, "jane"), sam = options_of(f, "sam");
	const char *note;
	struct lock *lock = take(f, &jane, &note);
	assert_false(lock_break(&sam, "1234", &f->err));
	assert_int_equal(f->err.code, ERR_FAILED);
	error_release(&f->err);
	must_be_locked(f, &sam, "by jane");
	assert_true(lock_break(&sam, lock_id(lock), &f->err));
	lock_free(take(f, &sam, &note));
	lock_free(lock);
}

static void test_unreadable_file(void **state)
{
	struct fixture *f = *state;
	struct lock_options jane = options_of(f, "jane");
	const char *note;
	shell(f, "mkdir -p a/b && touch a/b/contoso.lock");
	lock_free(take(f, &jane, &note));
	shell(f, "echo '{}' > a/b/contoso.lock");
	must_be_locked(f, &jane, "cannot be read");
}

/* Two machines: two clones, two folders for lock files, one remote. */
static void test_remote(void **state)
{
	struct fixture *f = *state;
	shell(f, "git init -q --bare r.git && git init -q w && git init -q v && "
		 "git -C w remote add origin ../r.git && git -C v remote add origin ../r.git");
	if (!store_open(arena_printf(f->arena, "%s/w", f->dir), &f->store, &f->err))
		fail_msg("%s", f->err.message);
	CLEANUP(store_freep) struct store *other = NULL;
	assert_true(store_open(arena_printf(f->arena, "%s/v", f->dir), &other, &f->err));
	struct lock_options jane = options_of(f, "jane"), sam = options_of(f, "sam");
	sam.dir = arena_printf(f->arena, "%s/elsewhere", f->dir);
	sam.store = other;
	const char *note;
	struct lock *lock = take(f, &jane, &note);
	must_be_locked(f, &sam, "by jane");
	/* What was taken here before the remote refused was given back. */
	assert_int_not_equal(access(arena_printf(f->arena, "%s/contoso.lock", sam.dir), F_OK), 0);
	f->now_ms += 50000;
	assert_true(lock_renew(lock, &f->err));
	f->now_ms += 50000;
	must_be_locked(f, &sam, "by jane");
	f->now_ms += 10000;
	struct lock *second = take(f, &sam, &note);
	assert_non_null(strstr(note, "expired"));
	assert_false(lock_renew(lock, &f->err));
	assert_int_equal(f->err.code, ERR_LOCKED);
	error_release(&f->err);
	lock_free(lock);
	must_be_locked(f, &jane, "by sam");
	assert_true(lock_break(&jane, lock_id(second), &f->err));
	lock_free(take(f, &jane, &note));
	lock_free(second);
	shell(f, "test -z \"$(git -C r.git for-each-ref)\"");
	shell(f, "git -C r.git fsck --strict --no-dangling");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_one_at_a_time), CASE(test_expiry_and_renewal), CASE(test_dead_holder),
		CASE(test_crowd),	  CASE(test_break_by_id_only),	 CASE(test_unreadable_file),
		CASE(test_remote),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
