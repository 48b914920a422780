#include "linux_realtime.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/watchdog.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int64_t ganglion_now(void) {
  struct timespec time = {0};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static struct timespec timespec_of(int64_t time) {
  if (time < 0) time = 0;
  return (struct timespec){.tv_sec = (time_t)(time / 1000000000), .tv_nsec = (long)(time % 1000000000)};
}

void ganglion_sleep_until(int64_t time) {
  const struct timespec until = timespec_of(time);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
  }
}

int ganglion_lock_memory(void) { return mlockall(MCL_CURRENT | MCL_FUTURE) == 0 ? 0 : -errno; }

void ganglion_prefault_stack(void) {
  volatile char room[256 * 1024];
  for (size_t i = 0; i < sizeof room; i += 1024) room[i] = 0;
  (void)room[0];
}

int ganglion_set_fifo_priority(int priority) {
  const struct sched_param parameters = {.sched_priority = priority};
  return -pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters);
}

int ganglion_set_processor(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (processor < 0 || processor >= CPU_SETSIZE) return -EINVAL;
  CPU_SET(processor, &set);
  return -pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

int ganglion_processors(void) { return (int)sysconf(_SC_NPROCESSORS_ONLN); }

void ganglion_set_least_timer_slack(void) { prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0); }

void ganglion_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

int ganglion_hold_processor_latency(const char *path, int32_t microseconds) {
  int descriptor = open(path, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return -errno;
  if (write(descriptor, &microseconds, sizeof microseconds) == (ssize_t)sizeof microseconds) return descriptor;
  int number = errno;
  close(descriptor);
  return -number;
}

void ganglion_page_faults(int64_t *major, int64_t *minor) {
  struct rusage usage = {0};
  getrusage(RUSAGE_THREAD, &usage);
  *major = usage.ru_majflt;
  *minor = usage.ru_minflt;
}

int ganglion_watchdog_set_timeout(int descriptor, int seconds) {
  return ioctl(descriptor, WDIOC_SETTIMEOUT, &seconds) == 0 ? seconds : -errno;
}

struct ganglion_word {
  _Atomic uint32_t value;
  _Atomic uint32_t waiters;
};

struct ganglion_word *ganglion_word_create(void) { return calloc(1, sizeof(struct ganglion_word)); }

void ganglion_word_destroy(struct ganglion_word *word) { free(word); }

uint32_t ganglion_word_read(const struct ganglion_word *word) { return atomic_load(&word->value); }

void ganglion_word_post(struct ganglion_word *word) {
  atomic_fetch_add(&word->value, 1);
  // Without a waiter there is nobody to call; one that comes now finds the word changed.
  if (atomic_load(&word->waiters) == 0) return;
  syscall(SYS_futex, &word->value, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void ganglion_word_wait(struct ganglion_word *word, uint32_t seen, int64_t time) {
  const struct timespec until = timespec_of(time);
  atomic_fetch_add(&word->waiters, 1);
  // The bitset form alone takes an absolute time of CLOCK_MONOTONIC.
  syscall(
      SYS_futex, &word->value, FUTEX_WAIT_BITSET_PRIVATE, seen, &until, NULL, FUTEX_BITSET_MATCH_ANY);
  atomic_fetch_sub(&word->waiters, 1);
}
