/* Uses every function of ganglion.h as a C program does, right and wrong. Run by Tests/c/run.
 *
 *   check_interface MODEL...      float32 or quantised model files
 */
#include <ganglion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks, failures;

#define CHECK(condition) \
  do { \
    ++checks; \
    if (!(condition)) { \
      ++failures; \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
    } \
  } while (0)

enum { ROWS = 50 };

static unsigned long long seed = 1;

/* A number of [-1, 1). */
static float number(void) {
  seed = seed * 6364136223846793005ull + 1442695040888963407ull;
  return (float)((double)(seed >> 40) / 8388608.0 - 1.0);
}

static void *room(size_t count, size_t size) {
  void *block = calloc(count ? count : 1, size);
  if (!block) exit(3);
  return block;
}

static unsigned char *contents(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  unsigned char *bytes;
  long length;
  if (!file || fseek(file, 0, SEEK_END) || (length = ftell(file)) < 0 || fseek(file, 0, SEEK_SET)) exit(3);
  bytes = room((size_t)length, 1);
  *size = fread(bytes, 1, (size_t)length, file);
  fclose(file);
  return bytes;
}

/* The whole of a normal life: rows in one call and one by one, state, reset. */
static void check_running(ganglion_network *network, const ganglion_description *d) {
  size_t n = d->input_count, m = d->output_count, i, row;
  float *inputs = room(ROWS * n, sizeof *inputs), *outputs = room(ROWS * m, sizeof *outputs);
  float *single = room(m, sizeof *single), ts[ROWS];
  void *state = room(d->state_size, 1);
  uint64_t rest, after, again;
  for (i = 0; i < ROWS * n; ++i) inputs[i] = number();
  for (i = 0; i < ROWS; ++i) ts[i] = 1.0f + 0.5f * number();
  CHECK(ganglion_reset(network) == GANGLION_OK);
  CHECK(ganglion_state_digest(network, &rest) == GANGLION_OK);
  CHECK(ganglion_run(network, ROWS, inputs, ROWS * n, ts, outputs, ROWS * m) == GANGLION_OK);
  CHECK(ganglion_state_digest(network, &after) == GANGLION_OK && after != rest);
  CHECK(ganglion_get_state(network, state, d->state_size) == GANGLION_OK);
  CHECK(ganglion_reset(network) == GANGLION_OK);
  CHECK(ganglion_state_digest(network, &again) == GANGLION_OK && again == rest);
  for (row = 0; row < ROWS; ++row) {
    CHECK(ganglion_step(network, inputs + row * n, n, ts[row], single, m) == GANGLION_OK);
    CHECK(memcmp(single, outputs + row * m, m * sizeof *single) == 0);
  }
  CHECK(ganglion_state_digest(network, &again) == GANGLION_OK && again == after);
  CHECK(ganglion_reset(network) == GANGLION_OK);
  CHECK(ganglion_set_state(network, state, d->state_size) == GANGLION_OK);
  CHECK(ganglion_state_digest(network, &again) == GANGLION_OK && again == after);
  free(inputs);
  free(outputs);
  free(single);
  free(state);
}

static void check_integers(ganglion_network *network, const ganglion_description *d) {
  size_t n = d->input_count, m = d->output_count, i;
  float *inputs = room(n, sizeof *inputs), *outputs = room(m, sizeof *outputs);
  int16_t *integers = room(n, sizeof *integers);
  int32_t *results = room(m, sizeof *results), elapsed = -1;
  void *state = room(d->state_size, 1);
  for (i = 0; i < n; ++i) inputs[i] = 3 * number();
  if (!d->input_scales) {
    CHECK(ganglion_input_integers(network, inputs, n, 1, integers, n, &elapsed) == GANGLION_ARITHMETIC);
    CHECK(ganglion_step_integers(network, integers, n, 1, results, m) == GANGLION_ARITHMETIC);
  } else {
    CHECK(ganglion_input_integers(network, inputs, n, 1.25f, integers, n, &elapsed) == GANGLION_OK);
    CHECK(elapsed == (int32_t)(1.25 * d->elapsed_scale + 0.5));
    CHECK(ganglion_get_state(network, state, d->state_size) == GANGLION_OK);
    CHECK(ganglion_step(network, inputs, n, 1.25f, outputs, m) == GANGLION_OK);
    CHECK(ganglion_set_state(network, state, d->state_size) == GANGLION_OK);
    CHECK(ganglion_step_integers(network, integers, n, elapsed, results, m) == GANGLION_OK);
    for (i = 0; i < m; ++i) CHECK((float)results[i] * d->output_scales[i] == outputs[i]);
    CHECK(ganglion_step_integers(network, integers, n, -1, results, m) == GANGLION_ELAPSED_TIME);
    CHECK(ganglion_step_integers(network, NULL, n, 1, results, m) == GANGLION_NULL);
    CHECK(ganglion_step_integers(network, integers, n + 1, 1, results, m) == GANGLION_LENGTH);
  }
  free(inputs);
  free(outputs);
  free(integers);
  free(results);
  free(state);
}

