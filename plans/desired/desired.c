/* Parses a customer file: the table first, then what no table can say. */
#include "plans/desired/desired.h"

#include "plans/desired/desired_fields.h"

#include <inttypes.h>
#include <string.h>

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static const char *dir_of(struct arena *out, const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? arena_strndup(out, path, (size_t)(slash - path)) : "";
}

/* The path within the repository: customers/NAME.yaml where the folder says so. */
static const char *repository_path(struct arena *out, const char *path)
{
	const char *dir = dir_of(out, path);
	if (str_eq(last_part(dir), "customers"))
		return arena_printf(out, "customers/%s", last_part(path));
	return last_part(path);
}

/* ---- checks --------------------------------------------------------------------------------- */

static void check_name(struct field_reader *reader, const struct node *root, const struct desired *desired)
{
	const char *name = last_part(reader->file);
	const char *dot = strrchr(name, '.');
	const char *stem = dot ? arena_strndup(reader->out, name, (size_t)(dot - name)) : name;
	if (!desired->customer || (str_eq(stem, desired->customer) && str_ends(name, ".yaml")))
		return;
	if (str_eq(stem, desired->customer)) {
		field_error_at(reader, SS111, (struct place){.file = reader->file},
			       "a customer's file ends in .yaml")
			->help = arena_printf(reader->out, "Name the file %s.yaml.", stem);
		return;
	}
	field_error(reader, SS111, node_get(root, "customer"), "the customer is '%s' but the file is '%s'",
		    desired->customer, name)
		->help = arena_printf(reader->out, "Name the file %s.yaml, or write customer: %s.",
				      desired->customer, stem);
}

static void check_agreement(struct field_reader *reader, const struct node *root,
			    const struct desired *desired)
{
	const struct node *agreement = node_get(root, "agreement");
	if (!agreement) {
		field_error_at(reader, SS320, field_place(reader, root), "'agreement' is missing")->help =
			"Write down that the customer has agreed: reason, agreed_by, agreed_on.";
		return;
	}
	if (!str_eq(desired->agreement_reason, "other") || desired->agreement_note)
		return;
	field_error(reader, SS108, node_get(agreement, "reason"), "'note' is missing in agreement")->help =
		"With reason: other, a note says what the reason is.";
}

static void check_holders(struct field_reader *reader, const struct move *move)
{
	for (size_t i = 0; i < move->users.count && !move->has_advisor; i++) {
		const struct user_entry *entry = &move->users.items[i];
		if (entry->kind == ENTRY_HOLDERS_OF_ADVISOR)
			field_error_at(reader, SS113, entry->place,
				       "'holders_of: advisor' in a move that has no 'advisor'")
				->help = "Add advisor with its sku, or name the users.";
	}
}

static void check_excepted(struct field_reader *reader, const struct move *move,
			   const struct str_list *excepted, const struct user_entry *entry)
{
	if (entry->upn && str_list_has(excepted, str_lower(reader->out, entry->upn)))
		diag_add(reader->out, reader->diags, SS225, entry->place,
			 "'%s' is listed here and under 'except', which holds", entry->upn)
			->help =
			arena_printf(reader->out, "Take it out of one of the two; 'except' is on line %zu.",
				     move->except_place.line);
}

/* Named by an entry of their own and excepted as well: one of the two is a slip. */
static void check_exceptions(struct field_reader *reader, const struct move *move)
{
	struct str_list excepted = {0};
	for (size_t i = 0; i < move->except.count; i++)
		VEC_PUSH(reader->out, &excepted, str_lower(reader->out, move->except.items[i]));
	if (!excepted.count)
		return;
	str_list_sort_unique(&excepted);
	for (size_t i = 0; i < move->users.count; i++) {
		const struct user_entry *entry = &move->users.items[i];
		check_excepted(reader, move, &excepted, entry);
		for (size_t row = 0; row < entry->row_count; row++)
			check_excepted(reader, move, &excepted, &entry->rows[row]);
	}
}

static struct diag *contradiction(struct field_reader *reader, struct place place, const char *what,
				  const struct move *move)
{
	struct diag *diag = field_error_at(reader, SS113, place, "%s", what);
	diag->help = arena_printf(
		reader->out,
		"Take it out; or correct how they come, which is now programme: %s, arrives_by: %s.",
		programme_names[move->programme], arrival_names[move->arrives_by]);
	return diag;
}

