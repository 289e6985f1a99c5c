/* Parses the repository file, seatshift.yaml. */
#include "core/clock.h"
#include "core/digest.h"
#include "plans/desired/desired_fields.h"

enum { DEFAULT_VALID_HOURS = 72, MS_PER_HOUR = 3600 * 1000, DEFAULT_CONCURRENCY = 4 };

static struct policy default_policy(const char *file)
{
	return (struct policy){
		.file = file,
		.approvals_branch = POLICY_BRANCH,
		.approvals_signers = "allowed_signers",
		.approval_valid_ms = (int64_t)DEFAULT_VALID_HOURS * MS_PER_HOUR,
		.limits = {.users_changed = {.given = true, .is_percent = true, .value = 100},
			   .licenses_taken = {.given = true},
			   .min_seats_left = {.given = true}},
		.concurrency = DEFAULT_CONCURRENCY,
	};
}

/* How to sign in and how fast to go change no plan, so they are not part of what it was made from. */
static void digest_policy(struct policy *policy)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	struct json_writer w = JSON_WRITER(&buf);
	json_begin_object(&w);
	json_put_key(&w, "approvals");
	json_begin_object(&w);
	json_set_bool(&w, "author_may_approve", policy->author_may_approve);
	json_set_text(&w, "branch", policy->approvals_branch);
	if (policy->approvals_fleet) /* left out else: plans from before it was known stay what they are */
		json_set_bool(&w, "fleet", true);
	if (policy->rehearsal_required)
		json_set_bool(&w, "rehearsed", true);
	json_set_int(&w, "required", policy->approvals_required);
	json_set_text(&w, "signers", policy->approvals_signers);
	json_set_int(&w, "valid_ms", policy->approval_valid_ms);
	json_end_object(&w);
	json_set_text(&w, "cloud", cloud_name(policy->cloud));
	json_set_text(&w, "format", "seatshift-policy/1");
	json_put_key(&w, "limits");
	limits_write(&w, &policy->limits);
	json_set_bool(&w, "partner_required", policy->partner_required);
	json_set_text(&w, "partner_tenant", policy->partner_tenant);
	json_set_texts(&w, "protected", &policy->protected_users);
	json_end_object(&w);
	digest_text(buf.ptr, buf.len, policy->digest);
}

bool policy_parse(const char *path, const char *text, size_t len, struct arena *out, struct diag_list *diags,
		  struct policy *ret_policy)
{
	const struct node *root = NULL;
	size_t first = diags->count;
	const char *shown = arena_strdup(out, path);
	struct field_reader reader = {
		.file = shown, .out = out, .diags = diags, .own = policy_fields, .files = field_files};
	if (!kept_document(&reader, (struct bytes){text, len}, first, &root))
		return false;
	struct policy policy = default_policy("seatshift.yaml");
	if (field_expect(&reader, root, NODE_MAPPING))
		fields_from_yaml(&reader, policy_fields, root, &policy);
	refuse_kept_secrets(&reader, first, text, len, root);
	diags_sort_from(diags, first);
	if (diags_errors_from(diags, first))
		return false;
	str_list_sort_unique(&policy.protected_users);
	digest_policy(&policy);
	*ret_policy = policy;
	return true;
}
