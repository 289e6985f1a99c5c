/* Repositories for the tests of the store. */
#include "tests/support/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

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

const struct clock fixed_clock = {fixed_now, fixed_now, short_sleep, NULL};

char *run(struct fixture *f, const char *fmt, ...)
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

/* One for all repositories of a process: libgit2 asks once where the user's own settings are. */
static char home[] = "/tmp/seatshift-home-XXXXXX";

static void remove_home(void)
{
	CLEANUP(mem_free_text) char *settings = mem_printf("%s/.gitconfig", home);
	(void)remove(settings);
	(void)rmdir(home);
}

static void make_home(void)
{
	static bool made;
	if (made)
		return;
	assert_non_null(mkdtemp(home));
	made = atexit(remove_home) == 0;
}

int store_fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	memcpy(f->dir, "/tmp/seatshift-store-XXXXXX", 28);
	assert_non_null(mkdtemp(f->dir));
	f->arena = arena_new();
	*state = f;
	make_home();
	setenv("HOME", home, 1);
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

int store_fixture_teardown(void **state)
{
	struct fixture *f = *state;
	store_free(f->store);
	error_release(&f->err);
	run(f, "cd / && rm -rf %s", f->dir);
	arena_free(f->arena);
	free(f);
	return 0;
}

void must(struct fixture *f, bool ok)
{
	if (!ok)
		fail_msg("%s (%s)", f->err.message, f->err.hint ? f->err.hint : "no hint");
}

void must_fail(struct fixture *f, bool ok, const char *message, const char *hint)
{
	assert_false(ok);
	if (!strstr(f->err.message, message))
		fail_msg("'%s' is not in '%s'", message, f->err.message);
	if (hint && (!f->err.hint || !strstr(f->err.hint, hint)))
		fail_msg("'%s' is not in the hint '%s'", hint, f->err.hint ? f->err.hint : "");
	error_release(&f->err);
}

void open_store(struct fixture *f, const char *sub)
{
	store_free(TAKE(f->store));
	must(f, store_open(arena_printf(f->arena, "%s/%s", f->dir, sub), &f->store, &f->err));
}

struct store_commit one_file(const struct store_file *file, const char *branch)
{
	return (struct store_commit){.branch = branch,
				     .subject = "plan: contoso",
				     .files = file,
				     .file_count = 1,
				     .only_under = "plans/contoso"};
}

const struct store_file plan_file = {"plans/contoso/p1/plan.json", {"{}\n", 3}};

bool commit_plan(struct fixture *f, const struct store_file *file, const char *branch)
{
	const struct store_commit commit = one_file(file, branch);
	return store_commit(f->store, &commit, &fixed_clock, f->arena, &f->committed, &f->err);
}

void write_file(struct fixture *f, const char *sub, const struct store_file *file)
{
	const char *path = arena_printf(f->arena, "%s/%s/%s", f->dir, sub, file->path);
	run(f, "mkdir -p '%.*s'", (int)(strrchr(path, '/') - path), path);
	FILE *stream = fopen(path, "wb");
	assert_non_null(stream);
	assert_int_equal(fwrite(file->content.ptr, 1, file->content.len, stream), file->content.len);
	fclose(stream);
}

void check_sound(struct fixture *f, const char *sub)
{
	assert_string_equal(run(f, "git -C %s fsck --strict --no-dangling --no-progress", sub), "");
}
