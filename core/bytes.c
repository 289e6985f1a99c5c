/* Bytes with their length. */
#include "core/bytes.h"

#include <string.h>

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && bytes_begin_with(a, b);
}

bool bytes_begin_with(struct bytes whole, struct bytes start)
{
	return whole.len >= start.len && (!start.len || memcmp(whole.ptr, start.ptr, start.len) == 0);
}
