/*
 * Diagnostics: what is wrong with a file, or why there is no plan.
 *
 * A diagnostic has a code (SS101), a place, one line of message and, where there is something to do,
 * a help line. All diagnostics of a run are collected and shown together. The codes are one table,
 * from which `explain CODE` speaks:
 *   SS1xx  the file or the command line is wrong      SS2xx  warnings in a plan
 *   SS3xx  refusals: why there is no plan             SS4xx  what happened while applying
 */
#ifndef CORE_DIAG_H
#define CORE_DIAG_H

#include "core/mem.h"
#include "core/vec.h"

#include <stdbool.h>
#include <stddef.h>

/* Codes are permanent: they are printed, searched for and scripted against. New ones at the end of a group.
 */
#define DIAG_CODES(X)                                                                                        \
	X(101, "not valid YAML")                                                                             \
	X(102, "not UTF-8, or too large")                                                                    \
	X(103, "alias, anchor or tag")                                                                       \
	X(104, "more than one document")                                                                     \
	X(105, "nested too deeply")                                                                          \
	X(106, "unknown key")                                                                                \
	X(107, "duplicate key")                                                                              \
	X(108, "missing key")                                                                                \
	X(109, "wrong type")                                                                                 \
	X(110, "value not allowed")                                                                          \
	X(111, "file name and customer differ")                                                              \
	X(112, "secret in a file")                                                                           \
	X(113, "contradiction between keys")                                                                 \
	X(114, "listed twice")                                                                               \
	X(115, "unusable CSV file")                                                                          \
	X(116, "limit looser than the repository's")                                                         \
	X(117, "empty file")                                                                                 \
	X(118, "number of format not supported")                                                             \
	X(119, "no customer of that name")                                                                   \
	X(120, "two customers of one tenant")                                                                \
	X(201, "guest account")                                                                              \
	X(202, "disabled account")                                                                           \
	X(203, "listed more than once")                                                                      \
	X(204, "prepaid seats cannot be returned, reduced or upgraded within their term")                    \
	X(205, "licence kept by a holder who is not listed")                                                 \
	X(206, "licence taken from a holder who is not listed")                                              \
	X(207, "licensing mastered elsewhere")                                                               \
	X(208, "licence errors already there")                                                               \
	X(209, "service switched off is not in the new SKU")                                                 \
	X(210, "programme no longer sold")                                                                   \
	X(212, "partner relation ends inside the move")                                                      \
	X(214, "key has unusual letters")                                                                    \
	X(215, "recurring billing cannot be seen")                                                           \
	X(217, "subscription in its grace period")                                                           \
	X(218, "group changes people not named")                                                             \
	X(219, "usage location differs from the entry")                                                      \
	X(220, "no Advisor subscription left")                                                               \
	X(221, "order not recorded")                                                                         \
	X(222, "seats from before the order")                                                                \
	X(224, "service plans that may conflict")                                                            \
	X(225, "listed and excepted")                                                                        \
	X(226, "day of the retirement is past")                                                              \
	X(227, "groups among a group's members are ignored")                                                 \
	X(228, "holders whom nobody can read")                                                               \
	X(229, "seats that count since the file says they renew")                                            \
	X(230, "protected name is nobody's")                                                                 \
	X(233, "left to expire after the day of the retirement")                                             \
	X(234, "order of a programme that was no longer sold")                                               \
	X(235, "key at the end of its validity")                                                             \
	X(236, "a group hands out the Advisor SKU to nobody")                                                \
	X(237, "members of a group who are no people")                                                       \
	X(238, "another number of seats than was ordered")                                                   \
	X(241, "left alone by an undo")                                                                      \
	X(242, "usage location stays")                                                                       \
	X(243, "redeemed key stays redeemed")                                                                \
	X(244, "without a licence, as before")                                                               \
	X(246, "cancelled after the days for it")                                                            \
	X(247, "canary and soak end after the seats can be given back")                                      \
	X(249, "Advisor subscription cancelled already, with people on it")                                  \
	X(248, "services that go, as the file accepts")                                                      \
	X(251, "given back after the days for it")                                                           \
	X(252, "seats that end too early")                                                                   \
	X(301, "user not found")                                                                             \
	X(302, "user deleted")                                                                               \
	X(303, "SKU not in the tenant")                                                                      \
	X(304, "too few seats")                                                                              \
	X(305, "no usage location")                                                                          \
	X(306, "holder of the Advisor SKU is not listed")                                                    \
	X(307, "Advisor subscription not found")                                                             \
	X(308, "more than one subscription matches")                                                         \
	X(309, "subscription and SKU differ")                                                                \
	X(310, "licence inherited from a group")                                                             \
	X(311, "service plans conflict")                                                                     \
	X(312, "service plan depends on another")                                                            \
	X(313, "mailbox would be lost")                                                                      \
	X(314, "Open seats alone do not cover all holders")                                                  \
	X(315, "cancel-first would leave a user without a licence")                                          \
	X(316, "limit exceeded")                                                                             \
	X(317, "protected account")                                                                          \
	X(318, "no users")                                                                                   \
	X(319, "group not found")                                                                            \
	X(320, "agreement missing")                                                                          \
	X(321, "proof failed")                                                                               \
	X(322, "service plan not in the SKU")                                                                \
	X(323, "user in a move twice with different wishes")                                                 \
	X(324, "status of a subscription not known")                                                         \
	X(325, "SKU cannot be assigned to users")                                                            \
	X(326, "canary is not in the plan")                                                                  \
	X(329, "wrong tenant")                                                                               \
	X(330, "not completely read")                                                                        \
	X(331, "canary is moved with a whole group")                                                         \
	X(333, "service plan of the company")                                                                \
	X(334, "part number of more than one SKU")                                                           \
	X(335, "group has groups among its members")                                                         \
	X(336, "group is being processed")                                                                   \
	X(337, "protected name is a mail address")                                                           \
	X(338, "services would go that are not accepted")                                                    \
	X(342, "licence that somebody would rest on does not work")                                          \
	X(341, "retired subscription is gone")

