/* Whether the seats that people were moved to are still there. A licence outlives its seat by a while only.
 */
#include "core/catalog.h"
#include "core/say.h"
#include "plans/run/apply_internal.h"

static const char *seats_gone(const struct sku *sku, const char *id, struct arena *out)
{
	const int64_t seats = sku ? sku->enabled + sku->warning : 0;
	const int64_t holders = sku ? sku->consumed : 0;
	if (sku && seats >= holders)
		return NULL;
	return arena_printf(out,
			    "%s of %s %s left for %s: its subscription ended, was suspended, or has fewer",
			    say_number(out, seats, "seat", "seats"), catalog_sku_text(id),
			    seats == 1 ? "is" : "are", say_number(out, holders, "holder", "holders"));
}

const char *run_seats_gone(const struct run *run, const struct live *live, struct arena *out)
{
	const struct action_list *actions = &run->o->plan->actions;
	for (size_t i = 0; i < actions->count; i++) {
		const struct action *action = &actions->items[i];
		for (size_t k = 0; k < action->add.count; k++) {
			const char *id = action->add.items[k].sku_id;
			const char *gone = seats_gone(live_find_sku(live, id), id, out);
			if (gone)
				return gone;
		}
	}
	return NULL;
}
