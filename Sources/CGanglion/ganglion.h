/* Ganglion: liquid neural networks (CfC) as real-time controllers. The C interface.
 *
 * A network is opened from a model file, stepped with arrays of numbers, and closed:
 *
 *   ganglion_network *network = NULL;
 *   char text[256];
 *   if (ganglion_open_file("policy-int8.safetensors", NULL, &network, text, sizeof text) != GANGLION_OK)
 *     return fprintf(stderr, "%s\n", text), 1;
 *   if (ganglion_step(network, inputs, 12, 1.0f, outputs, 4) != GANGLION_OK)
 *     fprintf(stderr, "%s\n", ganglion_error_text(network));
 *   ganglion_close(network);
 *
 * Rules that hold for every function:
 *
 * - Ownership. ganglion_open_file and ganglion_open_memory give a network to the caller, who gives it back with
 *   ganglion_close, once. Whatever a function returns a pointer to belongs to the network and is gone with it.
 *   Whatever the caller passes stays the caller's; nothing is kept after the call.
 * - Threads. There is no global state. A network is used by one thread at a time; it may wander from thread to
 *   thread. Different networks, even of the same file, do not know of each other.
 * - Errors. A function that can fail returns a status, GANGLION_OK or why not. A refused call changes nothing:
 *   neither the network's state nor the caller's arrays. Null pointers, wrong lengths, numbers that are not finite
 *   and damaged files are refused and never trap. What no function can notice are pointers to memory that is not
 *   there, and networks that have been closed.
 * - Numbers. Floating-point numbers are finite, in the units of the model, the results of a step and the state after it
 *   too: a step that would have others is refused. In fixed point, an input beyond the range that it was quantised for
 *   counts as the end of that range, a ts beyond the largest counts as that, and a state beyond its range as its end.
 *   ganglion_get_saturation says how often.
 * - Time. ts is the time since the last step in the model's own unit: ts = 1 stands for time_unit seconds.
 */
#ifndef GANGLION_H
#define GANGLION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An open network: its parameters, its state, and the text of its last error. */
typedef struct ganglion_network ganglion_network;

/* How a call ended. */
typedef int32_t ganglion_status;
enum {
  GANGLION_OK = 0,
  /* A pointer that the function needs is null. */
  GANGLION_NULL = 1,
  /* An array has another length than the network needs. */
  GANGLION_LENGTH = 2,
  /* An input is infinite or not a number. */
  GANGLION_NOT_FINITE = 3,
  /* ts is negative, infinite or not a number. */
  GANGLION_ELAPSED_TIME = 4,
  /* The file cannot be read, or holds no network that can be run. */
  GANGLION_MODEL = 5,
  /* There is no kernel of that name, or this processor cannot run it. */
  GANGLION_KERNEL = 6,
  /* The function is for another arithmetic: for fixed point, for example. */
  GANGLION_ARITHMETIC = 7,
  /* In floating point: the step's outputs or the state after it would not be finite, so it is not made. Inputs or ts are
   * too large for this network. */
  GANGLION_OVERFLOW = 8
};

/* What a status means, in a few words; a constant, valid for ever. */
const char *ganglion_status_text(ganglion_status status);

/* --- Opening and closing --- */

/* Opens the network in the model file at `path`, with all states zero.
 *
 * kernel     the instructions to compute with: "portable", "avx2", ...; null for the fastest that this processor
 *            has. All kernels give the same bits.
 * network    receives the network, or null when the status is not GANGLION_OK.
 * text       receives, when the status is not GANGLION_OK, what is wrong, where, and what to do about it; always
 *            with a terminating zero, cut at `text_size` bytes. 512 are enough for almost every text. May be null
 *            when text_size is 0. With GANGLION_OK it receives that the file is an old one, whose digest does not guard all
 *            of it, or "".
 */
ganglion_status ganglion_open_file(
    const char *path, const char *kernel, ganglion_network **network, char *text, size_t text_size);

/* The same for the `size` bytes of a model file, which are copied. */
ganglion_status ganglion_open_memory(
    const void *bytes, size_t size, const char *kernel, ganglion_network **network, char *text, size_t text_size);

/* Frees the network and everything that belongs to it. Null is allowed. */
void ganglion_close(ganglion_network *network);

/* What was wrong with the last call on this network that was refused; "" when none was. Valid until the next
 * refused call. For a null network: the text of GANGLION_NULL. */
const char *ganglion_error_text(const ganglion_network *network);

/* --- What the network is --- */

/* An input or an output. Its range is that of the network's own numbers, after scaling. */
typedef struct ganglion_port {
  const char *name;
  const char *unit;
  double minimum;
  double maximum;
} ganglion_port;

