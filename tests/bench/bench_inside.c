/*
 * What cannot be measured from outside: reading a whole tenant without planning, and planning alone.
 *
 *	bench_inside read BASE TENANT TOKEN SKU    every holder of SKU; seconds, users, peak memory in KiB
 *	bench_inside plan BASE TENANT TOKEN DIR    contoso's plan in repository DIR; processor seconds,
 *	                                           actions, peak
 */
#include "core/file.h"
#include "core/http_curl.h"
#include "core/secret.h"
#include "plans/desired/repository.h"
#include "plans/saved/plan_file.h"
#include "providers/graph/graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Not getrusage's: that one remembers the process that started this one. */
static long peak_kib(void)
{
	char line[256];
	long kib = -1;
	FILE *status = fopen("/proc/self/status", "r");
	while (status && fgets(line, sizeof line, status))
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (status)
		(void)fclose(status);
	return kib;
}

/* Planning waits for nothing, so processor time is its time, however busy the machine is. */
static double processor_s(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int fail(struct error *err, const char *what)
{
	(void)fprintf(stderr, "%s: %s\n", what, err->message ? err->message : "refused");
	error_release(err);
	return 1;
}

static int measure_plan(const struct desired *desired, const struct policy *policy, const struct live *live)
{
	CLEANUP(arena_freep) struct arena *out = arena_new();
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	struct diag_list diags = {0};
	struct plan plan = {0};
	enum error_code code;
	char digest[DIGEST_TEXT_SIZE];
	char id[PLAN_ID_SIZE];
	double begun_s = processor_s();
	bool built = plan_build(&(struct plan_inputs){desired, policy, live}, out, &diags, &plan, &code);
	if (!built && diags.count)
		(void)fprintf(stderr, "%s\n", diags.items[0].message);
	if (!built)
		return 1;
	plan_encode(&plan, &text);
	plan_digest(strbuf_text(&text), text.len, digest, id);
	printf("%.3f %zu %ld\n", processor_s() - begun_s, plan.actions.count, peak_kib());
	return 0;
}

static int run(struct provider *provider, char **argv)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct read_scope scope = {0};
	struct live live = {0};
	struct customer customer = {0};
	struct checked checked = {0};
	struct repository repository;
	bool plans = strcmp(argv[1], "plan") == 0;
	if (plans && (!repository_open(argv[5], arena, &repository, &err) ||
		      !repository_load_customer(&repository, "contoso", arena, &checked, &customer, &err)))
		return fail(&err, "repository");
	if (plans)
		plan_read_scope(&customer.desired, &customer.policy, arena, &scope);
	else
		VEC_PUSH(arena, &scope.holders_of, argv[5]);
	int64_t begun_ms = clock_monotonic_ms(&clock_system);
	if (!provider->ops->read(provider, &scope, arena, &live, &err))
		return fail(&err, "read");
	if (plans)
		return measure_plan(&customer.desired, &customer.policy, &live);
	printf("%.3f %zu %ld\n", (double)(clock_monotonic_ms(&clock_system) - begun_ms) / 1000,
	       live.users.count, peak_kib());
	return 0;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	if (argc != 6)
		return 2;
	CLEANUP(secret_freep) struct secret *token = secret_new(argv[4], strlen(argv[4]));
	CLEANUP(http_transport_freep)
	struct http_transport *transport =
		http_curl_new(&(struct http_curl_options){.connections = 4, .clock = &clock_system});
	struct provider *provider = graph_new(&(struct graph_options){.transport = transport,
								      .clock = &clock_system,
								      .random = &random_system,
								      .tenant_id = argv[3],
								      .graph_url = argv[2],
								      .login_url = argv[2],
								      .auth_method = "access-token",
								      .secret = token},
					      &err);
	if (!provider)
		return fail(&err, "provider");
	int status = run(provider, argv);
	provider->ops->free(provider);
	return status;
}
