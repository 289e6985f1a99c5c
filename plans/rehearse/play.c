/* One rehearsal of a plan on a twin. */
#include "plans/rehearse/play.h"

#include "core/str.h"
#include "plans/rehearse/stage.h"
#include "providers/graph/graph.h"

enum { RUNS_MAX = 40, NAP_MS = 30000 };

struct playing {
	const struct play *p;
	struct arena *out;
	struct play_result *result;
	struct http_transport *transport; /* of the run that is on */
	int64_t appended;
	bool dead; /* this run was ended */
};

/* ---- the end of a run, where it is wanted ------------------------------------------------------ */

static void end_run(struct playing *a)
{
	a->dead = true;
	a->result->ended_early = true;
	inside_transport_end(a->transport);
}

static bool may_append(void *ctx)
{
	const struct playing *a = ctx;
	return !a->dead;
}

static void on_appended(void *ctx)
{
	struct playing *a = ctx;
	a->appended++;
	if (a->appended == a->p->disturbance.after_record && !a->result->ended_early)
		end_run(a);
}

static bool ends_request(void *ctx, int64_t request, bool done)
{
	struct playing *a = ctx;
	const struct disturbance *d = &a->p->disturbance;
	bool here = request == d->at_request && done == d->after_request && !a->result->ended_early;
	if (here)
		a->dead = a->result->ended_early = true;
	return here;
}

static bool should_stop(void *ctx)
{
	const struct playing *a = ctx;
	return a->dead;
}

/* ---- the people -------------------------------------------------------------------------------- */

static bool ask(struct playing *a, const char *what, const char *body, struct error *err)
{
	CLEANUP(json_freep) struct json *answer = NULL;
	return inside_ask(a->p->twin, what, body, &answer, err);
}

static bool goes(const struct play *p, const char *subscription_id)
{
	for (size_t i = 0; i < p->plan->actions.count; i++)
		if (p->plan->actions.items[i].kind == ACTION_RETIRE_SUBSCRIPTION &&
		    str_eq(p->plan->actions.items[i].subscription_id, subscription_id))
			return true;
	return false;
}

/* Where a key goes that adds to what is there: never to what is to be cancelled. NULL: there is no such. */
static const char *subscription_to_grow(const struct play *p, const struct action *action)
{
	for (size_t i = 0; i < action->expect.subscription_ids.count; i++) {
		const struct subscription *s =
			live_find_subscription(p->before, action->expect.subscription_ids.items[i]);
		if (s && s->status == SUBSCRIPTION_ENABLED && !s->is_trial && !goes(p, s->id))
			return s->id;
	}
	return NULL;
}

static const char *id_of_new(struct playing *a, const struct action *action)
{
	return arena_printf(a->out, "5ea75f1f-0000-4000-8000-%012zu",
			    (size_t)(action - a->p->plan->actions.items) + 1);
}

/* A key for something that is not there is activated as new. */
static bool redeem(struct playing *a, const struct action *action, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(STRBUF_SMALL);
	struct json_writer w = JSON_WRITER(&body);
	const char *grows =
		str_eq(action->redeem_as, "new-subscription") ? NULL : subscription_to_grow(a->p, action);
	json_begin_object(&w);
	json_set_text(&w, "as", grows ? action->redeem_as : "new-subscription");
	if (!grows)
		json_set_text(&w, "id", id_of_new(a, action));
	json_set_int(&w, "seats", action->result.seats - action->expect.seats);
	json_set_text(&w, "sku", action->sku_id);
	json_set_given(&w, "subscription", grows);
	json_set_text(&w, "tenant", a->p->plan->tenant_id);
	json_end_object(&w);
	return ask(a, "redeem", strbuf_text(&body), err);
}

/* Whoever provisions them always makes a subscription of its own. */
static bool provision(struct playing *a, const struct action *action, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(STRBUF_SMALL);
	struct json_writer w = JSON_WRITER(&body);
	json_begin_object(&w);
	json_set_text(&w, "id", id_of_new(a, action));
	json_set_int(&w, "seats", action->seats);
	json_set_text(&w, "sku", action->sku_id);
	json_set_text(&w, "tenant", a->p->plan->tenant_id);
	json_end_object(&w);
	return ask(a, "provision", strbuf_text(&body), err);
}

