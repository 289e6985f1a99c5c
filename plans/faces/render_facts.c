/* The first screen of a plan: one line per question that a reviewer has. */
#include "core/str.h"
#include "plans/faces/render_model.h"
#include "plans/standing/give_back.h"

#include <string.h>

enum { SERVICES_SHOWN = 3 };

/* A name from the tenant or a file, marked: each face quotes it for its target. */
static const char *name_of(const struct render_model *m, const char *text)
{
	const char *name = render_name(m->arena, text);
	return *name ? render_data(m->arena, name) : name;
}

static const char *seats_text(struct render_model *m, int64_t seats, int64_t used, const char *word)
{
	return arena_printf(m->arena, "%s, %s %s", say_number(m->arena, seats, "seat", "seats"),
			    say_count(m->arena, used), word);
}

static const char *seats_needed(struct render_model *m, int64_t seats, int64_t needed)
{
	return seats ? seats_text(m, seats, needed, "needed")
		     : arena_printf(m->arena, "%s needed", say_count(m->arena, needed));
}

static void add_retires(struct render_model *m, const struct plan_move *move)
{
	const struct render_step *step = render_retire_step(m, move);
	if (!step)
		return;
	const char *retire_by = step->first->retire_by;
	render_add_fact(m, "RETIRES", STYLE_YELLOW,
			arena_printf(m->arena, "Advisor %s", name_of(m, move->advisor_part_number)),
			seats_text(m, move->advisor_seats, move->advisor_assigned, "assigned"),
			arena_printf(m->arena, "step %zu, %s%s%s", step->number, step->by,
				     retire_by ? ", by " : "", name_of(m, retire_by)));
}

/* The one that was found, as it is live; the file may have said another number of seats. */
static const struct subscription *found_open(const struct render_model *m, const struct plan_move *move)
{
	return move->open_subscription ? live_find_subscription(&m->in->folder->live, move->open_subscription)
				       : NULL;
}

/* Whether all seats of its SKU are that one's, so that whoever holds the SKU stands on it. */
static bool is_only_one(const struct live *live, const struct subscription *s)
{
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *other = &live->subscriptions.items[i];
		if (other != s && str_eq(other->sku_id, s->sku_id) && !subscription_is_retired(other))
			return false;
	}
	return true;
}

/* Who was moved before is read no more, and needs a seat all the same. */
static int64_t needed_of_found(const struct render_model *m, const struct plan_move *move,
			       const struct subscription *s)
{
	const struct sku *sku = live_find_sku(m->live, move->open_sku);
	int64_t unread = sku ? sku->consumed : 0;
	for (size_t i = 0; i < m->live->users.count; i++)
		unread -= license_find(&m->live->users.items[i].licenses, move->open_sku) != NULL;
	return s && unread > 0 && is_only_one(m->live, s) ? move->needed + unread : move->needed;
}

static void add_found(struct render_model *m, const struct plan_move *move, const char *what)
{
	const struct subscription *s = found_open(m, move);
	int64_t needed = needed_of_found(m, move, s);
	const char *found = name_of(m, move->open_subscription);
	const bool differs = s && move->open_seats && s->seats != move->open_seats;
	const char *where = *found ? arena_printf(m->arena, "in subscription %s", found) : "there already";
	if (differs)
		where = arena_printf(m->arena, "%s; the file says %s", where,
				     say_count(m->arena, move->open_seats));
	render_add_fact(m, "FINDS", STYLE_CYAN, what,
			seats_needed(m, differs ? s->seats : move->open_seats, needed), where);
}

static void add_open(struct render_model *m, const struct plan_move *move)
{
	const struct render_step *step = render_arrival_step(m, move);
	const char *what = arena_printf(m->arena, "%-7s %s", render_open_label(m, move),
					name_of(m, move->open_part_number));
	const char *seats = seats_needed(m, move->open_seats, move->needed);
	const struct render_step *back = render_reactivate_step(m, move);
	if (back) {
		const char *ends = back->first->expect.ends;
		render_add_fact(m, "REVIVES", STYLE_YELLOW, what, seats,
				arena_printf(m->arena, "step %zu, by hand%s%s", back->number,
					     ends ? ", possible until " : "", name_of(m, ends)));
		return;
	}
	if (!step) {
		add_found(m, move, what);
		return;
	}
	const char *ends_in = step->first->key_ends_in;
	bool by_key = step->first->kind == ACTION_REDEEM_KEY;
	render_add_fact(m, by_key ? "REDEEMS" : "RECEIVES", STYLE_CYAN, what, seats,
			by_key ? arena_printf(m->arena, "step %zu, by hand%s%s", step->number,
					      ends_in ? ", key ends in " : "", name_of(m, ends_in))
			       : arena_printf(m->arena, "step %zu, %s %s", step->number,
					      name_of(m, step->first->arrives_by), name_of(m, step->by)));
}

