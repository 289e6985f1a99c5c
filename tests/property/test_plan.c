/*
 * Properties of plans over small random tenants and customer files: test_plan [FIRST-SEED [COUNT]]
 *
 * For every plan that is made, whatever the seed:
 *   - in random orders that `after` allows, the model of Graph carries out every action;
 *   - after every one of them, nobody who is to be moved is without service or mailbox, and of no SKU
 *     more is assigned than prepaid;
 *   - no action waits for less than it should: nobody else's licence changes before the canaries have
 *     theirs, and no subscription is retired before all who are wanted have the new SKU, unless the file
 *     says cancel-first;
 *   - nothing outside the plan changes: no other user, no other SKU, nobody who is protected;
 *   - afterwards everybody holds what the file says, within its limits, and planning again finds nothing
 *     to do;
 *   - users, entries, SKUs, groups and moves in another order give the same bytes;
 *   - the plan and the snapshot survive being written and read.
 */
#include "core/str.h"
#include "plans/saved/plan_file.h"
#include "providers/provider.h"
#include "providers/snapshot/snapshot.h"
#include "tests/property/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS = 4 };

/* ---- planning --------------------------------------------------------------------------------- */

static bool parse(struct trial *t, const char *yaml, struct desired *ret)
{
	struct diag_list diags = {0};
	const struct file_reader no_files = {0};
	return desired_parse("customers/contoso.yaml", (struct bytes){yaml, strlen(yaml)}, &no_files,
			     t->arena, &diags, ret);
}

static bool make_plan(struct trial *t, const struct desired *desired, unsigned order, struct plan *ret_plan,
		      struct diag_list *diags)
{
	struct live *live = arena_alloc(t->arena, sizeof *live);
	struct read_scope scope;
	enum error_code code;
	model_read(&t->model, t->arena, order, live);
	plan_read_scope(desired, &t->policy, t->arena, &scope);
	return plan_build(&(struct plan_inputs){desired, &t->policy, live}, t->arena, diags, ret_plan, &code);
}

static const char *bytes_of(struct trial *t, const struct plan *plan)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	plan_encode(plan, &buf);
	return strbuf_dup(t->arena, &buf);
}

static void check_permuted(struct trial *t, const struct plan *plan)
{
	struct desired desired;
	struct plan again;
	struct diag_list diags = {0};
	if (!parse(t, trial_write_file(t, true), &desired) ||
	    !make_plan(t, &desired, t->seed * 7 + 1, &again, &diags))
		trial_complain(t, "in another order there is no plan",
			       diags.count ? diags.items[0].message : "");
	else if (!str_eq(bytes_of(t, plan), bytes_of(t, &again)))
		trial_complain(t, "another order gives another plan", bytes_of(t, &again));
}

static void check_files(struct trial *t, const struct plan *plan)
{
	struct error err = ERROR_INIT;
	const char *bytes = bytes_of(t, plan);
	struct plan again;
	if (!plan_decode(bytes, strlen(bytes), t->arena, &again, &err))
		trial_complain(t, "the plan cannot be read", err.message);
	else if (!str_eq(bytes, bytes_of(t, &again)))
		trial_complain(t, "the plan read back is another", bytes);
	error_release(&err);
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	CLEANUP(strbuf_release) struct strbuf twice = STRBUF_INIT(STRBUF_LARGE);
	struct live live;
	struct read_info info = {.read_at = "2026-11-22T12:00:00.000Z"};
	model_read(&t->model, t->arena, t->seed, &live);
	snapshot_encode(&live, &info, &buf);
	if (!snapshot_decode(strbuf_text(&buf), buf.len, t->arena, &live, &info, &err)) {
		trial_complain(t, "the snapshot cannot be read", err.message);
		error_release(&err);
		return;
	}
	snapshot_encode(&live, &info, &twice);
	if (!str_eq(strbuf_text(&buf), strbuf_text(&twice)))
		trial_complain(t, "the snapshot read back is another", "");
}

/* ---- playing ---------------------------------------------------------------------------------- */

static bool is_ready(const struct plan *plan, const bool *done, size_t at)
{
	const struct action *action = &plan->actions.items[at];
	for (size_t i = 0; i < action->after.count; i++)
		for (size_t j = 0; j < plan->actions.count; j++)
			if (str_eq(plan->actions.items[j].id, action->after.items[i]) && !done[j])
				return false;
	return !done[at];
}

