/* The values that arguments and options can take, by the names they have in help. */
#include "cmd/help/completion_values.h"

#include "cmd/help/topic.h"
#include "cmd/session/names.h"
#include "cmd/templates/templates.h"
#include "core/diag.h"
#include "core/file.h"
#include "core/quote.h"
#include "plans/saved/plan_folder.h"

#include <string.h>

void completion_add(struct completion *c, const char *word, const char *about)
{
	const char *shown = quote_terminal(c->app->arena, word);
	if (!str_starts(word, c->typed) ||
	    !str_eq(shown, word)) /* a name that would have to be escaped is none */
		return;
	strbuf_addf(c->out, "%s%s\t%s\n", c->before, word, quote_terminal(c->app->arena, about));
}

static void add_words(struct completion *c, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, "|");
		completion_add(c, arena_strndup(c->app->arena, words, len), "");
		words += len + (words[len] == '|');
	}
}

static void add_customers(struct completion *c)
{
	struct repository repository;
	struct error err = ERROR_INIT;
	if (!repository_open(c->app->dir, c->app->arena, &repository, &err)) {
		error_release(&err);
		return;
	}
	for (size_t i = 0; i < repository.customers.count; i++) {
		const char *file = repository.customers.items[i];
		size_t len = strlen(file);
		const char *name =
			str_ends(file, ".yaml") ? arena_strndup(c->app->arena, file, len - 5) : file;
		completion_add(c, name, "customer");
	}
}

static void list(struct completion *c, const char *dir, struct str_list *ret_names)
{
	struct error err = ERROR_INIT;
	if (!file_list_within(c->app->dir, dir, c->app->arena, ret_names, &err))
		error_release(&err);
}

static bool is_id(const char *name)
{
	return strspn(name, "0123456789abcdef") == PLAN_ID_SIZE - 1 && strlen(name) == PLAN_ID_SIZE - 1;
}

/* A customer stands for the newest plan; plans/CUSTOMER/ID: folders of twelve hex digits. */
static void add_plans(struct completion *c)
{
	struct arena *tmp = c->app->arena;
	static const char plans[] = "plans";
	struct str_list customers = {0};
	list(c, plans, &customers);
	for (size_t i = 0; i < customers.count; i++) {
		struct str_list ids = {0};
		list(c, path_join(tmp, plans, customers.items[i]), &ids);
		if (ids.count)
			completion_add(c, customers.items[i], "customer, for the newest plan");
		for (size_t j = 0; j < ids.count; j++)
			if (is_id(ids.items[j]))
				completion_add(c, ids.items[j],
					       arena_printf(tmp, "plan of %s", customers.items[i]));
	}
}

/* fleets/ID: folders of twelve hex digits. */
static void add_fleets(struct completion *c)
{
	struct str_list ids = {0};
	list(c, "fleets", &ids);
	for (size_t i = 0; i < ids.count; i++)
		if (is_id(ids.items[i]))
			completion_add(c, ids.items[i], "fleet");
}

static void add_plans_and_fleets(struct completion *c)
{
	add_plans(c);
	add_fleets(c);
}

/* The hand steps of the plan that stands before. */
static void add_steps(struct completion *c)
{
	struct plan_folder folder;
	struct error err = ERROR_INIT;
	if (!c->args->count)
		return;
	if (!plan_named(c->app, c->args->items[0], &folder, &err)) {
		error_release(&err);
		return;
	}
	for (size_t i = 0; i < folder.plan.actions.count; i++) {
		const struct action *action = &folder.plan.actions.items[i];
		if (action_info(action->kind)->by != BY_HAND)
			continue;
		completion_add(c, action_info(action->kind)->name, action->id);
		if (*c->typed) /* the ids of the same steps only for who asks for them */
			completion_add(c, action->id, action_info(action->kind)->name);
	}
}

static void add_codes(struct completion *c)
{
#define ADD_CODE(number, title) completion_add(c, "SS" #number, title);
	DIAG_CODES(ADD_CODE)
#undef ADD_CODE
}

