/* What a person says of a hand step: checked, written to the journal, committed on request. */
#include "cmd/output/step_evidence.h"

#include "cmd/outside/identity.h"
#include "cmd/session/journal_record.h"
#include "cmd/session/key_source.h"
#include "core/kept_text.h"
#include "core/quote.h"
#include "plans/desired/desired.h"

#include <string.h>

/* A journal is read by people. */
enum { LONGEST_TEXT = 4000 };

/* All that people have said of the plan, this included: a key may be told bit by bit. */
static bool holds_no_secret(const struct step_evidence *step, const struct journal_entry_list *entries,
			    struct error *err)
{
	struct str_list texts = {0};
	for (size_t i = 0; i <= entries->count; i++) {
		const struct evidence *said = i < entries->count ? &entries->items[i].evidence : &step->said;
		const char *const all[] = {said->case_number, said->agent, said->note};
		for (size_t j = 0; j < ARRAY_LEN(all); j++)
			if (all[j])
				VEC_PUSH(step->app->arena, &texts, all[j]);
	}
	return kept_text_refuse_all(&texts, err) && key_source_refuse(step->app, step->desired, &texts, err);
}

/* What stands for something in help, on a card or in a line to copy, as it does there. */
static bool is_placeholder(const char *text)
{
	static const char *const words[] = {"NUMBER", "NAME", "TEXT", "DATE", "YYYY-MM-DD", "...", "…"};
	text += strspn(text, " \t\n");
	size_t len = strlen(text);
	while (len && strchr(" \t\n", text[len - 1]))
		len--;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (len == strlen(words[i]) && strncmp(text, words[i], len) == 0)
			return true;
	return !len || (text[0] == '<' && text[len - 1] == '>');
}

static bool says_something(const char *option, const char *text, struct arena *out, struct error *err)
{
	if (!text || !is_placeholder(text))
		return true;
	error_set(err, ERR_INVALID, "option '--%s': '%s' says nothing about the step", option,
		  quote_terminal(out, text));
	return error_hint(err, "It only shows where something goes: write what you were told, or leave the "
			       "option out.");
}

static bool check_day(const struct step_evidence *step, struct error *err)
{
	const char *on = step->said.done_on;
	struct day_doubt doubt;
	int32_t day;
	if (!on)
		return true;
	if (!date_parse(on, &day)) {
		error_set(err, ERR_INVALID, "option '--on' takes a date, not '%s'",
			  quote_terminal(step->app->arena, on));
		return error_hint(err, "Write it as YYYY-MM-DD, a day that exists.");
	}
	if (!day_cannot_have_been(day, date_of_ms(clock_now_ms(step->app->clock)), &doubt))
		return true;
	error_set(err, ERR_INVALID, "option '--on': %s %s", on, doubt.message);
	return error_hint(err, "%s", doubt.help);
}

static bool check(const struct step_evidence *step, const struct journal_entry_list *entries,
		  struct error *err)
{
	const struct evidence *said = &step->said;
	const struct {
		const char *option, *text;
	} texts[] = {{"case", said->case_number}, {"agent", said->agent}, {"note", said->note}};
	if (!holds_no_secret(step, entries, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (!app_refuse_secret(step->app, texts[i].text, err))
			return error_wrap(err, "option '--%s'", texts[i].option);
		if (texts[i].text && strlen(texts[i].text) > LONGEST_TEXT)
			return error_set(err, ERR_INVALID, "option '--%s' takes at most %d bytes, not %zu",
					 texts[i].option, LONGEST_TEXT, strlen(texts[i].text));
		if (!says_something(texts[i].option, texts[i].text, step->app->arena, err))
			return false;
	}
	return check_day(step, err);
}

static bool append(const struct step_evidence *step, const struct action *action,
		   struct journal_entry_list *entries, struct error *err)
{
	struct arena *arena = step->app->arena;
	CLEANUP(journal_freep) struct journal *journal = NULL;
	struct journal_entry_list before = {0};
	const struct journal_file file = plan_journal(step->folder, step->app->dir, arena);
	if (!journal_open(&file, step->app->clock, arena, &before, &journal, err))
		return false;
	struct journal_entry entry = {
		.event = JOURNAL_EVIDENCE, .by = identity_who(step->app), .evidence = step->said};
	VEC_PUSH(arena, &entry.actions, action->id);
	if (!journal_append(journal, &entry, err))
		return false;
	VEC_PUSH(arena, entries, entry);
	return true;
}

/*
 * As apply does it: under the lock and on top of the remote's journal, or the two would tell different
 * stories from this line on. What could keep it from being committed is found before it is written.
 */
static bool append_and_commit(const struct step_evidence *step, const struct journal_record *journal,
			      const struct action *action, struct journal_entry_list *entries,
			      struct error *err)
{
	struct lock *lock = NULL;
	bool appended = journal_record_lock(step->app, journal->store, step->folder->plan.customer, NULL,
					    &lock, err) &&
			journal_record_match_remote(journal, err) && append(step, action, entries, err);
	bool done = appended && journal_record_commit(journal, "step", err);
	lock_free(lock);
	if (appended && !done)
		return error_wrap(err, "the evidence is in the journal here, but nowhere else");
	return done;
}

bool step_evidence_record(const struct step_evidence *step, const struct action *action,
			  struct journal_entry_list *entries, struct error *err)
{
	const struct journal_file file = plan_journal(step->folder, step->app->dir, step->app->arena);
	struct journal_record journal = {.app = step->app,
					 .folder = step->folder,
					 .approved_branch = step->approved_branch,
					 .path = file.path};
	bool commits = false;
	bool done = check(step, entries, err) &&
		    journal_record_open(step->app, step->commit, step->no_commit, &journal.store, &commits,
					err) &&
		    (commits ? append_and_commit(step, &journal, action, entries, err)
			     : append(step, action, entries, err));
	store_free(journal.store);
	return done;
}
