/* A plan as text for a terminal. */
#include "core/out.h"
#include "core/quote.h"
#include "core/str.h"
#include "plans/render.h"
#include "plans/window.h"

#include <string.h>

enum { SERVICES_SHOWN = 3, USERS_SHOWN = 5, LABEL_WIDTH = 9 };

struct text {
	const struct render_input *in;
	const struct plan *plan;
	struct arena *tmp;
	struct strbuf *out;
	struct render_step_list steps;
};

static const char *q(struct text *t, const char *text)
{
	return quote_terminal_cut(t->tmp, text, 120);
}

static void label(struct text *t, const char *name, enum out_style style)
{
	const char *padded = arena_printf(t->tmp, "%-*s", LABEL_WIDTH, name);
	strbuf_addf(t->out, "  %s ", out_styled(t->tmp, t->in->color, style, padded));
}

static void put_title(struct text *t)
{
	const struct plan *plan = t->plan;
	strbuf_addf(t->out, "Plan %s  %s → %s (%.8s…%s%s%s)\n\n",
		    out_styled(t->tmp, t->in->color, STYLE_BOLD, t->in->folder->id), q(t, plan->customer),
		    q(t, plan->tenant_domain), plan->tenant_id, plan->tenant_name ? ", \"" : "",
		    plan->tenant_name ? q(t, plan->tenant_name) : "", plan->tenant_name ? "\"" : "");
}

/* The number, as shown, of the step that an action belongs to; 0 when there is none. */
static size_t step_of_kind(struct text *t, enum action_kind kind, const char *sku_id)
{
	for (size_t i = 0; i < t->steps.count; i++) {
		const struct action *action = &t->plan->actions.items[t->steps.items[i].first];
		if (action->kind == kind && (!sku_id || str_eq(action->sku_id, sku_id)))
			return i + 1;
	}
	return 0;
}

static void put_retires(struct text *t, const struct plan_move *move)
{
	size_t step = step_of_kind(t, ACTION_RETIRE_SUBSCRIPTION, move->advisor_sku);
	if (!move->advisor_sku || !step)
		return;
	label(t, "RETIRES", STYLE_RED);
	const char *seats = arena_printf(t->tmp, "%lld seats, %lld assigned", (long long)move->advisor_seats,
					 (long long)move->advisor_assigned);
	strbuf_addf(t->out, "Advisor %-18s %-25s step %zu, by %s", q(t, move->advisor_part_number), seats, step,
		    q(t, move->cancel_by));
	if (move->retire_by)
		strbuf_addf(t->out, ", by %s", q(t, move->retire_by));
	strbuf_add_char(t->out, '\n');
}

static void put_open(struct text *t, const struct plan_move *move)
{
	size_t step = step_of_kind(t, ACTION_REDEEM_KEY, move->open_sku);
	const char *seats = arena_printf(t->tmp, "%lld seats, %lld needed", (long long)move->open_seats,
					 (long long)move->needed);
	label(t, step ? "REDEEMS" : "FINDS", STYLE_CYAN);
	strbuf_addf(t->out, "Open    %-18s %-25s", q(t, move->open_part_number), seats);
	if (!step) {
		strbuf_addf(t->out, " in subscription %s\n", q(t, move->open_subscription));
		return;
	}
	const char *ends_in = t->plan->actions.items[t->steps.items[step - 1].first].key_ends_in;
	strbuf_addf(t->out, " step %zu, by hand%s%s\n", step, ends_in ? ", key ends in " : "",
		    ends_in ? q(t, ends_in) : "");
}

static void put_changes(struct text *t)
{
	label(t, "CHANGES", STYLE_YELLOW);
	strbuf_addf(t->out, "%lld", (long long)t->plan->summary.users_changed);
	if (t->in->folder->live.user_count >= 0)
		strbuf_addf(t->out, " of %lld", (long long)t->in->folder->live.user_count);
	strbuf_add(t->out, " users");
	for (size_t i = 0; i < t->plan->summary.moves.count; i++) {
		const struct plan_move *move = &t->plan->summary.moves.items[i];
		bool same = str_eq(move->open_sku, move->advisor_sku);
		strbuf_addf(t->out, "   +%s", q(t, move->open_part_number));
		if (move->advisor_part_number && !same)
			strbuf_addf(t->out, " -%s", q(t, move->advisor_part_number));
	}
	strbuf_add_char(t->out, '\n');
}

