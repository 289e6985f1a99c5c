/* Randomness as an injected effect: request ids, run ids and jitter. Not for planning. */
#ifndef CORE_RANDOM_H
#define CORE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
	void (*fill)(void *ctx, void *bytes, size_t len);
	void *ctx;
};
extern const struct random random_system;

enum { GUID_TEXT_SIZE = 37 };
void random_guid(const struct random *random, char ret_text[GUID_TEXT_SIZE]); /* RFC 9562 version 4 */
int64_t random_below(const struct random *random, int64_t limit);	      /* 0 when limit <= 0 */

#endif
