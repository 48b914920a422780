/* LiquidCore for C: a network in memory that its caller hands it. No heap, no global state, no C library.
 *
 * An error is a number that is not zero: 1 for an image that cannot be run, 2 for memory that is too small or does
 * not lie at a multiple of eight bytes, 3 for a wrong count of inputs or outputs, 4 for an input or a ts that is not
 * a number, infinite, or (ts) negative, 5 (in floating point) for a step whose result would not be finite. Nothing has
 * changed then. */
#ifndef LIQUID_CORE_H
#define LIQUID_CORE_H

#include <stddef.h>
#include <stdint.h>

/* The size of `network`, in words of 64 bits. */
#define LIQUID_NETWORK_WORDS 32

#ifdef __cplusplus
extern "C" {
#endif

/* Puts a network at rest into `network`. Image and workspace belong to it from now on. */
int liquid_network_open(
    void *network, size_t network_bytes, const void *image, size_t image_bytes, void *workspace,
    size_t workspace_bytes);

/* One step from inputs and the time `ts` since the last one, in the model's unit, to outputs. */
int liquid_network_step(
    void *network, const float *inputs, size_t input_count, float ts, float *outputs, size_t output_count);

/* Puts all states back to zero. */
void liquid_network_reset(void *network);

/* How often an input, a state or ts was beyond its range in fixed point, since the network was opened: each counts as the
 * end of that range. `last`, unless null, receives three numbers: inputs, states and (0 or 1) ts of the last step. */
uint64_t liquid_network_saturation(const void *network, uint32_t *last);

/* A hash of the whole state, the same on every machine for the same state. */
uint64_t liquid_network_digest(const void *network);

#ifdef __cplusplus
}
#endif
#endif
