/*
 * What a twin knows: tenants with their SKUs, subscriptions, users and groups.
 *
 * Everything lives in the twin's arena until the twin ends. What can be written is kept as a chain of
 * versions, newest first, so that a lagging replica can be imitated: a write works on the newest
 * version, a read sees the newest one that is older than the lag. Times are the twin's own
 * milliseconds (twin_now), which POST /twin/advance moves forward.
 */
#ifndef PROVIDERS_TWIN_MODEL_H
#define PROVIDERS_TWIN_MODEL_H

#include "core/clock.h"
#include "core/json.h"
#include "core/random.h"
#include "core/signing.h"
#include "core/str.h"
#include "core/vec.h"

#include <stdbool.h>
#include <stdint.h>

#define TWIN_BEFORE_ALL INT64_MIN /* written_ms of what the file says */

struct twin_plan {
	const char *id; /* lower case */
	const char *name;
	bool for_company; /* appliesTo Company: it cannot be switched for one user */
};

struct twin_count {
	const struct twin_count *prev;
	int64_t written_ms;
	int64_t value;
};

struct twin_sku {
	const char *id; /* lower case */
	const char *part_number;
	const char *applies_to; /* "User" or "Company" */
	const struct twin_plan *plans;
	size_t plan_count;
	struct str_list not_sold_in;
	struct str_list off_together;	   /* pairs of plan ids: the second is off whenever the first is */
	const struct twin_count *consumed; /* users that hold it, from whatever source */
};
VEC(twin_sku_list, struct twin_sku *);

struct twin_subscription_version {
	const struct twin_subscription_version *prev;
	int64_t written_ms;
	const char *status; /* "Enabled" ... "Deleted" */
	int64_t seats;
	int64_t next_ms; /* wall clock of the next stage; -1 for none */
	bool listed;
};

struct twin_subscription {
	const char *id;
	const char *commerce_id;
	const char *owner_tenant; /* or NULL */
	struct twin_sku *sku;
	int64_t created_ms; /* wall clock */
	bool is_trial;
	const struct twin_subscription_version *now;
};
VEC(twin_subscription_list, struct twin_subscription *);

struct twin_group;
struct twin_assignment {
	struct twin_sku *sku;
	const struct twin_group *group; /* NULL: direct */
	struct str_list disabled;	/* plan ids, lower case */
	const char *state;		/* "Active", "Error" ... */
	const char *error;		/* "None" ... */
	int64_t updated_ms;		/* wall clock */
	int64_t given_ms;		/* 0: before all */
};
VEC(twin_assignment_list, struct twin_assignment);

struct twin_user_version {
	const struct twin_user_version *prev;
	int64_t written_ms;
	const char *upn;
	const char *display_name;
	const char *usage_location; /* or NULL */
	int64_t deleted_ms;	    /* wall clock; -1 while alive */
	bool enabled;
	bool exists;
	struct twin_assignment_list assignments;
};

struct twin_user {
	const char *id;
	const char *mail;
	struct str_list proxies;	/* as Graph has them: "SMTP:main@...", "smtp:other@..." */
	struct str_list service_states; /* pairs: a service plan's name, and the state that it stays in */
	int64_t created_ms;
	bool is_guest;
	bool is_synced;
	const struct twin_user_version *now;
	int64_t busy_until_ms; /* a write is in flight until then */
	int64_t assign_attempts;
	int64_t assign_successes;
};
VEC(twin_user_list, struct twin_user *);

struct twin_group_license {
	struct twin_sku *sku;
	struct str_list disabled;
};
VEC(twin_group_license_list, struct twin_group_license);
VEC(twin_group_list, struct twin_group *);

/* A member that is neither a person nor a group. It gets no licence. */
enum twin_object_kind { TWIN_DEVICE, TWIN_CONTACT, TWIN_SERVICE_PRINCIPAL, TWIN_OBJECT_KIND_COUNT };
struct twin_object {
	enum twin_object_kind kind;
	const char *id;
	const char *name;
};
VEC(twin_object_list, const struct twin_object *);

