/* The example is about the month in which it is written: dates that stand still would be past some day. */
#include "cmd/templates/templates.h"

#include "core/clock.h"

#include <stdlib.h>
#include <string.h>

#define MARK "@today"

void template_write(const struct template_file *file, int32_t today, struct strbuf *out)
{
	const char *rest = file->bytes;
	const char *mark;
	while ((mark = strstr(rest, MARK)) != NULL) {
		char day[DATE_TEXT_SIZE];
		char *end;
		/* embed.py has seen that a few digits and "@" follow. */
		date_format(today + (int32_t)strtol(mark + strlen(MARK), &end, 10), day);
		strbuf_add_bytes(out, rest, (size_t)(mark - rest));
		strbuf_add(out, day);
		rest = end + 1;
	}
	strbuf_add(out, rest);
}
