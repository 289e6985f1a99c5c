/*
 * People held once: what many of them have alike (licences, and the states of those) is the same memory.
 *
 * In a tenant of a hundred thousand most hold the same few SKUs with the same few services off.
 */
#ifndef PROVIDERS_GRAPH_ALIKE_H
#define PROVIDERS_GRAPH_ALIKE_H

#include "core/tenant.h"

struct alike;
struct alike *alike_new(struct arena *out); /* what is kept lives there */
void alike_free(struct alike *alike);
DEFINE_FREEP(struct alike, alike)

/* The user, copied; lists are shared with those who were kept before and have the same. */
void alike_keep(struct alike *alike, const struct user *user, struct user *ret);

#endif