struct twin_group_version {
	const struct twin_group_version *prev;
	int64_t written_ms;
	struct twin_group_license_list licenses;
	struct twin_user_list members;	  /* first level */
	struct twin_group_list subgroups; /* nested groups; licences do not reach their members */
	struct twin_object_list objects;
	const char *processing_state;
};

struct twin_group {
	const char *id;
	const char *name;
	const char *mail; /* or NULL */
	bool is_synced;
	const char *rule; /* that decides who is a member; NULL: people do */
	bool rule_is_paused;
	bool is_role_assignable;
	const struct twin_group_version *now;
};

/* Whose assertions a client accepts in place of its own. */
struct twin_federated {
	const char *issuer, *subject, *audience;
	const char *key; /* PEM: a certificate or public key; NULL: the twin's own, as an issuer */
};
VEC(twin_federated_list, struct twin_federated);

/* How every sign-in of a client is refused; an AADSTS number of 0: it is not. */
struct twin_refusal {
	int64_t number, status, times; /* `times`: so many sign-ins are refused, then no more; 0: all */
	const char *error;	       /* "invalid_grant" ... */
	const char *claims;	       /* or NULL */
	const char *body;	       /* answered instead of the JSON, as a page; or NULL */
	int64_t retry_after_s;	       /* -1: no header */
};

struct twin_client {
	const char *id;
	const char *certificate; /* PEM, or NULL */
	struct twin_federated_list federated;
	struct twin_refusal *refusal; /* or NULL */
	const char *secret;	      /* NULL: none */
	struct str_list roles;
	bool secret_expired;
	bool disabled;
	bool is_public;
	bool has_principal; /* a service principal exists: else a token has no oid, and Graph refuses it */
};
VEC(twin_client_list, struct twin_client);

struct twin_domain {
	const char *name;
	bool is_initial;
	bool is_default;
	bool is_verified;
};
VEC(twin_domain_list, struct twin_domain);

struct twin_contract {
	const char *id;
	const char *customer;
	const char *name;
	const char *domain;
	const char *type;
};
VEC(twin_contract_list, struct twin_contract);

struct twin_gdap {
	const char *id;
	const char *customer;
	const char *customer_name;
	const char *name;
	const char *status;
	const char *activated;
	const char *ends;
	const char *duration;
	struct str_list roles;
};
VEC(twin_gdap_list, struct twin_gdap);

struct twin_bucket { /* spent by one app in one tenant */
	const char *client_id;
	int64_t units_at_ms, writes_at_ms;
	double units, writes;
};
VEC(twin_bucket_list, struct twin_bucket);

struct twin_tenant {
	const char *id;
	const char *name;
	const char *country;
	const char *default_usage_location;
	const char *tenant_type;
	const char *partner_type; /* or NULL */
	bool is_synced;
	struct twin_domain_list domains; /* the initial one first */
	struct twin_client_list clients;
	struct twin_sku_list skus;
	struct twin_subscription_list subscriptions;
	struct twin_user_list users;
	struct twin_group_list groups;
	struct twin_contract_list contracts;
	struct twin_gdap_list gdap;
	struct twin_bucket_list buckets;
	const char *challenge; /* claims that tokens have to be asked for with, canonical JSON; or NULL */
	/* Open addressing over lower-case UPNs and ids; a renamed user is in it under both names. */
	struct twin_user **index;
	uint32_t *index_hashes;
	size_t index_cap, index_count;
};
VEC(twin_tenant_list, struct twin_tenant *);

struct twin_settings {
	int64_t latency_ms, jitter_ms, replica_lag_ms, listing_lag_ms, page_size, page_token_ms,
		token_lifetime_s;
	int64_t group_processing_ms;
	int64_t service_setup_ms; /* until a new licence's services are ready */
	bool throttle;
	int64_t resource_units, window_ms, writes, writes_window_ms;
};

