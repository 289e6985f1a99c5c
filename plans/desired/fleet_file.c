/* Parses fleet.yaml: what its table (plans/desired/fleet_fields.c) cannot say. */
#include "plans/desired/fleet_file.h"

#include "plans/desired/desired_fields.h"

#include <string.h>

/* ---- names and patterns --------------------------------------------------------------------- */

static bool name_pattern_matches(const char *pattern, const char *name)
{
	const char *star = NULL;
	const char *from = NULL;
	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			from = name;
		} else if (*pattern == '?' || *pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++from;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

bool name_patterns_match(const struct name_pattern_list *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (name_pattern_matches(patterns->items[i].text, name))
			return true;
	return false;
}

/* ---- checks --------------------------------------------------------------------------------- */

static bool takes_all(const struct fleet_wave *wave)
{
	return !wave->customers.count && !wave->labels.count && !wave->share.given;
}

static void check_waves(struct field_reader *reader, struct fleet_file *fleet)
{
	if (fleet->waves.count > FLEET_WAVES_MAX)
		field_error_at(reader, SS110, fleet->waves_place, "'waves' has %zu entries",
			       fleet->waves.count)
			->help = "At most 100 are allowed.";
	for (size_t i = 0; i < fleet->waves.count && i < FLEET_WAVES_MAX; i++) {
		const struct fleet_wave *wave = &fleet->waves.items[i];
		for (size_t j = 0; wave->name && j < i; j++)
			if (str_eq(wave->name, fleet->waves.items[j].name))
				field_error_at(reader, SS114, wave->place, "two waves are called '%s'",
					       wave->name)
					->help = "Give each wave a name of its own.";
		if (wave->share.given && !wave->share.value)
			field_error_at(reader, SS110, wave->share.place, "a share of nothing")->help =
				"Write at least 1, or remove the wave.";
		if (wave->name && i + 1 < fleet->waves.count && takes_all(wave))
			field_error_at(reader, SS113, wave->place,
				       "'%s' takes everybody who is left, so that nobody is left for '%s'",
				       wave->name, fleet->waves.items[i + 1].name)
				->help = "Give it customers, labels or a share, or make it the last wave.";
	}
}

static struct fleet_file default_fleet(void)
{
	return (struct fleet_file){.parallel = FLEET_PARALLEL_DEFAULT};
}

bool fleet_parse(const char *path, const char *text, size_t len, struct arena *out, struct diag_list *diags,
		 struct fleet_file *ret_fleet)
{
	const struct node *root;
	size_t first = diags->count;
	struct field_reader reader = {.file = arena_strdup(out, path),
				      .out = out,
				      .diags = diags,
				      .own = fleet_fields,
				      .files = field_files};
	*ret_fleet = (struct fleet_file){0};
	if (!kept_document(&reader, (struct bytes){text, len}, first, &root))
		return false;
	struct fleet_file fleet = default_fleet();
	if (field_expect(&reader, root, NODE_MAPPING)) {
		fields_from_yaml(&reader, fleet_fields, root, &fleet);
		check_waves(&reader, &fleet);
	}
	refuse_kept_secrets(&reader, first, text, len, root);
	diags_sort_from(diags, first);
	*ret_fleet = fleet;
	if (diags_errors_from(diags, first))
		return false;
	if (!fleet.waves.count)
		VEC_PUSH(out, &fleet.waves, (struct fleet_wave){.name = "all"});
	*ret_fleet = fleet;
	return true;
}

static void check_list(const struct name_pattern_list *list, const struct str_list *customers,
		       struct arena *out, struct diag_list *diags)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct name_pattern *pattern = &list->items[i];
		bool found = str_eq(pattern->text, "*");
		for (size_t j = 0; j < customers->count && !found; j++)
			found = name_pattern_matches(pattern->text, customers->items[j]);
		if (found)
			continue;
		bool is_name = !strpbrk(pattern->text, "*?");
		const char *near = is_name ? str_nearest(pattern->text, customers) : NULL;
		diag_add(out, diags, SS119, pattern->place,
			 is_name ? "there is no customer '%s'" : "no customer's name is like '%s'",
			 pattern->text)
			->help = near ? arena_printf(out, "Did you mean '%s'?", near)
				      : "Customers are the files in customers/.";
	}
}

void fleet_check_names(const struct fleet_file *fleet, const struct str_list *customers, struct arena *out,
		       struct diag_list *diags)
{
	check_list(&fleet->customers, customers, out, diags);
	for (size_t i = 0; i < fleet->waves.count; i++)
		check_list(&fleet->waves.items[i].customers, customers, out, diags);
}
