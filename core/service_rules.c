/* Which service plans exclude or need one another: two tables, each row with its source and date. */
#include "core/service_rules.h"

#include "core/macros.h"
#include "core/str.h"

#define REFERENCE                                                                                            \
	"Entra documentation, licensing-service-plan-reference: service plans that cannot be assigned at "   \
	"the "                                                                                               \
	"same time"
#define REFERENCE_DAY "2025-10-29"
#define STACKING                                                                                             \
	"Exchange Team Blog, 'Introducing Support for Concurrent Exchange Online License Assignments'"
#define STACKING_DAY "2023-01-20"
#define PROBLEMS "Entra documentation, licensing-groups-resolve-problems"
#define PROBLEMS_DAY "2023-11-16"

/*
 * Exchange Online plan 1 and plan 2 are in no row: "both service plans have been updated to allow
 * duplication" (resolve-problems, 2023-11-16), after the Exchange team had said so on 2023-01-20.
 */
static const struct service_exclusion exclusions[] = {
	/* The blog excepts the products of before 2015 and those sold by British Telecom. */
	{.names = {"EXCHANGE_L_STANDARD", "EXCHANGE_S_STANDARD_MIDMARKET", "EXCHANGE_B_STANDARD"},
	 .others = {"EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_DESKLESS",
		    "EXCHANGE_S_ESSENTIALS"},
	 .source = STACKING,
	 .as_of = STACKING_DAY},
	/* An archive for a mailbox that is not in Exchange Online; the blog does not name it. */
	{.names = {"EXCHANGE_S_ARCHIVE"},
	 .others = {"EXCHANGE_B_STANDARD", "EXCHANGE_S_DESKLESS", "EXCHANGE_S_ESSENTIALS",
		    "EXCHANGE_S_STANDARD", "EXCHANGE_S_STANDARD_MIDMARKET"},
	 .source = REFERENCE,
	 .as_of = REFERENCE_DAY},
	/* The blog names Kiosk, Essentials and plan 1 among those that may be held together. */
	{.names = {"EXCHANGE_S_DESKLESS", "EXCHANGE_S_ESSENTIALS", "EXCHANGE_S_STANDARD"},
	 .disputed = true,
	 .source = REFERENCE "; against it: " STACKING,
	 .as_of = REFERENCE_DAY},
	/* The same page only recommends against plans 1 and 2 together; the blog says that SharePoint has
	 * supported it for long. */
	{.names = {"ONEDRIVEENTERPRISE", "SHAREPOINT_S_DEVELOPER", "SHAREPOINTDESKLESS",
		   "SHAREPOINTENTERPRISE", "SHAREPOINTENTERPRISE_EDU", "SHAREPOINTENTERPRISE_MIDMARKET",
		   "SHAREPOINTLITE", "SHAREPOINTSTANDARD", "SHAREPOINTSTANDARD_EDU",
		   "SHAREPOINTSTANDARD_YAMMERSHADOW"},
	 .disputed = true,
	 .source = REFERENCE "; against it: the same page, and " STACKING,
	 .as_of = REFERENCE_DAY},
	/* F3 has MCOIMP and E3 MCOSTANDARD; the blog allows F3 beside E3. */
	{.names = {"MCOIMP", "MCOSTANDARD"},
	 .disputed = true,
	 .source = REFERENCE "; against it: " STACKING,
	 .as_of = REFERENCE_DAY},
	{.names = {"MCOSTANDARD_MIDMARKET", "MCOLITE"},
	 .others = {"MCOIMP", "MCOSTANDARD"},
	 .source = REFERENCE,
	 .as_of = REFERENCE_DAY},
	{.names = {"MCOPSTN1", "MCOPSTN2", "MCOPSTN5"}, .source = REFERENCE, .as_of = REFERENCE_DAY},
	/* Business Basic (prepaid) has YAMMER_MIDSIZE and E3 YAMMER_ENTERPRISE; the blog allows both. */
	{.names = {"YAMMER_ENTERPRISE", "YAMMER_EDU", "YAMMER_MIDSIZE"},
	 .disputed = true,
	 .source = REFERENCE "; against it: " STACKING,
	 .as_of = REFERENCE_DAY},
	/* One of the two SKUs called Microsoft 365 F1 has the GOV plan; the blog allows F1 beside E3. */
	{.names = {"RMS_S_ENTERPRISE", "RMS_S_ENTERPRISE_GOV"},
	 .disputed = true,
	 .source = REFERENCE "; against it: " STACKING,
	 .as_of = REFERENCE_DAY},
	{.names = {"INTUNE_A", "INTUNE_A_VL", "INTUNE_B"}, .source = REFERENCE, .as_of = REFERENCE_DAY},
};

