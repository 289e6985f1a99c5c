/* Whose services are not set up: by the list, and where that leaves a doubt by each person's licence details.
 */
#include "plans/run/apply_internal.h"
#include "plans/saved/set_up.h"

enum { DETAILED_AT_ONCE = 100 /* people: five batches */ };

/* Those in error first: what does not come by itself is told soon. */
static struct set_up_gap_list errors_first(const struct set_up_gap_list *doubtful, struct arena *tmp)
{
	struct set_up_gap_list ordered = {0};
	for (int error = 1; error >= 0; error--)
		for (size_t i = 0; i < doubtful->count; i++)
			if (doubtful->items[i].is_error == (bool)error)
				VEC_PUSH(tmp, &ordered, doubtful->items[i]);
	return ordered;
}

/* Those of `asked` who have a gap by their licence details. */
static bool find_by_details(struct run *run, const struct live *live, const struct set_up_gap_list *asked,
			    struct arena *tmp, struct set_up_gap_list *ret, struct error *err)
{
	struct read_scope scope = {0};
	struct live details = {0};
	for (size_t i = 0; i < asked->count; i++)
		VEC_PUSH(tmp, &scope.details_of, asked->items[i].user_id);
	if (!run->o->provider->ops->read(run->o->provider, &scope, tmp, &details, err))
		return error_wrap(err, "cannot read how far services are set up");
	set_up_of_details(asked, live, &details, tmp, ret);
	return true;
}

/*
 * Whoever is in doubt by the list is asked for, some at a time, until somebody has a gap indeed: the list
 * alone holds nobody up.
 */
bool run_find_gaps(struct run *run, const struct live *live, struct arena *tmp, struct set_up_gap_list *ret,
		   struct error *err)
{
	struct set_up_gap_list doubtful;
	*ret = (struct set_up_gap_list){0};
	set_up_doubtful(run->o->plan, run->o->before, live, tmp, &doubtful);
	const struct set_up_gap_list ordered = errors_first(&doubtful, tmp);
	for (size_t at = 0; at < ordered.count && !ret->count; at += DETAILED_AT_ONCE) {
		const size_t left = ordered.count - at;
		const struct set_up_gap_list asked = {.items = ordered.items + at,
						      .count = left < DETAILED_AT_ONCE ? left
										       : DETAILED_AT_ONCE};
		if (!find_by_details(run, live, &asked, tmp, ret, err))
			return false;
	}
	return true;
}
