/* Checks of what seatshift needs: a list of findings, in the order in which they were made. */
#ifndef CMD_DOCTOR_H
#define CMD_DOCTOR_H

#include "cmd/session/session.h"

enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_FAIL };

struct finding {
	const char *check; /* "sign-in" */
	enum verdict verdict;
	const char *detail;   /* one line */
	const char *remedy;   /* a full sentence; NULL when there is nothing to do */
	enum error_code code; /* of a failure */
};
VEC(finding_list, struct finding);

struct doctor {
	struct app *app;
	struct session *session;
	const char *customer; /* or NULL */
	struct finding_list findings;
	struct graph_options options;
};

void doctor_add(struct doctor *d, struct finding finding);
/* The error, which is released, as a failure of `check`; `remedy` where it has no hint of its own.
 */
void doctor_add_error(struct doctor *d, const char *check, struct error *err, const char *remedy);

/* doctor_tenant.c: cloud, clock, discovery, sign-in, permissions, partner. */
void doctor_check_cloud(struct doctor *d);
void doctor_check_tenant(struct doctor *d);

/* doctor_signers.c: whether anybody may approve, where somebody has to. */
void doctor_check_signers(struct doctor *d);

#endif