/* Each sign with its name is one piece of data. */
static const char *signed_names(const struct render_model *m, const struct render_step *step)
{
	struct str_list names = {0};
	for (size_t i = 0; i < step->changes.count; i++)
		VEC_PUSH(m->arena, &names, name_of(m, step->changes.items[i]));
	return str_list_join(m->arena, &names, " ");
}

/* Where there are several: "23 users +ENTERPRISEPACK -STANDARDPACK; 1 user +ENTERPRISEPACK": each kind of
 * change once. */
static const char *kinds_of_change(const struct render_model *m)
{
	struct str_list kinds = {0};
	struct str_list lines = {0};
	const char *only = NULL;
	for (size_t i = 0; i < m->steps.count; i++) {
		const char *change = m->steps.items[i].change;
		int64_t count = 0;
		if (!*change || str_list_has(&kinds, change))
			continue;
		VEC_PUSH(m->arena, &kinds, change);
		for (size_t j = i; j < m->steps.count; j++)
			if (str_eq(m->steps.items[j].change, change))
				count += (int64_t)m->steps.items[j].actions.count;
		bool group = m->steps.items[i].first->group_id != NULL;
		VEC_PUSH(m->arena, &lines,
			 arena_printf(m->arena, "%s %s",
				      say_number(m->arena, count, group ? "group" : "user",
						 group ? "groups" : "users"),
				      only = signed_names(m, &m->steps.items[i])));
	}
	if (lines.count < 2)
		return only;
	return str_list_join(m->arena, &lines, "; ");
}

static void add_changes(struct render_model *m)
{
	int64_t changed = m->plan->summary.users_changed;
	const char *people =
		m->live->user_count >= 0
			? arena_printf(m->arena, "%s of %s", say_count(m->arena, changed),
				       say_number(m->arena, m->live->user_count, "user", "users"))
			: say_number(m->arena, changed, "user", "users");
	render_add_fact(m, "CHANGES", STYLE_YELLOW, people, kinds_of_change(m), NULL);
	int64_t taken = m->plan->summary.licenses_taken;
	if (!taken)
		return;
	render_add_fact(m, "TAKES", STYLE_RED, say_number(m->arena, taken, "licence", "licences"),
			taken == 1 ? "with nothing in its place" : "with nothing in their place", NULL);
	m->facts.items[m->facts.count - 1].alarm = true;
}

/* The sign belongs to the first word: no line ends between them. */
static const char *lost_name(const struct render_model *m, const struct service_effect *effect)
{
	if (effect->shown)
		return arena_printf(m->arena, "-%s", render_lost_name(m, effect));
	return render_data(m->arena, arena_printf(m->arena, "-%s", render_name(m->arena, effect->plan_name)));
}

static const char *part_number_of(const struct render_model *m, const char *sku_id, struct arena *out)
{
	return name_of(m, render_part_number(m, sku_id, out));
}

/* Every one of them: what is lost is never cut. Of a licence that stops working, by its name. */
static bool list_lost(struct render_model *m, struct strbuf *buf)
{
	bool some = m->stranded.people > 0;
	if (some)
		strbuf_addf(buf, "%s lost for %s", render_stranded_services(m, part_number_of),
			    say_number(m->arena, m->stranded.people, "user", "users"));
	for (size_t i = 0; i < m->effects.count; i++) {
		const struct service_effect *effect = &m->effects.items[i];
		if (!effect->lost)
			continue;
		strbuf_addf(buf, "%s%s for %s", some ? ", " : "", lost_name(m, effect),
			    say_number(m->arena, effect->lost, "user", "users"));
		some = true;
	}
	if (!some)
		strbuf_add(buf, "none lost");
	return some;
}

