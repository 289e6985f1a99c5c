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

/* One line that is no comment. */
struct signer_line {
	size_t number; /* from 1 */
	const char *who;
	const char *key;   /* in base64; NULL: there is none */
	const char *fault; /* why it lets nobody approve, whoever it names; NULL: nothing that is seen here */
	bool is_authority; /* of certificates: other keys than its own */
};
VEC(signer_line_list, struct signer_line);
struct signer_line_list signers_lines(const struct signers *signers, struct arena *out);

/*
 * Why a key that the file has lets nobody approve: "line 3 is for the namespace 'git' alone". NULL: it does,
 * or no line has it (then *ret_known is false). `key` is a public key's text, or only its base64.
 */
const char *signers_fault_of_key(const struct signers *signers, const char *key, struct arena *out,
				 bool *ret_known);
/* The line that lets a key approve, for whom `who` names or, NULL, the key's own comment does. */
const char *signers_line_for(const char *public_key, const char *who, struct arena *out);
/* signers_fault_of_key of the key with which this was signed. */
const char *signers_fault_of_signature(const struct signers *signers, const struct signed_text *text,
				       struct arena *out);

bool signer_is_pattern(const char *name);
/* A name or a pattern of OpenSSH (* and ?; nothing else), in any case; false for a name that is NULL. */
bool signer_matches(const char *pattern, const char *name);

#endif
