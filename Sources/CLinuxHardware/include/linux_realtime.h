#ifndef GANGLION_LINUX_REALTIME_H
#define GANGLION_LINUX_REALTIME_H

#include <stdint.h>

// Real-time scheduling of the calling thread and of the process. Functions that can fail return 0 or −errno.

/// CLOCK_MONOTONIC in ns.
int64_t ganglion_now(void);

/// Sleeps until CLOCK_MONOTONIC reads `time`, through signals.
void ganglion_sleep_until(int64_t time);

/// Keeps every page of the process in memory, those to come too.
int ganglion_lock_memory(void);

/// Touches the next 256 KiB of the calling thread's stack, so that no page fault comes later.
void ganglion_prefault_stack(void);

/// Schedules the calling thread by SCHED_FIFO with this priority, 1 to 99.
int ganglion_set_fifo_priority(int priority);

/// Lets the calling thread run on this processor only.
int ganglion_set_processor(int processor);

/// How many processors the machine has.
int ganglion_processors(void);

/// Lets the kernel wake the calling thread no later than it asks for; without SCHED_FIFO it adds up to 50 µs.
void ganglion_set_least_timer_slack(void);

/// Names the calling thread for ps and top, in at most 15 characters.
void ganglion_name_thread(const char *name);

/// Asks that no processor sleep so deep that waking takes longer than `microseconds`, for as long as the descriptor
/// that it returns stays open.
int ganglion_hold_processor_latency(const char *path, int32_t microseconds);

/// Page faults of the calling thread that had to wait for a disk, and those that had not.
void ganglion_page_faults(int64_t *major, int64_t *minor);

/// Sets the time in s after which a watchdog device resets the machine. Returns what the driver made of it, or −errno.
int ganglion_watchdog_set_timeout(int descriptor, int seconds);

/// A word that one thread waits on and another changes. `ganglion_word_post` adds one and wakes the waiter.
struct ganglion_word;

/// A word that reads 0; `NULL` without memory.
struct ganglion_word *ganglion_word_create(void);

/// Frees the word; nobody may wait on it.
void ganglion_word_destroy(struct ganglion_word *word);

/// What the word reads.
uint32_t ganglion_word_read(const struct ganglion_word *word);

/// Adds one and wakes the thread that waits. Never blocks.
void ganglion_word_post(struct ganglion_word *word);

/// Waits until the word no longer reads `seen` or CLOCK_MONOTONIC reads `time`. May return early.
void ganglion_word_wait(struct ganglion_word *word, uint32_t seen, int64_t time);

#endif
