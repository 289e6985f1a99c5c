/* The field table of the repository file, seatshift.yaml. */
#include "plans/desired/desired_fields.h"

enum { MAX_CONCURRENCY = 16 };

static const char *const cloud_words[] = {"global", "usgov", "usgov-dod", "china", NULL};

const char *cloud_name(enum cloud cloud)
{
	return cloud_words[cloud];
}

static const char *const relation_words[] = {"none", "required", NULL};
static const char *const auth_words[] = {
	"client-secret", "certificate", "workload-identity", "managed-identity", "azure-cli",
	"device-code",	 NULL};

/* A branch or a path must not be able to mean something else to git or leave the repository. */
static void read_inner_path(struct field_reader *reader, const struct node *node, const struct field *field,
			    void *target)
{
	const char *text = field_text(reader, node);
	if (!text)
		return;
	bool outside = text[0] == '/' || str_eq(text, "..") || str_starts(text, "../") ||
		       strstr(text, "/../") || str_ends(text, "/..");
	if (outside)
		field_error(reader, SS110, node, "'%s' is not inside the repository", text)->help =
			"Give a path relative to seatshift.yaml.";
	else
		*(const char **)(void *)((char *)target + field->offset) = text;
}

static const struct field partner_fields[] = {
	FIELD(struct policy, partner_tenant, "tenant", FIELD_GUID, FIELD_REQUIRED,
	      .summary = "The partner's own tenant: never a target."),
	FIELD(struct policy, partner_required, "relation", FIELD_BOOL, 0, .words = relation_words,
	      .summary = "Whether customers must have a partner relation."),
	{0},
};

static const struct field auth_fields[] = {
	FIELD(struct policy, auth_method, "method", FIELD_ENUM, 0, .words = auth_words,
	      .min = AUTH_CLIENT_SECRET,
	      .summary = "How to sign in; left out, the first whose environment is complete."),
	FIELD(struct policy, client_id, "client_id", FIELD_GUID, 0,
	      .summary = "The application's id; else AZURE_CLIENT_ID."),
	{0},
};

static const struct field approval_fields[] = {
	FIELD(struct policy, approvals_required, "required", FIELD_INT, 0, .fallback = "0", .min = 0,
	      .max = 100, .summary = "How many people must approve a plan."),
	FIELD(struct policy, approvals_branch, "branch", FIELD_TEXT, 0, .fallback = "\"" POLICY_BRANCH "\"",
	      .summary = "The branch from which plan, policy and signers are read."),
	FIELD(struct policy, approvals_signers, "signers", FIELD_CUSTOM, 0, .read = read_inner_path,
	      .fallback = "\"allowed_signers\"", .summary = "The OpenSSH allowed-signers file."),
	FIELD(struct policy, author_may_approve, "author_may_approve", FIELD_BOOL, 0,
	      .summary = "Whether the plan's author counts as an approver."),
	FIELD(struct policy, rehearsal_required, "rehearsed", FIELD_BOOL, 0,
	      .summary = "Whether a plan must have been rehearsed, with a report beside it."),
	FIELD(struct policy, approvals_fleet, "fleet", FIELD_BOOL, 0,
	      .summary = "Whether one signature over a fleet approves the plans in it."),
	FIELD(struct policy, approval_valid_ms, "valid_for", FIELD_CUSTOM, 0, .read = field_read_duration,
	      .fallback = "\"72h\"", .pattern = "^[0-9]+[smhd]$", .summary = "How long an approval counts."),
	{0},
};

const struct field policy_fields[] = {
	FIELD_FILE_VERSION,
	FIELD(struct policy, cloud, "cloud", FIELD_ENUM, 0, .words = cloud_words,
	      .summary = "The Microsoft cloud of all customers here."),
	{.name = "partner", .type = FIELD_STRUCT, .fields = partner_fields, .summary = "The partner itself."},
	{.name = "auth", .type = FIELD_STRUCT, .fields = auth_fields, .summary = "How to sign in."},
	{.name = "approvals",
	 .type = FIELD_STRUCT,
	 .fields = approval_fields,
	 .summary = "Who must agree to a plan."},
	FIELD(struct policy, limits, "limits", FIELD_STRUCT, 0, .fields = limit_fields,
	      .summary = "Counts or percentages that no plan may exceed."),
	FIELD(struct policy, protected_users, "protected", FIELD_CUSTOM, 0, .read = field_read_upns,
	      .schema = field_schema_upns, .summary = "Accounts that no plan may touch."),
	FIELD(struct policy, concurrency, "concurrency", FIELD_INT, 0, .fallback = "4", .min = 1,
	      .max = MAX_CONCURRENCY, .summary = "How many requests are under way at once."),
	{0},
};
