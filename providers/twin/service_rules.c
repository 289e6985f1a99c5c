/* The rules of the imitated service, by plan id. */
#include "providers/twin/service_rules.h"

#include "core/macros.h"

/* Exchange Online */
#define MAILBOX_STANDARD "9aaf7827-d63c-4b61-89c3-182f06f82e5c"
#define MAILBOX_ENTERPRISE "efb87545-963c-4e0d-99df-69c6916d9eb0"
#define MAILBOX_KIOSK "4a82b400-a79f-41a4-b4e2-e94f5787b113"
#define MAILBOX_ESSENTIALS "1126bef5-da20-4f07-b45e-ad25d2581aa8"
#define MAILBOX_SMALL_BUSINESS "d42bdbd6-c335-4231-ab3d-c8f348d5aff5"
#define MAILBOX_MIDSIZE "fc52cc4b-ed7d-472d-bbe7-b081c23ecc56"
#define MAILBOX_POP "90927877-dcff-4af6-b346-2332c0b15bb7"
#define ARCHIVE_ON_PREMISES "da040e0a-b393-4bea-bb76-928b3fa1cf5a"
#define ARCHIVE_ADD_ON "176a09a6-7ec5-4039-ac02-b2791c6ba793"
/* SharePoint and OneDrive */
#define SITES_ENTERPRISE "5dbe027f-2339-4123-9542-606e4d348a72"
#define SITES_ENTERPRISE_EDU "63038b2c-28d0-45f6-bc36-33062963b498"
#define SITES_STANDARD "c7699d2e-19aa-44de-8edf-1736da088ca1"
#define SITES_STANDARD_EDU "0a4983bb-d3e5-4a09-95d8-b2d0127b3df5"
#define SITES_KIOSK "902b47e5-dcb2-4fdc-858b-c63a90a2bdb9"
#define SITES_MIDSIZE "6b5b6a67-fc72-4a1f-a2b5-beecf05de761"
#define SITES_DEVELOPER "a361d6e2-509e-4e25-a8ad-950060064ef4"
#define DRIVE_STANDARD "13696edf-5a08-49f6-8134-03083ed8ba30"
#define DRIVE_ENTERPRISE "afcafa6a-d966-4462-918c-ec0b4e0fe642"
#define DRIVE_BASIC "4495894f-534f-41ca-9d3b-0ebf1220a423"
#define OFFICE_FOR_THE_WEB "e95bec33-7c88-4a70-8e19-b10bd9d0c014"
#define PROJECT_SITES "fe71d6c3-a2ea-4499-9778-da042bf08063"
/* Skype for Business, Teams and telephony */
#define SKYPE_STANDARD "0feaeb32-d00e-4d66-bd5a-43b5b83db82c"
#define SKYPE_IM "afc06cb0-b4f4-4473-8286-d644f70d8faf"
#define SKYPE_MIDSIZE "b2669e95-76ef-4e7e-a367-002f60a39f3e"
#define SKYPE_LITE "70710b6b-3ab4-4a38-9f6d-9f169461650a"
#define TEAMS "57ff2da0-773e-42df-b2af-ffb7a2317929"
#define PHONE_SYSTEM "4828c8ec-dc2e-4779-b502-87ac9ce28ab7"
#define AUDIO_CONFERENCING "3e26ee1f-8a5f-4d52-aee2-b81ce45c8f40"
#define CALLING_DOMESTIC "4ed3ff63-69d7-4fb7-b984-5aec7f605ca8"
#define CALLING_INTERNATIONAL "5a10155d-f5c1-411a-a8ec-e99aae125390"
#define CALLING_DOMESTIC_120 "54a152dc-90de-4996-93d2-bc47e670fc06"
/* Others */
#define WORKPLACE_ANALYTICS "f477b0f0-3bb1-4890-940c-40fcee6ce05f"
#define CUSTOMER_MANAGER "5bfe124c-bbdc-4494-8835-f1297d457d79"
#define INFORMATION_PROTECTION_1 "6c57d4b6-3b23-47a5-9bc9-69f17b4947b3"
#define RIGHTS_MANAGEMENT "bea4c11e-220a-4e6d-8eb8-8ea15d019f90"
#define RIGHTS_MANAGEMENT_GOV "6a76346d-5d6e-4051-9fe3-ed3f312b5597"
#define INTUNE "c1ec4a95-1f05-45b3-a911-aa3fa01094f5"
#define INTUNE_VOLUME "3e170737-c728-4eae-bbb9-3f3360f7184c"

