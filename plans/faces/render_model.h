/*
 * What the faces of a plan have in common: worked out once, shown by each. For plans/render*.c only.
 *
 * Texts that the model composes are visible (core/quote.h, quote_terminal) and their names are cut at a
 * length that no layout breaks on; they still are data, so each face quotes them for its target.
 */
#ifndef PLANS_RENDER_MODEL_H
#define PLANS_RENDER_MODEL_H

#include "core/out.h"
#include "core/say.h"
#include "core/service_names.h"
#include "plans/faces/faces.h"
#include "plans/faces/render.h"
#include "plans/planning/services.h"
#include "plans/standing/window.h"

enum { RENDER_NAME_MAX = 120 };

/*
 * A step as shown: one action by hand, or the Graph actions of one kind that do the same, in one wave of
 * canaries or behind it.
 */
struct render_step {
	VEC(, const struct action *) actions;
	const struct action *first;
	const struct action_info *info;
	size_t number;		 /* from 1 */
	const char *subject;	 /* "20 users" */
	struct str_list changes; /* "+ENTERPRISEPACK", "-STANDARDPACK"; none for other kinds */
	const char *change;	 /* the same in one text, or "" */
	const char *by;		 /* "by hand", "by phone", "by Example Distribution"; "" for Graph */
	const char *undo;      /* until when it can be undone: "at any time", "stays"; marked (render_data) */
	const char *undo_mark; /* the same in one or two characters: render_undo_legend tells them */
	const char *done;      /* "done", "12 of 15 done, 1 not", or "" */
	bool canary;
	bool whole;	       /* takes something: never cut */
	struct str_list after; /* numbers of the steps that it directly follows, as text */
	uint64_t after_bits;   /* the same, bit i: step i + 1; steps past 64 show no arrows */
};
VEC(render_step_list, struct render_step);

/* How far a plan is that was begun. */
struct render_progress {
	int64_t people, people_done; /* whom it concerns; with whom nothing is left to be done */
	struct str_list failed;	     /* people: raw names, sorted */
	struct str_list unclear;     /* people who were found otherwise, or of whom nothing is known */
	size_t steps_done;
	const struct render_step *next; /* the first that is not done; NULL: all are */
};

/* What people can do before and after, by service plan: names and how many people. */
struct service_effect {
	const char *plan_name;
	const char *shown; /* the name that people know; NULL when it is not known */
	enum service_purpose purpose;
	int64_t gained;
	int64_t replaced;	/* another plan of its kind takes its place */
	int64_t lost;		/* nothing does */
	int64_t removed;	/* goes with a licence that is taken */
	int64_t cancelled;	/* stops with a subscription, under a licence that stays */
	struct str_list losers; /* the first of `lost`: raw names */
	struct str_list lesser; /* what some of them get of it, which does less: service plans' names */
};
VEC(service_effect_list, struct service_effect);
enum { LOSERS_NAMED = 10 };

/* Whoever still holds what a step cancels: nothing is changed for them, and it stops working. */
struct render_stranded {
	int64_t people;
	struct str_list names; /* the first LOSERS_NAMED: raw */
	struct str_list skus;  /* ids */
	bool partly;	       /* something of it goes on, by another licence of theirs */
};

/* When a customer pays for both. Days that are not known are WINDOW_NO_DAY. */
struct render_window {
	const struct plan_move *move;
	const struct render_step *arrival; /* NULL: both are live already */
	const struct render_step *retire;
	struct window state; /* as of today, where that is known */
	int32_t seen;	     /* day of the snapshot */
	int32_t term_ends;   /* the Advisor subscription renews or ends */
	const char
		*sentence; /* "twice from step 1 to step 5; last safe day 2026-12-01": what every face says */
};
VEC(render_window_list, struct render_window);

/* What a page styles the step by: "redeem", "retire", "hand", "take" or "graph". */
const char *render_step_class(const struct render_step *step);

/* What somebody who approves has to weigh. */
enum decision_kind { DECISION_LOST, DECISION_TAKEN, DECISION_WARNING, DECISION_MONEY, DECISION_FINAL };
struct render_decision {
	enum decision_kind kind;
	const char *head; /* "Lost by 2 people" */
	const char *text; /* "Yammer (YAMMER_ENTERPRISE). Who: adele.vance@contoso.com, lee.gu@contoso.com" */
	/* The same in two parts, for a face that has room for them; or NULL. */
	const char *about, *who;
};
VEC(render_decision_list, struct render_decision);

