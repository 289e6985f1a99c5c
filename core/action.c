/* Actions: the kinds table, and whether live state is as an action expects or leaves it. */
#include "core/action.h"

#include "core/str.h"

#define CHANGE(name_, type_, member_)                                                                        \
	{                                                                                                    \
		name_, type_, offsetof(struct action, member_)                                               \
	}
#define STATE(name_, type_, member_)                                                                         \
	{                                                                                                    \
		name_, type_, offsetof(struct action_state, member_)                                         \
	}

static const struct action_member relation_change[] = {CHANGE("relation", MEMBER_TEXT, result.relation), {0}};
static const struct action_member relation_state[] = {STATE("relation", MEMBER_TEXT, relation), {0}};

static const struct action_member redeem_change[] = {CHANGE("key_ends_in", MEMBER_TEXT_OR_NULL, key_ends_in),
						     CHANGE("redeem_as", MEMBER_TEXT, redeem_as),
						     CHANGE("seats", MEMBER_INT, seats),
						     CHANGE("sku", MEMBER_TEXT, sku_id),
						     {0}};
static const struct action_member seats_expect[] = {STATE("ends", MEMBER_TEXT_OR_NULL, ends),
						    STATE("seats", MEMBER_INT, seats),
						    STATE("subscriptions", MEMBER_TEXTS, subscription_ids),
						    {0}};
static const struct action_member seats_result[] = {STATE("seats", MEMBER_INT, seats), {0}};

static const struct action_member location_change[] = {CHANGE("usage_location", MEMBER_TEXT, usage_location),
						       {0}};
static const struct action_member location_state[] = {
	STATE("usage_location", MEMBER_TEXT_OR_NULL, usage_location), {0}};

static const struct action_member license_change[] = {
	CHANGE("add", MEMBER_LICENSES, add), CHANGE("remove", MEMBER_TEXTS, remove), {0}};
static const struct action_member license_expect[] = {
	STATE("licenses", MEMBER_LICENSES, licenses),
	STATE("usage_location", MEMBER_TEXT_OR_NULL, usage_location),
	{0}};
static const struct action_member license_state[] = {STATE("licenses", MEMBER_LICENSES, licenses), {0}};

static const struct action_member retire_change[] = {CHANGE("cancel_by", MEMBER_TEXT, cancel_by),
						     CHANGE("keep", MEMBER_TEXTS, keep),
						     CHANGE("retire_by", MEMBER_TEXT_OR_NULL, retire_by),
						     {0}};
static const struct action_member retire_expect[] = {
	STATE("seats", MEMBER_INT, seats), STATE("status", MEMBER_TEXT, status), {0}};
static const struct action_member retire_result[] = {STATE("status", MEMBER_TEXT, status), {0}};

static const struct action_info action_infos[] = {
	[ACTION_ADD_PARTNER] = {"add-partner", '!', BY_HAND, "irreversible",
				"the customer accepts the partner's invitation", relation_change,
				relation_state, relation_state},
	[ACTION_REDEEM_KEY] = {"redeem-key", '!', BY_HAND, "irreversible",
			       "the product key is redeemed in the customer's tenant", redeem_change,
			       seats_expect, seats_result},
	[ACTION_SET_USAGE_LOCATION] = {"set-usage-location", '+', BY_GRAPH, "irreversible",
				       "a user without a usage location gets one", location_change,
				       location_state, location_state},
	[ACTION_ASSIGN_LICENSE] = {"assign-license", '+', BY_GRAPH, "reversible", "a user gets the new SKU",
				   license_change, license_expect, license_state},
	[ACTION_SWAP_LICENSE] = {"swap-license", '~', BY_GRAPH, "reversible",
				 "a user gets the new SKU and loses the old one, in one call", license_change,
				 license_expect, license_state},
	[ACTION_REMOVE_LICENSE] = {"remove-license", '-', BY_GRAPH, "reversible",
				   "a licence is removed from a user", license_change, license_expect,
				   license_state},
	[ACTION_SWAP_GROUP_LICENSE] = {"swap-group-license", '~', BY_GRAPH, "reversible",
				       "a group gives its members the new SKU instead of the old one",
				       license_change, license_state, license_state},
	[ACTION_RETIRE_SUBSCRIPTION] = {"retire-subscription", '-', BY_HAND, "irreversible",
					"the Advisor subscription is cancelled", retire_change, retire_expect,
					retire_result},
};
_Static_assert(ARRAY_LEN(action_infos) == ACTION_KIND_COUNT, "one row per action kind");

const struct action_info *action_info(enum action_kind kind)
{
	return &action_infos[kind];
}

bool action_kind_parse(const char *name, enum action_kind *ret_kind)
{
	for (size_t i = 0; i < ARRAY_LEN(action_infos); i++) {
		if (str_eq(action_infos[i].name, name)) {
			*ret_kind = (enum action_kind)i;
			return true;
		}
	}
	return false;
}

