/* `seatshift init`: scaffolds a customers' repository without ever replacing a file. */
#include "cmd/commands.h"

#include "cmd/output/document.h"
#include "cmd/session/given_file.h"
#include "cmd/table/suggest.h"
#include "cmd/templates/templates.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/quote.h"
#include "plans/desired/desired.h"
#include "plans/git/store.h"

#define CI_SYSTEMS "github|gitlab|azure"

struct init_options {
	bool example;
	const char *ci;
};

struct init_result {
	const char *dir;
	struct str_list written; /* paths in the new repository */
	struct str_list kept;
	const char *git_above; /* git folder of the repository that `dir` is a folder of; NULL: its own */
};

static bool write_file(struct app *app, struct init_result *result, const char *path, const char *bytes,
		       size_t len, struct error *err)
{
	const char *target = path_join(app->arena, result->dir, path);
	if (file_exists(target) || file_is_dir(target)) {
		VEC_PUSH(app->arena, &result->kept, path);
		return true;
	}
	if (!file_make_dirs(result->dir, path_dir(app->arena, target), err))
		return false;
	if (!file_write_atomic(result->dir, target, bytes, len, err))
		return false;
	VEC_PUSH(app->arena, &result->written, path);
	return true;
}

static bool write_template(struct app *app, struct init_result *result, const struct template_file *file,
			   struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	days_write(file->bytes, date_of_ms(clock_now_ms(app->clock)), &text);
	return write_file(app, result, file->path, strbuf_text(&text), text.len, err);
}

static bool write_templates(struct app *app, struct init_result *result, const struct init_options *init,
			    struct error *err)
{
	const bool wanted[] = {
		[TEMPLATE_COMMON] = true,
		[TEMPLATE_PLAIN] = !init->example,
		[TEMPLATE_EXAMPLE] = init->example,
		[TEMPLATE_CI_GITHUB] = str_eq(init->ci, "github"),
		[TEMPLATE_CI_GITLAB] = str_eq(init->ci, "gitlab"),
		[TEMPLATE_CI_AZURE] = str_eq(init->ci, "azure"),
		[TEMPLATE_CI_ANY] = init->ci != NULL,
		[TEMPLATE_SHELL] = false,
		[TEMPLATE_SCHEMA] = false,
	};
	for (size_t i = 0; i < template_file_count; i++) {
		const struct template_file *file = &template_files[i];
		if (!wanted[file->set])
			continue;
		if (!write_template(app, result, file, err))
			return false;
	}
	return true;
}

static bool write_schema(struct app *app, struct init_result *result, const char *path, enum schema_kind kind,
			 struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	schema_write(kind, &text);
	return write_file(app, result, path, strbuf_text(&text), text.len, err);
}

/* Plans are approved, and records kept, in git. The policy's templates name the same branch. */
static bool init_git(struct app *app, struct init_result *result, struct error *err)
{
	const char *there = NULL;
	if (!store_init(result->dir, "main", app->arena, &there, err))
		return false;
	const char *own = path_join(app->arena, result->dir, ".git");
	if (!there)
		VEC_PUSH(app->arena, &result->written, ".git");
	else if (!file_exists(own) && !file_is_dir(own))
		result->git_above = there;
	return true;
}

static void print_text(struct app *app, const struct init_result *result)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	for (size_t i = 0; i < result->written.count; i++)
		strbuf_addf(&text, "wrote  %s\n", result->written.items[i]);
	for (size_t i = 0; i < result->kept.count; i++)
		strbuf_addf(&text, "kept   %s (was there already)\n", result->kept.items[i]);
	out_text(&app->out, strbuf_text(&text));
}

/* What to type next, in the order in which it is typed. The example's values are those of its twin. */
static struct str_list next_commands(struct app *app, const struct init_result *result,
				     const struct init_options *init)
{
	static const char *const plain[] = {
		"seatshift new CUSTOMER",
		"export AZURE_CLIENT_ID=... AZURE_CLIENT_SECRET=...",
		"seatshift doctor CUSTOMER",
	};
	static const char *const example[] = {
		"seatshift twin twin.json --port 8365 &",
		("export SEATSHIFT_GRAPH_URL=http://127.0.0.1:8365 SEATSHIFT_LOGIN_URL=http://127.0.0.1:8365 "
		 "AZURE_CLIENT_SECRET=twin-client-secret"),
		"seatshift plan contoso",
	};
	struct str_list next = {0};
	if (!str_eq(result->dir, "."))
		VEC_PUSH(app->arena, &next,
			 arena_printf(app->arena, "cd %s", quote_shell(app->arena, result->dir)));
	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		VEC_PUSH(app->arena, &next, init->example ? example[i] : plain[i]);
	return next;
}

