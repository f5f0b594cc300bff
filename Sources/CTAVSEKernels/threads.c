// A pool of worker threads for parallel loops.
//
// Goals, in order: never hang and never run a task after its loop returned; low latency between the short loops of
// one training step; no busy processor when idle.
//
// One 64-bit word, the gate, holds the state of the current loop: its number, how many threads may take part, how
// many did, and whether it is over. A worker takes part by counting itself in with compare-and-swap, which fails once
// the loop is over; so a loop never waits for a worker that the system has not scheduled yet.

#include "include/tavse_threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

enum { COUNT_BITS = 12 };
static const uint64_t COUNT_MASK = (1u << COUNT_BITS) - 1;
static const uint64_t CLOSED = 1ull << (2 * COUNT_BITS);
static const int LOOP_SHIFT = 2 * COUNT_BITS + 1;

/// How long a thread looks for work before it sleeps, in nanoseconds: longer than the gap between two operations of
/// a step, shorter than anyone would notice.
static const int64_t SPIN_NANOSECONDS = 60000;

static struct {
    _Atomic uint64_t gate;
    _Atomic int64_t next;
    _Atomic int64_t finished;
    _Atomic int32_t sleepers;
    _Atomic int32_t workers;
    int64_t count;
    tavse_task task;
    void *context;
    uint64_t loop;
    pthread_mutex_t region;
    pthread_mutex_t sleep;
    pthread_cond_t wake;
    pthread_t threads[TAVSE_MAXIMUM_THREADS];
} pool = {
    .gate = 1ull << (2 * COUNT_BITS),
    .region = PTHREAD_MUTEX_INITIALIZER,
    .sleep = PTHREAD_MUTEX_INITIALIZER,
    .wake = PTHREAD_COND_INITIALIZER,
};

static _Atomic int32_t requested;
static _Thread_local bool inside;

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void run_items(int32_t thread) {
    const int64_t count = pool.count;
    for (;;) {
        const int64_t index = atomic_fetch_add_explicit(&pool.next, 1, memory_order_relaxed);
        if (index >= count) return;
        pool.task(pool.context, index, thread);
    }
}

/// Waits until the gate differs from `seen` or worker `id` is no longer wanted; returns the gate.
static uint64_t wait_for_gate(uint64_t seen, int32_t id) {
    const int64_t deadline = nanoseconds() + SPIN_NANOSECONDS;
    for (int64_t spins = 1;; spins++) {
        const uint64_t gate = atomic_load_explicit(&pool.gate, memory_order_acquire);
        if (gate != seen || atomic_load(&pool.workers) < id) return gate;
        relax();
        if (spins % 64 == 0 && nanoseconds() > deadline) break;
    }
    pthread_mutex_lock(&pool.sleep);
    atomic_fetch_add(&pool.sleepers, 1);
    while (atomic_load(&pool.gate) == seen && atomic_load(&pool.workers) >= id) {
        pthread_cond_wait(&pool.wake, &pool.sleep);
    }
    atomic_fetch_sub(&pool.sleepers, 1);
    pthread_mutex_unlock(&pool.sleep);
    return atomic_load_explicit(&pool.gate, memory_order_acquire);
}

static void *worker(void *argument) {
    const int32_t id = (int32_t)(intptr_t)argument;
    inside = true;
    uint64_t seen = 0;
    while (atomic_load(&pool.workers) >= id) {
        uint64_t gate = atomic_load_explicit(&pool.gate, memory_order_acquire);
        const uint64_t joined = gate & COUNT_MASK;
        const uint64_t limit = (gate >> COUNT_BITS) & COUNT_MASK;
        if ((gate & CLOSED) || joined >= limit || (gate >> LOOP_SHIFT) == seen) {
            wait_for_gate(gate, id);
            continue;
        }
        if (!atomic_compare_exchange_strong(&pool.gate, &gate, gate + 1)) continue;
        seen = gate >> LOOP_SHIFT;
        run_items((int32_t)joined);
        atomic_fetch_add_explicit(&pool.finished, 1, memory_order_release);
    }
    return NULL;
}

static void wake_sleepers(void) {
    if (atomic_load(&pool.sleepers) == 0) return;
    pthread_mutex_lock(&pool.sleep);
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.sleep);
}

/// Starts or ends workers until there are `wanted`; the caller holds the region.
static void resize(int32_t wanted) {
    int32_t present = atomic_load(&pool.workers);
    if (wanted < present) {
        atomic_store(&pool.workers, wanted);
        pthread_mutex_lock(&pool.sleep);
        pthread_cond_broadcast(&pool.wake);
        pthread_mutex_unlock(&pool.sleep);
        for (int32_t id = present; id > wanted; id--) pthread_join(pool.threads[id - 1], NULL);
    }
    for (; present < wanted; present++) {
        atomic_store(&pool.workers, present + 1);
        if (pthread_create(&pool.threads[present], NULL, worker, (void *)(intptr_t)(present + 1)) != 0) {
            // A process out of threads computes with those it has.
            atomic_store(&pool.workers, present);
            break;
        }
    }
}

int32_t tavse_thread_count(void) {
    const int32_t count = atomic_load(&requested);
    if (count > 0) return count;
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    tavse_set_thread_count(processors > 0 ? (processors < 4096 ? (int32_t)processors : 4096) : 1);
    return atomic_load(&requested);
}

void tavse_set_thread_count(int32_t count) {
    if (count < 1) count = 1;
    if (count > TAVSE_MAXIMUM_THREADS) count = TAVSE_MAXIMUM_THREADS;
    atomic_store(&requested, count);
}

void tavse_parallel_for(int64_t count, tavse_task task, void *context) {
    tavse_parallel_for_limited(count, tavse_thread_count(), task, context);
}

void tavse_parallel_for_limited(int64_t count, int32_t limit, tavse_task task, void *context) {
    const int32_t threads = tavse_thread_count();
    if (limit > threads) limit = threads;
    if (count <= 1 || limit <= 1 || inside || pthread_mutex_trylock(&pool.region) != 0) {
        const bool was_inside = inside;
        inside = true;
        for (int64_t index = 0; index < count; index++) task(context, index, 0);
        inside = was_inside;
        return;
    }
    inside = true;
    if (atomic_load(&pool.workers) != threads - 1) resize(threads - 1);

    pool.task = task;
    pool.context = context;
    pool.count = count;
    atomic_store_explicit(&pool.next, 0, memory_order_relaxed);
    atomic_store_explicit(&pool.finished, 0, memory_order_relaxed);
    pool.loop++;
    // The caller is thread 0 and counts as joined.
    atomic_store(&pool.gate, pool.loop << LOOP_SHIFT | (uint64_t)limit << COUNT_BITS | 1);
    wake_sleepers();

    run_items(0);

    const uint64_t gate = atomic_fetch_or(&pool.gate, CLOSED);
    const int64_t joined = (int64_t)(gate & COUNT_MASK) - 1;
    for (int64_t spins = 1; atomic_load_explicit(&pool.finished, memory_order_acquire) < joined; spins++) {
        relax();
        // Joined workers have an item in hand; if the system has taken their processor, offer ours.
        if (spins % 4096 == 0) sched_yield();
    }
    inside = false;
    pthread_mutex_unlock(&pool.region);
}
