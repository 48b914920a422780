#ifndef GANGLION_LINUX_GUARD_H
#define GANGLION_LINUX_GUARD_H

#include <stdbool.h>
#include <stddef.h>
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

/// When the guard's process last looked; 0 before it began.
int64_t ganglion_guard_last_look(const struct ganglion_guard_page *page);

// MARK: - Holding the outputs safe

/// Who drives the outputs from outside the loop, a bit each.
enum ganglion_guard_watcher { GANGLION_GUARD_THREAD = 1, GANGLION_GUARD_PROCESS = 2 };

/// Notes that the outputs are held safe from outside; whether that is new.
bool ganglion_guard_trip(struct ganglion_guard_page *page);

/// Whether the outputs are held safe from outside.
bool ganglion_guard_is_tripped(const struct ganglion_guard_page *page);

/// Lets outputs be driven again.
void ganglion_guard_reset(struct ganglion_guard_page *page);

/// Asks to drive the outputs; `false` when they are not, or no longer, held safe. After `true` comes a call of
/// `ganglion_guard_finish`.
bool ganglion_guard_begin(struct ganglion_guard_page *page, enum ganglion_guard_watcher watcher);

/// Says that the watcher drives the outputs no longer.
void ganglion_guard_finish(struct ganglion_guard_page *page, enum ganglion_guard_watcher watcher);

/// Whether the outputs are held safe, or a watcher that once had reason to still drives them: what the loop set now
/// could be overwritten a moment later.
bool ganglion_guard_holds(const struct ganglion_guard_page *page);

// MARK: - The adapters of the buses

/// Most buses whose adapters are on the page.
#define GANGLION_GUARD_BUSES 8

/// Says which adapter a bus has now: its number and the digest of its name; a negative number while it has none.
void ganglion_guard_set_adapter(struct ganglion_guard_page *page, uint32_t bus, int32_t number, uint64_t name);

/// A digest of an adapter's name, white space at its end left out; never 0.
uint64_t ganglion_guard_digest(const char *name, size_t count);

/// Opens the adapter that a bus has now, unless what has that number has another name by now. Returns a descriptor of its
/// own or −errno. `root` stands in front of /dev and /sys.
int ganglion_guard_open_adapter(const struct ganglion_guard_page *page, uint32_t bus, const char *root);

// MARK: - The guard's process

/// Most lines, pulses and writes of `ganglion_guard_plan`, and most descriptors that the guard closes.
#define GANGLION_GUARD_LINES 64
#define GANGLION_GUARD_PULSES 32
#define GANGLION_GUARD_WRITES 128
#define GANGLION_GUARD_CLOSES 8

/// Lines, and the levels that make them safe.
struct ganglion_guard_line {
  struct ganglion_gpio_lines *lines;
  uint64_t safe_levels;
};

/// A file of sysfs that takes the width of pulses, and the text that makes them safe.
struct ganglion_guard_pulse {
  int descriptor;
  uint8_t count;
  char text[24];
};

/// An I2C write that makes a chip's outputs safe, on the adapter that the bus has at that moment.
struct ganglion_guard_write {
  uint8_t bus;
  uint8_t address;
  uint8_t count;
  uint8_t bytes[8];
  /// Whether it is worth something only together with the next: one that opens a multiplexer, which is sent again whenever the next is.
  bool is_with_next;
};

/// Kinds of outputs.
enum ganglion_guard_output { GANGLION_GUARD_LINE, GANGLION_GUARD_PULSE, GANGLION_GUARD_WRITE };

/// What the guard does.
struct ganglion_guard_plan {
  struct ganglion_guard_page *page;
  /// How long the loop may be silent, in ns.
  int64_t limit;
  /// SCHED_FIFO priority that the guard asks for; 0 for none.
  int priority;
  uint32_t line_count;
  struct ganglion_guard_line lines[GANGLION_GUARD_LINES];
  uint32_t pulse_count;
  struct ganglion_guard_pulse pulses[GANGLION_GUARD_PULSES];
  uint32_t write_count;
  struct ganglion_guard_write writes[GANGLION_GUARD_WRITES];
  /// The buses' descriptors, which the guard must not keep: an adapter cannot go while anybody has it open.
  uint32_t close_count;
  int closes[GANGLION_GUARD_CLOSES];
  /// Stands in front of /dev and /sys; empty for the machine itself.
  char root[256];
  /// In place of the outputs, for tests: whether output `index` of that kind has accepted its safe value.
  bool (*accepts)(void *context, enum ganglion_guard_output kind, uint32_t index, bool is_dead);
  void *context;
};

/// How long after the death of the process the outputs that do not accept are tried again, in ns.
#define GANGLION_GUARD_EFFORT 300000000

/// Starts the guard, a child of the calling process, which must have one thread only for the real outputs. Returns its
/// process number and puts into `life_line` a descriptor that must stay open for as long as this process lives.
int ganglion_guard_start(const struct ganglion_guard_plan *plan, int *life_line);

/// Whether the guard has ended: 0 while it runs. It may be asked once more at most after it has ended.
int ganglion_guard_has_ended(int process);

/// Tells the guard to end in order. The life line is closed.
void ganglion_guard_dismiss_process(int life_line);

/// Ends a guard that does not end by itself.
void ganglion_guard_kill(int process);

#endif