static void list_gained(struct render_model *m, struct strbuf *buf)
{
	size_t gained = 0;
	int64_t users = 0;
	for (size_t i = 0; i < m->effects.count; i++) {
		const struct service_effect *effect = &m->effects.items[i];
		if (!effect->gained)
			continue;
		if (gained++ < SERVICES_SHOWN)
			strbuf_addf(buf, "%s%s", gained == 1 ? "+" : ", ",
				    effect->shown ? effect->shown : render_effect_name(m, effect));
		users = effect->gained > users ? effect->gained : users;
	}
	if (gained > SERVICES_SHOWN)
		strbuf_addf(buf, " … (%zu in all)", gained);
	if (gained)
		strbuf_addf(buf, " for %s%s", gained > 1 ? "up to " : "",
			    say_number(m->arena, users, "user", "users"));
	else
		strbuf_add(buf, "none gained");
}

/* Losses first. Gains may be cut, and it is said. What goes with a licence is listed at its step. */
static void add_services(struct render_model *m)
{
	CLEANUP(strbuf_release) struct strbuf lost = STRBUF_INIT(STRBUF_LARGE);
	CLEANUP(strbuf_release) struct strbuf gained = STRBUF_INIT(STRBUF_LARGE);
	size_t replaced = 0;
	size_t removed = 0;
	for (size_t i = 0; i < m->effects.count; i++) {
		replaced += m->effects.items[i].replaced > 0;
		removed += m->effects.items[i].removed > 0;
	}
	bool some_lost = list_lost(m, &lost);
	if (removed)
		strbuf_addf(&lost, "%s %zu that go with licences taken", some_lost ? " and" : " but",
			    removed);
	list_gained(m, &gained);
	if (replaced)
		strbuf_addf(&gained, "; %zu replaced in kind", replaced);
	render_add_fact(m, "SERVICES", STYLE_PLAIN, strbuf_dup(m->arena, &lost),
			strbuf_dup(m->arena, &gained), NULL);
	m->facts.items[m->facts.count - 1].alarm = some_lost || removed;
}

static const char *limit_text(struct render_model *m, const struct limit *limit)
{
	return arena_printf(m->arena, "%s%s", say_count(m->arena, limit->value),
			    limit->is_percent ? "%" : "");
}

/* The customer's limits can only be tighter, so they are the ones that count where given. */
static const struct limit *limit_in_force(const struct limit *customers, const struct limit *repositorys)
{
	return customers->given ? customers : repositorys;
}

static void add_rehearsed(struct render_model *m)
{
	const struct rehearsed *r = m->in->rehearsed;
	if (!r || !r->found)
		return;
	const char *how = r->good ? "all ended alike, and were undone" : "NOT all ended alike";
	render_add_fact(m, "REHEARSED", r->good ? STYLE_GREEN : STYLE_RED,
			arena_printf(m->arena, "%lld disturbed run%s, %s", (long long)r->runs,
				     r->runs == 1 ? "" : "s", how),
			NULL, NULL);
	m->facts.items[m->facts.count - 1].alarm = !r->good;
}

static void add_limits(struct render_model *m)
{
	if (!m->in->desired || !m->in->policy)
		return;
	const struct limits *mine = &m->in->desired->limits;
	const struct limits *all = &m->in->policy->limits;
	render_add_fact(
		m, "LIMITS", STYLE_PLAIN,
		arena_printf(m->arena, "users changed %s (limit %s) · licences taken %s (limit %s)",
			     say_count(m->arena, m->plan->summary.users_changed),
			     limit_text(m, limit_in_force(&mine->users_changed, &all->users_changed)),
			     say_count(m->arena, m->plan->summary.licenses_taken),
			     limit_text(m, limit_in_force(&mine->licenses_taken, &all->licenses_taken))),
		NULL, NULL);
}

enum { BATCH = 20, REQUESTS_TO_PROVE = 5, WRITES_PER_SECOND = 20, MS_PER_REQUEST = 250 };

static void estimate(struct render_model *m)
{
	int64_t graph_actions = 0;
	int64_t hand_steps = 0;
	for (size_t i = 0; i < m->plan->actions.count; i++)
		*(action_info(m->plan->actions.items[i].kind)->by == BY_GRAPH ? &graph_actions
									      : &hand_steps) += 1;
	int64_t batches = (graph_actions + BATCH - 1) / BATCH;
	/* Before the first write, before each batch, the batch, and a look after it. */
	m->requests = REQUESTS_TO_PROVE + 4 * batches + 3 * hand_steps;
	int64_t by_writes = graph_actions / WRITES_PER_SECOND;
	int64_t by_requests = m->requests * MS_PER_REQUEST / 1000;
	m->seconds = 1 + (by_writes > by_requests ? by_writes : by_requests);
}