/* A way of coming that the programme has; each key only with the way that it is of. All of it in one run. */
static void check_arrival(struct field_reader *reader, struct move *move)
{
	const struct programme *programme = programme_of(move->programme);
	if (!move->has_arrives_by)
		move->arrives_by = programme->arrives;
	bool by_key = move->arrives_by == ARRIVE_BY_KEY;
	if (!programme->come[move->arrives_by])
		field_error_at(reader, SS113, move->arrives_by_place, "seats of %s do not come by '%s'",
			       programme_names[move->programme], arrival_names[move->arrives_by])
			->help = by_key ? "Leave arrives_by out: they come without a key."
					: "Say the programme that they are of: csp or grant.";
	if (!by_key && move->key_source != KEY_NONE)
		contradiction(reader, move->key_place, "a 'key' of seats that come without one", move);
	if (!by_key && move->has_redeem_as)
		contradiction(reader, move->redeem_as_place, "'redeem_as' of seats that come without a key",
			      move);
	if (by_key && move->provisioned_by)
		contradiction(reader, move->provisioned_by_place,
			      "'provisioned_by' of seats that come by key", move);
	if (by_key && move->return_until)
		contradiction(reader, move->return_until_place,
			      "'return_until' of seats that come by key: what is redeemed stays", move);
}

/* Of what is not sold any more, an order of later is of something else. */
static void check_still_sold(struct field_reader *reader, const struct move *move)
{
	const struct programme *programme = programme_of(move->programme);
	if (!move->placed_on || programme_was_sold(programme, move->placed_on))
		return;
	diag_add(reader->out, reader->diags, SS234, move->placed_on_place,
		 "placed_on: %s, but %s has not been sold since %s", move->placed_on, programme->title,
		 programme->sold_until)
		->help =
		"Say what the order really is of: 'programme: open-value', retail-key, csp or grant.";
}

static void check_move(struct field_reader *reader, struct move *move)
{
	check_holders(reader, move);
	check_exceptions(reader, move);
	check_arrival(reader, move);
	check_still_sold(reader, move);
	if (move->key_source != KEY_NONE && !move->has_order)
		diag_add(reader->out, reader->diags, SS221, move->open_sku_place,
			 "there is a key but no 'order'")
			->help = "Add order with distributor, reference and placed_on.";
	if (move->open_sku && str_eq_fold(move->open_sku, move->advisor_sku) && !move->advisor_subscription)
		field_error_at(reader, SS113, move->advisor_sku_place,
			       "Open and Advisor are both '%s', so the SKU does not say which to retire",
			       move->advisor_sku)
			->help = "Name the Advisor subscription in advisor.subscription.";
}

/* Two moves may share an Open SKU, but not what they retire. */
static bool retire_the_same(const struct move *a, const struct move *b)
{
	if (!a->advisor_sku || !b->advisor_sku)
		return !a->has_advisor && !b->has_advisor && str_eq_fold(a->open_sku, b->open_sku);
	if (a->advisor_subscription && b->advisor_subscription)
		return str_eq(a->advisor_subscription, b->advisor_subscription);
	return str_eq_fold(a->advisor_sku, b->advisor_sku);
}

static void check_moves(struct field_reader *reader, const struct node *root, struct desired *desired)
{
	enum { MOVES_MAX = 100 };
	const struct node *list = node_get(root, "moves");
	if (!list)
		return;
	if (desired->moves.count > MOVES_MAX) {
		field_error(reader, SS110, list, "'moves' has %zu entries", desired->moves.count)->help =
			"At most 100 are allowed.";
		return;
	}
	NODE_EACH (item, list) {
		if (list->kind != NODE_SEQUENCE)
			break;
		struct move *move = &desired->moves.items[item->index];
		move->place = field_place(reader, item);
		if (item->kind != NODE_MAPPING)
			continue;
		check_move(reader, move);
		for (size_t i = 0; i < item->index; i++) {
			const struct move *other = &desired->moves.items[i];
			if (!move->open_sku || !other->open_sku || !retire_the_same(move, other))
				continue;
			field_error_at(reader, SS114, move->place, "two moves for the same SKU")->help =
				arena_printf(reader->out, "Put all users into the move on line %zu.",
					     other->place.line);
			break;
		}
	}
}

/* All that can be complained of is complained of; false: it is no document. */
static bool read_document(const char *path, struct bytes text, const struct file_reader *files,
			  struct arena *out, struct diag_list *diags, struct desired *ret)
{
	const struct node *root = NULL;
	size_t first = diags->count;
	const char *shown = arena_strdup(out, path);
	struct field_reader reader = {
		.file = shown, .out = out, .diags = diags, .own = customer_fields, .files = field_files};
	if (!kept_document(&reader, text, first, &root))
		return false;
	ret->file = repository_path(out, path);
	struct customer_context context = {.files = files,
					   .shown_prefix =
						   arena_strndup(out, path, strlen(path) - strlen(ret->file)),
					   .repository_dir = dir_of(out, ret->file)};
	reader.ctx = &context;
	if (field_expect(&reader, root, NODE_MAPPING)) {
		fields_from_yaml(&reader, customer_fields, root, ret);
		check_name(&reader, root, ret);
		check_agreement(&reader, root, ret);
		check_moves(&reader, root, ret);
	}
	refuse_kept_secrets(&reader, first, text.ptr, text.len, root);
	diags_sort_from(diags, first);
	return true;
}

