/* Manual pages of the program and its commands. */
#include "cmd/help/manual.h"

#include "cmd/help/mdoc.h"
#include "cmd/help/topic.h"
#include "cmd/table/options.h"
#include "core/file.h"

#include <string.h>

static void put_option(struct strbuf *out, const struct option_spec *spec)
{
	strbuf_add(out, ".It ");
	if (spec->letter)
		strbuf_addf(out, "Fl %c , ", spec->letter);
	strbuf_addf(out, "Fl -%s", spec->name);
	if (spec->arg) {
		strbuf_add(out, " Ar ");
		mdoc_argument(out, spec->arg);
	}
	strbuf_add_char(out, '\n');
	mdoc_text(out, spec->summary);
}

static void put_exit_status(struct strbuf *out)
{
	mdoc_section(out, "EXIT STATUS");
	strbuf_add(out, ".Bl -tag -width \"130 interrupted\" -compact\n");
	struct exit_row row;
	for (size_t i = 0; command_exit_row(i, &row); i++) {
		strbuf_addf(out, ".It %d %s\n", row.status, row.name);
		mdoc_text(out, row.meaning);
	}
	strbuf_add(out, ".El\n");
}

static const struct {
	const char *name;
	const char *meaning;
} variables[] = {
	{"AZURE_CLIENT_ID", "the application to sign in as, unless auth.client_id says it"},
	{"AZURE_CLIENT_SECRET , AZURE_CLIENT_CERTIFICATE_PATH , AZURE_FEDERATED_TOKEN_FILE",
	 "what it signs in with; names and meanings are those of Azure's own SDKs"},
	{"SEATSHIFT_ACCESS_TOKEN",
	 "a token to use instead of signing in; it must be for the customer's tenant"},
	{"SEATSHIFT_PARTNER_ACCESS_TOKEN",
	 "beside it: a token for the partner's own tenant, where a relation is required"},
	{"SEATSHIFT_GRAPH_URL , SEATSHIFT_LOGIN_URL",
	 "scheme, host and port instead of Microsoft's: https, or http to a loopback address"},
	{"SEATSHIFT_CLOCK",
	 "the time it is, as 2027-03-01T09:00:00Z, to play a story on a twin: an error unless both addresses "
	 "above are loopback"},
	{"HTTPS_PROXY , NO_PROXY , CURL_CA_BUNDLE , SSL_CERT_FILE , SSL_CERT_DIR",
	 "as curl has them; certificate checks cannot be switched off"},
	{"GIT_AUTHOR_NAME , GIT_AUTHOR_EMAIL , GIT_COMMITTER_NAME , GIT_COMMITTER_EMAIL",
	 "who commits, as git has them"},
	{"SSH_AUTH_SOCK , SSH_ASKPASS",
	 "handed on to ssh-keygen, with its like and nothing else of the environment"},
	{"SEATSHIFT_BRANCH", "the approved branch, as a pipeline says it: outranks approvals.branch"},
	{"CI",
	 "when true, apply commits and pushes the journal, and which branch is the approved one is not taken "
	 "from the checkout"},
	{"COLUMNS",
	 "how wide text may be, on a terminal or not; left out, as the terminal is, else 80 columns"},
	{"NO_COLOR , TERM", "no colours when NO_COLOR is set and not empty, or when TERM is dumb"},
	{"GITHUB_ACTIONS , TF_BUILD", "complaints are also printed in that CI system's own syntax"},
};

static const struct {
	const char *path;
	const char *meaning;
} files[] = {
	{"seatshift.yaml", "the repository's policy; seatshift-repository(5)"},
	{"allowed_signers", "OpenSSH allowed-signers file: who may approve"},
	{"fleet.yaml", "which customers are moved together; seatshift-fleet(5)"},
	{"customers/NAME.yaml", "what one customer is to become; seatshift-customer(5)"},
	{"plans/NAME/ID/plan.json", "a plan; ID is the first 12 hex digits of the file's SHA-256"},
	{"plans/NAME/ID/snapshot.json", "the live facts it was computed from"},
	{"plans/NAME/ID/approvals/", "who approved it: texts and their SSH signatures"},
	{"plans/NAME/ID/journal.jsonl", "what was done: append-only, a chain of hashes"},
};

