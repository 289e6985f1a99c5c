/* Where a product key is kept. */
#include "cmd/session/key_source.h"

#include "cmd/outside/child.h"
#include "core/file.h"
#include "core/quote.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 4096, KEY_COMMAND_MS = 60000 };

const struct move *key_source_move(const struct desired *desired, const struct plan *plan,
				   const struct action *redeem)
{
	const char *part_number = NULL;
	for (size_t i = 0; i < plan->summary.moves.count; i++)
		if (str_eq(plan->summary.moves.items[i].open_sku, redeem->sku_id))
			part_number = plan->summary.moves.items[i].open_part_number;
	for (size_t i = 0; i < desired->moves.count; i++) {
		const struct move *move = &desired->moves.items[i];
		bool same = str_eq_fold(move->open_sku, redeem->sku_id) ||
			    str_eq_fold(move->open_sku, part_number);
		if (same && str_eq(move->key_ends_in, redeem->key_ends_in))
			return move;
	}
	return NULL;
}

static bool from_env(struct app *app, const char *name, struct secret **ret, struct error *err)
{
	const char *value = app_env(app, name);
	if (!value)
		return error_set(err, ERR_INVALID, "there is no key in the environment variable '%s'", name);
	*ret = secret_new(value, strlen(value));
	return true;
}

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static bool from_file(struct app *app, const char *name, struct secret **ret, struct error *err)
{
	/* Not file_read: its copy would stay behind in memory. */
	CLEANUP(close_fd)
	int fd = open(path_join(app->arena, app->dir, name), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat info;
	if (fd >= 0 && (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)))
		return error_set(err, ERR_INVALID, "the product key cannot be in '%s': that is not a file",
				 quote_terminal(app->arena, name));
	FILE *file = fd >= 0 ? fdopen(fd, "rb") : NULL;
	if (!file)
		return error_set(err, ERR_INVALID, "cannot read the product key from '%s': %s",
				 quote_terminal(app->arena, name), strerror(errno));
	fd = -1;
	char bytes[KEY_FILE_MAX];
	setbuf(file, NULL);
	size_t len = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	*ret = secret_new(bytes, len);
	secret_wipe(bytes, sizeof bytes);
	return true;
}

/* Its messages are not shown: they could hold the key. */
static bool from_command(struct app *app, const struct str_list *words, struct secret **ret,
			 struct error *err)
{
	struct process process = {.max_output = KEY_FILE_MAX, .timeout_ms = KEY_COMMAND_MS};
	struct process_end end = {0};
	if (!child_prepare(app, words, CHILD_PASSWORD_MANAGER, &process, err) ||
	    !process_run(&process, app->arena, &end, err))
		return error_wrap(err, "cannot get the product key");
	if (end.status == 0) {
		*ret = end.output;
		return true;
	}
	secret_free(end.output);
	error_set(err, ERR_FAILED, "cannot get the product key: '%s' failed with exit status %d",
		  quote_terminal(app->arena, words->items[0]), end.status);
	return error_hint(
		err, "Run it by hand to see what it says; its messages could hold the key, so they are not "
		     "shown here.");
}

static bool fetch(struct app *app, const struct move *move, struct secret **ret, struct error *err)
{
	switch (move->key_source) {
	case KEY_ENV:
		return from_env(app, move->key_env, ret, err);
	case KEY_FILE:
		return from_file(app, move->key_file, ret, err);
	case KEY_COMMAND:
		return from_command(app, &move->key_command, ret, err);
	case KEY_NONE:
		break;
	}
	error_set(err, ERR_INVALID, "the customer file does not say where the product key is kept");
	return error_hint(err, "Add open.key: {env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}.");
}

bool key_source_read(struct app *app, const struct move *move, struct secret **ret_key,
		     struct product_key_check *ret_check, struct error *err)
{
	CLEANUP(secret_freep) struct secret *kept = NULL;
	return fetch(app, move, &kept, err) &&
	       product_key_parse(kept, move->key_ends_in, ret_key, ret_check, err);
}

const char *key_source_problem(struct app *app, const struct move *move)
{
	CLEANUP(secret_freep) struct secret *key = NULL;
	struct product_key_check check = {0};
	struct error err = ERROR_INIT;
	const char *problem = NULL;
	if (move->key_source == KEY_NONE || move->key_source == KEY_COMMAND || app_in_pipeline(app))
		return NULL;
	if (!key_source_read(app, move, &key, &check, &err))
		problem = arena_strdup(app->arena, err.message);
	else if (check.unusual)
		problem = arena_printf(
			app->arena,
			"the key has letters or digits that keys seldom have (%s): compare it with "
			"the document it came from",
			check.letters);
	error_release(&err);
	return problem;
}

bool key_source_refuse(struct app *app, const struct desired *desired, const struct str_list *texts,
		       struct error *err)
{
	for (size_t i = 0; i < desired->moves.count; i++) {
		const struct move *move = &desired->moves.items[i];
		CLEANUP(secret_freep) struct secret *key = NULL;
		struct product_key_check check = {0};
		struct error unread = ERROR_INIT;
		if (move->key_source == KEY_NONE || move->key_source == KEY_COMMAND)
			continue;
		if (!key_source_read(app, move, &key, &check, &unread))
			error_release(&unread);
		else if (!product_key_refuse_this(texts, key, err))
			return false;
	}
	return true;
}