static const char *approvals_text(const struct render_model *m)
{
	int64_t required = m->in->policy ? m->in->policy->approvals_required : -1;
	return required > 0    ? arena_printf(m->arena, "%s (has %lld) · ",
					      say_number(m->arena, required, "approval", "approvals"),
					      (long long)m->in->approvals_valid)
	       : required == 0 ? "no approval · "
			       : "";
}

/* What is left of it; what is over needs nothing any more. */
static void add_needs(struct render_model *m)
{
	int64_t by_hand = 0;
	bool begun = false;
	for (size_t i = 0; i < m->steps.count; i++) {
		by_hand += m->steps.items[i].info->by == BY_HAND && !str_eq(m->steps.items[i].done, "done");
		begun = begun || *m->steps.items[i].done;
	}
	const char *steps =
		arena_printf(m->arena, "%s by hand", say_number(m->arena, by_hand, "step", "steps"));
	const char *requests =
		arena_printf(m->arena, " · about %s Graph requests, %s", say_count(m->arena, m->requests),
			     say_duration(m->arena, m->seconds));
	if (m->in->undone_by || m->in->left_over || render_all_done(m))
		return;
	render_add_fact(
		m, "NEEDS", STYLE_PLAIN,
		arena_printf(m->arena, "%s%s%s", approvals_text(m), steps, begun ? " left" : requests), NULL,
		NULL);
}

/* Once a run has begun: people and steps. */
static void add_done(struct render_model *m)
{
	const struct render_progress *p = &m->progress;
	bool some = false;
	for (size_t i = 0; m->in->results && i < m->plan->actions.count; i++)
		some = some || m->in->results[i].ended;
	if (!some)
		return;
	const char *steps = arena_printf(m->arena, "%zu of %s", p->steps_done,
					 say_number(m->arena, (int64_t)m->steps.count, "step", "steps"));
	const char *people = arena_printf(m->arena, "%s of %s", say_count(m->arena, p->people_done),
					  say_number(m->arena, p->people, "person", "people"));
	render_add_fact(m, "DONE", STYLE_GREEN, p->people ? people : steps, p->people ? steps : NULL, NULL);
}

/* Users outside the list may lose a licence, or its subscription: the proof is not about them. */
static bool loses_some(const struct render_model *m)
{
	return m->plan->summary.licenses_taken || m->stranded.people;
}

/* While the seats can be given back, whether they suit should be found out. */
static void add_exit(struct render_model *m)
{
	const struct give_back back = give_back_of(m->plan, m->in->entries);
	const char *text = give_back_text(&back, m->in->today, m->arena);
	if (!text)
		return;
	bool over = m->in->today && back.until != WINDOW_NO_DAY && m->in->today > back.until;
	render_add_fact(m, "EXIT", over ? STYLE_RED : STYLE_YELLOW, text,
			over ? "the seats could be given back" : "the seats can be given back", NULL);
	m->facts.items[m->facts.count - 1].alarm = over && !m->in->results;
}

void render_facts(struct render_model *m)
{
	const struct plan_move_list *moves = &m->plan->summary.moves;
	estimate(m);
	render_pair_facts(m);
	for (size_t i = 0; i < moves->count; i++)
		add_retires(m, &moves->items[i]);
	for (size_t i = 0; i < moves->count; i++)
		add_open(m, &moves->items[i]);
	add_changes(m);
	add_services(m);
	render_add_fact(m, "KEEPS", STYLE_GREEN,
			m->plan->undoes	   ? render_keeps(m)
			: loses_some(m)	   ? "service for listed users"
			: m->people_losing ? "a licence for every user"
					   : "service for every user",
			m->in->full
				? arena_printf(m->arena,
					       "safe wherever it stops (proved after each of %s prefixes)",
					       say_count(m->arena, m->plan->proved_prefixes))
				: "safe wherever it stops",
			NULL);
	for (size_t i = 0; i < m->windows.count; i++)
		render_add_fact(
			m, "BILLED", STYLE_YELLOW,
			moves->count < 2
				? m->windows.items[i].sentence
				: arena_printf(m->arena, "%s (%s)", m->windows.items[i].sentence,
					       name_of(m, m->windows.items[i].move->advisor_part_number)),
			NULL, NULL);
	render_undo_billed(m);
	add_exit(m);
	render_undo_fact(m);
	add_rehearsed(m);
	if (!m->in->undone_by && !m->in->left_over)
		add_limits(m);
	add_needs(m);
	add_done(m);
}
