/* An allowed-signers file as text. */
#include "plans/approvals/signers.h"

#include "core/base64.h"
#include "plans/approvals/approval.h"

#include <ctype.h>
#include <string.h>

/* The word at `*at`, moved behind it; quotes hide blanks. False at the end of the line. */
static bool next_word(const char **at, const char **ret_word, size_t *ret_len)
{
	const char *p = *at + strspn(*at, " \t");
	const char *start = p;
	bool quoted = false;
	for (; *p && *p != '\n' && (quoted || (*p != ' ' && *p != '\t')); p++)
		quoted = quoted != (*p == '"');
	*at = p;
	*ret_word = start;
	*ret_len = (size_t)(p - start);
	return p > start;
}

static void add_names(const char *text, size_t len, bool patterns, struct arena *out, struct str_list *names)
{
	for (size_t start = 0; start < len;) {
		size_t part = strcspn(text + start, ",");
		part = part > len - start ? len - start : part;
		const char *name = arena_strndup(out, text + start, part);
		if ((patterns ? *name && *name != '!' : approver_is_valid(name)) &&
		    !str_list_has(names, name))
			VEC_PUSH(out, names, name);
		start += part + 1;
	}
}

/* The names of every line that has `key`, in base64. */
static struct str_list names_of_key(const struct signers *signers, const char *key, bool patterns,
				    struct arena *out)
{
	struct str_list names = {0};
	for (const char *line = signers->allowed.ptr; *line;
	     line += strcspn(line, "\n"), line += *line == '\n') {
		const char *at = line, *who, *word;
		size_t who_len, len;
		if (*line == '#' || !next_word(&at, &who, &who_len))
			continue;
		if (who_len > 1 && who[0] == '"' && who[who_len - 1] == '"') {
			who++;
			who_len -= 2;
		}
		while (next_word(&at, &word, &len))
			if (len == strlen(key) && strncmp(word, key, len) == 0)
				add_names(who, who_len, patterns, out, &names);
	}
	return names;
}

struct str_list signers_of_key(const struct signers *signers, const char *public_key, struct arena *out)
{
	const char *blob = strchr(public_key, ' ');
	if (!blob)
		return (struct str_list){0};
	return names_of_key(signers, arena_strndup(out, blob + 1, strcspn(blob + 1, " \t\r\n")), false, out);
}

/* "SSHSIG", a version, and then the public key, its length before it (PROTOCOL.sshsig). */
static const char *key_of_signature(const struct signed_text *text, struct arena *out)
{
	static const char begin[] = "-----BEGIN SSH SIGNATURE-----", end[] = "-----END SSH SIGNATURE-----";
	enum { MAGIC = 6, BEFORE = MAGIC + 4 + 4 };
	const char *all = arena_strndup(out, text->signature.ptr, text->signature.len);
	const char *from = strstr(all, begin);
	const char *to = from ? strstr(from, end) : NULL;
	CLEANUP(strbuf_release) struct strbuf armoured = STRBUF_INIT(STRBUF_SMALL);
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(STRBUF_SMALL);
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT(STRBUF_SMALL);
	if (!to)
		return NULL;
	for (const char *p = from + strlen(begin); p < to; p++)
		if (!isspace((unsigned char)*p))
			strbuf_add_char(&armoured, *p);
	if (!base64_decode(strbuf_text(&armoured), armoured.len, &bytes) || bytes.len < BEFORE)
		return NULL;
	const unsigned char *raw = (const unsigned char *)strbuf_text(&bytes);
	size_t len = ((size_t)raw[BEFORE - 4] << 24) | ((size_t)raw[BEFORE - 3] << 16) |
		     ((size_t)raw[BEFORE - 2] << 8) | raw[BEFORE - 1];
	if (len > bytes.len - BEFORE)
		return NULL;
	base64_encode(&key, raw + BEFORE, len);
	return strbuf_dup(out, &key);
}

struct str_list signers_of_signature(const struct signers *signers, const struct signed_text *text,
				     struct arena *out)
{
	const char *key = text->signature.ptr ? key_of_signature(text, out) : NULL;
	return key ? names_of_key(signers, key, true, out) : (struct str_list){0};
}

bool signer_is_pattern(const char *name)
{
	return strpbrk(name, "*?") != NULL;
}

/* Without backtracking further than the last star: linear in most cases, and never exponential. */
bool signer_matches(const char *pattern, const char *name)
{
	const char *star = NULL, *again = NULL;
	if (!name)
		return false;
	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			again = name;
		} else if (*pattern == '?' ||
			   tolower((unsigned char)*pattern) == tolower((unsigned char)*name)) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++again;
		} else {
			return false;
		}
	}
	pattern += strspn(pattern, "*");
	return !*pattern;
}
