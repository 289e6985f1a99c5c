/* People who keep what a move retires. */
#include "plans/planning/keepers.h"

#include "core/str.h"
#include "plans/planning/lasting.h"

static bool is_given(const struct planning *p, const char *sku_id)
{
	for (size_t i = 0; i < p->moves.count; i++)
		if (str_eq(p->moves.items[i].open->id, sku_id))
			return true;
	return false;
}

/* Who holds the SKU when all is done; what changes is sorted as all users are. */
static int64_t holders_in_the_end(const struct planning *p, const struct user_effect_list *effects,
				  const char *sku_id)
{
	int64_t holders = 0;
	size_t next = 0;
	for (size_t i = 0; i < p->live->users.count; i++) {
		const struct user *user = &p->live->users.items[i];
		bool changes = next < effects->count && effects->items[next].user == user;
		const struct license_list *held = changes ? &effects->items[next++].after : &user->licenses;
		holders += license_find(held, sku_id) != NULL;
	}
	return holders;
}

/* Where a move gives it, its seats are counted with that one. */
static bool stops_working(const struct planning *p, const struct user_effect_list *effects,
			  const char *sku_id)
{
	struct str_list retired = {0};
	for (size_t i = 0; i < p->moves.count; i++)
		if (p->moves.items[i].advisor_found)
			VEC_PUSH(p->out, &retired, p->moves.items[i].advisor_found->id);
	return !is_given(p, sku_id) &&
	       holders_in_the_end(p, effects, sku_id) > seats_that_go_on(p->live, sku_id, &retired);
}

void keepers_warn(struct planning *p, const struct keeper_list *keepers,
		  const struct user_effect_list *effects)
{
	const struct sku_view *sku = NULL;
	bool stops = false;
	for (size_t i = 0; i < keepers->count; i++) {
		const struct keeper *keeper = &keepers->items[i];
		if (sku != keeper->sku)
			stops = stops_working(p, effects, keeper->sku->id);
		sku = keeper->sku;
		planning_warn(p, SS205, "%s keeps %s, %s", planning_quote(p, keeper->user->upn),
			      planning_quote(p, sku->part_number),
			      stops ? "which stops working when the subscription is retired"
				    : "on seats of subscriptions that are not retired");
	}
}
