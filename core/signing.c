/* Certificates with RSA keys: reading them, signing with them, and checking such signatures. */
#include "core/signing.h"

#include "core/base64.h"
#include "core/mem.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

enum { PS256_SALT_LEN = 32 }; /* RFC 7518, section 3.5: as long as the hash */

struct signer {
	EVP_PKEY *key;
	X509 *certificate;
};

static void bio_freep(BIO **bio)
{
	BIO_free(*bio);
}

static void digest_freep(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

static BIO *open_bytes(const void *bytes, size_t len)
{
	BIO *bio = len <= INT32_MAX ? BIO_new_mem_buf(bytes, (int)len) : NULL;
	if (!bio)
		mem_exhausted();
	return bio;
}

/* Always given, since libcrypto would otherwise ask at the terminal. */
static int give_passphrase(char *buffer, int size, int writing, void *ctx)
{
	const struct secret *passphrase = ctx;
	(void)writing;
	if (!passphrase || size < 0 || secret_len(passphrase) > (size_t)size)
		return -1;
	memcpy(buffer, secret_expose(passphrase), secret_len(passphrase));
	return (int)secret_len(passphrase);
}

static EVP_PKEY *read_key(const struct secret *pem, const struct secret *passphrase)
{
	CLEANUP(bio_freep) BIO *bio = open_bytes(secret_expose(pem), secret_len(pem));
	union {
		const struct secret *given;
		void *passed;
	} ctx = {.given = passphrase};
	return PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, ctx.passed);
}

/* A file may hold the chain as well: the certificate meant is the one that belongs to the key. */
static X509 *find_certificate(const struct secret *pem, EVP_PKEY *key)
{
	CLEANUP(bio_freep) BIO *bio = open_bytes(secret_expose(pem), secret_len(pem));
	X509 *certificate;
	while ((certificate = PEM_read_bio_X509(bio, NULL, give_passphrase, NULL))) {
		if (X509_check_private_key(certificate, key) == 1)
			return certificate;
		X509_free(certificate);
	}
	return NULL;
}

static bool has_certificate(const struct secret *pem)
{
	CLEANUP(bio_freep) BIO *bio = open_bytes(secret_expose(pem), secret_len(pem));
	X509 *certificate = PEM_read_bio_X509(bio, NULL, give_passphrase, NULL);
	bool found = certificate != NULL;
	X509_free(certificate);
	return found;
}

static bool no_key(const struct signer_files *files, struct error *err)
{
	const struct secret *pem = files->key ? files->key : files->certificate;
	bool encrypted = strstr(secret_expose(pem), "ENCRYPTED") != NULL;
	if (encrypted && !files->passphrase)
		error_set(err, ERR_AUTH, "the private key is protected by a passphrase, and none was given");
	else if (encrypted)
		error_set(err, ERR_AUTH, "the passphrase does not open the private key");
	else
		error_set(err, ERR_AUTH, "there is no private key that can be read");
	return false;
}

static bool read_pem(struct signer *signer, const struct signer_files *files, struct error *err)
{
	const struct secret *key = files->key ? files->key : files->certificate;
	signer->key = read_key(key, files->passphrase);
	if (!signer->key)
		return no_key(files, err);
	signer->certificate = find_certificate(files->certificate, signer->key);
	if (signer->certificate)
		return true;
	return error_set(err, ERR_AUTH,
			 has_certificate(files->certificate)
				 ? "the private key does not belong to the certificate"
				 : "there is no certificate that can be read");
}

