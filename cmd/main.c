/* Wires the outside world (streams, environment, clock, signals) to the command table. */
#include "cmd/commands.h"

#include "cmd/dispatch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_NO_STREAMS = 1, EXIT_SECOND_SIGNAL = 130 };

/* The one piece of state that a signal handler can reach. */
static volatile int signals_seen;

static void on_signal(int number)
{
	(void)number;
	/* The first asks for a clean stop; the second wants out at once. The journal is on disk either way.
	 */
	if (++signals_seen > 1)
		_exit(EXIT_SECOND_SIGNAL);
}

/*
 * Whoever starts this with a stream closed gets the next file that is opened under its number: a card would
 * be written into the journal, or into the connection to Graph. A closed output is opened for reading, so
 * that a result that goes nowhere is an error and not lost without a word.
 */
static void open_closed_streams(void)
{
	static const int modes[] = {
		[STDIN_FILENO] = O_RDONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_WRONLY};
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			_exit(EXIT_NO_STREAMS);
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a write that fails, as on a full disk */
}

/* The leak checker stops the program with ptrace, which "not dumpable" forbids. */
#if defined(__SANITIZE_ADDRESS__)
#define CHECKED_BY_TRACER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHECKED_BY_TRACER 1
#endif
#endif
#ifndef CHECKED_BY_TRACER
#define CHECKED_BY_TRACER 0
#endif

/* Secrets pass through this process's memory: no core file, no ptrace by others of the same user. */
static void forbid_core_dumps(void)
{
	struct rlimit none = {0, 0};
	(void)setrlimit(RLIMIT_CORE, &none);
	if (!CHECKED_BY_TRACER)
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static const char *read_env(void *ctx, const char *name)
{
	(void)ctx;
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

static bool is_file(int fd)
{
	struct stat info;
	return fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

/* What a shell says of its terminal, where it exports it. */
static size_t columns_said(void)
{
	enum { LEAST = 20, MOST = 1000 };
	int64_t columns;
	const char *said = getenv("COLUMNS");
	return said && str_parse_int(said, LEAST, MOST, &columns) ? (size_t)columns : 0;
}

int main(int argc, char **argv)
{
	open_closed_streams();
	forbid_core_dumps();
	catch_signals();
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	CLEANUP(redact_freep) struct redact *redact = redact_new();
	bool messages_terminal = isatty(STDERR_FILENO);
	struct app app = {
		.commands = commands,
		.out = {.result = stdout,
			.messages = stderr,
			.color_result = isatty(STDOUT_FILENO),
			.messages_terminal = messages_terminal,
			.columns_said = columns_said(),
			.clock = &clock_system,
			.redact = redact},
		.clock = &clock_system,
		.random = &random_system,
		.env = read_env,
		.start = ".",
		.dir = ".",
		.stdin_terminal = isatty(STDIN_FILENO),
		.stdout_file = is_file(STDOUT_FILENO),
		.stderr_terminal = messages_terminal,
		.in = stdin,
		.signals = &signals_seen,
		.arena = arena,
	};
	app_hide_secrets(&app);
	return dispatch(&app, argc, argv);
}
