/* Whom to call. */
#include "providers/manual/phone.h"

#include "providers/manual/phone_numbers.h"

void phone_add(struct strbuf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(phone_numbers); i++) {
		const char *option = phone_numbers[i].option;
		strbuf_addf(out, "     %-9s %s (%s)", phone_numbers[i].who, phone_numbers[i].number,
			    phone_numbers[i].country);
		if (option)
			strbuf_addf(out, ", option '%s'", option);
		strbuf_add_char(out, '\n');
	}
	strbuf_add(out, "     elsewhere the number of the tenant's country is in the admin centre, "
			"under Support > Help & support\n");
}
