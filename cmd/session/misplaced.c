/* Looks for a key that was waited for in one tenant and seems to have been redeemed in another. */
#include "cmd/session/misplaced.h"

#include "cmd/session/newest_plan.h"
#include "core/quote.h"
#include "plans/saved/journal_found.h"
#include "plans/standing/misplaced.h"

#include <string.h>

enum { TENANTS_MAX = 20, TENANT_DEADLINE_MS = 15000, DEADLINE_MS = 60000 };

struct looking {
	struct misplaced_look *look;
	struct app *app;
	struct str_list visited; /* tenant ids, the right one among them */
	int64_t until_ms;	 /* monotonic: no tenant is begun from then on */
	size_t unread, left_out, blind;
	bool quiet;
	bool found;
};

static void tell(struct looking *l, const char *whose, const struct live *live, const struct misplaced *m)
{
	struct arena *tmp = l->app->arena;
	const struct subscription *s = m->subscription;
	const char *what;
	if (!m->was)
		what = arena_printf(tmp, "%lld × %s, new since %.10s", (long long)s->seats, s->part_number,
				    s->created);
	else if (s->seats != m->was->seats)
		what = arena_printf(tmp, "%lld × %s, where %lld were", (long long)s->seats, s->part_number,
				    (long long)m->was->seats);
	else
		what = arena_printf(tmp, "%lld × %s, and its term ends %.10s instead of %.10s",
				    (long long)s->seats, s->part_number, s->next_lifecycle,
				    m->was->next_lifecycle);
	l->found = true;
	out_message(&l->app->out,
		    "warning: the %s to have landed in %s: '%s' (%s) has subscription %s with %s",
		    l->look->redeem->kind == ACTION_REDEEM_KEY ? "key seems" : "seats seem", whose,
		    quote_terminal(tmp, live->organization.display_name), live->organization.id,
		    quote_terminal(tmp, s->id), quote_terminal(tmp, what));
}

static bool read_tenant(struct looking *l, struct session *session, const char *tenant_id, struct live *live,
			struct error *err)
{
	struct organization org;
	const struct read_scope scope = {.only_tenant = true};
	session->deadline_ms = TENANT_DEADLINE_MS;
	return session_load_tenant(l->app, tenant_id, session, err) &&
	       session_connect_to_read(l->app, session, err) &&
	       session->provider->ops->identify(session->provider, l->app->arena, &org, err) &&
	       session->provider->ops->read(session->provider, &scope, l->app->arena, live, err);
}

static const struct live *seen_before(const struct looking *l, const char *tenant_id)
{
	for (size_t i = 0; i < l->look->seen.count; i++)
		if (str_eq_fold(l->look->seen.items[i].tenant_id, tenant_id))
			return &l->look->seen.items[i].live;
	return NULL;
}

static void compare(struct looking *l, const char *tenant_id, const char *whose, const struct live *snapshot,
		    const struct live *live)
{
	const struct live *before = seen_before(l, tenant_id);
	const struct live *const earlier[] = {before, snapshot};
	struct misplaced m = {0};
	for (size_t i = 0; i < ARRAY_LEN(earlier) && !m.subscription && !l->quiet; i++)
		if (earlier[i] || i > 0) /* what is new since the plan is so without any of them */
			m = misplaced_find(l->look->redeem, l->look->folder->info.read_at, earlier[i], live);
	if (m.subscription)
		tell(l, whose, live, &m);
	l->blind += !before && !snapshot;
	if (!before)
		VEC_PUSH(l->app->arena, &l->look->seen, (struct tenant_seen){tenant_id, *live});
}

static void look_into(struct looking *l, const char *tenant_id, const char *whose,
		      const struct live *snapshot)
{
	struct session session = {0};
	struct live live = {0};
	struct error err = ERROR_INIT;
	if (str_list_has(&l->visited, tenant_id) || *l->app->signals)
		return;
	if (l->visited.count > TENANTS_MAX || clock_monotonic_ms(l->app->clock) >= l->until_ms) {
		l->left_out++;
		return;
	}
	VEC_PUSH(l->app->arena, &l->visited, tenant_id);
	if (read_tenant(l, &session, tenant_id, &live, &err)) {
		compare(l, tenant_id, whose, snapshot, &live);
	} else {
		l->unread++;
		out_verbose(&l->app->out, "did not look into %s: %s", whose,
			    quote_terminal(l->app->arena, err.message));
		error_release(&err);
	}
	session_release(&session);
}

/*
 * What the customer had when the newest plan was made for them, and what their own keys have brought since:
 * that is not the one which is missed here. NULL: not known.
 */
static const struct live *last_known(struct looking *l, const struct desired *desired)
{
	struct arena *out = l->app->arena;
	struct newest_plan newest = {0};
	struct error err = ERROR_INIT;
	bool known = newest_plan_of(l->app, desired->customer, NEWEST_ANY, &newest, &err) && newest.found &&
		     str_eq_fold(newest.folder.plan.tenant_id, desired->tenant_id);
	error_release(&err);
	if (!known)
		return NULL;
	struct live *live = arena_alloc(out, sizeof *live);
	*live = journal_found_add_to(&newest.folder.live, &newest.entries, out);
	return live;
}

static void look_into_customer(struct looking *l, const struct repository *repository, const char *file)
{
	struct checked ignored = {0};
	struct customer customer;
	struct error err = ERROR_INIT;
	const char *path = arena_printf(l->app->arena, "customers/%s", file);
	if (repository_load_draft(repository, path, l->app->arena, &ignored, &customer, &err))
		look_into(
			l, customer.desired.tenant_id,
			arena_printf(l->app->arena, "the tenant of customer '%s'", customer.desired.customer),
			last_known(l, &customer.desired));
	else
		l->unread++;
	error_release(&err);
}

/* "Nothing found" is worth as much as what was looked at. */
static void tell_limits(const struct looking *l)
{
	struct out *out = &l->app->out;
	if (l->unread)
		out_note(out, "%zu other tenant%s could not be read (why: -v)", l->unread,
			 l->unread == 1 ? "" : "s");
	if (l->left_out)
		out_note(out, "%zu other tenant%s not looked at: %d, and a minute, is all one look takes",
			 l->left_out, l->left_out == 1 ? " was" : "s were", TENANTS_MAX);
	if (l->blind)
		out_note(out,
			 "%zu other tenant%s no plan here: only a new subscription would be noticed there",
			 l->blind, l->blind == 1 ? " has" : "s have");
}

static struct looking look_everywhere(struct misplaced_look *look, bool quiet)
{
	struct app *app = look->app;
	struct looking l = {.look = look,
			    .app = app,
			    .quiet = quiet,
			    .until_ms = clock_monotonic_ms(app->clock) + DEADLINE_MS};
	const struct repository *repository = &look->session->repository;
	VEC_PUSH(app->arena, &l.visited, look->folder->plan.tenant_id);
	if (look->session->policy.partner_tenant)
		look_into(&l, look->session->policy.partner_tenant, "the partner's own tenant", NULL);
	for (size_t i = 0; i < repository->customers.count; i++)
		look_into_customer(&l, repository, repository->customers.items[i]);
	return l;
}

bool misplaced_look(struct misplaced_look *look)
{
	const struct looking l = look_everywhere(look, false);
	tell_limits(&l);
	return l.found;
}

void misplaced_remember(struct misplaced_look *look)
{
	(void)look_everywhere(look, true);
}