bool license_equal(const struct license *a, const struct license *b)
{
	if (!str_eq(a->sku_id, b->sku_id) || a->disabled_plans.count != b->disabled_plans.count)
		return false;
	for (size_t i = 0; i < a->disabled_plans.count; i++)
		if (!str_eq(a->disabled_plans.items[i], b->disabled_plans.items[i]))
			return false;
	return true;
}

/* The SKUs an action speaks of: those it adds or removes. */
static bool in_scope(const struct action *action, const char *sku_id)
{
	return license_find(&action->add, sku_id) || str_list_has(&action->remove, sku_id);
}

/* The direct disabled plans of a SKU: of the direct state where Graph gives one, else of the licence. */
static struct license direct_view(const struct user *user, const struct license *license)
{
	const struct license_state *state = user_find_state(user, license->sku_id, NULL);
	struct license view = *license;
	if (state)
		view.disabled_plans = state->disabled_plans;
	return view;
}

/* NULL when the user's direct licences in scope are exactly those of `want`; else what differs. */
static const char *licenses_differ(const struct action *action, const struct user *user,
				   const struct license_list *want, struct arena *out)
{
	for (size_t i = 0; i < want->count; i++) {
		const struct license *found = user_direct_license(user, want->items[i].sku_id);
		if (!found)
			return arena_printf(out, "does not hold %s directly", want->items[i].sku_id);
		struct license view = direct_view(user, found);
		if (!license_equal(&view, &want->items[i]))
			return arena_printf(out, "other services of %s are switched off",
					    want->items[i].sku_id);
	}
	for (size_t i = 0; i < user->licenses.count; i++) {
		const char *sku_id = user->licenses.items[i].sku_id;
		if (in_scope(action, sku_id) && !license_find(want, sku_id) &&
		    user_direct_license(user, sku_id))
			return arena_printf(out, "holds %s", sku_id);
	}
	return NULL;
}

/* A licence that is there but does not work is not the result. */
static const char *result_error(const struct action *action, const struct user *user, struct arena *out)
{
	for (size_t i = 0; i < action->result.licenses.count; i++) {
		const char *sku_id = action->result.licenses.items[i].sku_id;
		const struct license_state *state = user_find_state(user, sku_id, NULL);
		if (state && state->error)
			return arena_printf(out, "%s is assigned with error %s", sku_id, state->error);
	}
	return NULL;
}

static enum comparison compare_location(const struct action *action, const struct user *user,
					struct arena *out, const char **ret_difference)
{
	if (str_eq(user->usage_location, action->result.usage_location))
		return AS_RESULT;
	if (str_eq(user->usage_location, action->expect.usage_location))
		return AS_EXPECTED;
	*ret_difference =
		arena_printf(out, "usage location is %s, expected %s",
			     user->usage_location ? user->usage_location : "not set",
			     action->expect.usage_location ? action->expect.usage_location : "not set");
	return NEITHER;
}

enum comparison action_compare_user(const struct action *action, const struct user *user, struct arena *out,
				    const char **ret_difference)
{
	if (!user) {
		*ret_difference = "the user is gone";
		return NEITHER;
	}
	if (action->kind == ACTION_SET_USAGE_LOCATION)
		return compare_location(action, user, out, ret_difference);
	const char *not_result = licenses_differ(action, user, &action->result.licenses, out);
	if (!not_result)
		not_result = result_error(action, user, out);
	if (!not_result)
		return AS_RESULT;
	const char *not_expected = licenses_differ(action, user, &action->expect.licenses, out);
	if (!not_expected)
		return AS_EXPECTED;
	*ret_difference = not_expected;
	return NEITHER;
}

const char *action_renamed(const struct action *action, const struct user *user, struct arena *out)
{
	if (!action->upn || str_eq_fold(action->upn, user->upn))
		return NULL;
	return arena_printf(out, "renamed since the plan: the user is now '%s'; plan again", user->upn);
}

static const char *group_differs(const struct action *action, const struct group *group,
				 const struct license_list *want, struct arena *out)
{
	for (size_t i = 0; i < want->count; i++) {
		const struct license *found = license_find(&group->licenses, want->items[i].sku_id);
		if (!found)
			return arena_printf(out, "the group does not give %s", want->items[i].sku_id);
		if (!license_equal(found, &want->items[i]))
			return arena_printf(out, "the group gives %s with other services switched off",
					    want->items[i].sku_id);
	}
	for (size_t i = 0; i < group->licenses.count; i++) {
		const char *sku_id = group->licenses.items[i].sku_id;
		if (in_scope(action, sku_id) && !license_find(want, sku_id))
			return arena_printf(out, "the group gives %s", sku_id);
	}
	return NULL;
}

enum comparison action_compare_group(const struct action *action, const struct group *group,
				     struct arena *out, const char **ret_difference)
{
	if (!group) {
		*ret_difference = "the group is gone";
		return NEITHER;
	}
	const char *not_result = group_differs(action, group, &action->result.licenses, out);
	if (!not_result)
		return AS_RESULT;
	const char *not_expected = group_differs(action, group, &action->expect.licenses, out);
	if (!not_expected)
		return AS_EXPECTED;
	*ret_difference = not_expected;
	return NEITHER;
}
