/* Signatures by OpenSSH's ssh-keygen. */
#include "plans/approvals/ssh_signature.h"

#include "core/process.h"
#include "core/secret.h"
#include "plans/approvals/signers.h"

#include <string.h>

enum { OUTPUT_MAX = 64 * 1024, CHECK_MS = 30 * 1000, SIGN_MS = 5 * 60 * 1000, ENV_MAX = 20, ARGS_MAX = 20 };

/* What ssh-keygen needs to find an agent, a hardware key, and the person. */
static const char *const passed_on[] = {"PATH",
					"HOME",
					"USER",
					"TERM",
					"TMPDIR",
					"DISPLAY",
					"WAYLAND_DISPLAY",
					"XDG_RUNTIME_DIR",
					"SSH_AUTH_SOCK",
					"SSH_ASKPASS",
					"SSH_ASKPASS_REQUIRE",
					"SSH_SK_PROVIDER"};
_Static_assert(ARRAY_LEN(passed_on) + 2 <= ENV_MAX, "LANG and the end have room");

bool ssh_keygen_init(struct ssh_keygen *keygen, const struct env *env, const struct clock *clock,
		     struct arena *out, struct error *err)
{
	const char **list = arena_alloc_array(out, ENV_MAX, sizeof *list);
	size_t count = 0;
	for (size_t i = 0; i < ARRAY_LEN(passed_on); i++) {
		const char *value = env_get(env, passed_on[i]);
		if (value)
			list[count++] = arena_printf(out, "%s=%s", passed_on[i], value);
	}
	list[count] = "LC_ALL=C"; /* its messages are read */
	const char *program = process_find(env_get(env, "PATH"), "ssh-keygen", out);
	if (!program) {
		error_set(err, ERR_FAILED,
			  "there is no ssh-keygen: signatures can neither be made nor checked");
		return error_hint(
			err, "Install OpenSSH's client (openssh-client on Debian), and have it in PATH.");
	}
	*keygen = (struct ssh_keygen){program, list, clock};
	return true;
}

struct call {
	const char *args[ARGS_MAX]; /* behind the program's name; ends with NULL */
	const struct bytes *input;
	const struct bytes *files;
	size_t file_count;
	bool at_terminal;
};

struct answer {
	int status;
	const char *text;
	size_t len;
	const char *messages;
};

static bool ask(const struct ssh_keygen *keygen, const struct call *call, struct arena *out,
		struct answer *ret, struct error *err)
{
	const char *argv[ARGS_MAX + 1] = {keygen->program};
	memcpy(argv + 1, call->args, sizeof call->args);
	const struct process process = {.argv = argv,
					.env = keygen->env,
					.max_output = OUTPUT_MAX,
					.timeout_ms = call->at_terminal ? SIGN_MS : CHECK_MS,
					.clock = keygen->clock,
					.input = call->input,
					.files = call->files,
					.file_count = call->file_count,
					.at_terminal = call->at_terminal};
	struct process_end end = {0};
	if (!process_run(&process, out, &end, err))
		return false;
	CLEANUP(secret_freep) struct secret *output = end.output;
	*ret = (struct answer){end.status, arena_strndup(out, secret_expose(output), secret_len(output)),
			       secret_len(output), end.messages};
	return true;
}

/* Principals, one a line or several between commas, as the allowed-signers file has them. */
static struct str_list names_of(const char *text, struct arena *out)
{
	struct str_list names = {0};
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, ",\n");
		if (len)
			VEC_PUSH(out, &names, arena_strndup(out, p, len));
		p += len + (p[len] != '\0');
	}
	return names;
}

/* 'Good "…" signature … key SHA256:…': the last word. */
static const char *key_of(const char *text, struct arena *out)
{
	const char *key = strstr(text, "SHA256:");
	for (const char *next = key; next; next = strstr(next + 1, "SHA256:"))
		key = next;
	return key ? arena_strndup(out, key, strcspn(key, " \r\n")) : NULL;
}

/* One check: what ssh-keygen is given, and what it said. */
struct checking {
	const struct ssh_keygen *keygen;
	const struct ssh_question *question;
	const char *time_option; /* "verify-time=…Z" */
	struct arena *out;
};

enum { FILE_ALLOWED, FILE_SIGNATURE, FILE_REVOKED, FILE_COUNT };

static bool run_check(const struct checking *c, const char *const args[ARGS_MAX], struct answer *ret,
		      struct error *err)
{
	const struct signed_text *text = c->question->text;
	const struct signers *signers = c->question->signers;
	const struct bytes files[FILE_COUNT] = {[FILE_ALLOWED] = signers->allowed,
						[FILE_SIGNATURE] = text->signature,
						[FILE_REVOKED] = signers->revoked};
	struct call call = {.input = &text->text, .files = files, .file_count = FILE_COUNT};
	memcpy(call.args, args, sizeof call.args);
	return ask(c->keygen, &call, c->out, ret, err);
}

#define ALLOWED_FILE "/dev/fd/3"
#define SIGNATURE_FILE "/dev/fd/4"
#define REVOKED_FILE "/dev/fd/5"
_Static_assert(PROCESS_FIRST_FILE == 3 && (int)FILE_COUNT <= (int)PROCESS_FILES_MAX, "as named above");

