/* Which service plans do less than others of their kind. */
#include "core/service_ladders.h"

#include "core/macros.h"
#include "core/str.h"

#include <stddef.h>

#define WRITTEN_ON "2026-11-29"

enum { LADDER_RUNGS = 4, LADDER_ALIKE = 6 };

/* The lowest rung first; the plans of one rung do the same. A plan may stand on several ladders. */
struct service_ladder {
	const char *rungs[LADDER_RUNGS][LADDER_ALIKE];
	const char *source;
	const char *as_of; /* YYYY-MM-DD: the day on which the row was written */
};

/* Plans for governments and schools stand with those they correspond to. */
static const struct service_ladder ladders[] = {
	{{{"EXCHANGE_S_DESKLESS", "EXCHANGE_S_DESKLESS_GOV", "EXCHANGE_B_STANDARD"},
	  {"EXCHANGE_S_STANDARD", "EXCHANGE_S_STANDARD_GOV", "EXCHANGE_S_ESSENTIALS", "EXCHANGE_L_STANDARD",
	   "EXCHANGE_S_STANDARD_MIDMARKET"},
	  {"EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_ENTERPRISE_GOV"}},
	 "Exchange Online service description: a mailbox of 2, of 50 and of 100 GB; archive without limit "
	 "and "
	 "holds in plan 2",
	 WRITTEN_ON},
	{{{"EXCHANGE_S_ARCHIVE_ADDON"}, {"EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_ENTERPRISE_GOV"}},
	 "Exchange Online Archiving service description: part of Exchange Online plan 2",
	 WRITTEN_ON},
	{{{"SHAREPOINTDESKLESS", "SHAREPOINTDESKLESS_GOV"},
	  {"SHAREPOINTSTANDARD", "SHAREPOINTSTANDARD_EDU", "SHAREPOINTENTERPRISE_MIDMARKET", "SHAREPOINTLITE",
	   "SharePoint Plan 1G"},
	  {"SHAREPOINTENTERPRISE", "SHAREPOINTENTERPRISE_GOV", "SHAREPOINTENTERPRISE_EDU"}},
	 "SharePoint service description: what kiosk, plan 1 and plan 2 have",
	 WRITTEN_ON},
	{{{"ONEDRIVE_BASIC", "ONEDRIVE_BASIC_GOV", "ONEDRIVE_BASIC_P2"},
	  {"ONEDRIVESTANDARD"},
	  {"ONEDRIVEENTERPRISE"}},
	 "OneDrive service description: what plan 1 and plan 2 have",
	 WRITTEN_ON},
	{{{"MCOIMP", "MCOIMP_GOV", "MCOLITE"}, {"MCOSTANDARD", "MCOSTANDARD_GOV", "MCOSTANDARD_MIDMARKET"}},
	 "Skype for Business Online service description: what plan 1 and plan 2 have",
	 WRITTEN_ON},
	{{{"TEAMS_FREE"}, {"TeamsEss"}, {"TEAMS1", "TEAMS_GOV"}},
	 "Microsoft Teams service description: what the free one, Essentials and the full one have",
	 WRITTEN_ON},
	{{{"OFFICEMOBILE_SUBSCRIPTION", "OFFICEMOBILE_SUBSCRIPTION_GOV"},
	  {"OFFICE_BUSINESS", "OFFICE_PRO_PLUS_SUBSCRIPTION_SMBIZ"},
	  {"OFFICESUBSCRIPTION", "OFFICESUBSCRIPTION_GOV"}},
	 "Office applications service description: desktop apps, and what only those for enterprise have "
	 "(policies, shared computers)",
	 WRITTEN_ON},
	{{{"AAD_BASIC", "AAD_BASIC_EDU"}, {"AAD_PREMIUM"}, {"AAD_PREMIUM_P2"}},
	 "Microsoft Entra licensing: P2 is P1 with ID Protection and more of ID Governance",
	 WRITTEN_ON},
	{{{"RMS_S_BASIC"}, {"RMS_S_ENTERPRISE", "RMS_S_ENTERPRISE_GOV"}},
	 "Azure Rights Management: the basic one is for those who read what others protect",
	 WRITTEN_ON},
	{{{"RMS_S_PREMIUM", "RMS_S_PREMIUM_GOV"}, {"RMS_S_PREMIUM2", "RMS_S_PREMIUM2_GOV"}},
	 "Azure Information Protection service description: P2 labels by itself",
	 WRITTEN_ON},
	{{{"MIP_S_CLP1"}, {"MIP_S_CLP2"}},
	 "Product names of 2026-08: Information Protection for Office 365, Standard and Premium",
	 WRITTEN_ON},
	{{{"ATP_ENTERPRISE", "ATP_ENTERPRISE_GOV"}, {"THREAT_INTELLIGENCE", "THREAT_INTELLIGENCE_GOV"}},
	 "Microsoft Defender for Office 365 service description: plan 2 is plan 1 and more",
	 WRITTEN_ON},
	{{{"MDE_LITE"}, {"MDE_SMB"}, {"WINDEFATP"}},
	 "Microsoft Defender for Endpoint documentation, 'compare plans': plan 1, Defender for Business, "
	 "plan 2",
	 WRITTEN_ON},
	{{{"ADALLOM_S_DISCOVERY"}, {"ADALLOM_S_STANDALONE"}},
	 "Microsoft Defender for Cloud Apps documentation: Discovery is a part of it",
	 WRITTEN_ON},
	{{{"ADALLOM_S_O365"}, {"ADALLOM_S_STANDALONE"}},
	 "Microsoft Defender for Cloud Apps documentation: Office 365 Cloud App Security is a part of it",
	 WRITTEN_ON},
	{{{"INTUNE_O365"}, {"INTUNE_A", "INTUNE_SMBIZ", "INTUNE_A_VL", "INTUNE_A_GOV"}},
	 "Microsoft 365 documentation: 'Choose between Basic Mobility and Security or Intune'",
	 WRITTEN_ON},
	{{{"BI_AZURE_P0"}, {"BI_AZURE_P2", "BI_AZURE_P_2_GOV"}, {"BI_AZURE_P3", "BI_AZURE_P3_GOV"}},
	 "Power BI service features by licence: free, Pro, Premium per user",
	 WRITTEN_ON},
};

/* From 1; 0: it does not stand there. */
static size_t rung_of(const struct service_ladder *ladder, const char *name)
{
	for (size_t i = 0; i < LADDER_RUNGS; i++)
		for (size_t j = 0; j < LADDER_ALIKE && ladder->rungs[i][j]; j++)
			if (str_eq(ladder->rungs[i][j], name))
				return i + 1;
	return 0;
}

enum service_rank service_rank_of(const char *other, const char *name)
{
	enum service_rank rank = RANK_NONE;
	for (size_t i = 0; i < ARRAY_LEN(ladders) && rank != RANK_HOLDS; i++) {
		size_t had = rung_of(&ladders[i], name);
		size_t has = had ? rung_of(&ladders[i], other) : 0;
		if (has)
			rank = has < had ? RANK_LESS : RANK_HOLDS;
	}
	return rank;
}