static void put_environment(struct strbuf *out)
{
	mdoc_section(out, "ENVIRONMENT");
	strbuf_add(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
		strbuf_addf(out, ".It Ev %s\n", variables[i].name);
		mdoc_text(out, variables[i].meaning);
	}
	strbuf_add(out, ".El\n");
}

static void put_files(struct strbuf *out)
{
	mdoc_section(out, "FILES");
	strbuf_add(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		strbuf_addf(out, ".It Pa %s\n", files[i].path);
		mdoc_text(out, files[i].meaning);
	}
	strbuf_add(out, ".El\n");
}

static void write_overview(const struct command *const *table, struct strbuf *out)
{
	mdoc_head(out, "seatshift", 1, "move a Microsoft 365 customer from Advisor to Open License");
	mdoc_section(out, "SYNOPSIS");
	strbuf_add(out, ".Nm\n.Ar COMMAND\n.Op Ar ARGUMENTS\n.Op Ar OPTIONS\n");
	mdoc_section(out, "DESCRIPTION");
	mdoc_text(
		out,
		"One YAML file per customer says what is wanted. 'seatshift plan' compares it with the live "
		"tenant over Microsoft Graph and writes an ordered plan; people review the plan in git; "
		"'seatshift apply' carries out exactly that plan and verifies every step, those done by a "
		"person included. Results go to standard output, everything else to standard error.");
	strbuf_add(out, ".Pp\nThe commands, each with a page of its own:\n.Bl -tag -width Ds\n");
	for (const struct command *const *row = table; *row; row++) {
		strbuf_addf(out, ".It Xr seatshift-%s 1\n", (*row)->name);
		mdoc_text(out, (*row)->summary);
	}
	strbuf_add(out, ".El\n.Pp\nOptions of every command:\n");
	strbuf_add(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < global_option_count; i++)
		put_option(out, &global_option_specs[i]);
	strbuf_add(out, ".El\n");
	put_environment(out);
	put_files(out);
	put_exit_status(out);
	mdoc_section(out, "SEE ALSO");
	strbuf_add(out, ".Xr git 1 ,\n.Xr ssh-keygen 1 ,\n.Xr seatshift-customer 5 ,\n.Xr seatshift-fleet 5 "
			",\n.Xr seatshift-repository 5");
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct topic topic;
	for (int section = 5; section <= 7; section += 2)
		for (size_t i = 0; topic_at(i, tmp, &topic); i++)
			if (topic.section == section)
				strbuf_addf(out, " ,\n.Xr %s %d", topic.page, topic.section);
	strbuf_add_char(out, '\n');
}

/* "PLAN [STEP]" as macros. */
static void put_arguments(struct strbuf *out, const char *args)
{
	while (*args) {
		size_t len = strcspn(args, " ");
		bool optional = args[0] == '[' && args[len - 1] == ']';
		CLEANUP(mem_free_text)
		char *word = mem_printf("%.*s", (int)(len - (optional ? 2 : 0)), args + (optional ? 1 : 0));
		strbuf_add(out, optional ? ".Op Ar " : ".Ar ");
		mdoc_argument(out, word);
		strbuf_add_char(out, '\n');
		args += len;
		args += strspn(args, " ");
	}
}

