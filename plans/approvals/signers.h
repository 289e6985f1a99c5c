/*
 * An allowed-signers file as text (ssh-keygen(1)): whose key is whose. Whether a signature is good is asked
 * of ssh-keygen; it names the first line that has the key, and here every line is wanted.
 */
#ifndef PLANS_SIGNERS_H
#define PLANS_SIGNERS_H

#include "plans/approvals/ssh_signature.h"

/* The people (principals) whose key this is in an allowed-signers file, patterns left out. */
struct str_list signers_of_key(const struct signers *signers, const char *public_key, struct arena *out);

/* The names and patterns of every line that has the key with which this was signed. */
struct str_list signers_of_signature(const struct signers *signers, const struct signed_text *text,
				     struct arena *out);

bool signer_is_pattern(const char *name);
/* A name or a pattern of OpenSSH (* and ?; nothing else), in any case; false for a name that is NULL. */
bool signer_matches(const char *pattern, const char *name);

#endif
