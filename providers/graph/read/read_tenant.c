/* What every read begins with: the organisation, its SKUs and its subscriptions. */
#include "providers/graph/read/reader.h"
#include "providers/graph/read/resources.h"

static void on_done(void *ctx, const struct graph_reply *reply)
{
	struct reader *r = ctx;
	r->pending--;
	(void)reader_accept(r, reply);
}

static bool on_organization(void *ctx, const struct json *item, struct error *err)
{
	struct reader *r = ctx;
	r->organizations++;
	return organization_from_json(item, r->out, &r->live->organization, err);
}

static void restart_organization(void *ctx)
{
	struct reader *r = ctx;
	r->organizations = 0;
}

static bool on_subscription(void *ctx, const struct json *item, struct error *err)
{
	struct reader *r = ctx;
	struct subscription subscription;
	if (!subscription_from_json(item, r->out, &subscription, err))
		return false;
	VEC_PUSH(r->out, &r->live->subscriptions, subscription);
	return true;
}

static void restart_subscriptions(void *ctx)
{
	struct reader *r = ctx;
	r->live->subscriptions.count = 0;
}

static bool on_sku(void *ctx, const struct json *item, struct error *err)
{
	struct reader *r = ctx;
	struct sku sku;
	if (!sku_from_json(item, r->out, &sku, err))
		return false;
	VEC_PUSH(r->out, &r->live->skus, sku);
	return true;
}

static void restart_skus(void *ctx)
{
	struct reader *r = ctx;
	r->live->skus.count = 0;
}

static void list(struct reader *r, const char *url,
		 bool (*item)(void *ctx, const struct json *item, struct error *err),
		 void (*restart)(void *ctx))
{
	r->pending++;
	paging_start(
		r->conn,
		&(struct paging){.url = url, .item = item, .restart = restart, .done = on_done, .ctx = r});
}

void read_skus(struct reader *r)
{
	r->live->skus = (struct sku_list){0};
	list(r, skus_url, on_sku, restart_skus);
}

void read_tenant(struct reader *r)
{
	if (r->proved) {
		organization_copy(r->proved, r->out, &r->live->organization);
		r->organizations = 1;
	} else {
		list(r, organization_url, on_organization, restart_organization);
	}
	list(r, subscriptions_url, on_subscription, restart_subscriptions);
	read_skus(r);
}

bool read_is_of_tenant(struct reader *r, struct error *err)
{
	if (r->organizations != 1)
		return error_set(err, ERR_INCOMPLETE,
				 "the organisation was answered %zu times instead of once", r->organizations);
	if (str_eq_fold(r->live->organization.id, r->tenant_id))
		return true;
	return error_set(err, ERR_WRONG_TENANT, "Graph answered for tenant '%s', not for '%s'",
			 r->live->organization.id, r->tenant_id);
}

bool read_identity(struct reader *r, struct error *err)
{
	list(r, organization_url, on_organization, restart_organization);
	return reader_wait(r, err) && read_is_of_tenant(r, err);
}
