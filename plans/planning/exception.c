/* Who is not to be touched by a move. */
#include "plans/planning/exception.h"

#include "core/str.h"

/* The id behind a name of the file, which is a part number or an id; NULL: no move of the plan has it. */
static const char *id_of(const struct plan_move_list *skus, const char *name)
{
	for (size_t i = 0; name && i < skus->count; i++) {
		const struct plan_move *move = &skus->items[i];
		if (str_eq_fold(name, move->open_part_number) || str_eq_fold(name, move->open_sku))
			return move->open_sku;
		if (str_eq_fold(name, move->advisor_part_number) || str_eq_fold(name, move->advisor_sku))
			return move->advisor_sku;
	}
	return NULL;
}

/* Whether a move that may touch the account gives or takes the SKU. */
static bool is_of_an_allowed_move(const struct move_list *moves, const struct plan_move_list *skus,
				  const char *sku_id, const char *upn)
{
	for (size_t i = 0; i < moves->count; i++) {
		const struct move *move = &moves->items[i];
		bool has = str_eq(id_of(skus, move->open_sku), sku_id) ||
			   (move->has_advisor && str_eq(id_of(skus, move->advisor_sku), sku_id));
		if (has && !str_list_has_fold(&move->except, upn))
			return true;
	}
	return false;
}

static bool is_under_some(const struct move_list *moves, const char *upn)
{
	for (size_t i = 0; i < moves->count; i++)
		if (str_list_has_fold(&moves->items[i].except, upn))
			return true;
	return false;
}

bool is_excepted(const struct move_list *moves, const struct plan_move_list *skus,
		 const struct action *action, const char *upn)
{
	if (!is_under_some(moves, upn))
		return false;
	for (size_t i = 0; i < action->add.count; i++)
		if (!is_of_an_allowed_move(moves, skus, action->add.items[i].sku_id, upn))
			return true;
	for (size_t i = 0; i < action->remove.count; i++)
		if (!is_of_an_allowed_move(moves, skus, action->remove.items[i], upn))
			return true;
	/* A usage location is nobody's alone: it is set for whichever move names the account. */
	if (action->add.count || action->remove.count)
		return false;
	for (size_t i = 0; i < moves->count; i++)
		if (!str_list_has_fold(&moves->items[i].except, upn))
			return false;
	return true;
}
