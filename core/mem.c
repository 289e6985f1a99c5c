/* Allocation that cannot fail, and arenas. */
#include "core/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_FIRST_BLOCK = 4096, ARENA_LARGEST_BLOCK = 1 << 20, EXIT_NO_MEMORY = 71 };

void mem_exhausted(void)
{
	static const char text[] = "seatshift: error: out of memory\n";
	ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
	(void)written;
	_exit(EXIT_NO_MEMORY);
}

void *mem_alloc(size_t size)
{
	void *ptr = calloc(1, size ? size : 1);
	if (!ptr)
		mem_exhausted();
	return ptr;
}

void *mem_realloc(void *ptr, size_t size)
{
	void *grown = realloc(ptr, size ? size : 1);
	if (!grown)
		mem_exhausted();
	return grown;
}

void *mem_realloc_array(void *ptr, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		mem_exhausted();
	return mem_realloc(ptr, total);
}

char *mem_strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	return memcpy(mem_alloc(size), text, size);
}

char *mem_vprintf(const char *fmt, va_list args)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	if (!stream)
		mem_exhausted();
	int written = vfprintf(stream, fmt, args);
	if (fclose(stream) != 0 || written < 0)
		mem_exhausted();
	return text;
}

char *mem_printf(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *text = mem_vprintf(fmt, args);
	va_end(args);
	return text;
}

void mem_free_text(char **text)
{
	free(*text);
}

struct block {
	struct block *next;
	size_t used;
	size_t size;
	alignas(max_align_t) char data[];
};

struct arena {
	struct block *head;
	size_t next_size;
	size_t total;
};

struct arena *arena_new(void)
{
	struct arena *arena = mem_alloc(sizeof *arena);
	arena->next_size = ARENA_FIRST_BLOCK;
	return arena;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct block *block = arena->head; block;) {
		struct block *next = block->next;
		free(block);
		block = next;
	}
	free(arena);
}

static struct block *block_add(struct arena *arena, size_t need)
{
	size_t size = arena->next_size;
	if (arena->next_size < ARENA_LARGEST_BLOCK)
		arena->next_size *= 2;
	if (size < need)
		size = need;
	if (size > SIZE_MAX - sizeof(struct block))
		mem_exhausted();
	/* calloc, not malloc: fresh pages are zero already, and callers rely on zeroed memory. */
	struct block *block = mem_alloc(sizeof *block + size);
	block->size = size;
	arena->total += sizeof *block + size;
	/* An oversized block goes behind the head, so that the head's free space is not lost. */
	if (arena->head && size == need && size > ARENA_LARGEST_BLOCK / 4) {
		block->next = arena->head->next;
		arena->head->next = block;
	} else {
		block->next = arena->head;
		arena->head = block;
	}
	return block;
}

static void *arena_take(struct arena *arena, size_t size, size_t align)
{
	struct block *block = arena->head;
	size_t start = block ? (block->used + align - 1) / align * align : 0;
	if (!block || start > block->size || block->size - start < size) {
		block = block_add(arena, size);
		start = 0;
	}
	block->used = start + size;
	return block->data + start;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return arena_take(arena, size ? size : 1, alignof(max_align_t));
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		mem_exhausted();
	return arena_alloc(arena, total);
}

void *arena_dup(struct arena *arena, const void *data, size_t size)
{
	void *copy = arena_alloc(arena, size);
	if (size)
		memcpy(copy, data, size);
	return copy;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	if (len == SIZE_MAX)
		mem_exhausted();
	char *copy = arena_take(arena, len + 1, 1);
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_vprintf(struct arena *arena, const char *fmt, va_list args)
{
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, fmt, args);
	if (len < 0)
		mem_exhausted();
	char *text = arena_take(arena, (size_t)len + 1, 1);
	vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	return text;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *text = arena_vprintf(arena, fmt, args);
	va_end(args);
	return text;
}

size_t arena_size(const struct arena *arena)
{
	return arena->total;
}
