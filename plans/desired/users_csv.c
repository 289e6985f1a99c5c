/*
 * A CSV file of users (RFC 4180): a header row, columns upn[,usage_location[,disable]] in any order,
 * quoted fields, LF or CRLF. Every complaint has the line of the CSV file.
 *
 * Spreadsheets separate by semicolons where the comma is a decimal point, or by tabs; the header says which,
 * or a line "sep=;" before it. Where semicolons part the columns, commas part the service plans of a cell.
 */
#include "plans/desired/desired_fields.h"

#include <string.h>
#include <strings.h>

enum column { COLUMN_UPN, COLUMN_USAGE_LOCATION, COLUMN_DISABLE, COLUMN_COUNT, COLUMN_NONE, COLUMN_UNNAMED };
static const char *const column_names[] = {"upn", "usage_location", "disable"};
_Static_assert(ARRAY_LEN(column_names) == COLUMN_COUNT, "one name per column");

struct cell {
	const char *text;
	struct place place;
};
VEC(cell_list, struct cell);
VEC(column_list, enum column);

struct csv {
	struct field_reader *reader;
	const char *file;
	const char *at;
	const char *end;
	size_t line;
	const char *line_start;
	char separator;
};

static struct place place_at(const struct csv *csv, const char *from)
{
	struct place place = {.file = csv->file, .line = csv->line, .col = 1, .len = 1};
	for (const char *p = csv->line_start; p < from; p++)
		place.col += ((unsigned char)*p & 0xc0) != 0x80;
	return place;
}

static struct diag *csv_error(struct csv *csv, struct place place, const char *message)
{
	return field_error_at(csv->reader, SS115, place, "%s", message);
}

static void next_line(struct csv *csv)
{
	csv->line++;
	csv->line_start = csv->at;
}

static const char *trim(struct arena *out, const char *text, size_t len)
{
	while (len && (*text == ' ' || *text == '\t')) {
		text++;
		len--;
	}
	while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	return arena_strndup(out, text, len);
}

/* A field in quotes; a doubled quote is one. False when it never ends. */
static bool read_quoted(struct csv *csv, struct cell *cell)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	csv->at++;
	for (; csv->at < csv->end; csv->at++) {
		if (*csv->at == '"' && csv->at + 1 < csv->end && csv->at[1] == '"') {
			csv->at++;
		} else if (*csv->at == '"') {
			csv->at++;
			cell->text = trim(csv->reader->out, strbuf_text(&buf), buf.len);
			return true;
		}
		strbuf_add_char(&buf, *csv->at);
		if (*csv->at == '\n') {
			csv->line++;
			csv->line_start = csv->at + 1;
		}
	}
	csv_error(csv, cell->place, "a quote that is never closed");
	return false;
}

static bool at_line_end(const struct csv *csv)
{
	return csv->at == csv->end || *csv->at == '\n' ||
	       (*csv->at == '\r' && (csv->at + 1 == csv->end || csv->at[1] == '\n'));
}

static bool read_cell(struct csv *csv, struct cell *cell)
{
	cell->place = place_at(csv, csv->at);
	if (csv->at < csv->end && *csv->at == '"') {
		if (!read_quoted(csv, cell))
			return false;
		if (at_line_end(csv) || *csv->at == csv->separator)
			return true;
		csv_error(csv, place_at(csv, csv->at), "text after a closing quote");
		return false;
	}
	const char *start = csv->at;
	while (!at_line_end(csv) && *csv->at != csv->separator)
		csv->at++;
	cell->text = trim(csv->reader->out, start, (size_t)(csv->at - start));
	size_t len = place_at(csv, csv->at).col - cell->place.col;
	cell->place.len = len ? len : 1;
	return true;
}

/* One row; false when the file cannot be read on. */
static bool read_row(struct csv *csv, struct cell_list *cells)
{
	cells->count = 0;
	for (;;) {
		struct cell cell = {0};
		if (!read_cell(csv, &cell))
			return false;
		VEC_PUSH(csv->reader->out, cells, cell);
		if (at_line_end(csv))
			break;
		csv->at++; /* the separator */
	}
	if (csv->at < csv->end && *csv->at == '\r')
		csv->at++;
	if (csv->at < csv->end)
		csv->at++;
	next_line(csv);
	return true;
}

/* What a spreadsheet leaves of rows that were emptied, or never filled. */
static bool is_blank(const struct cell_list *cells)
{
	for (size_t i = 0; i < cells->count; i++)
		if (*cells->items[i].text)
			return false;
	return true;
}

/* The first of the marks that stands in the header, outside quotes; a comma when none does. */
static char separator_of(const struct csv *csv)
{
	bool quoted = false;
	for (const char *p = csv->at; p < csv->end && (quoted || (*p != '\n' && *p != '\r')); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (!quoted && (*p == ',' || *p == ';' || *p == '\t'))
			return *p;
	}
	return ',';
}

