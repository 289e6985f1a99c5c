/* What exit statuses mean to a fleet. */
#include "plans/fleet/ending.h"

#include "core/macros.h"

const int ending_precedence[] = {5, 8, 7, 6, 4, 3, 13, 1, 10, 12, 11, 130, 9, 0};
const size_t ending_count = ARRAY_LEN(ending_precedence);

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
	for (size_t i = 0; i < ending_count; i++)
		if (ending_precedence[i] == status)
			return i;
	return rank_of(1);
}

int ending_worse(int a, int b)
{
	size_t rank_a = rank_of(a);
	size_t rank_b = rank_of(b);
	return ending_precedence[rank_a < rank_b ? rank_a : rank_b];
}
