/*
 * A customer file written from a live tenant: what can be seen is filled in, what only people know (the
 * agreement, the order, the key) is left out with a comment that says where it goes. Pure.
 *
 * The result is a file that `validate` accepts. The move is a guess: the subscription whose SKU most
 * users hold is taken for the Advisor one, and the Open SKU for the same SKU until somebody says which
 * was bought.
 */
#ifndef PLANS_DISCOVER_H
#define PLANS_DISCOVER_H

#include "core/str.h"
#include "core/tenant.h"

/* The subscription to be moved away from; NULL when users hold nothing of any that could be. */
const struct subscription *discover_guess(const struct live *live);

struct discover_input {
	const char *customer; /* [a-z0-9-] */
	const char *domain;
	const struct live *live; /* the holders of the guess's SKU are among its users */
	const struct subscription *advisor;
	const char *today; /* YYYY-MM-DD */
};
void discover_write(const struct discover_input *input, struct strbuf *out);

/* "contoso" of "contoso.onmicrosoft.com", fit to be a customer's name. */
char *discover_customer_name(const char *domain, struct arena *out);

#endif
