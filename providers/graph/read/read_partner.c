/* The partner's relation with the tenant: read with a token for the partner's own tenant. */
#include "providers/graph/read/reader.h"

static const char contracts_url[] = "/contracts";
static const char relationships_url[] = "/tenantRelationships/delegatedAdminRelationships";

/* Names in a contract are copies that are never refreshed: only the tenant's id is compared. */
static bool on_contract(void *ctx, const struct json *item, struct error *err)
{
	struct reader *r = ctx;
	(void)err;
	if (str_eq_fold(json_get_text(item, "customerId"), r->tenant_id))
		r->live->partner.has_contract = true;
	return true;
}

static bool is_better(const struct partner_relation *have, const char *status, const char *end)
{
	bool active = str_eq(status, "active");
	bool had_active = str_eq(have->gdap_status, "active");
	if (!have->gdap_status || active != had_active)
		return !have->gdap_status || active;
	/* Both RFC 3339 in UTC: the later one is the greater text. */
	return end && (!have->gdap_end || str_cmp_fold(end, have->gdap_end) > 0);
}

static bool on_relationship(void *ctx, const struct json *item, struct error *err)
{
	struct reader *r = ctx;
	struct partner_relation *have = &r->live->partner;
	const char *customer = json_get_text(json_get(item, "customer"), "tenantId");
	const char *status = json_get_text(item, "status");
	const char *end = json_get_text(item, "endDateTime");
	(void)err;
	if (!status || !str_eq_fold(customer, r->tenant_id) || !is_better(have, status, end))
		return true;
	have->gdap_id = str_eq(status, "active") ? arena_strdup(r->out, json_get_text(item, "id")) : NULL;
	have->gdap_status = arena_strdup(r->out, status);
	have->gdap_end = arena_strdup(r->out, end);
	return true;
}

static void on_done(void *ctx, const struct graph_reply *reply)
{
	struct reader *r = ctx;
	r->pending--;
	(void)reader_accept(r, reply);
}

void read_partner(struct reader *r)
{
	if (!r->partner)
		return;
	r->live->partner.checked = true;
	r->pending += 2;
	paging_start(r->partner,
		     &(struct paging){.url = contracts_url, .item = on_contract, .done = on_done, .ctx = r});
	paging_start(r->partner,
		     &(struct paging){
			     .url = relationships_url, .item = on_relationship, .done = on_done, .ctx = r});
}
