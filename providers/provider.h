/*
 * What every provider of live state implements: Graph over HTTP, a saved snapshot, ...  No code.
 *
 * Planning needs live data (core/tenant.h), never a provider; only reading, applying and the probes
 * of hand steps do. A provider is bound to one tenant id for its whole life: every function proves or
 * relies on that binding, and none can be pointed elsewhere.
 */
#ifndef PROVIDERS_PROVIDER_H
#define PROVIDERS_PROVIDER_H

#include "core/action.h"
#include "core/error.h"
#include "core/tenant.h"

#include <stdbool.h>

/* What to read. Everything named is read completely, or the read fails. */
struct read_scope {
	struct str_list upns;	  /* users by name; those not there become absent_users */
	struct str_list user_ids; /* users by id; those not there are simply missing from live.users */
	struct str_list
		holders_of;	/* SKU ids or part numbers: all their holders, direct and through groups */
	int64_t unread_holders; /* so many that a SKU's own count has more are accepted */
	/*
	 * SKU ids that many of user_ids may hold: a hint. Listing the holders may be cheaper than asking
	 * for each user, and is then done; which users are read does not depend on it.
	 */
	struct str_list likely_holders_of;
	const struct sku_list *skus_before; /* as they were some time ago, or NULL: how long lists may be */
	struct str_list groups;		    /* groups by id or exact display name, with their members */
	/* Also every group that hands one of holders_of out, or through which a user read holds it. */
	bool groups_of_holders;
	bool members_as_users;	    /* the members of those groups are users concerned: read them too */
	bool services;		    /* also how far services are with each user (user.services) */
	struct str_list details_of; /* user ids: also the state of each service plan (live.plan_states) */
	bool only_tenant;	    /* organisation, SKUs and subscriptions, no users */
	bool prove;		    /* whose tenant it is is asked again, however fresh the proof */
	bool partner;		    /* also the partner's relation with this tenant */
	bool count_users;	    /* also how many users there are in all, for whoever reads it */
};

/* A name that is no UPN, and the UPN of whoever has it as an address; NULL: nobody has. */
struct name_owner {
	const char *name, *upn;
};
VEC(name_owner_list, struct name_owner);

enum outcome {
	OUTCOME_VERIFIED, /* done, and read back */
	OUTCOME_ALREADY,  /* it was as it should become before anything was sent */
	OUTCOME_ATTESTED, /* a person says so; Graph cannot show it */
	OUTCOME_FAILED,	  /* refused by the service; the detail says why */
	OUTCOME_STALE,	  /* neither as expected nor as it should become: not touched */
	OUTCOME_UNKNOWN,  /* sent, and neither seen nor refused before the deadline */
	OUTCOME_WAITING,  /* a person has to act */
	OUTCOME_BLOCKED,  /* something it comes after did not end well */
	OUTCOME_COUNT
};

/*
 * How execute reports what it does, while it does it. All are called on the caller's thread.
 */
struct execute_hooks {
	/*
	 * About to send one request that writes these actions. It is sent only when this returns true;
	 * false (with err set) stops everything. The journal is on disk when it returns; or, where there is
	 * `flush`, when that has returned true: several requests are announced, then it is called once, then
	 * each is sent when it is its turn. One whose turn has not come when everything stops is not sent.
	 */
	bool (*announce)(void *ctx, const struct action *const *actions, size_t count, struct error *err);
	bool (*flush)(void *ctx, struct error *err); /* may be NULL */
	/* One action has ended. `detail` is one line, or NULL. false stops everything. */
	bool (*ended)(void *ctx, const struct action *action, enum outcome outcome, const char *detail,
		      struct error *err);
	/*
	 * Whether an earlier run announced this action and left it without an end: it may have been
	 * sent, and may show only later. It is sent again only after two looks that agree, seconds
	 * apart, that it was not carried out. May be NULL: none was.
	 */
	bool (*was_announced)(void *ctx, const struct action *action);
	/* Whether this plan has ever sent the action, ended or not. May be NULL: it has not. */
	bool (*was_written)(void *ctx, const struct action *action);
	/*
	 * The service keeps these service plans of the new licence off, which were not to be. Why nobody may
	 * be left like that, as one line in `out`, and the action has failed; NULL, or no such hook: it is
	 * done, and its detail says what is kept.
	 */
	const char *(*lost)(void *ctx, const struct action *action, const struct str_list *off,
			    struct arena *out);
	/* Asked between requests: true finishes what is in flight and starts nothing more. */
	bool (*should_stop)(void *ctx);
	/* SKU ids that many of the users concerned may hold: a hint, as in a read. May be NULL. */
	const struct str_list *likely_holders_of;
	/* For a person: what is going on; may be NULL. */
	void (*progress)(void *ctx, const char *phase, size_t written, size_t verified, size_t total,
			 int64_t waiting_ms);
	void *ctx;
};

