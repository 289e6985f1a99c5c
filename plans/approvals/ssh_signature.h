/*
 * Signatures by OpenSSH's `ssh-keygen -Y`: file keys, keys of an agent, hardware keys.
 *
 * Everything it reads is handed over in memory; nothing is written. It makes and checks signatures of
 * any text in one namespace; what the text means is not known here.
 */
#ifndef PLANS_SSH_SIGNATURE_H
#define PLANS_SSH_SIGNATURE_H

#include "core/bytes.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/error.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdint.h>

struct ssh_keygen {
	const char *program;	/* path of ssh-keygen */
	const char *const *env; /* what it may see of the environment */
	const struct clock *clock;
};

/* ERR_FAILED with a hint when there is no ssh-keygen in PATH. */
NODISCARD bool ssh_keygen_init(struct ssh_keygen *keygen, const struct env *env, const struct clock *clock,
			       struct arena *out, struct error *err);

struct signed_text {
	const char *name_space;
	struct bytes text;
	struct bytes signature; /* none: there is none beside it */
};

/* Who may sign, in OpenSSH's own forms. */
struct signers {
	struct bytes allowed;			 /* an allowed-signers file */
	struct bytes revoked;			 /* keys, one a line, or a KRL; or none */
	const char *allowed_path, *revoked_path; /* where they are from, in the repository */
};

enum signature_verdict {
	SIGNATURE_GOOD,
	SIGNATURE_WRONG_NAMESPACE,
	SIGNATURE_BROKEN,	/* it does not fit the text, or is none */
	SIGNATURE_NOT_ALLOWED,	/* its key is nobody's in the allowed-signers file, or not for this namespace
				 */
	SIGNATURE_OTHER_SIGNER, /* its key is allowed, but is another's */
	SIGNATURE_KEY_EXPIRED,	/* outside the key's valid-after and valid-before */
	SIGNATURE_KEY_REVOKED,
	SIGNATURE_VERDICT_COUNT
};

struct signature_check {
	enum signature_verdict verdict;
	const char *key;	    /* "SHA256:…", or NULL */
	struct str_list principals; /* whom the key belongs to */
};

/* Whether `identity` signed the text, with the keys as they are valid at `at_ms`. */
struct ssh_question {
	const struct signed_text *text;
	const struct signers *signers;
	const char *identity;
	int64_t at_ms;
};
NODISCARD bool ssh_check(const struct ssh_keygen *keygen, const struct ssh_question *question,
			 struct arena *out, struct signature_check *ret_check, struct error *err);

struct ssh_key {
	const char *path; /* of a private key; of a public key when the private one is in an agent */
	bool in_agent;
};
/* May ask for a passphrase or a touch at the terminal. ERR_FAILED when nothing was signed. */
NODISCARD bool ssh_sign(const struct ssh_keygen *keygen, const struct ssh_key *key, struct signed_text *text,
			struct arena *out, struct error *err);

/* The public key of a private key's file, "ssh-ed25519 AAAA…", when that takes no passphrase; else NULL. */
const char *ssh_public_key(const struct ssh_keygen *keygen, const char *path, struct arena *out);

#endif
