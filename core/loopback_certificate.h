/*
 * A certificate for this machine's own address, and the authority that signed it: for who only plays a
 * service. Made anew each time; the authority's key is kept by nobody.
 */
#ifndef CORE_LOOPBACK_CERTIFICATE_H
#define CORE_LOOPBACK_CERTIFICATE_H

#include "core/error.h"
#include "core/mem.h"

/* All PEM. Good for localhost, 127.0.0.1 and ::1, for 30 days from now. */
struct loopback_certificate {
	char *authority, *certificate, *key;
};
NODISCARD bool loopback_certificate_make(struct arena *out, struct loopback_certificate *ret,
					 struct error *err);

#endif
