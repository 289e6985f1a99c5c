/* plan_build: resolve, diff, guard, order, prove; and what must be read before. */
#include "plans/planning/plan.h"

#include "core/quote.h"
#include "core/str.h"
#include "plans/planning/diff.h"
#include "plans/planning/guard.h"
#include "plans/planning/order.h"
#include "plans/planning/resolve.h"
#include "plans/planning/seats.h"
#include "plans/planning/simulate.h"
#include "plans/planning/warnings.h"
#include "providers/provider.h"

#include <stdlib.h>
#include <string.h>

static struct plan_move summarise_move(struct planning *p, const struct resolved_move *m,
				       const struct seat_count_list *seats)
{
	struct plan_move move = {.open_sku = m->open->id,
				 .open_part_number = m->open->part_number,
				 .open_subscription = m->open_found ? m->open_found->id : NULL,
				 .open_seats = m->move->seats,
				 .cancel_by = cancel_names[m->move->cancel_by],
				 .retire_by = m->move->retire_by};
	if (m->move->programme != PROGRAMME_OPEN_LICENSE) {
		move.programme = programme_names[m->move->programme];
		move.return_until = warnings_return_until(p, m);
	}
	for (size_t i = 0; i < seats->count; i++)
		if (str_eq(seats->items[i].sku_id, m->open->id))
			move.needed = seats->items[i].holders;
	if (!m->advisor)
		return move;
	move.advisor_sku = m->advisor->id;
	move.advisor_part_number = m->advisor->part_number;
	if (m->advisor_found) {
		move.advisor_subscription = m->advisor_found->id;
		move.advisor_seats = m->advisor_found->seats;
	}
	for (size_t i = 0; i < p->live->users.count; i++)
		move.advisor_assigned +=
			license_find(&p->live->users.items[i].licenses, m->advisor->id) != NULL;
	return move;
}

static void count_effect(const struct user_effect *effect, struct plan_summary *summary)
{
	const struct license_list *before = &effect->user->licenses;
	summary->users_changed++;
	for (size_t i = 0; i < effect->after.count; i++)
		summary->licenses_added += !license_find(before, effect->after.items[i].sku_id);
	for (size_t i = 0; i < before->count; i++)
		summary->licenses_removed += !license_find(&effect->after, before->items[i].sku_id);
	if (effect->change)
		summary->licenses_taken += effect->change->taken;
}

static void summarise(struct planning *p, const struct changes *changes, struct plan *plan)
{
	struct plan_summary *summary = &plan->summary;
	struct seat_count_list seats = {0};
	const struct user_effect_list *effects = &changes->effects;
	seats_count(p, effects, &seats);
	for (size_t i = 0; i < p->moves.count; i++)
		VEC_PUSH(p->out, &summary->moves, summarise_move(p, &p->moves.items[i], &seats));
	for (size_t i = 0; i < effects->count; i++)
		count_effect(&effects->items[i], summary);
	for (size_t i = 0; i < plan->actions.count; i++)
		summary->by_hand += action_info(plan->actions.items[i].kind)->by == BY_HAND;
}

static int compare_assumptions(const void *a, const void *b)
{
	return strcmp(((const struct plan_assumption *)a)->sku, ((const struct plan_assumption *)b)->sku);
}

/* Of the SKUs that the plan gives, those of which only the catalogue speaks. */
static void assume(struct planning *p, struct plan_assumption_list *assumes)
{
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct sku_view *open = p->moves.items[i].open;
		bool known = open->live != NULL;
		for (size_t j = 0; j < assumes->count; j++)
			known = known || str_eq(assumes->items[j].sku, open->id);
		if (!known)
			VEC_PUSH(p->out, assumes,
				 (struct plan_assumption){open->id, open->part_number, open->plans});
	}
	if (assumes->count > 1)
		qsort(assumes->items, assumes->count, sizeof *assumes->items, compare_assumptions);
}

/* The organisation that was read must be the one the file names; a snapshot of another is no basis. */
static bool is_right_tenant(struct planning *p)
{
	const struct desired *desired = p->desired;
	const struct organization *org = &p->live->organization;
	if (!str_eq_fold(org->id, desired->tenant_id)) {
		planning_refuse(p, SS329, desired->tenant_place,
				"the tenant that was read is %s, the file names %s", org->id,
				desired->tenant_id);
		return false;
	}
	bool has_domain = false;
	for (size_t i = 0; i < org->verified_domains.count; i++)
		has_domain = has_domain ||
			     str_eq_fold(org->verified_domains.items[i].name, desired->tenant_domain);
	if (!has_domain)
		planning_refuse(p, SS329, desired->tenant_place, "'%s' is not a verified domain of tenant %s",
				desired->tenant_domain, org->id);
	bool same_name = !desired->tenant_name || str_eq(desired->tenant_name, org->display_name);
	if (!same_name)
		planning_refuse(p, SS329, desired->tenant_place,
				"the tenant is called '%s', the file says '%s'",
				planning_quote(p, org->display_name), desired->tenant_name);
	bool is_partner = str_eq_fold(org->id, p->policy->partner_tenant) || org->partner_tenant_type;
	if (is_partner)
		planning_refuse(p, SS329, desired->tenant_place, "tenant %s is a partner's own tenant",
				org->id)
			->help =
			"A partner's own tenant is never a target. Check tenant.id and tenant.domain.";
	return has_domain && same_name && !is_partner;
}

