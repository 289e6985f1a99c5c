/* Finds product keys in a text, however somebody wrote them. */
#include "core/product_key_find.h"

#include "core/product_key_letter.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum {
	LENGTH = 25,
	GROUP = 5,
	SHORTEST = LENGTH - 1, /* with a character missing */
	LONGEST = LENGTH + 1,
	SLIPS_MAX = 3, /* characters that no key has */
	MARKS_MAX = 3, /* between two characters of what is only near a key, blanks not counted */
	/* A key that has less of these is one of thousands; words, digests and stand-ins seldom have as much.
	 */
	DIFFERENT_MIN = 8,
	BEYOND_HEX_MIN = 4,
	/* The same of what is only near a key, where missing one in a hundred is better than taking names for
	 * keys.
	 */
	NEAR_BEYOND_HEX_MIN = 7,
	NEAR_DIGITS_MIN = 2,
	NEAR_MIXED_GROUPS_MIN = 2,
	NEAR_GROUPS_MAX = 6,
	GROUPED_SLIPS_MAX = 12,
};

/* What is known of the letters from a place on. */
struct stretch {
	size_t count, slips, different, beyond_hex, digits;
	size_t ns;
	size_t groups, in_group; /* in_group: of the last one */
	size_t mixed_groups;
	bool group_has_letter, group_has_digit;
	bool far;	       /* more than MARKS_MAX stand between two of them */
	bool odd_group;	       /* of another length than fives can have */
	bool all_groups_whole; /* those before the last have GROUP characters each */
	uint64_t seen;
};

static bool is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next letter after `at`, across any marks; *ret_far when there are more than a slip has. */
static bool next_letter(const char *text, size_t len, size_t at, struct letter *ret, bool *ret_far)
{
	size_t marks = 0;
	while (at < len) {
		if (letter_at(text, len, at, ret)) {
			*ret_far |= marks > MARKS_MAX;
			return true;
		}
		marks += !is_blank((unsigned char)text[at]);
		at += letter_character_len(text, len, at);
	}
	return false;
}

static bool ends_group(const char *text, size_t len, size_t end)
{
	struct letter next;
	return end >= len || !letter_at(text, len, end, &next);
}

static bool starts_group(const char *text, size_t len, size_t at)
{
	struct letter before;
	return at == 0 || !letter_before(text, len, at, &before);
}

/* Fives, of which one may have lost or won a character; part numbers and serial numbers have other lengths.
 */
static bool is_near_fives(size_t in_group)
{
	size_t rest = in_group % GROUP;
	return rest <= 1 || rest == GROUP - 1;
}

static void end_group(struct stretch *s)
{
	s->odd_group |= !is_near_fives(s->in_group);
	s->mixed_groups += s->group_has_letter && s->group_has_digit;
	s->group_has_letter = s->group_has_digit = false;
	s->in_group = 0;
}

static void add(struct stretch *s, char c, bool new_group)
{
	if (new_group && s->count) {
		s->all_groups_whole &= s->in_group == GROUP;
		end_group(s);
	}
	s->groups += new_group || !s->count;
	bool digit = isdigit((unsigned char)c);
	uint64_t bit = c == LETTER_OTHER ? 0 : 1ull << (digit ? c - '0' : c - 'A' + 10);
	s->count++;
	s->in_group++;
	s->different += bit && !(s->seen & bit);
	s->seen |= bit;
	s->digits += digit;
	s->group_has_digit |= digit;
	s->group_has_letter |= !digit;
	s->beyond_hex += c > 'F';
	bool surplus_n = c == 'N' && s->ns++ > 0;
	s->slips += surplus_n || !letter_is_of_keys(c);
}

static bool is_varied(const struct stretch *s)
{
	return s->different >= DIFFERENT_MIN && s->beyond_hex >= BEYOND_HEX_MIN;
}

/* As keys are made; glued to something else only where its own groups can be told. */
static bool is_exact(const struct stretch *s, bool aligned)
{
	bool in_fives = s->groups == 1 || (s->all_groups_whole && s->in_group == GROUP);
	return s->count == LENGTH && !s->slips && is_varied(s) && (aligned || in_fives);
}

