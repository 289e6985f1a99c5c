/* The field tables of the customer file and the repository file. For plans/desired*.c and
 * plans/desired/policy.c only. */
#ifndef PLANS_DESIRED_FIELDS_H
#define PLANS_DESIRED_FIELDS_H

#include "core/fields_schema.h"
#include "core/fields_yaml.h"
#include "plans/desired/desired.h"

enum { FILE_VERSION = 1, CANARY_MAX = 100 };

extern const struct field customer_fields[];  /* of struct desired */
extern const struct field policy_fields[];    /* of struct policy */
extern const struct field limit_fields[];     /* of struct limits */
extern const struct field fleet_fields[];     /* of struct fleet_file */
extern const struct field entry_fields[];     /* of struct user_entry */
extern const struct field key_fields[];	      /* of where a key is */
extern const struct field_file field_files[]; /* all that people write */

/* How the file writes enum unlisted; ends with NULL. */
extern const char *const unlisted_words[];

/* What the customer file's own readers need beside the node; `ctx` of the field_reader. */
struct customer_context {
	const struct file_reader *files; /* or NULL: CSV files cannot be read */
	const char *shown_prefix;	 /* what the person's path has before the repository's */
	const char *repository_dir;	 /* of the customer file, relative to the repository */
};

/* FIELD_CUSTOM readers that both tables use. */
void field_read_version(struct field_reader *reader, const struct node *node, const struct field *field,
			void *target);
void field_read_upns(struct field_reader *reader, const struct node *node, const struct field *field,
		     void *target);
void field_read_country(struct field_reader *reader, const struct node *node, const struct field *field,
			void *target);
void field_read_limit(struct field_reader *reader, const struct node *node, const struct field *field,
		      void *target);
void field_read_duration(struct field_reader *reader, const struct node *node, const struct field *field,
			 void *target);
void field_read_labels(struct field_reader *reader, const struct node *node, const struct field *field,
		       void *target);
void field_schema_limit(const struct field *field, struct json_writer *w);
void field_schema_labels(const struct field *field, struct json_writer *w);
void field_schema_version(const struct field *field, struct json_writer *w);
/* The first row of each file's table. */
#define FIELD_FILE_VERSION                                                                                   \
	{                                                                                                    \
		.name = "version", .type = FIELD_CUSTOM, .flags = FIELD_REQUIRED,                            \
		.read = field_read_version, .schema = field_schema_version,                                  \
		.summary = "The form of this file: 1."                                                       \
	}
void field_schema_upns(const struct field *field, struct json_writer *w);
void field_schema_country(const struct field *field, struct json_writer *w);

/* plans/desired/users_fields.c: the list of users. */
void field_read_users(struct field_reader *reader, const struct node *node, const struct field *field,
		      void *target);
void field_schema_users(const struct field *field, struct json_writer *w);
/* plans/desired/key_fields.c: where the product key is to be found. */
void field_read_key(struct field_reader *reader, const struct node *node, const struct field *field,
		    void *target);
void field_schema_key(const struct field *field, struct json_writer *w);

/*
 * plans/desired/kept_secrets.c: an error (SS112) for each line of reader->file with a product key or another
 * secret in it, comments included. Not again for what the diagnostics from `first` on say already. `root` may
 * be NULL.
 */
void refuse_kept_secrets(struct field_reader *reader, size_t first, const char *text, size_t len,
			 const struct node *root);

/* doc_parse for such a file: where it is no document, what stands in it is refused all the same. */
bool kept_document(struct field_reader *reader, struct bytes text, size_t first,
		   const struct node **ret_root);

/* NULL when well-formed, else what is wrong with it. */
const char *upn_fault(struct arena *out, const char *upn);
/* What to write instead, as a sentence of help. */
const char *upn_help(struct arena *out, const char *text);
/* NULL when it is a country's code (core/country.h), else a sentence of help. */
const char *country_fault(struct arena *out, const char *code);

/* plans/desired/users_csv.c: the rows of entry->csv into entry->rows. */
void users_csv_read(struct field_reader *reader, const struct node *node, struct user_entry *entry);

/* plans/desired/desired_digest.c. Sorting makes order in the file mean nothing to plan and digest. */
void desired_sort(struct desired *desired, struct arena *out);
void desired_digest(struct desired *desired);
void limits_write(struct json_writer *w, const struct limits *limits); /* as an object */

/* The diagnostics from `first` on in the order of their places. */
void diags_sort_from(struct diag_list *diags, size_t first);
bool diags_errors_from(const struct diag_list *diags, size_t first);

#endif
