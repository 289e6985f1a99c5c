/*
 * The room of what commands print as their result, for a person and for a machine; here the frame of every
 * result in JSON: one object, canonical, a newline behind it.
 */
#ifndef CMD_DOCUMENT_H
#define CMD_DOCUMENT_H

#include "cmd/outside/app.h"
#include "core/json.h"

struct document {
	struct strbuf text;
	struct json_writer w; /* within the object; keys in canonical order */
};

void document_begin(struct document *document);
/* Ends the object, prints it on standard output or where --out says, and releases it. */
void document_print(struct app *app, struct document *document);

#endif