/* "sep=;" alone on the first line is for spreadsheets, and says what the header is parted by. */
static bool read_sep_line(struct csv *csv)
{
	const char *p = csv->at;
	if (csv->end - p < 5 || memcmp(p, "sep=", 4) != 0 || !strchr(",;\t", p[4]))
		return false;
	csv->separator = p[4];
	csv->at = p + 5;
	if (!at_line_end(csv)) {
		csv->at = p;
		return false;
	}
	csv->at += csv->at < csv->end && *csv->at == '\r';
	csv->at += csv->at < csv->end;
	next_line(csv);
	return true;
}

static enum column find_column(struct csv *csv, const struct cell *cell)
{
	struct str_list names = {0};
	/* Spreadsheets leave columns behind that have no name; what counts is that nothing stands in them. */
	if (!*cell->text)
		return COLUMN_UNNAMED;
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (str_eq_fold(column_names[i], cell->text))
			return (enum column)i;
		VEC_PUSH(csv->reader->out, &names, column_names[i]);
	}
	struct diag *diag =
		field_error_at(csv->reader, SS115, cell->place, "unknown column '%s'", cell->text);
	const char *nearest = str_nearest(cell->text, &names);
	if (strchr(cell->text, ';') || strchr(cell->text, '\t') || strchr(cell->text, ','))
		diag->help = "Separate all columns by the same mark: commas, semicolons or tabs.";
	else if (nearest)
		diag->help = arena_printf(csv->reader->out, "Did you mean '%s'?", nearest);
	else
		diag->help = "The first row names the columns: upn, usage_location, disable.";
	return COLUMN_NONE;
}

static bool read_header(struct csv *csv, const struct cell_list *cells, struct column_list *columns)
{
	bool seen[COLUMN_COUNT] = {false};
	bool ok = true;
	for (size_t i = 0; i < cells->count; i++) {
		enum column column = find_column(csv, &cells->items[i]);
		VEC_PUSH(csv->reader->out, columns, column);
		if (column == COLUMN_NONE) {
			ok = false;
			continue;
		}
		if (column == COLUMN_UNNAMED)
			continue;
		if (seen[column]) {
			field_error_at(csv->reader, SS115, cells->items[i].place,
				       "column '%s' is there twice", column_names[column]);
			ok = false;
		}
		seen[column] = true;
	}
	if (ok && !seen[COLUMN_UPN]) {
		csv_error(csv, cells->items[0].place, "there is no column 'upn'");
		ok = false;
	}
	return ok;
}

static void read_disable(struct csv *csv, const char *text, struct str_list *list)
{
	const char *marks = csv->separator == ';' ? ";," : ";";
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, marks);
		const char *name = trim(csv->reader->out, p, len);
		if (*name)
			VEC_PUSH(csv->reader->out, list, name);
		p += len + (p[len] != '\0');
	}
}

static void set_cell(struct csv *csv, enum column column, const struct cell *cell, struct user_entry *row)
{
	const char *fault;
	switch (column) {
	case COLUMN_UPN:
		row->upn = cell->text;
		row->place = cell->place;
		fault = *cell->text ? upn_fault(csv->reader->out, cell->text) : "it is empty";
		if (fault)
			field_error_at(csv->reader, SS115, cell->place,
				       "'%s' is not a user principal name: %s", cell->text, fault)
				->help = upn_help(csv->reader->out, cell->text);
		break;
	case COLUMN_USAGE_LOCATION:
		if (!*cell->text)
			break;
		row->usage_location = cell->text;
		fault = country_fault(csv->reader->out, cell->text);
		if (fault)
			field_error_at(csv->reader, SS115, cell->place, "'%s' is not a country code",
				       cell->text)
				->help = fault;
		break;
	case COLUMN_DISABLE:
		if (*cell->text)
			row->disable = (struct str_list){0};
		read_disable(csv, cell->text, &row->disable);
		break;
	case COLUMN_UNNAMED:
		if (*cell->text)
			csv_error(csv, cell->place, "a value in a column that has no name");
		break;
	case COLUMN_COUNT:
	case COLUMN_NONE:
		break;
	}
}

static void add_row(struct csv *csv, const struct column_list *columns, const struct cell_list *cells,
		    const struct user_entry *entry, struct user_entry_list *rows)
{
	size_t count = cells->count;
	while (count > columns->count && !*cells->items[count - 1].text)
		count--;
	if (count > columns->count) {
		field_error_at(csv->reader, SS115, cells->items[columns->count].place,
			       "%zu columns where the header has %zu", count, columns->count)
			->help = csv->separator == ','
					 ? "Separate service plans by semicolons, or put the field in quotes."
					 : "Separate service plans by commas, or put the field in quotes.";
		return;
	}
	/* What the entry in the customer file says holds for every row that does not say otherwise. */
	struct user_entry row = {.kind = ENTRY_UPN,
				 .place = cells->items[0].place,
				 .usage_location = entry->usage_location,
				 .disable = entry->disable,
				 .lose_mailbox = entry->lose_mailbox,
				 .why = entry->why};
	for (size_t i = 0; i < count; i++)
		set_cell(csv, columns->items[i], &cells->items[i], &row);
	if (row.upn)
		VEC_PUSH(csv->reader->out, rows, row);
	else
		csv_error(csv, row.place, "a row without a user principal name");
}

