/* Actions: the kinds table, and whether live state is as an action expects or leaves it. */
#include "core/action.h"

#include "core/catalog.h"
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

static const struct action_member receive_change[] = {
	CHANGE("arrives_by", MEMBER_TEXT, arrives_by),
	CHANGE("programme", MEMBER_TEXT, programme),
	CHANGE("provisioned_by", MEMBER_TEXT_OR_NULL, provisioned_by),
	CHANGE("return_until", MEMBER_TEXT_OR_NULL, return_until),
	CHANGE("seats", MEMBER_INT, seats),
	CHANGE("sku", MEMBER_TEXT, sku_id),
	{0}};
static const struct action_member receive_expect[] = {
	STATE("seats", MEMBER_INT, seats), STATE("subscriptions", MEMBER_TEXTS, subscription_ids), {0}};

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

static const struct action_member reactivate_change[] = {CHANGE("seats", MEMBER_INT, seats), {0}};
static const struct action_member reactivate_expect[] = {
	STATE("ends", MEMBER_TEXT_OR_NULL, ends), STATE("status", MEMBER_TEXT, status), {0}};
static const struct action_member reactivate_result[] = {
	STATE("seats", MEMBER_INT, seats), STATE("status", MEMBER_TEXT, status), {0}};

static const struct action_info action_infos[] = {
	[ACTION_ADD_PARTNER] = {"add-partner", '!', BY_HAND, "the customer accepts the partner's invitation",
				relation_change, relation_state, relation_state},
	[ACTION_REDEEM_KEY] = {"redeem-key", '!', BY_HAND,
			       "the product key is redeemed in the customer's tenant", redeem_change,
			       seats_expect, seats_result},
	[ACTION_RECEIVE_SEATS] = {"receive-seats", '!', BY_HAND,
				  "somebody else puts the seats into the customer's tenant", receive_change,
				  receive_expect, seats_result},
	[ACTION_SET_USAGE_LOCATION] = {"set-usage-location", '+', BY_GRAPH,
				       "a user without a usage location gets one", location_change,
				       location_state, location_state},
	[ACTION_ASSIGN_LICENSE] = {"assign-license", '+', BY_GRAPH, "a user gets the new SKU", license_change,
				   license_expect, license_state},
	[ACTION_SWAP_LICENSE] = {"swap-license", '~', BY_GRAPH,
				 "a user gets the new SKU and loses the old one, in one call", license_change,
				 license_expect, license_state},
	[ACTION_REMOVE_LICENSE] = {"remove-license", '-', BY_GRAPH, "a licence is removed from a user",
				   license_change, license_expect, license_state},
	[ACTION_SWAP_GROUP_LICENSE] = {"swap-group-license", '~', BY_GRAPH,
				       "a group gives its members the new SKU instead of the old one",
				       license_change, license_state, license_state},
	[ACTION_RETIRE_SUBSCRIPTION] = {"retire-subscription", '-', BY_HAND,
					"the Advisor subscription is cancelled", retire_change, retire_expect,
					retire_result},
	[ACTION_REACTIVATE_SUBSCRIPTION] = {"reactivate-subscription", '!', BY_HAND,
					    "a subscription that was retired is reactivated",
					    reactivate_change, reactivate_expect, reactivate_result},
};
_Static_assert(ARRAY_LEN(action_infos) == ACTION_KIND_COUNT, "one row per action kind");

const struct action_info *action_info(enum action_kind kind)
{
	return &action_infos[kind];
}