static void print_json(struct app *app, const struct init_result *result, const struct str_list *next)
{
	struct document doc;
	document_begin(&doc);
	json_set_text(&doc.w, "dir", result->dir);
	json_set_text(&doc.w, "format", "seatshift-init/1");
	json_set_texts(&doc.w, "kept", &result->kept);
	json_set_texts(&doc.w, "next", next);
	json_set_texts(&doc.w, "written", &result->written);
	document_print(app, &doc);
}

static void print_next(struct app *app, const struct init_result *result, const struct init_options *init,
		       const struct str_list *next)
{
	const char *dir = quote_terminal(app->arena, result->dir);
	if (result->git_above)
		out_note(&app->out,
			 "No git repository was made: the folder is in that of %s, and plans are committed "
			 "there.",
			 quote_terminal(app->arena, result->git_above));
	if (init->ci)
		out_note(&app->out, "For CI: build the image of %s, and do what %s says.",
			 path_join(app->arena, dir, ".seatshift/Containerfile"),
			 path_join(app->arena, dir, ".seatshift/SETUP.md"));
	out_note(&app->out, "Next:");
	for (size_t i = 0; i < next->count; i++)
		out_note(&app->out, "  %s", next->items[i]);
	if (!init->example)
		out_note(&app->out, "Other ways to sign in: seatshift help sign-in");
}

static bool init_run(struct app *app, const void *options, const struct str_list *args, int *ret_status,
		     struct error *err)
{
	(void)ret_status;
	const struct init_options *init = options;
	struct init_result result = {.dir = app->dir};
	const struct str_list systems = suggest_words(app->arena, CI_SYSTEMS);
	if (init->ci && !str_list_has(&systems, init->ci)) {
		error_set(err, ERR_INVALID, "option '--ci' takes github, gitlab or azure, not '%s'",
			  quote_terminal(app->arena, init->ci));
		return suggest(app->arena, init->ci, &systems, err);
	}
	if (args->count)
		result.dir = path_join(app->arena, app->dir, args->items[0]);

	const char *ignored;
	if (!given_folder_check(app, "init", result.dir, &ignored, err))
		return false;
	if (!file_make_dirs(NULL, result.dir, err) || !init_git(app, &result, err) ||
	    !write_templates(app, &result, init, err) ||
	    !write_schema(app, &result, ".seatshift/customer.schema.json", SCHEMA_CUSTOMER, err) ||
	    !write_schema(app, &result, ".seatshift/repository.schema.json", SCHEMA_REPOSITORY, err) ||
	    !write_schema(app, &result, ".seatshift/fleet.schema.json", SCHEMA_FLEET, err))
		return error_wrap(err, "cannot set up '%s'", result.dir);

	str_list_sort_unique(&result.written);
	str_list_sort_unique(&result.kept);
	const struct str_list next = next_commands(app, &result, init);
	if (app->out.format == FORMAT_JSON)
		print_json(app, &result, &next);
	else
		print_text(app, &result);
	print_next(app, &result, init, &next);
	return true;
}

static const struct option_spec init_option_specs[] = {
	OPT_FLAG(struct init_options, example, "example", 0,
		 "add an example customer, and an imitation tenant to try it on"),
	OPT_TEXT(struct init_options, ci, "ci", 0, CI_SYSTEMS,
		 "add pipelines that plan on a review and apply on main"),
};

const struct command cmd_init = {
	.name = "init",
	.args = "[DIR]",
	.summary = "scaffold a customers' repository",
	.details =
		"Writes the policy file, the list of signers, JSON Schemas for editors and settings\n"
		"for git into DIR (the current folder when left out), and lists what it wrote. A file\n"
		"that is there already is never changed; it is listed as kept. A git repository is\n"
		"made unless DIR is in one, which it then says.\n\n"
		"--example adds a customer and an imitation tenant, with dates counted from today.\n\n"
		"--ci adds a pipeline that validates and plans in a review and applies on main, the script\n"
		"that its jobs run (.seatshift/ci.sh) and a recipe for the image that they run in. What has\n"
		"to be set up on the other side stands in .seatshift/SETUP.md.",
	COMMAND_OPTIONS(struct init_options, init_option_specs),
	.max_args = 1,
	.has_format = true,
	.run = init_run,
};