/* Gains may be cut, and it is said; losses never are. */
static void put_services(struct text *t)
{
	struct service_effect_list effects = {0};
	render_effects(t->plan, &t->in->folder->live, t->tmp, &effects);
	size_t gained = 0;
	size_t lost = 0;
	int64_t users = 0;
	label(t, "SERVICES", STYLE_PLAIN);
	for (size_t i = 0; i < effects.count; i++) {
		if (!effects.items[i].gained)
			continue;
		if (gained++ < SERVICES_SHOWN)
			strbuf_addf(t->out, "%s%s", gained == 1 ? "+" : ", ", q(t, effects.items[i].plan_name));
		if (effects.items[i].gained > users)
			users = effects.items[i].gained;
	}
	if (gained > SERVICES_SHOWN)
		strbuf_addf(t->out, " … (%zu in all)", gained);
	if (gained)
		strbuf_addf(t->out, " for %lld users · ", (long long)users);
	for (size_t i = 0; i < effects.count; i++) {
		if (!effects.items[i].lost)
			continue;
		const char *one = arena_printf(t->tmp, "-%s for %lld users", q(t, effects.items[i].plan_name),
					       (long long)effects.items[i].lost);
		strbuf_addf(t->out, "%s%s", lost++ ? ", " : "", out_styled(t->tmp, t->in->color, STYLE_RED, one));
	}
	strbuf_add(t->out, lost ? "\n" : "none lost\n");
}

static void put_keeps(struct text *t)
{
	label(t, "KEEPS", STYLE_GREEN);
	strbuf_addf(t->out, "service for every user     proved after each of %lld prefixes\n",
		    (long long)t->plan->proved_prefixes);
}

/* Where the window has begun and the day is known, its figures; else between which steps it lies. */
static void put_billed(struct text *t, const struct plan_move *move)
{
	size_t retire = step_of_kind(t, ACTION_RETIRE_SUBSCRIPTION, move->advisor_sku);
	if (!move->advisor_sku || !retire)
		return;
	size_t redeem = step_of_kind(t, ACTION_REDEEM_KEY, move->open_sku);
	const struct window_facts facts =
		window_facts_of(t->plan, move, &t->in->folder->live, t->in->entries);
	const struct window window = window_compute(&facts, t->in->today ? t->in->today : WINDOW_NO_DAY + 1);
	const char *last = window_day_text(window.last_safe_day, t->tmp);
	label(t, "BILLED", STYLE_YELLOW);
	if (t->in->today && (window.open || window.over || window.retire_by_passed)) {
		strbuf_addf(t->out, "%s\n", window_text(&window, t->tmp));
		return;
	}
	if (redeem)
		strbuf_addf(t->out, "twice from step %zu to step %zu", redeem, retire);
	else
		strbuf_addf(t->out, "twice now, until step %zu", retire);
	if (last)
		strbuf_addf(t->out, "; last safe day %s", last);
	strbuf_add_char(t->out, '\n');
}

static const char *limit_text(struct text *t, const struct limit *limit)
{
	return arena_printf(t->tmp, "%lld%s", (long long)limit->value, limit->is_percent ? "%" : "");
}

/* The customer's limits can only be tighter, so they are the ones that count where given. */
static const struct limit *limit_in_force(const struct limit *customers, const struct limit *repositorys)
{
	return customers->given ? customers : repositorys;
}

static void put_limits(struct text *t)
{
	if (!t->in->desired || !t->in->policy)
		return;
	const struct limits *mine = &t->in->desired->limits;
	const struct limits *all = &t->in->policy->limits;
	label(t, "LIMITS", STYLE_PLAIN);
	strbuf_addf(t->out, "users changed %lld (limit %s) · licences taken %lld (limit %s)\n",
		    (long long)t->plan->summary.users_changed,
		    limit_text(t, limit_in_force(&mine->users_changed, &all->users_changed)),
		    (long long)t->plan->summary.licenses_taken,
		    limit_text(t, limit_in_force(&mine->licenses_taken, &all->licenses_taken)));
}

static void put_needs(struct text *t)
{
	int64_t requests;
	int64_t seconds;
	render_estimate(t->plan, &requests, &seconds);
	label(t, "NEEDS", STYLE_PLAIN);
	int64_t required = t->in->policy ? t->in->policy->approvals_required : -1;
	if (required > 0)
		strbuf_addf(t->out, "%lld approval%s (has %lld) · ", (long long)required, required == 1 ? "" : "s",
			    (long long)t->in->approvals_valid);
	else if (required == 0)
		strbuf_add(t->out, "no approval · ");
	strbuf_addf(t->out, "%lld step%s by hand · about %lld Graph requests, %lld s\n",
		    (long long)t->plan->summary.by_hand, t->plan->summary.by_hand == 1 ? "" : "s",
		    (long long)requests, (long long)seconds);
}

static const char *part_number(struct text *t, const char *sku_id)
{
	for (size_t i = 0; i < t->plan->summary.moves.count; i++) {
		const struct plan_move *move = &t->plan->summary.moves.items[i];
		if (str_eq(move->open_sku, sku_id))
			return q(t, move->open_part_number);
		if (str_eq(move->advisor_sku, sku_id))
			return q(t, move->advisor_part_number);
	}
	return q(t, sku_id);
}

