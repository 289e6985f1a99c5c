/* People held once. */
#include "providers/graph/read/alike.h"

#include "core/intern.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

VEC(license_lists, struct license_list);
VEC(state_lists, struct license_state_list);
VEC(choice_lists, struct str_list);
VEC(service_lists, struct provisioned_service_list);

struct alike {
	struct arena *out;
	struct intern *ids, *choice_keys, *license_keys, *state_keys, *service_keys;
	/* Each by the number of its key. */
	struct str_list texts;	     /* ids and the few words of licences and their states */
	struct choice_lists choices; /* of service plans that are off */
	struct license_lists licenses;
	struct state_lists states; /* without the times, which are everybody's own */
	struct service_lists services;
	struct strbuf choice_key, key;
};

struct alike *alike_new(struct arena *out)
{
	struct alike *alike = mem_alloc(sizeof *alike);
	*alike = (struct alike){.out = out,
				.ids = intern_new(),
				.choice_keys = intern_new(),
				.license_keys = intern_new(),
				.state_keys = intern_new(),
				.service_keys = intern_new(),
				.choice_key = STRBUF_INIT(STRBUF_LARGE),
				.key = STRBUF_INIT(STRBUF_LARGE)};
	return alike;
}

void alike_free(struct alike *alike)
{
	if (!alike)
		return;
	intern_free(alike->ids);
	intern_free(alike->choice_keys);
	intern_free(alike->license_keys);
	intern_free(alike->state_keys);
	intern_free(alike->service_keys);
	strbuf_release(&alike->choice_key);
	strbuf_release(&alike->key);
	free(alike);
}

/* Keys are made of numbers; none is that of no text. */
static void add_number(struct strbuf *key, size_t number)
{
	do
		strbuf_add_char(key, (char)('0' + number % 64));
	while (number /= 64);
	strbuf_add_char(key, ' ');
}

static size_t number_of(struct alike *alike, const char *text)
{
	size_t number = intern_number(alike->ids, text, strlen(text));
	if (number == alike->texts.count)
		VEC_PUSH(alike->out, &alike->texts, arena_strdup(alike->out, text));
	return number;
}

/* The text as it is kept, or NULL; adds its number to the key. */
static const char *keep_text(struct alike *alike, const char *text)
{
	if (!text) {
		strbuf_add_char(&alike->key, '-');
		return NULL;
	}
	size_t number = number_of(alike, text);
	add_number(&alike->key, number);
	return alike->texts.items[number];
}

static struct str_list keep_choice(struct alike *alike, const struct str_list *off)
{
	struct str_list copy = {0};
	strbuf_clear(&alike->choice_key);
	for (size_t i = 0; i < off->count; i++)
		add_number(&alike->choice_key, number_of(alike, off->items[i]));
	size_t number =
		intern_number(alike->choice_keys, strbuf_text(&alike->choice_key), alike->choice_key.len);
	add_number(&alike->key, number);
	if (number < alike->choices.count)
		return alike->choices.items[number];
	VEC_RESERVE(alike->out, &copy, off->count);
	for (size_t i = 0; i < off->count; i++)
		VEC_PUSH(alike->out, &copy, alike->texts.items[number_of(alike, off->items[i])]);
	VEC_PUSH(alike->out, &alike->choices, copy);
	return copy;
}

static struct license_list keep_licenses(struct alike *alike, const struct license_list *list)
{
	struct license_list kept = {0};
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	strbuf_clear(&alike->key);
	for (size_t i = 0; i < list->count; i++) {
		const char *sku_id = keep_text(alike, list->items[i].sku_id);
		VEC_PUSH(tmp, &kept,
			 ((struct license){sku_id, keep_choice(alike, &list->items[i].disabled_plans)}));
	}
	size_t number = intern_number(alike->license_keys, strbuf_text(&alike->key), alike->key.len);
	if (number < alike->licenses.count)
		return alike->licenses.items[number];
	kept.items = arena_dup(alike->out, kept.items, kept.count * sizeof *kept.items);
	kept.cap = kept.count;
	VEC_PUSH(alike->out, &alike->licenses, kept);
	return kept;
}

static struct license_state keep_state(struct alike *alike, const struct license_state *state)
{
	struct license_state kept = {.sku_id = keep_text(alike, state->sku_id),
				     .group_id = keep_text(alike, state->group_id),
				     .state = keep_text(alike, state->state),
				     .error = keep_text(alike, state->error)};
	kept.disabled_plans = keep_choice(alike, &state->disabled_plans);
	return kept;
}

/* When each licence was last changed makes a list the user's own. */
static bool has_times(const struct license_state_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].updated)
			return true;
	return false;
}

static struct license_state_list keep_states(struct alike *alike, const struct license_state_list *list)
{
	struct license_state_list kept = {0};
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const bool own = has_times(list);
	strbuf_clear(&alike->key);
	for (size_t i = 0; i < list->count; i++) {
		struct license_state state = keep_state(alike, &list->items[i]);
		state.updated = arena_strdup(alike->out, list->items[i].updated);
		VEC_PUSH(tmp, &kept, state);
	}
	size_t number = own ? alike->states.count
			    : intern_number(alike->state_keys, strbuf_text(&alike->key), alike->key.len);
	if (!own && number < alike->states.count)
		return alike->states.items[number];
	kept.items = arena_dup(alike->out, kept.items, kept.count * sizeof *kept.items);
	kept.cap = kept.count;
	if (!own)
		VEC_PUSH(alike->out, &alike->states, kept);
	return kept;
}

static struct provisioned_service_list keep_services(struct alike *alike,
						     const struct provisioned_service_list *list)
{
	struct provisioned_service_list kept = {0};
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	strbuf_clear(&alike->key);
	for (size_t i = 0; i < list->count; i++) {
		const struct provisioned_service *s = &list->items[i];
		const char *service = keep_text(alike, s->service);
		const char *capability = keep_text(alike, s->capability);
		VEC_PUSH(tmp, &kept,
			 ((struct provisioned_service){service, capability, keep_text(alike, s->status)}));
	}
	size_t number = intern_number(alike->service_keys, strbuf_text(&alike->key), alike->key.len);
	if (number < alike->services.count)
		return alike->services.items[number];
	kept.items = arena_dup(alike->out, kept.items, kept.count * sizeof *kept.items);
	kept.cap = kept.count;
	VEC_PUSH(alike->out, &alike->services, kept);
	return kept;
}

void alike_keep(struct alike *alike, const struct user *user, struct user *ret)
{
	*ret = *user;
	ret->id = arena_strdup(alike->out, user->id);
	ret->upn = arena_strdup(alike->out, user->upn);
	ret->display_name = arena_strdup(alike->out, user->display_name);
	strbuf_clear(&alike->key);
	ret->usage_location = keep_text(alike, user->usage_location);
	ret->licenses = keep_licenses(alike, &user->licenses);
	ret->states = keep_states(alike, &user->states);
	ret->services = keep_services(alike, &user->services);
}