/* One warning of the plan, or all that say the same of several people. */
struct render_warning {
	enum diag_code code;
	const char *text;    /* marked */
	const char *many;    /* what is said of several; NULL: it names nobody */
	struct str_list who; /* they, by name: raw; none where it is about one or about nobody */
	bool is_reminder;    /* stands for every plan of its kind: comes last */
};
VEC(render_warning_list, struct render_warning);

/* A line of the first screen. Data in it is marked (render_data); of an alarm, the first cell is what is
 * lost. */
struct render_fact {
	const char *label; /* "RETIRES" */
	enum out_style style;
	bool alarm;
	const char *cells[3]; /* the later ones may be NULL */
};
VEC(render_fact_list, struct render_fact);

/* A line of a report: what it is about, and a text in which data is marked. */
struct render_row {
	const char *label, *text;
};
VEC(render_row_list, struct render_row);

/* All that one user, or one group, goes through. */
struct render_subject {
	const struct action *location; /* or NULL */
	const struct action *change;   /* or NULL: the licence is there already */
};
VEC(render_subject_list, struct render_subject);

struct render_model {
	const struct render_input *in;
	const struct plan_folder *folder;
	const struct plan *plan;
	const struct live *live;
	struct arena *arena;
	struct sku_cache *skus;
	struct render_step_list steps;
	struct render_progress progress;
	struct service_effect_list
		effects;       /* by purpose, what is lost first, then by name; only those that change */
	int64_t people_losing; /* a service, with or without a licence that is taken */
	struct render_stranded stranded;
	const char *sentence;	 /* what the plan does, for somebody who reads nothing else */
	const char *state;	 /* "planned, approved 0 of 1", "begun", "done" */
	const char *state_more;	 /* what there is to say of it, marked; or NULL */
	const char *state_class; /* of that: "planned", "approved", "begun", "done", "undone", "left-over" */
	const char *next;	 /* what comes next: "Apply it with" */
	const char *command;	 /* "seatshift apply 32a4c81e" */
	struct render_decision_list decisions; /* what is still to be decided */
	struct render_decision_list decided;   /* what was, and is done */
	const char *decided_heading;
	struct render_warning_list warnings;
	size_t reminders; /* of them */
	struct render_window_list windows;
	struct render_fact_list facts;
	struct render_row_list rehearsal; /* the saved report; none where there is none */
	int64_t requests;		  /* what a run costs, by the published limits: a rough figure */
	int64_t seconds;
};

void render_steps(struct render_model *m);
void render_effects(struct render_model *m);
void render_way_back(struct render_model *m); /* sets `undo` of the steps */
void render_windows(struct render_model *m);
void render_facts(struct render_model *m);
void render_rehearsal(struct render_model *m);
const char *render_rehearsal_failed(const struct render_model *m); /* why it says no; NULL: it does not */
void render_add_fact(struct render_model *m, const char *label, enum out_style style, const char *a,
		     const char *b, const char *c);
void render_pair_facts(struct render_model *m);	 /* UNDOES, FOLLOWS, UNDONE */
void render_undo_fact(struct render_model *m);	 /* UNDO */
void render_undo_billed(struct render_model *m); /* BILLED, of an undo */
const char *render_undo_legend(const struct render_model *m);
const char *render_keeps(const struct render_model *m); /* of an undo; NULL: it is none */
/* Of an undo after which two subscriptions are billed for the same people: both, in words; or NULL. */
const char *render_paid_for_both(const struct render_model *m, const struct plan_move *move);
/* That brings back what people move to; or NULL. */
const struct render_step *render_reactivate_step(const struct render_model *m, const struct plan_move *move);
/* The step that brings the seats, by key or without one; NULL: they are there. */
const struct render_step *render_arrival_step(const struct render_model *m, const struct plan_move *move);
const struct render_step *render_retire_step(const struct render_model *m, const struct plan_move *move);
void render_progress(struct render_model *m); /* after the steps */
/* "12 of 15 people moved and verified; 1 failed: lee.gu@contoso.com; next is step 5, …". Marked. */
const char *render_progress_text(const struct render_model *m);
bool render_is_done(const struct render_model *m, const struct action *action);
bool render_all_done(const struct render_model *m);
void render_verdict(struct render_model *m);
const char *render_sentence(const struct render_model *m); /* "Moves 23 of 25 people of Contoso Ltd …" */

/* Users and groups, by name. */
void render_subjects(const struct render_model *m, struct arena *out, struct render_subject_list *ret);