/* A rule between service plans, by lower-case plan id. */
struct twin_rule {
	bool is_exclusive; /* else `plan` needs one of `others` */
	const char *plan;
	struct str_list others; /* when exclusive: of which only one may be on */
};
VEC(twin_rule_list, struct twin_rule);

struct twin_token {
	const char *text;
	struct twin_tenant *tenant;
	const char *client_id;
	struct str_list roles; /* application permissions, or the scopes of a signed-in person */
	const char *person_id; /* who signed in; NULL: the application itself */
	int64_t expires_ms;
	bool has_principal;
	bool answers_challenge;
};
VEC(twin_token_list, struct twin_token);

/* Something that will happen: a delayed redemption, the end of group processing. */
struct twin;
struct twin_event {
	int64_t due_ms;
	void (*happen)(struct twin *twin, void *what);
	void *what;
};
VEC(twin_event_list, struct twin_event);

/* Where identity comes from, beside the sign-in service (identity.h). */
enum twin_identity_kind { IDENTITY_MACHINE, IDENTITY_APP, IDENTITY_GITHUB, IDENTITY_AZURE_DEVOPS };
struct twin_identity {
	enum twin_identity_kind kind;
	const char *secret;	    /* the header or bearer token that has to be shown; NULL: none */
	struct twin_tenant *tenant; /* of a managed identity, which signs in as `client_id` */
	const char *client_id, *object_id, *resource_id;
	bool is_system;
	const char *issuer, *subject, *audience, *service_connection; /* of a pipeline */
};
VEC(twin_identity_list, struct twin_identity);

struct twin_fault;
VEC(twin_fault_list, struct twin_fault *);

struct twin_counter {
	const char *method;
	const char *pattern;
	int64_t count;
};
VEC(twin_counter_list, struct twin_counter);

struct twin_log_part {
	const char *id, *method, *path;
	int status;
};
VEC(twin_log_part_list, struct twin_log_part);

struct twin_log_entry {
	int64_t at_ms;
	const char *method, *path, *tenant, *client_request_id, *fault;
	int status;
	struct twin_log_part_list parts;
};
VEC(twin_log, struct twin_log_entry);

struct twin_device_login {
	const char *device_code, *user_code, *client_id, *scope, *user;
	const char *refresh_token;     /* the newest; NULL before the sign-in, or when none was asked for */
	struct twin_tenant *authority; /* NULL: organizations */
	struct twin_tenant *tenant;    /* where the person signed in; NULL while nobody has */
	int64_t expires_ms, last_poll_ms;
	bool declined, used;
};
VEC(twin_device_login_list, struct twin_device_login);

/* Where all of its tenants are at home. */
struct twin_cloud {
	const char *name;
	const char *graph; /* Graph's address, which tokens are asked for */
	const char *graph_host, *instance;
};

struct twin {
	struct arena *arena;
	const struct clock *clock;
	const struct random *random;
	int64_t offset_ms; /* how far POST /twin/advance has moved the twin's time */
	uint64_t page_key; /* signs page tokens */
	struct twin_settings settings;
	struct twin_tenant_list tenants;
	struct twin_rule_list rules;
	struct twin_token_list tokens;
	struct twin_event_list events;
	struct twin_fault_list faults;
	struct twin_counter_list counters;
	struct twin_log log;
	struct twin_device_login_list device_logins;
	struct twin_identity_list identities;
	const struct twin_cloud *cloud;
	struct signer *issuer_key;     /* of every issuer it plays; or NULL */
	struct str_list assertion_ids; /* of assertions that were accepted: each is good for one use */
	int64_t assertions_issued;
	int64_t requests, parts, writes, throttled, log_dropped, tokens_issued, in_flight, peak_in_flight;
};

int64_t twin_now(const struct twin *twin);  /* monotonic, plus what was advanced */
int64_t twin_wall(const struct twin *twin); /* since 1970, plus what was advanced */

