/* seatshift completion: the completion script of a shell, and what such a script asks. */
#include "cmd/commands.h"

#include "cmd/help/completion.h"
#include "cmd/table/suggest.h"
#include "cmd/templates/templates.h"
#include "core/quote.h"

struct completion_options {
	bool words;
};

static const struct option_spec options[] = {
	OPT_FLAG(struct completion_options, words, "words", 0,
		 "say what may follow the words behind '--'; the scripts ask it"),
};

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)ret_status;
	const struct completion_options *o = opts;
	if (o->words) {
		CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
		completion_words(app, args, &buf);
		out_result(&app->out, strbuf_text(&buf));
		return true;
	}
	if (args->count > 1)
		return error_set(err, ERR_INVALID, "'completion' takes the name of one shell");
	struct str_list shells = {0};
	const char *shell = args->count ? args->items[0] : "";
	for (size_t i = 0; i < template_file_count; i++) {
		if (template_files[i].set != TEMPLATE_SHELL)
			continue;
		VEC_PUSH(app->arena, &shells, template_files[i].path);
		if (!str_eq(template_files[i].path, shell))
			continue;
		out_result_bytes(&app->out, template_files[i].bytes, template_files[i].len);
		return true;
	}
	error_set(err, ERR_INVALID,
		  args->count ? "there is no completion for '%s'"
			      : "'completion' needs the name of a shell%s",
		  quote_terminal(app->arena, shell));
	return suggest(app->arena, shell, &shells, err);
}

const struct command cmd_completion = {
	.name = "completion",
	.args = "bash|fish|zsh",
	.summary = "print the completion script of a shell",
	.details = "Completes commands, options, their values, customers, plans and hand steps.\n\n"
		   "bash: source <(seatshift completion bash)\n\n"
		   "zsh: source <(seatshift completion zsh)\n\n"
		   "fish: seatshift completion fish | source",
	COMMAND_OPTIONS(struct completion_options, options),
	.max_args = 10000,
	.run = run,
};
