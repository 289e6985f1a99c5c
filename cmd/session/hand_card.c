/* The card of a hand step. */
#include "cmd/session/hand_card.h"

#include "plans/faces/render.h"
#include "plans/saved/hand_step.h"

void hand_card(struct app *app, const struct session *session, const struct plan_folder *folder,
	       const struct action *action, const struct live *live, bool is_waited_for, struct strbuf *out)
{
	struct manual_context context =
		hand_step_context(&folder->plan, &session->desired, &session->policy, action);
	const struct next_command next = session_next(app, session, folder);
	context.plan_id = folder->id;
	context.resume = next_apply(&next, "", app->arena);
	context.step = render_step_number(folder, action);
	context.steps = render_step_count(folder);
	context.is_waited_for = is_waited_for;
	hand_step_still_holds(&folder->plan, &folder->live, action, app->arena, &context.still_holds);
	manual_card(action, &context, live, out);
}
