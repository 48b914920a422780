/* The yardstick: the benchmark networks as a plain C program in single precision, with simple loops.
 *
 *     gcc -O3 -march=native -ffast-math yardstick.c -o yardstick -lm
 *     yardstick INPUTS NETWORK...
 *
 * It has two forms of a step. `plain` goes through the neurons one by one: four dot products, then the neuron's
 * activations, each a call of the C library. `split` first computes all dot products of a layer and then the activations
 * in loops of their own, which gcc 12 with glibc 2.35 or later replaces by the vector library's functions on x86-64. The
 * first is what the goals in docs/benchmarks.md were set against; the second shows that nothing was made slow for them.
 *
 * INPUTS holds rows of 16 inputs and ts as float32; `ganglion bench core` writes it and the NETWORK files, which are
 * numbered from 0 on. The program obeys lines on standard input and answers each on standard output, FORM being plain or
 * split:
 *
 *     run FORM K N        N/8 + 1 steps of network K untimed, then N timed ones; answers nanoseconds of processor time
 *     outputs FORM K N    N steps of network K from rest, over the first rows; answers a line of outputs for each
 *
 * State and row are carried from one `run` to the next. A NETWORK file is, in the machine's own byte order:
 * int32 inputs, outputs, cells; for each cell int32 units and backbone units (0 for none), then float32: the backbone's
 * weights, row by row, and biases, if there is one; the weights of the heads ff1, ff2, time_a, time_b; their biases.
 * A cell reads the inputs, or the new state of the cell before, followed by its own state.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { columns = 17, most_cells = 16 };

typedef struct {
  int read, units, backbone;
  float *backbone_weights, *backbone_bias, *head_weights, *head_bias;
  float *state;
} cell;

typedef struct {
  int inputs, outputs, cell_count;
  cell cells[most_cells];
  float *x, *hidden, *heads; /* what a cell reads, its backbone, its four heads */
  size_t row;
} network;

static float *rows;
static size_t row_count;

static void fail(const char *what, const char *path) {
  fprintf(stderr, "yardstick: %s: %s\n", path, what);
  exit(2);
}

static void *allocate(size_t count, size_t size) {
  void *block = NULL;
  if (posix_memalign(&block, 64, count * size + 64) != 0) fail("no memory", "allocate");
  memset(block, 0, count * size + 64);
  return block;
}

/* A row of W x + b. */
static inline float dot(const float *restrict w, float b, const float *restrict x, int count) {
  float sum = b;
  for (int c = 0; c < count; c++) sum += w[c] * x[c];
  return sum;
}

static float lecun_tanh(float x) { return 1.7159f * tanhf(0.666f * x); }

static float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

/* The backbone of a cell that reads x, row by row. */
static void backbone_plain(const cell *c, const float *x, int count, float *y) {
  for (int r = 0; r < c->backbone; r++)
    y[r] = lecun_tanh(dot(c->backbone_weights + (size_t)r * count, c->backbone_bias[r], x, count));
}

/* The new state from what the heads read, neuron by neuron. The heads ff1, ff2, time_a, time_b are stacked: the four rows
 * of a neuron are `units` apart. */
static void renew_plain(const cell *c, const float *x, int count, float ts) {
  int n = c->units;
  for (int i = 0; i < n; i++) {
    float z[4];
    for (int k = 0; k < 4; k++) {
      int r = k * n + i;
      z[k] = dot(c->head_weights + (size_t)r * count, c->head_bias[r], x, count);
    }
    float g = tanhf(z[0]), h = tanhf(z[1]), s = sigmoid(z[2] * ts + z[3]);
    c->state[i] = g * (1.0f - s) + s * h;
  }
}

/* y = W x + b */
static void affine(const float *restrict w, const float *restrict b, const float *restrict x, float *restrict y,
                   int rows, int count) {
  for (int r = 0; r < rows; r++) y[r] = dot(w + (size_t)r * count, b[r], x, count);
}

static void backbone_split(const cell *c, const float *x, int count, float *restrict y) {
  affine(c->backbone_weights, c->backbone_bias, x, y, c->backbone, count);
  for (int r = 0; r < c->backbone; r++) y[r] = lecun_tanh(y[r]);
}

static void renew_split(const cell *c, const float *x, int count, float ts, float *restrict z) {
  int n = c->units;
  float *restrict state = c->state;
  affine(c->head_weights, c->head_bias, x, z, 4 * n, count);
  for (int i = 0; i < n; i++) {
    float g = tanhf(z[i]), h = tanhf(z[n + i]), s = sigmoid(z[2 * n + i] * ts + z[3 * n + i]);
    state[i] = g * (1.0f - s) + s * h;
  }
}

typedef enum { plain, split } form;

