/* How a tenant ended. */
#include "plans/rehearse/ending.h"

#include "core/str.h"

static const char *text_of(const struct json *object, const char *key)
{
	const char *text = json_get_text(object, key);
	return text ? text : "";
}

/* One licence in words; their order says nothing, so they are sorted. */
static const char *license_text(const struct json *license, struct arena *out)
{
	struct str_list off = {0};
	JSON_EACH (plan, json_get(license, "disabled"))
		VEC_PUSH(out, &off, arena_strdup(out, json_text(plan)));
	str_list_sort_unique(&off);
	const char *group = json_get_text(license, "group");
	const char *error = text_of(license, "error");
	bool well = str_eq(error, "") || str_eq(error, "None");
	return arena_printf(out, "%s%s%s%s%s%s%s", text_of(license, "part_number"), group ? " by group " : "",
			    group ? group : "", off.count ? ", off: " : "", str_list_join(out, &off, " "),
			    well ? "" : ", with error ", well ? "" : error);
}

static struct ending_person person_of(const struct json *user, struct arena *out)
{
	struct str_list licenses = {0};
	JSON_EACH (license, json_get(user, "licenses"))
		VEC_PUSH(out, &licenses, license_text(license, out));
	str_list_sort_unique(&licenses);
	return (struct ending_person){
		.id = arena_strdup(out, text_of(user, "id")),
		.upn = arena_strdup(out, text_of(user, "upn")),
		.location = arena_strdup(out, text_of(user, "usage_location")),
		.holds = licenses.count ? str_list_join(out, &licenses, "; ") : "nothing",
	};
}

static const char *subscriptions_text(const struct json *list, struct arena *out)
{
	struct str_list lines = {0};
	JSON_EACH (item, list) {
		int64_t seats = 0;
		(void)!json_int(json_get(item, "seats"), &seats);
		VEC_PUSH(out, &lines,
			 arena_printf(out, "%s: %lld × %s, %s", text_of(item, "id"), (long long)seats,
				      text_of(item, "part_number"), text_of(item, "status")));
	}
	str_list_sort_unique(&lines);
	return str_list_join(out, &lines, "; ");
}

/* Counted for those only who were tried; they come in the order of the people. */
static void read_writes(const struct json *list, const char *tenant_id, struct ending *ending)
{
	size_t at = 0;
	JSON_EACH (row, list) {
		if (!str_eq(json_get_text(row, "tenant"), tenant_id))
			continue;
		while (at < ending->people.count &&
		       !str_eq(ending->people.items[at].id, json_get_text(row, "id")))
			at++;
		if (at < ending->people.count)
			(void)!json_int(json_get(row, "successes"), &ending->people.items[at].writes);
	}
}

bool ending_read(struct twin *twin, const char *tenant_id, struct arena *out, struct ending *ret,
		 struct error *err)
{
	CLEANUP(json_freep) struct json *state = NULL;
	CLEANUP(json_freep) struct json *counters = NULL;
	*ret = (struct ending){0};
	if (!inside_ask(twin, arena_printf(out, "state?tenant=%s", tenant_id), NULL, &state, err) ||
	    !inside_ask(twin, "counters", NULL, &counters, err))
		return false;
	JSON_EACH (user, json_get(state, "users"))
		VEC_PUSH(out, &ret->people, person_of(user, out));
	ret->subscriptions = subscriptions_text(json_get(state, "subscriptions"), out);
	read_writes(json_get(counters, "assignLicense"), tenant_id, ret);
	return true;
}

static const char *person_differs(const struct ending_person *is, const struct ending_person *wanted,
				  struct arena *out)
{
	if (!str_eq(is->id, wanted->id))
		return "other people are there";
	if (!str_eq(is->holds, wanted->holds))
		return arena_printf(out, "%s holds %s, and should hold %s", is->upn, is->holds,
				    wanted->holds);
	return NULL;
}

const char *ending_difference(const struct ending *is, const struct ending *wanted, bool count_writes,
			      struct arena *out)
{
	if (is->people.count != wanted->people.count)
		return "other people are there";
	for (size_t i = 0; i < is->people.count; i++) {
		const struct ending_person *a = &is->people.items[i];
		const struct ending_person *b = &wanted->people.items[i];
		const char *difference = person_differs(a, b, out);
		if (difference)
			return difference;
		if (!str_eq(a->location, b->location))
			return arena_printf(out, "%s has the usage location '%s', and should have '%s'",
					    a->upn, a->location, b->location);
		if (count_writes && a->writes != b->writes)
			return arena_printf(out, "%s was written %lld times, and should be %lld", a->upn,
					    (long long)a->writes, (long long)b->writes);
	}
	if (!str_eq(is->subscriptions, wanted->subscriptions))
		return arena_printf(out, "the subscriptions are %s, and should be %s", is->subscriptions,
				    wanted->subscriptions);
	return NULL;
}

const char *ending_differs_from_start(const struct ending *is, const struct ending *start, struct arena *out)
{
	if (is->people.count != start->people.count)
		return "other people are there";
	for (size_t i = 0; i < is->people.count; i++) {
		const char *difference = person_differs(&is->people.items[i], &start->people.items[i], out);
		if (difference)
			return difference;
	}
	return NULL;
}
