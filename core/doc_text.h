/* What must hold of a text before it is parsed as YAML: size, encoding, line breaks. For core/doc.c. */
#ifndef CORE_DOC_TEXT_H
#define CORE_DOC_TEXT_H

#include "core/diag.h"

/* At most one complaint, with its place. */
NODISCARD bool doc_text_check(const char *file, const char *text, size_t len, struct arena *out,
			      struct diag_list *diags);
/* The place of a byte, its column in characters. */
struct place doc_text_place(const char *file, const char *text, size_t len, size_t offset);

#endif
