/* Why the service refused a change of licences, in words. */
#include "providers/graph/write/refusal.h"

#include "core/catalog.h"
#include "core/country.h"
#include "core/quote.h"
#include "core/str.h"

#include <string.h>

enum { NEEDLES_MAX = 4, GUID_LEN = 36, DASH_AT = 8, TEXT_MAX = 4096, ADDRESS_SHOWN = 120 };

/*
 * The first row one of whose needles is in the text counts. {sku}: the SKU named, else the one given; {plan}:
 * the first service plan named; {others}: those named after it; {location}: the subject's usage location,
 * {country}, {no_country}: the same where it is one, or there is one, so that the row is for nobody else;
 * {address}: the mail address named, in brackets.
 */
static const struct {
	const char *needles[NEEDLES_MAX];
	const char *words;
	const char *next;
} refusals[] = {
	{{"any available licenses", "CountViolation", "run out of licenses", "not enough licenses"},
	 "no seat of {sku} is free",
	 "buy a seat or take one back, then apply again"},
	{{"valid company license"},
	 "the tenant has no subscription of {sku} that seats can be given from",
	 "see that its key was redeemed in this tenant and the subscription is enabled, then apply again"},
	{{"have a corresponding license"},
	 "the licence to be taken is not held directly any more",
	 "apply again: what is live is looked at first"},
	{{"inherited from a group"},
	 "the licence to be taken comes through a group, and cannot be taken from one member",
	 "name the group under 'users', or take the person out of it, and plan again"},
	{{"depends on the service plan", "DependencyViolation"},
	 "service {plan} needs {others}, which would be off",
	 "leave that on, or put {plan} under 'disable' as well, and plan again"},
	{{"mutually exclusive", "conflicts with", "MutuallyExclusiveViolation"},
	 "services {plan} and {others} exclude each other",
	 "put one of them under 'disable', or take away the licence that brings it, and plan again"},
	{{"not part of license", "not part of the license", "not a service plan of"},
	 "service {plan} is not part of {sku}",
	 "take it out of 'disable' and plan again"},
	{{"ProhibitedInUsageLocation", "not allowed in the usage", "not available in", "prohibited in"},
	 "{sku} is not sold in the usage location {location}",
	 "correct the usage location, or leave the person out, and plan again"},
	/* The service has one text for all three; which it is, the plan has seen. */
	{{"usage location", "UsageLocation"},
	 "{sku} is not sold in the usage location {country}",
	 "correct the usage location, or leave the person out, and plan again"},
	{{"usage location", "UsageLocation"},
	 "the usage location {no_country} is no country's code",
	 "correct it in the admin centre, then plan again"},
	{{"usage location", "UsageLocation"},
	 "the account has no usage location",
	 "give its entry a 'usage_location', or leave the person out, and plan again"},
	{{"proxy address", "proxyAddress", "UniquenessViolation"},
	 "a mail address of the person is in use twice in the tenant{address}",
	 "take it from whoever else has it, in the Exchange admin centre, then apply again"},
	{{"on-premises mastered", "mastered Directory Sync", "directory sync"},
	 "the account is mastered in the customer's own directory, which does not let this be changed here",
	 "change it there, wait for the next synchronisation, then apply again"},
	{{"Concurrent requests", "ConcurrencyViolation", "conflict with another"},
	 "somebody else is changing the same account at the same time",
	 "apply again when that is over"},
	{{"Insufficient privileges", "Authorization_RequestDenied"},
	 "the application may not change the licences of this account",
	 "an administrator has to consent to LicenseAssignment.ReadWrite.All, or give it a role that reaches "
	 "this account; then apply again"},
	{{"Edm.Guid"}, "the service does not take an id in this plan for one", "plan again"},
};

/* ---- what the text names --------------------------------------------------------------------- */

struct named {
	const char *sku;
	struct str_list plans;
	const char *address; /* or NULL */
};

/* The name of what a GUID stands for; NULL: not known. */
static const char *name_of(const struct action *action, const char *id)
{
	const struct catalog_sku *sku = catalog_find_sku(id);
	const struct catalog_plan *plan = catalog_find_plan(id);
	if (str_eq_fold(id, action->user_id))
		return action->upn;
	if (str_eq_fold(id, action->group_id))
		return action->group_name;
	return sku ? sku->part_number : plan ? plan->name : NULL;
}

/* The GUID at `at`, which must not be within a longer word; NULL: there is none. */
static const char *guid_at(const char *text, const char *at, struct arena *out)
{
	bool begins = at == text || !strchr("0123456789abcdefABCDEF-", at[-1]);
	if (!begins || strnlen(at, GUID_LEN) < GUID_LEN || at[DASH_AT] != '-')
		return NULL;
	const char *id = arena_strndup(out, at, GUID_LEN);
	return str_is_guid(id) ? id : NULL;
}

static bool is_sku(const struct action *action, const char *id)
{
	return catalog_find_sku(id) || license_find(&action->add, id) ||
	       str_list_has_fold(&action->remove, id);
}

