/* Examples are about the month in which they are written: dates that stand still would be past some day. */
#include "cmd/templates/templates.h"

#include "core/clock.h"

#include <stdlib.h>
#include <string.h>

#define MARK "@today"

void days_write(const char *text, int32_t today, struct strbuf *out)
{
	const char *rest = text;
	const char *mark;
	while ((mark = strstr(rest, MARK)) != NULL) {
		char day[DATE_TEXT_SIZE];
		char *end;
		/* Both embed.py have seen that a few digits and "@" follow. */
		date_format(today + (int32_t)strtol(mark + strlen(MARK), &end, 10), day);
		strbuf_add_bytes(out, rest, (size_t)(mark - rest));
		strbuf_add(out, day);
		rest = end + 1;
	}
	strbuf_add(out, rest);
}
