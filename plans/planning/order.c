/* Changes → actions: ids, what comes after what, and waves. */
#include "plans/planning/order.h"

#include "core/clock.h"
#include "core/str.h"
#include "plans/planning/order_members.h"
#include "plans/planning/reversal.h"

#include <stdlib.h>
#include <string.h>

/* What each stage leaves for those behind it. */
struct ordering {
	struct planning *p;
	const struct changes *changes;
	struct action_list *actions;
	struct str_list gate;	  /* ids that every user and group change comes after */
	int64_t gate_wave;	  /* highest wave among them; -1 for none */
	struct str_list canaries; /* ids of the canaries, or of the gate: what the others come after */
	int64_t canary_wave;
	struct str_list work; /* ids of all user and group changes */
	int64_t work_wave;
	size_t *action_of;	 /* per user change: the index of its action */
	size_t *group_action_of; /* per group change */
};

static struct action *add_action(struct ordering *o, enum action_kind kind, const char *why)
{
	struct action action = {.kind = kind, .why = why, .seats = 0};
	action.id = arena_printf(o->p->out, "a%04zu", o->actions->count + 1);
	action.expect.seats = action.result.seats = -1;
	VEC_PUSH(o->p->out, o->actions, action);
	return &o->actions->items[o->actions->count - 1];
}

static void add_partner(struct ordering *o)
{
	const struct partner_relation *partner = &o->p->live->partner;
	if (!o->p->policy->partner_required || partner->has_contract || partner->gdap_id)
		return;
	struct action *action = add_action(o, ACTION_ADD_PARTNER, "policy: partner.relation: required");
	action->expect.relation = "none";
	action->result.relation = "contract-or-gdap";
	VEC_PUSH(o->p->out, &o->gate, action->id);
	o->gate_wave = 0;
}

static const char *end_date(const char *timestamp, struct arena *out)
{
	return timestamp && strlen(timestamp) >= 10 ? arena_strndup(out, timestamp, 10) : NULL;
}

static bool is_retired_here(const struct ordering *o, const struct subscription *s)
{
	for (size_t i = 0; i < o->p->moves.count; i++)
		if (o->p->moves.items[i].advisor_found == s)
			return true;
	return false;
}

/* Of what was ordered; of a key, only what is not there yet. */
static int64_t brings(const struct action *action)
{
	return action->kind == ACTION_RECEIVE_SEATS ? action->seats
						    : action->result.seats - action->expect.seats;
}

/* Seats of the SKU that such steps before this one bring: two purchases are told apart by their sum. */
static int64_t ordered_before(const struct ordering *o, const char *sku_id)
{
	int64_t seats = 0;
	for (size_t i = 0; i + 1 < o->actions->count; i++) {
		const struct action *other = &o->actions->items[i];
		if (action_brings_seats(other->kind) && str_eq(other->sku_id, sku_id))
			seats += brings(other);
	}
	return seats;
}

static void come_after(struct ordering *o, struct action *action, const struct action *other)
{
	VEC_PUSH(o->p->out, &action->after, other->id);
	if (other->wave >= action->wave)
		action->wave = other->wave + 1;
}

/* What a key is to do, and what the seats were before it. */
static void set_key(const struct ordering *o, const struct resolved_move *m, struct action *action)
{
	action->redeem_as = redeem_as_name(m->move->redeem_as);
	action->key_ends_in = m->move->key_ends_in;
	action->expect.seats = m->open_there + ordered_before(o, m->open->id);
	action->result.seats = action->expect.seats + m->on_order;
}

/* Only what is new counts, so the result holds what this plan has ordered before, and the seats of before do
 * not. */
static void set_provision(const struct ordering *o, const struct resolved_move *m, struct action *action)
{
	const struct move *move = m->move;
	action->programme = programme_names[move->programme];
	action->arrives_by = arrival_names[move->arrives_by];
	action->provisioned_by = move->provisioned_by ? move->provisioned_by : move->distributor;
	action->return_until = move_return_until(move, NULL, o->p->out);
	action->expect.seats = m->open_there;
	action->result.seats = m->open_there + ordered_before(o, m->open->id) + m->on_order;
}

