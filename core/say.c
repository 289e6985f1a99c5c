/* Numbers as people read them. */
#include "core/say.h"

const char *say_count(struct arena *out, int64_t count)
{
	if (count < 1000)
		return arena_printf(out, "%lld", (long long)count);
	return arena_printf(out, "%s,%03lld", say_count(out, count / 1000), (long long)(count % 1000));
}

const char *say_number(struct arena *out, int64_t count, const char *one, const char *many)
{
	return arena_printf(out, "%s %s", say_count(out, count), count == 1 ? one : many);
}

const char *say_duration(struct arena *out, int64_t seconds)
{
	if (seconds < 60)
		return arena_printf(out, "%lld s", (long long)seconds);
	if (seconds < 3600)
		return arena_printf(out, "%lld min %lld s", (long long)(seconds / 60),
				    (long long)(seconds % 60));
	return arena_printf(out, "%s h %lld min", say_count(out, seconds / 3600),
			    (long long)(seconds / 60 % 60));
}
