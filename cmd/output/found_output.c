/* What a key brought. */
#include "cmd/output/found_output.h"

#include "core/quote.h"
#include "plans/saved/journal_found.h"

void found_put_json(const struct journal_entry_list *entries, struct json_writer *w)
{
	json_begin_array(w);
	for (size_t i = 0; i < entries->count; i++)
		if (entries->items[i].found.subscriptions.count)
			journal_found_put(&entries->items[i].found, w);
	json_end_array(w);
}

const char *found_text(const struct journal_found *found, struct arena *out)
{
	const char *text = "";
	for (size_t i = 0; i < found->subscriptions.count; i++) {
		const struct subscription *s = &found->subscriptions.items[i];
		const char *name = s->part_number ? s->part_number : s->sku_id;
		const char *until =
			s->next_lifecycle ? arena_printf(out, ", until %.10s", s->next_lifecycle) : "";
		text = arena_printf(out, "%s%s%lld × %s, subscription %s%s", text, i ? "; " : "",
				    (long long)s->seats, quote_terminal(out, name),
				    quote_terminal(out, s->id), quote_terminal(out, until));
	}
	if (found->order)
		text = arena_printf(out, "%s; order %s", text, quote_terminal(out, found->order));
	if (found->distributor)
		text = arena_printf(out, "%s of %s", text, quote_terminal(out, found->distributor));
	return text;
}
