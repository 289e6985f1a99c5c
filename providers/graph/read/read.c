/* Reading a tenant: what is asked for, in which order, and when it is complete. */
#include "providers/graph/read/reader.h"
#include "providers/graph/read/resources.h"

enum { AGAIN_AFTER_MS = 1000 };

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

/* What listings have shown is not asked for again: by name and by id comes only the rest. */
static bool read_users(struct reader *r, struct error *err)
{
	if (!read_holders(r, err) || !read_likely_holders(r, err))
		return false;
	if (!r->names_asked)
		read_named_users(r);
	if (!r->ids_asked)
		read_users_by_id(r);
	return reader_wait(r, err);
}

/* Whoever is not on one replica yet may be on another: one answer that somebody is gone is none. */
static bool read_gone_again(struct reader *r, struct error *err)
{
	if (!r->gone_users.count && !r->gone_groups.count && (!r->live->absent_users.count || r->names_again))
		return true;
	r->names_again = true;
	if (!reader_pause(r, AGAIN_AFTER_MS, "somebody who was just listed is not found; looking again", err))
		return false;
	r->again = true;
	read_users_again(r);
	read_groups_again(r);
	bool ok = reader_wait(r, err);
	r->again = false;
	r->gone_users = r->gone_groups = (struct str_list){0};
	return ok;
}

static bool read_users_and_groups(struct reader *r, struct error *err)
{
	if (!read_users(r, err) || !read_gone_again(r, err))
		return false;
	if (r->scope->groups_of_holders) {
		read_groups_of_holders(r);
		if (!reader_wait(r, err) || !read_gone_again(r, err))
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
	if (users) {
		read_groups(r);
		read_users_early(r);
		read_license_details(r);
	}
	if (r->scope->partner)
		read_partner(r);
	if (!reader_wait(r, err) || !read_is_of_tenant(r, err))
		return false;
	r->asked_early = r->live->users.count;
	if (users && !read_users_and_groups(r, err))
		return false;
	live_sort(r->live);
	return true;
}