/* The step that brings the seats: a key, or somebody who provisions them. */
static void add_arrival(struct ordering *o, const struct resolved_move *m)
{
	struct arena *out = o->p->out;
	bool by_key = m->move->arrives_by == ARRIVE_BY_KEY;
	struct action *action = add_action(o, by_key ? ACTION_REDEEM_KEY : ACTION_RECEIVE_SEATS,
					   arena_printf(out, "%s.open", move_name(m->move, out)));
	action->sku_id = m->open->id;
	action->seats = m->move->seats;
	(by_key ? set_key : set_provision)(o, m, action);
	const struct subscription_list *all = &o->p->live->subscriptions;
	for (size_t i = 0; i < all->count; i++) {
		if (!str_eq(all->items[i].sku_id, m->open->id))
			continue;
		VEC_PUSH(out, &action->expect.subscription_ids, all->items[i].id);
		const char *ends = end_date(all->items[i].next_lifecycle, out);
		if (by_key && !is_retired_here(o, &all->items[i]) && ends &&
		    (!action->expect.ends || strcmp(ends, action->expect.ends) > 0))
			action->expect.ends = ends;
	}
	for (size_t i = 0; i < o->actions->count - 1; i++) {
		const struct action *other = &o->actions->items[i];
		if (other->kind == ACTION_ADD_PARTNER || str_eq(other->sku_id, action->sku_id))
			come_after(o, action, other);
	}
}

static void add_arrivals(struct ordering *o)
{
	size_t first = o->actions->count;
	for (size_t i = 0; i < o->p->moves.count; i++)
		if (o->p->moves.items[i].redeem)
			add_arrival(o, &o->p->moves.items[i]);
	for (size_t i = first; i < o->actions->count; i++) {
		VEC_PUSH(o->p->out, &o->gate, o->actions->items[i].id);
		if (o->actions->items[i].wave > o->gate_wave)
			o->gate_wave = o->actions->items[i].wave;
	}
}

/* What was retired is there again before anybody is given its SKU. */
static void add_reactivate(struct ordering *o, const struct resolved_move *m)
{
	const struct subscription *s = m->reactivate;
	struct action *action = add_action(o, ACTION_REACTIVATE_SUBSCRIPTION,
					   arena_printf(o->p->out, "undo of %s", o->p->undoes));
	action->sku_id = m->open->id;
	action->subscription_id = s->id;
	action->seats = s->seats;
	action->expect.status = s->status_text;
	action->expect.ends = end_date(s->next_lifecycle, o->p->out);
	action->result.status = "Enabled";
	action->result.seats = s->seats;
	for (size_t i = 0; i < o->actions->count - 1; i++)
		if (o->actions->items[i].kind == ACTION_ADD_PARTNER)
			come_after(o, action, &o->actions->items[i]);
}

static void add_reactivates(struct ordering *o)
{
	size_t first = o->actions->count;
	for (size_t i = 0; i < o->p->moves.count; i++)
		if (o->p->moves.items[i].reactivate)
			add_reactivate(o, &o->p->moves.items[i]);
	for (size_t i = first; i < o->actions->count; i++) {
		VEC_PUSH(o->p->out, &o->gate, o->actions->items[i].id);
		if (o->actions->items[i].wave > o->gate_wave)
			o->gate_wave = o->actions->items[i].wave;
	}
}

static void add_retire(struct ordering *o, const struct resolved_move *m, const struct str_list *after,
		       int64_t after_wave)
{
	struct arena *out = o->p->out;
	const struct subscription *s = m->advisor_found;
	struct action *action = add_action(o, ACTION_RETIRE_SUBSCRIPTION,
					   arena_printf(out, "%s.advisor", move_name(m->move, out)));
	action->sku_id = m->advisor->id;
	action->subscription_id = s->id;
	action->seats = s->seats;
	action->cancel_by = cancel_names[m->move->cancel_by];
	action->retire_by = m->move->retire_by;
	action->expect.status = s->status_text;
	action->result.status = "retired";
	action->expect.seats = s->seats;
	for (size_t i = 0; i < o->p->live->subscriptions.count; i++) {
		const struct subscription *other = &o->p->live->subscriptions.items[i];
		if (!is_retired_here(o, other) && !subscription_is_retired(other))
			VEC_PUSH(out, &action->keep, other->id);
	}
	action->after = *after;
	action->wave = after_wave + 1;
}

