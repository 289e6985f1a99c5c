/* A little model of how Graph assigns licences. */
#include "tests/property/model.h"

#include "core/str.h"
#include "tests/support/tenant_json.h"

#include <string.h>

const char *const model_sku_names[MODEL_SKUS] = {"STANDARDPACK", "ENTERPRISEPACK",  "O365_BUSINESS",
						 "SMB_BUSINESS", "EXCHANGEARCHIVE", "DESKLESSPACK",
						 "MCOEV",	 "VISIOCLIENT"};

void model_init(struct model *m, struct arena *arena)
{
	*m = (struct model){.arena = arena};
	for (int i = 0; i < MODEL_SKUS; i++)
		m->skus[i] = catalog_find_sku(model_sku_names[i]);
}

static int sku_of(const struct model *m, const char *id)
{
	for (int i = 0; i < MODEL_SKUS; i++)
		if (str_eq(m->skus[i]->id, id))
			return i;
	return -1;
}

bool model_holds(const struct model_user *user, int sku)
{
	for (int i = 0; i < user->source_count; i++)
		if (user->sources[i].sku == sku)
			return true;
	return false;
}

int64_t model_consumed(const struct model *m, int sku)
{
	int64_t consumed = 0;
	for (int i = 0; i < m->user_count; i++)
		consumed += model_holds(&m->users[i], sku);
	return consumed;
}

int64_t model_prepaid(const struct model *m, int sku)
{
	int64_t seats = 0;
	for (int i = 0; i < m->subscription_count; i++)
		if (m->subscriptions[i].sku == sku && !m->subscriptions[i].is_cancelled)
			seats += m->subscriptions[i].seats;
	return seats;
}

static bool is_on(const struct model *m, const struct model_user *user, const char *plan)
{
	for (int i = 0; i < user->source_count; i++) {
		const struct catalog_sku *sku = m->skus[user->sources[i].sku];
		for (size_t p = 0; p < sku->plan_count; p++)
			if (str_eq(sku->plans[p].name, plan) && !(user->sources[i].off >> p & 1))
				return true;
	}
	return false;
}

bool model_has_mailbox(const struct model *m, const struct model_user *user)
{
	return is_on(m, user, "EXCHANGE_S_STANDARD") || is_on(m, user, "EXCHANGE_S_ENTERPRISE") ||
	       is_on(m, user, "EXCHANGE_S_DESKLESS");
}

static bool has_sites(const struct model *m, const struct model_user *user)
{
	return is_on(m, user, "SHAREPOINTSTANDARD") || is_on(m, user, "SHAREPOINTENTERPRISE") ||
	       is_on(m, user, "SHAREPOINTDESKLESS") || is_on(m, user, "ONEDRIVESTANDARD");
}

const char *model_clash(const struct model *m, const struct model_user *user)
{
	if (is_on(m, user, "EXCHANGE_S_ARCHIVE") &&
	    (is_on(m, user, "EXCHANGE_S_STANDARD") || is_on(m, user, "EXCHANGE_S_DESKLESS")))
		return "an archive for a mailbox elsewhere and a mailbox are mutually exclusive";
	if (is_on(m, user, "MCOEV") && !is_on(m, user, "MCOSTANDARD") && !is_on(m, user, "TEAMS1"))
		return "MCOEV depends on MCOSTANDARD or TEAMS1";
	if (is_on(m, user, "SHAREPOINTWAC") && !has_sites(m, user))
		return "SHAREPOINTWAC depends on SharePoint or OneDrive";
	return NULL;
}

static bool has_source(const struct model_user *user, int sku, int group)
{
	for (int i = 0; i < user->source_count; i++)
		if (user->sources[i].sku == sku && user->sources[i].group == group)
			return true;
	return false;
}

static void drop_source(struct model_user *user, int sku, int group)
{
	int kept = 0;
	for (int i = 0; i < user->source_count; i++)
		if (user->sources[i].sku != sku || user->sources[i].group != group)
			user->sources[kept++] = user->sources[i];
	user->source_count = kept;
}

static const char *read_off(const struct model *m, const struct license *license, uint64_t *ret_off)
{
	const struct catalog_sku *sku = m->skus[sku_of(m, license->sku_id)];
	*ret_off = 0;
	for (size_t i = 0; i < license->disabled_plans.count; i++) {
		size_t p = 0;
		while (p < sku->plan_count && !str_eq(sku->plans[p].id, license->disabled_plans.items[i]))
			p++;
		if (p == sku->plan_count)
			return "a disabled plan is not a plan of the SKU";
		*ret_off |= UINT64_C(1) << p;
	}
	return NULL;
}

