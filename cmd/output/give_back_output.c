/* EXIT in JSON. */
#include "cmd/output/give_back_output.h"

void give_back_put_json(const struct give_back *back, struct arena *tmp, struct json_writer *w)
{
	if (!back->any)
		return;
	json_put_key(w, "exit");
	json_begin_object(w);
	json_set_text(w, "text", give_back_text(back, 0, tmp));
	json_set_text(w, "until", window_day_text(back->until, tmp));
	json_end_object(w);
}
