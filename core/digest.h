/* SHA-256, as lower-case hex; SHA-1 where git's file formats want it. The only user of libcrypto's digests.
 */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include <stddef.h>

enum { SHA1_SIZE = 20, SHA256_TEXT_SIZE = 65, DIGEST_TEXT_SIZE = 72 };

void sha256_hex(const void *data, size_t len, char ret_hex[SHA256_TEXT_SIZE]);
void digest_text(const void *data, size_t len, char ret_text[DIGEST_TEXT_SIZE]); /* "sha256:" and hex */
void sha1_bytes(const void *data, size_t len,
		unsigned char ret_hash[SHA1_SIZE]); /* a checksum, not a proof */

const char *digest_version(void); /* of libcrypto */

#endif
