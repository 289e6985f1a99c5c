/* Which approvals of a plan count. */
#include "plans/approvals/approvals.h"

#include "core/file.h"
#include "core/quote.h"
#include "plans/approvals/authors.h"
#include "plans/approvals/signers.h"
#include "plans/saved/next_command.h"

#include <string.h>

enum { SKEW_MS = 5 * 60 * 1000, ITEMS_MAX = 200 };

static const char *const verdict_names[] = {
	[APPROVAL_COUNTS] = "counts",
	[APPROVAL_UNREADABLE] = "unreadable",
	[APPROVAL_UNSIGNED] = "unsigned",
	[APPROVAL_OTHER_PLAN] = "other-plan",
	[APPROVAL_OTHER_CUSTOMER] = "other-customer",
	[APPROVAL_OTHER_TENANT] = "other-tenant",
	[APPROVAL_WRONG_NAMESPACE] = "wrong-namespace",
	[APPROVAL_FORGED] = "forged",
	[APPROVAL_NOT_A_SIGNER] = "not-a-signer",
	[APPROVAL_OTHER_SIGNER] = "other-signer",
	[APPROVAL_KEY_EXPIRED] = "key-expired",
	[APPROVAL_KEY_REVOKED] = "key-revoked",
	[APPROVAL_FROM_THE_FUTURE] = "from-the-future",
	[APPROVAL_EXPIRED] = "expired",
	[APPROVAL_OVERTAKEN] = "overtaken",
	[APPROVAL_BY_AUTHOR] = "by-author",
	[APPROVAL_AUTHOR_UNKNOWN] = "author-unknown",
	[APPROVAL_SAME_PERSON] = "same-person",
};
_Static_assert(ARRAY_LEN(verdict_names) == APPROVAL_VERDICT_COUNT, "one row per verdict");

/* What a bad signature is to an approval. "%s" is the branch. */
static const struct {
	enum approval_verdict verdict;
	const char *message;
} signature_rows[] = {
	[SIGNATURE_GOOD] = {APPROVAL_COUNTS, NULL},
	[SIGNATURE_WRONG_NAMESPACE] = {APPROVAL_WRONG_NAMESPACE,
				       "it was signed for another purpose than '" APPROVAL_NAMESPACE "'"},
	[SIGNATURE_BROKEN] = {APPROVAL_FORGED, "the signature does not fit the text"},
	[SIGNATURE_NOT_ALLOWED] = {APPROVAL_NOT_A_SIGNER,
				   "its key is not one that may approve, by the signers' file of the branch"},
	[SIGNATURE_OTHER_SIGNER] = {APPROVAL_OTHER_SIGNER, "it was signed with somebody else's key"},
	[SIGNATURE_KEY_EXPIRED] = {APPROVAL_KEY_EXPIRED,
				   "its key is not valid at this time, by the signers' file of the branch"},
	[SIGNATURE_KEY_REVOKED] = {APPROVAL_KEY_REVOKED, "its key is revoked"},
};
_Static_assert(ARRAY_LEN(signature_rows) == SIGNATURE_VERDICT_COUNT, "one row per verdict of a signature");

const char *approval_verdict_name(enum approval_verdict verdict)
{
	return verdict_names[verdict];
}

/* Plans that have been judged, so that each is judged once, or are being judged: until then, as unapproved.
 */
struct judged_plan {
	const char *id;
	bool is_approved;
};
VEC(judged_plan_list, struct judged_plan);

struct judging {
	const struct approved *approved;
	const char *commit; /* whose approvals they are */
	const struct plan_folder *folder;
	const struct ssh_keygen *keygen;
	enum approval_as_of as_of;
	int64_t now_ms;
	struct signers signers;
	struct authors authors;
	struct judged_plan_list *earlier;
	struct str_list counted;	    /* names and keys of those who count */
	const struct approval_fleet *fleet; /* whose approvals are judged; NULL: the plan's own */
	struct meanwhile meanwhile;
	struct arena *out;
};

static void refuse(struct judging *j, struct approval_item *item, enum approval_verdict verdict,
		   const char *fmt, ...) PRINTF(4, 5);
static void refuse(struct judging *j, struct approval_item *item, enum approval_verdict verdict,
		   const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	item->verdict = verdict;
	item->message = arena_vprintf(j->out, fmt, args);
	va_end(args);
}

