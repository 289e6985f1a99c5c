/* Countries by their codes. */
#include "core/country.h"

#include "core/macros.h"
#include "core/str.h"

#include "core/country_table.inc"

const struct country *country_find(const char *alpha2)
{
	for (size_t i = 0; i < ARRAY_LEN(countries); i++)
		if (str_eq(countries[i].alpha2, alpha2))
			return &countries[i];
	return NULL;
}

/* Codes and names that people write: of the European Union, of car plates, of the internet, of everyday. */
static const struct country *find_alias(const char *text)
{
	static const struct {
		const char *written, *alpha2;
	} aliases[] = {
		{"UK", "GB"},
		{"EL", "GR"},
		{"ENG", "GB"},
		{"GER", "DE"},
		{"SUI", "CH"},
		{"NED", "NL"},
		{"England", "GB"},
		{"Great Britain", "GB"},
		{"Scotland", "GB"},
		{"Wales", "GB"},
		{"Britain", "GB"},
		{"America", "US"},
		{"Holland", "NL"},
		{"South Korea", "KR"},
		{"Czech Republic", "CZ"},
		{"Turkey", "TR"},
		{"Russia", "RU"},
		{"U.S.", "US"},
		{"U.S.A.", "US"},
		{"U.K.", "GB"},
		{"United States of America", "US"},
		{"Deutschland", "DE"},
	};
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (str_eq_fold(aliases[i].written, text))
			return country_find(aliases[i].alpha2);
	return NULL;
}

const struct country *country_meant(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(countries); i++)
		if (str_eq_fold(countries[i].alpha2, text) || str_eq_fold(countries[i].alpha3, text) ||
		    str_eq_fold(countries[i].name, text))
			return &countries[i];
	return find_alias(text);
}
