/*
 * For the sweep tests only: counts the instants of a run at which a power cut would matter, and ends the
 * process at exactly one of them, or lets the disk be full from one of them on.
 *
 * Loaded with LD_PRELOAD. An instant lies before and after each write, flush or cut of a regular file,
 * before and after each request leaves through a socket, and after each first piece of an answer.
 *
 *	SWEEP_KILL_AT=N    SIGKILL at the N-th instant, from 1
 *	SWEEP_SIGNAL_AT=N  SIGTERM at the N-th instant; the program goes on
 *	SWEEP_FULL_AT=N    from the N-th instant on, writing a regular file fails with ENOSPC
 *	SWEEP_LATER_WITH=FILE  once FILE is there it is five minutes later
 *	SWEEP_COUNT=FILE   the number of instants so far, kept in FILE as text
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { SOCKETS = 1024 };

static struct {
	int ready, count_fd;
	long instants, kill_at, signal_at, full_at;
	const char *later_with;
	char awaits[SOCKETS]; /* a request went out, and nothing has come back yet */
} sweep = {.count_fd = -1};

static long number(const char *name)
{
	const char *text = getenv(name);
	return text ? strtol(text, NULL, 10) : 0;
}

static void begin(void)
{
	if (sweep.ready)
		return;
	sweep.ready = 1;
	sweep.kill_at = number("SWEEP_KILL_AT");
	sweep.signal_at = number("SWEEP_SIGNAL_AT");
	sweep.full_at = number("SWEEP_FULL_AT");
	sweep.later_with = getenv("SWEEP_LATER_WITH");
	const char *path = getenv("SWEEP_COUNT");
	if (path)
		sweep.count_fd = (int)syscall(SYS_openat, AT_FDCWD, path,
					      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static void instant(void)
{
	begin();
	sweep.instants++;
	if (sweep.count_fd >= 0) {
		char text[32];
		int len = snprintf(text, sizeof text, "%ld\n", sweep.instants);
		(void)syscall(SYS_pwrite64, sweep.count_fd, text, (size_t)len, 0L);
	}
	if (sweep.instants == sweep.kill_at)
		(void)kill(getpid(), SIGKILL);
	if (sweep.instants == sweep.signal_at)
		(void)kill(getpid(), SIGTERM);
}

static int is_file(int fd)
{
	struct stat info;
	return fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

/* Half of what was to be written still fits: a broken last line. */
static int is_full(void)
{
	begin();
	return sweep.full_at && sweep.instants >= sweep.full_at;
}

int clock_gettime(clockid_t which, struct timespec *time)
{
	begin();
	int result = (int)syscall(SYS_clock_gettime, which, time);
	if (result == 0 && which == CLOCK_REALTIME && sweep.later_with && access(sweep.later_with, F_OK) == 0)
		time->tv_sec += 300;
	return result;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	int file = is_file(fd);
	if (file)
		instant();
	if (file && is_full()) {
		(void)syscall(SYS_write, fd, bytes, len / 2);
		errno = ENOSPC;
		return -1;
	}
	ssize_t wrote = syscall(SYS_write, fd, bytes, len);
	if (file)
		instant();
	return wrote;
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	instant();
	if (is_full()) {
		errno = ENOSPC;
		return -1;
	}
	ssize_t wrote = syscall(SYS_pwrite64, fd, bytes, len, at);
	instant();
	return wrote;
}

int fsync(int fd)
{
	instant();
	int result = (int)syscall(SYS_fsync, fd);
	instant();
	return result;
}

int ftruncate(int fd, off_t size)
{
	instant();
	int result = (int)syscall(SYS_ftruncate, fd, size);
	instant();
	return result;
}

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
	instant();
	ssize_t sent = syscall(SYS_sendto, fd, bytes, len, flags, NULL, 0);
	instant();
	if (sent > 0 && fd >= 0 && fd < SOCKETS)
		sweep.awaits[fd] = 1;
	return sent;
}

ssize_t recv(int fd, void *bytes, size_t len, int flags)
{
	ssize_t got = syscall(SYS_recvfrom, fd, bytes, len, flags, NULL, NULL);
	if (got > 0 && fd >= 0 && fd < SOCKETS && sweep.awaits[fd] && !(flags & MSG_PEEK)) {
		sweep.awaits[fd] = 0;
		instant();
	}
	return got;
}
