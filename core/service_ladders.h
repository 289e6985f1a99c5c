/*
 * Which service plans do less than others of their kind. Each row names the page of Microsoft's to hold it
 * against; those of Exchange, of Defender and of the Office apps were compared with what others cite of these
 * pages, the rest is common knowledge and has not been compared line by line.
 *
 * Whoever is given a lower one loses something; whoever is given one of the same rung, or a higher one, goes
 * on as before. Plans of one kind that are in no row (Forms E1 and E5, Power Automate P1 and P3, ...) count
 * as alike: no page was found that says what the lesser one lacks.
 */
#ifndef CORE_SERVICE_LADDERS_H
#define CORE_SERVICE_LADDERS_H

enum service_rank {
	RANK_NONE,  /* they share no ladder */
	RANK_LESS,  /* `other` does less than `name` */
	RANK_HOLDS, /* `other` does all that `name` does */
};
/* Where two ladders know both, holding counts. */
enum service_rank service_rank_of(const char *other, const char *name);

#endif
