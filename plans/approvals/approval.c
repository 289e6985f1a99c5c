/* An approval as text. */
#include "plans/approvals/approval.h"

#include "core/clock.h"
#include "core/digest.h"

#include <string.h>

enum { APPROVER_MAX = 128, TEXT_MAX = 4096, LINE_COUNT = 9, NAME_MAX_LEN = 100, SUFFIX_LEN = 8 };

static const char first_line[] = "seatshift-approval/1";
static const char purpose[] = "apply this plan", fleet_purpose[] = "apply the plans of this fleet";

/* The lines behind the first, in their order. */
enum line { PURPOSE, DIGEST, CUSTOMER, TENANT_ID, TENANT_DOMAIN, APPROVER, APPROVED_AT, EXPIRES_AT, LINES };
static const char *const line_names[] = {
	[PURPOSE] = "purpose",
	[DIGEST] = "digest",
	[CUSTOMER] = "customer",
	[TENANT_ID] = "tenant-id",
	[TENANT_DOMAIN] = "tenant-domain",
	[APPROVER] = "approver",
	[APPROVED_AT] = "approved-at",
	[EXPIRES_AT] = "expires-at",
};
_Static_assert(ARRAY_LEN(line_names) == LINES && LINES + 1 == LINE_COUNT, "one row per line");

void approval_encode(const struct approval *approval, struct strbuf *out)
{
	char approved[TIMESTAMP_TEXT_SIZE], expires[TIMESTAMP_TEXT_SIZE];
	timestamp_format(approval->approved_ms, approved);
	timestamp_format(approval->expires_ms, expires);
	const char *const values[LINES] = {
		[PURPOSE] = approval->of_fleet ? fleet_purpose : purpose,
		[DIGEST] = approval->digest,
		[CUSTOMER] = approval->customer,
		[TENANT_ID] = approval->tenant_id,
		[TENANT_DOMAIN] = approval->tenant_domain,
		[APPROVER] = approval->approver,
		[APPROVED_AT] = approved,
		[EXPIRES_AT] = expires,
	};
	strbuf_addf(out, "%s\n", first_line);
	for (size_t i = 0; i < LINES; i++)
		strbuf_addf(out, "%s: %s\n", line_names[i], values[i]);
}

/* The value of the line at `*at`, which must be named `name`; moves on behind it. NULL: it is not there. */
static const char *take_value(const char **at, const char *name, struct arena *out)
{
	size_t len = strlen(name);
	const char *end = strchr(*at, '\n');
	if (!end || strncmp(*at, name, len) != 0 || strncmp(*at + len, ": ", 2) != 0)
		return NULL;
	const char *value = *at + len + 2;
	*at = end + 1;
	return value <= end ? arena_strndup(out, value, (size_t)(end - value)) : NULL;
}

static bool read_values(const char *bytes, size_t len, struct arena *out, const char *values[LINES],
			struct error *err)
{
	if (len > TEXT_MAX || memchr(bytes, '\0', len) || !str_is_utf8(bytes, len))
		return error_set(err, ERR_INVALID, "not an approval: not text, or too long");
	const char *text = arena_strndup(out, bytes, len);
	if (strncmp(text, first_line, strlen(first_line)) != 0 || text[strlen(first_line)] != '\n')
		return error_set(err, ERR_INVALID,
				 "not an approval of a form known here: it does not begin "
				 "with '%s'",
				 first_line);
	const char *at = text + strlen(first_line) + 1;
	for (size_t i = 0; i < LINES; i++) {
		values[i] = take_value(&at, line_names[i], out);
		if (!values[i])
			return error_set(err, ERR_INVALID, "not an approval: no '%s' where it belongs",
					 line_names[i]);
	}
	return true;
}

bool approval_decode(const char *text, size_t len, struct arena *out, struct approval *ret_approval,
		     struct error *err)
{
	const char *values[LINES] = {NULL};
	if (!read_values(text, len, out, values, err))
		return false;
	struct approval approval = {.of_fleet = str_eq(values[PURPOSE], fleet_purpose),
				    .digest = values[DIGEST],
				    .customer = values[CUSTOMER],
				    .tenant_id = values[TENANT_ID],
				    .tenant_domain = values[TENANT_DOMAIN],
				    .approver = values[APPROVER]};
	if (!timestamp_parse(values[APPROVED_AT], &approval.approved_ms) ||
	    !timestamp_parse(values[EXPIRES_AT], &approval.expires_ms))
		return error_set(err, ERR_INVALID, "not an approval: its times cannot be read");
	if (!approver_is_valid(approval.approver))
		return error_set(err, ERR_INVALID, "not an approval: its approver is not a name");
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT(STRBUF_SMALL);
	approval_encode(&approval, &again);
	if (again.len != len || memcmp(strbuf_text(&again), text, len) != 0)
		return error_set(err, ERR_INVALID, "not an approval: not laid out as one");
	*ret_approval = approval;
	return true;
}

bool approver_is_valid(const char *approver)
{
	size_t len = strlen(approver);
	if (!len || len > APPROVER_MAX || approver[0] == '-' || !str_is_utf8(approver, len))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)approver[i] <= ' ' || approver[i] == 0x7f ||
		    strchr("*?!,\"'#\\", approver[i]))
			return false;
	return true;
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("._@+-", c);
}

const char *approver_file_name(const char *approver, struct arena *out)
{
	char *name = str_lower(out, approver);
	bool changed = strlen(name) > NAME_MAX_LEN || name[0] == '.' || name[0] == '-';
	char hex[SHA256_TEXT_SIZE];
	sha256_hex(name, strlen(name), hex);
	if (changed)
		name[strlen(name) > NAME_MAX_LEN ? NAME_MAX_LEN : 0] =
			strlen(name) > NAME_MAX_LEN ? '\0' : '_';
	for (char *c = name; *c; c++) {
		if (is_plain(*c) && !(c == name && *c == '.'))
			continue;
		*c = '_';
		changed = true;
	}
	return changed ? arena_printf(out, "%s-%.*s", name, SUFFIX_LEN, hex) : name;
}
