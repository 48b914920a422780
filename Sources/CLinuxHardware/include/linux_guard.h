#ifndef GANGLION_LINUX_GUARD_H
#define GANGLION_LINUX_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "linux_gpio.h"

// What watches over the loop from outside: a page of memory that the loop writes its life sign to, and a process that
// makes the outputs safe when the loop's process stops or dies.

/// A page that the loop's process and its guard share.
struct ganglion_guard_page;

/// A page on which no loop has begun yet; `NULL` without memory.
struct ganglion_guard_page *ganglion_guard_page_create(void);

/// Gives the page back.
void ganglion_guard_page_destroy(struct ganglion_guard_page *page);

/// Notes that the loop was alive at `now` (CLOCK_MONOTONIC in ns). From the first call on it is watched.
void ganglion_guard_beat(struct ganglion_guard_page *page, int64_t now);

/// When the loop was last alive; 0 before it began and after it ended in order.
int64_t ganglion_guard_last_beat(const struct ganglion_guard_page *page);

/// Ends the watch: the loop has ended in order.
void ganglion_guard_dismiss(struct ganglion_guard_page *page);

/// Notes that the outputs were made safe from outside; whether that is new.
bool ganglion_guard_trip(struct ganglion_guard_page *page);

/// Whether the outputs were made safe from outside.
bool ganglion_guard_is_tripped(const struct ganglion_guard_page *page);

/// Lets outputs be driven again.
void ganglion_guard_reset(struct ganglion_guard_page *page);

/// Most writes of `ganglion_guard_plan`.
#define GANGLION_GUARD_WRITES 16

/// An I2C write that makes a chip's outputs safe.
struct ganglion_guard_write {
  int descriptor;
  uint8_t address;
  uint8_t count;
  uint8_t bytes[8];
};

/// What the guard does.
struct ganglion_guard_plan {
  struct ganglion_guard_page *page;
  /// How long the loop may be silent, in ns.
  int64_t limit;
  /// SCHED_FIFO priority that the guard asks for; 0 for none.
  int priority;
  /// The enable line, to be driven to `safe_levels`; `NULL` without one.
  struct ganglion_gpio_lines *lines;
  uint64_t safe_levels;
  /// Writes for when the process has died: until then its own threads use the bus.
  uint32_t write_count;
  struct ganglion_guard_write writes[GANGLION_GUARD_WRITES];
  /// In place of all that, for tests: called with what happened, 0 for a silent loop and 1 for a dead process.
  void (*make_safe)(void *context, int is_dead);
  void *context;
};

/// Starts the guard, a child of the calling process, which must have one thread only for the real outputs. Returns its
/// process number and puts into `life_line` a descriptor that must stay open for as long as this process lives.
int ganglion_guard_start(const struct ganglion_guard_plan *plan, int *life_line);

/// Ends the guard in order and waits for it.
void ganglion_guard_stop(int process, int life_line);

#endif
