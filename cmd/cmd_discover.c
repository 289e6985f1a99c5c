/* seatshift discover: writes a customer file from the live tenant. */
#include "cmd/commands.h"

#include "cmd/output/document.h"
#include "cmd/session/session.h"
#include "core/file.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/desired/discover.h"
#include "plans/saved/journal.h"

#include <string.h>

struct discover_options {
	const char *tenant;
	const char *domain;
};

static const struct option_spec options[] = {
	OPT_TEXT(struct discover_options, tenant, "tenant", 0, "ID", "the tenant's id (needed)"),
	OPT_TEXT(struct discover_options, domain, "domain", 0, "DOMAIN",
		 "a verified domain to pin; else the tenant's initial one"),
};

static const char *initial_domain(const struct organization *org)
{
	const char *name = org->verified_domains.count ? org->verified_domains.items[0].name : NULL;
	for (size_t i = 0; i < org->verified_domains.count; i++)
		if (org->verified_domains.items[i].is_initial)
			name = org->verified_domains.items[i].name;
	return name;
}

/* Whose tenant it is comes before anything else is asked of it; the partner's own is never asked at all. */
static bool prove(struct app *app, struct session *session, const char *domain, struct error *err)
{
	struct organization org = {0};
	bool is_partner = str_eq_fold(session->policy.partner_tenant, session->desired.tenant_id);
	if (!is_partner && !session->provider->ops->identify(session->provider, app->arena, &org, err))
		return false;
	if (!domain)
		domain = initial_domain(&org);
	session->desired.tenant_domain = domain ? str_lower(app->arena, domain) : "none";
	const struct tenant_case tenant = session_tenant(session, NULL);
	return tenant_prove(session->provider, &tenant, app->arena, &org, err);
}

static bool read_holders(struct app *app, struct session *session, const struct subscription *advisor,
			 struct live *live, struct error *err)
{
	struct read_scope scope = {.groups_of_holders = true};
	VEC_PUSH(app->arena, &scope.holders_of, advisor->sku_id);
	return session->provider->ops->read(session->provider, &scope, app->arena, live, err);
}

/* The file's name says what the customer is called; without a file, the domain does. */
static const char *customer_name(struct app *app, const char *domain)
{
	const char *name = app->out_file ? path_name(app->out_file) : "";
	size_t len = strlen(name);
	if (!str_ends(name, ".yaml") || len == strlen(".yaml"))
		return discover_customer_name(domain, app->arena);
	return arena_strndup(app->arena, name, len - strlen(".yaml"));
}

static bool no_file(void *ctx, const char *path, struct arena *out, struct bytes *ret, struct error *err)
{
	(void)ctx;
	(void)out;
	(void)ret;
	return error_set(err, ERR_IO, "'%s' is not read here", path);
}

/* What is handed over must be a file that validate accepts: it is parsed before anybody sees it. */
static bool check(struct app *app, const char *customer, const struct strbuf *text, struct error *err)
{
	struct diag_list diags = {0};
	struct desired ignored;
	const struct file_reader none = {no_file, NULL};
	const char *path = arena_printf(app->arena, "customers/%s.yaml", customer);
	const struct bytes file = {strbuf_text(text), text->len};
	if (desired_parse_draft(path, file, &none, app->arena, &diags, &ignored))
		return true;
	const char *message = "";
	for (size_t i = 0; i < diags.count && !*message; i++)
		if (diags.items[i].severity == DIAG_ERROR)
			message = diags.items[i].message;
	error_set(err, ERR_INVALID, "the file would not be valid: %s", message);
	return error_hint(err, "A customer is called by small letters, digits and '-', and so is its file.");
}

static void print(struct app *app, const struct session *session, const char *customer,
		  const struct subscription *advisor, const struct strbuf *text)
{
	if (app->out.format != FORMAT_JSON) {
		out_result_bytes(&app->out, strbuf_text(text), text->len);
		return;
	}
	struct document doc;
	document_begin(&doc);
	json_set_text(&doc.w, "advisor_subscription", advisor->id);
	json_set_text(&doc.w, "customer", customer);
	json_set_text(&doc.w, "domain", session->desired.tenant_domain);
	json_set_text(&doc.w, "format", "seatshift-discover/1");
	json_set_text(&doc.w, "tenant", session->desired.tenant_id);
	json_set_text(&doc.w, "yaml", strbuf_text(text));
	document_print(app, &doc);
}

/* Adds the subscriptions that the keys of this plan's runs have brought, by its journal. */
static bool add_brought(struct app *app, const char *name, struct str_list *brought, struct error *err)
{
	struct plan_folder folder;
	struct journal_entry_list entries = {0};
	bool cut = false;
	if (!file_exists(path_join(app->arena, app->dir, arena_printf(app->arena, "%s/journal.jsonl", name))))
		return true;
	if (plan_folder_is_copy(app->dir, name))
		return true;
	if (!plan_folder_load(app->dir, name, app->arena, &folder, err))
		return false;
	const struct journal_file file = plan_journal(&folder, app->dir, app->arena);
	if (!journal_read(&file, app->arena, &entries, &cut, err))
		return error_wrap(err, "cannot use the journal of plan %s", folder.id);
	for (size_t i = 0; i < entries.count; i++) {
		const struct journal_found *found = &entries.items[i].found;
		for (size_t j = 0; j < found->subscriptions.count; j++)
			VEC_PUSH(app->arena, brought, found->subscriptions.items[j].id);
	}
	return true;
}