static bool set_status(struct playing *a, const struct action *action, const char *status, struct error *err)
{
	return ask(a, "cancel",
		   arena_printf(a->out, "{\"tenant\":\"%s\",\"subscription\":\"%s\",\"status\":\"%s\"}",
				a->p->plan->tenant_id, action->subscription_id, status),
		   err);
}

static bool join_partner(struct playing *a, struct error *err)
{
	return ask(a, "contract",
		   arena_printf(a->out, "{\"tenant\":\"%s\",\"customer\":\"%s\"}",
				a->p->policy->partner_tenant, a->p->plan->tenant_id),
		   err);
}

/* What Graph cannot show is attested. */
static bool attest(struct playing *a, const struct action *action, struct error *err)
{
	CLEANUP(journal_freep) struct journal *journal = NULL;
	struct journal_entry_list entries = {0};
	struct journal_entry entry = {
		.event = JOURNAL_EVIDENCE, .by = "rehearsal", .evidence = {.note = "done"}};
	VEC_PUSH(a->out, &entry.actions, action->id);
	return journal_open(a->p->journal, &a->p->clock->clock, a->out, &entries, &journal, err) &&
	       journal_append(journal, &entry, err);
}

static bool act(struct playing *a, const struct action *action, struct error *err)
{
	switch (action->kind) {
	case ACTION_ADD_PARTNER:
		return join_partner(a, err);
	case ACTION_REDEEM_KEY:
		return redeem(a, action, err);
	case ACTION_RECEIVE_SEATS:
		return provision(a, action, err);
	case ACTION_RETIRE_SUBSCRIPTION:
		return cancel_way_find(action->cancel_by)->expires ? attest(a, action, err)
								   : set_status(a, action, "Suspended", err);
	case ACTION_REACTIVATE_SUBSCRIPTION:
		return set_status(a, action, "Enabled", err);
	case ACTION_SET_USAGE_LOCATION:
	case ACTION_ASSIGN_LICENSE:
	case ACTION_SWAP_LICENSE:
	case ACTION_REMOVE_LICENSE:
	case ACTION_SWAP_GROUP_LICENSE:
	case ACTION_KIND_COUNT:
		break;
	}
	clock_sleep_ms(&a->p->clock->clock, NAP_MS); /* a group that the service works on */
	return true;
}

static bool act_all(struct playing *a, const struct apply_result *result, struct error *err)
{
	for (size_t i = 0; i < result->waiting_for.count; i++) {
		const struct action *action = plan_find_action(a->p->plan, result->waiting_for.items[i]);
		if (!action)
			continue;
		/* A person does it once; Graph may show it later. */
		if (str_list_has(&a->result->waits, action->id)) {
			clock_sleep_ms(&a->p->clock->clock, NAP_MS);
			continue;
		}
		VEC_PUSH(a->out, &a->result->waits, action->id);
		if (!act(a, action, err))
			return false;
	}
	return true;
}

/* ---- runs -------------------------------------------------------------------------------------- */

static const char *no_env(void *ctx, const char *name)
{
	(void)ctx, (void)name;
	return NULL;
}

struct provider *play_provider(const struct play *play, struct http_transport *transport, struct error *err)
{
	const struct graph_options options = {
		.transport = transport,
		.clock = &play->clock->clock,
		.random = play->random,
		.tenant_id = play->plan->tenant_id,
		.cloud = play->cloud,
		.graph_url = INSIDE_URL,
		.login_url = INSIDE_URL,
		.auth_method = "client-secret",
		.client_id = STAGE_CLIENT,
		.secret = play->secret,
		.env = {.get = no_env},
		.partner_tenant_id = play->policy->partner_required ? play->policy->partner_tenant : NULL,
		.concurrency = (size_t)play->policy->concurrency,
	};
	return graph_new(&options, err);
}

