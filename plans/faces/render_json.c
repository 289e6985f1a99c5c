/* A plan as JSON: the plan file's own object, with id, digest and path added. */
#include "plans/faces/render_model.h"

#include "core/json.h"

#include <string.h>

void render_json(const struct render_model *m, struct strbuf *out)
{
	const struct plan_folder *folder = m->folder;
	CLEANUP(json_freep) struct json *root = NULL;
	struct error ignored = ERROR_INIT;
	if (!json_parse(folder->bytes, folder->len, &root, &ignored)) {
		error_release(&ignored); /* it was decoded from these very bytes */
		return;
	}
	const struct {
		const char *key, *value;
	} added[] = {{"digest", folder->digest}, {"id", folder->id}, {"path", folder->paths.plan}};
	struct json_writer w = JSON_WRITER(out);
	size_t next = 0;
	json_begin_object(&w);
	JSON_EACH (member, root) {
		while (next < ARRAY_LEN(added) && strcmp(added[next].key, json_key(member)) < 0) {
			json_set_text(&w, added[next].key, added[next].value);
			next++;
		}
		json_put_key(&w, json_key(member));
		json_put_value(&w, member);
	}
	for (; next < ARRAY_LEN(added); next++)
		json_set_text(&w, added[next].key, added[next].value);
	json_end_object(&w);
	strbuf_add_char(out, '\n');
}
