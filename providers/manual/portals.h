/*
 * Where an administrator signs in and redeems, by cloud. Data only.
 *
 * `tenant` plus a tenant's id is a page that signs in at that tenant's own authority, whoever the browser
 * would otherwise take the person for. Microsoft documents it for the global cloud, twice: in Entra
 * External ID ("one-time passcode", "redemption experience": a link with tenant context, for example
 * https://portal.azure.com/<tenant id>), and in the seamless single sign-on FAQ (of the applications that
 * send their requests to https://login.microsoftonline.com/<tenant>/… instead of …/common/…, the one at
 * https://portal.azure.com/contoso.com). The other clouds' portals are of "national cloud deployments";
 * that they take a tenant in the same place is by analogy.
 *
 * `admin` is where the admin centre is: for the global cloud the Office 365 portal with a domain hint, from
 * the same FAQ (https://portal.office.com?domain_hint=contoso.com), which is documented for that cloud only;
 * portal.office365.us and portal.apps.mil as in Microsoft's lists of government portals,
 * portal.partner.microsoftonline.cn as in the admin centre's help for 21Vianet. `activate` is where a new
 * key is entered, where there is a page for it.
 *
 * No link depends on the id of an application of Microsoft's.
 */
#ifndef PROVIDERS_MANUAL_PORTALS_H
#define PROVIDERS_MANUAL_PORTALS_H

#include <stdbool.h>

struct portals {
	const char *cloud;
	const char *tenant;
	const char *admin;
	bool admin_takes_domain; /* behind it */
	const char *activate;	 /* or NULL */
};

static const struct portals portals[] = {
	{"global", "https://portal.azure.com/", "https://portal.office.com?domain_hint=", true,
	 "https://microsoft365.com/setupbusiness"},
	{"usgov", "https://portal.azure.us/", "https://portal.office365.us/adminportal", false, NULL},
	{"usgov-dod", "https://portal.azure.us/", "https://portal.apps.mil/adminportal", false, NULL},
	{"china", "https://portal.azure.cn/", "https://portal.partner.microsoftonline.cn/adminportal", false,
	 NULL},
};

#endif
