/* What follows from a look at the subject of an action. */
#include "providers/graph/write/executor.h"

#include <inttypes.h>

/* A replica that lags shows the state before or the result: what is neither, and stays so, was someone else.
 */
enum { MAX_SENDS = 8, FOREIGN_LOOKS = 5, FOREIGN_MS = 6000, KEPT_LOOKS = 3, KEPT_MS = 1500 };

void executor_look_again(struct executor *x, struct item *item)
{
	if (x->mode == MODE_RUN) {
		item_wait(x, item, item->step + 1);
		return;
	}
	/* Left without an outcome: announced and not ended, which the next run looks into. */
	queue_leave(item);
	item->stage = STAGE_ENDED;
	x->unresolved--;
}

static bool is_late(const struct executor *x, const struct item *item)
{
	return http_client_now_ms(x->run.conn->client) >= item->verify_until_ms;
}

static void give_up(struct executor *x, struct item *item, const char *difference)
{
	const char *seen = difference ? difference : "it is still as before";
	int64_t begun_ms = item->verify_until_ms - x->run.verify_ms;
	int64_t spent_ms = http_client_now_ms(x->run.conn->client) - begun_ms;
	const char *said = item->words		       ? item->words
			   : item->sent == SENT_UNSURE ? "announced by an earlier run"
						       : "accepted";
	const char *detail =
		arena_printf(x->arena, "%s, but %" PRId64 " s later: %s", said, spent_ms / 1000, seen);
	item_end(x, item, OUTCOME_UNKNOWN, detail);
}

/* What the first look shows has not lagged, however late that look was. */
static void note_lag(struct executor *x, const struct item *item)
{
	int64_t sent_ms = item->verify_until_ms - x->run.verify_ms;
	int64_t lag_ms = http_client_now_ms(x->run.conn->client) - sent_ms;
	bool was_missed = item->missed || item->step;
	if (was_missed && lag_ms > x->longest_lag_ms)
		x->longest_lag_ms = lag_ms;
}

static void after_accepted(struct executor *x, struct item *item, enum comparison is, const char *difference)
{
	if (is == AS_RESULT) {
		note_lag(x, item);
		item_end(x, item, OUTCOME_VERIFIED, difference);
	} else if (is_late(x, item)) {
		give_up(x, item, difference);
	} else {
		executor_look_again(x, item);
	}
}

/*
 * Whether what may have been carried out would be seen by now: replicas lag, and those of this tenant
 * lag as long as they were seen to in this run, or longer.
 */
static bool would_show(const struct executor *x, const struct item *item)
{
	int64_t quiet_ms = x->longest_lag_ms * 2 > QUIET_MS ? x->longest_lag_ms * 2 : QUIET_MS;
	return item->quiet_since_ms < 0 ||
	       http_client_now_ms(x->run.conn->client) - item->quiet_since_ms >= quiet_ms;
}

static void send_again(struct executor *x, struct item *item)
{
	int64_t spent_ms = http_client_now_ms(x->run.conn->client) - item->first_sent_ms;
	bool in_time = item->sends < MAX_SENDS && spent_ms < x->run.conn->deadline_ms;
	if (x->mode != MODE_RUN) {
		executor_look_again(x, item);
		return;
	}
	if (in_time) {
		/* Looked at a moment ago, and as expected: as good as one that was never sent. */
		x->unresolved--;
		item->sent = SENT_NEVER;
		item->stage = STAGE_READY;
		queue_put(&x->ready, item);
		return;
	}
	if (!item->throttled) {
		item_end(x, item, OUTCOME_FAILED, item->words);
		return;
	}
	struct error err = ERROR_INIT;
	error_set(&err, ERR_THROTTLED, "still throttled after %d tries in %" PRId64 " s: %s", item->sends,
		  spent_ms / 1000, item->words ? item->words : "");
	executor_wind_down(x, &err);
	error_release(&err);
	executor_look_again(x, item);
}

static void after_unsure(struct executor *x, struct item *item, enum comparison is, const char *difference)
{
	item->unchanged_looks = is == AS_EXPECTED ? item->unchanged_looks + 1 : 0;
	if (is == AS_RESULT)
		item_end(x, item, OUTCOME_VERIFIED, difference);
	else if (is == AS_EXPECTED && item->unchanged_looks >= item->looks_before_resend &&
		 would_show(x, item))
		send_again(x, item);
	else if (is_late(x, item))
		give_up(x, item, difference);
	else
		executor_look_again(x, item);
}

static void before_write(struct executor *x, struct item *item, enum comparison is, const char *difference)
{
	if (is == AS_RESULT) {
		item_end(x, item, OUTCOME_ALREADY, difference);
	} else if (is == NEITHER) {
		item_end(x, item, OUTCOME_STALE, difference);
	} else {
		item->stage = STAGE_READY;
		queue_put(&x->ready, item);
	}
}

/* Whether somebody else has changed what we sent a change for. A group in processing is given its time. */
static bool is_foreign(struct item *item, enum comparison is)
{
	bool of_user = item->action->user_id != NULL;
	bool undecided = item->sent == SENT_ACCEPTED || item->sent == SENT_UNSURE;
	item->foreign_looks = is == NEITHER && of_user && undecided ? item->foreign_looks + 1 : 0;
	if (item->foreign_looks == 1)
		item->foreign_since_ms = item->looked_ms;
	return item->foreign_looks >= FOREIGN_LOOKS && item->looked_ms - item->foreign_since_ms >= FOREIGN_MS;
}

/* What this plan has sent is there, with other services than were sent, and stays so. */
static bool is_kept(const struct executor *x, struct item *item, const struct kept *kept)
{
	const struct execute_hooks *hooks = x->run.hooks;
	item->kept_looks = kept->text ? item->kept_looks + 1 : 0;
	if (item->sent == SENT_NEVER)
		return kept->text && hooks->was_written && hooks->was_written(hooks->ctx, item->action);
	if (item->kept_looks == 1)
		item->kept_since_ms = item->looked_ms;
	return item->kept_looks >= KEPT_LOOKS && item->looked_ms - item->kept_since_ms >= KEPT_MS;
}

bool executor_takes_kept(struct executor *x, struct item *item, const struct kept *kept)
{
	const struct execute_hooks *hooks = x->run.hooks;
	if (!is_kept(x, item, kept))
		return false;
	const char *lost = hooks->lost ? hooks->lost(hooks->ctx, item->action, &kept->off, x->arena) : NULL;
	const char *detail = arena_printf(x->arena, "the service keeps other services than were sent: %s%s%s",
					  kept->text, lost ? "; " : "", lost ? lost : "");
	item_end(x, item, lost ? OUTCOME_FAILED : OUTCOME_VERIFIED, detail);
	return true;
}

void executor_decide(struct executor *x, struct item *item, enum comparison is, const char *difference)
{
	if (is_foreign(item, is)) {
		give_up(x, item, difference);
		return;
	}
	switch (item->sent) {
	case SENT_NEVER:
		before_write(x, item, is, difference);
		return;
	case SENT_ACCEPTED:
		after_accepted(x, item, is, difference);
		return;
	case SENT_REFUSED:
		item_end(x, item, is == AS_RESULT ? OUTCOME_VERIFIED : OUTCOME_FAILED,
			 is == AS_RESULT ? difference : item->words);
		return;
	case SENT_UNSURE:
		after_unsure(x, item, is, difference);
		return;
	}
}
