/* Whoever keeps the old SKU on purpose. */
#include "plans/standing/keepers.h"

#include "core/quote.h"
#include "core/say.h"
#include "plans/saved/hand_step.h"
#include "plans/standing/stranded.h"
#include "providers/provider.h"

enum { NAMED = 5 };

/* Of those who were read now, whoever still holds it; who was not read, as they were. */
static struct str_list holders(const struct action *retire, const struct str_list *ids,
			       const struct live *before, const struct live *now, struct arena *out)
{
	struct str_list names = {0};
	for (size_t i = 0; i < ids->count; i++) {
		const struct user *then = live_find_user(before, ids->items[i]);
		const struct user *user = now ? live_find_user(now, ids->items[i]) : NULL;
		if (user && !license_find(&user->licenses, retire->sku_id))
			continue;
		VEC_PUSH(out, &names, user ? user->upn : then->upn);
	}
	str_list_sort_unique(&names);
	return names;
}

static const char *part_number_of(const struct plan *plan, const struct action *retire)
{
	for (size_t i = 0; i < plan->summary.moves.count; i++)
		if (str_eq(plan->summary.moves.items[i].advisor_sku, retire->sku_id))
			return plan->summary.moves.items[i].advisor_part_number;
	return retire->sku_id;
}

struct keepers_list keepers_of(const struct plan *plan, const struct replay *replay,
			       const struct live *before, const struct live *now, struct arena *out)
{
	struct keepers_list list = {0};
	for (size_t i = 0; i < plan->actions.count; i++) {
		const struct action *retire = &plan->actions.items[i];
		struct str_list ids = {0};
		if (retire->kind != ACTION_RETIRE_SUBSCRIPTION || !result_is_verified(&replay->results[i]))
			continue;
		hand_step_keepers(plan, before, retire, out, &ids);
		struct keepers kept = {.part_number = part_number_of(plan, retire),
				       .names = holders(retire, &ids, before, now, out),
				       .lacks_seats = now && stranded_without_seat(now, retire->sku_id) > 0};
		if (kept.names.count)
			VEC_PUSH(out, &list, kept);
	}
	return list;
}

void keepers_read_scope(const struct plan *plan, const struct live *before, size_t most, struct arena *out,
			struct read_scope *scope)
{
	for (size_t i = 0; i < plan->actions.count; i++) {
		struct str_list ids;
		if (plan->actions.items[i].kind != ACTION_RETIRE_SUBSCRIPTION)
			continue;
		hand_step_keepers(plan, before, &plan->actions.items[i], out, &ids);
		for (size_t k = 0; ids.count <= most && k < ids.count; k++)
			VEC_PUSH(out, &scope->user_ids, ids.items[k]);
	}
}

const char *keepers_text(const struct keepers *kept, struct arena *out)
{
	struct str_list shown = kept->names;
	shown.count = shown.count > NAMED ? NAMED : shown.count;
	return arena_printf(
		out, "%s %s on purpose: %s%s",
		say_number(out, (int64_t)kept->names.count, "person still holds", "people still hold"),
		quote_terminal(out, kept->part_number), str_list_join(out, &shown, ", "),
		shown.count < kept->names.count ? ", …" : "");
}
