/* Whether the seats that people were moved to are still there. A licence outlives its seat by a while only.
 */
#include "core/catalog.h"
#include "core/say.h"
#include "core/str.h"
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

/* The SKUs that the plan gives, each once: they are few, however many people get them. */
static struct str_list given_skus(const struct run *run, struct arena *out)
{
	const struct action_list *actions = &run->o->plan->actions;
	struct str_list ids = {0};
	for (size_t i = 0; i < actions->count; i++) {
		const struct license_list *add = &actions->items[i].add;
		for (size_t k = 0; k < add->count; k++)
			if (!str_list_has(&ids, add->items[k].sku_id))
				VEC_PUSH(out, &ids, add->items[k].sku_id);
	}
	return ids;
}

const char *run_seats_gone(const struct run *run, const struct live *live, struct arena *out)
{
	const struct str_list ids = given_skus(run, out);
	for (size_t i = 0; i < ids.count; i++) {
		const char *gone = seats_gone(live_find_sku(live, ids.items[i]), ids.items[i], out);
		if (gone)
			return gone;
	}
	return NULL;
}
