/* SHA-256, as lower-case hex; SHA-1 where git's file formats want it. */
#include "core/digest.h"

#include "core/mem.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

void sha256_hex(const void *data, size_t len, char ret_hex[SHA256_TEXT_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	if (!EVP_Digest(data, len, hash, &size, EVP_sha256(), NULL) || size != 32)
		mem_exhausted();
	for (size_t i = 0; i < 32; i++) {
		ret_hex[2 * i] = hex[hash[i] >> 4];
		ret_hex[2 * i + 1] = hex[hash[i] & 0x0f];
	}
	ret_hex[64] = '\0';
}

void digest_text(const void *data, size_t len, char ret_text[DIGEST_TEXT_SIZE])
{
	memcpy(ret_text, "sha256:", 7); /* NOLINT(bugprone-not-null-terminated-result) */
	sha256_hex(data, len, ret_text + 7);
}

void sha1_bytes(const void *data, size_t len, unsigned char ret_hash[SHA1_SIZE])
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	if (!EVP_Digest(data, len, hash, &size, EVP_sha1(), NULL) || size != SHA1_SIZE)
		mem_exhausted();
	memcpy(ret_hash, hash, SHA1_SIZE);
}

const char *digest_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
