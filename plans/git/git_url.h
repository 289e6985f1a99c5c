/*
 * Which of git's settings `http.URL.NAME` are meant for a remote, by git's own rules (git-config(1),
 * "http.<url>.*"): the scheme and the port are the same, the host is (a label may be "*"), the user is
 * where one is given, and the path begins with the setting's at a slash.
 *
 * It decides which server is sent a token, so in doubt nothing matches: paths with "." or ".." in them,
 * or with another spelling of the same letters, are not made equal. Pure.
 */
#ifndef PLANS_GIT_URL_H
#define PLANS_GIT_URL_H

#include "core/mem.h"
#include "core/secret.h"

#include <stdbool.h>
#include <stddef.h>

/* How well a setting fits; 0: not at all. Among those that fit, git takes the one that fits best. */
struct url_fit {
	size_t host, path;
	bool user;
};
bool git_url_fits(const char *pattern, const char *url, struct url_fit *ret_fit);
/* Below 0: `a` fits less well than `b`; 0: as well. */
int url_fit_compare(const struct url_fit *a, const struct url_fit *b);

/* A url as it may be shown and asked about: without a password. */
const char *git_url_without_password(const char *url, struct arena *out);
/* The user that a url names, %XX undone; NULL: none. */
const char *git_url_user(const char *url, struct arena *out);
/* User and password of a url that holds both, %XX undone. False when it does not. The caller frees it. */
bool git_url_login(const char *url, struct arena *out, const char **ret_user, struct secret **ret_password);

#endif
