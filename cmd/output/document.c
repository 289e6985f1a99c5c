/* The frame of every result in JSON. */
#include "cmd/output/document.h"

void document_begin(struct document *document)
{
	*document = (struct document){.text = STRBUF_INIT(STRBUF_LARGE)};
	document->w = (struct json_writer)JSON_WRITER(&document->text);
	json_begin_object(&document->w);
}

void document_print(struct app *app, struct document *document)
{
	json_end_object(&document->w);
	strbuf_add_char(&document->text, '\n');
	out_result_bytes(&app->out, strbuf_text(&document->text), document->text.len);
	strbuf_release(&document->text);
}