static void describe(const struct planning *p, struct plan *plan)
{
	plan->customer = p->desired->customer;
	plan->tenant_id = p->desired->tenant_id;
	plan->tenant_domain = p->desired->tenant_domain;
	plan->tenant_name = p->live->organization.display_name;
	plan->desired_file = p->desired->file;
	plan->desired_digest = p->desired->digest;
	plan->policy_digest = p->policy->digest;
}

/* In the order of the places, so that the way planning goes through the moves does not show. */
static int compare_diags(const void *a, const void *b)
{
	const struct diag *x = a;
	const struct diag *y = b;
	int by_file = strcmp(x->place.file ? x->place.file : "", y->place.file ? y->place.file : "");
	if (by_file)
		return by_file;
	if (x->place.line != y->place.line)
		return x->place.line < y->place.line ? -1 : 1;
	if (x->place.col != y->place.col)
		return x->place.col < y->place.col ? -1 : 1;
	return x->code != y->code ? (int)x->code - (int)y->code : strcmp(x->message, y->message);
}

static void sort_diags(struct diag_list *diags, size_t first)
{
	if (diags->count - first > 1)
		qsort(diags->items + first, diags->count - first, sizeof *diags->items, compare_diags);
	size_t kept = first;
	for (size_t i = first; i < diags->count; i++)
		if (kept == first || compare_diags(&diags->items[kept - 1], &diags->items[i]) != 0)
			diags->items[kept++] = diags->items[i];
	diags->count = kept;
}

static int compare_warnings(const void *a, const void *b)
{
	const struct plan_warning *x = a;
	const struct plan_warning *y = b;
	return x->code != y->code ? (int)x->code - (int)y->code : strcmp(x->message, y->message);
}

/* Each is reported once, however many moves come across it. */
static void sort_warnings(struct plan_warning_list *warnings)
{
	if (warnings->count < 2)
		return;
	qsort(warnings->items, warnings->count, sizeof *warnings->items, compare_warnings);
	size_t kept = 1;
	for (size_t i = 1; i < warnings->count; i++)
		if (compare_warnings(&warnings->items[kept - 1], &warnings->items[i]) != 0)
			warnings->items[kept++] = warnings->items[i];
	warnings->count = kept;
}

static bool partner_was_read(struct planning *p)
{
	if (p->policy->partner_required && !p->live->partner.checked)
		planning_incomplete(p, (struct place){.file = p->policy->file},
				    "the partner's relation with the customer was not read");
	return !p->incomplete;
}

static bool compare(struct planning *p, const void *ctx, struct changes *ret_changes)
{
	(void)ctx;
	resolve_moves(p);
	/* From what was not read nothing is concluded; every other reason is reported in one run. */
	if (!partner_was_read(p))
		return false;
	diff_build(p, ret_changes);
	return !p->incomplete;
}

static bool make(struct planning *p, const struct plan_inputs *inputs, struct changes *changes,
		 struct plan *plan)
{
	if (!inputs->decide(p, inputs->ctx, changes))
		return false;
	guard_check(p, changes);
	if (diag_has_errors(p->diags))
		return false;
	order_build(p, changes, &plan->actions);
	if (plan->actions.count)
		warnings_add(p);
	return simulate_prove(p, &plan->actions, &plan->proved_prefixes);
}

bool plan_make(const struct plan_inputs *inputs, struct arena *out, struct diag_list *diags,
	       struct plan *ret_plan, enum error_code *ret_code)
{
	struct planning p = {.desired = inputs->desired,
			     .policy = inputs->policy,
			     .live = inputs->live,
			     .undoes = inputs->undoes,
			     .users_by_name = user_index_new(out, &inputs->live->users),
			     .skus = {.live = inputs->live, .out = out},
			     .out = out,
			     .diags = diags};
	struct changes changes = {0};
	struct plan plan = {.undoes = inputs->undoes};
	*ret_code = ERR_WRONG_TENANT;
	if (!is_right_tenant(&p))
		return false;
	size_t first = diags->count;
	*ret_code = ERR_DENIED;
	if (!make(&p, inputs, &changes, &plan)) {
		sort_diags(diags, first);
		*ret_code = p.incomplete ? ERR_INCOMPLETE : ERR_DENIED;
		return false;
	}
	describe(&p, &plan);
	sort_warnings(&p.warnings);
	plan.warnings = p.warnings;
	assume(&p, &plan.assumes);
	summarise(&p, &changes, &plan);
	*ret_plan = plan;
	return true;
}

