/*
 * The room of what the machine gives a command: streams, environment, programs, who and where.
 * Made once in main.c and passed in.
 */
#ifndef CMD_APP_H
#define CMD_APP_H

#include "core/clock.h"
#include "core/diag.h"
#include "core/error.h"
#include "core/out.h"
#include "core/random.h"

struct command;

struct app {
	const struct command *const *commands; /* the table, in the order help shows; ends with NULL */
	struct out out;
	const struct clock *clock;
	const struct random *random;
	const char *(*env)(void *ctx, const char *name); /* the environment; NULL when not set or empty */
	void *env_ctx;
	const char *start;    /* -C DIR, else ".": what names on the command line are seen from */
	const char *dir;      /* of the customers' repository: `start`, or a folder above it */
	bool has_repository;  /* there is one */
	const char *branch;   /* --approved-branch NAME, or NULL */
	const char *out_file; /* --out FILE, or NULL */
	bool out_file_new;    /* it did not exist before */
	const char *events;   /* --events FILE|fd:N, or NULL */
	bool stdin_terminal;
	bool stdout_file; /* it goes into a file, and stays there */
	bool stderr_terminal;
	FILE *in;
	bool may_sign_in;	   /* the command's row says that it asks a service */
	int64_t ends_at_ms;	   /* --deadline of a command that reads: monotonic; 0: none was given */
	int64_t begun_ms, word_ms; /* monotonic: when it began; when whoever waits was last told what for */
	volatile int *signals;	   /* how many of SIGINT and SIGTERM have arrived */
	struct diag_list diags;	   /* all that was complained about, for an error in JSON */
	struct arena *arena;	   /* lives as long as the program */
};

const char *app_env(const struct app *app, const char *name);
bool app_in_pipeline(const struct app *app); /* what is printed is kept, and read by many */
/* Whatever secret the environment holds, and whether it is used or not: nothing printed may show it. */
void app_hide_secrets(struct app *app);
/* For what a person wants to have recorded: refused where one of those stands in it, or a token. NULL passes.
 */
NODISCARD bool app_refuse_secret(const struct app *app, const char *text, struct error *err);
bool app_is_signalled(void *app); /* SIGINT or SIGTERM has arrived */
/* What is read over the network ends then, whatever is waited for; 0: no end. */
void app_end_in(struct app *app, int64_t deadline_ms);
bool app_is_late(const struct app *app); /* that end has come */
/*
 * Whether whoever waits is to be told what for: nothing was said for three seconds, nor such a word for half
 * a minute. True counts as told.
 */
bool app_owes_word(struct app *app);

#endif
