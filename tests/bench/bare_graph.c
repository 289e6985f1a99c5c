/*
 * The yardstick: a bare libcurl program that makes the same requests as seatshift, with the same number
 * in flight, and does nothing with the answers beyond what it takes to make the next request.
 *
 *	bare_graph BASE TOKEN CONCURRENCY pages PATH...       every page of each, by nextLink, side by side
 *	bare_graph BASE TOKEN CONCURRENCY read  FILE PATH...  the same; then each user in FILE, 20 to a batch
 *	bare_graph BASE TOKEN CONCURRENCY swap  FILE ADD DROP PATH...
 *	                                                      pages; then read, swap and read again each user
 *	bare_graph BASE TOKEN CONCURRENCY write FILE ADD DROP only the swaps: no look before or after
 *
 * Prints the seconds it took and the number of requests.
 */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PART_MAX = 20, LINE = 256, MAX_IN_FLIGHT = 64 };
static const char select_user[] = "?$select=id,userPrincipalName,displayName,usageLocation,accountEnabled,"
				  "assignedLicenses,licenseAssignmentStates";

struct text {
	char *bytes;
	size_t len, cap;
};

enum stage { PAGE, LOOK, WRITE, CHECK };

struct job {
	CURL *easy;
	struct text body, answer;
	size_t first, count; /* of the users */
	enum stage stage;
	bool busy;
};

static struct {
	const char *base, *add, *drop;
	char **paths; /* whose first page was not asked for yet */
	size_t path_count;
	struct curl_slist *headers;
	char (*users)[LINE];
	size_t user_count, next, requests;
	enum stage last_stage; /* of each group of 20 */
	enum stage first_stage;
	CURLM *multi;
} bare;

static void add(struct text *text, const char *bytes, size_t len)
{
	if (text->len + len + 1 > text->cap) {
		text->cap = (text->len + len + 1) * 2;
		text->bytes = realloc(text->bytes, text->cap);
		if (!text->bytes)
			exit(1);
	}
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	text->bytes[text->len] = '\0';
}

static void add_text(struct text *text, const char *more)
{
	add(text, more, strlen(more));
}

static size_t on_answer(char *bytes, size_t size, size_t count, void *ctx)
{
	add(ctx, bytes, size * count);
	return size * count;
}

static void start(struct job *job, const char *url, bool post)
{
	if (!job->easy)
		job->easy = curl_easy_init();
	job->answer.len = 0;
	curl_easy_setopt(job->easy, CURLOPT_URL, url);
	curl_easy_setopt(job->easy, CURLOPT_HTTPHEADER, bare.headers);
	curl_easy_setopt(job->easy, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(job->easy, CURLOPT_WRITEDATA, &job->answer);
	curl_easy_setopt(job->easy, CURLOPT_PRIVATE, job);
	if (post) {
		curl_easy_setopt(job->easy, CURLOPT_POSTFIELDS, job->body.bytes);
		curl_easy_setopt(job->easy, CURLOPT_POSTFIELDSIZE, (long)job->body.len);
	} else {
		curl_easy_setopt(job->easy, CURLOPT_HTTPGET, 1L);
	}
	job->busy = true;
	bare.requests++;
	curl_multi_add_handle(bare.multi, job->easy);
}

static void start_batch(struct job *job)
{
	char part[1024];
	job->body.len = 0;
	add_text(&job->body, "{\"requests\":[");
	for (size_t i = 0; i < job->count; i++) {
		const char *user = bare.users[job->first + i];
		if (job->stage == WRITE)
			(void)snprintf(
				part, sizeof part,
				"%s{\"body\":{\"addLicenses\":[{\"disabledPlans\":[],\"skuId\":\"%s\"}],"
				"\"removeLicenses\":[\"%s\"]},\"headers\":{\"Content-Type\":"
				"\"application/json\"},\"id\":\"%zu\",\"method\":\"POST\","
				"\"url\":\"/users/%s/assignLicense\"}",
				i ? "," : "", bare.add, bare.drop, i, user);
		else
			(void)snprintf(part, sizeof part,
				       "%s{\"id\":\"%zu\",\"method\":\"GET\",\"url\":\"/users/%s%s\"}",
				       i ? "," : "", i, user, select_user);
		add_text(&job->body, part);
	}
	add_text(&job->body, "]}");
	char url[512];
	(void)snprintf(url, sizeof url, "%s/v1.0/$batch", bare.base);
	start(job, url, true);
}

static bool start_path(struct job *job)
{
	char url[4096];
	if (!bare.path_count)
		return false;
	(void)snprintf(url, sizeof url, "%s/v1.0%s", bare.base, *bare.paths++);
	bare.path_count--;
	job->stage = PAGE;
	start(job, url, false);
	return true;
}

static bool start_next_page(struct job *job)
{
	static const char key[] = "\"@odata.nextLink\":\"";
	char url[4096];
	const char *link = strstr(job->answer.bytes, key);
	if (!link)
		return start_path(job);
	link += sizeof key - 1;
	size_t len = strcspn(link, "\"");
	if (len >= sizeof url)
		exit(1);
	memcpy(url, link, len);
	url[len] = '\0';
	start(job, url, false);
	return true;
}

static bool start_group(struct job *job)
{
	if (bare.first_stage == PAGE)
		return start_path(job);
	if (bare.next >= bare.user_count)
		return false;
	job->first = bare.next;
	job->count = bare.user_count - bare.next < PART_MAX ? bare.user_count - bare.next : PART_MAX;
	job->stage = bare.first_stage;
	bare.next += job->count;
	start_batch(job);
	return true;
}

/* What follows when an answer is there; false: this job has nothing more to do. */
static bool go_on(struct job *job)
{
	if (job->stage == PAGE)
		return start_next_page(job);
	if (job->stage == bare.last_stage)
		return start_group(job);
	job->stage = job->stage == LOOK ? WRITE : CHECK;
	start_batch(job);
	return true;
}

static void check(CURL *easy)
{
	long status = 0;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200) {
		(void)fprintf(stderr, "status %ld\n", status);
		exit(1);
	}
}

