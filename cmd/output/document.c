/* The frame of every result in JSON. */
#include "cmd/output/document.h"

void document_begin(struct document *document)
{
	*document = (struct document){.text = STRBUF_INIT(STRBUF_LARGE)};
	document->w = (struct json_writer)JSON_WRITER(&document->text);
	json_begin_object(&document->w);
}

static void put_place(struct json_writer *w, const char *key, size_t number)
{
	json_put_key(w, key);
	if (number)
		json_put_int(w, (int64_t)number);
	else
		json_put_null(w);
}

static void put_diag(struct json_writer *w, const struct diag *diag, struct arena *tmp)
{
	json_begin_object(w);
	json_set_text(w, "code", arena_printf(tmp, "SS%d", (int)diag->code));
	put_place(w, "column", diag->place.col);
	json_set_text(w, "file", diag->place.file);
	json_set_text(w, "help", diag_help(tmp, diag));
	put_place(w, "line", diag->place.line);
	json_set_text(w, "message", diag_message(tmp, diag));
	json_set_text(w, "severity", diag->severity == DIAG_ERROR ? "error" : "warning");
	json_end_object(w);
}

void document_put_diags(struct json_writer *w, const struct diag_list *diags, struct arena *tmp)
{
	json_begin_array(w);
	for (size_t i = 0; i < diags->count; i++)
		put_diag(w, &diags->items[i], tmp);
	json_end_array(w);
}

void document_print(struct app *app, struct document *document)
{
	json_end_object(&document->w);
	strbuf_add_char(&document->text, '\n');
	out_result_bytes(&app->out, strbuf_text(&document->text), document->text.len);
	strbuf_release(&document->text);
}
