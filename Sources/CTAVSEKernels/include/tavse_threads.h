#ifndef TAVSE_THREADS_H
#define TAVSE_THREADS_H

#include <stdbool.h>
#include <stdint.h>

/// The most threads the pool will ever use.
enum { TAVSE_MAXIMUM_THREADS = 256 };

/// Threads the pool works with, the calling thread included; the number of processors until it is set.
int32_t tavse_thread_count(void);

/// Sets the number of threads (clamped to 1 … TAVSE_MAXIMUM_THREADS). May be called at any time, also while other
/// threads compute or from inside a task: it never waits, the next parallel region grows or shrinks the pool.
void tavse_set_thread_count(int32_t count);

/// One item of a parallel loop: `index` in 0 ..< count; `thread` in 0 ..< tavse_thread_count() names the scratch
/// memory the item may use.
typedef void (*tavse_task)(void *context, int64_t index, int32_t thread);

/// Runs `task` for every index in 0 ..< count on the pool and returns when all are done.
///
/// Items are handed out dynamically, so nothing may depend on which thread runs which item. A call from inside a
/// task, or while another thread holds the pool, runs its items in order on the calling thread (thread 0).
void tavse_parallel_for(int64_t count, tavse_task task, void *context);

/// As tavse_parallel_for, with `thread` below `limit`, whatever the pool's size is by now: for scratch memory whose
/// size was settled earlier.
void tavse_parallel_for_limited(int64_t count, int32_t limit, tavse_task task, void *context);

/// Instruction sets the kernels are compiled for.
enum { TAVSE_BASELINE = 0, TAVSE_AVX2 = 1, TAVSE_AVX512 = 2 };

/// The instruction set in use (TAVSE_BASELINE, TAVSE_AVX2 or TAVSE_AVX512); the best one the processor has until
/// another is selected.
int32_t tavse_instruction_set(void);

/// Uses another instruction set from now on (for tests and benchmarks); false if this processor lacks it.
/// Plans and packed weights made before belong to the old one and must be made again.
bool tavse_select_instruction_set(int32_t set);

#endif