/* What the text says, against the plan. */
static bool names_this_plan(struct judging *j, struct approval_item *item)
{
	const struct approval *approval = &item->approval;
	const struct plan *plan = &j->folder->plan;
	if (approval->of_fleet != (j->fleet != NULL))
		refuse(j, item, APPROVAL_OTHER_PLAN,
		       approval->of_fleet ? "it is for a fleet" : "it is for one plan, not for a fleet");
	else if (j->fleet && !str_eq(approval->digest, j->fleet->digest))
		refuse(j, item, APPROVAL_OTHER_PLAN, "it is for another fleet (%s)",
		       quote_terminal_cut(j->out, approval->digest, 19));
	else if (j->fleet)
		return true;
	else if (!str_eq(approval->customer, plan->customer))
		refuse(j, item, APPROVAL_OTHER_CUSTOMER, "it is for the customer '%s'",
		       quote_terminal(j->out, approval->customer));
	else if (!str_eq(approval->tenant_id, plan->tenant_id) ||
		 !str_eq(approval->tenant_domain, plan->tenant_domain))
		refuse(j, item, APPROVAL_OTHER_TENANT, "it is for the tenant %s (%s)",
		       quote_terminal(j->out, approval->tenant_domain),
		       quote_terminal(j->out, approval->tenant_id));
	else if (!str_eq(approval->digest, j->folder->digest))
		refuse(j, item, APPROVAL_OTHER_PLAN, "it is for another plan (%s)",
		       quote_terminal_cut(j->out, approval->digest, 19));
	return item->verdict == APPROVAL_COUNTS;
}

static bool is_from_before(const struct judging *j, const struct approval *approval)
{
	int64_t begun_ms;
	return j->meanwhile.id && timestamp_parse(j->meanwhile.on, &begun_ms) &&
	       approval->approved_ms < begun_ms;
}

static bool is_in_time(struct judging *j, struct approval_item *item)
{
	const struct approval *approval = &item->approval;
	char text[TIMESTAMP_TEXT_SIZE];
	/* Nobody can grant themselves more time than the policy gives. */
	int64_t expires = approval->approved_ms + j->approved->policy.approval_valid_ms;
	if (approval->expires_ms < expires)
		expires = approval->expires_ms;
	item->until_ms = expires;
	if (j->as_of == AS_OF_SIGNING)
		return true;
	if (approval->approved_ms > j->now_ms + SKEW_MS) {
		timestamp_format(approval->approved_ms, text);
		refuse(j, item, APPROVAL_FROM_THE_FUTURE, "it is of a time that has not come (%s)", text);
	} else if (expires <= j->now_ms) {
		timestamp_format(expires, text);
		refuse(j, item, APPROVAL_EXPIRED, "it expired at %s", text);
	} else if (is_from_before(j, approval)) {
		refuse(j, item, APPROVAL_OVERTAKEN, "it was given before %s",
		       meanwhile_text(&j->meanwhile, j->out));
	}
	return item->verdict == APPROVAL_COUNTS;
}

/* Neither by an author, nor by one who is counted already; keys and all their names are compared too. */
static bool is_another_person(struct judging *j, struct approval_item *item, const struct str_list *names)
{
	const struct author *author = authors_find(&j->authors, item->approval.approver);
	bool again = str_list_has_fold(&j->counted, item->approval.approver) ||
		     str_list_has(&j->counted, item->key);
	for (size_t i = 0; i < names->count; i++) {
		author = author ? author : authors_find(&j->authors, names->items[i]);
		again = again || str_list_has_fold(&j->counted, names->items[i]);
	}
	bool strict = !j->approved->policy.author_may_approve;
	if (strict && j->authors.unknown)
		refuse(j, item, APPROVAL_AUTHOR_UNKNOWN,
		       "%s, so the author cannot be distinguished from the approver", j->authors.unknown);
	else if (strict && author)
		refuse(j, item, APPROVAL_BY_AUTHOR, "its approver is the plan's author, or may be (%s %s)",
		       quote_terminal(j->out, author->email ? author->email : author->name), author->did);
	else if (again)
		refuse(j, item, APPROVAL_SAME_PERSON, "that person is counted already");
	return item->verdict == APPROVAL_COUNTS;
}

