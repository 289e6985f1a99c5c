/*
 * Choices of services: which service plans of a licence are off, in documents that name very many.
 *
 * Each choice stands once in a document, as a line of its list "switched_off": the numbers of the service
 * plans, whose ids stand once in its list "service_plans". Both are numbered from 0, in the order of their
 * first use. A subject (an action, a person) has "off", the numbers of its own choices, each once; and a
 * licence of it has "off", the place in there. So subjects that differ only in their choices are alike in
 * everything else, and one that has a choice of its own costs a few bytes for each service plan that is off.
 */
#ifndef CORE_CHOICES_H
#define CORE_CHOICES_H

#include "core/json_lines.h"
#include "core/macros.h"
#include "core/str.h"

/* ---- writing ------------------------------------------------------------------------------------ */

struct choices;
struct choices *choices_new(void);
void choices_free(struct choices *choices);
DEFINE_FREEP(struct choices, choices)

/* Another subject begins. */
void choices_begin(struct choices *choices);
/* The place of a choice among those of the subject. The list must stay until the next subject begins, its
 * texts as long as the choices. */
size_t choices_place(struct choices *choices, const struct str_list *off);
/* Those of the subject, by number; borrowed until the next call. */
VEC(choice_numbers, size_t);
const struct choice_numbers *choices_own(const struct choices *choices);
/* "off":[…]; nothing when there is no choice at all. */
void choices_put_numbers(const size_t *numbers, size_t count, struct json_writer *w);
/* The members of the document, each when it is its turn. */
void choices_put_service_plans(const struct choices *choices, struct json_lines *lines);
void choices_put_switched_off(const struct choices *choices, struct json_lines *lines);

/* ---- reading ------------------------------------------------------------------------------------ */

VEC(choice_list, struct str_list);
struct chosen {
	struct arena *out;
	struct str_list service_plans;
	struct choice_list choices;
};

/* The member "service_plans", then each line of "switched_off"; false: it is not one. */
NODISCARD bool chosen_read_service_plans(struct chosen *chosen, const struct json *value);
NODISCARD bool chosen_read_choice(struct chosen *chosen, const struct json *value);

#endif
