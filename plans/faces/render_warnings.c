/*
 * Warnings as people read them: what is true of many people stands in one line with their number, and their
 * names behind it. A plan has one warning for each of them.
 */
#include "plans/faces/render_model.h"

#include "core/quote.h"

#include <string.h>

enum { MESSAGE_MAX = 400, NAME_SHOWN = 60 };

/* How planning words it of one, behind the name, and how it is said of many; what follows is the same. */
static const struct {
	enum diag_code code;
	const char *one, *many;
} alike[] = {
	{SS201, " is a guest", " are guests"},
	{SS202, " is disabled: the account cannot sign in, but takes a seat",
	 " are disabled: their accounts cannot sign in, but take a seat each"},
	{SS205, " keeps ", " keep "},
	{SS206, " loses ", " lose "},
	{SS207, " is synchronised from on premises: setting its usage location ",
	 " are synchronised from on premises: setting their usage locations "},
	{SS208, " already has a licence error: ", " already have a licence error: "},
	{SS219, " has the usage location ", " have the usage location "},
	{SS225, " is listed under both ", " are listed under both "},
	{SS241, " is left alone, since it was changed after ",
	 " are left alone, since they were changed after "},
};

/* Warnings that are true of every plan of its kind. */
static bool is_reminder(enum diag_code code)
{
	return code == SS204 || code == SS210;
}

/* Of a message that names somebody: who, and what is said of many; false when it is another one. */
static bool split(const struct render_model *m, const struct plan_warning *warning, const char **ret_who,
		  const char **ret_many)
{
	for (size_t i = 0; i < ARRAY_LEN(alike); i++) {
		const char *at =
			alike[i].code == warning->code ? strstr(warning->message, alike[i].one) : NULL;
		if (!at)
			continue;
		const char *rest = at + strlen(alike[i].one);
		*ret_who = arena_strndup(m->arena, warning->message, (size_t)(at - warning->message));
		*ret_many = !*rest ? alike[i].many
				   : arena_printf(m->arena, "%s%s", alike[i].many,
						  render_data(m->arena, quote_terminal_cut(m->arena, rest,
											   MESSAGE_MAX)));
		return true;
	}
	return false;
}

static struct render_warning *find_alike(struct render_model *m, enum diag_code code, const char *many)
{
	for (size_t i = m->warnings.count; i-- > 0 && m->warnings.items[i].code == code;)
		if (str_eq(m->warnings.items[i].many, many))
			return &m->warnings.items[i];
	return NULL;
}

static void add_warning(struct render_model *m, const struct plan_warning *warning)
{
	struct render_warning new = {.code = warning->code, .is_reminder = is_reminder(warning->code)};
	const char *who;
	new.text = render_data(m->arena, quote_terminal_cut(m->arena, warning->message, MESSAGE_MAX));
	if (!split(m, warning, &who, &new.many)) {
		VEC_PUSH(m->arena, &m->warnings, new);
		return;
	}
	struct render_warning *same = find_alike(m, warning->code, new.many);
	if (!same) {
		VEC_PUSH(m->arena, &m->warnings, new);
		same = &m->warnings.items[m->warnings.count - 1];
	}
	VEC_PUSH(m->arena, &same->who, who);
}

void render_warnings(struct render_model *m)
{
	for (size_t i = 0; i < m->plan->warnings.count; i++)
		add_warning(m, &m->plan->warnings.items[i]);
	for (size_t i = 0; i < m->warnings.count; i++) {
		struct render_warning *warning = &m->warnings.items[i];
		m->reminders += warning->is_reminder;
		if (warning->who.count > 1)
			warning->text = arena_printf(
				m->arena, "%s%s",
				say_number(m->arena, (int64_t)warning->who.count, "person", "people"),
				warning->many);
		else
			warning->who.count = 0;
	}
}

const char *render_names_of(const struct render_model *m, const struct str_list *names, size_t most,
			    int64_t all)
{
	struct str_list shown = {0};
	for (size_t i = 0; i < names->count && i < most; i++)
		VEC_PUSH(m->arena, &shown,
			 render_data(m->arena, quote_terminal_cut(m->arena, names->items[i], NAME_SHOWN)));
	const char *text = str_list_join(m->arena, &shown, ", ");
	int64_t more = all - (int64_t)shown.count;
	return more > 0 ? arena_printf(m->arena, "%s and %s more", text, say_count(m->arena, more)) : text;
}

const char *render_warning_names(const struct render_model *m, const struct render_warning *warning)
{
	return render_names_of(m, &warning->who, m->in->full ? SIZE_MAX : LOSERS_NAMED,
			       (int64_t)warning->who.count);
}
