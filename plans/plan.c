/* plan_build: resolve, diff, guard, order, prove; and what must be read before. */
#include "plans/plan.h"

#include "core/str.h"
#include "plans/diff.h"
#include "plans/order.h"
#include "plans/seats.h"
#include "plans/simulate.h"
#include "providers/provider.h"

#include <string.h>

static const char *const cancel_words[] = {"phone", "portal", "let-expire"};

static void warn_of_term(struct planning *p)
{
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct resolved_move *m = &p->moves.items[i];
		const char *end = m->open_found ? m->open_found->next_lifecycle : NULL;
		if (end && strlen(end) >= 10)
			planning_warn(p, SS204, "%s: prepaid seats cannot be returned, reduced or upgraded before %.10s",
				      m->open->part_number, end);
		else
			planning_warn(p, SS204,
				      "%s: prepaid seats cannot be returned, reduced or upgraded within their term",
				      m->open->part_number);
		if (m->redeem)
			planning_warn(p, SS210, "%s: Open License has not been sold since 2021-12-31; make sure that "
						"the key is unused and still redeemable", m->open->part_number);
		if (m->advisor_found && m->move->cancel_by == CANCEL_LET_EXPIRE)
			planning_warn(p, SS215, "%s: that recurring billing is off cannot be seen in Graph until the "
						"term ends; a person has to attest it", m->advisor->part_number);
	}
}

static struct plan_move summarise_move(struct planning *p, const struct resolved_move *m,
				       const struct seat_count_list *seats)
{
	struct plan_move move = {.open_sku = m->open->id,
				 .open_part_number = m->open->part_number,
				 .open_subscription = m->open_found ? m->open_found->id : NULL,
				 .open_seats = m->move->seats,
				 .cancel_by = cancel_words[m->move->cancel_by],
				 .retire_by = m->move->retire_by};
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
		move.advisor_assigned += license_find(&p->live->users.items[i].licenses, m->advisor->id) != NULL;
	return move;
}

static void summarise(struct planning *p, const struct changes *changes, struct plan *plan)
{
	struct plan_summary *summary = &plan->summary;
	struct seat_count_list seats = {0};
	seats_count(p, changes, &seats);
	for (size_t i = 0; i < p->moves.count; i++)
		VEC_PUSH(p->out, &summary->moves, summarise_move(p, &p->moves.items[i], &seats));
	for (size_t i = 0; i < changes->users.count; i++) {
		const struct user_change *change = &changes->users.items[i];
		summary->users_changed++;
		for (size_t j = 0; j < change->add.count; j++)
			summary->licenses_added += !license_find(&change->user->licenses, change->add.items[j].sku_id);
		summary->licenses_removed += (int64_t)change->remove.count;
		if (change->taken)
			summary->licenses_taken += (int64_t)change->remove.count;
	}
	for (size_t i = 0; i < changes->groups.count; i++) {
		int64_t members = (int64_t)changes->groups.items[i].group->member_ids.count;
		summary->users_changed += members;
		summary->licenses_added += members * (int64_t)changes->groups.items[i].add.count;
		summary->licenses_removed += members * (int64_t)changes->groups.items[i].remove.count;
	}
	for (size_t i = 0; i < plan->actions.count; i++)
		summary->by_hand += action_info(plan->actions.items[i].kind)->by == BY_HAND;
}

/* The organisation that was read must be the one the file names; a snapshot of another is no basis. */
static bool is_right_tenant(struct planning *p)
{
	const struct desired *desired = p->desired;
	const struct organization *org = &p->live->organization;
	if (!str_eq_fold(org->id, desired->tenant_id)) {
		planning_refuse(p, SS329, desired->tenant_place, "the tenant that was read is %s, the file names %s",
				org->id, desired->tenant_id);
		return false;
	}
	bool has_domain = false;
	for (size_t i = 0; i < org->verified_domains.count; i++)
		has_domain = has_domain || str_eq_fold(org->verified_domains.items[i].name, desired->tenant_domain);
	if (!has_domain)
		planning_refuse(p, SS329, desired->tenant_place, "'%s' is not a verified domain of tenant %s",
				desired->tenant_domain, org->id);
	bool same_name = !desired->tenant_name || str_eq(desired->tenant_name, org->display_name);
	if (!same_name)
		planning_refuse(p, SS329, desired->tenant_place, "the tenant is called '%s', the file says '%s'",
				org->display_name ? org->display_name : "", desired->tenant_name);
	bool is_partner = str_eq_fold(org->id, p->policy->partner_tenant) || org->partner_tenant_type;
	if (is_partner)
		planning_refuse(p, SS329, desired->tenant_place, "tenant %s is a partner's own tenant", org->id)
			->help = "A partner's own tenant is never a target. Check tenant.id and tenant.domain.";
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

bool plan_build(const struct desired *desired, const struct policy *policy, const struct live *live,
		struct arena *out, struct diag_list *diags, struct plan *ret_plan, enum error_code *ret_code)
{
	struct planning p = {.desired = desired,
			     .policy = policy,
			     .live = live,
			     .users_by_name = user_index_new(out, &live->users),
			     .skus = {.live = live, .out = out},
			     .out = out,
			     .diags = diags};
	struct changes changes = {0};
	struct plan plan = {0};
	*ret_code = ERR_WRONG_TENANT;
	if (!is_right_tenant(&p))
		return false;
	*ret_code = ERR_DENIED;
	resolve_moves(&p);
	if (diag_has_errors(diags))
		return false;
	diff_build(&p, &changes);
	guard_check(&p, &changes);
	if (diag_has_errors(diags))
		return false;
	order_build(&p, &changes, &plan.actions);
	if (plan.actions.count)
		warn_of_term(&p);
	if (!simulate_prove(&p, &changes, &plan.actions, &plan.proved_prefixes))
		return false;
	describe(&p, &plan);
	plan.warnings = p.warnings;
	summarise(&p, &changes, &plan);
	*ret_plan = plan;
	return true;
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
	struct read_scope scope = {.groups_of_holders = true,
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
