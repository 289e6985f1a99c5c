/*
 * Passwords in web addresses, proxies and remotes ("https://user:password@host"): never part of a message,
 * also where the address is malformed, which is when it is quoted.
 */
#ifndef CORE_URL_SECRET_H
#define CORE_URL_SECRET_H

#include "core/redact.h"

/* "***" in place of every name and password in front of an "@" in `text`. A UPN and "git@host" stay as they
 * are. */
void url_secret_mask(char *text);
/* `url` comes from the environment: nothing printed may show the password in it, decoded or not. */
void url_secret_hide(struct redact *redact, const char *url);

#endif
