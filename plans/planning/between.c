/* What a user holds after some of the actions that touch the user. */
#include "plans/planning/between.h"

#include "core/str.h"
#include "plans/planning/effects.h"

static bool drops(const struct touching *touch, const char *sku_id)
{
	return str_list_has(touch->remove, sku_id) || license_find(touch->add, sku_id);
}

static bool source_stays(const struct between *b, uint32_t done, const char *sku_id, const char *group_id)
{
	for (size_t n = 0; n < b->count; n++)
		if (done & 1u << n && str_eq(b->touches[n].group_id, group_id) &&
		    drops(&b->touches[n], sku_id))
			return false;
	return true;
}

static struct license_list held_after(const struct between *b, uint32_t done)
{
	const struct user *user = b->user;
	struct license_list held = {0};
	for (size_t i = 0; i < user->states.count; i++) {
		const struct license_state *state = &user->states.items[i];
		const struct license source = {state->sku_id, state->disabled_plans};
		if (license_find(&user->licenses, state->sku_id) &&
		    source_stays(b, done, state->sku_id, state->group_id))
			effects_add_source(&held, &source, b->tmp);
	}
	for (size_t i = 0; i < user->licenses.count; i++) {
		const struct license *license = &user->licenses.items[i];
		bool has_state = false;
		for (size_t j = 0; j < user->states.count; j++)
			has_state = has_state || str_eq(user->states.items[j].sku_id, license->sku_id);
		if (!has_state && source_stays(b, done, license->sku_id, NULL))
			effects_add_source(&held, license, b->tmp);
	}
	for (size_t n = 0; n < b->count; n++)
		for (size_t i = 0; done & 1u << n && i < b->touches[n].add->count; i++)
			effects_add_source(&held, &b->touches[n].add->items[i], b->tmp);
	return held;
}

static bool is_served(const struct resolved_move *m, const struct license_list *held)
{
	return license_find(held, m->open->id) || (m->advisor && license_find(held, m->advisor->id));
}

/* Whoever a move wants keeps one of its two SKUs, and a mailbox unless the entry gives it up. */
static const char *lost(const struct between *b, const struct license_list *held)
{
	struct planning *p = b->p;
	const struct license_list *before = &b->user->licenses;
	bool listed = false;
	bool gives_up = false;
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct resolved_move *m = &p->moves.items[i];
		const struct wish *wish = wish_find(m, b->user);
		listed = listed || wish;
		gives_up = gives_up || (wish && wish->lose_mailbox);
		if (wish && !wish->lose_service && is_served(m, before) && !is_served(m, held))
			return arena_printf(p->out, "the user is left without %s", m->open->part_number);
	}
	if (listed && !gives_up && sku_cache_has_mailbox(&p->skus, before) &&
	    !sku_cache_has_mailbox(&p->skus, held))
		return "the user is left without a mailbox";
	return NULL;
}

static const char *clashes(const struct between *b, const struct license_list *held)
{
	struct license_list added = {0};
	struct license_list kept = {0};
	struct service_clash clash;
	for (size_t i = 0; i < held->count; i++) {
		const struct license *before = license_find(&b->user->licenses, held->items[i].sku_id);
		bool stays = before && license_equal(before, &held->items[i]);
		VEC_PUSH(b->tmp, stays ? &kept : &added, held->items[i]);
	}
	if (!services_find_clash(&b->p->skus, &kept, &added, &clash))
		return NULL;
	if (clash.needs)
		return arena_printf(b->p->out, "%s of %s needs %s", clash.plan, clash.plan_sku, clash.needs);
	return arena_printf(b->p->out, "%s of %s and %s of %s", clash.plan, clash.plan_sku, clash.other,
			    clash.other_sku);
}

const char *between_wrong(const struct between *between, uint32_t done, const char **ret_invariant)
{
	const struct license_list held = held_after(between, done);
	const char *wrong = lost(between, &held);
	*ret_invariant = wrong ? "continuity" : "conflicts";
	return wrong ? wrong : clashes(between, &held);
}
