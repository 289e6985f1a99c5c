/* SHA-256, as lower-case hex. The only user of libcrypto's digests. */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include <stddef.h>

enum { SHA256_TEXT_SIZE = 65, DIGEST_TEXT_SIZE = 72 };

void sha256_hex(const void *data, size_t len, char ret_hex[SHA256_TEXT_SIZE]);
void digest_text(const void *data, size_t len, char ret_text[DIGEST_TEXT_SIZE]); /* "sha256:" and hex */

#endif
