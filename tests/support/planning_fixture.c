/* A customer file and a tenant, ready to be planned. */
#include "tests/support/planning_fixture.h"

#include "tests/support/tenant_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] =
	"version: 1\n"
	"customer: contoso\n"
	"tenant: {id: 8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f, domain: contoso.onmicrosoft.com}\n"
	"agreement: {reason: upfront-payment, agreed_by: jane@contoso.com, agreed_on: 2026-11-02}\n"
	"moves:\n";

static void give_up(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	abort();
}

static void add_wanted(const struct desired *desired, struct arena *out, struct str_list *wanted)
{
	for (size_t i = 0; i < desired->moves.count; i++) {
		const struct move *move = &desired->moves.items[i];
		for (size_t j = 0; j < move->users.count; j++)
			if (move->users.items[j].upn)
				VEC_PUSH(out, wanted, move->users.items[j].upn);
		for (size_t j = 0; j < move->except.count; j++)
			VEC_PUSH(out, wanted, move->except.items[j]);
	}
}

void planning_fixture_make(struct planning_fixture *f, const char *moves, const char *tenant)
{
	*f = (struct planning_fixture){.arena = arena_new()};
	struct error err = ERROR_INIT;
	const struct file_reader no_files = {0};
	struct str_list wanted = {0};
	const char *file = arena_printf(f->arena, "%s%s", head, moves);
	const char *json = arena_printf(f->arena,
					"{\"id\": \"8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f\", \"name\": "
					"\"Contoso Ltd\", \"domain\": \"contoso.onmicrosoft.com\", %s}",
					tenant);
	if (!desired_parse("customers/contoso.yaml", (struct bytes){file, strlen(file)}, &no_files, f->arena,
			   &f->diags, &f->desired))
		give_up("customer file", f->diags.count ? f->diags.items[0].message : "not parsed");
	f->diags = (struct diag_list){0};
	add_wanted(&f->desired, f->arena, &wanted);
	if (!tenant_from_json(json, strlen(json), &wanted, f->arena, &f->live, &err))
		give_up("tenant", err.message);
	f->planning = (struct planning){.desired = &f->desired,
					.policy = &f->policy,
					.live = &f->live,
					.users_by_name = user_index_new(f->arena, &f->live.users),
					.skus = {.live = &f->live, .out = f->arena},
					.out = f->arena,
					.diags = &f->diags};
}

const struct diag *planning_fixture_diag(const struct planning_fixture *f, enum diag_code code)
{
	for (size_t i = 0; i < f->diags.count; i++)
		if (f->diags.items[i].code == code)
			return &f->diags.items[i];
	return NULL;
}

const struct plan_warning *planning_fixture_warning(const struct planning_fixture *f, enum diag_code code)
{
	for (size_t i = 0; i < f->planning.warnings.count; i++)
		if (f->planning.warnings.items[i].code == code)
			return &f->planning.warnings.items[i];
	return NULL;
}