static bool verify(const struct checking *c, bool revoked_counts, struct answer *ret, struct error *err)
{
	bool has_revoked = revoked_counts && c->question->signers->revoked.ptr;
	const char *const args[ARGS_MAX] = {"-Y",
					    "verify",
					    "-O",
					    c->time_option,
					    "-f",
					    ALLOWED_FILE,
					    "-I",
					    c->question->identity,
					    "-n",
					    c->question->text->name_space,
					    "-s",
					    SIGNATURE_FILE,
					    has_revoked ? "-r" : NULL,
					    has_revoked ? REVOKED_FILE : NULL};
	return run_check(c, args, ret, err);
}

static bool is_one_of(const struct str_list *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (signer_matches(patterns->items[i], name))
			return true;
	return false;
}

/* It was refused: says why, by asking less. */
static bool diagnose(const struct checking *c, const char *messages, struct signature_check *ret,
		     struct error *err)
{
	struct answer answer;
	const char *const whole[ARGS_MAX] = {"-Y", "check-novalidate", "-n", c->question->text->name_space,
					     "-s", SIGNATURE_FILE};
	if (!run_check(c, whole, &answer, err))
		return false;
	ret->key = key_of(answer.text, c->out);
	ret->verdict = SIGNATURE_BROKEN;
	if (answer.status != 0) {
		if (strstr(answer.messages, "namespace does not match"))
			ret->verdict = SIGNATURE_WRONG_NAMESPACE;
		return true;
	}
	if (!verify(c, false, &answer, err))
		return false;
	ret->verdict = answer.status == 0 && c->question->signers->revoked.ptr ? SIGNATURE_KEY_REVOKED
									       : SIGNATURE_NOT_ALLOWED;
	if (answer.status != 0 && (strstr(messages, "expired") || strstr(messages, "not yet valid")))
		ret->verdict = SIGNATURE_KEY_EXPIRED;
	else if (answer.status != 0 && ret->principals.count)
		ret->verdict = is_one_of(&ret->principals, c->question->identity) ? SIGNATURE_NOT_ALLOWED
										  : SIGNATURE_OTHER_SIGNER;
	return true;
}

/* YYYYMMDDHHMMSSZ, of "YYYY-MM-DDTHH:MM:SS.mmmZ". */
static const char *time_option(int64_t at_ms, struct arena *out)
{
	char at[TIMESTAMP_TEXT_SIZE];
	timestamp_format(at_ms, at);
	return arena_printf(out, "verify-time=%.4s%.2s%.2s%.2s%.2s%.2sZ", at, at + 5, at + 8, at + 11,
			    at + 14, at + 17);
}

bool ssh_check(const struct ssh_keygen *keygen, const struct ssh_question *question, struct arena *out,
	       struct signature_check *ret_check, struct error *err)
{
	const struct checking c = {keygen, question, time_option(question->at_ms, out), out};
	struct signature_check check = {.verdict = SIGNATURE_GOOD};
	struct answer answer;
	const char *const whose[ARGS_MAX] = {"-Y", "find-principals", "-O", c.time_option,
					     "-f", ALLOWED_FILE,      "-s", SIGNATURE_FILE};
	if (!run_check(&c, whose, &answer, err))
		return false;
	if (answer.status == 0)
		check.principals = names_of(answer.text, out);
	if (!verify(&c, true, &answer, err))
		return false;
	check.key = key_of(answer.text, out);
	if ((answer.status != 0 || !check.key) && !diagnose(&c, answer.messages, &check, err))
		return false;
	*ret_check = check;
	return true;
}

bool ssh_sign(const struct ssh_keygen *keygen, const struct ssh_key *key, struct signed_text *text,
	      struct arena *out, struct error *err)
{

	const struct call call = {.args = {"-q", "-Y", "sign", "-n", text->name_space, "-f", key->path,
					   key->in_agent ? "-U" : NULL},
				  .input = &text->text,
				  .at_terminal = true};
	struct answer answer;
	if (!ask(keygen, &call, out, &answer, err))
		return false;
	if (answer.status != 0 || !str_starts(answer.text, "-----BEGIN SSH SIGNATURE-----")) {
		error_set(err, ERR_FAILED, "ssh-keygen did not sign with '%s' (status %d)", key->path,
			  answer.status);
		return error_hint(err, "For a key in an agent, give its public key's file (.pub); see what "
				       "ssh-keygen says above.");
	}
	text->signature = (struct bytes){answer.text, answer.len};
	return true;
}

const char *ssh_public_key(const struct ssh_keygen *keygen, const char *path, struct arena *out)
{
	const struct call call = {.args = {"-y", "-P", "", "-f", path}};
	struct answer answer;
	struct error ignored = ERROR_INIT;
	if (!ask(keygen, &call, out, &answer, &ignored)) {
		error_release(&ignored);
		return NULL;
	}
	return answer.status == 0 ? arena_strndup(out, answer.text, strcspn(answer.text, "\n")) : NULL;
}
