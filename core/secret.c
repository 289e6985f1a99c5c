/* A secret: a type that cannot be printed, held in locked memory where allowed, wiped on free. */
#include "core/secret.h"

#include "core/mem.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct secret {
	size_t mapped;
	size_t len;
	char bytes[];
};

void secret_wipe(void *bytes, size_t len)
{
	if (len) /* nothing has no address to hand over */
		explicit_bzero(bytes, len);
}

struct secret *secret_new(const char *bytes, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t need = sizeof(struct secret) + len + 1;
	size_t mapped = (need + page - 1) / page * page;
	/* A page of its own: it can be kept out of swap and of core dumps. */
	struct secret *secret =
		mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (secret == MAP_FAILED)
		mem_exhausted();
	(void)mlock(secret, mapped);
	(void)madvise(secret, mapped, MADV_DONTDUMP);
	secret->mapped = mapped;
	secret->len = len;
	if (len)
		memcpy(secret->bytes, bytes, len);
	secret->bytes[len] = '\0';
	return secret;
}

void secret_free(struct secret *secret)
{
	if (!secret)
		return;
	size_t mapped = secret->mapped;
	secret_wipe(secret, mapped);
	(void)munmap(secret, mapped);
}

const char *secret_expose(const struct secret *secret)
{
	return secret->bytes;
}

size_t secret_len(const struct secret *secret)
{
	return secret->len;
}