static const float *step(network *net, form how, const float *input, float ts) {
  for (int k = 0; k < net->cell_count; k++) {
    const cell *c = &net->cells[k];
    const float *x = net->x;
    int count = c->read + c->units;
    memcpy(net->x, input, sizeof(float) * c->read);
    memcpy(net->x + c->read, c->state, sizeof(float) * c->units);
    if (c->backbone > 0) {
      if (how == plain)
        backbone_plain(c, x, count, net->hidden);
      else
        backbone_split(c, x, count, net->hidden);
      x = net->hidden;
      count = c->backbone;
    }
    if (how == plain)
      renew_plain(c, x, count, ts);
    else
      renew_split(c, x, count, ts, net->heads);
    input = c->state;
  }
  return input;
}

static const float *next(network *net, form how) {
  const float *row = rows + net->row * columns;
  net->row = net->row + 1 < row_count ? net->row + 1 : 0;
  return step(net, how, row, row[columns - 1]);
}

static int read_int(FILE *file, const char *path, int low, int high) {
  int32_t value;
  if (fread(&value, sizeof value, 1, file) != 1) fail("is cut off", path);
  if (value < low || value > high) fail("is no network", path);
  return value;
}

static float *read_floats(FILE *file, const char *path, size_t count) {
  float *values = allocate(count, sizeof(float));
  if (fread(values, sizeof(float), count, file) != count) fail("is cut off", path);
  return values;
}

static void load(network *net, const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) fail("cannot be opened", path);
  net->inputs = read_int(file, path, columns - 1, columns - 1);
  net->outputs = read_int(file, path, 1, 4096);
  net->cell_count = read_int(file, path, 1, most_cells);
  int read = net->inputs, widest = net->inputs;
  for (int k = 0; k < net->cell_count; k++) {
    cell *c = &net->cells[k];
    c->read = read;
    c->units = read_int(file, path, 1, 4096);
    c->backbone = read_int(file, path, 0, 4096);
    size_t x_count = read + c->units;
    if (c->backbone > 0) {
      c->backbone_weights = read_floats(file, path, c->backbone * x_count);
      c->backbone_bias = read_floats(file, path, c->backbone);
      x_count = c->backbone;
    }
    c->head_weights = read_floats(file, path, 4 * c->units * x_count);
    c->head_bias = read_floats(file, path, 4 * c->units);
    c->state = allocate(c->units, sizeof(float));
    read = c->units;
    if (c->units > widest) widest = c->units;
    if (c->backbone > widest) widest = c->backbone;
  }
  if (net->outputs > read) fail("has more outputs than neurons", path);
  fclose(file);
  net->x = allocate(2 * widest, sizeof(float));
  net->hidden = allocate(widest, sizeof(float));
  net->heads = allocate(4 * widest, sizeof(float));
}

static void load_rows(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) fail("cannot be opened", path);
  fseek(file, 0, SEEK_END);
  row_count = ftell(file) / (columns * sizeof(float));
  rewind(file);
  if (row_count == 0) fail("holds no row", path);
  rows = read_floats(file, path, row_count * columns);
  fclose(file);
}

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static volatile float sink;

static int64_t run(network *net, form how, long count) {
  for (long i = 0; i <= count / 8; i++) sink = next(net, how)[0];
  int64_t begin = nanoseconds();
  for (long i = 0; i < count; i++) sink = next(net, how)[0];
  return nanoseconds() - begin;
}

static void print_outputs(network *net, form how, long count) {
  for (int k = 0; k < net->cell_count; k++) memset(net->cells[k].state, 0, sizeof(float) * net->cells[k].units);
  net->row = 0;
  for (long i = 0; i < count; i++) {
    const float *outputs = next(net, how);
    for (int k = 0; k < net->outputs; k++) printf(k == 0 ? "%.9g" : " %.9g", outputs[k]);
    printf("\n");
  }
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: yardstick INPUTS NETWORK...\n");
    return 2;
  }
  load_rows(argv[1]);
  int count = argc - 2;
  network *networks = allocate(count, sizeof(network));
  for (int k = 0; k < count; k++) load(&networks[k], argv[k + 2]);

  char line[128], what[16], name[16];
  while (fgets(line, sizeof line, stdin) != NULL) {
    int which;
    long steps;
    if (sscanf(line, "%15s %15s %d %ld", what, name, &which, &steps) != 4 || which < 0 || which >= count || steps < 1)
      fail("is no order", line);
    form how = strcmp(name, "split") == 0 ? split : plain;
    if (strcmp(what, "run") == 0)
      printf("%lld\n", (long long)run(&networks[which], how, steps));
    else if (strcmp(what, "outputs") == 0)
      print_outputs(&networks[which], how, steps);
    else
      fail("is no order", line);
    fflush(stdout);
  }
  return 0;
}
