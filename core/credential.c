/* Secrets that are no product keys. */
#include "core/credential.h"

#include "core/credential_value.h"
#include "core/macros.h"
#include "core/str.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A text, and a place in it at which something may be. */
struct look {
	const char *text;
	size_t len, at;
};

static bool is_base64url(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* What the portal makes client secrets of. */
static bool is_of_secret(char c)
{
	return is_base64url(c) || c == '.' || c == '~';
}

static bool is_of_key(char c)
{
	return is_of_secret(c) || (c && strchr("+/=%", c));
}

static size_t run_of(const struct look *look, size_t at, bool (*is)(char c))
{
	size_t count = 0;
	while (at + count < look->len && is(look->text[at + count]))
		count++;
	return count;
}

static bool has_digit(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (isdigit((unsigned char)text[i]))
			return true;
	return false;
}

static bool stands(const struct look *look, size_t at, const char *words)
{
	size_t len = strlen(words);
	return look->len - at >= len && memcmp(look->text + at, words, len) == 0;
}

/* In capitals or not. */
static bool stands_fold(const struct look *look, size_t at, const char *words)
{
	size_t len = strlen(words);
	return look->len - at >= len && strncasecmp(look->text + at, words, len) == 0;
}

/*
 * Three characters, a digit, "Q~" and 31 to 34 more. Microsoft publishes no form; this is the one that
 * scanners of secrets agree on, gitleaks and Microsoft's own (SEC101/156) among them. A few may have been
 * lost.
 */
static bool client_secret(const struct look *look, struct credential *ret)
{
	enum { BEFORE = 5, REST_MIN = 28 };
	size_t at = look->at;
	if (at < BEFORE || look->text[at - 1] != 'Q' || !isdigit((unsigned char)look->text[at - 2]))
		return false;
	for (size_t i = at - BEFORE; i < at; i++)
		if (!is_of_secret(look->text[i]))
			return false;
	size_t rest = run_of(look, at + 1, is_of_secret);
	*ret = (struct credential){at - BEFORE, BEFORE + 1 + rest, "a client secret"};
	return rest >= REST_MIN;
}

/* A JSON web token: its head alone says nothing. */
static bool web_token(const struct look *look, struct credential *ret)
{
	enum { PART_MIN = 10 };
	if (!stands(look, look->at, "eyJ") || (look->at && is_base64url(look->text[look->at - 1])))
		return false;
	size_t head = run_of(look, look->at, is_base64url);
	size_t end = look->at + head;
	if (head < PART_MIN || end >= look->len || look->text[end] != '.')
		return false;
	size_t body = run_of(look, end + 1, is_base64url);
	*ret = (struct credential){look->at, run_of(look, look->at, is_of_secret), "an access token"};
	return body >= PART_MIN;
}

/* What begins with its own name, in capitals or not. */
static const struct prefix {
	const char *begin;
	size_t least; /* characters that follow */
	const char *what;
} prefixes[] = {
	{"ghp_", 30, "an access token"},
	{"gho_", 30, "an access token"},
	{"ghu_", 30, "an access token"},
	{"ghs_", 30, "an access token"},
	{"ghr_", 30, "an access token"},
	{"github_pat_", 30, "an access token"},
	{"glpat-", 16, "an access token"},
	{"glptt-", 16, "an access token"},
	{"gldt-", 16, "an access token"},
	{"glrt-", 16, "an access token"},
	{"Bearer ", 20, "an access token"},
	{"AccountKey=", 20, "an access key"},
	{"SharedAccessKey=", 20, "an access key"},
	{"sig=", 20, "a signature that lets in"},
	{"Authorization: Basic ", 8, "a password"},
};

static bool prefixed(const struct look *look, struct credential *ret)
{
	if (look->at && isalnum((unsigned char)look->text[look->at - 1]))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		const struct prefix *prefix = &prefixes[i];
		if (!stands_fold(look, look->at, prefix->begin))
			continue;
		size_t begin = look->at + strlen(prefix->begin);
		size_t rest = run_of(look, begin, is_of_key);
		*ret = (struct credential){look->at, begin + rest - look->at, prefix->what};
		return rest >= prefix->least && has_digit(look->text + begin, rest) &&
		       !credential_value_is_name(look->text + begin, rest);
	}
	return false;
}

