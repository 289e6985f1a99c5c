/*
 * What an application must be permitted for each kind of work, by Graph's names and in the words of
 * the admin centre, after Graph's permissions reference.
 */
#ifndef PROVIDERS_GRAPH_PERMISSIONS_H
#define PROVIDERS_GRAPH_PERMISSIONS_H

#include "core/str.h"

enum permission {
	NEED_ORGANIZATION = 1 << 0,  /* organisation, subscriptions, SKUs */
	NEED_USERS = 1 << 1,	     /* users with their licences */
	NEED_GROUPS = 1 << 2,	     /* groups and their members */
	NEED_LICENSING = 1 << 3,     /* assigning licences */
	NEED_USERS_WRITE = 1 << 4,   /* usage locations */
	NEED_CONTRACTS = 1 << 5,     /* a partner's contracts */
	NEED_RELATIONSHIPS = 1 << 6, /* a partner's GDAP relationships */
	NEED_ALL_COUNT = 7
};
enum { NEEDS_READ = NEED_ORGANIZATION | NEED_USERS };

struct permission_info {
	const char *name;  /* "User.Read.All" */
	const char *words; /* as the admin centre shows it: "Read all users' full profiles" */
	const char *use;   /* what seatshift needs it for */
	const char *also;  /* others that include it: "A|B" */
};

/* The bits of `needs` that `granted` does not cover. */
unsigned permissions_missing(unsigned needs, const struct str_list *granted);
/* "User.Read.All (\"Read all users' full profiles\") and …" */
const char *permissions_text(struct arena *out, unsigned needs);

#endif
