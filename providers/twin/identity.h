/*
 * Places that identity comes from, beside the sign-in service: Azure's managed identities, and the
 * pipelines whose tokens a federated credential accepts. All on the twin's own port:
 *
 *	GET  /metadata/identity/oauth2/token   a machine's metadata service (IMDS)
 *	GET  /msi/token                        App Service and Container Apps
 *	GET  /actions/token                    GitHub Actions
 *	POST /azure-devops/oidctoken           Azure DevOps
 *	GET  /issuers/keys                     the keys with which the twin signs as GitHub or Azure
 *DevOps
 */
#ifndef PROVIDERS_TWIN_IDENTITY_H
#define PROVIDERS_TWIN_IDENTITY_H

#include "providers/twin/call.h"

/* The file's "identities". */
NODISCARD bool load_identities(struct twin *twin, const struct json *list, struct error *err);

/* False when the path is none of these; else it is answered. */
bool identity_handle(struct call *call);
void identity_github(struct call *call);
void identity_azure_devops(struct call *call);
void identity_keys(struct call *call);

/* A signed token with these claims, a JSON object; the key is made when it is first wanted. */
const char *identity_sign(struct call *call, const struct strbuf *claims);
/* The key that the twin publishes for all issuers it plays, as PEM; NULL when it plays none. */
const char *identity_published_key(const struct twin *twin, const char *key_id);

#endif
