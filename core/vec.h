/*
 * One typed growable array, in an arena.
 *
 *	VEC(user_list, struct user);          declares struct user_list {items, count, cap}
 *	VEC_PUSH(arena, &list, user);         appends a copy, amortised constant time
 *
 * Growing copies into the arena and abandons the old items: at most twice the final size.
 */
#ifndef CORE_VEC_H
#define CORE_VEC_H

#include "core/mem.h"

#include <string.h>

#define VEC(name, type)                                                                                      \
	struct name {                                                                                        \
		type *items;                                                                                 \
		size_t count;                                                                                \
		size_t cap;                                                                                  \
	}

#define VEC_RESERVE(arena, vec, want)                                                                        \
	do {                                                                                                 \
		if ((vec)->cap < (want)) {                                                                   \
			size_t cap_ = (vec)->cap ? (vec)->cap * 2 : 1;                                       \
			if (cap_ < (want))                                                                   \
				cap_ = (want);                                                               \
			void *items_ = arena_alloc_array((arena), cap_, sizeof *(vec)->items);               \
			if ((vec)->count)                                                                    \
				memcpy(items_, (vec)->items, (vec)->count * sizeof *(vec)->items);           \
			(vec)->items = items_;                                                               \
			(vec)->cap = cap_;                                                                   \
		}                                                                                            \
	} while (0)

#define VEC_PUSH(arena, vec, ...)                                                                            \
	do {                                                                                                 \
		VEC_RESERVE((arena), (vec), (vec)->count + 1);                                               \
		(vec)->items[(vec)->count++] = (__VA_ARGS__);                                                \
	} while (0)

VEC(str_list, const char *);

#endif
