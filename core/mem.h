/*
 * Allocation that cannot fail, and arenas.
 *
 * Running out of memory prints one fixed line and ends the program: the journal is on disk before
 * every request, so that is as safe as a kill, and no caller needs a branch for it.
 *
 * An arena owns a graph of plain data (a tenant, a plan) that is built once and dropped whole.
 * Nothing in an arena is freed on its own, and nothing in it points into a shorter-lived arena.
 */
#ifndef CORE_MEM_H
#define CORE_MEM_H

#include "core/macros.h"

#include <stdarg.h>
#include <stddef.h>

void *mem_alloc(size_t size);				       /* zeroed; free() it */
void *mem_realloc(void *ptr, size_t size);		       /* new bytes are not zeroed */
void *mem_realloc_array(void *ptr, size_t count, size_t size); /* ends the program on overflow */
char *mem_strdup(const char *text);
char *mem_printf(const char *fmt, ...) PRINTF(1, 2);
char *mem_vprintf(const char *fmt, va_list args) PRINTF(1, 0);
void mem_free_text(char **text); /* for CLEANUP on a char * */
NORETURN void mem_exhausted(void);

struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *arena);
DEFINE_FREEP(struct arena, arena)

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for any type */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size);
void *arena_dup(struct arena *arena, const void *data, size_t size);
char *arena_strdup(struct arena *arena, const char *text); /* NULL gives NULL */
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_printf(struct arena *arena, const char *fmt, ...) PRINTF(2, 3);
char *arena_vprintf(struct arena *arena, const char *fmt, va_list args) PRINTF(2, 0);
size_t arena_size(const struct arena *arena); /* bytes taken from the system */

#endif