static bool private_key(const struct look *look, struct credential *ret)
{
	static const char ends[] = "PRIVATE KEY-----";
	enum { TITLE_MAX = 60 };
	if (!stands(look, look->at, "-----BEGIN "))
		return false;
	size_t left = look->len - look->at;
	const char *end =
		memmem(look->text + look->at, left < TITLE_MAX ? left : TITLE_MAX, ends, sizeof ends - 1);
	*ret = (struct credential){look->at, left, "a private key"}; /* all that follows may be of it */
	return end != NULL;
}

/* ---- behind a colon, an equals sign or "is" ------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_letter(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* "https://user:password@host", also where a slash is missing: what stands before the host. */
static bool address(const struct look *look, struct credential *ret)
{
	static const char ends[] = "/?#\\ \t\r\n'\"<>`";
	enum { TOKEN_MIN = 20 };
	const size_t begin = look->at + 1;
	size_t sign = 0, colon = 0;
	if (!look->at || !strchr(":/", look->text[look->at - 1]))
		return false;
	for (size_t i = begin; i < look->len && !strchr(ends, look->text[i]); i++) {
		if (look->text[i] == '@')
			sign = i;
		if (look->text[i] == ':' && !colon)
			colon = i;
	}
	if (!sign)
		return false;
	*ret = (struct credential){begin, sign - begin, "a password"};
	if (colon && colon < sign)
		return !credential_value_is_placeholder(look->text + colon + 1, sign - colon - 1);
	return sign - begin >= TOKEN_MIN && has_digit(look->text + begin, sign - begin) &&
	       !credential_value_is_user(look->text + begin, sign - begin);
}

/* Names of what is secret, without what stands between their words; how long the secret is at least. */
static const struct name {
	const char *word;
	size_t least;
	bool is_short; /* a whole word, and only before what looks like a password */
} names[] = {
	{"secret", 8, false},	  {"password", 8, false},    {"passwd", 8, false},
	{"passphrase", 8, false}, {"pwd", 8, false},	     {"apikey", 16, false},
	{"accesskey", 16, false}, {"token", 16, false},	     {"passwort", 8, false},
	{"kennwort", 8, false},	  {"motdepasse", 8, false},  {"contraseña", 8, false},
	{"clientkey", 16, false}, {"privatekey", 16, false}, {"accountkey", 20, false},
	{"pw", 8, true},	  {"pass", 8, true},
};

/* The name that ends before byte `end`; NULL: none of them. */
static const struct name *name_before(const struct look *look, size_t end)
{
	enum { LONGEST = 12 };
	char word[LONGEST + 1];
	size_t places[LONGEST]; /* of its letters in the text */
	size_t at = LONGEST;
	word[LONGEST] = '\0';
	while (end && (is_blank(look->text[end - 1]) || strchr("'\"`*", look->text[end - 1])))
		end--;
	for (; end && at; end--) {
		char c = look->text[end - 1];
		if (!is_letter(c) && !strchr("_- ", c))
			break;
		if (!is_letter(c))
			continue;
		word[--at] = (char)tolower((unsigned char)c);
		places[at] = end - 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t len = strlen(names[i].word);
		if (LONGEST - at < len || memcmp(word + LONGEST - len, names[i].word, len) != 0)
			continue;
		size_t place = places[LONGEST - len];
		if (!names[i].is_short || !place || !is_letter(look->text[place - 1]))
			return &names[i];
	}
	return NULL;
}

/* Where "(admin)" or "for admin@contoso.com" begins that ends before byte `end`; `end`: there is none. */
static size_t before_aside(const struct look *look, size_t end)
{
	enum { ASIDE_MAX = 64 };
	static const char *const links[] = {" for", " of", " für"};
	const size_t first = end > ASIDE_MAX ? end - ASIDE_MAX : 0;
	size_t at = end;
	if (at && look->text[at - 1] == ')') {
		while (at > first && look->text[at - 1] != '(' && look->text[at - 1] != '\n')
			at--;
		return at > first && look->text[at - 1] == '(' ? at - 1 : end;
	}
	while (at > first && (unsigned char)look->text[at - 1] > ' ')
		at--;
	if (at == first || look->text[--at] != ' ')
		return end;
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		size_t len = strlen(links[i]);
		if (at >= len && stands(look, at - len, links[i]))
			return at - len;
	}
	return end;
}

