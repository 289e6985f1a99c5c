/* What every read begins with: the organisation, its SKUs and its subscriptions. */
#include "core/quote.h"
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

static const struct subscription *listed_already(const struct reader *r, const char *id)
{
	for (size_t i = 0; i < r->live->subscriptions.count; i++)
		if (str_eq(r->live->subscriptions.items[i].id, id))
			return &r->live->subscriptions.items[i];
	return NULL;
}

/* A row may come twice where the list moved on between two pages, but not as two things. */
static bool on_subscription(void *ctx, const struct json *item, struct error *err)
{
	struct reader *r = ctx;
	struct subscription subscription;
	if (!subscription_from_json(item, r->out, &subscription, err))
		return false;
	const struct subscription *before = listed_already(r, subscription.id);
	if (before && (!str_eq(before->status_text, subscription.status_text) ||
		       before->seats != subscription.seats || !str_eq(before->sku_id, subscription.sku_id)))
		return error_set(err, ERR_INCOMPLETE,
				 "subscription %s is listed twice: %s with %lld seats, and %s with %lld",
				 quote_terminal_cut(r->tmp, subscription.id, 60),
				 quote_terminal_cut(r->tmp, before->status_text, 60),
				 (long long)before->seats,
				 quote_terminal_cut(r->tmp, subscription.status_text, 60),
				 (long long)subscription.seats);
	if (before)
		return true;
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