static bool read_pkcs12(struct signer *signer, const struct signer_files *files, struct error *err)
{
	const struct secret *file = files->certificate;
	CLEANUP(bio_freep) BIO *bio = open_bytes(secret_expose(file), secret_len(file));
	PKCS12 *bundle = d2i_PKCS12_bio(bio, NULL);
	if (!bundle)
		return error_set(err, ERR_AUTH, "the certificate file is neither PEM nor PKCS#12");
	const char *passphrase = files->passphrase ? secret_expose(files->passphrase) : "";
	bool opens = PKCS12_verify_mac(bundle, passphrase, -1) == 1;
	bool parsed =
		opens && PKCS12_parse(bundle, passphrase, &signer->key, &signer->certificate, NULL) == 1;
	PKCS12_free(bundle);
	if (!opens)
		return error_set(err, ERR_AUTH,
				 files->passphrase
					 ? "the passphrase does not open the PKCS#12 file"
					 : "the PKCS#12 file needs a passphrase, and none was given");
	if (!parsed) {
		error_set(err, ERR_AUTH, "the PKCS#12 file uses encryption that is no longer supported");
		return error_hint(err,
				  "Export it again with AES, or turn it into PEM: openssl pkcs12 -legacy "
				  "-in FILE -nodes -out FILE.pem");
	}
	if (signer->key && signer->certificate)
		return true;
	return error_set(err, ERR_AUTH, "the PKCS#12 file does not hold both a certificate and its key");
}

struct signer *signer_new(const struct signer_files *files, struct error *err)
{
	struct signer *signer = mem_alloc(sizeof *signer);
	bool is_pem = strstr(secret_expose(files->certificate), "-----BEGIN ") != NULL;
	bool ok = is_pem ? read_pem(signer, files, err) : read_pkcs12(signer, files, err);
	if (ok && EVP_PKEY_get_base_id(signer->key) != EVP_PKEY_RSA)
		ok = error_set(err, ERR_AUTH, "the certificate's key is not an RSA key");
	ERR_clear_error();
	if (ok)
		return signer;
	signer_free(signer);
	return NULL;
}

void signer_free(struct signer *signer)
{
	if (!signer)
		return;
	EVP_PKEY_free(signer->key);
	X509_free(signer->certificate);
	free(signer);
}

static bool thumbprint(const X509 *certificate, unsigned char ret_hash[THUMBPRINT_SIZE])
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	if (!X509_digest(certificate, EVP_sha256(), hash, &size) || size != THUMBPRINT_SIZE)
		return false;
	memcpy(ret_hash, hash, THUMBPRINT_SIZE);
	return true;
}

void signer_thumbprint(const struct signer *signer, unsigned char ret_hash[THUMBPRINT_SIZE])
{
	if (!thumbprint(signer->certificate, ret_hash))
		mem_exhausted();
}

static bool time_ms(const ASN1_TIME *from, int64_t *ret_ms)
{
	int days, seconds;
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	bool ok = epoch && ASN1_TIME_diff(&days, &seconds, epoch, from);
	ASN1_TIME_free(epoch);
	if (ok)
		*ret_ms = ((int64_t)days * 86400 + seconds) * 1000;
	return ok;
}

bool signer_validity(const struct signer *signer, int64_t *ret_from_ms, int64_t *ret_until_ms)
{
	return time_ms(X509_get0_notBefore(signer->certificate), ret_from_ms) &&
	       time_ms(X509_get0_notAfter(signer->certificate), ret_until_ms);
}

static bool use_pss(EVP_PKEY_CTX *ctx, int salt_len)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt_len) == 1 &&
	       EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1;
}

