/* Compares what customers' files say of their tenants; all of them at once, sorted, so that many are as good
 * as few. */
#include "plans/desired/claims.h"

#include <stdlib.h>
#include <string.h>

/* A text that only one customer may have. */
struct holder {
	const char *text;
	const char *what; /* "tenant", "domain" */
	struct claim *claim;
};

static const char *copied(const char *text, struct arena *out)
{
	return text ? arena_strdup(out, text) : NULL;
}

/* By the name of the file: a copy that still says whose file it was is another customer's all the same. */
void claims_add(struct claim_list *claims, const struct desired *desired, struct arena *out)
{
	const char *slash = strrchr(desired->file, '/');
	const char *name = slash ? slash + 1 : desired->file;
	VEC_PUSH(out, claims,
		 (struct claim){.customer = arena_strndup(out, name, strcspn(name, ".")),
				.tenant_id = copied(desired->tenant_id, out),
				.domain = copied(desired->tenant_domain, out)});
}

static int by_text(const void *a, const void *b)
{
	const struct holder *one = a, *other = b;
	int order = strcmp(one->text, other->text);
	return order ? order : strcmp(one->claim->customer, other->claim->customer);
}

static void tell(const struct holder *holder, const struct holder *other, struct arena *out)
{
	if (!holder->claim->message)
		holder->claim->message = arena_printf(out, "the %s '%s' is also that of customer '%s'",
						      holder->what, holder->text, other->claim->customer);
}

/* Everybody else names the first of those who have the same text, and the first the second. */
static void compare(struct holder *holders, size_t count, struct arena *out)
{
	size_t first = 0;
	if (count)
		qsort(holders, count, sizeof *holders, by_text);
	for (size_t i = 1; i < count; i++) {
		if (!str_eq(holders[i].text, holders[first].text)) {
			first = i;
			continue;
		}
		tell(&holders[i], &holders[first], out);
		tell(&holders[first], &holders[i], out);
	}
}

void claims_compare(struct claim_list *claims, struct arena *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct holder *holders = arena_alloc_array(tmp, claims->count + 1, sizeof *holders);
	size_t count = 0;
	for (size_t i = 0; i < claims->count; i++)
		if (claims->items[i].tenant_id)
			holders[count++] =
				(struct holder){claims->items[i].tenant_id, "tenant", &claims->items[i]};
	compare(holders, count, out);
	count = 0;
	for (size_t i = 0; i < claims->count; i++)
		if (claims->items[i].domain)
			holders[count++] =
				(struct holder){claims->items[i].domain, "domain", &claims->items[i]};
	compare(holders, count, out);
}

void claim_complain(const struct claim *claim, struct place place, struct arena *out, struct diag_list *diags)
{
	if (claim->message)
		diag_add(out, diags, SS120, place, "%s", claim->message)->help =
			"One tenant is one customer: put all of its moves into one file, or correct the id.";
}
