/*
 * Carrying out independent actions over Graph, event-driven.
 *
 * Each action goes look -> write -> look until it is as its result says; many are under way at once,
 * in batches of up to 20 different subjects, and verification overlaps with other writes. The rules:
 *
 *	before the write   as expected: write; as the result: ALREADY; neither: STALE
 *	accepted           looked at after 0.05, 0.1, 0.2, 0.4, 1, 2, 4, 8, 16, 30, 30 … s: VERIFIED, or
 *UNKNOWN at the end of verify_ms refused            one look: VERIFIED when it is as the result anyway, else
 *FAILED in Graph's words busy, lost         looks first; sent again only while it is still as expected: after
 *one look where the service said it did nothing (409, 423, 429), after two that agree, seconds apart, where
 *it may have (5xx, no answer), since replicas lag changed by others  a sent action that stays neither is
 *UNKNOWN after several looks that agree kept otherwise     sent by this plan, and there with another choice
 *of services, in several looks that agree: VERIFIED, and told, or FAILED where somebody lost a service by it
 *	announced before   by a run that did not see it end: like lost
 *	never sent         everything stops: there is no connection or no token
 *
 * Many are looked at by listing the holders of a SKU, which shows 999 at once, where that costs less than
 * asking for each (execute_listing.c): before the write those of a SKU that is expected, afterwards those of
 * one that is given. What such a list does not settle is asked for alone. A look writes for 30 seconds.
 */
#ifndef PROVIDERS_GRAPH_EXECUTE_H
#define PROVIDERS_GRAPH_EXECUTE_H

#include "providers/graph/read/resources.h"
#include "providers/graph/wire/request.h"
#include "providers/provider.h"

struct execution {
	struct graph_conn *conn;
	const struct action *const *actions;
	size_t count;
	const struct execute_hooks *hooks;
	int64_t verify_ms;
	struct holder_count_list holder_counts; /* as last read: whether a list is worth its while */
};

NODISCARD bool execute_actions(const struct execution *execution, struct error *err);

#endif
