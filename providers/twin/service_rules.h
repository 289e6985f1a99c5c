/*
 * What the imitated service refuses of a set of service plans, where the twin's file does not say otherwise.
 *
 * Written from Microsoft's documentation for the twin alone, by plan id as the service speaks of them. It
 * must never be made of what the planner believes (core/service_rules.h): a fault that both share, no test
 * can see. tests/unit/test_service_rules.c compares the two.
 */
#ifndef PROVIDERS_TWIN_SERVICE_RULES_H
#define PROVIDERS_TWIN_SERVICE_RULES_H

#include <stddef.h>

enum { TWIN_RULE_MAX = 14 };

/* Without `plan`: of `plans` only one at a time. With it: `plan` needs one of `plans`. Lower-case ids. */
struct twin_service_rule {
	const char *plan;
	const char *plans[TWIN_RULE_MAX];
};

const struct twin_service_rule *twin_service_rule_at(size_t index); /* NULL past the end */

#endif
