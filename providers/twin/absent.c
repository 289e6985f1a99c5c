/* Stands for the twin in a build without it (-Dtwin=false): it says so, and serves nothing. */
#include "providers/twin/inside.h"
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

void played_clock_init(struct played_clock *played, int64_t wall_ms)
{
	*played = (struct played_clock){.wall_ms = wall_ms};
}

void played_random_init(struct played_random *played, uint64_t seed)
{
	*played = (struct played_random){.state = seed};
}

uint64_t played_random_next(struct played_random *played)
{
	return played->state;
}

struct http_transport *inside_transport_new(struct twin *twin, struct played_clock *played,
					    const struct inside_watch *watch)
{
	(void)twin, (void)played, (void)watch;
	return NULL;
}

void inside_transport_end(struct http_transport *transport)
{
	(void)transport;
}

bool inside_ask(struct twin *twin, const char *what, const char *body, struct json **ret_answer,
		struct error *err)
{
	struct twin *none;
	(void)twin, (void)what, (void)body;
	*ret_answer = NULL;
	return twin_read("", 0, NULL, NULL, &none, err);
}
