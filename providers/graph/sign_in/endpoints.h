/*
 * Where Graph and the sign-in service are: one row per cloud, and overrides for tests.
 *
 * The hosts come from this table alone (Microsoft's "national cloud deployments" page). An override
 * replaces scheme, host and port; it must be https, or plain http to a loopback address.
 */
#ifndef PROVIDERS_GRAPH_ENDPOINTS_H
#define PROVIDERS_GRAPH_ENDPOINTS_H

#include "core/error.h"
#include "core/mem.h"

struct cloud_info {
	const char *name;   /* in seatshift.yaml: "global" */
	const char *login;  /* "https://login.microsoftonline.com" */
	const char *graph;  /* "https://graph.microsoft.com" */
	const char *portal; /* where its people go: "https://entra.microsoft.com" */
};

struct endpoints {
	const char *graph; /* without a trailing slash */
	const char *login;
	const char *scope; /* of app-only tokens: always the cloud's, whatever the override */
};

/* `graph_url` and `login_url` override when not NULL. ERR_INVALID when one is not allowed. */
NODISCARD bool endpoints_init(struct endpoints *ret, const char *cloud_name, const char *graph_url,
			      const char *login_url, struct arena *out, struct error *err);

#endif
