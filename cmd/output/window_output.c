/* The double-billing window in JSON. */
#include "cmd/output/window_output.h"

void window_put_json(const struct window *window, struct arena *tmp, struct json_writer *w)
{
	if (!window->any) {
		json_put_null(w);
		return;
	}
	json_begin_object(w);
	json_set_int(w, "days", window->days);
	json_set_text(w, "first_day", window_day_text(window->first_day, tmp));
	json_set_text(w, "last_day", window_day_text(window->last_day, tmp));
	json_set_text(w, "last_safe_day", window_day_text(window->last_safe_day, tmp));
	json_set_bool(w, "open", window->open);
	json_set_text(w, "retire_by", window_day_text(window->retire_by, tmp));
	json_set_bool(w, "retire_by_passed", window->retire_by_passed);
	json_set_int(w, "seat_days", window->seat_days);
	json_set_int(w, "seats", window->seats);
	json_end_object(w);
}
