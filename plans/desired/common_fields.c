/* The values that the customer file and the repository file have in common: versions, names, limits. */
#include "plans/desired/desired_fields.h"

#include "core/country.h"
#include "core/quote.h"

#include "core/clock.h"

#include <stdlib.h>
#include <string.h>

/* ---- version -------------------------------------------------------------------------------- */

void field_read_version(struct field_reader *reader, const struct node *node, const struct field *field,
			void *target)
{
	(void)field;
	(void)target;
	int64_t version;
	if (!field_expect(reader, node, NODE_SCALAR))
		return;
	if (node->quoted || !str_parse_int(node->text, 0, INT64_MAX, &version))
		field_error(reader, SS109, node, "version: expected a whole number")->help =
			"Write version: 1.";
	else if (version != FILE_VERSION)
		field_error(reader, SS118, node, "version %s is not known to this seatshift", node->text)
			->help = "Write version: 1, or install a newer seatshift.";
}

void field_schema_version(const struct field *field, struct json_writer *w)
{
	json_begin_object(w);
	json_set_int(w, "const", FILE_VERSION);
	json_set_text(w, "description", field->summary);
	json_end_object(w);
}

/* ---- user principal names and countries ----------------------------------------------------- */

const char *upn_fault(struct arena *out, const char *upn)
{
	uint32_t hidden = quote_first_hidden(upn);
	if (hidden)
		return arena_printf(out, "it has a character that nobody sees, U+%04X", hidden);
	const char *at = strchr(upn, '@');
	if (!at)
		return "it has no @";
	if (strchr(at + 1, '@'))
		return "it has more than one @";
	if (at == upn)
		return "there is nothing before the @";
	if (!strchr(at + 1, '.') || at[1] == '.' || str_ends(upn, "."))
		return "what follows the @ is not a domain";
	for (const unsigned char *c = (const unsigned char *)upn; *c; c++)
		if (*c <= ' ' || *c == 0x7f || strchr("\"(),:;<>[]\\/|?*=", *c))
			return *c == ' ' ? "it has a space"
					 : "it has a character that user names cannot have";
	return NULL;
}

static bool is_ascii(char c)
{
	return (unsigned char)c < 0x80;
}

/*
 * As mail programs and spreadsheets copy somebody: "Adele Vance <adele@contoso.com>",
 * "mailto:adele@contoso.com", or with a blank around it that nobody sees.
 */
static const char *pasted_upn(struct arena *out, const char *text)
{
	static const char scheme[] = "mailto:";
	const char *open = strchr(text, '<');
	const char *begin = open ? open + 1 : text;
	if (str_find_fold(begin, scheme) == begin)
		begin += sizeof scheme - 1;
	while (*begin && !is_ascii(*begin))
		begin++;
	size_t len = strcspn(begin, " \t>,;?\"");
	for (size_t i = 0; i < len; i++)
		if (!is_ascii(begin[i]))
			len = i;
	const char *upn = arena_strndup(out, begin, len);
	return !str_eq(upn, text) && !upn_fault(out, upn) ? upn : NULL;
}

const char *upn_help(struct arena *out, const char *text)
{
	const char *upn = pasted_upn(out, text);
	return upn ? arena_printf(out, "Did you mean '%s'?", upn)
		   : "Write it as in the admin centre, such as adele.vance@contoso.com.";
}

static const char *read_upn(struct field_reader *reader, const struct node *node)
{
	const char *text = field_text(reader, node);
	const char *fault = text ? upn_fault(reader->out, text) : NULL;
	if (!fault)
		return text;
	field_error(reader, SS110, node, "'%s' is not a user principal name: %s", text, fault)->help =
		upn_help(reader->out, text);
	return NULL;
}

static int compare_fold(const void *a, const void *b)
{
	return str_cmp_fold((*(const struct node *const *)a)->text, (*(const struct node *const *)b)->text);
}

static void warn_repeated(struct field_reader *reader, const struct node *list)
{
	const struct node **nodes = arena_alloc_array(reader->out, list->count, sizeof(const struct node *));
	size_t count = 0;
	NODE_EACH (item, list)
		if (item->kind == NODE_SCALAR)
			nodes[count++] = item;
	qsort(nodes, count, sizeof(const struct node *), compare_fold);
	for (size_t i = 1; i < count; i++) {
		if (!str_eq_fold(nodes[i]->text, nodes[i - 1]->text))
			continue;
		bool later = nodes[i]->index > nodes[i - 1]->index;
		const struct node *again = later ? nodes[i] : nodes[i - 1];
		diag_add(reader->out, reader->diags, SS203, field_place(reader, again),
			 "'%s' is listed more than once", again->text);
	}
}

void field_read_upns(struct field_reader *reader, const struct node *node, const struct field *field,
		     void *target)
{
	struct str_list *list = (void *)((char *)target + field->offset);
	if (!field_expect(reader, node, NODE_SEQUENCE))
		return;
	*list = (struct str_list){0};
	NODE_EACH (item, node) {
		const char *upn = read_upn(reader, item);
		if (upn)
			VEC_PUSH(reader->out, list, upn);
	}
	if (field->max && list->count > (size_t)field->max)
		field_error(reader, SS110, node, "'%s' has %zu users", field->name, list->count)->help =
			arena_printf(reader->out, "At most %lld are allowed.", (long long)field->max);
	warn_repeated(reader, node);
}

void field_schema_upns(const struct field *field, struct json_writer *w)
{
	json_begin_object(w);
	json_set_text(w, "description", field->summary);
	json_put_key(w, "items");
	json_begin_object(w);
	json_set_text(w, "pattern", "^[^@\\s]+@[^@\\s]+$");
	json_set_text(w, "type", "string");
	json_end_object(w);
	if (field->max)
		json_set_int(w, "maxItems", field->max);
	json_set_text(w, "type", "array");
	json_end_object(w);
}