static const struct twin_service_rule rules[] = {
	/*
	 * Exchange stacks its plans since January 2023, but for the old Small and Midsize Business and the
	 * one sold with British Telecom: each of these beside any other is refused.
	 * https://techcommunity.microsoft.com/t5/exchange-team-blog/ba-p/3721098
	 */
	{NULL, {MAILBOX_SMALL_BUSINESS, MAILBOX_MIDSIZE, MAILBOX_POP, MAILBOX_STANDARD}},
	{NULL, {MAILBOX_SMALL_BUSINESS, MAILBOX_MIDSIZE, MAILBOX_POP, MAILBOX_ENTERPRISE}},
	{NULL, {MAILBOX_SMALL_BUSINESS, MAILBOX_MIDSIZE, MAILBOX_POP, MAILBOX_KIOSK}},
	{NULL, {MAILBOX_SMALL_BUSINESS, MAILBOX_MIDSIZE, MAILBOX_POP, MAILBOX_ESSENTIALS}},
	/*
	 * https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference as of October
	 * 2025. SharePoint, Yammer and rights management stand there too; other pages show them held
	 * together, and the service of today is imitated as allowing it.
	 */
	{NULL, {ARCHIVE_ON_PREMISES, MAILBOX_STANDARD}},
	{NULL, {ARCHIVE_ON_PREMISES, MAILBOX_KIOSK}},
	{NULL, {ARCHIVE_ON_PREMISES, MAILBOX_ESSENTIALS}},
	{NULL, {ARCHIVE_ON_PREMISES, MAILBOX_MIDSIZE}},
	{NULL, {ARCHIVE_ON_PREMISES, MAILBOX_POP}},
	{NULL, {SKYPE_LITE, SKYPE_MIDSIZE, SKYPE_STANDARD}},
	{NULL, {SKYPE_LITE, SKYPE_MIDSIZE, SKYPE_IM}},
	{NULL, {CALLING_DOMESTIC, CALLING_INTERNATIONAL, CALLING_DOMESTIC_120}},
	{NULL, {INTUNE, INTUNE_VOLUME}},
	/* "The service Microsoft Workplace Analytics requires Exchange Online", plan 1 or 2.
	 * https://learn.microsoft.com/entra/identity/users/licensing-groups-resolve-problems */
	{WORKPLACE_ANALYTICS, {MAILBOX_STANDARD, MAILBOX_ENTERPRISE}},
	/* The same page: audio conferencing goes with what gives Skype for Business; the product list has it
	 * with Teams alone as well. */
	{AUDIO_CONFERENCING, {SKYPE_STANDARD, SKYPE_MIDSIZE, TEAMS}},
	{PHONE_SYSTEM, {SKYPE_STANDARD, SKYPE_MIDSIZE, TEAMS}},
	/* Support article 3209493, in the admin centre's words: plan 2 or plan 1. */
	{CUSTOMER_MANAGER, {MAILBOX_ENTERPRISE, MAILBOX_STANDARD}},
	/* The admin centre: SharePoint plan 2, Kiosk or plan 1. Product list: or a OneDrive, or what the
	 * products of before had in their place. */
	{OFFICE_FOR_THE_WEB,
	 {SITES_ENTERPRISE, SITES_KIOSK, SITES_STANDARD, SITES_ENTERPRISE_EDU, SITES_STANDARD_EDU,
	  SITES_MIDSIZE, SITES_DEVELOPER, DRIVE_STANDARD, DRIVE_ENTERPRISE, DRIVE_BASIC}},
	/* The service's own words to reprocessLicenseAssignment. */
	{PROJECT_SITES, {SITES_ENTERPRISE}},
	{INFORMATION_PROTECTION_1, {RIGHTS_MANAGEMENT, RIGHTS_MANAGEMENT_GOV}},
	{ARCHIVE_ADD_ON,
	 {MAILBOX_STANDARD, MAILBOX_ENTERPRISE, MAILBOX_KIOSK, MAILBOX_ESSENTIALS, MAILBOX_SMALL_BUSINESS,
	  MAILBOX_MIDSIZE}},
};

const struct twin_service_rule *twin_service_rule_at(size_t index)
{
	return index < ARRAY_LEN(rules) ? &rules[index] : NULL;
}