static void count(struct playing *a, const struct provider *provider, int64_t began_ms)
{
	struct provider_stats stats = provider->ops->stats(provider);
	a->result->requests += stats.requests;
	a->result->resource_units += stats.resource_units;
	a->result->throttled += stats.throttled;
	a->result->working_ms += a->p->clock->monotonic_ms - began_ms;
}

static bool run(struct playing *a, struct provider *provider, struct apply_result *result, struct error *err)
{
	CLEANUP(journal_freep) struct journal *journal = NULL;
	struct journal_entry_list entries = {0};
	char run_id[GUID_TEXT_SIZE];
	const struct journal_watch watch = {may_append, on_appended, a};
	const struct apply_hooks hooks = {.should_stop = should_stop, .ctx = a};
	if (!journal_open(a->p->journal, &a->p->clock->clock, a->out, &entries, &journal, err))
		return false;
	journal_set_watch(journal, &watch);
	random_guid(a->p->random, run_id);
	const struct apply_options options = {
		.plan = a->p->plan,
		.desired = a->p->desired,
		.policy = a->p->policy,
		.before = a->p->before,
		.provider = provider,
		.journal = journal,
		.entries = &entries,
		.clock = &a->p->clock->clock,
		.run_id = arena_strdup(a->out, run_id),
		.by = "rehearsal",
		.hooks = &hooks,
	};
	return apply_run(&options, a->out, result, err);
}

/* One start of apply, from sign-in to its end. */
static bool run_once(struct playing *a, struct apply_result *result, struct error *err)
{
	const struct inside_watch watch = {ends_request, a};
	CLEANUP(http_transport_freep)
	struct http_transport *transport = inside_transport_new(a->p->twin, a->p->clock, &watch);
	int64_t began_ms = a->p->clock->monotonic_ms;
	a->transport = transport;
	a->dead = false;
	a->result->runs++;
	struct provider *provider = play_provider(a->p, transport, err);
	if (!provider)
		return false;
	if (a->p->tamper)
		a->p->tamper(a->p->tamper_ctx, provider);
	bool ran = run(a, provider, result, err);
	count(a, provider, began_ms);
	provider->ops->free(provider);
	return ran;
}

/* Whether to start again; false: it has ended, or nothing more can come of it. */
static bool goes_on(struct playing *a, const struct apply_result *last, struct error *err)
{
	switch (last->outcome) {
	case APPLY_DONE:
	case APPLY_NOTHING:
		return false;
	case APPLY_WAITING:
		return act_all(a, last, err);
	case APPLY_PARTIAL:
	case APPLY_INTERRUPTED:
	case APPLY_THROTTLED:
		clock_sleep_ms(&a->p->clock->clock, NAP_MS); /* nobody starts it again at once */
		return true;
	case APPLY_STALE:
	case APPLY_OUTCOME_COUNT:
		break;
	}
	return false;
}

bool play_to_end(const struct play *play, struct arena *out, struct play_result *ret, struct error *err)
{
	struct playing a = {.p = play, .out = out, .result = ret};
	struct apply_result last = {.outcome = APPLY_OUTCOME_COUNT};
	*ret = (struct play_result){.outcome = APPLY_OUTCOME_COUNT};
	for (bool more = true; more && ret->runs < RUNS_MAX;) {
		struct error stopped = ERROR_INIT;
		ret->problem = NULL;
		if (run_once(&a, &last, &stopped)) {
			ret->outcome = last.outcome;
			ret->actions = last.actions;
			ret->action_count = play->plan->actions.count;
			if (last.difference)
				ret->problem = arena_strdup(out, last.difference);
			more = a.dead || goes_on(&a, &last, err);
			if (err->code != ERR_NONE)
				return false;
			continue;
		}
		ret->problem = arena_strdup(out, stopped.message);
		error_release(&stopped);
		clock_sleep_ms(&play->clock->clock, NAP_MS);
	}
	ret->records = a.appended;
	return true;
}
