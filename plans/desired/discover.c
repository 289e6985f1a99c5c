/* A customer file written from a live tenant. Whatever came from there is quoted, in values and comments. */
#include "plans/desired/discover.h"

#include "core/catalog.h"
#include "core/quote.h"
#include "core/say.h"

#include <string.h>

enum { PEOPLE_SHOWN = 20, NAME_MAX_LENGTH = 63, FREE_SEATS = 10000 };

/* Free and trial products come with seats in the ten thousands, or say so in their name. */
static bool is_free(const struct subscription *s)
{
	return s->is_trial || s->seats >= FREE_SEATS || str_ends(s->part_number, "_FREE") ||
	       str_starts(s->part_number, "FREE_");
}

static bool could_be_advisor(const struct live *live, const struct subscription *s)
{
	const struct sku *sku = live_find_sku(live, s->sku_id);
	return s->status == SUBSCRIPTION_ENABLED && sku && sku->for_users && sku->consumed > 0 &&
	       !is_free(s) && catalog_find_sku(s->sku_id);
}

static int64_t holders_of(const struct live *live, const struct subscription *s)
{
	const struct sku *sku = live_find_sku(live, s->sku_id);
	return sku ? sku->consumed : 0;
}

/* Most holders; of one SKU's subscriptions the larger, then the one whose id comes first. */
const struct subscription *discover_guess(const struct live *live)
{
	const struct subscription *best = NULL;
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (!could_be_advisor(live, s))
			continue;
		int64_t more = best ? holders_of(live, s) - holders_of(live, best) : 1;
		if (more > 0 || (more == 0 && s->seats > best->seats))
			best = s;
	}
	return best;
}

char *discover_customer_name(const char *domain, struct arena *out)
{
	char *name = str_lower(out, arena_strndup(out, domain, strcspn(domain, ".")));
	if (strlen(name) > NAME_MAX_LENGTH)
		name[NAME_MAX_LENGTH] = '\0';
	return *name ? name : arena_strdup(out, "customer");
}

struct writing {
	const struct discover_input *in;
	const struct live *live;
	struct arena *tmp;
	struct strbuf *out;
};

static const char *q(struct writing *w, const char *text)
{
	return quote_terminal_cut(w->tmp, text, 120);
}

static void put_tenant(struct writing *w)
{
	const struct organization *org = &w->live->organization;
	const char *name = org->display_name;
	bool is_visible = name && *name && str_eq(quote_terminal(w->tmp, name), name);
	strbuf_addf(w->out,
		    "# yaml-language-server: $schema=../.seatshift/customer.schema.json\n"
		    "# Written by 'seatshift discover' from the tenant as it was on %s. Check every line.\n"
		    "version: 1\ncustomer: %s                       # must be the name of this file\n"
		    "tenant:\n  id: %s\n  domain: %s\n",
		    w->in->today, quote_yaml(w->tmp, w->in->customer), org->id,
		    quote_yaml(w->tmp, w->in->domain));
	if (is_visible)
		strbuf_addf(w->out, "  name: %s\n", quote_yaml(w->tmp, name));
	else if (name)
		strbuf_addf(w->out, "  # name left out, it holds characters that cannot be seen: %s\n",
			    q(w, name));
	for (size_t i = 0; i < org->verified_domains.count; i++)
		if (!str_eq_fold(org->verified_domains.items[i].name, w->in->domain))
			strbuf_addf(w->out, "  # also verified: %s\n",
				    q(w, org->verified_domains.items[i].name));
}

static void put_agreement(struct writing *w)
{
	strbuf_add(w->out, "\n# FILL IN when the customer has agreed; without it there is no plan.\n"
			   "# agreement:\n"
			   "#   reason: upfront-payment   # upfront-payment, third-party-financing, "
			   "managed-service, other\n"
			   "#   note: why, in your own words\n"
			   "#   agreed_by: who@customer\n"
			   "#   agreed_on: YYYY-MM-DD\n");
}

static void put_subscription(struct writing *w, const struct subscription *s)
{
	strbuf_addf(w->out, "# - %s  %s, %s, %s%s", q(w, s->id), q(w, s->part_number),
		    say_number(w->tmp, s->seats, "seat", "seats"), q(w, s->status_text),
		    s->is_trial ? ", a trial" : "");
	if (s->created)
		strbuf_addf(w->out, ", since %.10s", q(w, s->created));
	if (s->next_lifecycle)
		strbuf_addf(w->out, ", until %.10s", q(w, s->next_lifecycle));
	strbuf_addf(w->out, "%s\n", s == w->in->advisor ? "   <- taken for the Advisor one" : "");
}

/* Which purchase is which, Graph does not say: whoever reads the file has to. */
static void put_subscriptions(struct writing *w)
{
	strbuf_add(w->out,
		   "\n# Subscriptions of the tenant. Graph does not show how one was bought: check which\n"
		   "# is the Advisor one, and correct advisor.subscription below if it is another.\n");
	for (size_t i = 0; i < w->live->subscriptions.count; i++)
		put_subscription(w, &w->live->subscriptions.items[i]);
}

