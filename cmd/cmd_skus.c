/* seatshift skus: what the catalogue, or a customer's tenant, calls things. */
#include "cmd/commands.h"

#include "cmd/output/document.h"
#include "cmd/session/session.h"
#include "cmd/table/suggest.h"
#include "core/catalog.h"
#include "core/quote.h"
#include "core/say.h"
#include "core/width.h"
#include "plans/faces/render.h"
#include "plans/run/tenant_guard.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct skus_options {
	bool plans;
};

static const struct option_spec options[] = {
	OPT_FLAG(struct skus_options, plans, "plans", 0, "list the service plans of each SKU as well"),
};

/* A SKU as listed: from the catalogue, or from the tenant with its counts. */
struct row {
	const char *id;
	const char *part_number;
	const char *product; /* or NULL: the catalogue does not know it */
	int64_t seats;	     /* -1: the catalogue has none */
	int64_t assigned;
	const char *status; /* or NULL */
	struct service_plan_list plans;
};

struct listing {
	struct app *app;
	struct str_list words;
	const char *customer; /* NULL: the catalogue */
	const char *domain;
	struct str_list customers;
	VEC(, struct row) rows;
};

static bool holds(const char *text, const char *word)
{
	size_t len = strlen(word);
	for (; text && *text; text++) {
		size_t same = 0;
		while (same < len && tolower((unsigned char)text[same]) == tolower((unsigned char)word[same]))
			same++;
		if (same == len)
			return true;
	}
	return false;
}

/* An id by how it begins: in the middle of one, anything stands. */
static bool is_id(const char *id, const char *word)
{
	enum { SHORTEST = 4 };
	size_t len = strlen(word);
	return len >= SHORTEST && strncasecmp(id, word, len) == 0;
}

static bool is_called(const struct row *row, const char *word)
{
	return is_id(row->id, word) || holds(row->part_number, word) || holds(row->product, word);
}

static bool has_plan_called(const struct row *row, const char *word)
{
	for (size_t i = 0; i < row->plans.count; i++) {
		const struct service_plan *plan = &row->plans.items[i];
		if (is_id(plan->id, word) || holds(plan->name, word) ||
		    holds(render_service_name(plan->name), word))
			return true;
	}
	return false;
}

/* What is called so; where nothing is, what has a service plan that is. */
static void keep_called(struct listing *l, bool (*test)(const struct row *row, const char *word))
{
	VEC(, struct row) kept = {0};
	for (size_t i = 0; i < l->rows.count; i++) {
		bool all = true;
		for (size_t j = 0; j < l->words.count; j++)
			all = all && test(&l->rows.items[i], l->words.items[j]);
		if (all)
			VEC_PUSH(l->app->arena, &kept, l->rows.items[i]);
	}
	l->rows.items = kept.items;
	l->rows.count = kept.count;
}

static void choose(struct listing *l)
{
	struct row *all = l->rows.items;
	size_t count = l->rows.count;
	keep_called(l, is_called);
	if (l->rows.count)
		return;
	l->rows.items = all;
	l->rows.count = count;
	keep_called(l, has_plan_called);
}

static void add_catalogue(struct listing *l)
{
	const struct catalog_sku *sku;
	for (size_t i = 0; (sku = catalog_sku_at(i)); i++) {
		struct row row = {sku->id, sku->part_number, sku->display_name, -1, -1, NULL, {0}};
		for (size_t j = 0; j < sku->plan_count; j++)
			VEC_PUSH(l->app->arena, &row.plans,
				 ((struct service_plan){.id = sku->plans[j].id, .name = sku->plans[j].name}));
		VEC_PUSH(l->app->arena, &l->rows, row);
	}
}

static bool add_tenant(struct listing *l, struct error *err)
{
	struct app *app = l->app;
	struct session session = {0};
	struct organization org = {0};
	struct live live = {0};
	const struct read_scope scope = {.only_tenant = true};
	bool ok = session_load_draft(app, l->customer, &session, err) &&
		  session_connect_to_read(app, &session, err);
	const struct tenant_case tenant = session_tenant(&session, NULL);
	ok = ok && tenant_prove(session.provider, &tenant, app->arena, &org, err) &&
	     session.provider->ops->read(session.provider, &scope, app->arena, &live, err);
	l->domain = session.desired.tenant_domain;
	for (size_t i = 0; ok && i < live.skus.count; i++) {
		const struct sku *sku = &live.skus.items[i];
		const struct catalog_sku *known = catalog_find_sku(sku->id);
		const struct row row = {
			sku->id,	   sku->part_number, known ? known->display_name : NULL,
			sku->enabled,	   sku->consumed,    sku->capability_status,
			sku->service_plans};
		VEC_PUSH(app->arena, &l->rows, row);
	}
	session_release(&session);
	return ok;
}