/* Everything that does not change while a network is open. The pointers belong to the network. */
typedef struct ganglion_description {
  size_t input_count;
  size_t output_count;
  /* input_count and output_count elements, in the order of the arrays of ganglion_step. */
  const ganglion_port *inputs;
  const ganglion_port *outputs;
  size_t neuron_count;
  /* Bytes of the state, for ganglion_get_state. */
  size_t state_size;
  /* Bytes of the parameters, which are only read, and of state and intermediate results, which are written. */
  size_t parameter_size;
  size_t workspace_size;
  /* "float32", "float16", "int16" or "int8". */
  const char *arithmetic;
  /* What it is computed with, e.g. "portable". */
  const char *kernel;
  /* Where the network comes from, e.g. "ncps.torch". */
  const char *flavour;
  /* Seconds that ts = 1 stands for, and the range of ts that the network is made for. */
  double time_unit;
  double minimum_ts;
  double maximum_ts;
  /* In fixed point, otherwise null and 0: what an input is multiplied by to become an integer, what the integer of an
   * output is multiplied by, and the same for ts with the largest integer that it may become. */
  const float *input_scales;
  const float *output_scales;
  double elapsed_scale;
  int32_t elapsed_limit;
  /* In fixed point the largest integer that an input becomes, 32767 or less; otherwise 0. */
  int32_t input_limit;
} ganglion_description;

/* Fills in `description`. `size` is sizeof(ganglion_description): a later version may append members, and
 * programs compiled with this header will go on getting what they know. */
ganglion_status ganglion_describe(ganglion_network *network, ganglion_description *description, size_t size);

/* --- Running it --- */

/* One step: renews the state from `inputs` and the elapsed time `ts`, and writes `outputs`.
 *
 * input_count and output_count are the lengths of the arrays and must be those of the network. The arrays must
 * not overlap. Takes no memory from the heap and no lock.
 */
ganglion_status ganglion_step(
    ganglion_network *network, const float *inputs, size_t input_count, float ts, float *outputs,
    size_t output_count);

/* `row_count` steps, row after row: `inputs` has row_count times the network's inputs, `ts` row_count elements,
 * `outputs` room for row_count times the network's outputs. input_count and output_count are those products.
 *
 * One row that is refused means that none is run, and the text names it. With no rows the arrays may be null.
 */
ganglion_status ganglion_run(
    ganglion_network *network, size_t row_count, const float *inputs, size_t input_count, const float *ts,
    float *outputs, size_t output_count);

/* What has gone beyond its range in fixed point; all 0 in floating point. */
typedef struct ganglion_saturation {
  /* Since the network was opened: inputs beyond the range that they were quantised for; states, and results of layers
   * without bound, at the end of their range; steps with a ts beyond the largest. */
  uint64_t inputs;
  uint64_t states;
  uint64_t elapsed;
  /* The same of the last step alone. All three are 0: it was computed as the network means it. */
  uint32_t last_inputs;
  uint32_t last_states;
  uint32_t last_elapsed;
} ganglion_saturation;

/* Fills in `saturation`. `size` is sizeof(ganglion_saturation), as in ganglion_describe. ganglion_reset leaves the counts
 * as they are. */
ganglion_status ganglion_get_saturation(ganglion_network *network, ganglion_saturation *saturation, size_t size);

/* Puts all states back to zero, as after opening. */
ganglion_status ganglion_reset(ganglion_network *network);

/* --- The state --- */

/* Copies the state into `bytes`; `size` must be the state_size of the description. The bytes mean the same on
 * every little-endian machine for the same model file. */
ganglion_status ganglion_get_state(ganglion_network *network, void *bytes, size_t size);

/* Takes the state from bytes that ganglion_get_state wrote for the same model file. In floating point a state with
 * numbers that are not finite is refused. */
ganglion_status ganglion_set_state(ganglion_network *network, const void *bytes, size_t size);

/* A hash of the whole state: the same on every machine for the same state. It is what logs of flights hold. */
ganglion_status ganglion_state_digest(ganglion_network *network, uint64_t *digest);

/* --- Fixed point: the integers --- */

/* The integers that ganglion_step makes of `inputs` and `ts` in fixed point: an input times its scale, rounded to the
 * nearest (of two nearest to the even one) and limited to +-input_limit; ts times elapsed_scale, rounded (of two nearest to
 * the larger one) and limited to elapsed_limit. Changes nothing. */
ganglion_status ganglion_input_integers(
    ganglion_network *network, const float *inputs, size_t input_count, float ts, int16_t *integers,
    size_t integer_count, int32_t *elapsed);

/* One step in fixed point from integers to integers. ganglion_step is ganglion_input_integers, this, and a product of
 * each output with its scale. An elapsed time beyond elapsed_limit counts as that, and an input beyond input_limit too; a
 * negative elapsed time is refused. */
ganglion_status ganglion_step_integers(
    ganglion_network *network, const int16_t *inputs, size_t input_count, int32_t elapsed, int32_t *outputs,
    size_t output_count);

/* --- Making a smaller model --- */

/* Quantises the float32 model file at `path` to `arithmetic`, "int16", "int8" or "float16", and writes the result to
 * `output_path`, where a file is replaced unless it is the one at `path`. The `row_count` rows of inputs and elapsed times, arrays as in ganglion_run, are what the network
 * will see in use, in order from a state of zero. The scales are taken from the first four fifths of them, and the result is
 * judged by the last fifth. Fewer than 20 rows are refused; only "float16" can do without any, and is more exact with some.
 * `text` as in ganglion_open_file; with GANGLION_OK it receives what speaks against trusting the result, a line each: a
 * short recording, a large error on the rows kept aside; "" if nothing does. This is what `ganglion quantize` does with a
 * log. */
ganglion_status ganglion_quantize(
    const char *path, const char *arithmetic, size_t row_count, const float *inputs, size_t input_count,
    const float *ts, const char *output_path, char *text, size_t text_size);

#ifdef __cplusplus
}
#endif

#endif
