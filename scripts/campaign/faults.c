/* Fails the N-th write, fsync, rename, ftruncate or mmap on files below a folder; for the campaign's faults.py.
 *
 * Loaded with LD_PRELOAD. FAULT_FOLDER: only files below it are counted. FAULT_CALL: write, fsync, rename, ftruncate, mmap.
 * FAULT_AT: the number of the call that fails, from 1; 0 counts only. FAULT_ERRNO: its errno. FAULT_STICKY=1: all later
 * calls fail as well, as on a full disk. FAULT_COUNT: a file to which the number of calls is appended at the end.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

static int below(const char *path) {
    const char *folder = getenv("FAULT_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int descriptor_below(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return below(path);
}

/* Whether this call of the kind is to fail; sets errno. */
static int fails(const char *kind) {
    const char *wanted = getenv("FAULT_CALL"), *at = getenv("FAULT_AT"), *code = getenv("FAULT_ERRNO");
    if (!wanted || strcmp(wanted, kind)) return 0;
    long number = atomic_fetch_add(&calls, 1) + 1, target = at ? atol(at) : 0;
    int sticky = getenv("FAULT_STICKY") != NULL;
    if (target == 0 || number < target || (number > target && !sticky)) return 0;
    errno = code ? atoi(code) : ENOSPC;
    return 1;
}

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("FAULT_COUNT");
    if (!path) return;
    FILE *file = fopen(path, "a");
    if (!file) return;
    fprintf(file, "%ld\n", atomic_load(&calls));
    fclose(file);
}

#define NEXT(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))
#define DESCRIPTOR_CALL(kind, result, name, parameters, arguments, fd)     \
    result name parameters {                                               \
        if (descriptor_below(fd) && fails(kind)) return -1;                \
        return NEXT(name) arguments;                                       \
    }

DESCRIPTOR_CALL("write", ssize_t, write, (int fd, const void *b, size_t n), (fd, b, n), fd)
DESCRIPTOR_CALL("write", ssize_t, pwrite, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o), fd)
DESCRIPTOR_CALL("write", ssize_t, pwrite64, (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o), fd)
DESCRIPTOR_CALL("write", ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n), fd)
DESCRIPTOR_CALL("write", ssize_t, pwritev, (int fd, const struct iovec *v, int n, off_t o), (fd, v, n, o), fd)
DESCRIPTOR_CALL("fsync", int, fsync, (int fd), (fd), fd)
DESCRIPTOR_CALL("fsync", int, fdatasync, (int fd), (fd), fd)
DESCRIPTOR_CALL("ftruncate", int, ftruncate, (int fd, off_t n), (fd, n), fd)
DESCRIPTOR_CALL("ftruncate", int, ftruncate64, (int fd, off64_t n), (fd, n), fd)

int rename(const char *from, const char *to) {
    if (below(to) && fails("rename")) return -1;
    return NEXT(rename)(from, to);
}

void *mmap(void *a, size_t n, int protection, int flags, int fd, off_t o) {
    if (fd >= 0 && descriptor_below(fd) && fails("mmap")) return MAP_FAILED;
    return NEXT(mmap)(a, n, protection, flags, fd, o);
}

void *mmap64(void *a, size_t n, int protection, int flags, int fd, off64_t o) {
    if (fd >= 0 && descriptor_below(fd) && fails("mmap")) return MAP_FAILED;
    return NEXT(mmap64)(a, n, protection, flags, fd, o);
}