/* The first word may be a customer of this repository; all others are looked for. */
static bool read_words(struct listing *l, const struct str_list *args, struct error *err)
{
	struct repository repository = {0};
	if (l->app->has_repository && !repository_open(l->app->dir, l->app->arena, &repository, err))
		return false;
	l->customers = repository_names(&repository, l->app->arena);
	for (size_t i = 0; i < args->count; i++) {
		const char *file = arena_printf(l->app->arena, "%s.yaml", args->items[i]);
		if (!i && str_list_has(&repository.customers, file))
			l->customer = args->items[i];
		else
			VEC_PUSH(l->app->arena, &l->words, args->items[i]);
	}
	return true;
}

static bool nothing_found(struct listing *l, struct error *err)
{
	struct arena *out = l->app->arena;
	struct str_list names = {0};
	const struct catalog_sku *sku;
	for (size_t i = 0; (sku = catalog_sku_at(i)); i++)
		VEC_PUSH(out, &names, sku->part_number);
	for (size_t i = 0; i < l->customers.count; i++)
		VEC_PUSH(out, &names, l->customers.items[i]);
	const char *where =
		l->customer ? arena_printf(out, "the tenant of '%s'", l->customer) : "the catalogue";
	const char *words = str_list_join(out, &l->words, " ");
	error_set(err, ERR_INVALID, "nothing in %s is called '%s'", where, quote_terminal(out, words));
	const char *near = str_nearest(words, &names);
	if (near)
		return error_hint(err, "Did you mean '%s'?", near);
	return error_hint(err,
			  "Without a word, all are listed. A customer's name lists what the tenant has.");
}

static const char *cut(struct listing *l, const char *text)
{
	enum { NAME_COLUMNS = 80 };
	return quote_terminal_cut(l->app->arena, text, NAME_COLUMNS);
}

enum { GAP = 2, COLUMN_MAX = 40, ID_WIDTH = 36 };

static void put_plans(struct listing *l, const struct row *row, struct strbuf *out)
{
	size_t column = 0;
	for (size_t i = 0; i < row->plans.count; i++) {
		size_t width = text_width(cut(l, row->plans.items[i].name)) + GAP;
		column = width > column ? width : column;
	}
	for (size_t i = 0; i < row->plans.count; i++) {
		const struct service_plan *plan = &row->plans.items[i];
		const char *shown = render_service_name(plan->name);
		const char *left = arena_printf(l->app->arena, "  %s", cut(l, plan->name));
		text_row(out, left, GAP + (column < COLUMN_MAX ? column : COLUMN_MAX), shown ? shown : "",
			 out_result_columns(&l->app->out));
	}
}

struct widths {
	size_t part, product;
};

static struct widths widths_of(struct listing *l)
{
	struct widths w = {strlen("PART NUMBER"), strlen("PRODUCT")};
	for (size_t i = 0; i < l->rows.count; i++) {
		const struct row *row = &l->rows.items[i];
		size_t part = text_width(cut(l, row->part_number));
		size_t product = text_width(row->product ? row->product : "");
		w.part = part > w.part ? part : w.part;
		w.product = product > w.product ? product : w.product;
	}
	return (struct widths){w.part + GAP, w.product + GAP};
}

static const char *counts_of(struct listing *l, const struct row *row)
{
	return l->customer
		       ? arena_printf(l->app->arena, "%8s  %8s  ", say_count(l->app->arena, row->assigned),
				      say_count(l->app->arena, row->seats))
		       : "";
}

static void put_line(struct listing *l, const struct row *row, struct widths w, struct strbuf *out)
{
	struct arena *tmp = l->app->arena;
	strbuf_addf(out, "%s%s%s%s\n", text_pad(tmp, cut(l, row->part_number), w.part),
		    text_pad(tmp, row->product ? row->product : "", w.product), counts_of(l, row), row->id);
}

