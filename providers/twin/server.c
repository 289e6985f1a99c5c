/*
 * The twin on a loopback port. The only user of libmicrohttpd.
 *
 * One thread does everything, so the model needs no lock. A request is carried out when its last byte
 * has arrived; its answer then waits, with the connection suspended, until its delay is over. So any
 * number of slow requests can be in flight at once.
 */
#include "core/loopback_certificate.h"
#include "providers/twin/call.h"
#include "providers/twin/twin.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { TRICKLE_MS = 100, TRICKLE_PIECES = 16, BODY_MAX = 8 * 1024 * 1024, LONGEST_NAP_MS = 250 };

struct exchange {
	struct twin_server *server;
	struct MHD_Connection *connection;
	struct exchange *prev, *next; /* while its answer waits */
	struct arena *arena;
	char *target;
	struct strbuf body;
	struct call call;
	int64_t due_ms;
	bool begun, answered, waiting, paused;
};

/* A port that is listened on; both are driven by the one thread. */
struct listener {
	struct MHD_Daemon *daemon; /* NULL: none */
	int port;
	int epoll_fd;
};

struct twin_server {
	struct twin *twin;
	struct listener plain, tls; /* the second only when asked for */
	struct exchange *waiting;
};

static int64_t real_now(const struct twin_server *server)
{
	return clock_monotonic_ms(server->twin->clock);
}

static void *exchange_new(void *ctx, const char *uri, struct MHD_Connection *connection)
{
	struct exchange *exchange = mem_alloc(sizeof *exchange);
	exchange->server = ctx;
	exchange->connection = connection;
	exchange->target = mem_strdup(uri);
	exchange->arena = arena_new();
	exchange->body = (struct strbuf)STRBUF_INIT(BODY_MAX);
	return exchange;
}

static void unlink_waiting(struct exchange *exchange)
{
	if (!exchange->waiting)
		return;
	if (exchange->prev)
		exchange->prev->next = exchange->next;
	else
		exchange->server->waiting = exchange->next;
	if (exchange->next)
		exchange->next->prev = exchange->prev;
	exchange->waiting = false;
}

static void exchange_free(struct exchange *exchange)
{
	unlink_waiting(exchange);
	call_release(&exchange->call);
	strbuf_release(&exchange->body);
	arena_free(exchange->arena);
	free(exchange->target);
	free(exchange);
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **state,
			 enum MHD_RequestTerminationCode code)
{
	struct twin_server *server = ctx;
	(void)connection;
	(void)code;
	if (!*state)
		return;
	struct exchange *exchange = *state;
	if (exchange->answered)
		server->twin->in_flight--;
	exchange_free(exchange);
	*state = NULL;
}

static enum MHD_Result on_header(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct exchange *exchange = ctx;
	(void)kind;
	VEC_PUSH(exchange->arena, &exchange->call.headers,
		 (struct http_header){str_lower(exchange->arena, name),
				      arena_strdup(exchange->arena, value ? value : "")});
	return MHD_YES;
}

/* How the client came in: by TLS, here or at a proxy in front that says so. */
static bool is_secure(const struct exchange *exchange)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	return (info && info->tls_session) ||
	       str_eq_fold(call_header(&exchange->call, "x-forwarded-proto"), "https");
}

/* The address the client used, so that links lead it back the same way. */
static const char *base_of(struct exchange *exchange)
{
	const char *host = call_header(&exchange->call, "host");
	const char *rest = host ? host + strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") : "x";
	bool secure = is_secure(exchange);
	const char *scheme = secure ? "https" : "http";
	if (*rest) {
		const struct twin_server *server = exchange->server;
		bool tls = secure && server->tls.daemon;
		return arena_printf(exchange->arena, "%s://127.0.0.1:%d", scheme,
				    tls ? server->tls.port : server->plain.port);
	}
	return arena_printf(exchange->arena, "%s://%s", scheme, host);
}

static void carry_out(struct exchange *exchange, const char *method)
{
	struct twin *twin = exchange->server->twin;
	struct call *call = &exchange->call;
	call_init(call, twin, exchange->arena);
	call->method = arena_strdup(exchange->arena, method);
	MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, on_header, exchange);
	call->base = base_of(exchange);
	call->body = strbuf_text(&exchange->body);
	call->body_len = exchange->body.len;
	exchange->answered = true;
	twin->in_flight++;
	if (twin->in_flight > twin->peak_in_flight)
		twin->peak_in_flight = twin->in_flight;
	if (exchange->body.failed)
		call_error(call, 413, "RequestEntityTooLarge", "The request is too large.");
	else if (call_parse(call, exchange->target))
		router_handle(call);
}

