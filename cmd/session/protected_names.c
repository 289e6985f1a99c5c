/* Whether the names under `protected` protect anybody. */
#include "cmd/session/protected_names.h"

#include "cmd/session/plan_saving.h"
#include "core/quote.h"

#include <string.h>

static bool is_of_tenant(const struct organization *org, const char *name)
{
	const char *at = strrchr(name, '@');
	for (size_t i = 0; at && i < org->verified_domains.count; i++)
		if (str_eq_fold(org->verified_domains.items[i].name, at + 1))
			return true;
	return false;
}

static bool is_read(const struct live *live, const char *name)
{
	for (size_t i = 0; i < live->users.count; i++)
		if (str_eq_fold(live->users.items[i].upn, name))
			return true;
	return false;
}

static void tell(struct app *app, const struct name_owner *owner, struct diag_list *diags)
{
	const struct place place = {.file = "seatshift.yaml"};
	const char *name = quote_terminal(app->arena, owner->name);
	if (!owner->upn) {
		diag_add(app->arena, diags, SS230, place,
			 "'%s' under 'protected' is nobody's name in this tenant, and protects nobody", name)
			->help = "Correct it, or take it out.";
		return;
	}
	diag_add(app->arena, diags, SS337, place,
		 "'%s' under 'protected' is a mail address, not a user principal name, and would protect "
		 "nobody",
		 name)
		->help = arena_printf(app->arena, "It is the address of '%s': write that.",
				      quote_terminal(app->arena, owner->upn));
}

static bool look(struct app *app, const struct session *session, const struct live *live,
		 struct diag_list *diags, struct error *err)
{
	const struct provider *provider = session->provider;
	const struct str_list *names = &session->policy.protected_users;
	struct str_list unread = {0};
	struct name_owner_list owners = {0};
	for (size_t i = 0; i < names->count; i++)
		if (is_of_tenant(&live->organization, names->items[i]) && !is_read(live, names->items[i]))
			VEC_PUSH(app->arena, &unread, names->items[i]);
	if (!unread.count || !provider->ops->whose)
		return true;
	if (!provider->ops->whose(session->provider, &unread, app->arena, &owners, err))
		return error_wrap(err, "cannot tell whom 'protected' names");
	for (size_t i = 0; i < owners.count; i++)
		tell(app, &owners.items[i], diags);
	return true;
}

bool protected_names_check(struct app *app, const struct session *session, const struct live *live,
			   struct diag_list *diags, struct error *err)
{
	if (!look(app, session, live, diags, err))
		return false;
	if (diag_has_errors(diags))
		return plan_refuse(app, session, diags, ERR_DENIED, err);
	session_print_diags(app, session, diags);
	return true;
}
