/* Reading a tenant: what is asked for, in which order, and when it is complete. */
#include "providers/graph/read/reader.h"
#include "providers/graph/read/resources.h"

enum { WAIT_MS = 1000 };

void reader_fail(struct reader *r, const struct error *err)
{
	if (r->err.code)
		return;
	graph_error_copy(err, &r->err);
	if (r->err.code == ERR_REMOTE)
		r->err.code = ERR_INCOMPLETE;
	http_client_set_stopped(r->conn->client, true);
}

bool reader_accept(struct reader *r, const struct graph_reply *reply)
{
	if (reply->err)
		reader_fail(r, reply->err);
	return !reply->err;
}

static void notice_stop(struct reader *r)
{
	struct error err = ERROR_INIT;
	if (r->err.code || !r->should_stop || !r->should_stop(r->stop_ctx))
		return;
	error_set(&err, ERR_INTERRUPTED, "stopped while reading the tenant");
	reader_fail(r, &err);
	error_release(&err);
}

bool reader_wait(struct reader *r, struct error *err)
{
	while (r->pending) {
		notice_stop(r);
		http_client_drive(r->conn->client, WAIT_MS);
	}
	http_client_set_stopped(r->conn->client, false);
	if (!r->err.code)
		return true;
	error_move(err, &r->err);
	return false;
}

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
	list(r, organization_url, on_organization, restart_organization);
	list(r, subscriptions_url, on_subscription, restart_subscriptions);
	read_skus(r);
}

/* For whoever reads the plan only, so a tenant that does not count its users is no failure. */
static void on_counted(void *ctx, const struct graph_reply *reply)
{
	struct reader *r = ctx;
	r->pending--;
	if (!reply->err && !json_int(json_get(reply->body, "@odata.count"), &r->live->user_count))
		r->live->user_count = -1;
}

static void count_users(struct reader *r)
{
	r->pending++;
	graph_send(r->conn,
		   &(struct graph_request){.method = HTTP_GET, .url = users_count_url, .eventual = true},
		   on_counted, r);
}

static bool check_tenant(struct reader *r, struct error *err)
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
	return reader_wait(r, err) && check_tenant(r, err);
}

/* What listings have shown is not asked for again: by name and by id comes only the rest. */
static bool read_users(struct reader *r, struct error *err)
{
	if (!read_holders(r, err) || !read_likely_holders(r, err))
		return false;
	read_named_users(r);
	read_users_by_id(r);
	return reader_wait(r, err);
}

static bool read_users_and_groups(struct reader *r, struct error *err)
{
	if (!read_users(r, err))
		return false;
	if (r->scope->groups_of_holders) {
		read_groups_of_holders(r);
		if (!reader_wait(r, err))
			return false;
	}
	read_members(r);
	if (r->live->absent_users.count)
		read_deleted_names(r);
	return reader_wait(r, err);
}

bool read_all(struct reader *r, struct error *err)
{
	bool users = !r->scope->only_tenant;
	r->live->user_count = -1;
	read_tenant(r);
	if (r->scope->count_users)
		count_users(r);
	if (users)
		read_groups(r);
	if (r->scope->partner)
		read_partner(r);
	if (!reader_wait(r, err) || !check_tenant(r, err))
		return false;
	if (users && !read_users_and_groups(r, err))
		return false;
	live_sort(r->live);
	return true;
}
