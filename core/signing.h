/*
 * Certificates with RSA keys: reading them, signing with them, and checking such signatures.
 *
 * Nothing here asks for a passphrase at a terminal, whatever libcrypto would do by itself.
 */
#ifndef CORE_SIGNING_H
#define CORE_SIGNING_H

#include "core/error.h"
#include "core/secret.h"
#include "core/str.h"

#include <stdint.h>

enum { THUMBPRINT_SIZE = 32 };

struct signer;
struct signer_files {
	const struct secret
	    *certificate;	  /* PEM, in any order with its key and its chain; or PKCS#12 */
	const struct secret *key; /* PEM, when it is in a file of its own; or NULL */
	const struct secret *passphrase; /* of the key or the PKCS#12 file; or NULL */
};

/* ERR_AUTH when it cannot be read, the passphrase is wrong, or the key is not the certificate's. */
struct signer *signer_new(const struct signer_files *files, struct error *err);
void signer_free(struct signer *signer);
DEFINE_FREEP(struct signer, signer)

/* The SHA-256 of the certificate's DER bytes: what "x5t#S256" holds. */
void signer_thumbprint(const struct signer *signer, unsigned char ret_hash[THUMBPRINT_SIZE]);
/* Since 1970; false when the certificate's dates cannot be read. */
NODISCARD bool signer_validity(const struct signer *signer, int64_t *ret_from_ms,
			       int64_t *ret_until_ms);

/* PS256 of RFC 7518: RSASSA-PSS, SHA-256 twice, a salt as long as the hash. Appends the raw bytes.
 */
NODISCARD bool signer_sign(const struct signer *signer, const void *data, size_t len,
			   struct strbuf *out, struct error *err);

enum signature_kind { SIGNATURE_PS256, SIGNATURE_RS256 };
/* Whether `pem`, a certificate or a public key, made the signature. */
bool signature_verify(enum signature_kind kind, const char *pem, const void *data, size_t len,
		      const void *signature, size_t signature_len);
/* The thumbprint of a certificate given as PEM. */
NODISCARD bool certificate_thumbprint(const char *pem, unsigned char ret_hash[THUMBPRINT_SIZE]);

#endif
