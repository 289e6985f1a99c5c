/* Looks for a key that was waited for in one tenant and seems to have been redeemed in another. */
#include "cmd/misplaced.h"

#include "core/quote.h"
#include "plans/misplaced.h"

#include <string.h>

enum { TENANTS_MAX = 20, DEADLINE_MS = 15000 };

struct looking {
	struct app *app;
	const struct plan_folder *folder;
	const struct action *redeem;
	struct str_list seen; /* tenant ids that were looked at, the right one among them */
	bool found;
	size_t left_out; /* customers whose tenants were too many to be looked into */
};

static void tell(struct looking *l, const char *whose, const struct live *live, const struct subscription *s)
{
	const char *part_number = quote_terminal(l->app->arena, s->part_number);
	l->found = true;
	out_message(&l->app->out,
		    "warning: the key seems to have landed in %s: '%s' (%s) has had subscription %s with %lld × %s since "
		    "%.10s",
		    whose, quote_terminal(l->app->arena, live->organization.display_name), live->organization.id,
		    quote_terminal(l->app->arena, s->id), (long long)s->seats, part_number, s->created);
}

static bool read_tenant(struct looking *l, struct session *session, const char *tenant_id, struct live *live,
			struct error *err)
{
	struct organization org;
	const struct read_scope scope = {.only_tenant = true};
	session->deadline_ms = DEADLINE_MS;
	return session_load_tenant(l->app, tenant_id, session, err) &&
	       session_connect_to_read(l->app, session, err) &&
	       session->provider->ops->identify(session->provider, l->app->arena, &org, err) &&
	       session->provider->ops->read(session->provider, &scope, l->app->arena, live, err);
}

static void look_into(struct looking *l, const char *tenant_id, const char *whose)
{
	struct session session = {0};
	struct live live = {0};
	struct error err = ERROR_INIT;
	if (str_list_has(&l->seen, tenant_id) || *l->app->signals)
		return;
	if (l->seen.count > TENANTS_MAX) {
		l->left_out++;
		return;
	}
	VEC_PUSH(l->app->arena, &l->seen, tenant_id);
	if (read_tenant(l, &session, tenant_id, &live, &err)) {
		const struct subscription *s = misplaced_find(l->redeem, l->folder->info.read_at, &live);
		if (s)
			tell(l, whose, &live, s);
	} else {
		out_verbose(&l->app->out, "not looked for the key in %s: %s", whose,
			    quote_terminal(l->app->arena, err.message));
		error_release(&err);
	}
	session_release(&session);
}

static void look_into_customer(struct looking *l, const struct repository *repository, const char *file)
{
	struct checked ignored = {0};
	struct desired desired;
	struct policy policy;
	struct error err = ERROR_INIT;
	const char *path = arena_printf(l->app->arena, "customers/%s", file);
	if (repository_load_draft(repository, path, l->app->arena, &ignored, &desired, &policy, &err))
		look_into(l, desired.tenant_id,
			  arena_printf(l->app->arena, "the tenant of customer '%s'", desired.customer));
	error_release(&err);
}

bool misplaced_look(struct app *app, const struct session *session, const struct plan_folder *folder,
		    const struct action *redeem)
{
	struct looking l = {.app = app, .folder = folder, .redeem = redeem};
	const struct repository *repository = &session->repository;
	VEC_PUSH(app->arena, &l.seen, folder->plan.tenant_id);
	if (session->policy.partner_tenant)
		look_into(&l, session->policy.partner_tenant, "the partner's own tenant");
	for (size_t i = 0; i < repository->customers.count; i++)
		look_into_customer(&l, repository, repository->customers.items[i]);
	if (l.left_out)
		out_note(&app->out, "looked for the key in %d tenants; those of %zu more customers were left out",
			 TENANTS_MAX, l.left_out);
	return l.found;
}