struct provider_stats {
	int64_t requests;	/* HTTP requests sent, sign-in included */
	int64_t writes;		/* parts that change something */
	int64_t resource_units; /* by the published costs */
	int64_t throttled;	/* 429 answers, parts included */
};

/* What came of asking the service to process people's licences of groups again. */
struct reprocessed {
	size_t asked;	     /* of whom it took the request */
	bool is_forbidden;   /* the sign-in may not ask for it */
	const char *refusal; /* the first other one, in words; or NULL */
};

struct provider;
struct provider_ops {
	const char *name;

	/*
	 * Required. Proves whose tenant this is: signs in, compares the token's `tid`, reads the
	 * organisation. ERR_WRONG_TENANT when the id differs, and then nothing else may be asked.
	 * Reads only. May be called again.
	 */
	bool (*identify)(struct provider *p, struct arena *out, struct organization *ret, struct error *err);

	/*
	 * Required. Reads what `scope` names, completely: ERR_INCOMPLETE otherwise. Never writes. The
	 * result is sorted (live_sort). May be called again, and answers from the tenant each time.
	 */
	bool (*read)(struct provider *p, const struct read_scope *scope, struct arena *out, struct live *ret,
		     struct error *err);

	/*
	 * Optional. Names that exist and are near to `upns` and `groups`, which do not: for messages after a
	 * refusal, never for a decision. A few requests; what cannot be had is left out. Never writes.
	 */
	void (*suggest)(struct provider *p, const struct str_list *upns, const struct str_list *groups,
			struct arena *out, struct live *live);

	/*
	 * Optional. Whose names these are, each once: only what was found out, and nothing where a name is a
	 * UPN. One batch for every six of them. Never writes.
	 */
	bool (*whose)(struct provider *p, const struct str_list *names, struct arena *out,
		      struct name_owner_list *ret, struct error *err);

	/*
	 * Optional (NULL: read-only provider). Carries out independent user and group actions: reads
	 * each subject, compares (action_compare_*), announces, writes, reads back until it is as the
	 * result says or `verify_ms` has passed, and reports one outcome per action through the hooks.
	 * Returns false only when it had to stop altogether: a hook said so, the sign-in failed, the
	 * deadline passed while throttled (ERR_THROTTLED), should_stop (ERR_INTERRUPTED). Actions with
	 * no outcome by then were either not begun or announced and not ended. Nothing is sent twice
	 * without a look at live state in between.
	 */
	bool (*execute)(struct provider *p, const struct action *const *actions, size_t count,
			const struct execute_hooks *hooks, struct error *err);

	/*
	 * Optional, both or neither. The service does not try again by itself to give a member the licence
	 * that it refused once: it has to be asked, for each of them. The first says whether the sign-in may
	 * do that, as far as its token tells. The second asks, once, for people whom `action` concerns; what
	 * came of it shows in a later read. False only where it had to stop, as execute does.
	 */
	bool (*may_reprocess)(const struct provider *p);
	bool (*reprocess)(struct provider *p, const struct action *action, const struct str_list *user_ids,
			  struct arena *out, struct reprocessed *ret, struct error *err);

	/* Required. Counters since the provider was made. */
	struct provider_stats (*stats)(const struct provider *p);

	/* Required. */
	void (*free)(struct provider *p);
};

struct provider {
	const struct provider_ops *ops; /* implementations embed this as their first member */
};

#endif
