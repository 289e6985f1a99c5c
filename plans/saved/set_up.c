/* Whether the services of a plan's new licences are set up. */
#include "plans/saved/set_up.h"

#include "core/catalog.h"
#include "core/service_names.h"
#include "core/str.h"
#include "plans/planning/services.h"
#include "plans/saved/served.h"

enum { NAMED_AT_MOST = 5 };

static const char mail_service[] = "exchange";

/* ---- by the list ---------------------------------------------------------------------------- */

static bool is_usable(const struct provisioned_service *service)
{
	return !service->capability || str_eq(service->capability, "Enabled") ||
	       str_eq(service->capability, "Warning");
}

/* What somebody had before stays in the list for long. */
static bool is_left_over(const struct provisioned_service *service)
{
	return str_eq(service->capability, "Deleted");
}

struct looking {
	struct sku_cache skus;
	const char *rest; /* SKU on which the user of the action rests, or NULL */
	struct arena *out;
	struct set_up_gap_list *gaps;
};

/* How many service plans the list calls "exchange" at least: a mailbox, and what others of them rest on. */
static size_t count_mail_plans(struct looking *l, const struct user *user)
{
	size_t count = 0;
	for (size_t i = 0; i < user->licenses.count; i++) {
		const struct license *license = &user->licenses.items[i];
		const struct sku_view *sku = sku_cache_get(&l->skus, license->sku_id);
		for (size_t k = 0; sku && k < sku->plans.count; k++) {
			const struct service_plan *plan = &sku->plans.items[k];
			count += (str_list_has(&sku->mailbox_plans, plan->id) ||
				  str_starts(plan->name, "EXCHANGE_S_FOUNDATION")) &&
				 !str_list_has(&license->disabled_plans, plan->id);
		}
	}
	return count;
}

/*
 * The word for what is wrong with somebody's mail by the list; NULL: nothing. A row does not say of which
 * service plan it is: fewer that work than the licences hold may lack the mailbox's.
 */
static const char *mail_trouble(struct looking *l, const struct user *user)
{
	size_t working = 0;
	for (size_t i = 0; i < user->services.count; i++) {
		const struct provisioned_service *service = &user->services.items[i];
		if (!str_eq_fold(service->service, mail_service) || !service->status || is_left_over(service))
			continue;
		if (!is_usable(service))
			return service->capability;
		if (!str_eq(service->status, "Success") && !str_eq(service->status, "Disabled"))
			return service->status;
		working += str_eq(service->status, "Success");
	}
	return working && working >= count_mail_plans(l, user) ? NULL : "not shown";
}

static const struct provisioned_service *find_error(const struct user *user)
{
	for (size_t i = 0; i < user->services.count; i++) {
		const struct provisioned_service *service = &user->services.items[i];
		if (is_usable(service) && str_eq(service->status, "Error"))
			return service;
	}
	return NULL;
}

/* What the action gives, or what it leaves the user to rest on, as the user holds it now. */
static struct license_list given_now(const struct action *action, const char *rest, const struct user *user,
				     struct arena *out)
{
	struct license_list given = {0};
	for (size_t i = 0; i < user->licenses.count; i++) {
		const struct license *license = &user->licenses.items[i];
		if (license_find(&action->add, license->sku_id) || str_eq(license->sku_id, rest))
			VEC_PUSH(out, &given, *license);
	}
	return given;
}

static void doubt_user(struct looking *l, const struct action *action, const struct user *user)
{
	const struct provisioned_service *error = find_error(user);
	struct set_up_gap gap = {.action = action,
				 .given = given_now(action, l->rest, user, l->out),
				 .user_id = user->id,
				 .upn = user->upn};
	if (error) {
		gap.service = error->service;
		gap.status = error->status;
		gap.is_error = true;
	} else if (sku_cache_has_mailbox(&l->skus, &gap.given)) {
		gap.service = "the mailbox";
		gap.status = mail_trouble(l, user);
	}
	if (gap.status)
		VEC_PUSH(l->out, l->gaps, gap);
}

static void doubt_people(struct looking *l, const struct action *action)
{
	const struct live *live = l->skus.live;
	const struct group *group = action->group_id ? live_find_group(live, action->group_id) : NULL;
	const struct user *user = action->user_id ? live_find_user(live, action->user_id) : NULL;
	if (user)
		doubt_user(l, action, user);
	for (size_t i = 0; group && i < group->member_ids.count; i++) {
		const struct user *member = live_find_user(live, group->member_ids.items[i]);
		if (member)
			doubt_user(l, action, member);
	}
}

