// libgpiod 2.x (Debian 13); see gpio_v1.c for the other.

#include "linux_gpio.h"

#include <gpiod.h>

#ifndef GPIOD_LINE_BULK_MAX_LINES  // only the header of version 1 has it

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct ganglion_gpio_lines {
  struct gpiod_line_request *request;
  // Only for an input that reports edges.
  struct gpiod_edge_event_buffer *events;
  uint32_t count;
  uint32_t first;
};

static int error_number(void) { return errno != 0 ? -errno : -EIO; }

static void copy_text(char *to, const char *from) {
  snprintf(to, GANGLION_GPIO_TEXT, "%s", from != NULL ? from : "");
}

int ganglion_gpio_library(void) { return 2; }

int ganglion_gpio_chip(const char *path, struct ganglion_gpio_chip_info *info) {
  struct gpiod_chip *chip = gpiod_chip_open(path);
  if (chip == NULL) return error_number();
  struct gpiod_chip_info *found = gpiod_chip_get_info(chip);
  int result = found != NULL ? 0 : error_number();
  if (found != NULL) {
    copy_text(info->name, gpiod_chip_info_get_name(found));
    copy_text(info->label, gpiod_chip_info_get_label(found));
    info->lines = (uint32_t)gpiod_chip_info_get_num_lines(found);
    gpiod_chip_info_free(found);
  }
  gpiod_chip_close(chip);
  return result;
}

int ganglion_gpio_line(const char *path, uint32_t offset, struct ganglion_gpio_line_info *info) {
  struct gpiod_chip *chip = gpiod_chip_open(path);
  if (chip == NULL) return error_number();
  struct gpiod_line_info *found = gpiod_chip_get_line_info(chip, offset);
  int result = found != NULL ? 0 : error_number();
  if (found != NULL) {
    copy_text(info->name, gpiod_line_info_get_name(found));
    copy_text(info->consumer, gpiod_line_info_get_consumer(found));
    info->is_used = gpiod_line_info_is_used(found);
    info->is_output = gpiod_line_info_get_direction(found) == GPIOD_LINE_DIRECTION_OUTPUT;
    gpiod_line_info_free(found);
  }
  gpiod_chip_close(chip);
  return result;
}

/// Everything that a request is made of, so that it can be freed in one place.
struct parts {
  struct gpiod_chip *chip;
  struct gpiod_line_settings *settings;
  struct gpiod_line_config *lines;
  struct gpiod_request_config *request;
};

static int make_parts(struct parts *parts, const char *path, const char *consumer) {
  parts->chip = gpiod_chip_open(path);
  if (parts->chip == NULL) return -1;
  parts->settings = gpiod_line_settings_new();
  parts->lines = gpiod_line_config_new();
  parts->request = gpiod_request_config_new();
  if (parts->settings == NULL || parts->lines == NULL || parts->request == NULL) return -1;
  gpiod_request_config_set_consumer(parts->request, consumer);
  return 0;
}

/// Frees the parts; the request lives on without them.
static void free_parts(struct parts *parts) {
  if (parts->request != NULL) gpiod_request_config_free(parts->request);
  if (parts->lines != NULL) gpiod_line_config_free(parts->lines);
  if (parts->settings != NULL) gpiod_line_settings_free(parts->settings);
  if (parts->chip != NULL) gpiod_chip_close(parts->chip);
}

/// Requests the lines that `parts` describes; `events` says how many edges to hold.
static struct ganglion_gpio_lines *request(struct parts *parts, uint32_t count, uint32_t first, size_t events) {
  struct ganglion_gpio_lines *lines = calloc(1, sizeof *lines);
  if (lines == NULL) return NULL;
  lines->count = count;
  lines->first = first;
  if (events > 0) {
    lines->events = gpiod_edge_event_buffer_new(events);
    if (lines->events == NULL) goto failed;
  }
  lines->request = gpiod_chip_request_lines(parts->chip, parts->request, parts->lines);
  if (lines->request != NULL) return lines;
failed:;
  int number = errno;
  if (lines->events != NULL) gpiod_edge_event_buffer_free(lines->events);
  free(lines);
  errno = number;
  return NULL;
}

