/* The card of a hand step, with the commands that come next. */
#ifndef CMD_HAND_CARD_H
#define CMD_HAND_CARD_H

#include "cmd/session/session.h"
#include "plans/saved/plan_folder.h"

struct hand_card {
	const struct session *session;
	const struct plan_folder *folder;
	const struct action *action;
	const struct live *live;
	bool is_waited_for;  /* by a run, at a terminal where a person can type */
	const char *not_yet; /* what comes before the step; NULL: its turn has come */
};
void hand_card_write(struct app *app, const struct hand_card *card, struct strbuf *out);

#endif
