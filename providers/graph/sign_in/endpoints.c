/* Where Graph and the sign-in service are: one row per cloud, and overrides for tests. */
#include "providers/graph/sign_in/endpoints.h"

#include "core/http.h"
#include "core/str.h"

#include <string.h>

static const struct cloud_info clouds[] = {
	{"global", "https://login.microsoftonline.com", "https://graph.microsoft.com",
	 "https://entra.microsoft.com"},
	{"usgov", "https://login.microsoftonline.us", "https://graph.microsoft.us",
	 "https://portal.azure.us"},
	{"usgov-dod", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us",
	 "https://portal.azure.us"},
	{"china", "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn",
	 "https://portal.azure.cn"},
};

static const struct cloud_info *cloud_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(clouds); i++)
		if (str_eq(clouds[i].name, name))
			return &clouds[i];
	return NULL;
}

static bool override(const char *variable, const char *url, struct arena *out, const char **ret_base,
		     struct error *err)
{
	if (!url)
		return true;
	const char *origin = http_origin(out, url);
	const char *authority = strstr(url, "://");
	if (!origin || !authority)
		return error_set(err, ERR_INVALID, "%s is not a web address: '%s'", variable, url);
	if (!http_origin_allowed(origin))
		return error_set(err, ERR_INVALID,
				 "%s must be https, or plain http to a loopback address: '%s'", variable,
				 url);
	size_t len = strcspn(authority + 3, "/?#");
	const char *rest = authority + 3 + len;
	if (*rest && !str_eq(rest, "/"))
		return error_set(err, ERR_INVALID, "%s takes scheme, host and port only: '%s'", variable,
				 url);
	*ret_base = arena_strndup(out, url, (size_t)(rest - url));
	return true;
}

bool endpoints_init(struct endpoints *ret, const char *cloud_name, const char *graph_url,
		    const char *login_url, struct arena *out, struct error *err)
{
	const struct cloud_info *cloud = cloud_find(cloud_name ? cloud_name : "global");
	if (!cloud)
		return error_set(err, ERR_INVALID, "no cloud is called '%s'", cloud_name);
	struct endpoints endpoints = {.graph = cloud->graph, .login = cloud->login};
	endpoints.scope = arena_printf(out, "%s/.default", cloud->graph);
	if (!override("SEATSHIFT_GRAPH_URL", graph_url, out, &endpoints.graph, err) ||
	    !override("SEATSHIFT_LOGIN_URL", login_url, out, &endpoints.login, err))
		return false;
	*ret = endpoints;
	return true;
}