static void run_groups(struct job *jobs, size_t concurrency, enum stage first, enum stage last)
{
	size_t active = 0;
	bare.next = 0;
	bare.first_stage = first;
	bare.last_stage = last;
	for (size_t i = 0; i < concurrency; i++)
		active += start_group(&jobs[i]);
	while (active) {
		int running = 0, left = 0;
		curl_multi_perform(bare.multi, &running);
		CURLMsg *message;
		bool moved = false;
		while ((message = curl_multi_info_read(bare.multi, &left))) {
			struct job *job = NULL;
			CURL *easy = message->easy_handle;
			check(easy);
			curl_easy_getinfo(easy, CURLINFO_PRIVATE, &job);
			curl_multi_remove_handle(bare.multi, easy);
			active -= !go_on(job);
			moved = true;
		}
		if (active && !moved)
			curl_multi_poll(bare.multi, NULL, 0, 1000, NULL);
	}
}

static void read_users(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[LINE];
	size_t cap = 0;
	while (file && fgets(line, sizeof line, file)) {
		line[strcspn(line, "\n")] = '\0';
		if (bare.user_count == cap) {
			cap = cap ? cap * 2 : 1024;
			bare.users = realloc(bare.users, cap * sizeof *bare.users);
			if (!bare.users)
				exit(1);
		}
		(void)snprintf(bare.users[bare.user_count++], LINE, "%s", line);
	}
	if (file)
		(void)fclose(file);
}

static double now(void)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	static struct job jobs[MAX_IN_FLIGHT];
	static char bearer[8192];
	if (argc < 6)
		return 2;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	bare.base = argv[1];
	(void)snprintf(bearer, sizeof bearer, "Authorization: Bearer %s", argv[2]);
	bare.headers = curl_slist_append(curl_slist_append(NULL, bearer), "Content-Type: application/json");
	bare.multi = curl_multi_init();
	size_t concurrency = (size_t)strtoul(argv[3], NULL, 10);
	double begun = now();
	if (concurrency < 1 || concurrency > MAX_IN_FLIGHT)
		return 2;
	bool is_swap = strcmp(argv[4], "swap") == 0;
	bool is_write = strcmp(argv[4], "write") == 0;
	bool has_file = strcmp(argv[4], "pages") != 0;
	int paths_at = is_swap || is_write ? 8 : has_file ? 6 : 5;
	if (argc < paths_at)
		return 2;
	if (has_file)
		read_users(argv[5]);
	bare.add = argc > 6 ? argv[6] : "";
	bare.drop = argc > 7 ? argv[7] : "";
	bare.paths = argv + paths_at;
	bare.path_count = (size_t)(argc - paths_at);
	run_groups(jobs, concurrency, PAGE, PAGE);
	if (is_write)
		run_groups(jobs, concurrency, WRITE, WRITE);
	else
		run_groups(jobs, concurrency, LOOK, is_swap ? CHECK : LOOK);
	printf("%.3f %zu\n", now() - begun, bare.requests);
	return 0;
}