bool signer_sign(const struct signer *signer, enum signature_kind kind, const void *data, size_t len,
		 struct strbuf *out, struct error *err)
{
	CLEANUP(digest_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key_ctx = NULL; /* the digest context's */
	size_t size = 0;
	unsigned char signature[1024];
	if (EVP_DigestSignInit(ctx, &key_ctx, EVP_sha256(), NULL, signer->key) == 1 &&
	    (kind != SIGNATURE_PS256 || use_pss(key_ctx, RSA_PSS_SALTLEN_DIGEST)) &&
	    EVP_DigestSign(ctx, NULL, &size, data, len) == 1 && size <= sizeof signature &&
	    EVP_DigestSign(ctx, signature, &size, data, len) == 1) {
		strbuf_add_bytes(out, signature, size);
		return true;
	}
	ERR_clear_error();
	return error_set(err, ERR_AUTH, "the certificate's key cannot sign");
}

struct signer *signer_generate(void)
{
	struct signer *signer = mem_alloc(sizeof *signer);
	signer->key = EVP_RSA_gen(2048);
	if (!signer->key)
		mem_exhausted();
	return signer;
}

const char *signer_public_pem(const struct signer *signer, struct arena *out)
{
	CLEANUP(bio_freep) BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	if (!bio || PEM_write_bio_PUBKEY(bio, signer->key) != 1)
		mem_exhausted();
	long len = BIO_get_mem_data(bio, &text);
	return arena_strndup(out, text, (size_t)len);
}

static const char *number(const struct signer *signer, const char *name, struct arena *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	BIGNUM *value = NULL;
	unsigned char bytes[1024];
	if (EVP_PKEY_get_bn_param(signer->key, name, &value) != 1 ||
	    (size_t)BN_num_bytes(value) > sizeof bytes)
		mem_exhausted();
	base64url_encode(&text, bytes, (size_t)BN_bn2bin(value, bytes));
	BN_free(value);
	return strbuf_dup(out, &text);
}

void signer_public_numbers(const struct signer *signer, struct arena *out, const char **ret_n,
			   const char **ret_e)
{
	*ret_n = number(signer, OSSL_PKEY_PARAM_RSA_N, out);
	*ret_e = number(signer, OSSL_PKEY_PARAM_RSA_E, out);
}

static EVP_PKEY *public_key(const char *pem)
{
	CLEANUP(bio_freep) BIO *bio = open_bytes(pem, strlen(pem));
	X509 *certificate = PEM_read_bio_X509(bio, NULL, give_passphrase, NULL);
	if (certificate) {
		EVP_PKEY *key = X509_get_pubkey(certificate);
		X509_free(certificate);
		return key;
	}
	CLEANUP(bio_freep) BIO *again = open_bytes(pem, strlen(pem));
	return PEM_read_bio_PUBKEY(again, NULL, give_passphrase, NULL);
}

bool signature_verify(enum signature_kind kind, const char *pem, const void *data, size_t len,
		      const void *signature, size_t signature_len)
{
	CLEANUP(digest_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *key = public_key(pem);
	EVP_PKEY_CTX *key_ctx = NULL;
	bool ok = key && EVP_DigestVerifyInit(ctx, &key_ctx, EVP_sha256(), NULL, key) == 1 &&
		  (kind != SIGNATURE_PS256 || use_pss(key_ctx, PS256_SALT_LEN)) &&
		  EVP_DigestVerify(ctx, signature, signature_len, data, len) == 1;
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok;
}

static bool thumbprint_of_pem(const char *pem, const EVP_MD *digest, size_t size, unsigned char *ret_hash)
{
	CLEANUP(bio_freep) BIO *bio = open_bytes(pem, strlen(pem));
	X509 *certificate = PEM_read_bio_X509(bio, NULL, give_passphrase, NULL);
	unsigned len = 0;
	bool ok = certificate && X509_digest(certificate, digest, ret_hash, &len) == 1 && len == size;
	X509_free(certificate);
	ERR_clear_error();
	return ok;
}

bool certificate_thumbprint(const char *pem, unsigned char ret_hash[THUMBPRINT_SIZE])
{
	return thumbprint_of_pem(pem, EVP_sha256(), THUMBPRINT_SIZE, ret_hash);
}

bool certificate_thumbprint_sha1(const char *pem, unsigned char ret_hash[THUMBPRINT_SHA1_SIZE])
{
	return thumbprint_of_pem(pem, EVP_sha1(), THUMBPRINT_SHA1_SIZE, ret_hash);
}
