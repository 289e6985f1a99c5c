/*
 * The HTTP transport: libcurl, and its only user. Many transfers at once over one multi handle.
 *
 * Connections are reused, HTTP/2 is used where a server offers it over TLS. Certificates are always
 * checked and there is no way to switch that off. https only, but for plain http to loopback; no
 * redirect is followed. Every request says which version of seatshift it is from. HTTPS_PROXY, ALL_PROXY and
 * NO_PROXY act as libcurl has them, never for loopback.
 *
 * A request that may have reached a server is never sent again by libcurl itself: a body is given to
 * it in a way that cannot be rewound.
 */
#ifndef CORE_HTTP_CURL_H
#define CORE_HTTP_CURL_H

#include "core/clock.h"
#include "core/http.h"

struct http_curl_options {
	const char *ca_file; /* CURL_CA_BUNDLE or SSL_CERT_FILE; NULL: the system's */
	const char *ca_dir;  /* SSL_CERT_DIR: a folder of hashed names, looked into as well; or NULL */
	const char *proxy;   /* what libcurl finds in the environment, to be named when it does not answer; or
				NULL */
	size_t connections;  /* at most so many to one host; 0: 16 */
	const struct clock *clock;
};

struct http_transport *http_curl_new(const struct http_curl_options *options);

const char *http_curl_version(void); /* of libcurl, as it is now: "7.88.1" */

#endif