/* What any plan of this repository brought is where somebody was moved to, never what they move from. */
static bool find_brought(struct app *app, struct str_list *brought, struct error *err)
{
	struct str_list customers = {0};
	if (!file_list_within(app->dir, "plans", app->arena, &customers, err))
		return false;
	for (size_t i = 0; i < customers.count; i++) {
		const char *plans = arena_printf(app->arena, "plans/%s", customers.items[i]);
		struct str_list ids = {0};
		if (!file_is_dir_within(app->dir, plans))
			continue;
		if (!file_list_within(app->dir, plans, app->arena, &ids, err))
			return false;
		for (size_t j = 0; j < ids.count; j++)
			if (!add_brought(app, path_join(app->arena, plans, ids.items[j]), brought, err))
				return false;
	}
	return true;
}

static struct live without(struct arena *out, const struct live *live, const struct str_list *ids)
{
	struct live rest = *live;
	rest.subscriptions = (struct subscription_list){0};
	for (size_t i = 0; i < live->subscriptions.count; i++)
		if (!str_list_has(ids, live->subscriptions.items[i].id))
			VEC_PUSH(out, &rest.subscriptions, live->subscriptions.items[i]);
	return rest;
}

static bool discover(struct app *app, struct session *session, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	const struct read_scope tenant_only = {.only_tenant = true};
	struct live tenant = {0};
	struct live live = {0};
	struct str_list brought = {0};
	if (!find_brought(app, &brought, err) ||
	    !session->provider->ops->read(session->provider, &tenant_only, app->arena, &tenant, err))
		return false;
	const struct live candidates = without(app->arena, &tenant, &brought);
	const struct subscription *guess = discover_guess(&candidates);
	if (!guess) {
		error_set(err, ERR_DENIED,
			  "nothing to move in '%s': no user holds a SKU of an enabled, paid subscription%s",
			  session->desired.tenant_domain, brought.count ? " that no plan has brought" : "");
		return error_hint(
			err, "Write the file by hand: 'seatshift init --example' makes one to begin with.");
	}
	if (!read_holders(app, session, guess, &live, err))
		return false;
	char *today = arena_alloc(app->arena, DATE_TEXT_SIZE);
	date_format(date_of_ms(clock_now_ms(app->clock)), today);
	const char *customer = customer_name(app, session->desired.tenant_domain);
	const struct discover_input input = {.customer = customer,
					     .domain = session->desired.tenant_domain,
					     .live = &live,
					     .advisor = live_find_subscription(&live, guess->id),
					     .today = today};
	if (!input.advisor)
		return error_set(err, ERR_INCOMPLETE, "subscription '%s' went away while it was read",
				 guess->id);
	discover_write(&input, &text);
	if (!check(app, customer, &text, err))
		return false;
	print(app, session, customer, input.advisor, &text);
	out_note(&app->out,
		 "guessed the Advisor subscription: %s, %s, %s. Check it, then fill in the agreement "
		 "and the order.",
		 quote_terminal(app->arena, input.advisor->part_number),
		 say_number(app->arena, input.advisor->seats, "seat", "seats"), input.advisor->id);
	return true;
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)args;
	(void)ret_status;
	const struct discover_options *o = opts;
	struct session session = {0};
	if (!o->tenant) {
		error_set(err, ERR_INVALID, "discover needs --tenant ID");
		return error_hint(err,
				  "A tenant is named by its id, never guessed from a domain or a sign-in.");
	}
	if (app->out_file && !app->out_file_new) {
		error_set(err, ERR_INVALID, "'%s' is there already, and discover never writes over a file",
			  quote_terminal(app->arena, app->out_file));
		return error_hint(
			err, "Name another file with --out, or leave it out and compare what is printed.");
	}
	bool ok = session_load_tenant(app, o->tenant, &session, err) &&
		  session_connect_to_read(app, &session, err) && prove(app, &session, o->domain, err) &&
		  discover(app, &session, err);
	session_release(&session);
	return ok;
}

const struct command cmd_discover = {
	.name = "discover",
	.args = "--tenant ID",
	.summary = "write a customer file from the live tenant; never over one that is there",
	.details = "Reads the tenant and prints a customer file that 'validate' accepts; with\n"
		   "--out customers/NAME.yaml it is written there. The subscription that most users hold a "
		   "seat of\n"
		   "is taken for the Advisor one: Graph does not say how a subscription was bought, so check "
		   "it.\n"
		   "The agreement, the order and the key are left out, with comments where they go. Never "
		   "writes to\n"
		   "the tenant; the partner's own tenant is refused.",
	COMMAND_OPTIONS(struct discover_options, options),
	.has_format = true,
	.repository = REPOSITORY_NEEDED,
	.network = NETWORK_READS,
	.run = run,
};
