/* Repositories for the tests of the store: a bare remote `r.git`, and a clone `w` with three commits. */
#ifndef TESTS_SUPPORT_STORE_FIXTURE_H
#define TESTS_SUPPORT_STORE_FIXTURE_H

#include "plans/git/store.h"

struct fixture {
	char dir[40];
	struct arena *arena;
	struct store *store;
	struct error err;
	struct store_committed committed;
};

extern const struct clock fixed_clock;
extern const struct store_file plan_file;

int store_fixture_setup(void **state);
int store_fixture_teardown(void **state);
#define STORE_CASE(name) cmocka_unit_test_setup_teardown(name, store_fixture_setup, store_fixture_teardown)

/* Runs a shell command in the fixture's folder and returns what it printed, without the last newline. */
char *run(struct fixture *f, const char *fmt, ...) PRINTF(2, 3);
/* Fails the test with the error, or without it: then message and hint (or NULL) must hold these words. */
void must(struct fixture *f, bool ok);
void must_fail(struct fixture *f, bool ok, const char *message, const char *hint);

void open_store(struct fixture *f, const char *sub);
struct store_commit one_file(const struct store_file *file, const char *branch);
bool commit_plan(struct fixture *f, const struct store_file *file, const char *branch);
void write_file(struct fixture *f, const char *sub, const struct store_file *file);
void check_sound(struct fixture *f, const char *sub); /* git fsck --strict */

#endif