static struct named read_names(const struct action *action, const char *text, struct arena *out)
{
	struct named named = {0};
	for (const char *at = text; *at; at++) {
		const char *id = guid_at(text, at, out);
		if (!id)
			continue;
		at += GUID_LEN - 1;
		if (is_sku(action, id))
			named.sku = named.sku ? named.sku : catalog_sku_text(id);
		else
			VEC_PUSH(out, &named.plans, catalog_plan_text(id));
	}
	if (!named.sku && action->add.count)
		named.sku = catalog_sku_text(action->add.items[0].sku_id);
	const char *mark = strchr(text, '@');
	while (mark && mark > text && !strchr(" \t'\"[(:<,;", mark[-1]))
		mark--;
	if (mark)
		named.address = quote_terminal_cut(
			out, arena_strndup(out, mark, strcspn(mark, " \t'\")]>,;")), ADDRESS_SHOWN);
	return named;
}

/* ---- the sentence ---------------------------------------------------------------------------- */

static const char *others(const struct named *named, struct arena *out)
{
	struct str_list rest = {0};
	for (size_t i = 1; i < named->plans.count; i++)
		VEC_PUSH(out, &rest, named->plans.items[i]);
	return rest.count ? str_list_join(out, &rest, " or ") : NULL;
}

/* NULL: the text does not name it, and a sentence that has to would say nothing. */
static const char *value_of(const char *key, size_t len, const struct action *action,
			    const struct named *named, struct arena *out)
{
	const char *where = action->expect.usage_location;
	const struct {
		const char *key;
		const char *value;
	} values[] = {
		{"sku", named->sku},
		{"plan", named->plans.count ? named->plans.items[0] : NULL},
		{"others", others(named, out)},
		{"location",
		 action->expect.usage_location ? action->expect.usage_location : "of the account"},
		{"country", where && country_find(where) ? where : NULL},
		{"no_country", where},
		{"address", named->address ? arena_printf(out, " (%s)", named->address) : ""},
	};
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		if (strlen(values[i].key) == len && strncmp(values[i].key, key, len) == 0)
			return values[i].value;
	return NULL;
}

static bool fill(const char *words, const struct action *action, const struct named *named, struct arena *tmp,
		 struct strbuf *out)
{
	while (*words) {
		size_t plain = strcspn(words, "{");
		strbuf_addf(out, "%.*s", (int)plain, words);
		words += plain;
		if (!*words)
			break;
		size_t len = strcspn(words + 1, "}");
		const char *value = value_of(words + 1, len, action, named, tmp);
		if (!value)
			return false;
		strbuf_add(out, value);
		words += len + 2;
	}
	return true;
}

static bool matches(const char *const *needles, const char *text)
{
	for (size_t i = 0; i < NEEDLES_MAX && needles[i]; i++)
		if (str_find_fold(text, needles[i]))
			return true;
	return false;
}

/* "(request-id …)", which support asks for. */
static const char *ids_of(const struct error *err)
{
	const char *ids = strstr(err->message, " (request-id ");
	return ids ? ids : strstr(err->message, " (client-request-id ");
}

static const char *known(const struct action *action, const char *text, const struct error *err,
			 struct arena *out)
{
	const struct named named = read_names(action, text, out);
	const char *ids = ids_of(err);
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		CLEANUP(strbuf_release) struct strbuf said = STRBUF_INIT(STRBUF_SMALL);
		if (!matches(refusals[i].needles, text) ||
		    !fill(refusals[i].words, action, &named, out, &said))
			continue;
		strbuf_add(&said, "; ");
		if (fill(refusals[i].next, action, &named, out, &said))
			return arena_printf(out, "%s%s", strbuf_text(&said), ids ? ids : "");
	}
	return NULL;
}

/* Graph's words, with names for the GUIDs in them. */
static const char *translate(const struct action *action, const char *text, struct arena *out)
{
	CLEANUP(strbuf_release) struct strbuf said = STRBUF_INIT(STRBUF_LARGE);
	for (const char *at = text; *at; at++) {
		const char *id = guid_at(text, at, out);
		const char *name = id ? name_of(action, id) : NULL;
		if (name)
			strbuf_add(&said, quote_terminal(out, name));
		else
			strbuf_add_char(&said, *at);
		at += name ? GUID_LEN - 1 : 0;
	}
	return strbuf_dup(out, &said);
}

const char *refusal_text(const struct action *action, const struct graph_reply *reply, struct arena *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct json *error = json_get(reply->body, "error");
	const char *text = json_get_text(error, "message");
	const char *code = json_get_text(error, "code");
	const char *said = NULL;
	if (reply->outcome == GRAPH_REFUSED || reply->status == 409)
		said = known(action,
			     arena_printf(tmp, "%.*s %.*s", TEXT_MAX, text ? text : "", TEXT_MAX,
					  code ? code : ""),
			     reply->err, tmp);
	return arena_strdup(out, said ? said : translate(action, reply->err->message, tmp));
}