/* Add-ons that are refused without the service they add to. The products themselves show what suffices. */
static const struct service_dependency dependencies[] = {
	{"EXCHANGE_S_ARCHIVE_ADDON",
	 {"EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_DESKLESS", "EXCHANGE_S_ESSENTIALS",
	  "EXCHANGE_L_STANDARD", "EXCHANGE_S_STANDARD_MIDMARKET"},
	 "Service description of Exchange Online Archiving for Exchange Online: an add-on for these plans",
	 "2026-11-29"},
	{"WORKPLACE_ANALYTICS", {"EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE"}, PROBLEMS, PROBLEMS_DAY},
	{"O365_SB_Relationship_Management",
	 {"EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE"},
	 "Microsoft support, article 3209493: Outlook Customer Manager needs an Exchange Online licence",
	 "2024-01-24"},
	/* The admin centre names the first three; the others come with it in products that have none of them.
	 */
	{"SHAREPOINTWAC",
	 {"SHAREPOINTENTERPRISE", "SHAREPOINTSTANDARD", "SHAREPOINTDESKLESS", "ONEDRIVESTANDARD",
	  "ONEDRIVEENTERPRISE", "ONEDRIVE_BASIC_P2", "SHAREPOINTENTERPRISE_MIDMARKET", "SHAREPOINTLITE",
	  "SHAREPOINTSTANDARD_EDU", "SHAREPOINTENTERPRISE_EDU", "SHAREPOINT_S_DEVELOPER"},
	 "Microsoft 365 admin centre, as quoted in OfficeDocs-Enterprise issue 627; product names of 2026-08",
	 "2019-12-03"},
	{"SHAREPOINT_PROJECT",
	 {"SHAREPOINTENTERPRISE", "SHAREPOINTENTERPRISE_EDU"},
	 "Graph's own answer: 'service plan fe71d6c3-a2ea-4499-9778-da042bf08063 depends on the service "
	 "plan(s) 5dbe027f-2339-4123-9542-606e4d348a72', as publicly reported",
	 "2026-11-29"},
	{"RMS_S_PREMIUM",
	 {"RMS_S_ENTERPRISE", "RMS_S_ENTERPRISE_GOV"},
	 "Entra documentation, licensing-group-advanced: Azure Information Protection plan 1 needs Azure "
	 "Rights "
	 "Management",
	 "2017-02-21"},
	/* "Teams, and Skype for Business plan 2 if the licence includes it": either is enough. */
	{"MCOEV",
	 {"MCOSTANDARD", "MCOSTANDARD_MIDMARKET", "TEAMS1"},
	 "Teams documentation, plan Direct Routing: licensing; and products that hold it beside Teams alone",
	 "2026-08-01"},
	{"MCOMEETADV",
	 {"MCOSTANDARD", "MCOSTANDARD_MIDMARKET", "TEAMS1"},
	 PROBLEMS "; and Teams Rooms Basic, which holds it beside Teams alone",
	 PROBLEMS_DAY},
};

const struct service_exclusion *service_exclusion_at(size_t index)
{
	return index < ARRAY_LEN(exclusions) ? &exclusions[index] : NULL;
}

const struct service_dependency *service_dependency_at(size_t index)
{
	return index < ARRAY_LEN(dependencies) ? &dependencies[index] : NULL;
}

bool service_rule_names(const char *const names[SERVICE_RULE_MAX], const char *plan)
{
	for (size_t i = 0; i < SERVICE_RULE_MAX && names[i]; i++)
		if (str_eq_fold(names[i], plan))
			return true;
	return false;
}
