/* Compiler conveniences shared by every layer. Nothing else belongs here. */
#ifndef CORE_MACROS_H
#define CORE_MACROS_H

#include <stddef.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))

/* Yields `p` and leaves NULL behind, so that its cleanup becomes a no-op. */
#define TAKE(p)                                                                                              \
	__extension__({                                                                                      \
		__typeof__(p) take_ = (p);                                                                   \
		(p) = NULL;                                                                                  \
		take_;                                                                                       \
	})

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Defines `name_freep(T **)`, for CLEANUP, out of `free_fn(T *)`. */
#define DEFINE_FREEP(type, name)                                                                             \
	static inline void name##_freep(type **p)                                                            \
	{                                                                                                    \
		name##_free(*p);                                                                             \
	}

#endif