static void wait_for_delay(struct exchange *exchange)
{
	struct twin_server *server = exchange->server;
	exchange->due_ms = real_now(server) + exchange->call.delay_ms;
	exchange->next = server->waiting;
	if (server->waiting)
		server->waiting->prev = exchange;
	server->waiting = exchange;
	exchange->prev = NULL;
	exchange->waiting = true;
	MHD_suspend_connection(exchange->connection);
}

/* Half of what was promised, then an error: the client sees the connection end early. */
static ssize_t cut_short(void *ctx, uint64_t pos, char *buffer, size_t max)
{
	const struct exchange *exchange = ctx;
	size_t half = exchange->call.out.len / 2;
	if (pos >= half)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	size_t left = half - (size_t)pos;
	size_t len = left < max ? left : max;
	memcpy(buffer, exchange->call.out.ptr + pos, len);
	return (ssize_t)len;
}

/* A sixteenth at a time, with the connection suspended in between. */
static ssize_t trickle(void *ctx, uint64_t pos, char *buffer, size_t max)
{
	struct exchange *exchange = ctx;
	const struct strbuf *out = &exchange->call.out;
	if (!exchange->paused) {
		exchange->paused = true;
		exchange->call.delay_ms = TRICKLE_MS;
		wait_for_delay(exchange);
		return 0;
	}
	exchange->paused = false;
	size_t left = out->len - (size_t)pos, piece = out->len / TRICKLE_PIECES + 1;
	size_t len = left < piece ? left : piece;
	len = len < max ? len : max;
	memcpy(buffer, out->ptr + pos, len);
	return (ssize_t)len;
}

