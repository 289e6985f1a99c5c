/* Whom to call, as lines of a card. */
#ifndef PROVIDERS_MANUAL_PHONE_H
#define PROVIDERS_MANUAL_PHONE_H

#include "core/str.h"

void phone_add(struct strbuf *out);

#endif
