#include "linux_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux_i2c.h"
#include "linux_realtime.h"

struct ganglion_guard_page {
  _Atomic int64_t last_beat;
  _Atomic bool is_tripped;
};

struct ganglion_guard_page *ganglion_guard_page_create(void) {
  void *page = mmap(
      NULL, sizeof(struct ganglion_guard_page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return page == MAP_FAILED ? NULL : page;
}

void ganglion_guard_page_destroy(struct ganglion_guard_page *page) { munmap(page, sizeof *page); }

void ganglion_guard_beat(struct ganglion_guard_page *page, int64_t now) { atomic_store(&page->last_beat, now); }

int64_t ganglion_guard_last_beat(const struct ganglion_guard_page *page) { return atomic_load(&page->last_beat); }

void ganglion_guard_dismiss(struct ganglion_guard_page *page) { atomic_store(&page->last_beat, 0); }

bool ganglion_guard_trip(struct ganglion_guard_page *page) { return !atomic_exchange(&page->is_tripped, true); }

bool ganglion_guard_is_tripped(const struct ganglion_guard_page *page) { return atomic_load(&page->is_tripped); }

void ganglion_guard_reset(struct ganglion_guard_page *page) { atomic_store(&page->is_tripped, false); }

static void write_all(const struct ganglion_guard_plan *plan) {
  for (uint32_t i = 0; i < plan->write_count && i < GANGLION_GUARD_WRITES; i++) {
    const struct ganglion_guard_write *write = &plan->writes[i];
    if (ganglion_i2c_transfer(write->descriptor, write->address, write->bytes, write->count, NULL, 0) >= 0) continue;
    if (write->count != 2 || ganglion_i2c_select(write->descriptor, write->address) < 0) continue;
    ganglion_i2c_smbus(
        write->descriptor, GANGLION_SMBUS_WRITE_BYTE_DATA, write->bytes[0], &write->bytes[1], 1, NULL, 0);
  }
}

static void make_safe(const struct ganglion_guard_plan *plan, bool is_dead) {
  if (plan->make_safe != NULL) {
    plan->make_safe(plan->context, is_dead);
    return;
  }
  if (plan->lines != NULL) ganglion_gpio_set(plan->lines, plan->safe_levels);
  if (is_dead) write_all(plan);
}

/// The guard's whole life. It takes no memory and no lock: the process may have been forked at any moment.
static void watch(const struct ganglion_guard_plan *plan, int life_line) {
  int64_t period = plan->limit / 4 / 1000000;
  if (period < 1) period = 1;
  struct pollfd line = {.fd = life_line, .events = POLLIN};
  for (;;) {
    int ready = poll(&line, 1, (int)(period < 1000 ? period : 1000));
    if (ready > 0) {
      char word = 0;
      ssize_t count = read(life_line, &word, 1);
      if (count < 0 && errno == EINTR) continue;
      // Nothing to read is the end of the process; a byte is its farewell.
      if (count <= 0) make_safe(plan, true);
      return;
    }
    int64_t last = ganglion_guard_last_beat(plan->page);
    // A sign of life from so far ahead is none either: the clock has jumped back.
    int64_t silence = ganglion_now() - last;
    bool is_silent = last != 0 && (silence > plan->limit || silence < -plan->limit);
    if (is_silent && ganglion_guard_trip(plan->page)) make_safe(plan, false);
  }
}

int ganglion_guard_start(const struct ganglion_guard_plan *plan, int *life_line) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
  pid_t process = fork();
  if (process < 0) {
    int number = errno;
    close(ends[0]);
    close(ends[1]);
    return -number;
  }
  if (process > 0) {
    close(ends[0]);
    *life_line = ends[1];
    return process;
  }
  close(ends[1]);
  // A Ctrl-C reaches the whole group; the guard goes only after the process that it watches.
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  prctl(PR_SET_NAME, "ganglion-guard", 0, 0, 0);
  // Whoever reads this process's output must see its end when it ends.
  int nowhere = open("/dev/null", O_RDWR);
  for (int standard = 0; standard <= 2 && nowhere >= 0; standard++) dup2(nowhere, standard);
  ganglion_lock_memory();
  if (plan->priority > 0) ganglion_set_fifo_priority(plan->priority);
  watch(plan, ends[0]);
  _exit(0);
}

void ganglion_guard_stop(int process, int life_line) {
  char farewell = 1;
  while (write(life_line, &farewell, 1) < 0 && errno == EINTR) {
  }
  close(life_line);
  while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {
  }
}
