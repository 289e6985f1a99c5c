/* Whether the customer file asks again for what was undone. */
#include "plans/standing/asked_again.h"

#include "core/str.h"

static bool is_named(const char *name, const char *part_number, const char *id)
{
	return name && (str_eq_fold(name, part_number) || str_eq_fold(name, id));
}

/* A move that only gave has no other side: undone, it only takes. */
static bool is_the_way_there(const struct move *move, const struct plan_move *back)
{
	if (!back->advisor_sku)
		return !move->has_advisor && is_named(move->open_sku, back->open_part_number, back->open_sku);
	return move->has_advisor && is_named(move->open_sku, back->advisor_part_number, back->advisor_sku) &&
	       is_named(move->advisor_sku, back->open_part_number, back->open_sku);
}

bool is_asked_again(const struct desired *desired, const struct plan *undo)
{
	for (size_t i = 0; i < desired->moves.count; i++)
		for (size_t j = 0; j < undo->summary.moves.count; j++)
			if (is_the_way_there(&desired->moves.items[i], &undo->summary.moves.items[j]))
				return true;
	return false;
}

bool is_asked_for(const struct move *move, const struct plan *undo)
{
	for (size_t i = 0; i < undo->summary.moves.count; i++) {
		const struct plan_move *left = &undo->summary.moves.items[i];
		if (move->has_advisor && left->advisor_sku &&
		    is_named(move->open_sku, left->open_part_number, left->open_sku) &&
		    is_named(move->advisor_sku, left->advisor_part_number, left->advisor_sku))
			return true;
	}
	return false;
}

/* What the undone plan gave: what its undo takes. */
static bool was_given(const struct plan *undo, const char *sku_id)
{
	for (size_t i = 0; i < undo->summary.moves.count; i++) {
		const struct plan_move *back = &undo->summary.moves.items[i];
		if (str_eq(back->advisor_sku ? back->advisor_sku : back->open_sku, sku_id))
			return true;
	}
	return false;
}

static bool was_taken(const struct plan *undo, const char *sku_id)
{
	for (size_t i = 0; i < undo->summary.moves.count; i++)
		if (undo->summary.moves.items[i].advisor_sku &&
		    str_eq(undo->summary.moves.items[i].open_sku, sku_id))
			return true;
	return false;
}

bool is_done_again(const struct action *action, const struct plan *undo)
{
	if (action->kind == ACTION_SET_USAGE_LOCATION)
		return true; /* it is for the licence that follows */
	if (action_brings_seats(action->kind))
		return was_given(undo, action->sku_id);
	if (action->kind == ACTION_RETIRE_SUBSCRIPTION)
		return was_taken(undo, action->sku_id);
	for (size_t i = 0; i < action->add.count; i++)
		if (!was_given(undo, action->add.items[i].sku_id))
			return false;
	for (size_t i = 0; i < action->remove.count; i++)
		if (!was_taken(undo, action->remove.items[i]))
			return false;
	return action->add.count || action->remove.count;
}