static void add_retires(struct ordering *o, const struct str_list *after, int64_t after_wave)
{
	for (size_t i = 0; i < o->p->moves.count; i++)
		if (o->p->moves.items[i].advisor_found)
			add_retire(o, &o->p->moves.items[i], after, after_wave);
}

static void set_user(struct action *action, const struct user *user)
{
	action->user_id = user->id;
	action->upn = user->upn;
}

/* The direct licences, as they are, of the SKUs that a change speaks of. */
static struct license_list scope_now(struct ordering *o, const struct user_change *change)
{
	struct license_list now = {0};
	const struct license_list *held = &change->user->licenses;
	for (size_t i = 0; i < held->count; i++) {
		const char *sku_id = held->items[i].sku_id;
		bool in_scope = license_find(&change->add, sku_id) || str_list_has(&change->remove, sku_id);
		if (!in_scope || !user_direct_license(change->user, sku_id))
			continue;
		struct license license = held->items[i];
		const struct license_state *state = user_find_state(change->user, sku_id, NULL);
		if (state)
			license.disabled_plans = state->disabled_plans;
		VEC_PUSH(o->p->out, &now, license);
	}
	return now;
}

static enum action_kind kind_of(const struct user_change *change)
{
	if (!change->add.count)
		return ACTION_REMOVE_LICENSE;
	return change->remove.count ? ACTION_SWAP_LICENSE : ACTION_ASSIGN_LICENSE;
}

static void add_work(struct ordering *o, const char *id, int64_t wave)
{
	VEC_PUSH(o->p->out, &o->work, id);
	if (wave > o->work_wave)
		o->work_wave = wave;
}

/* A stage of the work: the canaries, or all others behind them. Nothing touches anybody before the stage is
 * there. */
struct stage {
	bool canary;
	const struct str_list *after; /* ids that all of it comes after */
	int64_t after_wave;
};

/* Ids of the stage's set-usage-location actions, by user change; NULL where none is needed. */
static const char **add_locations(struct ordering *o, const struct stage *stage)
{
	const struct user_change_list *users = &o->changes->users;
	const char **ids = arena_alloc_array(o->p->out, users->count + 1, sizeof *ids);
	for (size_t i = 0; i < users->count; i++) {
		const struct user_change *change = &users->items[i];
		if (!change->usage_location || change->canary != stage->canary)
			continue;
		struct action *action = add_action(o, ACTION_SET_USAGE_LOCATION, change->why);
		set_user(action, change->user);
		action->usage_location = action->result.usage_location = change->usage_location;
		action->after = *stage->after;
		action->wave = stage->after_wave + 1;
		action->canary = change->canary;
		ids[i] = action->id;
	}
	return ids;
}

static void add_user_action(struct ordering *o, const struct user_change *change, const char *location_id,
			    const struct stage *stage)
{
	struct action *action = add_action(o, kind_of(change), change->why);
	set_user(action, change->user);
	action->add = change->add;
	action->remove = change->remove;
	action->canary = change->canary;
	action->expect.licenses = scope_now(o, change);
	action->expect.usage_location =
		change->usage_location ? change->usage_location : change->user->usage_location;
	action->result.licenses = change->add;
	action->after = location_id ? str_list_with(o->p->out, stage->after, location_id) : *stage->after;
	action->wave = stage->after_wave + (location_id ? 2 : 1);
}

static void add_canary(struct ordering *o, const struct action *action)
{
	VEC_PUSH(o->p->out, &o->canaries, action->id);
	if (action->wave > o->canary_wave)
		o->canary_wave = action->wave;
}

