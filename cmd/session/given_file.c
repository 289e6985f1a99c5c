/* A file that somebody names on the command line to be written. */
#include "cmd/session/given_file.h"

#include "core/file.h"
#include "core/quote.h"
#include "core/str.h"
#include "plans/git/store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char policy_file[] = "seatshift.yaml";
/* What stands below these is a record, or git's; what a name ends in: only when it is there. */
static const char *const records[] = {"plans/", "fleets/"};
static const char *const inputs[] = {"customers/", "seatshift.yaml", "fleet.yaml", "allowed_signers"};

static const char *absolute(const char *path, struct arena *out)
{
	char *here = *path == '/' ? NULL : getcwd(NULL, 0);
	const char *whole = arena_printf(out, "%s/%s", here ? here : "", path);
	free(here);
	return whole;
}

/* Where it really is, by whatever links and dots: NULL when its folder is not there. */
static const char *real_place(const char *path, struct arena *out)
{
	char *folder = realpath(path_dir(out, path), NULL);
	char *file = realpath(path, NULL);
	const char *place = file     ? arena_strdup(out, file)
			    : folder ? arena_printf(out, "%s/%s", folder, path_name(path))
				     : NULL;
	free(folder);
	free(file);
	return place;
}

/* Where a folder is, or will be: the part that is there by whatever links, the rest as it is written. */
static const char *folder_to_be(const char *whole, struct arena *out)
{
	const char *there = whole;
	char *real = NULL;
	while (!(real = realpath(there, NULL)) && !str_eq(there, "/"))
		there = path_dir(out, there);
	const char *place = real ? arena_strdup(out, real) : "/";
	const char *rest = whole + strlen(there);
	free(real);
	while (*(rest += strspn(rest, "/"))) {
		const char *part = arena_strndup(out, rest, strcspn(rest, "/"));
		rest += strlen(part);
		place = str_eq(part, ".")    ? place
			: str_eq(part, "..") ? path_dir(out, place)
					     : arena_printf(out, "%s/%s", place, part);
	}
	return place;
}

static bool is_under(const char *inside, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_starts(inside, names[i]) && (str_ends(names[i], "/") || str_eq(inside, names[i])))
			return true;
	return false;
}

/* A hard link: what it is called elsewhere, nobody can tell. */
static bool has_other_names(const char *place)
{
	struct stat info;
	return stat(place, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink > 1;
}

static bool belongs_to(const char *repository, const char *inside, bool there)
{
	return is_under(inside, records, ARRAY_LEN(records)) ||
	       (there && (is_under(inside, inputs, ARRAY_LEN(inputs)) || store_tracks(repository, inside)));
}

/* In any repository that it is in, the innermost or one around it. */
static bool is_of_a_repository(const char *place, struct arena *tmp)
{
	if (strstr(arena_printf(tmp, "%s/", place), "/.git/"))
		return true;
	bool there = file_exists(place);
	for (const char *at = strchr(place + 1, '/'); at; at = strchr(at + 1, '/')) {
		const char *folder = arena_strndup(tmp, place, (size_t)(at - place));
		if (file_exists(path_join(tmp, folder, policy_file)) &&
		    (belongs_to(folder, at + 1, there) || has_other_names(place)))
			return true;
	}
	return false;
}

/* The outermost, since one that is further in may have been put there to hide a link above it. */
static const char *root_of(const struct app *app, const char *whole)
{
	for (const char *at = strchr(whole + 1, '/'); at; at = strchr(at + 1, '/')) {
		const char *folder = arena_strndup(app->arena, whole, (size_t)(at - whole));
		if (file_exists(path_join(app->arena, folder, policy_file)))
			return folder;
	}
	return app->dir;
}

/* That folder, or one that it is in, of any repository around it. */
static bool is_for_records(const char *place, struct arena *tmp)
{
	const char *folder = arena_printf(tmp, "%s/", place);
	if (strstr(folder, "/.git/"))
		return true;
	for (const char *at = strchr(folder + 1, '/'); at; at = strchr(at + 1, '/')) {
		const char *above = arena_strndup(tmp, folder, (size_t)(at - folder));
		if (file_exists(path_join(tmp, above, policy_file)) &&
		    (is_under(at + 1, records, ARRAY_LEN(records)) || str_starts(at + 1, inputs[0])))
			return true;
	}
	return false;
}

bool given_folder_check(const struct app *app, const char *option, const char *path, const char **ret_root,
			struct error *err)
{
	const char *whole = absolute(path, app->arena);
	const char *root = root_of(app, arena_printf(app->arena, "%s/", whole));
	*ret_root = file_exists(path_join(app->arena, root, policy_file)) ? root : NULL;
	if (!is_for_records(folder_to_be(whole, app->arena), app->arena))
		return true;
	error_set(err, ERR_INVALID, "'%s' is where a repository keeps its own, and %s writes nothing there",
		  quote_terminal(app->arena, path), option);
	return error_hint(err,
			  "Name another folder: plans/, fleets/, customers/ and .git are not for what can "
			  "be made again.");
}

bool given_file_check(const struct app *app, const char *option, const char *path, const char **ret_root,
		      struct error *err)
{
	const char *whole = absolute(path, app->arena);
	const char *place = real_place(whole, app->arena);
	*ret_root = root_of(app, whole);
	if (!place || !is_of_a_repository(place, app->arena))
		return true;
	error_set(err, ERR_INVALID, "'%s' is a repository's own, and %s never writes over a file of it",
		  quote_terminal(app->arena, path), option);
	return error_hint(err, "Name another file: what is in plans/, fleets/ and .git, what git tracks and "
			       "what the customers are described by is not for results.");
}
