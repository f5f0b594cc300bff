/* A wall clock that jumps: every call of it is off by up to ten days, back and forth. For conditions.py, by LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <time.h>

static time_t jump(void) {
    static atomic_uint calls;
    unsigned n = atomic_fetch_add(&calls, 1) * 2654435761u;
    return (time_t)(n % 1728000u) - 864000;
}

int clock_gettime(clockid_t id, struct timespec *t) {
    int rc = ((typeof(&clock_gettime))dlsym(RTLD_NEXT, "clock_gettime"))(id, t);
    if (rc == 0 && id == CLOCK_REALTIME) t->tv_sec += jump();
    return rc;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone) {
    int rc = ((int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday"))(t, zone);
    if (rc == 0) t->tv_sec += jump();
    return rc;
}

time_t time(time_t *out) {
    time_t now = ((typeof(&time))dlsym(RTLD_NEXT, "time"))(NULL) + jump();
    if (out) *out = now;
    return now;
}