/* Adds, then removes, on a copy; the copy is taken when nothing is wrong with it. */
static const char *assign(struct model *m, struct model_user *user, const struct action *action, int group)
{
	struct model_user after = *user;
	for (size_t i = 0; i < action->add.count; i++) {
		int sku = sku_of(m, action->add.items[i].sku_id);
		uint64_t off;
		if (sku < 0 || model_prepaid(m, sku) == 0)
			return "does not correspond to a valid company License";
		if (!model_holds(user, sku) && model_consumed(m, sku) >= model_prepaid(m, sku))
			return "does not have any available licenses";
		const char *wrong = read_off(m, &action->add.items[i], &off);
		if (wrong)
			return wrong;
		drop_source(&after, sku, group);
		after.sources[after.source_count++] = (struct model_source){sku, group, off};
	}
	for (size_t i = 0; i < action->remove.count; i++) {
		int sku = sku_of(m, action->remove.items[i]);
		if (!has_source(user, sku, group))
			return "User does not have a corresponding license";
		drop_source(&after, sku, group);
	}
	const char *clash = model_clash(m, &after);
	if (clash)
		return clash;
	*user = after;
	return NULL;
}

static const char *assign_user(struct model *m, const struct action *action)
{
	for (int i = 0; i < m->user_count; i++) {
		struct model_user *user = &m->users[i];
		if (!str_eq(user->id, action->user_id))
			continue;
		if (action->add.count && !user->location)
			return "invalid usage location";
		return assign(m, user, action, DIRECT);
	}
	return "Resource does not exist";
}

static const char *set_location(struct model *m, const struct action *action)
{
	for (int i = 0; i < m->user_count; i++)
		if (str_eq(m->users[i].id, action->user_id))
			m->users[i].location = action->usage_location;
	return action->usage_location ? NULL : "no usage location";
}

static const char *assign_group(struct model *m, const struct action *action)
{
	int g = 0;
	while (g < m->group_count && !str_eq(m->groups[g].id, action->group_id))
		g++;
	if (g == m->group_count)
		return "Resource does not exist";
	for (int i = 0; i < m->user_count; i++) {
		const char *wrong = m->groups[g].members >> i & 1 ? assign(m, &m->users[i], action, g) : NULL;
		if (wrong)
			return wrong;
	}
	struct model_group *group = &m->groups[g];
	struct model_user as_user = {.source_count = group->license_count};
	memcpy(as_user.sources, group->licenses, sizeof group->licenses);
	for (size_t i = 0; i < action->remove.count; i++)
		drop_source(&as_user, sku_of(m, action->remove.items[i]), g);
	for (size_t i = 0; i < action->add.count; i++) {
		struct model_source source = {sku_of(m, action->add.items[i].sku_id), g, 0};
		if (read_off(m, &action->add.items[i], &source.off))
			return "a disabled plan is not a plan of the SKU";
		drop_source(&as_user, source.sku, g);
		as_user.sources[as_user.source_count++] = source;
	}
	memcpy(group->licenses, as_user.sources, sizeof group->licenses);
	group->license_count = as_user.source_count;
	return NULL;
}

static const char *bring_new(struct model *m, int sku, int64_t seats)
{
	const char *id =
		derived_id(m->arena, "redeemed", arena_printf(m->arena, "%d", m->subscription_count));
	m->subscriptions[m->subscription_count++] = (struct model_subscription){
		id, "2026-11-20T00:00:00Z", "2027-11-20T00:00:00Z", sku, seats, false, false};
	return NULL;
}

static const char *redeem(struct model *m, const struct action *action)
{
	int sku = sku_of(m, action->sku_id);
	int64_t brings = action->result.seats - action->expect.seats;
	struct model_subscription *existing = NULL;
	for (int i = 0; i < m->subscription_count; i++)
		if (m->subscriptions[i].sku == sku && !m->subscriptions[i].is_cancelled &&
		    !m->subscriptions[i].is_advisor)
			existing = &m->subscriptions[i];
	if (str_eq(action->redeem_as, "add-seats") && existing) {
		existing->seats += brings;
		return NULL;
	}
	return bring_new(m, sku, brings);
}

static const char *set_cancelled(struct model *m, const struct action *action, bool cancelled)
{
	for (int i = 0; i < m->subscription_count; i++) {
		if (!str_eq(m->subscriptions[i].id, action->subscription_id))
			continue;
		m->subscriptions[i].is_cancelled = cancelled;
		return NULL;
	}
	return "there is no such subscription";
}

