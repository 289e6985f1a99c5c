/*
 * Bytes with their length: the content of a file, wherever it is kept. They are borrowed, from an arena
 * mostly.
 *
 * No bytes at all (`ptr` NULL: there is no such file) are something else than an empty file. Whoever reads
 * some puts a NUL behind them that does not count.
 */
#ifndef CORE_BYTES_H
#define CORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

struct bytes {
	const char *ptr;
	size_t len;
};

/* For both, none at all are as good as empty. */
bool bytes_equal(struct bytes a, struct bytes b);
bool bytes_begin_with(struct bytes whole, struct bytes start);

#endif
