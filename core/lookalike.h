/* Characters that look like a Latin letter or a digit, or are one in another shape: full-width, Cyrillic,
 * circled, … */
#ifndef CORE_LOOKALIKE_H
#define CORE_LOOKALIKE_H

#include <stdint.h>

/* What a character beyond ASCII looks like, in upper case; 0 when it looks like neither. */
char lookalike(uint32_t c);

#endif
