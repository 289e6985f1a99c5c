/*
 * Texts that many share: each is kept once and known by a number, in the order of their first use.
 *
 * Looking one up takes a time that does not grow with how many there are.
 */
#ifndef CORE_INTERN_H
#define CORE_INTERN_H

#include "core/macros.h"
#include "core/vec.h"

#include <stddef.h>

struct intern;
struct intern *intern_new(void);
void intern_free(struct intern *table);
DEFINE_FREEP(struct intern, intern)

/* The number of the text, from 0; a text that is new is copied and gets the next one. */
size_t intern_number(struct intern *table, const char *text, size_t len);
/* All texts, by number; borrowed until the table is freed or the next one is added. */
const struct str_list *intern_texts(const struct intern *table);

#endif
