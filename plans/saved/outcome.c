/* The outcomes of an action, by name. */
#include "plans/saved/journal.h"

static const char *const outcome_names[] = {
	[OUTCOME_VERIFIED] = "verified", [OUTCOME_ALREADY] = "already", [OUTCOME_ATTESTED] = "attested",
	[OUTCOME_FAILED] = "failed",	 [OUTCOME_STALE] = "stale",	[OUTCOME_UNKNOWN] = "unknown",
	[OUTCOME_WAITING] = "waiting",	 [OUTCOME_BLOCKED] = "blocked",
};
_Static_assert(ARRAY_LEN(outcome_names) == OUTCOME_COUNT, "one row per outcome");

const char *outcome_name(enum outcome outcome)
{
	return outcome_names[outcome];
}

bool outcome_parse(const char *name, enum outcome *ret_outcome)
{
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		if (str_eq(outcome_names[i], name)) {
			*ret_outcome = (enum outcome)i;
			return true;
		}
	}
	return false;
}
