/* Countries by their codes (ISO 3166-1; core/countries.csv says where the list is from). */
#ifndef CORE_COUNTRY_H
#define CORE_COUNTRY_H

#include <stdbool.h>

struct country {
	const char *alpha2;
	const char *alpha3;
	const char *name; /* in English */
};

/* Exactly as it is written, in capitals; NULL when it is no country's. */
const struct country *country_find(const char *alpha2);

/*
 * What somebody meant: the code in small letters, the code of three letters, the name, or a code that is in
 * use for a country without being its own (UK, EL). NULL when nothing is near.
 */
const struct country *country_meant(const char *text);

#endif
