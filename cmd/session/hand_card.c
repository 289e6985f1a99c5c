/* The card of a hand step. */
#include "cmd/session/hand_card.h"

#include "plans/faces/render.h"
#include "plans/saved/hand_step.h"

void hand_card_write(struct app *app, const struct hand_card *card, struct strbuf *out)
{
	const struct session *session = card->session;
	const struct plan_folder *folder = card->folder;
	const struct action *action = card->action;
	struct manual_context context =
		hand_step_context(&folder->plan, &session->desired, &session->policy, action);
	const struct next_command next = session_next(app, session, folder);
	context.plan_id = folder->id;
	context.resume = next_apply(&next, "", app->arena);
	context.step = render_step_number(folder, action);
	context.steps = render_step_count(folder);
	context.not_yet = card->not_yet;
	context.is_waited_for = card->is_waited_for;
	hand_step_still_holds(&folder->plan, &folder->live, action, app->arena, &context.still_holds);
	manual_card(action, &context, card->live, out);
}
