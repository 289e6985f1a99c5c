/* A move of a customer file, without a plan, as the tenant has it. */
#include "plans/standing/move_in_tenant.h"

#include "core/str.h"

static bool is_the_advisor_one(const struct move *move, const struct subscription *s)
{
	return move->advisor_subscription && (str_eq_fold(s->id, move->advisor_subscription) ||
					      str_eq_fold(s->commerce_id, move->advisor_subscription));
}

/* Those of the Advisor subscription are not Open seats. */
int64_t tenant_seats_of_move(const struct live *live, const struct move *move)
{
	int64_t seats = 0;
	const struct sku *sku = live_find_sku_named(live, move->open_sku);
	for (size_t i = 0; sku && i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (str_eq(s->sku_id, sku->id) && s->status == SUBSCRIPTION_ENABLED && !s->is_trial &&
		    !is_the_advisor_one(move, s))
			seats += s->seats;
	}
	return seats;
}

bool tenant_has_advisor_of_move(const struct live *live, const struct move *move)
{
	const struct sku *sku = live_find_sku_named(live, move->advisor_sku);
	for (size_t i = 0; sku && i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		bool is_it =
			move->advisor_subscription ? is_the_advisor_one(move, s) : str_eq(s->sku_id, sku->id);
		if (is_it && !live_subscription_is_retired(live, s))
			return true;
	}
	return false;
}
