/* Where a key belongs that stands at the wrong place. */
#include "core/fields_elsewhere.h"

#include "core/str.h"

enum { PLACES_MAX = 3 };

/* `below`: "under 'open' in an entry of 'moves'"; NULL: at the top. */
static void find_places(const struct field *fields, const char *below, const char *key, struct arena *out,
			struct str_list *places)
{
	for (const struct field *field = fields; field->name; field++) {
		if (str_eq_fold(field->name, key))
			VEC_PUSH(out, places, below ? below : "at the top of the file");
		if (!field->fields)
			continue;
		const char *here =
			arena_printf(out, "%s '%s'%s%s", field->item_size ? "in an entry of" : "under",
				     field->name, below ? " " : "", below ? below : "");
		find_places(field->fields, here, key, out, places);
	}
}

static const char *places_text(struct str_list *places, struct arena *out)
{
	if (places->count > PLACES_MAX)
		places->count = PLACES_MAX;
	return str_list_join(out, places, ", or ");
}

const char *field_belongs(const struct field_file *files, const struct field *own, const char *key,
			  struct arena *out)
{
	struct str_list places = {0};
	find_places(own, NULL, key, out, &places);
	if (places.count)
		return arena_printf(out, "It belongs %s.", places_text(&places, out));
	for (const struct field_file *file = files; file && file->name; file++) {
		if (file->fields == own)
			continue;
		find_places(file->fields, NULL, key, out, &places);
		if (places.count)
			return arena_printf(out, "It is a key of %s, %s.", file->name,
					    places_text(&places, out));
	}
	return NULL;
}