enum diag_code {
	DIAG_NONE = 0,
#define DIAG_ENUM(number, title) SS##number = number,
	DIAG_CODES(DIAG_ENUM)
#undef DIAG_ENUM
};

enum diag_severity { DIAG_WARNING, DIAG_ERROR };

struct place {
	const char *file; /* as the person named it; NULL when not of a file */
	size_t line;	  /* 1-based; 0 when the place is the whole file */
	size_t col;	  /* 1-based, in characters */
	size_t len;	  /* characters to underline, at least 1 */
};

struct diag {
	enum diag_code code;
	enum diag_severity severity;
	struct place place;
	const char *message; /* lower case, no full stop */
	const char *help;    /* a full sentence, or NULL */
};
VEC(diag_list, struct diag);

const char *diag_title(enum diag_code code);
const char *
diag_explanation(enum diag_code code); /* a paragraph: what it means, what to do; NULL if unknown */
bool diag_has_errors(const struct diag_list *list);

/*
 * Adds a diagnostic whose message is formatted into `arena`, as severe as the group of its code; returns it,
 * so that help can be set.
 */
struct diag *diag_add(struct arena *arena, struct diag_list *list, enum diag_code code, struct place place,
		      const char *fmt, ...) PRINTF(5, 6);

/*
 * One diagnostic as text: "FILE:LINE:COL: error[SS106]: message", then, when `source` (the text of
 * that file, or NULL) has the line, the line itself and a caret line under it, then "help: …".
 */
char *diag_text(struct arena *out, const struct diag *diag, const char *source);

/* The help alone, with anything in it that looks like a product key hidden; NULL when there is none. */
char *diag_help(struct arena *out, const struct diag *diag);
/* The message for people: one line, its middle cut out ("…") where what it quotes would fill the screen. */
char *diag_message(struct arena *out, const struct diag *diag);

#endif