static bool serves(const struct wanted_move *move, const struct model_user *user)
{
	return model_holds(user, move->open) || (move->advisor >= 0 && model_holds(user, move->advisor));
}

static void check_invariants(struct trial *t, const struct model *before, const char *after)
{
	const struct model *m = &t->model;
	bool may_lose = false;
	for (int i = 0; i < t->move_count; i++)
		may_lose = may_lose || t->moves[i].gives_up_mailboxes;
	for (int i = 0; i < t->move_count; i++)
		for (int u = 0; u < m->user_count; u++) {
			const struct wanted_move *move = &t->moves[i];
			if (!(move->wanted >> u & 1))
				continue;
			if (serves(move, &before->users[u]) && !serves(move, &m->users[u]))
				trial_complain(t, "a user is without a licence", after);
			if (!may_lose && model_has_mailbox(m, &before->users[u]) &&
			    !model_has_mailbox(m, &m->users[u]))
				trial_complain(t, "a user is without a mailbox", after);
		}
	for (int sku = 0; sku < MODEL_SKUS; sku++) {
		bool kept = false;
		for (int i = 0; i < t->move_count; i++)
			kept = kept ||
			       (t->moves[i].advisor == sku && t->moves[i].keeps && t->moves[i].open != sku);
		if (!kept && model_consumed(m, sku) > model_prepaid(m, sku))
			trial_complain(t, "more is assigned than prepaid", after);
	}
}

/* By some move: then it stays, though another retires it. */
static bool is_given(const struct trial *t, int sku, int user)
{
	for (int i = 0; i < t->move_count; i++)
		if (t->moves[i].open == sku && t->moves[i].wanted >> user & 1)
			return true;
	return false;
}

static void check_reached(struct trial *t)
{
	const struct model *m = &t->model;
	for (int i = 0; i < t->move_count; i++)
		for (int u = 0; u < m->user_count; u++) {
			const struct wanted_move *move = &t->moves[i];
			if (!(move->wanted >> u & 1))
				continue;
			if (!model_holds(&m->users[u], move->open))
				trial_complain(t, "a user does not hold the new SKU", m->users[u].upn);
			if (move->advisor >= 0 && !is_given(t, move->advisor, u) &&
			    model_holds(&m->users[u], move->advisor))
				trial_complain(t, "a user still holds the old SKU", m->users[u].upn);
		}
}

static void check_again(struct trial *t)
{
	struct plan plan;
	struct diag_list diags = {0};
	if (!make_plan(t, &t->desired, 0, &plan, &diags))
		trial_complain(t, "planning again refuses", diags.items[0].message);
	else if (plan.actions.count)
		trial_complain(t, "planning again finds something", bytes_of(t, &plan));
}

/* ---- what may change, and when ------------------------------------------------------------------ */

static bool same_licenses(const struct model_user *a, const struct model_user *b)
{
	if (a->source_count != b->source_count)
		return false;
	for (int i = 0; i < a->source_count; i++) {
		bool found = false;
		for (int j = 0; j < b->source_count; j++)
			found = found || (a->sources[i].sku == b->sources[j].sku &&
					  a->sources[i].group == b->sources[j].group &&
					  a->sources[i].off == b->sources[j].off);
		if (!found)
			return false;
	}
	return true;
}

static bool is_of_a_move(const struct trial *t, int sku)
{
	for (int i = 0; i < t->move_count; i++)
		if (t->moves[i].open == sku || t->moves[i].advisor == sku)
			return true;
	return false;
}

/* Named by an entry, or one whom an entry for holders, or the rule for the unlisted, may mean. */
static bool may_be_meant(const struct trial *t, const struct model *before, int u)
{
	for (int i = 0; i < t->move_count; i++)
		if (t->moves[i].wanted >> u & 1 ||
		    (t->moves[i].advisor >= 0 && model_holds(&before->users[u], t->moves[i].advisor)))
			return true;
	return false;
}

/* The user without the SKUs that moves speak of. */
static struct model_user without_moved(const struct trial *t, const struct model_user *user)
{
	struct model_user rest = *user;
	rest.source_count = 0;
	for (int i = 0; i < user->source_count; i++)
		if (!is_of_a_move(t, user->sources[i].sku))
			rest.sources[rest.source_count++] = user->sources[i];
	return rest;
}