static void add_users(struct ordering *o, const struct stage *stage)
{
	const char **locations = add_locations(o, stage);
	for (size_t i = 0; i < o->changes->users.count; i++) {
		const struct user_change *change = &o->changes->users.items[i];
		if (change->canary != stage->canary)
			continue;
		add_user_action(o, change, locations[i], stage);
		o->action_of[i] = o->actions->count - 1;
	}
}

static void add_groups(struct ordering *o, bool canary, const struct str_list *after, int64_t after_wave)
{
	for (size_t i = 0; i < o->changes->groups.count; i++) {
		const struct group_change *change = &o->changes->groups.items[i];
		if (change->canary != canary)
			continue;
		struct action *action = add_action(o, ACTION_SWAP_GROUP_LICENSE, change->why);
		o->group_action_of[i] = o->actions->count - 1;
		action->group_id = change->group->id;
		action->group_name = change->group->display_name;
		action->add = change->add;
		action->remove = change->remove;
		for (size_t j = 0; j < change->group->licenses.count; j++) {
			const struct license *license = &change->group->licenses.items[j];
			if (license_find(&change->add, license->sku_id) ||
			    str_list_has(&change->remove, license->sku_id))
				VEC_PUSH(o->p->out, &action->expect.licenses, *license);
		}
		action->result.licenses = change->add;
		action->canary = canary;
		action->wave = after_wave + 1;
		for (size_t j = 0; j < after->count; j++)
			VEC_PUSH(o->p->out, &action->after, after->items[j]);
	}
}

/* Once their waves are known: what comes after the stage waits for all of them. */
static void add_to_work(struct ordering *o, size_t first)
{
	for (size_t i = first; i < o->actions->count; i++) {
		const struct action *action = &o->actions->items[i];
		if (action->kind == ACTION_SET_USAGE_LOCATION)
			continue;
		add_work(o, action->id, action->wave);
		if (action->canary)
			add_canary(o, action);
	}
}

static void add_stage(struct ordering *o, const struct stage *stage)
{
	const size_t first = o->actions->count;
	add_users(o, stage);
	add_groups(o, stage->canary, stage->after, stage->after_wave);
	order_members(&(struct ordered_members){.p = o->p,
						.changes = o->changes,
						.actions = o->actions,
						.action_of = o->action_of,
						.group_action_of = o->group_action_of,
						.canary = stage->canary});
	add_to_work(o, first);
}

static void add_changes(struct ordering *o)
{
	o->action_of = arena_alloc_array(o->p->out, o->changes->users.count, sizeof *o->action_of);
	o->group_action_of =
		arena_alloc_array(o->p->out, o->changes->groups.count, sizeof *o->group_action_of);
	o->canary_wave = o->gate_wave;
	add_stage(o, &(struct stage){true, &o->gate, o->gate_wave});
	/* Canaries wait for the gate, so who waits for them waits for it too. */
	if (!o->canaries.count)
		o->canaries = o->gate;
	add_stage(o, &(struct stage){false, &o->canaries, o->canary_wave});
}

void order_build(struct planning *p, const struct changes *changes, struct action_list *ret_actions)
{
	struct ordering o = {
		.p = p, .changes = changes, .actions = ret_actions, .gate_wave = -1, .work_wave = -1};
	/* About so many: growing step by step would leave as much again behind. */
	size_t about = changes->users.count + changes->groups.count;
	for (size_t i = 0; i < changes->users.count; i++)
		about += changes->users.items[i].usage_location != NULL;
	VEC_RESERVE(p->out, ret_actions, about + 8);
	add_partner(&o);
	add_arrivals(&o);
	add_reactivates(&o);
	if (p->desired->cancel_first)
		add_retires(&o, &o.gate, o.gate_wave);
	add_changes(&o);
	if (!p->desired->cancel_first)
		add_retires(&o, o.work.count ? &o.work : &o.gate, o.work.count ? o.work_wave : o.gate_wave);
	reversal_set(p, ret_actions);
}
