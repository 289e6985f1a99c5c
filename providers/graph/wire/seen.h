/* Which ids a listing has shown: by their hash alone, since only how many there are is asked. */
#ifndef PROVIDERS_GRAPH_SEEN_H
#define PROVIDERS_GRAPH_SEEN_H

#include <stdbool.h>
#include <stddef.h>

struct seen;
struct seen *seen_new(void);
void seen_free(struct seen *seen);
bool seen_add(struct seen *seen, const char *id); /* true when it is new */
size_t seen_count(const struct seen *seen);

#endif
