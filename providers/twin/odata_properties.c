/*
 * Properties that the real service has, of the resources imitated here: so that asking for one that the
 * twin lacks is answered as a gap of the twin, not as a mistake of the client.
 *
 * From Microsoft's OpenAPI description of Graph v1.0, August 2026.
 */
#include "providers/twin/odata.h"

#include <string.h>

static const struct {
	const char *type;
	const char *properties;
} real[] = {
	{"microsoft.graph.user",
	 "aboutMe accountEnabled ageGroup assignedLicenses assignedPlans authorizationInfo "
	 "birthday businessPhones city companyName consentProvidedForMinor country "
	 "createdDateTime creationType customSecurityAttributes deletedDateTime department "
	 "deviceEnrollmentLimit displayName employeeHireDate employeeId employeeLeaveDateTime "
	 "employeeOrgData employeeType externalUserState externalUserStateChangeDateTime "
	 "faxNumber givenName hireDate id identities imAddresses interests "
	 "isManagementRestricted isResourceAccount jobTitle lastPasswordChangeDateTime "
	 "legalAgeGroupClassification licenseAssignmentStates mail mailNickname "
	 "mailboxSettings mobilePhone mySite officeLocation onPremisesDistinguishedName "
	 "onPremisesDomainName onPremisesExtensionAttributes onPremisesImmutableId "
	 "onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName "
	 "onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName "
	 "otherMails passwordPolicies passwordProfile pastProjects postalCode "
	 "preferredDataLocation preferredLanguage preferredName print provisionedPlans "
	 "proxyAddresses responsibilities schools securityIdentifier "
	 "serviceProvisioningErrors showInAddressList signInActivity "
	 "signInSessionsValidFromDateTime skills state streetAddress surname usageLocation "
	 "userPrincipalName userType "},
	{"microsoft.graph.group",
	 "allowExternalSenders assignedLabels assignedLicenses autoSubscribeNewMembers "
	 "classification createdDateTime deletedDateTime description displayName "
	 "expirationDateTime groupTypes hasMembersWithLicenseErrors hideFromAddressLists "
	 "hideFromOutlookClients id isArchived isAssignableToRole isManagementRestricted "
	 "isSubscribedByMail licenseProcessingState mail mailEnabled mailNickname "
	 "membershipRule membershipRuleProcessingState onPremisesDomainName "
	 "onPremisesLastSyncDateTime onPremisesNetBiosName onPremisesProvisioningErrors "
	 "onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled "
	 "preferredDataLocation preferredLanguage proxyAddresses renewedDateTime "
	 "securityEnabled securityIdentifier serviceProvisioningErrors theme uniqueName "
	 "unseenCount visibility "},
	{"microsoft.graph.organization",
	 "assignedPlans businessPhones city country countryLetterCode createdDateTime "
	 "defaultUsageLocation deletedDateTime displayName id marketingNotificationEmails "
	 "mobileDeviceManagementAuthority onPremisesLastSyncDateTime onPremisesSyncEnabled "
	 "partnerTenantType postalCode preferredLanguage privacyProfile provisionedPlans "
	 "securityComplianceNotificationMails securityComplianceNotificationPhones state "
	 "street technicalNotificationMails tenantType verifiedDomains "},
	{"microsoft.graph.domain",
	 "authenticationType availabilityStatus id isAdminManaged isDefault isInitial isRoot "
	 "isVerified manufacturer model passwordNotificationWindowInDays "
	 "passwordValidityPeriodInDays state supportedServices "},
	{"microsoft.graph.subscribedSku",
	 "accountId accountName appliesTo capabilityStatus consumedUnits id prepaidUnits "
	 "servicePlans skuId skuPartNumber subscriptionIds "},
	{"microsoft.graph.companySubscription",
	 "commerceSubscriptionId createdDateTime id isTrial nextLifecycleDateTime ownerId "
	 "ownerTenantId ownerType serviceStatus skuId skuPartNumber status totalLicenses "},
	{"microsoft.graph.contract",
	 "contractType customerId defaultDomainName deletedDateTime displayName id "},
	{"microsoft.graph.delegatedAdminRelationship",
	 "accessDetails activatedDateTime autoExtendDuration createdDateTime customer "
	 "displayName duration endDateTime id lastModifiedDateTime status "},
	{"microsoft.graph.delegatedAdminCustomer", "displayName id tenantId "},
};

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);
	for (const char *p = list; *p; p += strcspn(p, " ") + 1)
		if (strncasecmp(p, word, len) == 0 && p[len] == ' ')
			return true;
	return false;
}

bool odata_is_real(const char *type, const char *property)
{
	for (size_t i = 0; i < ARRAY_LEN(real); i++)
		if (str_eq(real[i].type, type))
			return has_word(real[i].properties, property);
	return false;
}
