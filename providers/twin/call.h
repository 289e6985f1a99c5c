/* One request and its answer, whether it came over the wire or as a part of a $batch. */
#ifndef PROVIDERS_TWIN_CALL_H
#define PROVIDERS_TWIN_CALL_H

#include "core/http.h"
#include "core/json.h"
#include "providers/twin/model.h"

/* What becomes of a finished answer. */
enum call_fate {
	FATE_SEND,
	FATE_DROP,     /* the connection is closed without an answer */
	FATE_RESET,    /* the same, with a TCP reset */
	FATE_TRUNCATE, /* half of the body, then the connection is closed */
	FATE_MALFORM,  /* half of the body, as if it were whole */
	FATE_TRICKLE,  /* the body in small pieces, slowly */
	FATE_OMIT,     /* only in a batch: the part is missing from the answer */
};

struct call_param {
	const char *name; /* decoded */
	const char *value;
};
VEC(call_param_list, struct call_param);

/*
 * The services, for whoever has another call carried out within this one: a part of a batch, or what somebody
 * else does meanwhile. The router knows them; nothing below it does.
 */
struct call;
struct call_services {
	void (*graph)(struct call *call);
	void (*control)(struct call *call);
};

enum { CALL_SEGMENTS = 8, CALL_KEYS = 2 };
struct call {
	struct twin *twin;
	struct arena *arena; /* lives as long as the call */
	const char *method;
	const char *path;		 /* raw, without the query */
	const char *query;		 /* raw, "" when there is none */
	struct http_header_list headers; /* names lower case */
	const char *body;
	size_t body_len;
	const char *base;   /* "http://127.0.0.1:PORT" */
	struct call *outer; /* the batch this is a part of, or NULL */
	const struct call_services *services;

	const char *segments[CALL_SEGMENTS]; /* decoded */
	size_t segment_count;
	struct call_param_list params;
	const char *keys[CALL_KEYS]; /* what the route's {} matched */

	struct twin_tenant *tenant;
	struct twin_token *token;
	const char *request_id;
	struct str_list busy_users; /* of a batch: ids that its parts have written */
	const char *refusal_claims; /* that a sign-in's refusal is to name; or NULL */
	const char *fault;	    /* the kind of the fault that hit, for the log */
	const struct twin_fault *pending_fault;
	struct twin_log_part_list parts;

	int status;
	struct http_header_list answer_headers;
	struct strbuf out;
	struct json_writer w; /* writes to `out` */
	const char *content_type;
	enum call_fate fate;
	bool shows_newest; /* the answer to a write: it does not lag */
	bool is_listing;   /* of users: it may lag further than one of them */
	int64_t delay_ms;
};

/* Splits and decodes path and query; false (and a 400 answered) when that cannot be done. */
NODISCARD bool call_parse(struct call *call, const char *target);
void call_init(struct call *call, struct twin *twin, struct arena *arena);
void call_release(struct call *call);
const char *call_header(const struct call *call, const char *name); /* `name` in lower case; or NULL */
const char *call_param(const struct call *call, const char *name);  /* or NULL */
void call_add_header(struct call *call, const char *name, const char *value);
char *call_decode(struct arena *arena, const char *text, size_t len,
		  bool plus_is_space); /* NULL: malformed */

/*
 * Matches the decoded segments, from `first` on, against a pattern like "users/{}/assignLicense";
 * words match in any letter case; each {} fills one of `keys`, also inside a word: "users('{}')".
 */
bool call_matches(struct call *call, size_t first, const char *pattern);

/* Drops what was written so far and answers with Graph's error envelope. Returns false. */
bool call_error(struct call *call, int status, const char *code, const char *fmt, ...) PRINTF(4, 5);
#ifdef __clang_analyzer__ /* which sees one file at a time */
#define call_error(...) (call_error(__VA_ARGS__), false)
#endif

/* The body as JSON; false (and a 400 answered) when it is none. Owned by the caller. */
NODISCARD bool call_json(struct call *call, struct json **ret_root);

char *call_time(struct arena *arena, int64_t wall_ms); /* 2026-01-15T10:00:00Z */

/* The three services behind one port; each answers, whatever comes. */
void login_handle(struct call *call);
void graph_handle(struct call *call);
void control_handle(struct call *call);
/* Chooses by path, applies faults, keeps log and counters. */
void router_handle(struct call *call);

/* fault.c: before a call is carried out (true: it is answered already), and after. */
bool fault_before(struct call *call);
void fault_after(struct call *call);
void log_call(struct call *call);
void log_count(struct twin *twin, const char *method, const char *pattern);

#endif
