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

enum { THUMBPRINT_SIZE = 32, THUMBPRINT_SHA1_SIZE = 20 };

struct signer;
struct signer_files {
	const struct secret *certificate; /* PEM, in any order with its key and its chain; or PKCS#12 */
	const struct secret *key;	  /* PEM, when it is in a file of its own; or NULL */
	const struct secret *passphrase;  /* of the key or the PKCS#12 file; or NULL */
};

/* ERR_AUTH when it cannot be read, the passphrase is wrong, or the key is not the certificate's. */
struct signer *signer_new(const struct signer_files *files, struct error *err);
void signer_free(struct signer *signer);
DEFINE_FREEP(struct signer, signer)

/* The SHA-256 of the certificate's DER bytes: what "x5t#S256" holds. */
void signer_thumbprint(const struct signer *signer, unsigned char ret_hash[THUMBPRINT_SIZE]);
/* Since 1970; false when the certificate's dates cannot be read. */
NODISCARD bool signer_validity(const struct signer *signer, int64_t *ret_from_ms, int64_t *ret_until_ms);

/*
 * Of RFC 7518. PS256: RSASSA-PSS, SHA-256 twice, a salt as long as the hash. RS256: PKCS #1 1.5 with
 * SHA-256.
 */
enum signature_kind { SIGNATURE_PS256, SIGNATURE_RS256 };
/* Appends the raw bytes. */
NODISCARD bool signer_sign(const struct signer *signer, enum signature_kind kind, const void *data,
			   size_t len, struct strbuf *out, struct error *err);

/* A new RSA key of 2048 bits without a certificate: for who only plays a service that signs. */
struct signer *signer_generate(void);
/* What others need to check its signatures: PEM, and the numbers of a JSON Web Key, base64url. */
const char *signer_public_pem(const struct signer *signer, struct arena *out);
void signer_public_numbers(const struct signer *signer, struct arena *out, const char **ret_n,
			   const char **ret_e);

/* Whether `pem`, a certificate or a public key, made the signature. */
bool signature_verify(enum signature_kind kind, const char *pem, const void *data, size_t len,
		      const void *signature, size_t signature_len);
/* The thumbprint of a certificate given as PEM; and the older one, by SHA-1, which "x5t" holds. */
NODISCARD bool certificate_thumbprint(const char *pem, unsigned char ret_hash[THUMBPRINT_SIZE]);
NODISCARD bool certificate_thumbprint_sha1(const char *pem, unsigned char ret_hash[THUMBPRINT_SHA1_SIZE]);

#endif