const char *model_do(struct model *m, const struct action *action)
{
	switch (action->kind) {
	case ACTION_ADD_PARTNER:
		return NULL;
	case ACTION_REDEEM_KEY:
		return redeem(m, action);
	case ACTION_RECEIVE_SEATS:
		return bring_new(m, sku_of(m, action->sku_id), action->seats);
	case ACTION_SET_USAGE_LOCATION:
		return set_location(m, action);
	case ACTION_ASSIGN_LICENSE:
	case ACTION_SWAP_LICENSE:
	case ACTION_REMOVE_LICENSE:
		return assign_user(m, action);
	case ACTION_SWAP_GROUP_LICENSE:
		return assign_group(m, action);
	case ACTION_RETIRE_SUBSCRIPTION:
		return set_cancelled(m, action, true);
	case ACTION_REACTIVATE_SUBSCRIPTION:
		return set_cancelled(m, action, false);
	case ACTION_KIND_COUNT:
		break;
	}
	return "no such action";
}

/* ---- reading ---------------------------------------------------------------------------------- */

static unsigned next(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

static void shuffle(void *items, size_t count, size_t size, unsigned *seed)
{
	char *base = items;
	char swap[256];
	for (size_t i = count; i > 1; i--) {
		size_t j = next(seed) % i;
		memcpy(swap, base + (i - 1) * size, size);
		memcpy(base + (i - 1) * size, base + j * size, size);
		memcpy(base + j * size, swap, size);
	}
}
#define SHUFFLE(list, seed) shuffle((list)->items, (list)->count, sizeof *(list)->items, (seed))

static struct str_list off_of(const struct model *m, const struct model_source *source, struct arena *out)
{
	struct str_list off = {0};
	for (size_t p = 0; p < m->skus[source->sku]->plan_count; p++)
		if (source->off >> p & 1)
			VEC_PUSH(out, &off, m->skus[source->sku]->plans[p].id);
	return off;
}

static void read_user(const struct model *m, const struct model_user *from, struct arena *out, unsigned *seed,
		      struct live *live)
{
	struct user user = {
		.id = from->id, .upn = from->upn, .usage_location = from->location, .enabled = true};
	for (int i = 0; i < from->source_count; i++) {
		const struct model_source *source = &from->sources[i];
		VEC_PUSH(out, &user.states,
			 (struct license_state){.sku_id = m->skus[source->sku]->id,
						.group_id = source->group < 0 ? NULL
									      : m->groups[source->group].id,
						.state = "Active",
						.disabled_plans = off_of(m, source, out)});
	}
	SHUFFLE(&user.states, seed);
	VEC_PUSH(out, &live->users, user);
}

static void read_group(const struct model *m, const struct model_group *from, struct arena *out,
		       unsigned *seed, struct live *live)
{
	struct group group = {.id = from->id, .display_name = from->name, .members_read = true};
	for (int i = 0; i < from->license_count; i++)
		VEC_PUSH(out, &group.licenses,
			 (struct license){m->skus[from->licenses[i].sku]->id,
					  off_of(m, &from->licenses[i], out)});
	for (int i = 0; i < m->user_count; i++)
		if (from->members >> i & 1)
			VEC_PUSH(out, &group.member_ids, m->users[i].id);
	SHUFFLE(&group.member_ids, seed);
	VEC_PUSH(out, &live->groups, group);
}

void model_read(const struct model *m, struct arena *out, unsigned seed, struct live *ret_live)
{
	struct live live = {.user_count = -1};
	live.organization = (struct organization){.id = "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f",
						  .display_name = "Contoso Ltd"};
	VEC_PUSH(out, &live.organization.verified_domains,
		 (struct verified_domain){"contoso.onmicrosoft.com", true, true});
	for (int i = 0; i < m->subscription_count; i++) {
		const struct model_subscription *from = &m->subscriptions[i];
		const char *status = from->is_cancelled ? "Suspended" : "Enabled";
		live_ensure_sku(&live, m->skus[from->sku]->id, out);
		VEC_PUSH(out, &live.subscriptions,
			 (struct subscription){.id = from->id,
					       .sku_id = m->skus[from->sku]->id,
					       .part_number = m->skus[from->sku]->part_number,
					       .status_text = status,
					       .status = subscription_status_parse(status),
					       .seats = from->seats,
					       .created = from->created,
					       .next_lifecycle = from->ends});
	}
	for (int i = 0; i < m->user_count; i++)
		read_user(m, &m->users[i], out, &seed, &live);
	for (int i = 0; i < m->group_count; i++)
		read_group(m, &m->groups[i], out, &seed, &live);
	for (size_t i = 0; i < live.skus.count; i++)
		VEC_PUSH(out, &live.holders_read, live.skus.items[i].id);
	SHUFFLE(&live.skus, &seed);
	SHUFFLE(&live.subscriptions, &seed);
	SHUFFLE(&live.users, &seed);
	SHUFFLE(&live.groups, &seed);
	live_roll_up(&live, out);
	*ret_live = live;
}
