/* What exit statuses mean to a fleet. */
#include "plans/fleet/ending.h"

#include "core/macros.h"

/* From the worst to 0. */
static const int precedence[] = {5, 8, 7, 6, 4, 3, 13, 1, 10, 12, 11, 130, 9, 0};

enum ending ending_of(int status)
{
	switch (status) {
	case 0:
	case 9:
		return ENDING_WELL;
	case 10:
	case 11:
	case 12:
	case 130:
		return ENDING_AGAIN;
	default:
		return ENDING_FAILED;
	}
}

static size_t rank_of(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(precedence); i++)
		if (precedence[i] == status)
			return i;
	return rank_of(1);
}

int ending_worse(int a, int b)
{
	size_t rank_a = rank_of(a);
	size_t rank_b = rank_of(b);
	return precedence[rank_a < rank_b ? rank_a : rank_b];
}
