/* The constant parts of the faces of a plan, compiled in: each is a file of this folder. */
#ifndef PLANS_FACES_FACES_H
#define PLANS_FACES_FACES_H

#include <stddef.h>

extern const char face_licenses_head_ps1[]; /* up to the manifest */
extern const char face_licenses_body_ps1[]; /* behind it */
extern const char face_page_css[];
extern const char face_page_js[];

/* What a service is for; the order in which faces group them. */
enum service_purpose {
	PURPOSE_MAIL,
	PURPOSE_FILES,
	PURPOSE_TEAMS,
	PURPOSE_APPS,
	PURPOSE_SECURITY,
	PURPOSE_OTHER,
	PURPOSE_COUNT
};
struct face_service {
	const char *name;  /* "EXCHANGE_S_STANDARD" */
	const char *shown; /* "Exchange Online (Plan 1)" */
	enum service_purpose purpose;
};
extern const struct face_service face_services[]; /* services.txt, by name */
extern const size_t face_service_count;

#endif
