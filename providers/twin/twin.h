/*
 * The twin: an imitation of Microsoft Graph v1.0 and of the sign-in service, on loopback.
 *
 * It keeps many tenants in memory and answers for them with the semantics Microsoft documents: what
 * it does not imitate is refused with an error, never answered wrongly. One thread owns a twin; while
 * it runs, everything is asked of it over HTTP, the control calls under /twin/ included.
 *
 * The FILE, strict: an unknown member is an error. Everything but id, name and domain may be left out.
 *
 *	{"format": "seatshift-twin/1",
 *	 "cloud": "global",              usgov, usgov-dod, china: whose Graph tokens are asked for
 *	 "settings": {"latency_ms": 20, "jitter_ms": 0,
 *	   "replica_lag_ms": 0,          reads show what was written only after this
 *	   "listing_lag_ms": 0,          lists of users only after this, if that is longer
 *	   "page_size": 0,               0: what Microsoft documents; else the most a page holds
 *	   "page_token_ms": 600000, "token_lifetime_s": 3599, "group_processing_ms": 0,
 *	   "throttle": false,            the published limits; or change them:
 *	   "resource_units": 0, "window_ms": 10000, "writes": 3000, "writes_window_ms": 150000},
 *	 "conflicts": [["PLAN", "PLAN"]],              instead of service_rules.c's
 *	 "dependencies": [{"plan": "PLAN", "any_of": ["PLAN"]}],
 *	 "faults": [ as for POST /twin/fault ],
 *	 "identities": [                               other places that identity comes from (identity.h)
 *	  {"kind": "machine", "tenant": GUID, "client_id": GUID, "object_id": GUID, "resource_id": "...",
 *	   "system": false},
 *	  {"kind": "app", "secret": "the X-IDENTITY-HEADER", ... as for machine},
 *	  {"kind": "github", "secret": "the request token", "issuer": "...", "subject": "..."},
 *	  {"kind": "azure-devops", "secret": "the access token", "service_connection": GUID,
 *	   "issuer": "...", "subject": "...", "audience": "..."}],
 *	 "tenants": [
 *	  {"id": GUID, "name": "Contoso Ltd", "domain": "contoso.onmicrosoft.com",
 *	   "domains": ["contoso.com", {"name": "new.com", "verified": false, "default": false}],
 *	   "country": "US", "default_usage_location": null, "tenant_type": "AAD", "partner_type": null,
 *	   "synced": false,
 *	   "clients": [{"client_id": GUID, "secret": "...", "roles": "all" or ["Organization.Read.All"],
 *	     "certificate": PEM, "federated": [{"issuer": "...", "subject": "...", "audience": "...",
 *	       "key": PEM}],                    left out: the key that the twin publishes as an issuer
 *	     "refused": {"number": 50076, "status": 400, "error": "...", "times": 1, "retry_after": 5,
 *	       "claims": "...", "body": "a page instead"} or 50076,
 *	     "secret_expired": false, "disabled": false, "public": false, "service_principal": true}],
 *	   "skus": [{"sku": "PART or id", "id": GUID, "plans": [{"id": GUID, "name": "PLAN", "applies_to":
 *"User"}], "applies_to": "User", "not_sold_in": ["CN"], "off_together": [["PLAN", "PLAN that goes off with
 *it"]]}],   only for what core/catalog.h lacks "subscriptions": [{"id": GUID, "commerce_id": GUID, "sku":
 *"STANDARDPACK", "seats": 30, "status": "Enabled", "created": TIME, "ends": TIME, "trial": false,
 *"owner_tenant": GUID}], "users": [
 *	     {"upn": "a@contoso.com", "id": GUID, "name": "...", "usage_location": "US", "mail": "...",
 *"proxies": ["smtp:..."], "enabled": true, "guest": false, "synced": false, "deleted": false, "licenses":
 *["STANDARDPACK", {"sku": "SPB", "disable": ["PLAN"], "error": "Other"}]},
 *	     {"generate": {"count": 150, "upn": "user%04d@contoso.com", "name": "User %04d", "first": 1,
 *	      "usage_location": "US", "enabled": true, "licenses": ["STANDARDPACK"]}}],
 *	   "groups": [{"id": GUID, "name": "...", "members": ["UPN or group name"], "licenses": [...],
 *	     "synced": false}],
 *	   "contracts": [{"customer": GUID, "name": "...", "domain": "...", "type": "BreadthPartner"}],
 *	   "gdap": [{"id": "...", "customer": GUID, "name": "...", "status": "active",
 *	     "activated": TIME, "ends": TIME, "duration": "P730D", "roles": [GUID]}]}]}
 *
 * Ids that are left out are made from names, so they are the same in every run. Licences in the FILE
 * are taken as they are: more than there are seats is possible, as it is in a real tenant.
 */
#ifndef PROVIDERS_TWIN_TWIN_H
#define PROVIDERS_TWIN_TWIN_H

#include "core/clock.h"
#include "core/error.h"
#include "core/random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct twin;
/* `clock` and `random` outlive the twin. ERR_INVALID says which member of the text is wrong. */
NODISCARD bool twin_read(const char *text, size_t len, const struct clock *clock, const struct random *random,
			 struct twin **ret_twin, struct error *err);
void twin_free(struct twin *twin);
DEFINE_FREEP(struct twin, twin)

/* Listens on 127.0.0.1 from the moment it is made; port 0 lets the kernel choose. */
struct twin_server;
NODISCARD bool twin_server_new(struct twin *twin, int port, struct twin_server **ret_server,
			       struct error *err);
int twin_server_port(const struct twin_server *server);
/*
 * Listens on another port as well, with TLS and a certificate made for the purpose; its authority, as PEM,
 * lives as long as the twin.
 */
NODISCARD bool twin_server_add_https(struct twin_server *server, int port, const char **ret_authority,
				     struct error *err);
int twin_server_https_port(const struct twin_server *server); /* 0 when there is none */
/* Answers until `*stop` is not 0 or `for_ms` (0: no end) has passed. */
NODISCARD bool twin_server_run(struct twin_server *server, const volatile int *stop, int64_t for_ms,
			       struct error *err);
void twin_server_free(struct twin_server *server); /* open connections are closed */
DEFINE_FREEP(struct twin_server, twin_server)

const char *twin_server_version(void); /* of libmicrohttpd */

#endif
