/* Choices of services, each written once. */
#include "core/choices.h"

#include "core/intern.h"
#include "core/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

VEC(off_list, const struct str_list *);

/* Texts are mostly held once, so that most are known by where they stand. */
enum { KNOWN = 256 };
struct known {
	const char *text;
	size_t number;
};

struct choices {
	struct arena *arena;
	struct intern *service_plans, *choices;
	struct strbuf text; /* scratch */
	struct known known[KNOWN];
	/* Of the subject, each once. */
	struct off_list lists;
	struct choice_numbers numbers;
};

struct choices *choices_new(void)
{
	struct choices *choices = mem_alloc(sizeof *choices);
	*choices = (struct choices){.arena = arena_new(),
				    .service_plans = intern_new(),
				    .choices = intern_new(),
				    .text = STRBUF_INIT(STRBUF_LARGE)};
	return choices;
}

void choices_free(struct choices *choices)
{
	if (!choices)
		return;
	arena_free(choices->arena);
	intern_free(choices->service_plans);
	intern_free(choices->choices);
	strbuf_release(&choices->text);
	free(choices);
}

void choices_begin(struct choices *choices)
{
	choices->lists.count = choices->numbers.count = 0;
}

static size_t plan_number(struct choices *choices, const char *id)
{
	struct known *known = &choices->known[((uintptr_t)id >> 4) % KNOWN];
	if (known->text != id)
		*known = (struct known){id, intern_number(choices->service_plans, id, strlen(id))};
	return known->number;
}

static size_t number_of(struct choices *choices, const struct str_list *off)
{
	struct json_writer w = JSON_WRITER(&choices->text);
	strbuf_clear(&choices->text);
	json_begin_array(&w);
	for (size_t i = 0; i < off->count; i++)
		json_put_int(&w, (int64_t)plan_number(choices, off->items[i]));
	json_end_array(&w);
	return intern_number(choices->choices, strbuf_text(&choices->text), choices->text.len);
}

/* What is left is mostly what was sent, and one list. */
static bool is_same_list(const struct str_list *a, const struct str_list *b)
{
	return a->count == b->count && (a->items == b->items || !a->count);
}

size_t choices_place(struct choices *choices, const struct str_list *off)
{
	for (size_t i = 0; i < choices->lists.count; i++)
		if (is_same_list(choices->lists.items[i], off))
			return i;
	const size_t number = number_of(choices, off);
	for (size_t i = 0; i < choices->numbers.count; i++)
		if (choices->numbers.items[i] == number)
			return i;
	VEC_PUSH(choices->arena, &choices->lists, off);
	VEC_PUSH(choices->arena, &choices->numbers, number);
	return choices->numbers.count - 1;
}

const struct choice_numbers *choices_own(const struct choices *choices)
{
	return &choices->numbers;
}

void choices_put_numbers(const size_t *numbers, size_t count, struct json_writer *w)
{
	if (!count)
		return;
	json_put_key(w, "off");
	json_begin_array(w);
	for (size_t i = 0; i < count; i++)
		json_put_int(w, (int64_t)numbers[i]);
	json_end_array(w);
}

void choices_put_service_plans(const struct choices *choices, struct json_lines *lines)
{
	json_put_texts(json_lines_member(lines, "service_plans"), intern_texts(choices->service_plans));
}

void choices_put_switched_off(const struct choices *choices, struct json_lines *lines)
{
	const struct str_list *texts = intern_texts(choices->choices);
	json_lines_begin_list(lines, "switched_off");
	for (size_t i = 0; i < texts->count; i++)
		json_put_raw(json_lines_item(lines), texts->items[i]);
	json_lines_end_list(lines);
}

bool chosen_read_service_plans(struct chosen *chosen, const struct json *value)
{
	JSON_EACH (item, value) {
		if (!json_text(item))
			return false;
		VEC_PUSH(chosen->out, &chosen->service_plans, arena_strdup(chosen->out, json_text(item)));
	}
	return json_type(value) == JSON_ARRAY;
}

bool chosen_read_choice(struct chosen *chosen, const struct json *value)
{
	struct str_list off = {0};
	int64_t number;
	if (json_type(value) != JSON_ARRAY)
		return false;
	VEC_RESERVE(chosen->out, &off, json_count(value));
	JSON_EACH (item, value) {
		if (!json_int(item, &number) || number < 0 || (size_t)number >= chosen->service_plans.count)
			return false;
		VEC_PUSH(chosen->out, &off, chosen->service_plans.items[number]);
	}
	VEC_PUSH(chosen->out, &chosen->choices, off);
	return true;
}