static void reset_connection(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct linger linger = {.l_onoff = 1, .l_linger = 0};
	if (info)
		(void)setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static struct MHD_Response *make_response(struct exchange *exchange)
{
	const struct strbuf *out = &exchange->call.out;
	enum call_fate fate = exchange->call.fate;
	if (fate == FATE_TRUNCATE)
		return MHD_create_response_from_callback(out->len, 16384, cut_short, exchange, NULL);
	if (fate == FATE_TRICKLE && out->len)
		return MHD_create_response_from_callback(out->len, 16384, trickle, exchange, NULL);
	size_t len = fate == FATE_MALFORM ? out->len / 2 : out->len;
	return MHD_create_response_from_buffer(len, out->ptr, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result send_answer(struct exchange *exchange)
{
	struct call *call = &exchange->call;
	if (call->fate == FATE_RESET)
		reset_connection(exchange->connection);
	if (call->fate == FATE_DROP || call->fate == FATE_RESET)
		return MHD_NO;
	struct MHD_Response *response = make_response(exchange);
	if (!response)
		return MHD_NO;
	if (call->out.len)
		MHD_add_response_header(response, "Content-Type",
					str_eq(call->content_type, "application/json")
						? "application/json; charset=utf-8"
						: call->content_type);
	/* The twin's own time, so that moving it on is also a clock that differs. */
	char date[HTTP_DATE_TEXT_SIZE];
	http_date_format(twin_wall(call->twin), date);
	MHD_add_response_header(response, "Date", date);
	for (size_t i = 0; i < call->answer_headers.count; i++)
		MHD_add_response_header(response, call->answer_headers.items[i].name,
					call->answer_headers.items[i].value);
	enum MHD_Result result = MHD_queue_response(exchange->connection, (unsigned)call->status, response);
	MHD_destroy_response(response);
	return result;
}

/* Called when the head has come, for each piece of the body, at its end, and again after a delay. */
static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data, size_t *len,
				  void **state)
{
	struct exchange *exchange = *state;
	(void)ctx;
	(void)connection;
	(void)url;
	(void)version;
	if (!exchange->begun) {
		exchange->begun = true;
		return MHD_YES;
	}
	if (*len) {
		strbuf_add_bytes(&exchange->body, data, *len);
		*len = 0;
		return MHD_YES;
	}
	if (!exchange->answered) {
		carry_out(exchange, method);
		if (exchange->call.delay_ms > 0) {
			wait_for_delay(exchange);
			return MHD_YES;
		}
	}
	return send_answer(exchange);
}

/* How long until the next answer is due; -1 when none waits. */
static int64_t resume_due(struct twin_server *server)
{
	int64_t now = real_now(server), soonest = -1;
	for (struct exchange *exchange = server->waiting; exchange;) {
		struct exchange *next = exchange->next;
		int64_t left = exchange->due_ms - now;
		if (left <= 0) {
			unlink_waiting(exchange);
			MHD_resume_connection(exchange->connection);
		} else if (soonest < 0 || left < soonest) {
			soonest = left;
		}
		exchange = next;
	}
	return soonest;
}

static bool listen_on(struct twin_server *server, int port, const struct loopback_certificate *tls,
		      struct listener *ret, struct error *err)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	struct MHD_OptionItem more[] = {
		{tls ? MHD_OPTION_HTTPS_MEM_KEY : MHD_OPTION_END, 0, tls ? tls->key : NULL},
		{tls ? MHD_OPTION_HTTPS_MEM_CERT : MHD_OPTION_END, 0, tls ? tls->certificate : NULL},
		{MHD_OPTION_END, 0, NULL},
	};
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (tls ? MHD_USE_TLS : 0);
	ret->daemon = MHD_start_daemon(
		flags, (uint16_t)port, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR,
		(struct sockaddr *)&address, MHD_OPTION_URI_LOG_CALLBACK, exchange_new, server,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)65536, MHD_OPTION_CONNECTION_LIMIT, 4096u, MHD_OPTION_ARRAY, more, MHD_OPTION_END);
	if (!ret->daemon)
		return error_set(err, ERR_NETWORK, "cannot listen on 127.0.0.1:%d: %s", port,
				 strerror(errno));
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(ret->daemon, MHD_DAEMON_INFO_BIND_PORT);
	ret->port = info ? info->port : port;
	info = MHD_get_daemon_info(ret->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return error_set(err, ERR_NETWORK, "cannot listen on 127.0.0.1:%d: no epoll", port);
	ret->epoll_fd = info->epoll_fd;
	return true;
}

bool twin_server_new(struct twin *twin, int port, struct twin_server **ret_server, struct error *err)
{
	CLEANUP(twin_server_freep) struct twin_server *server = mem_alloc(sizeof *server);
	server->twin = twin;
	if (!listen_on(server, port, NULL, &server->plain, err))
		return false;
	*ret_server = TAKE(server);
	return true;
}

bool twin_server_add_https(struct twin_server *server, int port, const char **ret_authority,
			   struct error *err)
{
	struct loopback_certificate made;
	if (!loopback_certificate_make(server->twin->arena, &made, err) ||
	    !listen_on(server, port, &made, &server->tls, err))
		return false;
	*ret_authority = made.authority;
	return true;
}

int twin_server_port(const struct twin_server *server)
{
	return server->plain.port;
}

int twin_server_https_port(const struct twin_server *server)
{
	return server->tls.port;
}

/* Does what can be done now on the port; shortens the nap to what the port wishes. */
static bool run_listener(const struct listener *listener, int64_t *nap_ms)
{
	MHD_UNSIGNED_LONG_LONG wish = 0;
	if (!listener->daemon)
		return true;
	if (MHD_run(listener->daemon) != MHD_YES)
		return false;
	if (MHD_get_timeout(listener->daemon, &wish) == MHD_YES && (int64_t)wish < *nap_ms)
		*nap_ms = (int64_t)wish;
	return true;
}

bool twin_server_run(struct twin_server *server, const volatile int *stop, int64_t for_ms, struct error *err)
{
	int64_t end_ms = for_ms > 0 ? real_now(server) + for_ms : -1;
	while (!*stop && (end_ms < 0 || real_now(server) < end_ms)) {
		int64_t nap_ms = resume_due(server);
		if (nap_ms < 0 || nap_ms > LONGEST_NAP_MS)
			nap_ms = LONGEST_NAP_MS;
		if (!run_listener(&server->plain, &nap_ms) || !run_listener(&server->tls, &nap_ms))
			return error_set(err, ERR_NETWORK, "the twin's port failed");
		/* An answer delayed during MHD_run is not in nap_ms yet. */
		for (const struct exchange *e = server->waiting; e; e = e->next) {
			int64_t left = e->due_ms - real_now(server);
			nap_ms = left < nap_ms ? (left > 0 ? left : 0) : nap_ms;
		}
		struct pollfd fds[] = {{.fd = server->plain.epoll_fd, .events = POLLIN},
				       {.fd = server->tls.epoll_fd, .events = POLLIN}};
		if (poll(fds, server->tls.daemon ? 2 : 1, (int)nap_ms) < 0 && errno != EINTR)
			return error_set(err, ERR_IO, "poll: %s", strerror(errno));
	}
	return true;
}

void twin_server_free(struct twin_server *server)
{
	if (!server)
		return;
	/* A suspended connection must be resumed before its daemon may stop. */
	while (server->waiting) {
		struct exchange *exchange = server->waiting;
		unlink_waiting(exchange);
		MHD_resume_connection(exchange->connection);
	}
	struct MHD_Daemon *const daemons[] = {server->tls.daemon, server->plain.daemon};
	for (size_t i = 0; i < ARRAY_LEN(daemons); i++) {
		if (!daemons[i])
			continue;
		(void)MHD_run(daemons[i]);
		MHD_stop_daemon(daemons[i]);
	}
	free(server);
}

const char *twin_server_version(void)
{
	return MHD_get_version();
}
