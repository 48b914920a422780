/* Steps networks over recorded input and prints, for each, a SHA-256 over every output: the same program on every
 * processor that scripts/check-portability knows. */
#include "liquid_core.h"
#include "models.h"
#include "platform.h"
#include "sha256.h"

#ifdef KERNEL
/* KernelChoice.swift */
int portability_open(
    void *network, const void *image, size_t image_bytes, void *workspace, size_t workspace_bytes, uint8_t kernel);
#endif

static uint64_t network[LIQUID_NETWORK_WORDS];
static uint64_t workspace[LARGEST_WORKSPACE_WORDS];

static uint32_t bits_of(float value) {
  union {
    float value;
    uint32_t bits;
  } both = {value};
  return both.bits;
}

/* The digest as hexadecimal digits. */
static void text_of(const unsigned char digest[32], char text[65]) {
  for (int i = 0; i < 64; i++) text[i] = "0123456789abcdef"[digest[i / 2] >> (i % 2 ? 0 : 4) & 15];
  text[64] = 0;
}

static int run(const struct model *model) {
  struct sha256 hash;
  sha256_begin(&hash);
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
  for (uint32_t step = 0; step < STEPS; step++) {
    const float *row = recorded_input + (size_t)step * RECORDED_COLUMNS;
    float outputs[MOST_OUTPUTS];
    if (liquid_network_step(
            network, row, model->inputs, row[RECORDED_COLUMNS - 1], outputs, model->outputs)) {
      return 1;
    }
    for (uint32_t i = 0; i < model->outputs; i++) {
      uint32_t bits = bits_of(outputs[i]);
#ifdef PERTURB
      /* One bit of one output of one step: the check must see it. */
      if (step == STEPS - 1 && i == 0) bits ^= 1;
#endif
      unsigned char bytes[4] = {bits & 255, bits >> 8 & 255, bits >> 16 & 255, bits >> 24};
      sha256_add(&hash, bytes, sizeof bytes);
    }
  }
  unsigned char digest[32];
  char text[65];
  sha256_end(&hash, digest);
  text_of(digest, text);
  platform_write(model->name);
  platform_write(" ");
  platform_write(text);
  platform_write("\n");
  return 0;
}

int main(void) {
  for (size_t i = 0; i < MODEL_COUNT; i++) {
    if (run(&models[i])) {
      platform_write(models[i].name);
      platform_write(" is refused\n");
      return 1;
    }
  }
  return 0;
}
