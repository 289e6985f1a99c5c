/*
 * Signing in with a certificate: a client assertion (RFC 7523) that seatshift signs itself, PS256
 * with the certificate's SHA-256 thumbprint, good for ten minutes and one use.
 */
#include "providers/graph/sign_in/token_source.h"

#include "core/base64.h"
#include "core/file.h"
#include "core/signing.h"

#include <string.h>

enum { MAX_FILE_SIZE = 256 * 1024, ASSERTION_LIFETIME_S = 600 };
enum { DAY_MS = 86400000, EXPIRY_TOLD_MS = 14 * DAY_MS };

static bool complete(const struct env *env)
{
	return token_has_env(env, "AZURE_CLIENT_CERTIFICATE_PATH");
}

static bool read_files(struct token_source *source, const char *path, const char *key_path,
		       struct signer **ret, struct error *err)
{
	CLEANUP(secret_freep) struct secret *certificate = NULL;
	CLEANUP(secret_freep) struct secret *key = NULL;
	CLEANUP(secret_freep)
	struct secret *passphrase = token_take_env(source, "AZURE_CLIENT_CERTIFICATE_PASSWORD");
	if (!file_read_secret(path, MAX_FILE_SIZE, &certificate, err) ||
	    (key_path && !file_read_secret(key_path, MAX_FILE_SIZE, &key, err))) {
		err->code = ERR_AUTH;
		return error_hint(err, "Check AZURE_CLIENT_CERTIFICATE_PATH%s.",
				  key_path ? " and SEATSHIFT_CERTIFICATE_KEY_PATH" : "");
	}
	*ret = signer_new(&(struct signer_files){certificate, key, passphrase}, err);
	if (*ret)
		return true;
	error_wrap(err, "certificate '%s'", path);
	return err->hint
		       ? false
		       : error_hint(err,
				    "AZURE_CLIENT_CERTIFICATE_PATH names a PEM file with certificate and key "
				    "(or SEATSHIFT_CERTIFICATE_KEY_PATH names the key's), or a PKCS#12 file; "
				    "AZURE_CLIENT_CERTIFICATE_PASSWORD holds the passphrase.");
}

/* In time for a new one to be made and registered. */
static void warn_of_end(const struct token_source *source, const char *path, int64_t left_ms)
{
	if (left_ms < EXPIRY_TOLD_MS)
		token_notice(source,
			     "the certificate '%s' expires in %lld days: register a new one with the "
			     "application before that",
			     path, (long long)(left_ms / DAY_MS));
}

static bool check_dates(const struct token_source *source, const struct signer *signer, const char *path,
			struct error *err)
{
	int64_t from_ms, until_ms, now_ms = http_client_wall_ms(source->options.client);
	char when[TIMESTAMP_TEXT_SIZE];
	if (!signer_validity(signer, &from_ms, &until_ms))
		return true;
	if (from_ms <= now_ms && now_ms < until_ms) {
		warn_of_end(source, path, until_ms - now_ms);
		return true;
	}
	timestamp_format(now_ms < from_ms ? from_ms : until_ms, when);
	error_set(err, ERR_AUTH, "the certificate '%s' %s %.10s", path,
		  now_ms < from_ms ? "is not valid before" : "expired on", when);
	return error_hint(err, "Make a new certificate, register its public part with the application; or "
			       "check this machine's clock.");
}

/* A key that cannot sign is reported before anything is sent. */
static bool check_signs(const struct signer *signer, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf signature = STRBUF_INIT(STRBUF_SMALL);
	return signer_sign(signer, SIGNATURE_PS256, "", 0, &signature, err);
}

static bool open(struct token_source *source, struct error *err)
{
	const struct env *env = &source->options.env;
	const char *path = env_get(env, "AZURE_CLIENT_CERTIFICATE_PATH");
	struct signer *signer = NULL;
	if (!path) {
		error_set(err, ERR_AUTH,
			  "no certificate to sign in with: AZURE_CLIENT_CERTIFICATE_PATH is not set");
		return error_hint(
			err, "Set it to a PEM file with certificate and private key, or to a PKCS#12 file.");
	}
	if (!read_files(source, path, env_get(env, "SEATSHIFT_CERTIFICATE_KEY_PATH"), &signer, err))
		return false;
	source->state = signer;
	return check_dates(source, signer, path, err) && check_signs(signer, err);
}

static void close(struct token_source *source)
{
	signer_free(source->state);
}

static void add_part(struct strbuf *out, const struct strbuf *json)
{
	if (out->len)
		strbuf_add_char(out, '.');
	base64url_encode(out, json->ptr, json->len);
}

static void add_header(struct strbuf *out, const struct signer *signer, struct arena *tmp)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(STRBUF_SMALL);
	CLEANUP(strbuf_release) struct strbuf thumbprint = STRBUF_INIT(STRBUF_SMALL);
	unsigned char hash[THUMBPRINT_SIZE];
	signer_thumbprint(signer, hash);
	base64url_encode(&thumbprint, hash, sizeof hash);
	struct json_writer w = JSON_WRITER(&json);
	json_begin_object(&w);
	json_set_text(&w, "alg", "PS256");
	json_set_text(&w, "typ", "JWT");
	json_set_text(&w, "x5t#S256", strbuf_dup(tmp, &thumbprint));
	json_end_object(&w);
	add_part(out, &json);
}

static void add_claims(struct strbuf *out, const struct token_source *source, struct arena *tmp)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(STRBUF_SMALL);
	int64_t now_s = http_client_wall_ms(source->options.client) / 1000;
	char id[GUID_TEXT_SIZE];
	random_guid(source->options.random, id);
	struct json_writer w = JSON_WRITER(&json);
	json_begin_object(&w);
	json_set_text(&w, "aud", token_endpoint(source, tmp));
	json_set_int(&w, "exp", now_s + ASSERTION_LIFETIME_S);
	json_set_int(&w, "iat", now_s);
	json_set_text(&w, "iss", source->options.client_id);
	json_set_text(&w, "jti", id);
	json_set_int(&w, "nbf", now_s);
	json_set_text(&w, "sub", source->options.client_id);
	json_end_object(&w);
	add_part(out, &json);
}

/* False when the key cannot sign, which `open` has found out. */
static bool make_assertion(const struct token_source *source, struct strbuf *assertion, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(strbuf_release) struct strbuf signature = STRBUF_INIT(STRBUF_SMALL);
	add_header(assertion, source->state, tmp);
	add_claims(assertion, source, tmp);
	if (!signer_sign(source->state, SIGNATURE_PS256, assertion->ptr, assertion->len, &signature, err))
		return false;
	add_part(assertion, &signature);
	return true;
}

/* An assertion is good for one use: a try whose answer was lost may have used it up. */
static void write_form(struct token_source *source, struct strbuf *form)
{
	CLEANUP(strbuf_release) struct strbuf assertion = STRBUF_INIT(STRBUF_SMALL);
	struct error err = ERROR_INIT;
	if (!make_assertion(source, &assertion, &err))
		error_release(&err);
	redact_add(source->options.redact, assertion.ptr, assertion.len);
	token_form_add_assertion(source, form, strbuf_text(&assertion));
	secret_wipe(assertion.ptr, assertion.cap);
}

static void fetch(struct token_source *source)
{
	token_post_fresh(source, write_form);
}

const struct token_source_ops token_certificate = {.method = "certificate",
						   .as_client = true,
						   .is_prompt = true,
						   .answers_claims = true,
						   .complete = complete,
						   .open = open,
						   .fetch = fetch,
						   .close = close};