static void put_open(struct writing *w, const struct sku *sku)
{
	const char *part = quote_yaml(w->tmp, sku->part_number);
	strbuf_addf(w->out,
		    "\nmoves:\n  - open:\n"
		    "      # The SKU that is bought. Left as the Advisor one: change it if "
		    "another was\n"
		    "      # ordered, by part number or GUID; every user is then swapped over.\n"
		    "      sku: %s\n"
		    "      seats: %lld              # as many as are held now\n",
		    part, (long long)sku->consumed);
	strbuf_add(w->out,
		   "      # FILL IN when it is ordered, and when the key is there (its place, never "
		   "the key itself):\n"
		   "      # order: {distributor: NAME, reference: NUMBER, placed_on: YYYY-MM-DD}\n"
		   "      # key: {env: OPEN_KEY, ends_in: XXXXX}\n"
		   "      programme: open-value     # how they are sold: open-value, retail-key, csp, grant; "
		   "open-license\n"
		   "                                # is what it is when left out, and not sold since "
		   "2021-12-31\n"
		   "      # of csp and grant, which bring no key: who puts the seats there, and until when "
		   "they can be\n"
		   "      # given back\n"
		   "      # provisioned_by: NAME\n"
		   "      # return_until: YYYY-MM-DD\n");
}

static void put_advisor(struct writing *w)
{
	const struct subscription *s = w->in->advisor;
	strbuf_addf(w->out, "    advisor:\n      sku: %s\n      subscription: %s\n",
		    quote_yaml(w->tmp, s->part_number), quote_yaml(w->tmp, s->id));
	strbuf_add(w->out, "      # retire_by: YYYY-MM-DD\n      cancel_by: phone          # phone, portal, "
			   "distributor, let-expire\n");
}

/* ---- people --------------------------------------------------------------------------------- */

static bool holds_through_group(const struct user *user, const char *sku_id)
{
	return license_find(&user->licenses, sku_id) && !user_direct_license(user, sku_id);
}

static void put_groups(struct writing *w, const char *sku_id)
{
	for (size_t i = 0; i < w->live->groups.count; i++) {
		const struct group *group = &w->live->groups.items[i];
		if (license_find(&group->licenses, sku_id))
			strbuf_addf(
				w->out, "      # handed out by group %s (%s), %s\n",
				q(w, group->display_name), group->id,
				say_number(w->tmp, (int64_t)group->member_ids.count, "member", "members"));
	}
}

static const char *remark(struct writing *w, const struct user *user, const char *sku_id)
{
	struct str_list remarks = {0};
	if (!user->enabled)
		VEC_PUSH(w->tmp, &remarks, "disabled");
	if (user->is_guest)
		VEC_PUSH(w->tmp, &remarks, "guest");
	if (!user->usage_location)
		VEC_PUSH(w->tmp, &remarks, "no usage location");
	if (holds_through_group(user, sku_id))
		VEC_PUSH(w->tmp, &remarks, "through a group");
	return remarks.count ? str_list_join(w->tmp, &remarks, ", ") : NULL;
}

static void put_people(struct writing *w, const char *sku_id)
{
	size_t shown = 0;
	size_t count = 0;
	strbuf_add(w->out, "    users:\n      - holders_of: advisor   # everyone who holds it directly:\n");
	put_groups(w, sku_id);
	for (size_t i = 0; i < w->live->users.count; i++) {
		const struct user *user = &w->live->users.items[i];
		const char *note = NULL;
		if (!license_find(&user->licenses, sku_id) || count++ >= PEOPLE_SHOWN)
			continue;
		shown++;
		note = remark(w, user, sku_id);
		strbuf_addf(w->out, "      #   %s  %s%s%s%s\n", q(w, user->upn), q(w, user->display_name),
			    note ? " (" : "", note ? note : "", note ? ")" : "");
	}
	if (count > shown)
		strbuf_addf(w->out, "      #   … and %zu more\n", count - shown);
}

static bool is_country(const char *text)
{
	return text && strlen(text) == 2 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2;
}

static void put_defaults(struct writing *w)
{
	const char *location = w->live->organization.default_usage_location;
	if (is_country(location))
		strbuf_addf(w->out,
			    "\ndefaults:\n  usage_location: %s            # the organisation's own; for "
			    "users who "
			    "have none\n",
			    quote_yaml(w->tmp, location));
	else
		strbuf_add(w->out, "\n# defaults:\n#   usage_location: US   # for users who have none\n");
}

void discover_write(const struct discover_input *input, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct writing w = {.in = input, .live = input->live, .tmp = tmp, .out = out};
	const struct sku *sku = live_find_sku(input->live, input->advisor->sku_id);
	put_tenant(&w);
	put_agreement(&w);
	put_subscriptions(&w);
	put_open(&w, sku);
	put_advisor(&w);
	put_people(&w, sku->id);
	put_defaults(&w);
}