static void check_refusals(ganglion_network *network, const ganglion_description *d) {
  size_t n = d->input_count, m = d->output_count, i;
  float *inputs = room(n, sizeof *inputs), *outputs = room(m, sizeof *outputs), one = 1;
  ganglion_description other;
  unsigned char byte = 0;
  uint64_t before, after;
  CHECK(ganglion_state_digest(network, &before) == GANGLION_OK);
  CHECK(ganglion_step(network, NULL, n, 1, outputs, m) == GANGLION_NULL);
  CHECK(ganglion_step(network, inputs, n, 1, NULL, m) == GANGLION_NULL);
  CHECK(ganglion_step(NULL, inputs, n, 1, outputs, m) == GANGLION_NULL);
  CHECK(ganglion_step(network, inputs, n + 1, 1, outputs, m) == GANGLION_LENGTH);
  CHECK(ganglion_step(network, inputs, 0, 1, outputs, m) == GANGLION_LENGTH);
  CHECK(ganglion_step(network, inputs, (size_t)-1, 1, outputs, m) == GANGLION_LENGTH);
  CHECK(ganglion_step(network, inputs, n, 1, outputs, 0) == GANGLION_LENGTH);
  CHECK(strlen(ganglion_error_text(network)) > 0);
  CHECK(ganglion_step(network, inputs, n, -1, outputs, m) == GANGLION_ELAPSED_TIME);
  CHECK(ganglion_step(network, inputs, n, (float)NAN, outputs, m) == GANGLION_ELAPSED_TIME);
  CHECK(ganglion_step(network, inputs, n, (float)INFINITY, outputs, m) == GANGLION_ELAPSED_TIME);
  for (i = 0; i < n; ++i) {
    inputs[i] = i % 2 ? (float)NAN : -(float)INFINITY;
    CHECK(ganglion_step(network, inputs, n, 1, outputs, m) == GANGLION_NOT_FINITE);
    inputs[i] = 0;
  }
  CHECK(ganglion_run(network, 1, NULL, n, &one, outputs, m) == GANGLION_NULL);
  CHECK(ganglion_run(network, 1, inputs, n, NULL, outputs, m) == GANGLION_NULL);
  CHECK(ganglion_run(network, 1, inputs, n, &one, NULL, m) == GANGLION_NULL);
  CHECK(ganglion_run(network, 2, inputs, n, &one, outputs, m) == GANGLION_LENGTH);
  CHECK(ganglion_run(network, (size_t)-1, inputs, n, &one, outputs, m) == GANGLION_LENGTH);
  CHECK(ganglion_run(network, ((size_t)-1) / 2, inputs, n, &one, outputs, m) == GANGLION_LENGTH);
  CHECK(ganglion_run(network, 0, NULL, 0, NULL, NULL, 0) == GANGLION_OK);
  CHECK(ganglion_get_state(network, &byte, 1) == GANGLION_LENGTH);
  CHECK(ganglion_get_state(network, NULL, d->state_size) == GANGLION_NULL);
  CHECK(ganglion_set_state(network, &byte, 0) == GANGLION_LENGTH);
  CHECK(ganglion_set_state(network, NULL, d->state_size) == GANGLION_NULL);
  CHECK(ganglion_state_digest(network, NULL) == GANGLION_NULL);
  CHECK(ganglion_describe(network, NULL, sizeof other) == GANGLION_NULL);
  CHECK(ganglion_describe(network, &other, 0) == GANGLION_LENGTH);
  CHECK(ganglion_describe(NULL, &other, sizeof other) == GANGLION_NULL);
  CHECK(ganglion_state_digest(network, &after) == GANGLION_OK && after == before);
  free(inputs);
  free(outputs);
}