static void add_commands(struct completion *c)
{
	for (const struct command *const *row = c->app->commands; *row; row++)
		completion_add(c, (*row)->name, (*row)->summary);
}

static void add_topics(struct completion *c)
{
	struct topic topic;
	add_commands(c);
	for (size_t i = 0; topic_at(i, c->app->arena, &topic); i++)
		completion_add(c, topic.name, topic.summary);
}

static void add_formats(struct completion *c)
{
	completion_add(c, "text", "for people");
	if (!c->command || c->command->has_format)
		completion_add(c, "json", "for programs");
	if (c->command && c->command->more_formats)
		add_words(c, c->command->more_formats);
}

static void add_when(struct completion *c)
{
	add_words(c, "auto|always|never");
}

/* --also markdown=FILE: the format first, then a file. */
static void add_also(struct completion *c)
{
	if (strchr(c->typed, '=') || !c->command || !c->command->more_formats)
		return;
	const char *words = arena_printf(c->app->arena, "text|json|%s", c->command->more_formats);
	for (size_t len; *words; words += len + (words[len] == '|')) {
		len = strcspn(words, "|");
		completion_add(c, arena_printf(c->app->arena, "%.*s=", (int)len, words), "and a file");
	}
}

static void add_schemas(struct completion *c)
{
	add_words(c, "customer|repository");
	for (size_t i = 0; i < template_file_count; i++)
		if (template_files[i].set == TEMPLATE_SCHEMA)
			completion_add(c,
				       arena_strndup(c->app->arena, template_files[i].path,
						     strcspn(template_files[i].path, ".")),
				       "");
}

static void add_files(struct completion *c)
{
	strbuf_add(c->out, ":files\n");
}

static void add_folders(struct completion *c)
{
	strbuf_add(c->out, ":folders\n");
}

static const struct {
	const char *name; /* as help has it */
	void (*add)(struct completion *c);
} kinds[] = {
	{"CUSTOMER", add_customers},
	{"PLAN", add_plans},
	{"STEP", add_steps},
	{"PLAN|FLEET", add_plans_and_fleets},
	{"FLEET", add_fleets},
	{"CODE", add_codes},
	{"COMMAND|TOPIC", add_topics},
	{"FORMAT", add_formats},
	{"WHEN", add_when},
	{"SCHEMA", add_schemas},
	{"FORMAT=FILE", add_also},
	{"FILE", add_files},
	{"FILE|CUSTOMER", add_files}, /* the customers are files */
	{"FILE|fd:N", add_files},
	{"DIR", add_folders},
};

/* A name in capitals is a kind of value; small letters with bars between are the values themselves. */
static void add_values(struct completion *c, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!str_eq(kinds[i].name, name))
			continue;
		kinds[i].add(c);
		return;
	}
	if (strspn(name, "abcdefghijklmnopqrstuvwxyz-|") == strlen(name))
		add_words(c, name);
}

/* The `at`-th of "PLAN [STEP]", without brackets; one that ends in "..." stands for all that follow. */
static const char *placeholder(struct arena *out, const char *args, size_t at)
{
	while (*args) {
		size_t len = strcspn(args, " ");
		bool optional = args[0] == '[' && args[len - 1] == ']';
		char *name = arena_strndup(out, args + (optional ? 1 : 0), len - (optional ? 2 : 0));
		bool many = str_ends(name, "...");
		if (many)
			name[strlen(name) - 3] = '\0';
		if (at-- == 0 || many)
			return name;
		args += len;
		args += strspn(args, " ");
	}
	return NULL;
}

void completion_argument(struct completion *c)
{
	const char *name = placeholder(c->app->arena, c->command->args, c->args->count);
	if (name)
		add_values(c, name);
}

void completion_option_value(struct completion *c, const struct option_spec *spec)
{
	if (spec->arg)
		add_values(c, spec->arg);
}
