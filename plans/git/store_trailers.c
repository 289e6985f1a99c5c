/* Who else was at a commit, by the trailers of its message. */
#include "core/macros.h"
#include "plans/git/store_internal.h"

#include <string.h>
#include <strings.h>

/* What stands there, without the blanks and marks around it. */
static void add_word(const char *at, size_t len, struct arena *out, struct str_list *ret)
{
	static const char around[] = " \t\r,;\"'";
	while (len && strchr(around, at[len - 1]))
		len--;
	size_t skip = strspn(at, around);
	if (skip < len)
		VEC_PUSH(out, ret, arena_strndup(out, at + skip, len - skip));
}

/* Behind the colon of a trailer that names whoever wrote too; NULL for any other line. Blanks are as git
 * takes them. */
static const char *behind_other(const char *line)
{
	static const char *const keys[] = {"Co-authored-by", "Co-developed-by"};
	line += strspn(line, " \t");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (strncasecmp(line, keys[i], strlen(keys[i])) != 0)
			continue;
		const char *at = line + strlen(keys[i]);
		at += strspn(at, " \t");
		if (*at == ':')
			return at + 1;
	}
	return NULL;
}

void store_other_authors(const char *message, struct arena *out, struct str_list *ret)
{
	for (const char *line = message; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *at = behind_other(line);
		while (at && *at && *at != '\n') {
			size_t name = strcspn(at, "<\n");
			add_word(at, name, out, ret);
			at += name;
			if (*at != '<')
				break;
			size_t address = strcspn(at + 1, ">\n");
			add_word(at + 1, address, out, ret);
			at += 1 + address;
			at += *at == '>';
		}
	}
}
