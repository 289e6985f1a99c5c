/* Stands for the twin in a build without it (-Dtwin=false): it says so, and serves nothing. */
#include "providers/twin/twin.h"

bool twin_read(const char *text, size_t len, const struct clock *clock, const struct random *random,
	       struct twin **ret_twin, struct error *err)
{
	(void)text, (void)len, (void)clock, (void)random;
	*ret_twin = NULL;
	return error_set(err, ERR_FAILED, "this seatshift was built without the twin (-Dtwin=false)");
}

void twin_free(struct twin *twin)
{
	(void)twin;
}

bool twin_server_new(struct twin *twin, int port, struct twin_server **ret_server, struct error *err)
{
	(void)port;
	*ret_server = NULL;
	return twin_read("", 0, NULL, NULL, &twin, err);
}

int twin_server_port(const struct twin_server *server)
{
	(void)server;
	return 0;
}

bool twin_server_add_https(struct twin_server *server, int port, const char **ret_authority,
			   struct error *err)
{
	struct twin *none;
	(void)server, (void)port;
	*ret_authority = NULL;
	return twin_read("", 0, NULL, NULL, &none, err);
}

int twin_server_https_port(const struct twin_server *server)
{
	(void)server;
	return 0;
}

bool twin_server_run(struct twin_server *server, const volatile int *stop, int64_t for_ms, struct error *err)
{
	struct twin *none;
	(void)server, (void)stop, (void)for_ms;
	return twin_read("", 0, NULL, NULL, &none, err);
}

void twin_server_free(struct twin_server *server)
{
	(void)server;
}

const char *twin_server_version(void)
{
	return NULL;
}