/* With a slip of the pen; it stands alone. */
static bool is_near(const struct stretch *s)
{
	size_t mixed = s->mixed_groups + (s->group_has_letter && s->group_has_digit);
	bool shaped = s->count == LENGTH && s->groups == LENGTH / GROUP && s->all_groups_whole &&
		      s->in_group == GROUP;
	bool close = s->count >= SHORTEST && s->slips <= SLIPS_MAX && s->groups <= NEAR_GROUPS_MAX;
	return !s->far && (close || (shaped && s->slips <= GROUPED_SLIPS_MAX)) && is_varied(s) &&
	       s->beyond_hex >= NEAR_BEYOND_HEX_MIN && s->digits >= NEAR_DIGITS_MIN &&
	       (s->groups == 1 ||
		(mixed >= NEAR_MIXED_GROUPS_MIN && !s->odd_group && is_near_fives(s->in_group)));
}

/* Nothing that follows could make a key of it. */
static bool is_hopeless(const struct stretch *s, bool alone)
{
	bool grouped = s->all_groups_whole && s->in_group <= GROUP;
	return s->slips &&
	       (!alone || s->far || (s->slips > SLIPS_MAX && (!grouped || s->slips > GROUPED_SLIPS_MAX)));
}

/* What a stretch of other groups than fives needs, to be one without a slip. */
enum groups {
	GROUPS_ALONE, /* words end where it does */
	GROUPS_ANY,   /* beside a key that was found */
	GROUPS_FIVES, /* nothing helps: where texts were put one behind the other */
};

/* Is there a key from the letter `first` on? An exact one counts more than what else it might be. */
static bool key_from(const char *text, size_t len, struct letter first, enum groups groups,
		     struct product_key_place *ret, bool *ret_exact)
{
	struct stretch s = {.all_groups_whole = true};
	struct letter letter = first;
	bool alone = starts_group(text, len, first.at);
	bool found = false;
	size_t last_end = first.at;
	do {
		add(&s, letter.c, letter.at > last_end);
		last_end = letter.end;
		*ret_exact = is_exact(&s, groups == GROUPS_ANY || (groups == GROUPS_ALONE && alone &&
								   ends_group(text, len, last_end)));
		bool near = alone && !(found && s.count > LENGTH) && is_near(&s) &&
			    ends_group(text, len, last_end);
		if (*ret_exact || near)
			*ret = (struct product_key_place){first.at, last_end - first.at};
		found |= *ret_exact || near;
	} while (!*ret_exact && s.count < LONGEST && !is_hopeless(&s, alone) &&
		 next_letter(text, len, last_end, &letter, &s.far));
	return found;
}

static bool is_aligned(const char *text, size_t len, const struct product_key_place *place)
{
	return starts_group(text, len, place->at) && ends_group(text, len, place->at + place->len);
}

/*
 * A letter before or behind a key may make another one with a part of it. Those that begin and end where
 * words do are meant; where there is none, it may be any of them. All that are meant are one place.
 */
static void settle(const char *text, size_t len, struct product_key_place *place)
{
	struct letter first;
	struct product_key_place other;
	bool exact;
	bool aligned = is_aligned(text, len, place);
	for (size_t at = place->at + 1; at < place->at + place->len; at++) {
		if (!letter_at(text, len, at, &first) ||
		    !key_from(text, len, first, GROUPS_ANY, &other, &exact) || !exact)
			continue;
		bool better = is_aligned(text, len, &other);
		if (better && !aligned)
			*place = other;
		else if (better == aligned)
			place->len = other.at + other.len - place->at;
		aligned |= better;
	}
}

bool product_key_find(const char *text, size_t len, size_t from, struct product_key_place *ret_place)
{
	struct product_key_place near = {0};
	bool found = false;
	struct letter first;
	for (size_t at = from; at < len && (!found || at < near.at + near.len); at++) {
		struct product_key_place place;
		bool exact;
		if (!letter_at(text, len, at, &first) ||
		    !key_from(text, len, first, GROUPS_ALONE, &place, &exact))
			continue;
		if (exact) {
			settle(text, len, &place);
			*ret_place = place;
			return true;
		}
		if (!found)
			near = place;
		found = true;
	}
	*ret_place = near;
	return found;
}

bool product_key_find_exact(const char *text, size_t len)
{
	struct letter first;
	struct product_key_place place;
	bool exact = false;
	for (size_t at = 0; at < len && !exact; at++)
		exact = letter_at(text, len, at, &first) &&
			key_from(text, len, first, GROUPS_FIVES, &place, &exact) && exact;
	return exact;
}

void product_key_mask(char *text)
{
	enum { BACK = 200 };
	size_t len = strlen(text);
	struct product_key_place place;
	size_t from = 0;
	while (product_key_find(text, len, from, &place)) {
		memset(text + place.at, '*', place.len);
		/* What stands before it ends there now, and may be one itself. */
		from = place.at > BACK ? place.at - BACK : 0;
	}
}