/* A pattern is a name for many, and counts nobody. */
static void count_person(struct judging *j, const struct approval_item *item, const struct str_list *names)
{
	VEC_PUSH(j->out, &j->counted, item->approval.approver);
	VEC_PUSH(j->out, &j->counted, item->key);
	for (size_t i = 0; i < names->count; i++)
		if (!signer_is_pattern(names->items[i]))
			VEC_PUSH(j->out, &j->counted, names->items[i]);
}

static bool judge(struct judging *j, const struct signed_text *text, struct approval_item *item,
		  struct error *err)
{
	struct error unreadable = ERROR_INIT;
	if (!approval_decode(text->text.ptr, text->text.len, j->out, &item->approval, &unreadable)) {
		refuse(j, item, APPROVAL_UNREADABLE, "%s", unreadable.message);
		error_release(&unreadable);
		return true;
	}
	if (!names_this_plan(j, item))
		return true;
	if (!text->signature.ptr) {
		refuse(j, item, APPROVAL_UNSIGNED, "there is no signature beside it");
		return true;
	}
	struct signature_check check = {0};
	int64_t at_ms = j->as_of == AS_OF_SIGNING ? item->approval.approved_ms : j->now_ms;
	const struct ssh_question question = {text, &j->signers, item->approval.approver, at_ms};
	if (!ssh_check(j->keygen, &question, j->out, &check, err))
		return false;
	item->key = check.key;
	if (check.verdict != SIGNATURE_GOOD) {
		const char *fault = check.verdict == SIGNATURE_NOT_ALLOWED
					    ? signers_fault_of_signature(&j->signers, text, j->out)
					    : NULL;
		refuse(j, item, signature_rows[check.verdict].verdict, "%s%s%s",
		       signature_rows[check.verdict].message, fault ? ": " : "", fault ? fault : "");
		return true;
	}
	struct str_list names = signers_of_signature(&j->signers, text, j->out);
	for (size_t i = 0; i < check.principals.count; i++)
		if (!str_list_has(&names, check.principals.items[i]))
			VEC_PUSH(j->out, &names, check.principals.items[i]);
	if (is_in_time(j, item) && is_another_person(j, item, &names))
		count_person(j, item, &names);
	return true;
}

bool approvals_signers(const struct approved *approved, struct arena *out, struct signers *ret_signers,
		       struct error *err)
{
	const char *path = approved->policy.approvals_signers;
	struct signers signers = {.allowed_path = path};
	const char *revoked = path_join(out, path_dir(out, path), "revoked_signers");
	if (str_starts(revoked, "./"))
		revoked += 2;
	signers.revoked_path = revoked;
	if (!approved_read(approved, path, out, &signers.allowed, err) ||
	    !approved_read(approved, revoked, out, &signers.revoked, err))
		return false;
	if (!signers.allowed.ptr)
		signers.allowed.ptr = "";
	*ret_signers = signers;
	return true;
}

static bool is_approved(void *ctx, const struct plan_folder *earlier, bool *ret_is, struct error *err);

static bool begin(struct judging *j, struct error *err)
{
	const struct authors_query query = {j->approved, j->folder, is_approved, j};
	if (!approvals_signers(j->approved, j->out, &j->signers, err))
		return false;
	return j->approved->policy.author_may_approve || authors_of(&query, j->out, &j->authors, err);
}

/* One approval on the branch, and its signature. */
static bool judge_file(struct judging *j, const char *dir, const char *file, struct approval_item *item,
		       struct error *err)
{
	const char *path = arena_printf(j->out, "%s/%s", dir, file);
	struct signed_text text = {.name_space = APPROVAL_NAMESPACE};
	item->file = j->fleet ? path : file;
	item->fleet = j->fleet ? j->fleet->digest : NULL;
	struct store *store = j->approved->store;
	return store_read(store, j->commit, path, j->out, &text.text, err) &&
	       store_read(store, j->commit, arena_printf(j->out, "%s.sig", path), j->out, &text.signature,
			  err) &&
	       judge(j, &text, item, err);
}

