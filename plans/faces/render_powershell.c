/*
 * A plan as a PowerShell script and its manifest, for someone with delegated rights who runs the licence
 * changes on the partner's behalf.
 *
 * The script is constant (plans/faces/licenses_*.ps1) but for two parts between its halves: a table of
 * literals, and the manifest, one line of ASCII JSON per action in a here-string that takes nothing for
 * code and that no line beginning with { can end.
 */
#include "plans/faces/render_model.h"

#include "core/json.h"
#include "core/quote.h"
#include "plans/faces/faces.h"
#include "plans/saved/plan_file.h"

/* Every member is in every line: a strict script may not ask for one that is not there. */
static void put_action(const struct action *action, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT(STRBUF_LARGE);
	struct json_writer w = JSON_WRITER(&line);
	json_begin_object(&w);
	plan_put_licenses(&w, "add", &action->add);
	json_set_bool(&w, "canary", action->canary);
	plan_put_licenses(&w, "expect", &action->expect.licenses);
	json_set_text(&w, "group", action->group_id);
	json_set_text(&w, "id", action->id);
	json_set_text(&w, "kind", action_info(action->kind)->name);
	json_set_text(&w, "location", action->usage_location);
	json_set_text(&w, "name", render_name(tmp, render_who(action)));
	json_set_texts(&w, "remove", &action->remove);
	plan_put_licenses(&w, "result", &action->result.licenses);
	json_set_text(&w, "subject", action->user_id ? action->user_id : action->group_id);
	json_set_text(&w, "user", action->user_id);
	json_end_object(&w);
	strbuf_add(out, quote_ascii_json(tmp, strbuf_text(&line)));
	strbuf_add_char(out, '\n');
	strbuf_part_ends(out);
}

/* How many direct assignments of each Open SKU the script makes at most. */
static void put_seats(const struct render_model *m, struct strbuf *out, struct arena *tmp)
{
	struct str_list skus = {0};
	VEC(, int64_t) counts = {0};
	for (size_t i = 0; i < m->steps.count; i++) {
		const struct render_step *step = &m->steps.items[i];
		for (size_t j = 0; j < step->first->add.count; j++) {
			const char *sku_id = step->first->add.items[j].sku_id;
			size_t at = 0;
			while (at < skus.count && !str_eq(skus.items[at], sku_id))
				at++;
			if (at == skus.count) {
				VEC_PUSH(tmp, &skus, sku_id);
				VEC_PUSH(tmp, &counts, 0);
			}
			counts.items[at] += (int64_t)step->actions.count;
		}
	}
	strbuf_add(out, "    Seats        = @(\n");
	for (size_t i = 0; i < skus.count; i++)
		strbuf_addf(out, "        @{ SkuId = %s; Name = %s; Count = %lld }\n",
			    quote_powershell(tmp, skus.items[i]),
			    quote_powershell(tmp, render_part_number(m, skus.items[i], tmp)),
			    (long long)counts.items[i]);
	strbuf_add(out, "    )\n");
}

static void put_setting(struct strbuf *out, const char *name, const char *value, struct arena *tmp)
{
	strbuf_addf(out, "    %-12s = %s\n", name, quote_powershell(tmp, value));
}

void render_powershell(const struct render_model *m, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	strbuf_add(out, face_licenses_head_ps1);
	strbuf_add(out, "$Plan = @{\n");
	put_setting(out, "Format", "seatshift-licenses/1", tmp);
	put_setting(out, "Id", m->folder->id, tmp);
	put_setting(out, "Digest", m->folder->digest, tmp);
	put_setting(out, "Customer", render_name(tmp, m->plan->customer), tmp);
	put_setting(out, "TenantId", m->plan->tenant_id, tmp);
	put_setting(out, "TenantDomain", m->plan->tenant_domain, tmp);
	put_setting(out, "TenantName", render_name(tmp, m->plan->tenant_name), tmp);
	put_seats(m, out, tmp);
	strbuf_add(out, "}\n$Manifest = @'\n");
	for (size_t i = 0; i < m->plan->actions.count; i++)
		if (action_info(m->plan->actions.items[i].kind)->by == BY_GRAPH)
			put_action(&m->plan->actions.items[i], out);
	strbuf_add(out, "'@\n");
	strbuf_add(out, face_licenses_body_ps1);
}
