// The guard's process.

#include "linux_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard_page.h"
#include "linux_i2c.h"
#include "linux_realtime.h"

/// How often what is held safe is made so again, in ms, and in ns between attempts after a death.
enum { holding_period = 10 };
static const int64_t death_period = 2000000;

/// The writes that chips have accepted since the outputs are held safe; of those that belong together the last one tells.
struct progress {
  bool is_written[GANGLION_GUARD_WRITES];
};

static bool write_chip(const struct ganglion_guard_write *write, int adapter) {
  const int result = ganglion_i2c_transfer(adapter, write->address, write->bytes, write->count, NULL, 0);
  if (result >= 1) return true;
  if (write->count != 2 || ganglion_i2c_select(adapter, write->address) < 0) return false;
  return ganglion_i2c_smbus(
             adapter, GANGLION_SMBUS_WRITE_BYTE_DATA, write->bytes[0], &write->bytes[1], 1, NULL, 0)
      >= 0;
}

/// The adapter is open only while chips are written: an adapter that is pulled out cannot go while anybody has it.
static bool write_once(const struct ganglion_guard_plan *plan, uint32_t i, bool is_dead) {
  if (plan->accepts != NULL) return plan->accepts(plan->context, GANGLION_GUARD_WRITE, i, is_dead);
  const int adapter = ganglion_guard_open_adapter(plan->page, plan->writes[i].bus, plan->root);
  if (adapter < 0) return false;
  const bool is_written = write_chip(&plan->writes[i], adapter);
  close(adapter);
  return is_written;
}

/// Writes that belong together are done when all were accepted one behind the other, since others come in between; one that is
/// refused keeps none of the others from being sent.
static bool write_chips(const struct ganglion_guard_plan *plan, struct progress *progress, bool is_dead) {
  bool are_safe = true;
  for (uint32_t first = 0; first < plan->write_count;) {
    uint32_t last = first;
    while (plan->writes[last].is_with_next && last + 1 < plan->write_count) last++;
    if (!progress->is_written[last]) {
      bool is_written = true;
      for (uint32_t i = first; i <= last; i++) is_written = write_once(plan, i, is_dead) && is_written;
      progress->is_written[last] = is_written;
    }
    are_safe = are_safe && progress->is_written[last];
    first = last + 1;
  }
  return are_safe;
}

/// Makes every output safe that can be; whether all are. Lines and pulses are set each time: the loop's own call may come
/// back late and set them otherwise. The lines come first, since they take the power away.
static bool make_safe(const struct ganglion_guard_plan *plan, struct progress *progress, bool is_dead) {
  bool are_safe = true;
  for (uint32_t i = 0; i < plan->line_count; i++) {
    const bool is_set =
        plan->accepts != NULL
            ? plan->accepts(plan->context, GANGLION_GUARD_LINE, i, is_dead)
            : ganglion_gpio_set(plan->lines[i].lines, plan->lines[i].safe_levels) >= 0;
    are_safe = are_safe && is_set;
  }
  for (uint32_t i = 0; i < plan->pulse_count; i++) {
    const struct ganglion_guard_pulse *pulse = &plan->pulses[i];
    const bool is_set = plan->accepts != NULL
        ? plan->accepts(plan->context, GANGLION_GUARD_PULSE, i, is_dead)
        : pwrite(pulse->descriptor, pulse->text, pulse->count, 0) == pulse->count;
    are_safe = are_safe && is_set;
  }
  return write_chips(plan, progress, is_dead) && are_safe;
}

/// The process has died: nobody else makes anything safe now.
static void take_over(const struct ganglion_guard_plan *plan) {
  struct progress progress = {0};
  const int64_t end = ganglion_now() + GANGLION_GUARD_EFFORT;
  while (!make_safe(plan, &progress, true) && ganglion_now() < end) {
    ganglion_sleep_until(ganglion_now() + death_period);
  }
}

/// The guard's whole life. It takes no memory and no lock: the process may have been forked at any moment.
static void watch(const struct ganglion_guard_plan *plan, int life_line) {
  int64_t period = plan->limit / 4 / 1000000;
  if (period < 1) period = 1;
  if (period > 1000) period = 1000;
  struct progress progress = {0};
  struct pollfd line = {.fd = life_line, .events = POLLIN};
  bool is_holding = false;
  uint32_t seen = 0;
  for (;;) {
    const int64_t wait = is_holding && period > holding_period ? holding_period : period;
    const int ready = poll(&line, 1, (int)wait);
    const int64_t now = ganglion_now();
    atomic_store(&plan->page->last_look, now);
    if (ready > 0) {
      char word = 0;
      const ssize_t count = read(life_line, &word, 1);
      if (count < 0 && errno == EINTR) continue;
      // Nothing to read is the end of the process; a byte is its farewell.
      if (count <= 0) take_over(plan);
      return;
    }
    const int64_t last = ganglion_guard_last_beat(plan->page);
    // A sign of life from so far ahead is none either: the clock has jumped back.
    const int64_t silence = now - last;
    if (last != 0 && (silence > plan->limit || silence < -plan->limit)) ganglion_guard_trip(plan->page);
    // Whoever has tripped: each watcher makes safe what it can, and goes on until the loop has disarmed.
    is_holding = ganglion_guard_begin(plan->page, GANGLION_GUARD_PROCESS);
    if (!is_holding) continue;
    const uint32_t trips = atomic_load(&plan->page->trips);
    if (trips != seen) progress = (struct progress){0};
    seen = trips;
    make_safe(plan, &progress, false);
    ganglion_guard_finish(plan->page, GANGLION_GUARD_PROCESS);
  }
}

int ganglion_guard_start(const struct ganglion_guard_plan *plan, int *life_line) {
  if (plan->line_count > GANGLION_GUARD_LINES || plan->pulse_count > GANGLION_GUARD_PULSES
      || plan->write_count > GANGLION_GUARD_WRITES || plan->close_count > GANGLION_GUARD_CLOSES) {
    return -EINVAL;
  }
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -errno;
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
  for (uint32_t i = 0; i < plan->close_count; i++) {
    if (plan->closes[i] > 2 && plan->closes[i] != ends[0]) close(plan->closes[i]);
  }
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

int ganglion_guard_has_ended(int process) {
  for (;;) {
    const pid_t found = waitpid(process, NULL, WNOHANG);
    if (found < 0 && errno == EINTR) continue;
    // No such child any more is an end as well.
    return found != 0;
  }
}

void ganglion_guard_dismiss_process(int life_line) {
  const char farewell = 1;
  while (send(life_line, &farewell, 1, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
  close(life_line);
}

void ganglion_guard_kill(int process) { kill(process, SIGKILL); }
