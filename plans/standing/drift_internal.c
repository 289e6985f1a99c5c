/* Drift while it is worked out. */
#include "plans/standing/drift_internal.h"

#include "core/str.h"

void drift_add_item(struct comparing *c, const struct drift_item *item)
{
	VEC_PUSH(c->out, &c->drift->items, *item);
}

const char *drift_sku_name(const struct comparing *c, const char *sku_id)
{
	const struct sku *sku = live_find_sku(c->live, sku_id);
	return sku ? sku->part_number : sku_id;
}