/* `*begun`: the signers have been read. */
static bool judge_folder(struct judging *j, const char *dir, bool *begun, struct approval_report *report,
			 struct error *err)
{
	struct str_list files = {0};
	if (!store_list(j->approved->store, j->commit, dir, j->out, &files, err))
		return false;
	if (files.count && !*begun && !begin(j, err))
		return false;
	*begun |= files.count > 0;
	for (size_t i = 0; i < files.count && report->items.count < ITEMS_MAX; i++) {
		struct approval_item item = {.verdict = APPROVAL_COUNTS};
		if (!str_ends(files.items[i], ".txt"))
			continue;
		if (!judge_file(j, dir, files.items[i], &item, err))
			return error_wrap(err, "cannot check the approval '%s'",
					  quote_terminal(j->out, files.items[i]));
		report->valid += item.verdict == APPROVAL_COUNTS;
		VEC_PUSH(j->out, &report->items, item);
	}
	return true;
}

/* How many count until `until_ms` at least. */
static int64_t count_until(const struct approval_report *report, int64_t until_ms)
{
	int64_t count = 0;
	for (size_t i = 0; i < report->items.count; i++) {
		const struct approval_item *item = &report->items.items[i];
		count += item->verdict == APPROVAL_COUNTS && item->until_ms >= until_ms;
	}
	return count;
}

/* The last moment at which as many count as are required. */
static int64_t enough_until(const struct approval_report *report)
{
	int64_t until_ms = 0;
	for (size_t i = 0; report->required > 0 && i < report->items.count; i++) {
		const struct approval_item *item = &report->items.items[i];
		if (item->verdict == APPROVAL_COUNTS && item->until_ms > until_ms &&
		    count_until(report, item->until_ms) >= report->required)
			until_ms = item->until_ms;
	}
	return until_ms;
}

/*
 * As of when they were signed: what was seen then stays seen. A plan that was removed and put back comes
 * before itself, and before others that come before it: whoever is being judged covers nothing, so this comes
 * to an end, and at worst more people are authors.
 */
static bool is_approved(void *ctx, const struct plan_folder *earlier, bool *ret_is, struct error *err)
{
	const struct judging *asks = ctx;
	struct judging j = {.approved = asks->approved,
			    .commit = asks->approved->commit,
			    .folder = earlier,
			    .keygen = asks->keygen,
			    .as_of = AS_OF_SIGNING,
			    .now_ms = asks->now_ms,
			    .earlier = asks->earlier,
			    .out = asks->out};
	struct approval_report report = {.required = asks->approved->required};
	bool begun = false;
	for (size_t i = 0; i < j.earlier->count; i++) {
		*ret_is = j.earlier->items[i].is_approved;
		if (str_eq(j.earlier->items[i].id, earlier->id))
			return true;
	}
	size_t own = j.earlier->count;
	VEC_PUSH(j.out, j.earlier, ((struct judged_plan){arena_strdup(j.out, earlier->id), false}));
	if (!judge_folder(&j, earlier->paths.approvals, &begun, &report, err))
		return false;
	*ret_is = report.required > 0 && report.valid >= report.required;
	j.earlier->items[own].is_approved = *ret_is;
	return true;
}

static struct judging judging_of(const struct approval_case *c, struct arena *out)
{
	struct judged_plan_list *earlier = arena_alloc(out, sizeof *earlier);
	VEC_PUSH(out, earlier, ((struct judged_plan){c->folder->id, false}));
	return (struct judging){.approved = c->approved,
				.commit = c->commit ? c->commit : c->approved->commit,
				.folder = c->folder,
				.keygen = c->keygen,
				.as_of = c->as_of,
				.earlier = earlier,
				.meanwhile = c->meanwhile,
				.now_ms = clock_now_ms(c->clock),
				.out = out};
}

bool approvals_judge(const struct approval_case *approval_case, struct arena *out,
		     struct approval_report *ret_report, struct error *err)
{
	const struct approved *approved = approval_case->approved;
	struct approval_report report = {.required = approved->required};
	struct judging j = judging_of(approval_case, out);
	bool begun = false;
	if (!approved->commit || !approval_case->keygen) {
		*ret_report = report;
		return true;
	}
	if (!judge_folder(&j, j.folder->paths.approvals, &begun, &report, err))
		return false;
	for (size_t i = 0; i < approval_case->fleets.count; i++) {
		j.fleet = &approval_case->fleets.items[i];
		if (!judge_folder(&j, j.fleet->dir, &begun, &report, err))
			return false;
	}
	report.until_ms = enough_until(&report);
	*ret_report = report;
	return true;
}