void set_up_doubtful(const struct plan *plan, const struct live *before, const struct live *live,
		     struct arena *out, struct set_up_gap_list *ret)
{
	struct looking l = {.skus = {.live = live, .out = out}, .out = out, .gaps = ret};
	*ret = (struct set_up_gap_list){0};
	for (size_t i = 0; i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		l.rest = action_rests_on(plan, before, action);
		if (action->add.count || l.rest)
			doubt_people(&l, action);
	}
}

/* ---- by the details ------------------------------------------------------------------------- */

static const char *service_words(const struct service_plan *plan)
{
	const struct service_name *name = service_name_find(plan->name);
	return name ? name->shown : plan->name;
}

static void add_gap(struct looking *l, const struct set_up_gap *of, const char *service, const char *status)
{
	struct set_up_gap gap = *of;
	gap.service = service;
	gap.status = status;
	gap.is_error = str_eq(status, "Error");
	VEC_PUSH(l->out, l->gaps, gap);
}

/* What is wrong with one licence that the person holds by the action. */
static void judge_license(struct looking *l, const struct set_up_gap *of, const struct license *license,
			  const struct live *details)
{
	const struct sku_view *sku = sku_cache_get(&l->skus, license->sku_id);
	bool is_shown = false;
	for (size_t i = 0; i < details->plan_states.count; i++) {
		const struct plan_state *state = &details->plan_states.items[i];
		if (!str_eq(state->user_id, of->user_id) || !str_eq(state->sku_id, license->sku_id) ||
		    str_list_has(&license->disabled_plans, state->plan.id))
			continue;
		const char *status = state->plan.provisioning_status;
		bool is_mail = sku && str_list_has(&sku->mailbox_plans, state->plan.id);
		is_shown = is_shown || is_mail;
		if (str_eq(status, "Error") || (is_mail && !str_eq(status, "Success")))
			add_gap(l, of, service_words(&state->plan), status ? status : "not shown");
	}
	struct license copy = *license;
	const struct license_list one = {.items = &copy, .count = 1, .cap = 1};
	if (!is_shown && sku_cache_has_mailbox(&l->skus, &one))
		add_gap(l, of, "the mailbox", "not shown");
}

void set_up_of_details(const struct set_up_gap_list *doubtful, const struct live *live,
		       const struct live *details, struct arena *out, struct set_up_gap_list *ret)
{
	struct looking l = {.skus = {.live = live, .out = out}, .out = out, .gaps = ret};
	*ret = (struct set_up_gap_list){0};
	for (size_t i = 0; i < doubtful->count; i++) {
		const struct set_up_gap *of = &doubtful->items[i];
		for (size_t k = 0; k < of->given.count; k++)
			judge_license(&l, of, &of->given.items[k], details);
	}
}

/* ---- in words ------------------------------------------------------------------------------- */

bool set_up_has_error(const struct set_up_gap_list *gaps)
{
	for (size_t i = 0; i < gaps->count; i++)
		if (gaps->items[i].is_error)
			return true;
	return false;
}

static const char *gap_text(const struct set_up_gap *gap, struct arena *out)
{
	if (gap->is_error)
		return arena_printf(out, "%s: %s could not be set up (Error)", gap->upn, gap->service);
	if (str_eq(gap->status, "PendingActivation"))
		return arena_printf(out,
				    "%s: %s waits for an administrator to activate it (PendingActivation)",
				    gap->upn, gap->service);
	return arena_printf(out, "%s: %s is not set up yet (%s)", gap->upn, gap->service, gap->status);
}

const char *set_up_text(const struct set_up_gap_list *gaps, struct arena *out)
{
	const bool errors = set_up_has_error(gaps);
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct str_list parts = {0};
	for (size_t i = 0; i < gaps->count; i++)
		if (!errors || gaps->items[i].is_error)
			VEC_PUSH(tmp, &parts, gap_text(&gaps->items[i], tmp));
	str_list_sort_unique(&parts);
	const size_t more = parts.count > NAMED_AT_MOST ? parts.count - NAMED_AT_MOST : 0;
	parts.count -= more;
	if (more)
		VEC_PUSH(tmp, &parts, arena_printf(tmp, "and %zu more", more));
	return str_list_join(out, &parts, "; ");
}
