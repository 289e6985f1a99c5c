/* The list of findings that doctor makes. */
#include "cmd/doctor.h"

void doctor_add(struct doctor *d, struct finding finding)
{
	VEC_PUSH(d->app->arena, &d->findings, finding);
}

void doctor_add_error(struct doctor *d, const char *check, struct error *err, const char *remedy)
{
	struct arena *arena = d->app->arena;
	doctor_add(d, (struct finding){.check = check,
				       .verdict = VERDICT_FAIL,
				       .detail = arena_strdup(arena, err->message),
				       .remedy = err->hint ? arena_strdup(arena, err->hint) : remedy,
				       .code = err->code});
	error_release(err);
}
