/* Who belongs to a fleet, and to which of its waves. */
#include "plans/fleet/fleet.h"

#include <stdint.h>

bool fleet_selects(const struct fleet_file *file, const char *customer, const struct label_list *labels)
{
	return (!file->customers.count || name_patterns_match(&file->customers, customer)) &&
	       labels_match(&file->labels, labels);
}

static bool takes(const struct fleet_wave *wave, const struct fleet_choice *choice)
{
	return (!wave->customers.count || name_patterns_match(&wave->customers, choice->customer)) &&
	       labels_match(&wave->labels, choice->labels);
}

/* A percentage is of the whole fleet, and never nobody. */
static size_t room_of(const struct fleet_wave *wave, size_t whole)
{
	enum { PER_CENT = 100 };
	if (!wave->share.given)
		return SIZE_MAX;
	if (!wave->share.is_percent)
		return (size_t)wave->share.value;
	return (whole * (size_t)wave->share.value + PER_CENT - 1) / PER_CENT;
}

void fleet_assign_waves(const struct fleet_file *file, struct fleet_choice_list *chosen)
{
	for (size_t i = 0; i < chosen->count; i++)
		chosen->items[i].wave = SIZE_MAX;
	for (size_t w = 0; w < file->waves.count; w++) {
		const struct fleet_wave *wave = &file->waves.items[w];
		size_t room = room_of(wave, chosen->count);
		for (size_t i = 0; i < chosen->count && room; i++) {
			struct fleet_choice *choice = &chosen->items[i];
			if (choice->wave != SIZE_MAX || !takes(wave, choice))
				continue;
			choice->wave = w;
			room--;
		}
	}
}

int64_t fleet_soak_ms(const struct fleet_file *file, const struct fleet_choice *choice)
{
	if (!fleet_selects(file, choice->customer, choice->labels))
		return 0;
	for (size_t w = 0; w < file->waves.count; w++) {
		const struct fleet_wave *wave = &file->waves.items[w];
		if (takes(wave, choice))
			return wave->share.given ? 0 : wave->soak_ms;
	}
	return 0;
}