struct ganglion_gpio_lines *ganglion_gpio_request_outputs(
    const char *path, const uint32_t *offsets, uint32_t count, uint64_t high, const char *consumer, int *error) {
  *error = -EINVAL;
  if (count == 0 || count > GANGLION_GPIO_LINES) return NULL;
  struct parts parts = {0};
  struct ganglion_gpio_lines *lines = NULL;
  unsigned int numbers[GANGLION_GPIO_LINES];
  enum gpiod_line_value levels[GANGLION_GPIO_LINES];
  for (uint32_t i = 0; i < count; i++) {
    numbers[i] = offsets[i];
    levels[i] = high >> i & 1 ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
  }
  if (make_parts(&parts, path, consumer) == 0
      && gpiod_line_settings_set_direction(parts.settings, GPIOD_LINE_DIRECTION_OUTPUT) == 0
      && gpiod_line_config_add_line_settings(parts.lines, numbers, count, parts.settings) == 0
      && gpiod_line_config_set_output_values(parts.lines, levels, count) == 0) {
    lines = request(&parts, count, offsets[0], 0);
  }
  if (lines == NULL) *error = error_number();
  free_parts(&parts);
  return lines;
}

static enum gpiod_line_bias bias_of(enum ganglion_gpio_bias bias) {
  switch (bias) {
    case GANGLION_GPIO_BIAS_DISABLED: return GPIOD_LINE_BIAS_DISABLED;
    case GANGLION_GPIO_BIAS_PULL_UP: return GPIOD_LINE_BIAS_PULL_UP;
    case GANGLION_GPIO_BIAS_PULL_DOWN: return GPIOD_LINE_BIAS_PULL_DOWN;
    case GANGLION_GPIO_BIAS_AS_IS: break;
  }
  return GPIOD_LINE_BIAS_AS_IS;
}

struct ganglion_gpio_lines *ganglion_gpio_request_input(
    const char *path, uint32_t offset, bool active_low, enum ganglion_gpio_bias bias, bool edges,
    const char *consumer, int *error) {
  struct parts parts = {0};
  struct ganglion_gpio_lines *lines = NULL;
  unsigned int number = offset;
  if (make_parts(&parts, path, consumer) == 0
      && gpiod_line_settings_set_direction(parts.settings, GPIOD_LINE_DIRECTION_INPUT) == 0
      && gpiod_line_settings_set_bias(parts.settings, bias_of(bias)) == 0
      && gpiod_line_settings_set_edge_detection(
             parts.settings, edges ? GPIOD_LINE_EDGE_BOTH : GPIOD_LINE_EDGE_NONE)
          == 0
      && gpiod_line_settings_set_event_clock(parts.settings, GPIOD_LINE_CLOCK_MONOTONIC) == 0) {
    gpiod_line_settings_set_active_low(parts.settings, active_low);
    if (gpiod_line_config_add_line_settings(parts.lines, &number, 1, parts.settings) == 0) {
      lines = request(&parts, 1, offset, edges ? 16 : 0);
    }
  }
  if (lines == NULL) *error = error_number();
  free_parts(&parts);
  return lines;
}

int ganglion_gpio_set(struct ganglion_gpio_lines *lines, uint64_t high) {
  enum gpiod_line_value levels[GANGLION_GPIO_LINES];
  for (uint32_t i = 0; i < lines->count; i++) {
    levels[i] = high >> i & 1 ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
  }
  return gpiod_line_request_set_values(lines->request, levels) == 0 ? 0 : error_number();
}

int ganglion_gpio_is_active(struct ganglion_gpio_lines *input) {
  enum gpiod_line_value level = gpiod_line_request_get_value(input->request, input->first);
  return level == GPIOD_LINE_VALUE_ERROR ? error_number() : level == GPIOD_LINE_VALUE_ACTIVE;
}

int ganglion_gpio_event_descriptor(struct ganglion_gpio_lines *input) {
  return input->events != NULL ? gpiod_line_request_get_fd(input->request) : -EINVAL;
}

int ganglion_gpio_read_events(
    struct ganglion_gpio_lines *input, struct ganglion_gpio_event *events, uint32_t capacity) {
  if (input->events == NULL) return -EINVAL;
  if (capacity == 0 || capacity > 16) capacity = capacity == 0 ? 1 : 16;
  int count = gpiod_line_request_read_edge_events(input->request, input->events, capacity);
  if (count < 0) return error_number();
  for (int i = 0; i < count; i++) {
    struct gpiod_edge_event *event = gpiod_edge_event_buffer_get_event(input->events, (unsigned long)i);
    if (event == NULL) return error_number();
    events[i].time = (int64_t)gpiod_edge_event_get_timestamp_ns(event);
    events[i].sequence = (uint32_t)gpiod_edge_event_get_line_seqno(event);
    events[i].became_active = gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE;
  }
  return count;
}

void ganglion_gpio_release(struct ganglion_gpio_lines *lines) {
  gpiod_line_request_release(lines->request);
  if (lines->events != NULL) gpiod_edge_event_buffer_free(lines->events);
  free(lines);
}

#endif
