/* The field table of the customer file. */
#include "plans/desired/desired_fields.h"

static const char *const reasons[] = {"upfront-payment", "third-party-financing", "managed-service", "other",
				      NULL};
static const char *const redeem_words[] = {"new-subscription", "add-seats", "extend-term", NULL};
const char *const unlisted_words[] = {"refuse", "keep", "remove", NULL};
static const char *const service_words[] = {"preserve", "enable-all", NULL};
static const char *const order_words[] = {"assign-first", "cancel-first", NULL};

const char *redeem_as_name(enum redeem_as redeem_as)
{
	return redeem_words[redeem_as];
}

static void read_domain(struct field_reader *reader, const struct node *node, const struct field *field,
			void *target)
{
	(void)field;
	struct desired *desired = target;
	const char *text = field_text(reader, node);
	if (!text)
		return;
	bool plain =
		!str_starts(text, ".") && !str_ends(text, ".") && strchr(text, '.') && !strstr(text, "..");
	const char *lower = str_lower(reader->out, text);
	for (const char *c = lower; *c; c++)
		plain &= (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-' || *c == '.';
	if (plain)
		desired->tenant_domain = lower;
	else
		field_error(reader, SS110, node, "'%s' is not a domain", text)->help =
			"Write a verified domain of the tenant, such as contoso.onmicrosoft.com.";
}

static const struct field tenant_fields[] = {
	FIELD(struct desired, tenant_id, "id", FIELD_GUID, FIELD_REQUIRED, .summary = "The tenant's id."),
	FIELD(struct desired, tenant_domain, "domain", FIELD_CUSTOM, FIELD_REQUIRED, .read = read_domain,
	      .pattern = "^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$",
	      .summary = "A verified domain of that tenant."),
	FIELD(struct desired, tenant_name, "name", FIELD_TEXT, 0,
	      .summary = "The organisation's display name; when given it must be equal."),
	{0},
};

static const struct field agreement_fields[] = {
	FIELD(struct desired, agreement_reason, "reason", FIELD_TEXT, FIELD_REQUIRED, .words = reasons,
	      .summary = "Why the customer moves; other needs a note."),
	FIELD(struct desired, agreement_note, "note", FIELD_TEXT, 0, .summary = "In your own words."),
	FIELD(struct desired, agreed_by, "agreed_by", FIELD_TEXT, FIELD_REQUIRED,
	      .summary = "Who agreed for the customer."),
	FIELD(struct desired, agreed_on, "agreed_on", FIELD_DATE, FIELD_REQUIRED,
	      .place_offset = offsetof(struct desired, agreed_on_place),
	      .summary = "The day of the agreement."),
	{0},
};

static const struct field order_fields[] = {
	FIELD(struct move, distributor, "distributor", FIELD_TEXT, FIELD_REQUIRED,
	      .summary = "Who sold the seats."),
	FIELD(struct move, order_reference, "reference", FIELD_TEXT, FIELD_REQUIRED,
	      .summary = "The number of the order."),
	FIELD(struct move, placed_on, "placed_on", FIELD_DATE, FIELD_REQUIRED,
	      .place_offset = offsetof(struct move, placed_on_place), .summary = "The day of the order."),
	{0},
};

static const struct field open_fields[] = {
	FIELD(struct move, open_sku, "sku", FIELD_TEXT, FIELD_REQUIRED,
	      .place_offset = offsetof(struct move, open_sku_place),
	      .summary = "The Open SKU: its part number or GUID."),
	FIELD(struct move, seats, "seats", FIELD_INT, FIELD_REQUIRED, .min = 1, .max = 1000000,
	      .place_offset = offsetof(struct move, seats_place), .summary = "How many seats were ordered."),
	/* Of the same struct, hence offset 0. */
	{.name = "order",
	 .type = FIELD_STRUCT,
	 .fields = order_fields,
	 .given_offset = offsetof(struct move, has_order),
	 .summary = "The order; optional until there is a key."},
	FIELD(struct move, key_source, "key", FIELD_CUSTOM, 0, .read = field_read_key,
	      .schema = field_schema_key, .fields = key_fields,
	      .place_offset = offsetof(struct move, key_place),
	      .summary = "Where the product key is to be found."),
	FIELD(struct move, redeem_as, "redeem_as", FIELD_ENUM, 0, .words = redeem_words,
	      .given_offset = offsetof(struct move, has_redeem_as),
	      .place_offset = offsetof(struct move, redeem_as_place),
	      .summary = "Which of the three ways to redeem the key is meant."),
	FIELD(struct move, programme, "programme", FIELD_ENUM, 0, .words = programme_names,
	      .place_offset = offsetof(struct move, programme_place), .summary = "How the seats are sold."),
	FIELD(struct move, arrives_by, "arrives_by", FIELD_ENUM, 0, .words = arrival_names, .fallback = "",
	      .given_offset = offsetof(struct move, has_arrives_by),
	      .place_offset = offsetof(struct move, arrives_by_place),
	      .summary = "How the seats come; left out, as the programme has it."),
	FIELD(struct move, provisioned_by, "provisioned_by", FIELD_TEXT, 0,
	      .place_offset = offsetof(struct move, provisioned_by_place),
	      .summary = "Who puts seats that come without a key into the tenant."),
	FIELD(struct move, return_until, "return_until", FIELD_DATE, 0,
	      .place_offset = offsetof(struct move, return_until_place),
	      .summary = "The last day on which the seats can be given back."),
	{0},
};

static const struct field advisor_fields[] = {
	FIELD(struct move, advisor_sku, "sku", FIELD_TEXT, FIELD_REQUIRED,
	      .place_offset = offsetof(struct move, advisor_sku_place),
	      .summary = "The Advisor SKU: its part number or GUID."),
	FIELD(struct move, advisor_subscription, "subscription", FIELD_GUID, 0,
	      .place_offset = offsetof(struct move, advisor_subscription_place),
	      .summary = "The subscription to retire: its id or commerceSubscriptionId."),
	FIELD(struct move, retire_by, "retire_by", FIELD_DATE, 0,
	      .place_offset = offsetof(struct move, retire_place),
	      .summary = "The day by which the Advisor subscription is to be retired."),
	FIELD(struct move, cancel_by, "cancel_by", FIELD_ENUM, 0, .words = cancel_names,
	      .summary = "How it is cancelled."),
	{0},
};

/*
 * What check_arrival (desired.c) says, for editors: a key for a programme of keys, and nothing of a key for
 * one that comes without. The rows are those of core/programmes.c; a test holds them together.
 */
#define OPEN_RULES                                                                                           \
	"[{\"if\":{\"properties\":{\"programme\":{\"enum\":[\"csp\",\"grant\"]}},\"required\":["             \
	"\"programme\"]},"                                                                                   \
	"\"then\":{\"not\":{\"anyOf\":[{\"required\":[\"key\"]},{\"required\":[\"redeem_as\"]}]},"           \
	"\"properties\":{\"arrives_by\":{\"enum\":[\"provisioned\",\"transferred\"]}}},"                     \
	"\"else\":{\"not\":{\"anyOf\":[{\"required\":[\"provisioned_by\"]},{\"required\":[\"return_until\"]" \
	"}]},"                                                                                               \
	"\"properties\":{\"arrives_by\":{\"const\":\"key\"}}}},"                                             \
	"{\"if\":{\"properties\":{\"programme\":{\"const\":\"grant\"}},\"required\":[\"programme\"]},"       \
	"\"then\":{\"properties\":{\"arrives_by\":{\"const\":\"provisioned\"}}}}]"

static const struct field move_fields[] = {
	{.name = "open",
	 .type = FIELD_STRUCT,
	 .flags = FIELD_REQUIRED,
	 .fields = open_fields,
	 .rules = OPEN_RULES,
	 .summary = "What is moved to."},
	{.name = "advisor",
	 .type = FIELD_STRUCT,
	 .fields = advisor_fields,
	 .given_offset = offsetof(struct move, has_advisor),
	 .summary = "What is retired; left out, users are only licensed."},
	FIELD(struct move, users, "users", FIELD_CUSTOM, FIELD_REQUIRED, .read = field_read_users,
	      .schema = field_schema_users, .fields = entry_fields, .item_size = sizeof(struct user_entry),
	      .place_offset = offsetof(struct move, users_place), .summary = "Who is to hold the Open SKU."),
	FIELD(struct move, except, "except", FIELD_CUSTOM, 0, .read = field_read_upns,
	      .schema = field_schema_upns, .place_offset = offsetof(struct move, except_place),
	      .summary = "Users who are left alone."),
	FIELD(struct move, unlisted, "unlisted", FIELD_ENUM, 0, .words = unlisted_words,
	      .summary = "What becomes of holders of the Advisor SKU who are not listed."),
	{0},
};

static const struct field accept_fields[] = {
	FIELD(struct desired, lost_services, "lost_services", FIELD_TEXTS, FIELD_NOT_EMPTY,
	      .summary = "Service plans, by name, that the customer does without from now on: a grant's for "
			 "one."),
	FIELD(struct desired, unread_holders, "unread_holders", FIELD_INT, 0, .min = 1, .max = 1000,
	      .summary = "The tenant counts so many holders more than can be read, and a person has looked "
			 "who they are."),
	FIELD(struct desired, renewing, "renewing", FIELD_TEXTS, FIELD_NOT_EMPTY,
	      .place_offset = offsetof(struct desired, renewing_place),
	      .summary = "Subscriptions, by id, that renew themselves, month by month for one: their seats "
			 "count although their term ends soon."),
	{0},
};

static const struct field default_fields[] = {
	FIELD(struct desired, default_usage_location, "usage_location", FIELD_CUSTOM, 0,
	      .read = field_read_country, .schema = field_schema_country,
	      .summary = "The country for users who have none."),
	FIELD(struct desired, enable_all_services, "service_plans", FIELD_BOOL, 0, .words = service_words,
	      .summary = "preserve: what was off stays off."),
	{0},
};

#define CUSTOMER_NAME "^[a-z0-9-]{1,63}$"

bool customer_name_is_valid(const char *name)
{
	return field_matches(CUSTOMER_NAME, name);
}

const struct field customer_fields[] = {
	FIELD_FILE_VERSION,
	FIELD(struct desired, customer, "customer", FIELD_TEXT, FIELD_REQUIRED, .pattern = CUSTOMER_NAME,
	      .summary = "The customer's name, as the file's: small letters, digits and '-', at most 63."),
	{.name = "tenant",
	 .type = FIELD_STRUCT,
	 .flags = FIELD_REQUIRED,
	 .fields = tenant_fields,
	 .place_offset = offsetof(struct desired, tenant_place),
	 .summary = "The tenant this file is about."},
	{.name = "agreement",
	 .type = FIELD_STRUCT,
	 .fields = agreement_fields,
	 .rules = "[{\"if\":{\"properties\":{\"reason\":{\"const\":\"other\"}}},"
		  "\"then\":{\"required\":[\"note\"]}}]",
	 .summary = "That the customer has agreed, and why; there is no plan without it."},
	FIELD(struct desired, moves, "moves", FIELD_LIST, FIELD_REQUIRED | FIELD_NOT_EMPTY,
	      .fields = move_fields, .item_size = sizeof(struct move),
	      .summary = "The SKUs to move, one entry each."),
	{.name = "defaults",
	 .type = FIELD_STRUCT,
	 .fields = default_fields,
	 .summary = "For users whose entry does not say."},
	{.name = "accept",
	 .type = FIELD_STRUCT,
	 .fields = accept_fields,
	 .summary = "What would be refused, and a person has looked at; each is a warning in the plan."},
	FIELD(struct desired, cancel_first, "order_of_work", FIELD_BOOL, 0, .words = order_words,
	      .summary = "assign-first, or cancel-first where nobody loses service by it."),
	FIELD(struct desired, canary, "canary", FIELD_CUSTOM, 0, .read = field_read_upns,
	      .schema = field_schema_upns, .max = CANARY_MAX,
	      .place_offset = offsetof(struct desired, canary_place),
	      .summary = "A first wave; the rest waits until these are verified."),
	FIELD(struct desired, labels, "labels", FIELD_CUSTOM, 0, .read = field_read_labels,
	      .schema = field_schema_labels, .summary = "Free words, for a fleet's selection."),
	FIELD(struct desired, limits, "limits", FIELD_STRUCT, 0, .fields = limit_fields,
	      .summary = "Limits for this customer; tighter than the repository's, never looser."),
	{0},
};
