/* doctor: whether anybody may approve. */
#include "cmd/doctor.h"

#include "cmd/session/approval_check.h"
#include "core/file.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/approvals/signers.h"

enum { SIGNERS_MAX = 4 * 1024 * 1024 };

static void warn(struct doctor *d, const char *detail, const char *remedy)
{
	doctor_add(d,
		   (struct finding){
			   .check = "signers", .verdict = VERDICT_WARN, .detail = detail, .remedy = remedy});
}

/* Before there is a branch, of the file that is about to be committed. */
static bool read_signers(struct doctor *d, const struct approved *approved, struct signers *ret,
			 struct error *err)
{
	struct arena *out = d->app->arena;
	if (!approvals_signers(approved, out, ret, err))
		return false;
	if (!approved->commit && file_exists(path_join(out, d->app->dir, ret->allowed_path)) &&
	    !file_read_within(d->app->dir, ret->allowed_path, SIGNERS_MAX, out, &ret->allowed, err))
		return false;
	return true;
}

static size_t count_keys(const struct signer_line_list *lines, struct arena *tmp)
{
	struct str_list keys = {0};
	for (size_t i = 0; i < lines->count; i++)
		if (!lines->items[i].fault)
			VEC_PUSH(tmp, &keys, lines->items[i].key);
	str_list_sort_unique(&keys);
	return keys.count;
}

static void tell_faults(struct doctor *d, const struct signers *signers, const struct signer_line_list *lines)
{
	struct arena *out = d->app->arena;
	for (size_t i = 0; i < lines->count; i++)
		if (lines->items[i].fault)
			warn(d,
			     arena_printf(out, "line %zu of %s %s", lines->items[i].number,
					  quote_terminal(out, signers->allowed_path), lines->items[i].fault),
			     "Whoever it names cannot approve: a line is NAME "
			     "namespaces=\"" APPROVAL_NAMESPACE "\" KEY.");
}

static void tell_signers(struct doctor *d, const struct approved *approved, const struct signers *signers)
{
	struct arena *out = d->app->arena;
	const struct signer_line_list lines = signers_lines(signers, out);
	const size_t keys = count_keys(&lines, out);
	const char *where = approved->commit
				    ? arena_printf(out, " on %s", quote_terminal(out, approved->branch))
				    : ", which is not committed";
	const char *detail =
		arena_printf(out, "%s approve, by %s%s; a plan needs %s",
			     keys ? say_number(out, (int64_t)keys, "key may", "keys may") : "no key may",
			     quote_terminal(out, signers->allowed_path), where,
			     say_number(out, approved->required, "approval", "approvals"));
	if ((int64_t)keys < approved->required)
		warn(d, detail,
		     "Add a line for each who may approve, and commit it: NAME "
		     "namespaces=\"" APPROVAL_NAMESPACE
		     "\" KEY, with what is in their ~/.ssh/id_ed25519.pub.");
	else if (!approved->commit)
		warn(d, detail, "Commit it: only what the approved branch has counts.");
	else
		doctor_add(d, (struct finding){.check = "signers", .detail = detail});
	tell_faults(d, signers, &lines);
}

void doctor_check_signers(struct doctor *d)
{
	CLEANUP(store_freep) struct store *store = NULL;
	struct error err = ERROR_INIT;
	struct approved approved = {0};
	struct signers signers = {0};
	if (!open_store(d->app, &store, &err)) {
		error_release(&err); /* the line about git says so */
		return;
	}
	const struct approved_from from = approved_from(d->app, store, NULL, &d->session->policy);
	bool ok = approved_open(&from, d->app->arena, &approved, &err);
	if (ok && !approved.required)
		return;
	if (!ok || !read_signers(d, &approved, &signers, &err)) {
		doctor_add_error(d, "signers", &err, NULL);
		return;
	}
	tell_signers(d, &approved, &signers);
}