/* `first`: where in `diags` what this file has begins. */
static bool finish(struct desired *desired, struct arena *out, const struct diag_list *diags, size_t first,
		   struct desired *ret_desired)
{
	if (diags_errors_from(diags, first)) {
		*ret_desired = *desired;
		return false;
	}
	desired_sort(desired, out);
	desired_digest(desired);
	*ret_desired = *desired;
	return true;
}

bool desired_parse(const char *path, struct bytes text, const struct file_reader *files, struct arena *out,
		   struct diag_list *diags, struct desired *ret_desired)
{
	struct desired desired = {0};
	size_t first = diags->count;
	*ret_desired = desired;
	return read_document(path, text, files, out, diags, &desired) &&
	       finish(&desired, out, diags, first, ret_desired);
}

static void soften_from(struct diag_list *diags, size_t first)
{
	for (size_t i = first; i < diags->count; i++)
		if (diags->items[i].code == SS320)
			diags->items[i].severity = DIAG_WARNING;
}

bool desired_parse_draft(const char *path, struct bytes text, const struct file_reader *files,
			 struct arena *out, struct diag_list *diags, struct desired *ret_desired)
{
	struct desired desired = {0};
	size_t first = diags->count;
	*ret_desired = desired;
	if (!read_document(path, text, files, out, diags, &desired))
		return false;
	soften_from(diags, first);
	return finish(&desired, out, diags, first, ret_desired);
}

/* ---- together with the policy --------------------------------------------------------------- */

enum tighter { TIGHTER_IS_LOWER, TIGHTER_IS_HIGHER };

static const char *limit_text(struct arena *out, const struct limit *limit)
{
	return arena_printf(out, "%" PRId64 "%s", limit->value, limit->is_percent ? "%" : "");
}

void desired_check_partner(const struct desired *desired, const struct policy *policy, struct arena *out,
			   struct diag_list *diags)
{
	if (policy->partner_tenant && str_eq_fold(policy->partner_tenant, desired->tenant_id))
		diag_add(out, diags, SS329, desired->tenant_place, "tenant %s is the partner's own tenant",
			 desired->tenant_id)
			->help = "A partner's own tenant is never a target. Check tenant.id and "
				 "tenant.domain.";
}

void desired_check_policy(const struct desired *desired, const struct policy *policy, struct arena *out,
			  struct diag_list *diags)
{
	const struct {
		const char *name;
		const struct limit *mine, *theirs;
		enum tighter tighter;
	} rows[] = {
		{"users_changed", &desired->limits.users_changed, &policy->limits.users_changed,
		 TIGHTER_IS_LOWER},
		{"licenses_taken", &desired->limits.licenses_taken, &policy->limits.licenses_taken,
		 TIGHTER_IS_LOWER},
		{"min_seats_left", &desired->limits.min_seats_left, &policy->limits.min_seats_left,
		 TIGHTER_IS_HIGHER},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct limit *mine = rows[i].mine;
		const struct limit *theirs = rows[i].theirs;
		/* A count and a percentage can be compared only when the users are known: at plan time. */
		if (!mine->given || !theirs->given || mine->is_percent != theirs->is_percent)
			continue;
		bool looser = rows[i].tighter == TIGHTER_IS_LOWER ? mine->value > theirs->value
								  : mine->value < theirs->value;
		if (!looser)
			continue;
		diag_add(out, diags, SS116, mine->place, "'%s' is %s, looser than the repository's %s",
			 rows[i].name, limit_text(out, mine), limit_text(out, theirs))
			->help = "A customer file may only tighten the limits of seatshift.yaml.";
	}
}

const char *const schema_names[SCHEMA_COUNT] = {
	[SCHEMA_CUSTOMER] = "customer", [SCHEMA_REPOSITORY] = "repository", [SCHEMA_FLEET] = "fleet"};

void schema_write(enum schema_kind kind, struct strbuf *out)
{
	static const struct {
		const struct field *fields;
		const char *id;
		const char *title;
	} rows[SCHEMA_COUNT] = {
		[SCHEMA_CUSTOMER] = {customer_fields, "urn:seatshift:customer:1", "seatshift customer file"},
		[SCHEMA_REPOSITORY] = {policy_fields, "urn:seatshift:repository:1",
				       "seatshift repository file"},
		[SCHEMA_FLEET] = {fleet_fields, "urn:seatshift:fleet:1", "seatshift fleet file"},
	};
	fields_schema_document(rows[kind].fields, rows[kind].id, rows[kind].title, out);
}
