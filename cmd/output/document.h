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

/* An array of {code, column, file, help, line, message, severity}; what a place has not is null. */
void document_put_diags(struct json_writer *w, const struct diag_list *diags, struct arena *tmp);

#endif