const char *country_fault(struct arena *out, const char *code)
{
	if (country_find(code))
		return NULL;
	const struct country *meant = country_meant(code);
	return meant ? arena_printf(out, "Did you mean '%s' (%s)?", meant->alpha2, meant->name)
		     : "Write the two-letter code of a country (ISO 3166-1), such as GB.";
}

void field_read_country(struct field_reader *reader, const struct node *node, const struct field *field,
			void *target)
{
	const char *text = field_text(reader, node);
	const char *fault = text ? country_fault(reader->out, text) : NULL;
	if (fault)
		field_error(reader, SS110, node, "'%s' is not a country code", text)->help = fault;
	else if (text)
		*(const char **)(void *)((char *)target + field->offset) = text;
}

void field_schema_country(const struct field *field, struct json_writer *w)
{
	json_begin_object(w);
	json_set_text(w, "description", field->summary);
	json_set_text(w, "pattern", "^[A-Z]{2}$");
	json_set_text(w, "type", "string");
	json_end_object(w);
}

/* ---- limits --------------------------------------------------------------------------------- */

void field_read_limit(struct field_reader *reader, const struct node *node, const struct field *field,
		      void *target)
{
	enum { MAX_PERCENT = 100 };
	struct limit *limit = (void *)((char *)target + field->offset);
	if (!field_expect(reader, node, NODE_SCALAR))
		return;
	bool is_percent = str_ends(node->text, "%");
	const char *digits =
		is_percent ? arena_strndup(reader->out, node->text, strlen(node->text) - 1) : node->text;
	int64_t value;
	bool ok = str_parse_int(digits, 0, is_percent ? MAX_PERCENT : INT32_MAX, &value);
	if (!ok || (node->quoted && !is_percent)) {
		field_error(reader, SS110, node, "'%s' is not allowed for '%s'", node->text, field->name)
			->help = "Write a count, such as 25, or a whole percentage up to 100%.";
		return;
	}
	*limit = (struct limit){true, is_percent, value, field_place(reader, node)};
}

void field_schema_limit(const struct field *field, struct json_writer *w)
{
	json_begin_object(w);
	json_put_key(w, "anyOf");
	json_begin_array(w);
	json_begin_object(w);
	json_set_int(w, "minimum", 0);
	json_set_text(w, "type", "integer");
	json_end_object(w);
	json_begin_object(w);
	json_set_text(w, "pattern", "^(100|[1-9]?[0-9])%$");
	json_set_text(w, "type", "string");
	json_end_object(w);
	json_end_array(w);
	json_set_text(w, "description", field->summary);
	json_end_object(w);
}

const struct field limit_fields[] = {
	FIELD(struct limits, users_changed, "users_changed", FIELD_CUSTOM, 0, .read = field_read_limit,
	      .schema = field_schema_limit, .summary = "The most users that one plan may change."),
	FIELD(struct limits, licenses_taken, "licenses_taken", FIELD_CUSTOM, 0, .read = field_read_limit,
	      .schema = field_schema_limit,
	      .summary = "The most licences that one plan may remove with nothing in their place."),
	FIELD(struct limits, min_seats_left, "min_seats_left", FIELD_CUSTOM, 0, .read = field_read_limit,
	      .schema = field_schema_limit, .summary = "Seats of the Open SKU that must stay free."),
	{0},
};

void limits_write(struct json_writer *w, const struct limits *limits)
{
	const struct {
		const char *key;
		const struct limit *limit;
	} rows[] = {{"licenses_taken", &limits->licenses_taken},
		    {"min_seats_left", &limits->min_seats_left},
		    {"users_changed", &limits->users_changed}};
	json_begin_object(w);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct limit *limit = rows[i].limit;
		if (!limit->given)
			continue;
		json_put_key(w, rows[i].key);
		json_begin_object(w);
		json_set_bool(w, "percent", limit->is_percent);
		json_set_int(w, "value", limit->value);
		json_end_object(w);
	}
	json_end_object(w);
}

/* ---- durations ------------------------------------------------------------------------------ */

void field_read_duration(struct field_reader *reader, const struct node *node, const struct field *field,
			 void *target)
{
	int64_t ms;
	const char *text = field_text(reader, node);
	if (!text)
		return;
	if (duration_parse(text, &ms) && ms > 0)
		*(int64_t *)(void *)((char *)target + field->offset) = ms;
	else
		field_error(reader, SS110, node, "'%s' is not a duration", text)->help =
			"Write a number and a unit: 30s, 45m, 72h or 7d.";
}

/* ---- diagnostics ---------------------------------------------------------------------------- */

static int compare_size(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare_diags(const void *a, const void *b)
{
	const struct diag *left = a;
	const struct diag *right = b;
	/* A complaint about no place in particular comes first. */
	int order =
		strcmp(left->place.file ? left->place.file : "", right->place.file ? right->place.file : "");
	if (!order)
		order = compare_size(left->place.line, right->place.line);
	if (!order)
		order = compare_size(left->place.col, right->place.col);
	if (!order)
		order = (int)left->code - (int)right->code;
	return order ? order : strcmp(left->message, right->message);
}

void diags_sort_from(struct diag_list *diags, size_t first)
{
	if (diags->count > first)
		qsort(diags->items + first, diags->count - first, sizeof *diags->items, compare_diags);
}

bool diags_errors_from(const struct diag_list *diags, size_t first)
{
	const struct diag_list added = {.items = diags->items + first, .count = diags->count - first};
	return diag_has_errors(&added);
}