static size_t trimmed(const char *text, size_t len)
{
	while (len && strchr(".,;:)]}>'\"`", text[len - 1]))
		len--;
	return len;
}

static bool has_any(const char *text, size_t len, int (*is)(int c))
{
	for (size_t i = 0; i < len; i++)
		if (is((unsigned char)text[i]))
			return true;
	return false;
}

/* Words that explain where a secret is kept have no digits; secrets do. */
static bool value_at(const struct look *look, size_t begin, const struct name *name, struct credential *ret)
{
	while (begin < look->len && (is_blank(look->text[begin]) || strchr(":=>'\"`([", look->text[begin])))
		begin++;
	size_t len = 0;
	while (begin + len < look->len && (unsigned char)look->text[begin + len] > ' ')
		len++;
	const char *value = look->text + begin;
	len = trimmed(value, len);
	*ret = (struct credential){begin, len, "a password or another secret"};
	if (len < name->least || !has_any(value, len, isdigit) || !has_any(value, len, isalpha))
		return false;
	if (name->is_short && !(has_any(value, len, isupper) && has_any(value, len, islower)))
		return false;
	return !credential_value_is_placeholder(value, len) && !credential_value_is_name(value, len);
}

static bool is_guid(const char *text, size_t len)
{
	enum { GUID_LEN = 36 };
	char copy[GUID_LEN + 1] = "";
	if (len != GUID_LEN)
		return false;
	memcpy(copy, text, len);
	return str_is_guid(copy);
}

/* The name ends before byte `end`, or has an aside there, and its value begins at `begin`. */
static bool named_value(const struct look *look, size_t end, size_t begin, struct credential *ret)
{
	const struct name *name = name_before(look, end);
	if (name)
		return value_at(look, begin, name, ret);
	size_t aside = before_aside(look, end);
	name = aside < end ? name_before(look, aside) : NULL;
	/* behind "the secret of this subscription:", its identifier stands */
	return name && value_at(look, begin, name, ret) && !is_guid(look->text + ret->at, ret->len);
}

static bool named(const struct look *look, struct credential *ret)
{
	return named_value(look, look->at, look->at + 1, ret);
}

/* "The password is …", "PASSWORD WAS: …". */
static bool said(const struct look *look, struct credential *ret)
{
	static const char *const verbs[] = {" is", " was", " ist", " war", " lautet", " est"};
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		size_t end = look->at + strlen(verbs[i]);
		if (stands_fold(look, look->at, verbs[i]) && end < look->len &&
		    (is_blank(look->text[end]) || look->text[end] == ':'))
			return named_value(look, look->at, end + 1, ret);
	}
	return false;
}

/* ---- all of them ---------------------------------------------------------------------------- */

static const struct form {
	char begins; /* the one character by which it is noticed */
	bool (*is_here)(const struct look *look, struct credential *ret);
} forms[] = {
	{'~', client_secret}, {'e', web_token}, {'g', prefixed}, {'B', prefixed}, {'b', prefixed},
	{'A', prefixed},      {'a', prefixed},	{'S', prefixed}, {'s', prefixed}, {'-', private_key},
	{'/', address},	      {':', named},	{'=', named},	 {' ', said},
};

bool credential_find(const char *text, size_t len, size_t from, struct credential *ret)
{
	struct look look = {.text = text, .len = len};
	for (look.at = from; look.at < len; look.at++) {
		if (!strchr("~egBbAaSs-/:= ", text[look.at]))
			continue;
		for (size_t i = 0; i < ARRAY_LEN(forms); i++)
			if (forms[i].begins == text[look.at] && forms[i].is_here(&look, ret))
				return true;
	}
	return false;
}

static bool mask_each(char *text, size_t len)
{
	bool any = false;
	struct credential found;
	for (size_t from = 0; from < len && credential_find(text, len, from, &found);) {
		memset(text + found.at, '*', found.len);
		from = found.at + found.len;
		any = true;
	}
	return any;
}

void credential_mask(char *text)
{
	/* again: what stood around one that is masked now may be one itself, "pw=<bearer …" */
	for (size_t len = strlen(text); mask_each(text, len);)
		;
}