/* The newest version that a reader whose replica lags so far sees at `at_ms`. */
#define TWIN_SEEN(type, newest, lag_ms, at_ms)                                                               \
	__extension__({                                                                                      \
		const struct type *seen_ = (newest);                                                         \
		while (seen_->prev && seen_->written_ms > (at_ms) - (lag_ms) && (lag_ms) > 0)                \
			seen_ = seen_->prev;                                                                 \
		seen_;                                                                                       \
	})

const char *twin_derive_id(struct twin *twin, const char *scope, const char *name); /* a GUID */
const char *twin_new_id(struct twin *twin);
struct twin_tenant *twin_find_tenant(struct twin *twin, const char *id_or_domain);
struct twin_sku *twin_find_sku(const struct twin_tenant *tenant, const char *id_or_part);
/* Finds it, or adds it from the catalogue; NULL when the catalogue has no such SKU. */
struct twin_sku *twin_ensure_sku(struct twin *twin, struct twin_tenant *tenant, const char *id_or_part);
/* "User" or "Company". */
const char *twin_plan_applies_to(const struct twin_sku *sku, const struct twin_plan *plan);
const struct twin_plan *twin_find_plan(const struct twin_sku *sku, const char *id_or_name);
struct twin_subscription *twin_find_subscription(const struct twin_tenant *tenant, const char *id);
struct twin_group *twin_find_group(const struct twin_tenant *tenant, const char *id_or_name);
const struct twin_client *twin_find_client(const struct twin_tenant *tenant, const char *id);

/* Adds the user to the index under `key` (a UPN or an id). */
void twin_index_user(struct twin *twin, struct twin_tenant *tenant, const char *key, struct twin_user *user);
/* By id or UPN, as a reader sees it now; a soft-deleted user is not found. */
struct twin_user *twin_find_user(struct twin *twin, struct twin_tenant *tenant, const char *id_or_upn);
/* The same as the newest writes have it: for control calls and for refusing what is being written. */
struct twin_user *twin_find_user_now(struct twin_tenant *tenant, const char *id_or_upn);

/* A copy of the newest version to change, put in place by the commit. */
struct twin_user_version *twin_user_edit(struct twin *twin, const struct twin_user *user);
void twin_user_commit(struct twin *twin, struct twin_user *user, struct twin_user_version *edit);
struct twin_group_version *twin_group_edit(struct twin *twin, const struct twin_group *group);
void twin_group_commit(struct twin *twin, struct twin_group *group, struct twin_group_version *edit);
struct twin_subscription_version *twin_subscription_edit(struct twin *twin,
							 const struct twin_subscription *subscription);
void twin_subscription_commit(struct twin *twin, struct twin_subscription *subscription,
			      struct twin_subscription_version *edit);

const struct twin_user_version *twin_user_seen(const struct twin *twin, const struct twin_user *user);
/* In a list of users, which may lag further. */
const struct twin_user_version *twin_user_listed(const struct twin *twin, const struct twin_user *user);
const struct twin_group_version *twin_group_seen(const struct twin *twin, const struct twin_group *group);
const struct twin_subscription_version *twin_subscription_seen(const struct twin *twin,
							       const struct twin_subscription *s);
int64_t twin_consumed_seen(const struct twin *twin, const struct twin_sku *sku);

/* Whether the user holds the SKU, by any source that works. */
bool twin_holds(const struct twin_user_version *version, const struct twin_sku *sku);
/* Seats by status word, over the subscriptions of a SKU. `newest`: what writes are checked against. */
int64_t twin_seats(const struct twin *twin, const struct twin_tenant *tenant, const struct twin_sku *sku,
		   const char *status, bool newest);

void twin_schedule(struct twin *twin, int64_t delay_ms, void (*happen)(struct twin *, void *), void *what);
void twin_run_due(struct twin *twin); /* events whose time has come, and stages of subscriptions */

#endif
