/* An allowed-signers file as text. */
#include "plans/approvals/signers.h"

#include "core/base64.h"
#include "core/quote.h"
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

/* ---- lines that let nobody approve ---------------------------------------------------------- */

static const char option_hint[] = "namespaces, valid-after, valid-before and cert-authority";

static bool is_key_type(const char *word)
{
	return str_starts(word, "ssh-") || str_starts(word, "ecdsa-") || str_starts(word, "sk-");
}

/* One option of a line, `name` or `name="value"`. */
static void judge_option(const char *text, struct arena *out, struct signer_line *line)
{
	static const char *const plain[] = {"valid-after", "valid-before"};
	const char *mark = strchr(text, '=');
	const char *name = mark ? arena_strndup(out, text, (size_t)(mark - text)) : text;
	if (str_eq_fold(name, "cert-authority")) {
		line->is_authority = true;
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (mark && str_eq_fold(name, plain[i]))
			return;
	if (!mark || !str_eq_fold(name, "namespaces")) {
		line->fault =
			arena_printf(out, "has an option '%s' that ssh-keygen does not know (it knows %s)",
				     quote_terminal(out, name), option_hint);
		return;
	}
	const char *list = mark + 1 + strspn(mark + 1, "\"");
	const char *spaces = arena_strndup(out, list, strcspn(list, "\""));
	for (const char *p = spaces; *p; p += *p == ',') {
		const size_t len = strcspn(p, ",");
		if (signer_matches(arena_strndup(out, p, len), APPROVAL_NAMESPACE))
			return;
		p += len;
	}
	line->fault = arena_printf(out, "is for the namespace '%s' alone", quote_terminal(out, spaces));
}

/* Options stand in one word, with commas between them, of which those within quotes are none. */
static void judge_options(const char *word, size_t len, struct arena *out, struct signer_line *line)
{
	bool quoted = false;
	size_t from = 0;
	for (size_t i = 0; i <= len; i++) {
		quoted = i < len && quoted != (word[i] == '"');
		if (i < len && (quoted || word[i] != ','))
			continue;
		if (!line->fault)
			judge_option(arena_strndup(out, word + from, i - from), out, line);
		from = i + 1;
	}
}

static struct signer_line read_line(const char *text, size_t number, struct arena *out)
{
	struct signer_line line = {.number = number};
	const char *at = text, *word;
	size_t len;
	bool has_type = false;
	if (next_word(&at, &word, &len))
		line.who = arena_strndup(out, word, len);
	while (!line.key && next_word(&at, &word, &len)) {
		const char *copy = arena_strndup(out, word, len);
		if (has_type)
			line.key = copy;
		else if (is_key_type(copy))
			has_type = true;
		else
			judge_options(word, len, out, &line);
	}
	if (!line.key)
		line.fault = "has no public key on it, behind who it is";
	return line;
}

struct signer_line_list signers_lines(const struct signers *signers, struct arena *out)
{
	struct signer_line_list lines = {0};
	size_t number = 0;
	for (const char *line = signers->allowed.ptr; *line;
	     line += strcspn(line, "\n"), line += *line == '\n') {
		const char *text = arena_strndup(out, line, strcspn(line, "\r\n"));
		number++;
		if (*text != '#' && text[strspn(text, " \t")])
			VEC_PUSH(out, &lines, read_line(text, number, out));
	}
	return lines;
}

const char *signers_fault_of_key(const struct signers *signers, const char *key, struct arena *out,
				 bool *ret_known)
{
	const struct signer_line_list lines = signers_lines(signers, out);
	const char *blob = strchr(key, ' ');
	const char *fault = NULL;
	key = blob ? blob + 1 : key;
	const size_t len = strcspn(key, " \t\r\n");
	*ret_known = false;
	for (size_t i = 0; i < lines.count; i++) {
		const struct signer_line *line = &lines.items[i];
		*ret_known = *ret_known || line->is_authority;
		if (!line->key || strlen(line->key) != len || strncmp(line->key, key, len) != 0)
			continue;
		*ret_known = true;
		if (!line->fault)
			return NULL;
		if (!fault)
			fault = arena_printf(out, "line %zu of '%s' %s", line->number,
					     quote_terminal(out, signers->allowed_path), line->fault);
	}
	return fault;
}

const char *signers_fault_of_signature(const struct signers *signers, const struct signed_text *text,
				       struct arena *out)
{
	bool known;
	const char *key = text->signature.ptr ? key_of_signature(text, out) : NULL;
	return key ? signers_fault_of_key(signers, key, out, &known) : NULL;
}

const char *signers_line_for(const char *public_key, const char *who, struct arena *out)
{
	const char *at = public_key, *type, *key, *comment;
	size_t type_len, key_len, comment_len;
	if (!next_word(&at, &type, &type_len) || !next_word(&at, &key, &key_len))
		return public_key;
	if (!who && next_word(&at, &comment, &comment_len))
		who = arena_strndup(out, comment, comment_len);
	return arena_printf(out, "%s namespaces=\"" APPROVAL_NAMESPACE "\" %.*s %.*s",
			    who && approver_is_valid(who) ? who : "NAME", (int)type_len, type, (int)key_len,
			    key);
}

/* ---- patterns ------------------------------------------------------------------------------- */

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
