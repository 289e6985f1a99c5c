/*
 * Git, as the record of plans: shallow clones.
 *
 * A CI job's checkout has the last commit and not its parents. libgit2 1.5 does not know of that and
 * fails at the missing parent whenever it walks history: to push, to fetch, to list. It does believe
 * a commit graph, git's file of (commit, tree, parents), before it reads the commit itself. So the
 * commits at which history was cut are given to it in one, without parents, in seatshift/graft of the
 * git folder (git's own is left alone). It must stay there: libgit2 looks again whenever it misses an
 * object. Format: gitformat-commit-graph(5).
 */
#include "plans/git/store_internal.h"

#include "core/digest.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	GRAPH_NO_PARENT = 0x70000000,
	GRAPH_HEADER = 8,
	GRAPH_CHUNKS = 3,
	GRAPH_CHUNK_ROW = 12,
	GRAPH_FANOUT = 256 * 4,
	GRAPH_DATA = GIT_OID_RAWSZ + 16,
	SHALLOW_MAX = 1 << 20
};

VEC(oid_list, git_oid);

static int compare_ids(const void *a, const void *b)
{
	return git_oid_cmp(a, b);
}

/* The ids in the file `shallow` of the git folder, sorted. */
static void read_cut_ids(const struct store *store, struct arena *out, struct oid_list *ret)
{
	CLEANUP(mem_free_text)
	char *path = mem_printf("%sshallow", git_repository_commondir(store->repo));
	FILE *file = fopen(path, "re");
	if (!file)
		return;
	char line[128];
	git_oid id;
	while (ret->count < SHALLOW_MAX && fgets(line, sizeof line, file)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (git_oid_fromstr(&id, line) == 0)
			VEC_PUSH(out, ret, id);
	}
	fclose(file);
	if (ret->count)
		qsort(ret->items, ret->count, sizeof *ret->items, compare_ids);
}

bool store_is_cut_at(struct store *store, const git_commit *commit)
{
	if (!git_commit_parentcount(commit) || !git_repository_is_shallow(store->repo))
		return false;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct oid_list cut = {0};
	read_cut_ids(store, tmp, &cut);
	return cut.count &&
	       bsearch(git_commit_id(commit), cut.items, cut.count, sizeof *cut.items, compare_ids) != NULL;
}

static void put_u32(struct strbuf *out, uint32_t value)
{
	const unsigned char bytes[] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
				       (unsigned char)(value >> 8), (unsigned char)value};
	strbuf_add_bytes(out, bytes, sizeof bytes);
}

static void put_chunk_row(struct strbuf *out, const char *name, size_t offset)
{
	strbuf_add(out, name);
	put_u32(out, 0);
	put_u32(out, (uint32_t)offset);
}

static void put_header(struct strbuf *out, size_t count)
{
	static const unsigned char versions[] = {1, 1, GRAPH_CHUNKS, 0};
	size_t fanout = GRAPH_HEADER + (GRAPH_CHUNKS + 1) * GRAPH_CHUNK_ROW;
	size_t names = fanout + GRAPH_FANOUT;
	size_t data = names + count * GIT_OID_RAWSZ;
	strbuf_add(out, "CGPH");
	strbuf_add_bytes(out, versions, sizeof versions);
	put_chunk_row(out, "OIDF", fanout);
	put_chunk_row(out, "OIDL", names);
	put_chunk_row(out, "CDAT", data);
	strbuf_add_bytes(out, "\0\0\0\0", 4);
	put_u32(out, 0);
	put_u32(out, (uint32_t)(data + count * GRAPH_DATA));
}

static void put_names(struct strbuf *out, const struct oid_list *ids)
{
	size_t below = 0;
	for (unsigned int first = 0; first < 256; first++) {
		while (below < ids->count && ids->items[below].id[0] <= first)
			below++;
		put_u32(out, (uint32_t)below);
	}
	for (size_t i = 0; i < ids->count; i++)
		strbuf_add_bytes(out, ids->items[i].id, GIT_OID_RAWSZ);
}

static bool put_data(struct store *store, struct strbuf *out, const struct oid_list *ids, struct error *err)
{
	for (size_t i = 0; i < ids->count; i++) {
		CLEANUP(git_commit_freep) git_commit *commit = NULL;
		if (git_commit_lookup(&commit, store->repo, &ids->items[i]) < 0)
			return store_fail(err, "cannot read where this shallow clone begins");
		uint64_t time = (uint64_t)git_commit_time(commit);
		strbuf_add_bytes(out, git_commit_tree_id(commit)->id, GIT_OID_RAWSZ);
		put_u32(out, GRAPH_NO_PARENT);
		put_u32(out, GRAPH_NO_PARENT);
		/* Generation 1 in the upper 30 bits, then 34 bits of time. */
		put_u32(out, 1u << 2 | (uint32_t)(time >> 32 & 3));
		put_u32(out, (uint32_t)time);
	}
	return true;
}

/* Complete under its name, or not there: another process may be reading it. */
static bool write_graph(const char *folder, const struct strbuf *bytes)
{
	CLEANUP(mem_free_text) char *path = mem_printf("%s/info/commit-graph", folder);
	CLEANUP(mem_free_text) char *part = mem_printf("%s/info/XXXXXX", folder);
	int fd = mkstemp(part);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		return false;
	bool ok = fwrite(strbuf_text(bytes), 1, bytes->len, file) == bytes->len;
	ok = fclose(file) == 0 && ok;
	ok = ok && rename(part, path) == 0;
	if (!ok)
		unlink(part);
	return ok;
}

static bool use_graph(struct store *store, const struct strbuf *bytes, struct error *err)
{
	CLEANUP(git_odb_freep) git_odb *odb = NULL;
	CLEANUP(mem_free_text)
	char *top = mem_printf("%sseatshift", git_repository_commondir(store->repo));
	CLEANUP(mem_free_text) char *folder = mem_printf("%s/graft", top);
	CLEANUP(mem_free_text) char *info = mem_printf("%s/info", folder);
	(void)mkdir(top, 0777);
	(void)mkdir(folder, 0777);
	(void)mkdir(info, 0777);
	/* Where nothing can be written, reading a commit's files works all the same. */
	if (!write_graph(folder, bytes))
		return true;
	if (git_repository_odb(&odb, store->repo) < 0)
		return store_fail(err, "cannot open git's objects");
	git_commit_graph *graph = NULL;
	if (git_commit_graph_open(&graph, folder) < 0 || git_odb_set_commit_graph(odb, graph) < 0) {
		git_commit_graph_free(graph);
		return store_fail(err, "cannot work with this shallow clone");
	}
	return true;
}

bool store_graft_shallow(struct store *store, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(STRBUF_LARGE);
	struct oid_list ids = {0};
	if (!git_repository_is_shallow(store->repo))
		return true;
	read_cut_ids(store, tmp, &ids);
	if (!ids.count)
		return true;
	put_header(&bytes, ids.count);
	put_names(&bytes, &ids);
	if (!put_data(store, &bytes, &ids, err))
		return false;
	unsigned char hash[SHA1_SIZE];
	sha1_bytes(strbuf_text(&bytes), bytes.len, hash);
	strbuf_add_bytes(&bytes, hash, sizeof hash);
	return use_graph(store, &bytes, err);
}
