/* The constant parts of the faces of a plan, compiled in: each is a file of this folder. */
#ifndef PLANS_FACES_FACES_H
#define PLANS_FACES_FACES_H

extern const char face_licenses_head_ps1[]; /* up to the manifest */
extern const char face_licenses_body_ps1[]; /* behind it */
extern const char face_page_css[];
extern const char face_page_js[];

#endif
