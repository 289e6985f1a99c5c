/* What each kind of action means in Graph. */
#include "providers/graph/write/change.h"

#include "core/quote.h"
#include "providers/graph/read/resources.h"

struct change {
	bool of_group;
	const char *(*body)(const struct action *action, struct arena *out);
	enum http_method method;
	const char *suffix; /* after the subject's address */
};

static const char *location_body(const struct action *action, struct arena *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	struct json_writer w = JSON_WRITER(&text);
	json_begin_object(&w);
	json_set_text(&w, "usageLocation", action->usage_location);
	json_end_object(&w);
	return strbuf_dup(out, &text);
}

/* Both members are always there, empty or not: Graph asks for that. One call, so never a gap. */
static const char *licenses_body(const struct action *action, struct arena *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	struct json_writer w = JSON_WRITER(&text);
	json_begin_object(&w);
	json_put_key(&w, "addLicenses");
	json_begin_array(&w);
	for (size_t i = 0; i < action->add.count; i++) {
		json_begin_object(&w);
		json_set_texts(&w, "disabledPlans", &action->add.items[i].disabled_plans);
		json_set_text(&w, "skuId", action->add.items[i].sku_id);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_set_texts(&w, "removeLicenses", &action->remove);
	json_end_object(&w);
	return strbuf_dup(out, &text);
}

static const struct change changes[ACTION_KIND_COUNT] = {
	[ACTION_SET_USAGE_LOCATION] = {false, location_body, HTTP_PATCH, ""},
	[ACTION_ASSIGN_LICENSE] = {false, licenses_body, HTTP_POST, "/assignLicense"},
	[ACTION_SWAP_LICENSE] = {false, licenses_body, HTTP_POST, "/assignLicense"},
	[ACTION_REMOVE_LICENSE] = {false, licenses_body, HTTP_POST, "/assignLicense"},
	[ACTION_SWAP_GROUP_LICENSE] = {true, licenses_body, HTTP_POST, "/assignLicense"},
};

bool change_is_supported(const struct action *action)
{
	return changes[action->kind].body != NULL && change_subject_id(action) != NULL;
}

const char *change_subject_id(const struct action *action)
{
	return changes[action->kind].of_group ? action->group_id : action->user_id;
}

struct batch_part change_look(const struct action *action, struct arena *out)
{
	const char *id = change_subject_id(action);
	bool of_group = changes[action->kind].of_group;
	return (struct batch_part){HTTP_GET, of_group ? group_url(out, id) : user_url(out, id, false), NULL};
}

struct batch_part change_write(const struct action *action, struct arena *out)
{
	const struct change *change = &changes[action->kind];
	const char *url = arena_printf(out, "/%s/%s%s", change->of_group ? "groups" : "users",
				       quote_url(out, change_subject_id(action)), change->suffix);
	return (struct batch_part){change->method, url, change->body(action, out)};
}

/* Who answers must be who was asked: a name, or a cache in between, may lead elsewhere. */
static bool check_id(const char *asked, const char *answered, struct error *err)
{
	return str_eq_fold(asked, answered) ||
	       error_set(err, ERR_REMOTE, "Graph answered for '%s' when asked for '%s'", answered, asked);
}

static bool compare_group(const struct action *action, const struct json *answer, struct arena *out,
			  enum comparison *ret, const char **ret_difference, struct error *err)
{
	struct group group;
	if (answer &&
	    (!group_from_json(answer, out, &group, err) || !check_id(action->group_id, group.id, err)))
		return false;
	*ret = action_compare_group(action, answer ? &group : NULL, out, ret_difference);
	const char *renamed = *ret == AS_EXPECTED ? action_group_renamed(action, &group, out) : NULL;
	if (renamed) {
		*ret = NEITHER;
		*ret_difference = renamed;
	}
	return true;
}

static bool compare_user(const struct action *action, const struct json *answer, struct arena *out,
			 enum comparison *ret, const char **ret_difference, struct error *err)
{
	struct user user;
	if (answer && (!user_from_json(answer, out, &user, err) || !check_id(action->user_id, user.id, err)))
		return false;
	*ret = action_compare_user(action, answer ? &user : NULL, out, ret_difference);
	const char *renamed = answer ? action_renamed(action, &user, out) : NULL;
	if (!renamed)
		return true;
	/* It was reviewed for another name: under this one the account may be a protected one. */
	if (*ret == AS_EXPECTED)
		*ret = NEITHER;
	if (*ret != NEITHER || !*ret_difference)
		*ret_difference = renamed;
	return true;
}

bool change_kept(const struct action *action, const struct json *answer, struct arena *out, struct kept *ret,
		 struct error *err)
{
	struct user user;
	struct group group;
	*ret = (struct kept){0};
	if (!answer || action->kind == ACTION_SET_USAGE_LOCATION)
		return true;
	if (changes[action->kind].of_group) {
		if (!group_from_json(answer, out, &group, err))
			return false;
		*ret = action_kept_by_group(action, &group, out);
		return true;
	}
	if (!user_from_json(answer, out, &user, err))
		return false;
	if (!action_renamed(action, &user, out))
		*ret = action_kept_by_user(action, &user, out);
	return true;
}

bool change_compare(const struct action *action, const struct json *answer, struct arena *out,
		    enum comparison *ret, const char **ret_difference, struct error *err)
{
	*ret_difference = NULL;
	return changes[action->kind].of_group ? compare_group(action, answer, out, ret, ret_difference, err)
					      : compare_user(action, answer, out, ret, ret_difference, err);
}