static void check_opening(const char *path) {
  ganglion_network *network = (ganglion_network *)&seed;
  char text[200], small[8] = "1234567";
  size_t size, i;
  unsigned char *bytes = contents(path, &size);
  CHECK(ganglion_open_file(NULL, NULL, &network, text, sizeof text) == GANGLION_NULL && !network);
  CHECK(ganglion_open_file(path, NULL, NULL, text, sizeof text) == GANGLION_NULL);
  CHECK(ganglion_open_file(path, "abacus", &network, text, sizeof text) == GANGLION_KERNEL && !network);
  CHECK(ganglion_open_file("/nowhere/at.all", NULL, &network, text, sizeof text) == GANGLION_MODEL && !network);
  CHECK(strstr(text, "/nowhere/at.all") != NULL);
  CHECK(ganglion_open_file("/nowhere/at.all", NULL, &network, small, 5) == GANGLION_MODEL);
  CHECK(strlen(small) == 4 && small[5] == '6');
  CHECK(ganglion_open_file("/", NULL, &network, NULL, 0) == GANGLION_MODEL && !network);
  CHECK(ganglion_open_memory(NULL, 10, NULL, &network, text, sizeof text) == GANGLION_NULL && !network);
  CHECK(ganglion_open_memory(bytes, (size_t)-1, NULL, &network, text, sizeof text) == GANGLION_LENGTH);
  CHECK(ganglion_open_memory(bytes, 0, NULL, &network, text, sizeof text) == GANGLION_MODEL);
  for (i = 0; i < size; i += size / 37 + 1) {
    CHECK(ganglion_open_memory(bytes, i, NULL, &network, text, sizeof text) == GANGLION_MODEL && !network);
    bytes[i] ^= 0x10;
    CHECK(ganglion_open_memory(bytes, size, NULL, &network, text, sizeof text) == GANGLION_MODEL || network);
    ganglion_close(network);
    bytes[i] ^= 0x10;
  }
  CHECK(ganglion_open_memory(bytes, size, "portable", &network, text, sizeof text) == GANGLION_OK && network);
  CHECK(text[0] == 0);
  free(bytes);
  CHECK(ganglion_reset(network) == GANGLION_OK);
  ganglion_close(network);
}

static void check_quantizing(const char *path, const ganglion_description *d) {
  size_t n = d->input_count, i;
  float *inputs = room(ROWS * n, sizeof *inputs), ts[ROWS];
  const char *output = "check_interface-int8.safetensors";
  ganglion_network *network = NULL;
  char text[400];
  for (i = 0; i < ROWS * n; ++i) inputs[i] = number();
  for (i = 0; i < ROWS; ++i) ts[i] = 1;
  CHECK(ganglion_quantize(path, "int8", ROWS, inputs, ROWS * n, ts, output, text, sizeof text) == GANGLION_OK);
  CHECK(ganglion_open_file(output, NULL, &network, text, sizeof text) == GANGLION_OK);
  ganglion_close(network);
  remove(output);
  CHECK(ganglion_quantize(path, "float16", ROWS, inputs, ROWS * n, ts, output, text, sizeof text) == GANGLION_OK);
  CHECK(ganglion_open_file(output, NULL, &network, text, sizeof text) == GANGLION_OK);
  ganglion_close(network);
  remove(output);
  CHECK(ganglion_quantize(path, "int8", ROWS, inputs, n, ts, output, text, sizeof text) == GANGLION_LENGTH);
  CHECK(ganglion_quantize(path, "int8", ROWS, NULL, ROWS * n, ts, output, text, sizeof text) == GANGLION_NULL);
  CHECK(ganglion_quantize(path, "int9", ROWS, inputs, ROWS * n, ts, output, text, sizeof text) == GANGLION_MODEL);
  inputs[7] = (float)NAN;
  CHECK(ganglion_quantize(path, "int8", ROWS, inputs, ROWS * n, ts, output, text, sizeof text) == GANGLION_NOT_FINITE);
  free(inputs);
}

int main(int count, char **arguments) {
  int k;
  int32_t status;
  for (status = -1; status < 9; ++status) CHECK(strlen(ganglion_status_text(status)) > 0);
  CHECK(strlen(ganglion_error_text(NULL)) > 0);
  ganglion_close(NULL);
  CHECK(ganglion_reset(NULL) == GANGLION_NULL);
  for (k = 1; k < count; ++k) {
    ganglion_network *network = NULL;
    ganglion_description d;
    char text[400];
    if (ganglion_open_file(arguments[k], NULL, &network, text, sizeof text) != GANGLION_OK) {
      fprintf(stderr, "%s\n", text);
      return 1;
    }
    CHECK(text[0] == 0 && ganglion_error_text(network)[0] == 0);
    CHECK(ganglion_describe(network, &d, sizeof d) == GANGLION_OK);
    CHECK(d.input_count > 0 && d.output_count > 0 && d.neuron_count > 0 && d.state_size > 0);
    CHECK(strlen(d.inputs[0].name) > 0 && strlen(d.outputs[d.output_count - 1].name) > 0);
    CHECK(strlen(d.arithmetic) > 0 && strlen(d.kernel) > 0 && d.time_unit > 0);
    check_running(network, &d);
    check_integers(network, &d);
    check_refusals(network, &d);
    check_opening(arguments[k]);
    if (strcmp(d.arithmetic, "float32") == 0) check_quantizing(arguments[k], &d);
    ganglion_close(network);
  }
  printf("%d checks, %d failures\n", checks, failures);
  return failures != 0;
}