static void check_scope(struct trial *t, const struct model *before)
{
	int changed = 0;
	for (int u = 0; u < t->model.user_count; u++) {
		const struct model_user *was = &before->users[u];
		const struct model_user *is = &t->model.users[u];
		const struct model_user was_rest = without_moved(t, was);
		const struct model_user is_rest = without_moved(t, is);
		bool same = same_licenses(was, is) && str_eq(was->location, is->location);
		changed += !same_licenses(was, is);
		if (!same && (t->protected >> u & 1 || !may_be_meant(t, before, u)))
			trial_complain(t, "somebody changed who should not", is->upn);
		if (!same_licenses(&was_rest, &is_rest))
			trial_complain(t, "a licence outside the plan changed", is->upn);
	}
	if (t->most_changed >= 0 && changed > t->most_changed)
		trial_complain(t, "more users changed than the limit allows", "");
	for (int i = 0; i < t->move_count && t->fewest_left >= 0 && changed; i++)
		if (model_prepaid(&t->model, t->moves[i].open) - model_consumed(&t->model, t->moves[i].open) <
		    t->fewest_left)
			trial_complain(t, "fewer seats are left than the limit allows",
				       t->model.skus[t->moves[i].open]->part_number);
}

static bool changes_licenses(const struct action *action)
{
	return action->add.count || action->remove.count;
}

static void check_time(struct trial *t, const struct plan *plan, const bool *done,
		       const struct action *action)
{
	for (size_t i = 0; changes_licenses(action) && !action->canary && i < plan->actions.count; i++)
		if (plan->actions.items[i].canary && changes_licenses(&plan->actions.items[i]) && !done[i])
			trial_complain(t, "a canary was overtaken", action->id);
	for (int u = 0; changes_licenses(action) && action->user_id && u < t->model.user_count; u++)
		if (str_eq(t->model.users[u].id, action->user_id) && action->canary != (t->canaries >> u & 1))
			trial_complain(t, "the wrong user is a canary", action->id);
	for (int i = 0; action->kind == ACTION_RETIRE_SUBSCRIPTION && !t->cancels_first && i < t->move_count;
	     i++)
		for (int u = 0; u < t->model.user_count; u++)
			if (t->moves[i].advisor >= 0 &&
			    str_eq(t->model.skus[t->moves[i].advisor]->id, action->sku_id) &&
			    t->moves[i].wanted >> u & 1 && !model_holds(&t->model.users[u], t->moves[i].open))
				trial_complain(t, "retired before a user had the new SKU", action->id);
}

static void mark_advisors(struct trial *t, const struct plan *plan)
{
	for (size_t i = 0; i < plan->actions.count; i++)
		for (int s = 0; s < t->model.subscription_count; s++)
			if (str_eq(plan->actions.items[i].subscription_id, t->model.subscriptions[s].id))
				t->model.subscriptions[s].is_advisor = true;
}

static void play(struct trial *t, const struct plan *plan)
{
	const struct model before = t->model;
	mark_advisors(t, plan);
	bool *done = mem_alloc(plan->actions.count * sizeof *done);
	for (size_t left = plan->actions.count; left && !t->failed; left--) {
		size_t ready = 0;
		size_t chosen = plan->actions.count;
		for (size_t i = 0; i < plan->actions.count; i++)
			if (is_ready(plan, done, i) && trial_pick(t, (unsigned)++ready) == 0)
				chosen = i;
		if (chosen == plan->actions.count) {
			trial_complain(t, "nothing can go on", bytes_of(t, plan));
			break;
		}
		const struct action *action = &plan->actions.items[chosen];
		check_time(t, plan, done, action);
		const char *refusal = model_do(&t->model, action);
		if (refusal)
			trial_complain(t, refusal,
				       arena_printf(t->arena, "%s\n%s", action->id, bytes_of(t, plan)));
		check_invariants(t, &before, arena_printf(t->arena, "%s\n%s", action->id, bytes_of(t, plan)));
		done[chosen] = true;
	}
	free(done);
	if (!t->failed)
		check_reached(t);
	if (!t->failed)
		check_scope(t, &before);
	if (!t->failed)
		check_again(t);
	t->model = before;
}

/* ---- trials ----------------------------------------------------------------------------------- */

