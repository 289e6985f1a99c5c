/*
 * Which service plans exclude or need one another, as the planner believes it: each row with its source.
 *
 * What Microsoft's pages say of it changes, and they do not always agree. Where they do not, the row is
 * disputed: it warns, since only the service itself decides. The twin has rules of its own
 * (providers/twin/service_rules.c) and must never load these.
 */
#ifndef CORE_SERVICE_RULES_H
#define CORE_SERVICE_RULES_H

#include <stdbool.h>
#include <stddef.h>

enum { SERVICE_RULE_MAX = 12 };

/* Of `names` a user can have only one enabled, and each of them with none of `others`. Plan names. */
struct service_exclusion {
	const char *names[SERVICE_RULE_MAX];
	const char *others[SERVICE_RULE_MAX];
	bool disputed;
	const char *source;
	const char *as_of; /* YYYY-MM-DD: the source's own date, else the day on which it was read */
};

/* A service plan that needs one of some others enabled on the same user. */
struct service_dependency {
	const char *name;
	const char *any_of[SERVICE_RULE_MAX];
	const char *source;
	const char *as_of;
};

/* NULL past the end; both tables have at most 64 rows. */
const struct service_exclusion *service_exclusion_at(size_t index);
const struct service_dependency *service_dependency_at(size_t index);

bool service_rule_names(const char *const names[SERVICE_RULE_MAX], const char *plan);

#endif
