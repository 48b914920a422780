/* Counts the instructions of a step of each network: a program for qemu -icount shift=0, where an instruction takes a
 * nanosecond of the clocks that the processor can read. For scripts/measure-cycles. */
#include "liquid_core.h"
#include "models.h"
#include "platform.h"

#ifdef KERNEL
/* KernelChoice.swift */
int portability_open(
    void *network, const void *image, size_t image_bytes, void *workspace, size_t workspace_bytes, uint8_t kernel);
#endif

#ifdef __arm__
#include "board.h"
/* The Cortex-M4's counter has 24 bits and counts down: enough for 671 million instructions. */
static unsigned long instructions_between(unsigned before, unsigned after) {
  return ((before - after) & 0xFFFFFF) * BOARD_TICK;
}
static unsigned now(void) { return board_ticks(); }
#else
static unsigned long instructions_between(uint64_t before, uint64_t after) {
  uint64_t frequency;
  __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
  return (after - before) * (1000000000 / frequency);
}
static uint64_t now(void) {
  uint64_t ticks;
  __asm__ volatile("isb\n mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
}
#endif

static uint64_t network[LIQUID_NETWORK_WORDS];
static uint64_t workspace[LARGEST_WORKSPACE_WORDS];

static int step(const struct model *model, uint32_t index) {
  const float *row = recorded_input + (size_t)index * RECORDED_COLUMNS;
  float outputs[MOST_OUTPUTS];
  return liquid_network_step(network, row, model->inputs, row[RECORDED_COLUMNS - 1], outputs, model->outputs);
}

static void write_number(unsigned long number) {
  char text[21];
  int place = 20;
  text[place] = 0;
  do text[--place] = "0123456789"[number % 10];
  while ((number /= 10) > 0);
  platform_write(text + place);
}

static int count(const struct model *model) {
  if (model->outputs > MOST_OUTPUTS) return 1;
#ifdef KERNEL
  if (portability_open(
          network, model->image, model->image_bytes, workspace, sizeof workspace, KERNEL)) {
    return 1;
  }
#else
  if (liquid_network_open(
          network, sizeof network, model->image, model->image_bytes, workspace, sizeof workspace)) {
    return 1;
  }
#endif
  if (step(model, 0)) return 1;
  const __typeof__(now()) before = now();
  for (uint32_t index = 1; index <= STEPS; index++) {
    if (step(model, index)) return 1;
  }
  const unsigned long instructions = instructions_between(before, now());
  platform_write(model->name);
  platform_write(" ");
  write_number((instructions + STEPS / 2) / STEPS);
  platform_write("\n");
  return 0;
}

int main(void) {
  for (size_t i = 0; i < MODEL_COUNT; i++) {
    if (count(&models[i])) {
      platform_write(models[i].name);
      platform_write(" is refused\n");
      return 1;
    }
  }
  return 0;
}