struct tally {
	int plans, nothing, refused, invalid, failed;
	int canary_users, canary_groups, cancel_first, limited, same_sku, two_moves, three_moves;
	size_t kinds[ACTION_KIND_COUNT];
	int codes[400];
};

static void count_refusal(const struct diag_list *diags, struct trial *t, struct tally *tally)
{
	tally->refused++;
	for (size_t i = 0; i < diags->count; i++) {
		tally->codes[diags->items[i].code]++;
		/* The proof may never be what stops a plan: the planner has to say it in better words. */
		if (diags->items[i].code == SS321)
			trial_complain(t, "the planner made what cannot be proved", diags->items[i].message);
	}
}

static void count_plan(const struct trial *t, const struct plan *plan, struct tally *tally)
{
	bool user = false;
	bool group = false;
	bool retires = false;
	for (size_t i = 0; i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		tally->kinds[action->kind]++;
		user = user || (action->canary && action->user_id);
		group = group || (action->canary && action->group_id);
		retires = retires || action->kind == ACTION_RETIRE_SUBSCRIPTION;
	}
	tally->canary_users += user;
	tally->canary_groups += group;
	tally->cancel_first += t->cancels_first && retires && plan->actions.count > 1;
	tally->limited += t->most_changed >= 0 || t->most_taken < 100 || t->fewest_left >= 0;
	tally->same_sku += t->moves[0].open == t->moves[0].advisor && plan->actions.count;
	tally->two_moves += t->move_count == 2;
	tally->three_moves += t->move_count == 3;
}

static void run_trial(struct trial *t, struct tally *tally)
{
	struct plan plan;
	struct diag_list diags = {0};
	trial_make(t);
	if (!parse(t, t->yaml, &t->desired)) {
		tally->invalid++;
		return;
	}
	if (!make_plan(t, &t->desired, 0, &plan, &diags)) {
		count_refusal(&diags, t, tally);
		return;
	}
	tally->plans++;
	tally->nothing += plan.actions.count == 0;
	count_plan(t, &plan, tally);
	check_permuted(t, &plan);
	check_files(t, &plan);
	for (int i = 0; i < ORDERS && !t->failed; i++)
		play(t, &plan);
}

static int finish(const struct tally *tally)
{
	fprintf(stderr, "%d plans (%d of nothing), %d refused, %d not valid, %d failed\n", tally->plans,
		tally->nothing, tally->refused, tally->invalid, tally->failed);
	for (int kind = 0; kind < ACTION_KIND_COUNT; kind++)
		fprintf(stderr, "  %s: %zu\n", action_info((enum action_kind)kind)->name, tally->kinds[kind]);
	fprintf(stderr,
		"  canary users %d, canary groups %d, cancel-first %d, limits %d, same SKU %d, two moves %d, "
		"three %d\n",
		tally->canary_users, tally->canary_groups, tally->cancel_first, tally->limited,
		tally->same_sku, tally->two_moves, tally->three_moves);
	for (int code = 0; code < (int)ARRAY_LEN(tally->codes); code++)
		if (tally->codes[code])
			fprintf(stderr, "  SS%d: %d\n", code, tally->codes[code]);
	/* A generator that makes hardly any plans would prove nothing. */
	int whole = tally->plans + tally->refused;
	bool lacks = whole >= 1000 &&
		     (!tally->canary_users || !tally->canary_groups || !tally->cancel_first ||
		      !tally->limited || !tally->same_sku || !tally->two_moves || !tally->three_moves);
	return tally->failed || lacks || tally->plans < whole / 10;
}

int main(int argc, char **argv)
{
	int64_t first = 1;
	int64_t count = 4000;
	struct tally tally = {0};
	if ((argc > 1 && !str_parse_int(argv[1], 0, UINT32_MAX, &first)) ||
	    (argc > 2 && !str_parse_int(argv[2], 1, 10000000, &count)))
		return 2;
	for (int64_t i = 0; i < count && tally.failed < 5; i++) {
		CLEANUP(arena_freep) struct arena *arena = arena_new();
		struct trial trial = {.seed = (unsigned)(first + i),
				      .state = (unsigned)(first + i) * 2654435761u,
				      .arena = arena};
		run_trial(&trial, &tally);
		tally.failed += trial.failed;
	}
	return finish(&tally);
}
