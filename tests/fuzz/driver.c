/* Runs a fuzz target over files and folders of a corpus, so that every ordinary test run does. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static size_t played;

static void play_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(1);
	}
	/* Exactly as large as the input, so that a sanitizer sees the first byte read beyond it. */
	struct stat info;
	size_t size = fstat(fileno(file), &info) == 0 ? (size_t)info.st_size : 0;
	uint8_t *bytes = malloc(size ? size : 1);
	if (!bytes || fread(bytes, 1, size, file) != size)
		exit(1);
	(void)fclose(file);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	played++;
}

static void play_folder(const char *path)
{
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		char name[4096];
		(void)snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			play_file(name);
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct stat info;
		if (stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode))
			play_folder(argv[i]);
		else
			play_file(argv[i]);
	}
	printf("%zu inputs\n", played);
	return played ? 0 : 1;
}
