/*
 * Numbers to call to cancel an Advisor subscription, as in the original procedure for partners
 * ("How to transition an Office 365 tenant from Advisor to Open"). Data only.
 */
#ifndef PROVIDERS_MANUAL_PHONE_NUMBERS_H
#define PROVIDERS_MANUAL_PHONE_NUMBERS_H

struct phone_number {
	const char *who;
	const char *country; /* from where */
	const char *number;
	const char *option; /* to ask for; or NULL */
};

static const struct phone_number phone_numbers[] = {
	{"customer", "US", "866-676-6546", NULL},
	{"partner", "US", "800-676-7658", "cloud services"},
};

#endif
