/* Who keeps what was retired, in JSON. */
#include "cmd/output/keepers_output.h"

void keepers_set_json(const struct keepers_list *list, struct json_writer *w)
{
	json_put_key(w, "kept");
	json_begin_array(w);
	for (size_t i = 0; i < list->count; i++)
		for (size_t k = 0; k < list->items[i].names.count; k++)
			json_put_text(w, list->items[i].names.items[k]);
	json_end_array(w);
}
