/* Randomness as an injected effect: request ids, run ids and jitter. */
#include "core/random.h"

#include <stdlib.h>
#include <sys/random.h>

static void system_fill(void *ctx, void *bytes, size_t len)
{
	(void)ctx;
	unsigned char *p = bytes;
	while (len) {
		ssize_t got = getrandom(p, len, 0);
		if (got <= 0)
			continue;
		p += got;
		len -= (size_t)got;
	}
}

const struct random random_system = {system_fill, NULL};

void random_guid(const struct random *random, char ret_text[GUID_TEXT_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char bytes[16];
	random->fill(random->ctx, bytes, sizeof bytes);
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	char *p = ret_text;
	for (size_t i = 0; i < sizeof bytes; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = hex[bytes[i] >> 4];
		*p++ = hex[bytes[i] & 0x0f];
	}
	*p = '\0';
}

int64_t random_below(const struct random *random, int64_t limit)
{
	if (limit <= 0)
		return 0;
	uint64_t value;
	random->fill(random->ctx, &value, sizeof value);
	return (int64_t)(value % (uint64_t)limit);
}
