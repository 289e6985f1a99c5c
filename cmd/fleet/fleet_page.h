/* The page of a fleet: one file, no network; readable without its script, which filters and sorts. */
#ifndef CMD_FLEET_PAGE_H
#define CMD_FLEET_PAGE_H

#include "cmd/fleet/fleet_rows.h"

struct fleet_page {
	const struct fleet *fleet;
	const struct fleet_rows *rows;
	const struct fleet_group_list *groups;
	const struct str_list *waves; /* one line for each of the fleet's */
	const char *billed;	      /* one line */
};
void fleet_page_write(const struct fleet_page *page, struct strbuf *out);

/* The constant parts: page.css and page.js. */
extern const char fleet_page_css[];
extern const char fleet_page_js[];

#endif