/* Visible, and cut at RENDER_NAME_MAX characters; NULL gives "". */
const char *render_name(struct arena *out, const char *text);
/* What the seats that people move to are called beside the old ones: "Open", "CSP"; "Before", of an undo. */
const char *render_open_label(const struct render_model *m, const struct plan_move *move);
const char *render_part_number(const struct render_model *m, const char *sku_id, struct arena *out);
/* "Office 365 E3 (ENTERPRISEPACK)"; "ENTERPRISEPACK" where the catalogue has no name for it. Marked. */
const char *render_sku(const struct render_model *m, const char *sku_id, struct arena *out);
const char *render_sku_plain(const struct render_model *m, const char *sku_id,
			     struct arena *out); /* the same, not marked */
const char *render_product(const struct render_model *m, const char *sku_id,
			   struct arena *out); /* the name alone */
/* "Microsoft Teams (TEAMS1)". Marked. */
const char *render_effect_name(const struct render_model *m, const struct service_effect *effect);
const char *render_lesser(const struct render_model *m, const struct service_effect *effect); /* or "" */
/* The name, with what there is of it from then on: "… → Exchange Online (Plan 1)". Marked. */
const char *render_lost_name(const struct render_model *m, const struct service_effect *effect);
/* The same, without the code where people know it by a name. */
const char *render_lost_words(const struct render_model *m, const struct service_effect *effect);
const char *render_purpose(enum service_purpose purpose); /* "Mail" */
/* "all services of STANDARDPACK, ENTERPRISEPACK": what the stranded lose, by `name`. */
const char *render_stranded_services(const struct render_model *m,
				     const char *(*name)(const struct render_model *m, const char *sku_id,
							 struct arena *out));
/*
 * Sentences in which data from a tenant or a file stands between our own words: the data is marked, with two
 * control characters that visible text cannot contain, and each face quotes it for its target.
 */
const char *render_data(struct arena *out, const char *visible);
const char *render_unmark(struct arena *out, const char *text,
			  const char *(*words)(struct arena *out, const char *),
			  const char *(*data)(struct arena *out, const char *));
void render_warnings(struct render_model *m);
/* "adele.vance@contoso.com, lee.gu@contoso.com and 58 more": at most `most` of `names`, of `all`. Marked. */
const char *render_names_of(const struct render_model *m, const struct str_list *names, size_t most,
			    int64_t all);
/* The same of a warning: all of them where all is shown, else the first. */
const char *render_warning_names(const struct render_model *m, const struct render_warning *warning);
const char *render_who(const struct action *action); /* UPN or the group's name: raw */
/* "ENTERPRISEPACK, FLOW_FREE" and the services that are off in them. */
const char *render_licenses(const struct render_model *m, const struct license_list *list, struct arena *out);
const char *render_services_off(const struct render_model *m, const struct license_list *list,
				struct arena *out);
const char *render_outcome(const struct render_model *m, const struct action *action); /* "" when not known */
/* Of one person, where the action is a group's. */
const char *render_member_outcome(const struct render_model *m, const struct action *action,
				  const char *user_id);
/* What a hand step is about, line by line: pairs of a label and a text in which data is marked. */
void render_card(const struct render_model *m, const struct action *action, struct arena *out,
		 struct str_list *ret_pairs);

void render_text(const struct render_model *m, struct strbuf *out);
void render_json(const struct render_model *m, struct strbuf *out);
void render_markdown(const struct render_model *m, struct strbuf *out);
void render_html(const struct render_model *m, struct strbuf *out);
void render_csv(const struct render_model *m, struct strbuf *out);
void render_csv_bom(const struct render_model *m, struct strbuf *out);
void render_dot(const struct render_model *m, struct strbuf *out);
void render_mermaid(const struct render_model *m, struct strbuf *out);
void render_powershell(const struct render_model *m, struct strbuf *out);

/* Our own words for the HTML face: nowhere does a line end within one that has a hyphen. */
const char *render_html_words(struct arena *out, const char *text);
/* What came from a tenant or a file, kept apart from what is around it: days and ids stay whole. */
const char *render_html_data(struct arena *out, const char *text);

/* plans/faces/render_svg.c: drawings for the HTML face. */
void render_svg_steps(const struct render_model *m, struct arena *tmp, struct strbuf *out);
void render_svg_window(const struct render_model *m, const struct render_window *window, size_t number,
		       struct arena *tmp, struct strbuf *out);

#endif
