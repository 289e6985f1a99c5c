/* seatshift drift: does the tenant still match what the newest plan left? Only looks. */
#include "cmd/commands.h"

#include "cmd/output/document.h"
#include "cmd/output/keepers_output.h"
#include "cmd/output/window_output.h"
#include "cmd/session/newest_plan.h"
#include "cmd/session/session.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/standing/drift.h"

struct drift_options {
	bool detailed_exitcode;
};

static const struct option_spec options[] = {
	OPT_FLAG(struct drift_options, detailed_exitcode, "detailed-exitcode", 0,
		 "exit with 2 when there is a difference"),
};

struct drifting {
	struct app *app;
	struct session session;
	struct newest_plan plan;
	struct drift drift;
};

static bool look(struct drifting *d, struct error *err)
{
	struct app *app = d->app;
	struct session *session = &d->session;
	struct organization org;
	struct read_scope scope;
	struct live live = {0};
	const struct tenant_case tenant = session_tenant(session, &d->plan.folder.plan);
	drift_read_scope(&session->desired, &session->policy, &d->plan.folder, app->arena, &scope);
	if (!session_connect_to_read(app, session, err) ||
	    !tenant_prove(session->provider, &tenant, app->arena, &org, err) ||
	    !session->provider->ops->read(session->provider, &scope, app->arena, &live, err))
		return false;
	const struct drift_input input = {.desired = &session->desired,
					  .policy = &session->policy,
					  .plan = &d->plan,
					  .live = arena_dup(app->arena, &live, sizeof live),
					  .today = date_of_ms(clock_now_ms(app->clock))};
	drift_compute(&input, app->arena, &d->drift);
	return true;
}

static void put_item(const struct drift_item *item, struct json_writer *w)
{
	json_begin_object(w);
	json_set_text(w, "by", item->by);
	json_set_text(w, "kind", drift_kind_name(item->kind));
	json_set_text(w, "since", item->since);
	json_set_text(w, "subject", item->subject);
	json_set_text(w, "what", item->what);
	json_end_object(w);
}

static void print_json(struct drifting *d)
{
	struct document doc;
	document_begin(&doc);
	json_set_text(&doc.w, "customer", d->session.desired.customer);
	json_put_key(&doc.w, "differences");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < d->drift.items.count; i++)
		put_item(&d->drift.items.items[i], &doc.w);
	json_end_array(&doc.w);
	json_set_text(&doc.w, "format", "seatshift-drift/1");
	keepers_set_json(&d->drift.kept, &doc.w);
	json_set_int(&doc.w, "pending", (int64_t)d->drift.pending);
	json_set_text(&doc.w, "plan", d->plan.folder.id);
	json_put_key(&doc.w, "window");
	window_put_json(&d->drift.window, d->app->arena, &doc.w);
	document_print(d->app, &doc);
}

static void print_text(struct drifting *d)
{
	struct arena *out = d->app->arena;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	size_t count = d->drift.items.count;
	const struct next_command next = session_next(d->app, &d->session, &d->plan.folder);
	strbuf_addf(&buf, "%s, plan %s: ", quote_terminal(out, d->session.desired.customer),
		    d->plan.folder.id);
	if (count)
		strbuf_addf(&buf, "%zu difference%s\n", count, count == 1 ? "" : "s");
	else
		strbuf_add(&buf, "the tenant is as the plan left it\n");
	for (size_t i = 0; i < count; i++) {
		const struct drift_item *item = &d->drift.items.items[i];
		strbuf_addf(&buf, "  %-16s %s: %s", drift_kind_name(item->kind),
			    quote_terminal(out, item->subject), quote_terminal(out, item->what));
		if (item->by)
			strbuf_addf(&buf, " (%s%s%s)", quote_terminal(out, item->by),
				    item->since ? ", since " : "", quote_terminal(out, item->since));
		strbuf_add_char(&buf, '\n');
	}
	if (d->drift.pending)
		strbuf_addf(&buf, "  %s of the plan to be done, or to be put on record: %s\n",
			    say_number(out, (int64_t)d->drift.pending, "action", "actions"),
			    d->drift.stale ? plan_again_command(&d->plan.folder.plan, out)
					   : next_apply(&next, "", out));
	for (size_t i = 0; i < d->drift.kept.count; i++)
		strbuf_addf(&buf, "  %s%s\n", quote_terminal(out, keepers_text(&d->drift.kept.items[i], out)),
			    d->drift.kept.items[i].lacks_seats ? "; it has no seats left for them" : "");
	strbuf_addf(&buf, "  billed %s\n", window_text(&d->drift.window, out));
	out_text(&d->app->out, strbuf_text(&buf));
}

static bool compare(struct drifting *d, const char *customer, struct error *err)
{
	struct app *app = d->app;
	if (!session_load(app, customer, &d->session, err) ||
	    !newest_plan_of(app, d->session.desired.customer, NEWEST_BEGUN, &d->plan, err))
		return false;
	if (!d->plan.found) {
		error_set(err, ERR_INVALID,
			  "no plan of '%s' was ever begun: there is nothing to compare with",
			  d->session.desired.customer);
		return error_hint(err, "'seatshift plan %s' says what differs from the customer file.",
				  d->session.desired.customer);
	}
	return look(d, err);
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	const struct drift_options *o = opts;
	struct drifting d = {.app = app};
	bool ok = compare(&d, args->items[0], err);
	session_release(&d.session);
	if (!ok)
		return false;
	if (app->out.format == FORMAT_JSON)
		print_json(&d);
	else
		print_text(&d);
	if (o->detailed_exitcode && d.drift.items.count)
		*ret_status = EXIT_CHANGES;
	return true;
}

const struct command cmd_drift = {
	.name = "drift",
	.args = "CUSTOMER",
	.summary = "read-only: does the tenant still match?",
	.details =
		"Compares the tenant with what the newest plan that was begun has left so far, and with "
		"what\n"
		"the customer file asks for now. Each difference says who or what moved (a direct "
		"assignment,\n"
		"or which group) and since when, as far as Graph shows it. What the plan has yet to do is\n"
		"counted, and a difference only where apply would no longer find what it expects. A customer "
		"file\n"
		"that asks again for a move that was undone is one difference, since it is one decision. An "
		"end\n"
		"that a person attested is asked about until Graph confirms it. Never writes.",
	COMMAND_OPTIONS(struct drift_options, options),
	.min_args = 1,
	.max_args = 1,
	.has_format = true,
	.repository = REPOSITORY_NEEDED,
	.network = NETWORK_READS,
	.run = run,
};
