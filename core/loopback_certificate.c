/* A certificate for this machine's own address, and the authority that signed it. */
#include "core/loopback_certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

enum { LIFE_S = 30 * 86400, EARLY_S = 3600 };

static bool set_names(X509 *certificate, const char *name, const X509 *issuer)
{
	X509_NAME *subject = X509_get_subject_name(certificate);
	return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1,
					  0) == 1 &&
	       X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1;
}

static bool set_serial(X509 *certificate)
{
	uint64_t serial;
	return RAND_bytes((unsigned char *)&serial, sizeof serial) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1;
}

static bool add_extension(X509 *certificate, X509 *issuer, int kind, const char *value)
{
	X509V3_CTX ctx;
	X509V3_set_ctx(&ctx, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, kind, value);
	bool ok = extension && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return ok;
}

static bool set_use(X509 *certificate, X509 *issuer, bool is_authority)
{
	if (is_authority)
		return add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE") &&
		       add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign") &&
		       add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
	return add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth") &&
	       add_extension(certificate, issuer, NID_authority_key_identifier, "keyid") &&
	       add_extension(certificate, issuer, NID_subject_alt_name,
			     "DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1");
}

/* `issuer` is NULL for an authority, which signs itself. */
static X509 *make(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
	X509 *certificate = X509_new();
	bool ok = certificate && key && X509_set_version(certificate, 2) == 1 && set_serial(certificate) &&
		  X509_gmtime_adj(X509_getm_notBefore(certificate), -EARLY_S) &&
		  X509_gmtime_adj(X509_getm_notAfter(certificate), LIFE_S) &&
		  X509_set_pubkey(certificate, key) == 1 &&
		  set_names(certificate, name, issuer ? issuer : certificate) &&
		  set_use(certificate, issuer ? issuer : certificate, !issuer) &&
		  X509_sign(certificate, issuer_key, EVP_sha256()) > 0;
	if (ok)
		return certificate;
	X509_free(certificate);
	return NULL;
}

static char *pem_of(X509 *certificate, EVP_PKEY *key, struct arena *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	bool ok = bio && (certificate ? PEM_write_bio_X509(bio, certificate)
				      : PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL)) == 1;
	long len = ok ? BIO_get_mem_data(bio, &text) : 0;
	char *pem = ok ? arena_strndup(out, text, (size_t)len) : NULL;
	BIO_free(bio);
	return pem;
}

bool loopback_certificate_make(struct arena *out, struct loopback_certificate *ret, struct error *err)
{
	EVP_PKEY *authority_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *authority =
		make("seatshift twin, for tests on this machine", authority_key, NULL, authority_key);
	X509 *certificate = authority ? make("localhost", key, authority, authority_key) : NULL;
	if (certificate)
		*ret = (struct loopback_certificate){pem_of(authority, NULL, out),
						     pem_of(certificate, NULL, out), pem_of(NULL, key, out)};
	bool ok = certificate && ret->authority && ret->certificate && ret->key;
	X509_free(certificate);
	X509_free(authority);
	EVP_PKEY_free(key);
	EVP_PKEY_free(authority_key);
	ERR_clear_error();
	return ok || error_set(err, ERR_IO, "cannot make a certificate for this machine");
}
