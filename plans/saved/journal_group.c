/* Who of a group has what its swap hands out, as the journal keeps it. */
#include "plans/saved/journal_group.h"

#include "core/fields.h"
#include "core/str.h"

static const struct field people_fields[] = {
	FIELD(struct unserved_people, outcome, "outcome", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct unserved_people, user_ids, "users", FIELD_TEXTS, FIELD_REQUIRED),
	FIELD(struct unserved_people, why, "why", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};

static const struct field group_fields[] = {
	FIELD(struct journal_group, members, "members", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct journal_group, more, "more", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct journal_group, unserved, "unserved", FIELD_LIST, FIELD_REQUIRED, .fields = people_fields,
	      .item_size = sizeof(struct unserved_people)),
	{0},
};

void journal_group_put(const struct journal_group *group, struct json_writer *w)
{
	fields_to_json(group_fields, group, w);
}

bool journal_group_get(const struct json *object, struct arena *out, struct journal_group *ret_group)
{
	struct error err = ERROR_INIT;
	*ret_group = (struct journal_group){0};
	bool good = fields_from_file(group_fields, object, "group", out, ret_group, &err);
	error_release(&err);
	for (size_t i = 0; good && i < ret_group->unserved.count; i++) {
		struct unserved_people *people = &ret_group->unserved.items[i];
		enum outcome outcome;
		good = people->user_ids.count && outcome_parse(people->outcome, &outcome);
		str_list_sort_unique(&people->user_ids);
	}
	return good && ret_group->unserved.count;
}

void journal_group_add(struct journal_group *group, enum outcome outcome, const char *user_id,
		       const char *why, struct arena *out)
{
	struct unserved_people *people = NULL;
	size_t named = 0;
	for (size_t i = 0; i < group->unserved.count; i++) {
		struct unserved_people *some = &group->unserved.items[i];
		named += some->user_ids.count;
		if (str_eq(some->outcome, outcome_name(outcome)) && str_eq(some->why, why))
			people = some;
	}
	if (named >= GROUP_NAMED_AT_MOST) {
		group->more++;
		return;
	}
	if (!people) {
		VEC_PUSH(out, &group->unserved,
			 (struct unserved_people){.outcome = outcome_name(outcome),
						  .why = arena_strdup(out, why)});
		people = &group->unserved.items[group->unserved.count - 1];
	}
	VEC_PUSH(out, &people->user_ids, arena_strdup(out, user_id));
}

const char *journal_group_outcome(const struct journal_group *group, const char *user_id, const char *well,
				  const char *rest)
{
	for (size_t i = 0; i < group->unserved.count; i++)
		if (str_list_search(&group->unserved.items[i].user_ids, user_id))
			return group->unserved.items[i].outcome;
	return group->more ? rest : well;
}
