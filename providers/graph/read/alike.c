/* People held once. */
#include "providers/graph/read/alike.h"

#include "core/intern.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

VEC(license_lists, struct license_list);
VEC(state_lists, struct license_state_list);

struct alike {
	struct arena *out;
	struct intern *license_keys, *state_keys;
	struct license_lists licenses; /* by the number of their key */
	struct state_lists states;     /* without the times, which are everybody's own */
	struct strbuf key;
};

struct alike *alike_new(struct arena *out)
{
	struct alike *alike = mem_alloc(sizeof *alike);
	*alike = (struct alike){.out = out,
				.license_keys = intern_new(),
				.state_keys = intern_new(),
				.key = STRBUF_INIT(STRBUF_LARGE)};
	return alike;
}

void alike_free(struct alike *alike)
{
	if (!alike)
		return;
	intern_free(alike->license_keys);
	intern_free(alike->state_keys);
	strbuf_release(&alike->key);
	free(alike);
}

/* Texts come from a service: each is closed by a character that none of them has in a line of JSON. */
static void add(struct strbuf *key, const char *text)
{
	strbuf_add(key, text ? text : "\x01");
	strbuf_add_char(key, '\x02');
}

static void add_list(struct strbuf *key, const struct str_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		add(key, list->items[i]);
	strbuf_add_char(key, '\x03');
}

static struct str_list copy_list(struct arena *out, const struct str_list *list)
{
	struct str_list copy = {0};
	VEC_RESERVE(out, &copy, list->count);
	for (size_t i = 0; i < list->count; i++)
		VEC_PUSH(out, &copy, arena_strdup(out, list->items[i]));
	return copy;
}

static struct license_list keep_licenses(struct alike *alike, const struct license_list *list)
{
	struct license_list copy = {0};
	strbuf_clear(&alike->key);
	for (size_t i = 0; i < list->count; i++) {
		add(&alike->key, list->items[i].sku_id);
		add_list(&alike->key, &list->items[i].disabled_plans);
	}
	size_t number = intern_number(alike->license_keys, strbuf_text(&alike->key), alike->key.len);
	if (number < alike->licenses.count)
		return alike->licenses.items[number];
	VEC_RESERVE(alike->out, &copy, list->count);
	for (size_t i = 0; i < list->count; i++)
		VEC_PUSH(alike->out, &copy,
			 (struct license){arena_strdup(alike->out, list->items[i].sku_id),
					  copy_list(alike->out, &list->items[i].disabled_plans)});
	VEC_PUSH(alike->out, &alike->licenses, copy);
	return copy;
}

static struct license_state copy_state(struct arena *out, const struct license_state *state)
{
	return (struct license_state){.sku_id = arena_strdup(out, state->sku_id),
				      .group_id = arena_strdup(out, state->group_id),
				      .state = arena_strdup(out, state->state),
				      .error = arena_strdup(out, state->error),
				      .disabled_plans = copy_list(out, &state->disabled_plans)};
}

static struct license_state_list keep_states(struct alike *alike, const struct license_state_list *list)
{
	struct license_state_list copy = {0};
	strbuf_clear(&alike->key);
	for (size_t i = 0; i < list->count; i++) {
		const struct license_state *state = &list->items[i];
		add(&alike->key, state->sku_id);
		add(&alike->key, state->group_id);
		add(&alike->key, state->state);
		add(&alike->key, state->error);
		add_list(&alike->key, &state->disabled_plans);
	}
	size_t number = intern_number(alike->state_keys, strbuf_text(&alike->key), alike->key.len);
	if (number < alike->states.count)
		return alike->states.items[number];
	VEC_RESERVE(alike->out, &copy, list->count);
	for (size_t i = 0; i < list->count; i++)
		VEC_PUSH(alike->out, &copy, copy_state(alike->out, &list->items[i]));
	VEC_PUSH(alike->out, &alike->states, copy);
	return copy;
}

/* When each licence was last changed: a list of the user's own, where anything is said. */
static void keep_times(struct alike *alike, const struct user *user, struct user *ret)
{
	bool said = false;
	for (size_t i = 0; i < user->states.count; i++)
		said = said || user->states.items[i].updated;
	if (!said)
		return;
	size_t size = ret->states.count * sizeof *ret->states.items;
	ret->states.items = arena_dup(alike->out, ret->states.items, size);
	ret->states.cap = ret->states.count;
	for (size_t i = 0; i < user->states.count; i++)
		ret->states.items[i].updated = arena_strdup(alike->out, user->states.items[i].updated);
}

void alike_keep(struct alike *alike, const struct user *user, struct user *ret)
{
	*ret = *user;
	ret->id = arena_strdup(alike->out, user->id);
	ret->upn = arena_strdup(alike->out, user->upn);
	ret->display_name = arena_strdup(alike->out, user->display_name);
	ret->usage_location = arena_strdup(alike->out, user->usage_location);
	ret->licenses = keep_licenses(alike, &user->licenses);
	ret->states = keep_states(alike, &user->states);
	keep_times(alike, user, ret);
}