bool action_brings_seats(enum action_kind kind)
{
	return kind == ACTION_REDEEM_KEY || kind == ACTION_RECEIVE_SEATS;
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

/* What counts of a user: the direct licences in scope, with what is off in them. */
static struct license_list direct_licenses(const struct action *action, const struct user *user,
					   struct arena *out)
{
	struct license_list found = {0};
	for (size_t i = 0; i < user->licenses.count; i++) {
		struct license license = user->licenses.items[i];
		if (!in_scope(action, license.sku_id) || !user_direct_license(user, license.sku_id))
			continue;
		/* Of the direct state where Graph gives one, else of the licence. */
		const struct license_state *state = user_find_state(user, license.sku_id, NULL);
		if (state)
			license.disabled_plans = state->disabled_plans;
		VEC_PUSH(out, &found, license);
	}
	return found;
}

static struct license_list given_licenses(const struct action *action, const struct group *group,
					  struct arena *out)
{
	struct license_list found = {0};
	for (size_t i = 0; i < group->licenses.count; i++)
		if (in_scope(action, group->licenses.items[i].sku_id))
			VEC_PUSH(out, &found, group->licenses.items[i]);
	return found;
}

static bool same_skus(const struct license_list *a, const struct license_list *b)
{
	bool same = a->count == b->count;
	for (size_t i = 0; same && i < a->count; i++)
		same = license_find(b, a->items[i].sku_id) != NULL;
	return same;
}

static bool same_licenses(const struct license_list *a, const struct license_list *b)
{
	bool same = a->count == b->count;
	for (size_t i = 0; same && i < a->count; i++) {
		const struct license *other = license_find(b, a->items[i].sku_id);
		same = other && license_equal(&a->items[i], other);
	}
	return same;
}

/* Names of what is in one list of service plans and not in the other, whose ids go to *ret_ids. */
static const char *beyond(const struct str_list *list, const struct str_list *other, struct arena *out,
			  struct str_list *ret_ids)
{
	struct str_list names = {0};
	for (size_t i = 0; i < list->count; i++) {
		if (str_list_has(other, list->items[i]))
			continue;
		VEC_PUSH(out, &names, catalog_plan_text(list->items[i]));
		if (ret_ids)
			VEC_PUSH(out, ret_ids, list->items[i]);
	}
	return names.count ? str_list_join(out, &names, ", ") : NULL;
}

/* "ENTERPRISEPACK has SWAY off that should be on"; what is off besides goes to *ret_off. */
static const char *plans_differ(const struct license *found, const struct license *want, struct arena *out,
				struct str_list *ret_off)
{
	const char *off = beyond(&found->disabled_plans, &want->disabled_plans, out, ret_off);
	const char *on = beyond(&want->disabled_plans, &found->disabled_plans, out, NULL);
	return arena_printf(out, "%s has %s%s%s%s%s", catalog_sku_text(found->sku_id), off ? off : "",
			    off ? " off that should be on" : "", off && on ? ", and " : "", on ? on : "",
			    on ? " on that should be off" : "");
}

/* NULL when the licences found are those of `want`; else the first that differs. */
static const char *licenses_differ(const struct license_list *found, const struct license_list *want,
				   const char *holds, const char *holds_not, struct arena *out)
{
	for (size_t i = 0; i < want->count; i++) {
		const struct license *has = license_find(found, want->items[i].sku_id);
		if (!has)
			return arena_printf(out, "%s %s", holds_not, catalog_sku_text(want->items[i].sku_id));
		if (!license_equal(has, &want->items[i]))
			return plans_differ(has, &want->items[i], out, NULL);
	}
	for (size_t i = 0; i < found->count; i++)
		if (!license_find(want, found->items[i].sku_id))
			return arena_printf(out, "%s %s", holds, catalog_sku_text(found->items[i].sku_id));
	return NULL;
}

/* A licence that is there but does not work is not the result. */
static const char *result_error(const struct action *action, const struct user *user, struct arena *out)
{
	for (size_t i = 0; i < action->result.licenses.count; i++) {
		const char *sku_id = action->result.licenses.items[i].sku_id;
		const struct license_state *state = user_find_state(user, sku_id, NULL);
		if (state && state->error)
			return arena_printf(out, "%s is assigned with error %s", catalog_sku_text(sku_id),
					    state->error);
	}
	return NULL;
}

/* Against the result where the subject holds just what that says, for then it is past the state before. */
static const char *describe(const struct action *action, const struct license_list *found, const char *holds,
			    const char *holds_not, struct arena *out)
{
	const struct license_list *want = same_skus(found, &action->result.licenses)
						  ? &action->result.licenses
						  : &action->expect.licenses;
	return licenses_differ(found, want, holds, holds_not, out);
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
	const struct license_list found = direct_licenses(action, user, out);
	const char *broken = NULL;
	if (same_licenses(&found, &action->result.licenses)) {
		broken = result_error(action, user, out);
		if (!broken)
			return AS_RESULT;
	}
	if (same_licenses(&found, &action->expect.licenses))
		return AS_EXPECTED;
	*ret_difference = broken ? broken : describe(action, &found, "holds", "does not hold", out);
	return NEITHER;
}

const char *action_renamed(const struct action *action, const struct user *user, struct arena *out)
{
	if (!action->upn || str_eq_fold(action->upn, user->upn))
		return NULL;
	return arena_printf(out, "renamed since the plan: the user is now '%s'; plan again", user->upn);
}

const char *action_group_renamed(const struct action *action, const struct group *group, struct arena *out)
{
	if (!action->group_name || str_eq(action->group_name, group->display_name))
		return NULL;
	return arena_printf(out, "renamed since the plan: the group is now '%s'; plan again",
			    group->display_name);
}

enum comparison action_compare_group(const struct action *action, const struct group *group,
				     struct arena *out, const char **ret_difference)
{
	if (!group) {
		*ret_difference = "the group is gone";
		return NEITHER;
	}
	const struct license_list found = given_licenses(action, group, out);
	if (same_licenses(&found, &action->result.licenses))
		return AS_RESULT;
	if (same_licenses(&found, &action->expect.licenses))
		return AS_EXPECTED;
	*ret_difference = describe(action, &found, "the group gives", "the group does not give", out);
	return NEITHER;
}

static struct kept kept_of(const struct action *action, const struct license_list *found, struct arena *out)
{
	const struct license_list *want = &action->result.licenses;
	struct kept kept = {0};
	struct str_list texts = {0};
	for (size_t i = 0; same_skus(found, want) && i < want->count; i++) {
		const struct license *has = license_find(found, want->items[i].sku_id);
		if (!license_equal(has, &want->items[i]))
			VEC_PUSH(out, &texts, plans_differ(has, &want->items[i], out, &kept.off));
	}
	if (texts.count)
		kept.text = str_list_join(out, &texts, "; ");
	return kept;
}

struct kept action_kept_by_user(const struct action *action, const struct user *user, struct arena *out)
{
	const struct license_list found = direct_licenses(action, user, out);
	return result_error(action, user, out) ? (struct kept){0} : kept_of(action, &found, out);
}

struct kept action_kept_by_group(const struct action *action, const struct group *group, struct arena *out)
{
	const struct license_list found = given_licenses(action, group, out);
	return kept_of(action, &found, out);
}