/* What a step acts on, for the list of steps. */
static const char *step_subject(struct text *t, const struct render_step *step)
{
	const struct action *action = &t->plan->actions.items[step->first];
	const char *plural = step->count == 1 ? "" : "s";
	switch (action->kind) {
	case ACTION_ADD_PARTNER:
		return q(t, t->plan->tenant_domain);
	case ACTION_REDEEM_KEY:
		return arena_printf(t->tmp, "%lld × %s", (long long)action->seats, part_number(t, action->sku_id));
	case ACTION_SET_USAGE_LOCATION:
		return arena_printf(t->tmp, "%zu user%s → %s%s", step->count, plural, q(t, action->usage_location),
				    step->count > 1 ? " …" : "");
	case ACTION_ASSIGN_LICENSE:
	case ACTION_SWAP_LICENSE:
	case ACTION_REMOVE_LICENSE:
		return arena_printf(t->tmp, "%zu user%s%s", step->count, plural, step->canary ? "  (canary)" : "");
	case ACTION_SWAP_GROUP_LICENSE:
		return step->count == 1 ? arena_printf(t->tmp, "group %s", q(t, action->group_name))
					: arena_printf(t->tmp, "%zu groups", step->count);
	case ACTION_RETIRE_SUBSCRIPTION:
		return arena_printf(t->tmp, "%s %.8s…", part_number(t, action->sku_id), action->subscription_id);
	case ACTION_KIND_COUNT:
		break;
	}
	return "";
}

static void put_steps(struct text *t)
{
	strbuf_add_char(t->out, '\n');
	for (size_t i = 0; i < t->steps.count; i++) {
		const struct action *action = &t->plan->actions.items[t->steps.items[i].first];
		const struct action_info *info = action_info(action->kind);
		const char *by = info->by == BY_GRAPH ? ""
				 : action->cancel_by ? arena_printf(t->tmp, "by %s", q(t, action->cancel_by))
						     : "by hand";
		const char *line = arena_printf(t->tmp, "%3zu  %c %-21s %-32s %s", i + 1, info->mark, info->name,
						step_subject(t, &t->steps.items[i]), by);
		size_t len = strlen(line);
		while (len && line[len - 1] == ' ')
			len--;
		strbuf_addf(t->out, "%.*s\n", (int)len, line);
	}
}

static void put_change(struct text *t, const struct action *action)
{
	strbuf_addf(t->out, "     %s  %s", action->id, q(t, action->upn ? action->upn : action->group_name));
	if (action->usage_location)
		strbuf_addf(t->out, "  → %s", q(t, action->usage_location));
	for (size_t i = 0; i < action->add.count; i++) {
		strbuf_addf(t->out, "  +%s", part_number(t, action->add.items[i].sku_id));
		if (action->add.items[i].disabled_plans.count)
			strbuf_addf(t->out, " (%zu services off)", action->add.items[i].disabled_plans.count);
	}
	for (size_t i = 0; i < action->remove.count; i++)
		strbuf_addf(t->out, "  -%s", part_number(t, action->remove.items[i]));
	strbuf_add_char(t->out, '\n');
}

/* Swaps and additions are cut after a few; what takes something without giving is never cut. */
static void put_details(struct text *t)
{
	for (size_t i = 0; i < t->steps.count; i++) {
		const struct render_step *step = &t->steps.items[i];
		const struct action *first = &t->plan->actions.items[step->first];
		if (action_info(first->kind)->by == BY_HAND)
			continue;
		bool whole = t->in->full || first->kind == ACTION_REMOVE_LICENSE ||
			     first->kind == ACTION_SWAP_GROUP_LICENSE;
		size_t shown = whole || step->count <= USERS_SHOWN ? step->count : USERS_SHOWN;
		strbuf_addf(t->out, "\n  Step %zu, %s:\n", i + 1, action_info(first->kind)->name);
		for (size_t j = 0; j < shown; j++)
			put_change(t, first + j);
		if (shown < step->count)
			strbuf_addf(t->out, "     … and %zu more (--full shows all)\n", step->count - shown);
	}
}

static void put_warnings(struct text *t)
{
	for (size_t i = 0; i < t->plan->warnings.count; i++) {
		const struct plan_warning *warning = &t->plan->warnings.items[i];
		if (i == 0)
			strbuf_add_char(t->out, '\n');
		const char *code = arena_printf(t->tmp, "warning[SS%d]", (int)warning->code);
		strbuf_addf(t->out, "  %s: %s\n", out_styled(t->tmp, t->in->color, STYLE_YELLOW, code),
			    quote_terminal(t->tmp, warning->message));
	}
}

void render_text(const struct render_input *input, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct text t = {.in = input, .plan = &input->folder->plan, .tmp = tmp, .out = out};
	const struct plan_move_list *moves = &t.plan->summary.moves;
	render_steps(t.plan, tmp, &t.steps);
	put_title(&t);
	for (size_t i = 0; i < moves->count; i++)
		put_retires(&t, &moves->items[i]);
	for (size_t i = 0; i < moves->count; i++)
		put_open(&t, &moves->items[i]);
	put_changes(&t);
	put_services(&t);
	put_keeps(&t);
	for (size_t i = 0; i < moves->count; i++)
		put_billed(&t, &moves->items[i]);
	put_limits(&t);
	put_needs(&t);
	put_steps(&t);
	put_warnings(&t);
	put_details(&t);
	strbuf_addf(out, "\nApply it with: seatshift apply %.8s\n", input->folder->id);
}
