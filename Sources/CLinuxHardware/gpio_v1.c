// libgpiod 1.6 (Debian 12); see gpio_v2.c for the other.

#include "linux_gpio.h"

#include <gpiod.h>

#ifdef GPIOD_LINE_BULK_MAX_LINES  // only the header of version 1 has it

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct ganglion_gpio_lines {
  // The chip must outlive its lines.
  struct gpiod_chip *chip;
  struct gpiod_line_bulk bulk;
};

static int error_number(void) { return errno != 0 ? -errno : -EIO; }

static void copy_text(char *to, const char *from) {
  snprintf(to, GANGLION_GPIO_TEXT, "%s", from != NULL ? from : "");
}

int ganglion_gpio_library(void) { return 1; }

int ganglion_gpio_chip(const char *path, struct ganglion_gpio_chip_info *info) {
  struct gpiod_chip *chip = gpiod_chip_open(path);
  if (chip == NULL) return error_number();
  copy_text(info->name, gpiod_chip_name(chip));
  copy_text(info->label, gpiod_chip_label(chip));
  info->lines = gpiod_chip_num_lines(chip);
  gpiod_chip_close(chip);
  return 0;
}

int ganglion_gpio_line(const char *path, uint32_t offset, struct ganglion_gpio_line_info *info) {
  struct gpiod_chip *chip = gpiod_chip_open(path);
  if (chip == NULL) return error_number();
  struct gpiod_line *line = gpiod_chip_get_line(chip, offset);
  int result = line != NULL ? 0 : error_number();
  if (line != NULL) {
    copy_text(info->name, gpiod_line_name(line));
    copy_text(info->consumer, gpiod_line_consumer(line));
    info->is_used = gpiod_line_is_used(line);
    info->is_output = gpiod_line_direction(line) == GPIOD_LINE_DIRECTION_OUTPUT;
  }
  gpiod_chip_close(chip);
  return result;
}

/// Opens the chip and finds its lines.
static struct ganglion_gpio_lines *open_lines(const char *path, const uint32_t *offsets, uint32_t count) {
  struct ganglion_gpio_lines *lines = calloc(1, sizeof *lines);
  if (lines == NULL) return NULL;
  lines->chip = gpiod_chip_open(path);
  if (lines->chip == NULL) goto failed;
  unsigned int numbers[GANGLION_GPIO_LINES];
  for (uint32_t i = 0; i < count; i++) numbers[i] = offsets[i];
  if (gpiod_chip_get_lines(lines->chip, numbers, count, &lines->bulk) != 0) goto failed;
  return lines;
failed:;
  int number = errno;
  if (lines->chip != NULL) gpiod_chip_close(lines->chip);
  free(lines);
  errno = number;
  return NULL;
}

/// Gives `lines` back when the request failed, else hands them on.
static struct ganglion_gpio_lines *finish(struct ganglion_gpio_lines *lines, int result, int *error) {
  if (result == 0) return lines;
  *error = error_number();
  gpiod_chip_close(lines->chip);
  free(lines);
  return NULL;
}

struct ganglion_gpio_lines *ganglion_gpio_request_outputs(
    const char *path, const uint32_t *offsets, uint32_t count, uint64_t high, const char *consumer, int *error) {
  *error = -EINVAL;
  if (count == 0 || count > GANGLION_GPIO_LINES) return NULL;
  struct ganglion_gpio_lines *lines = open_lines(path, offsets, count);
  if (lines == NULL) {
    *error = error_number();
    return NULL;
  }
  int levels[GANGLION_GPIO_LINES];
  for (uint32_t i = 0; i < count; i++) levels[i] = (high >> i & 1) != 0;
  return finish(lines, gpiod_line_request_bulk_output(&lines->bulk, consumer, levels), error);
}

struct ganglion_gpio_lines *ganglion_gpio_request_input(
    const char *path, uint32_t offset, bool active_low, enum ganglion_gpio_bias bias, bool edges,
    const char *consumer, int *error) {
  struct ganglion_gpio_lines *lines = open_lines(path, &offset, 1);
  if (lines == NULL) {
    *error = error_number();
    return NULL;
  }
  int flags = active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
  if (bias == GANGLION_GPIO_BIAS_DISABLED) flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
  if (bias == GANGLION_GPIO_BIAS_PULL_UP) flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
  if (bias == GANGLION_GPIO_BIAS_PULL_DOWN) flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
  struct gpiod_line *line = lines->bulk.lines[0];
  int result = edges ? gpiod_line_request_both_edges_events_flags(line, consumer, flags)
                     : gpiod_line_request_input_flags(line, consumer, flags);
  return finish(lines, result, error);
}

int ganglion_gpio_set(struct ganglion_gpio_lines *lines, uint64_t high) {
  int levels[GANGLION_GPIO_LINES];
  for (unsigned int i = 0; i < lines->bulk.num_lines; i++) levels[i] = (high >> i & 1) != 0;
  return gpiod_line_set_value_bulk(&lines->bulk, levels) == 0 ? 0 : error_number();
}

int ganglion_gpio_is_active(struct ganglion_gpio_lines *input) {
  int level = gpiod_line_get_value(input->bulk.lines[0]);
  return level >= 0 ? level : error_number();
}

int ganglion_gpio_event_descriptor(struct ganglion_gpio_lines *input) {
  int descriptor = gpiod_line_event_get_fd(input->bulk.lines[0]);
  return descriptor >= 0 ? descriptor : error_number();
}

int ganglion_gpio_read_events(
    struct ganglion_gpio_lines *input, struct ganglion_gpio_event *events, uint32_t capacity) {
  struct gpiod_line_event raw[16];
  if (capacity == 0 || capacity > 16) capacity = capacity == 0 ? 1 : 16;
  int count = gpiod_line_event_read_multiple(input->bulk.lines[0], raw, capacity);
  if (count < 0) return error_number();
  for (int i = 0; i < count; i++) {
    events[i].time = (int64_t)raw[i].ts.tv_sec * 1000000000 + raw[i].ts.tv_nsec;
    events[i].sequence = 0;
    events[i].became_active = raw[i].event_type == GPIOD_LINE_EVENT_RISING_EDGE;
  }
  return count;
}

void ganglion_gpio_release(struct ganglion_gpio_lines *lines) {
  gpiod_line_release_bulk(&lines->bulk);
  gpiod_chip_close(lines->chip);
  free(lines);
}

#endif