static void read_table(struct csv *csv, const struct node *node, struct user_entry *entry)
{
	struct cell_list cells = {0};
	struct column_list columns = {0};
	struct user_entry_list rows = {0};
	size_t tried = 0;
	if (!read_sep_line(csv))
		csv->separator = separator_of(csv);
	while (csv->at < csv->end) {
		if (!read_row(csv, &cells))
			return;
		if (is_blank(&cells))
			continue;
		if (!columns.count) {
			if (!read_header(csv, &cells, &columns))
				return;
			continue;
		}
		add_row(csv, &columns, &cells, entry, &rows);
		tried++;
	}
	if (!tried)
		field_error(csv->reader, SS318, node, "the CSV file '%s' names no users", entry->csv)->help =
			"Its first row names the columns, each further row a user.";
	entry->rows = rows.items;
	entry->row_count = rows.count;
}

/*
 * What cannot be read is said by showing its lines: a file that is named by mistake, or on purpose, must not
 * be git's configuration or the credentials that a pipeline left beside the customers.
 */
static bool may_be_list(const char *path)
{
	static const char *const endings[] = {".csv", ".tsv", ".txt"};
	for (const char *part = path; *part; part += *part == '/') {
		if (strncasecmp(part, ".git", 4) == 0 && (part[4] == '/' || !part[4]))
			return false;
		part += strcspn(part, "/");
	}
	size_t len = strlen(path);
	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (len > 4 && strcasecmp(path + len - 4, endings[i]) == 0)
			return true;
	return false;
}

/*
 * `dir`/`name` with "." and ".." resolved; NULL when it is absolute or leaves the repository, where a
 * path could mean another file on each machine.
 */
static const char *resolve(struct arena *out, const char *dir, const char *name)
{
	struct str_list parts = {0};
	const char *const paths[] = {dir, name};
	if (name[0] == '/')
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		for (const char *p = paths[i]; *p;) {
			size_t len = strcspn(p, "/");
			const char *part = arena_strndup(out, p, len);
			if (str_eq(part, "..") && !parts.count)
				return NULL;
			if (str_eq(part, ".."))
				parts.count--;
			else if (*part && !str_eq(part, "."))
				VEC_PUSH(out, &parts, part); /* NOLINT(clang-analyzer-core*) */
			p += len + (p[len] == '/');
		}
	}
	return parts.count ? str_list_join(out, &parts, "/") : NULL;
}

static bool read_text(struct field_reader *reader, const struct node *node, const char *name,
		      const char **ret_shown, struct bytes *ret)
{
	const struct customer_context *context = reader->ctx;
	const char *path = resolve(reader->out, context->repository_dir, name);
	if (!path) {
		field_error(reader, SS115, node, "'%s' is not inside the repository", name)->help =
			"Give the path relative to this file.";
		return false;
	}
	if (!may_be_list(path)) {
		field_error(reader, SS115, node, "'%s' is not called as a list of users is", name)->help =
			"Its name ends in .csv (or .tsv, .txt), and it is not git's own.";
		return false;
	}
	*ret_shown = arena_printf(reader->out, "%s%s", context->shown_prefix, path);
	struct error err = ERROR_INIT;
	if (!context->files) {
		field_error(reader, SS115, node, "'%s' cannot be read here", name);
		return false;
	}
	if (!context->files->read(context->files->ctx, path, reader->out, ret, &err)) {
		field_error(reader, SS115, node, "%s", err.message)->help =
			"The path is relative to this file.";
		error_release(&err);
		return false;
	}
	if (memchr(ret->ptr, '\0', ret->len) || !str_is_utf8(ret->ptr, ret->len)) {
		field_error(reader, SS115, node, "'%s' is not UTF-8 text", name)->help =
			"Save it as CSV in UTF-8 encoding.";
		return false;
	}
	return true;
}

void users_csv_read(struct field_reader *reader, const struct node *node, struct user_entry *entry)
{
	const char *shown;
	struct bytes text;
	if (!read_text(reader, node, entry->csv, &shown, &text))
		return;
	size_t skip = str_starts(text.ptr, "\xef\xbb\xbf") ? 3 : 0;
	struct csv csv = {.reader = reader,
			  .file = shown,
			  .at = text.ptr + skip,
			  .end = text.ptr + text.len,
			  .line = 1,
			  .line_start = text.ptr + skip};
	read_table(&csv, node, entry);
	struct field_reader whole = {.file = shown, .out = reader->out, .diags = reader->diags};
	refuse_kept_secrets(&whole, reader->diags->count, text.ptr, text.len, NULL);
}