static void write_command(const struct command *command, struct strbuf *out)
{
	CLEANUP(mem_free_text) char *name = mem_printf("seatshift-%s", command->name);
	mdoc_head(out, name, 1, command->summary);
	mdoc_section(out, "SYNOPSIS");
	strbuf_addf(out, ".Nm seatshift\n.Cm %s\n", command->name);
	put_arguments(out, command->args);
	strbuf_add(out, ".Op Ar OPTIONS\n");
	mdoc_section(out, "DESCRIPTION");
	mdoc_text(out, command->details ? command->details : command->summary);
	const struct option_spec *own;
	for (size_t i = 0; (own = command_option(command, i)); i++) {
		strbuf_add(out, i ? "" : ".Pp\nThe options are as follows:\n.Bl -tag -width Ds\n");
		put_option(out, own);
	}
	strbuf_add(out, command_option(command, 0) ? ".El\n" : "");
	strbuf_add(out, ".Pp\nOptions of every command, environment, files and exit statuses are in\n"
			".Xr seatshift 1 .\n");
	mdoc_section(out, "EXIT STATUS");
	strbuf_addf(out,
		    ".Nm seatshift\n.Cm %s\nexits with 0 when all went well, or with one of the statuses of\n"
		    ".Xr seatshift 1 .\n",
		    command->name);
	mdoc_section(out, "SEE ALSO");
	strbuf_add(out, ".Xr seatshift 1 ,\n.Xr seatshift-customer 5 ,\n.Xr seatshift-repository 5\n");
}

/* What is written of it. */
struct manual {
	const struct manual_place *place;
	struct arena *out;
	struct str_list *paths; /* of the files, added to */
};

/* Where a page belongs and under which name; sections 1, 5 and 7. */
static bool write_page(const struct manual *m, const char *name, int section, const struct strbuf *page,
		       struct error *err)
{
	struct arena *out = m->out;
	const char *folder = path_join(out, m->place->dir, arena_printf(out, "man%d", section));
	const char *path = path_join(out, folder, arena_printf(out, "%s.%d", name, section));
	if (!file_make_dirs(m->place->root, folder, err) ||
	    !file_write_atomic(m->place->root, path, strbuf_text(page), page->len, err))
		return error_wrap(err, "cannot write the manual");
	VEC_PUSH(out, m->paths, path);
	return true;
}

static bool write_commands(const struct manual *m, const struct command *const *table, struct error *err)
{
	for (const struct command *const *row = table; *row; row++) {
		CLEANUP(strbuf_release) struct strbuf page = STRBUF_INIT(STRBUF_LARGE);
		write_command(*row, &page);
		const char *name = arena_printf(m->out, "seatshift-%s", (*row)->name);
		if (!write_page(m, name, 1, &page, err))
			return false;
	}
	return true;
}

static bool write_files(const struct manual *m, struct error *err)
{
	for (int kind = 0; kind < SCHEMA_COUNT; kind++) {
		const char *name = arena_printf(m->out, "seatshift-%s", schema_names[kind]);
		CLEANUP(strbuf_release) struct strbuf page = STRBUF_INIT(STRBUF_LARGE);
		if (!manual_file((enum schema_kind)kind, &page, err) || !write_page(m, name, 5, &page, err))
			return false;
	}
	return true;
}

static bool write_topics(const struct manual *m, struct error *err)
{
	struct topic topic;
	for (size_t i = 0; topic_at(i, m->out, &topic); i++) {
		CLEANUP(strbuf_release) struct strbuf page = STRBUF_INIT(STRBUF_LARGE);
		mdoc_head(&page, topic.page, topic.section, topic.summary);
		topic_manual(&topic, &page);
		mdoc_section(&page, "SEE ALSO");
		strbuf_add(&page, ".Xr seatshift 1\n");
		if (!write_page(m, topic.page, topic.section, &page, err))
			return false;
	}
	return true;
}

bool manual_write(const struct command *const *table, const struct manual_place *place, struct arena *out,
		  struct str_list *ret_paths, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf overview = STRBUF_INIT(STRBUF_LARGE);
	write_overview(table, &overview);
	const struct manual manual = {place, out, ret_paths};
	return write_page(&manual, "seatshift", 1, &overview, err) && write_commands(&manual, table, err) &&
	       write_files(&manual, err) && write_topics(&manual, err);
}
