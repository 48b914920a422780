#ifndef GANGLION_LINUX_GPIO_H
#define GANGLION_LINUX_GPIO_H

#include <stdbool.h>
#include <stdint.h>

// GPIO through libgpiod, the same over version 1.6 (gpio_v1.c) and 2.x (gpio_v2.c); which one is the header's to say.
// Functions that can fail return −errno.

/// Largest text of the kernel's GPIO interface, its closing zero included.
#define GANGLION_GPIO_TEXT 33

/// Most lines of one request: bits of a mask.
#define GANGLION_GPIO_LINES 64

/// A GPIO chip.
struct ganglion_gpio_chip_info {
  char name[GANGLION_GPIO_TEXT];
  char label[GANGLION_GPIO_TEXT];
  uint32_t lines;
};

/// A line of a chip.
struct ganglion_gpio_line_info {
  char name[GANGLION_GPIO_TEXT];
  char consumer[GANGLION_GPIO_TEXT];
  bool is_used;
  bool is_output;
};

/// How an input is pulled inside the chip.
enum ganglion_gpio_bias {
  GANGLION_GPIO_BIAS_AS_IS,
  GANGLION_GPIO_BIAS_DISABLED,
  GANGLION_GPIO_BIAS_PULL_UP,
  GANGLION_GPIO_BIAS_PULL_DOWN,
};

/// An edge of an input.
struct ganglion_gpio_event {
  /// CLOCK_MONOTONIC in ns.
  int64_t time;
  /// Number of the event on its line, from 1; 0 when the library does not number events.
  uint32_t sequence;
  /// Whether the line became active.
  bool became_active;
};

/// Lines that this process holds.
struct ganglion_gpio_lines;

/// Major version of the library: 1 or 2.
int ganglion_gpio_library(void);

/// Looks at the chip behind a device file.
int ganglion_gpio_chip(const char *path, struct ganglion_gpio_chip_info *info);

/// Looks at a line of the chip behind a device file.
int ganglion_gpio_line(const char *path, uint32_t offset, struct ganglion_gpio_line_info *info);

/// Takes `count` lines of a chip as outputs that begin with the levels of `high`, a bit for each line. `NULL` on
/// failure, with −errno in `error`.
struct ganglion_gpio_lines *ganglion_gpio_request_outputs(
    const char *path, const uint32_t *offsets, uint32_t count, uint64_t high, const char *consumer, int *error);

/// Takes a line as an input; with `edges` it reports both. `NULL` on failure, with −errno in `error`.
struct ganglion_gpio_lines *ganglion_gpio_request_input(
    const char *path, uint32_t offset, bool active_low, enum ganglion_gpio_bias bias, bool edges,
    const char *consumer, int *error);

/// Drives the lines to the levels of `high`, a bit for each line.
int ganglion_gpio_set(struct ganglion_gpio_lines *lines, uint64_t high);

/// Whether an input is active: 0 or 1.
int ganglion_gpio_is_active(struct ganglion_gpio_lines *input);

/// A descriptor that becomes readable with an edge.
int ganglion_gpio_event_descriptor(struct ganglion_gpio_lines *input);

/// Takes at most `capacity` edges that have come; waits when there is none. Returns how many.
int ganglion_gpio_read_events(
    struct ganglion_gpio_lines *input, struct ganglion_gpio_event *events, uint32_t capacity);

/// Gives the lines back. What level they take then is undefined.
void ganglion_gpio_release(struct ganglion_gpio_lines *lines);

#endif
