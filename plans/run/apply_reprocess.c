/*
 * Members whom the service refused what their group hands out. It does not try again by itself: once the
 * cause is mended it has to be asked to, and that is asked for exactly those people.
 */
#include "core/catalog.h"
#include "core/say.h"
#include "core/str.h"
#include "plans/run/apply_internal.h"

enum { NAMED_AT_MOST = 20 };

/* Seats of a SKU that nobody has been meant to get yet. */
struct free_seats {
	const char *sku_id;
	int64_t left;
};
VEC(free_seats_list, struct free_seats);

static bool may_reprocess(const struct run *run)
{
	const struct provider *provider = run->o->provider;
	return !run->reprocess_forbidden && provider->ops->may_reprocess &&
	       provider->ops->may_reprocess(provider);
}

static bool is_of_plan(const struct run *run, const char *group_id)
{
	for (size_t i = 0; i < run->o->plan->actions.count; i++)
		if (str_eq(run->o->plan->actions.items[i].group_id, group_id))
			return true;
	return false;
}

/* Another group of the person was refused something as well: trying again would try that too. */
static bool is_refused_elsewhere(const struct run *run, const struct user *user)
{
	for (size_t i = 0; i < user->states.count; i++)
		if (user->states.items[i].error && user->states.items[i].group_id &&
		    !is_of_plan(run, user->states.items[i].group_id))
			return true;
	return false;
}

static struct free_seats *seats_of(struct free_seats_list *all, const char *sku_id, const struct live *live,
				   struct arena *tmp)
{
	for (size_t i = 0; i < all->count; i++)
		if (str_eq(all->items[i].sku_id, sku_id))
			return &all->items[i];
	const struct sku *sku = live_find_sku(live, sku_id);
	int64_t left = sku ? sku->enabled + sku->warning - sku->consumed : 0;
	VEC_PUSH(tmp, all, (struct free_seats){sku_id, left > 0 ? left : 0});
	return &all->items[all->count - 1];
}

/* Whether there is a seat for the member, where that is what was missing; it is then meant for them. */
static bool takes_seat(const struct unserved_member *member, struct free_seats_list *all,
		       const struct live *live, struct arena *tmp)
{
	if (!license_lacks_seat(member->refused))
		return true;
	struct free_seats *seats = seats_of(all, member->refused->sku_id, live, tmp);
	return seats->left > 0 && seats->left-- > 0;
}

void run_find_refused(const struct run *run, const struct action *action,
		      const struct group_progress *progress, const struct live *live, struct arena *out,
		      struct refused_members *ret)
{
	struct free_seats_list seats = {0};
	struct refused_members found = {.may_ask = may_reprocess(run)};
	for (size_t i = 0; i < progress->unserved.count; i++) {
		const struct unserved_member *member = &progress->unserved.items[i];
		if (!member->refused)
			continue;
		found.sku_id = found.sku_id ? found.sku_id : member->refused->sku_id;
		if (run_protection_of(run, action, member->upn) || is_refused_elsewhere(run, member->user)) {
			found.by_hand++;
		} else if (takes_seat(member, &seats, live, out)) {
			VEC_PUSH(out, &found.ids, member->user->id);
			VEC_PUSH(out, &found.upns, member->upn);
		} else {
			found.seatless_sku =
				found.seatless_sku ? found.seatless_sku : member->refused->sku_id;
			found.seatless++;
		}
	}
	*ret = found;
}

const char *run_refused_advice(const struct action *action, const struct refused_members *refused,
			       bool was_asked, struct arena *out)
{
	if (!refused->sku_id)
		return NULL;
	const bool by_itself = refused->may_ask && !refused->by_hand;
	const char *first =
		refused->seatless ? arena_printf(out, "buy or free %s of %s",
						 say_number(out, (int64_t)refused->seatless, "seat", "seats"),
						 catalog_sku_text(refused->seatless_sku))
		: was_asked	  ? "it was asked to try again: mend the cause"
		: by_itself	  ? "mend the cause"
				  : "the service does not try again by itself: when the cause is mended";
	if (by_itself)
		return arena_printf(out, "%s, then apply again, which has the service try again", first);
	return arena_printf(out, "%s, then %s, and apply again%s", first,
			    group_reprocess_text(action, refused->sku_id, out),
			    refused->may_ask ? "" : " (with User.ReadWrite.All, apply has that done itself)");
}

/* "try again: adele.vance@contoso.com, …" */
static const char *named(const struct refused_members *refused, struct arena *out)
{
	struct str_list names = refused->upns;
	size_t more = names.count > NAMED_AT_MOST ? names.count - NAMED_AT_MOST : 0;
	names.count -= more;
	const char *text = str_list_join(out, &names, ", ");
	return more ? arena_printf(out, "try again: %s and %zu more", text, more)
		    : arena_printf(out, "try again: %s", text);
}

bool run_reprocess(struct run *run, const struct action *action, const struct refused_members *refused,
		   struct reprocessed *ret, struct error *err)
{
	*ret = (struct reprocessed){0};
	if (!refused->may_ask || !refused->ids.count)
		return true;
	if (!run_append(run, JOURNAL_WRITE, action, NULL, named(refused, run->out), err))
		return false;
	run->replay.announced[action - run->o->plan->actions.items] = true;
	struct provider *provider = run->o->provider;
	if (!provider->ops->reprocess(provider, action, &refused->ids, run->out, ret, err))
		return false;
	run->reprocess_forbidden = run->reprocess_forbidden || ret->is_forbidden;
	return true;
}
