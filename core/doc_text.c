/* What must hold of a text before it is parsed as YAML. */
#include "core/doc_text.h"

#include "core/doc.h"
#include "core/str.h"

struct whole {
	const char *file;
	const char *text;
	size_t len;
	struct arena *out;
	struct diag_list *diags;
};

struct place doc_text_place(const char *file, const char *text, size_t len, size_t offset)
{
	struct place place = {.file = file, .line = 1, .col = 1, .len = 1};
	for (size_t i = 0; i < offset && i < len; i++) {
		if (text[i] == '\n') {
			place.line++;
			place.col = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			place.col++;
		}
	}
	return place;
}

static struct diag *complain(const struct whole *b, enum diag_code code, struct place place,
			     const char *message)
{
	return diag_add(b->out, b->diags, code, place, "%s", message);
}

static size_t first_bad_byte(const char *text, size_t len)
{
	size_t at = 0;
	while (at < len) {
		size_t step = 1;
		while (step <= 4 && step <= len - at && !str_is_utf8(text + at, step))
			step++;
		if (step > 4 || step > len - at)
			return at;
		at += step;
	}
	return len;
}

static bool check_encoding(const struct whole *b)
{
	if (b->len > DOC_MAX_BYTES) {
		struct place whole = {.file = b->file};
		diag_add(b->out, b->diags, SS102, whole, "the file is %zu bytes long, at most %d are allowed",
			 b->len, DOC_MAX_BYTES)
			->help = "Move long lists of users into a CSV file.";
		return false;
	}
	if (str_is_utf8(b->text, b->len))
		return true;
	struct place place = doc_text_place(b->file, b->text, b->len, first_bad_byte(b->text, b->len));
	complain(b, SS102, place, "the file is not UTF-8")->help = "Save it in UTF-8 encoding.";
	return false;
}

/*
 * YAML 1.1, and so libyaml, ends a line at a lone CR, NEL, LS and PS too. Editors and diffs do not
 * show those, so what follows one could be read as a key of its own that nobody sees.
 */
static bool check_line_breaks(const struct whole *b)
{
	static const char *const breaks[] = {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
	for (size_t i = 0; i < b->len; i++) {
		const char *p = b->text + i;
		if (*p != '\r' && *p != '\xc2' && *p != '\xe2')
			continue;
		bool bad = *p == '\r' && !(i + 1 < b->len && p[1] == '\n');
		for (size_t k = 0; k < ARRAY_LEN(breaks); k++)
			bad |= strncmp(p, breaks[k], strlen(breaks[k])) == 0;
		if (!bad)
			continue;
		struct place place = doc_text_place(b->file, b->text, b->len, i);
		complain(b, SS101, place, "a line break that most editors do not show")->help =
			"End lines with LF or CRLF only.";
		return false;
	}
	return true;
}

bool doc_text_check(const char *file, const char *text, size_t len, struct arena *out,
		    struct diag_list *diags)
{
	const struct whole b = {file, text, len, out, diags};
	return check_encoding(&b) && check_line_breaks(&b);
}