/* Where a line has no room for all of it. */
static void put_two_lines(struct listing *l, const struct row *row, struct widths w, struct strbuf *out)
{
	struct arena *tmp = l->app->arena;
	size_t column = w.part < COLUMN_MAX ? w.part : COLUMN_MAX;
	const char *name = row->product ? row->product : "no product that the catalogue knows";
	const char *counts = l->customer
				     ? arena_printf(tmp, "; %s of %s assigned", say_count(tmp, row->assigned),
						    say_number(tmp, row->seats, "seat", "seats"))
				     : "";
	text_row(out, cut(l, row->part_number), column, arena_printf(tmp, "%s%s", name, counts),
		 out_result_columns(&l->app->out));
	strbuf_addf(out, "%*s%s\n", (int)column, "", row->id);
}

/* Names first: they decide the widths. Each on one line where all have room for that. */
static void print_text(struct listing *l, bool plans)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	const struct widths w = widths_of(l);
	const char *counts = l->customer ? "ASSIGNED  OF SEATS  " : "";
	size_t width = w.part + w.product + strlen(counts) + ID_WIDTH;
	bool fits = width <= out_result_columns(&l->app->out);
	if (fits)
		strbuf_addf(&buf, "%s%s%sID\n", text_pad(l->app->arena, "PART NUMBER", w.part),
			    text_pad(l->app->arena, "PRODUCT", w.product), counts);
	for (size_t i = 0; i < l->rows.count; i++) {
		const struct row *row = &l->rows.items[i];
		if (fits)
			put_line(l, row, w, &buf);
		else
			put_two_lines(l, row, w, &buf);
		if (plans)
			put_plans(l, row, &buf);
	}
	out_result(&l->app->out, strbuf_text(&buf));
}

static void put_row(struct json_writer *w, const struct row *row)
{
	json_begin_object(w);
	if (row->seats >= 0)
		json_set_int(w, "assigned", row->assigned);
	json_set_text(w, "id", row->id);
	json_set_text(w, "part_number", row->part_number);
	json_set_text(w, "product", row->product);
	if (row->seats >= 0)
		json_set_int(w, "seats", row->seats);
	json_put_key(w, "service_plans");
	json_begin_array(w);
	for (size_t i = 0; i < row->plans.count; i++) {
		const struct service_plan *plan = &row->plans.items[i];
		json_begin_object(w);
		json_set_text(w, "id", plan->id);
		json_set_text(w, "name", plan->name);
		json_set_text(w, "product", render_service_name(plan->name));
		json_end_object(w);
	}
	json_end_array(w);
	json_set_given(w, "status", row->status);
	json_end_object(w);
}

static void print_json(struct listing *l)
{
	struct document doc;
	document_begin(&doc);
	json_set_given(&doc.w, "customer", l->customer);
	json_set_text(&doc.w, "format", "seatshift-skus/1");
	json_put_key(&doc.w, "skus");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < l->rows.count; i++)
		put_row(&doc.w, &l->rows.items[i]);
	json_end_array(&doc.w);
	json_set_text(&doc.w, "source", l->customer ? "tenant" : "catalogue");
	document_print(l->app, &doc);
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)ret_status;
	const struct skus_options *o = opts;
	struct listing l = {.app = app};
	if (!read_words(&l, args, err))
		return false;
	if (!l.customer)
		add_catalogue(&l);
	else if (!add_tenant(&l, err))
		return false;
	choose(&l);
	if (!l.rows.count && l.words.count)
		return nothing_found(&l, err);
	if (app->out.format == FORMAT_JSON)
		print_json(&l);
	else
		print_text(&l, o->plans);
	if (!l.customer && !l.words.count)
		out_note(&app->out, "This is the catalogue, by Microsoft's list of " CATALOG_EDITION
				    ". What a tenant has: seatshift skus CUSTOMER");
	return true;
}

const struct command cmd_skus = {
	.name = "skus",
	.args = "[CUSTOMER] [WORD...]",
	.summary = "what the catalogue, or a customer's tenant, calls things",
	.details =
		"Lists SKUs: the part number that goes into a file, the product's name and its id. With the "
		"name of a customer, those that the tenant has, with how many of their seats are "
		"assigned; without one, those of the catalogue, with no network: the common ones of "
		"Microsoft's "
		"list of product names, as of " CATALOG_EDITION ". Each WORD has to be in a "
		"name or an id, of the SKU or of one of its service plans; --plans lists these too, "
		"under the names that 'disable' takes.",
	COMMAND_OPTIONS(struct skus_options, options),
	.max_args = 16,
	.has_format = true,
	.repository = REPOSITORY_IF_THERE,
	.network = NETWORK_READS,
	.run = run,
};