bool plan_build(const struct plan_inputs *inputs, struct arena *out, struct diag_list *diags,
		struct plan *ret_plan, enum error_code *ret_code)
{
	struct plan_inputs compared = *inputs;
	compared.decide = compare;
	return plan_make(&compared, out, diags, ret_plan, ret_code);
}

/* Everybody whom the file names: to be looked up by name, never by listing the tenant. */
static void add_names(const struct move *move, struct arena *out, struct read_scope *scope)
{
	for (size_t i = 0; i < move->users.count; i++) {
		const struct user_entry *entry = &move->users.items[i];
		if (entry->kind == ENTRY_UPN)
			VEC_PUSH(out, &scope->upns, str_lower(out, entry->upn));
		for (size_t j = 0; j < entry->row_count; j++)
			VEC_PUSH(out, &scope->upns, str_lower(out, entry->rows[j].upn));
		if (entry->kind == ENTRY_GROUP)
			VEC_PUSH(out, &scope->groups, entry->group);
	}
	for (size_t i = 0; i < move->except.count; i++)
		VEC_PUSH(out, &scope->upns, str_lower(out, move->except.items[i]));
}

void plan_read_scope(const struct desired *desired, const struct policy *policy, struct arena *out,
		     struct read_scope *ret_scope)
{
	struct read_scope scope = {.unread_holders = desired->unread_holders,
				   .groups_of_holders = true,
				   .members_as_users = true,
				   .partner = policy->partner_required};
	for (size_t i = 0; i < desired->moves.count; i++) {
		const struct move *move = &desired->moves.items[i];
		add_names(move, out, &scope);
		if (move->has_advisor)
			VEC_PUSH(out, &scope.holders_of, move->advisor_sku);
	}
	for (size_t i = 0; i < desired->canary.count; i++)
		VEC_PUSH(out, &scope.upns, str_lower(out, desired->canary.items[i]));
	str_list_sort_unique(&scope.upns);
	str_list_sort_unique(&scope.holders_of);
	str_list_sort_unique(&scope.groups);
	*ret_scope = scope;
}

void plan_compare_assumption(const struct plan_assumption *assumption, const struct sku *live,
			     struct arena *out, struct str_list *ret_more, struct str_list *ret_missing)
{
	const struct sku assumed = {.service_plans = assumption->service_plans};
	for (size_t i = 0; i < live->service_plans.count; i++)
		if (!sku_find_plan(&assumed, live->service_plans.items[i].id))
			VEC_PUSH(out, ret_more, live->service_plans.items[i].name);
	for (size_t i = 0; i < assumed.service_plans.count; i++)
		if (!sku_find_plan(live, assumed.service_plans.items[i].id))
			VEC_PUSH(out, ret_missing, assumed.service_plans.items[i].name);
	str_list_sort_unique(ret_more);
	str_list_sort_unique(ret_missing);
}

const char *plan_again_command(const struct plan *plan, struct arena *out)
{
	return plan->undoes ? arena_printf(out, "seatshift undo %.8s", quote_terminal(out, plan->undoes))
			    : arena_printf(out, "seatshift plan %s", quote_terminal(out, plan->customer));
}

const struct action *plan_find_action(const struct plan *plan, const char *id_or_kind)
{
	/* Ids count from a0001 in the order of the actions: no search is needed. */
	int64_t number;
	if (id_or_kind[0] == 'a' && str_parse_int(id_or_kind + 1, 1, (int64_t)plan->actions.count, &number)) {
		const struct action *action = &plan->actions.items[number - 1];
		return str_eq(action->id, id_or_kind) ? action : NULL;
	}
	for (size_t i = 0; i < plan->actions.count; i++)
		if (str_eq(action_info(plan->actions.items[i].kind)->name, id_or_kind))
			return &plan->actions.items[i];
	return NULL;
}

struct str_list plan_skus_before(const struct plan *plan, struct arena *out)
{
	const struct plan_move_list *moves = &plan->summary.moves;
	struct str_list skus = {0};
	for (size_t i = 0; i < moves->count; i++)
		if (moves->items[i].advisor_sku)
			VEC_PUSH(out, &skus, moves->items[i].advisor_sku);
	return skus;
}

struct str_list plan_skus_after(const struct plan *plan, struct arena *out)
{
	const struct plan_move_list *moves = &plan->summary.moves;
	struct str_list skus = {0};
	for (size_t i = 0; i < moves->count; i++)
		VEC_PUSH(out, &skus, moves->items[i].open_sku);
	return skus;
}
