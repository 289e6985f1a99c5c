/*
 * An approval as text: what a person signs.
 *
 * The text names all that it is good for: the purpose, the plan by its whole digest, the customer, the
 * tenant, who approves, when, and until when. So a signature over it can be used for nothing else. It
 * has one form only: the same lines in the same order, and reading is by writing again and comparing.
 *
 *   seatshift-approval/1
 *   purpose: apply this plan
 *   digest: sha256:…
 *   customer: contoso
 *   tenant-id: …
 *   tenant-domain: contoso.onmicrosoft.com
 *   approver: adele.vance@example.com
 *   approved-at: 2026-11-05T09:30:00.000Z
 *   expires-at: 2026-11-08T09:30:00.000Z
 *
 * Beside NAME.txt stands NAME.txt.sig, an OpenSSH signature of its bytes in the namespace
 * `seatshift-approval`. Whether an approval counts: plans/approvals/approvals.h.
 */
#ifndef PLANS_APPROVAL_H
#define PLANS_APPROVAL_H

#include "core/error.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdint.h>

#define APPROVAL_NAMESPACE "seatshift-approval"

struct approval {
	bool of_fleet; /* over a fleet's list of plans: the purpose says so, and no one customer and tenant */
	const char *digest;
	const char *customer;
	const char *tenant_id;
	const char *tenant_domain;
	const char *approver;
	int64_t approved_ms;
	int64_t expires_ms;
};

void approval_encode(const struct approval *approval, struct strbuf *out);
/* ERR_INVALID when it is not byte for byte what approval_encode writes. */
NODISCARD bool approval_decode(const char *text, size_t len, struct arena *out, struct approval *ret_approval,
			       struct error *err);

/* One word that ssh-keygen takes as a principal and that is no pattern: no blank, comma, quote, * ? !. */
bool approver_is_valid(const char *approver);
/* A file's name for the approver, without an ending: always one safe path segment, the same in any case. */
const char *approver_file_name(const char *approver, struct arena *out);

#endif