bool approvals_judge_one(const struct approval_case *approval_case, const struct signed_text *text,
			 struct arena *out, struct approval_item *ret_item, struct error *err)
{
	struct judging j = judging_of(approval_case, out);
	struct approval_item item = {.verdict = APPROVAL_COUNTS};
	j.fleet = approval_case->fleets.count ? &approval_case->fleets.items[0] : NULL;
	if (!begin(&j, err) || !judge(&j, text, &item, err))
		return false;
	*ret_item = item;
	return true;
}

/* Evidence and notes may come before: they are what people say. */
static bool tells_of_a_run(const struct journal_entry_list *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		if (entries->items[i].event == JOURNAL_WRITE || entries->items[i].event == JOURNAL_ENDED ||
		    entries->items[i].event == JOURNAL_RUN_BEGIN)
			return true;
	return false;
}

/* The first commit on the branch's own line whose journal tells of a run; NULL: none does. */
static bool find_beginning(const struct approval_case *c, struct arena *out, const char **ret_commit,
			   struct error *err)
{
	struct store_step_list steps = {0};
	const char *path = c->folder->paths.journal;
	const struct journal_file file = plan_journal(c->folder, NULL, out);
	*ret_commit = NULL;
	if (!store_line(c->approved->store, c->approved->commit, path, out, &steps, err))
		return false;
	for (size_t i = steps.count; i > 0 && !*ret_commit; i--) {
		struct journal_entry_list entries = {0};
		struct bytes text;
		bool cut = false;
		if (!store_read(c->approved->store, steps.items[i - 1].commit, path, out, &text, err) ||
		    !journal_parse(&file, text, out, &entries, &cut, err))
			return false;
		if (tells_of_a_run(&entries))
			*ret_commit = steps.items[i - 1].commit;
	}
	return true;
}

bool approvals_precede_journal(const struct approval_case *approval_case, struct arena *out,
			       struct error *err)
{
	struct approval_case then = *approval_case;
	struct approval_report report = {0};
	const struct approved *approved = then.approved;
	if (!approved->required || !approved->commit || !then.keygen)
		return true;
	then.as_of = AS_OF_SIGNING;
	if (!find_beginning(&then, out, &then.commit, err))
		return false;
	if (!then.commit)
		return true;
	if (!approvals_judge(&then, out, &report, err))
		return false;
	if (report.valid >= report.required)
		return true;
	error_set(err, ERR_UNAPPROVED,
		  "the journal of plan %s tells of a run in commit %.12s, when %lld of %lld approvals were "
		  "there: nobody can have carried it out",
		  then.folder->id, then.commit, (long long)report.valid, (long long)report.required);
	return error_hint(
		err,
		"See who brought it, and look at the tenant. Then make another plan: change what it "
		"is made from (a day, a note), 'seatshift plan %s', and have that approved.",
		then.folder->plan.customer);
}

bool approvals_suffice(const struct approval_report *report, const struct plan_folder *folder,
		       const struct approved *approved, bool unattended, struct error *err)
{
	const struct next_command next = {folder->id, report->required, unattended};
	if (report->valid >= report->required)
		return true;
	CLEANUP(strbuf_release) struct strbuf why = STRBUF_INIT(STRBUF_SMALL);
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	for (size_t i = 0; i < report->items.count; i++) {
		const struct approval_item *item = &report->items.items[i];
		if (item->verdict == APPROVAL_COUNTS)
			continue;
		const char *who = item->approval.approver ? item->approval.approver : item->file;
		strbuf_addf(&why, "; that of '%s' does not count: %s", quote_terminal(tmp, who),
			    item->message);
	}
	error_set(err, ERR_UNAPPROVED, "plan %s needs %lld approval%s and has %lld on '%s'%s", folder->id,
		  (long long)report->required, report->required == 1 ? "" : "s", (long long)report->valid,
		  approved->branch, strbuf_text(&why));
	if (approved->elsewhere)
		return error_hint(err, "%s", approved->elsewhere);
	return error_hint(err, "Approve it with '%s', and have that on '%s'.", next_approve(&next, tmp),
			  approved->branch);
}
