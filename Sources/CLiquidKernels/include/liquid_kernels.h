/// Vector kernels of LiquidCore, chosen when a network is made.
///
/// Why C: Swift compiles a module for one processor. It has no way to compile one function for AVX2 and its
/// neighbour for SSE2 and to choose at run time, short of flags that bar a package from being a dependency. The C is
/// that of Clang, which comes with Swift.
///
/// Each function computes what the Swift function beside its call in LiquidCore computes, bit for bit; the tests
/// compare them. Sizes and formats have been checked by the caller: `rows` is a multiple of 8, `columns` of 4, and
/// weights lie in panels as `ImageLayout` says.
#ifndef LIQUID_KERNELS_H
#define LIQUID_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A map of integers: the panels, and for each row its numbers.
typedef struct {
  const void *weights;
  const int32_t *bias;
  const int32_t *multipliers;
  /// With 8-bit weights: Σ weight of each row.
  const int32_t *weight_sums;
  size_t rows, columns;
  /// With 16-bit weights: right shift of the sum of each 32 columns.
  int32_t block_shift;
} liquid_fixed_map;

/// Each row: ((bias + Σ weight·input)·multiplier) >> 32.
typedef void (*liquid_fixed_affine)(const liquid_fixed_map *map, const int16_t *input, int32_t *output);

/// An activation of `count` numbers, a multiple of 8, with `fraction` bits behind the point.
typedef void (*liquid_fixed_activation)(
  const int32_t *input, int32_t fraction, int32_t value_shift, size_t count, int16_t *output);

/// The new state of `units` neurons from the stacked rows ff1 | ff2 | time_a | time_b.
typedef void (*liquid_fixed_gate)(
  const int32_t *heads, size_t units, bool no_gate, bool linear, int32_t head_fraction, int32_t gate_fraction,
  int32_t state_shift, int32_t elapsed, int16_t *state);

/// Each row: bias and the products of even columns, in their order, plus those of the odd ones. With weights in half
/// precision the input has 13 significant bits.
typedef void (*liquid_float_affine)(
  const void *weights, const float *bias, size_t rows, size_t columns, const float *input, float *output);

/// An activation, by its number in LiquidCore, of `count` numbers, a multiple of 8; false for one it does not have.
typedef bool (*liquid_float_activation)(uint32_t activation, const float *input, size_t count, float *output);

/// The new state; mode and head activation by their numbers in LiquidCore. False for one it does not have.
typedef bool (*liquid_float_gate)(
  const float *heads, size_t units, uint32_t mode, uint32_t head_activation, float elapsed, float *state);

/// A kernel; a null function means that Swift's is used.
typedef struct {
  liquid_fixed_affine affine8;
  liquid_fixed_affine affine16;
  liquid_fixed_activation fixed_tanh;
  liquid_fixed_activation fixed_silu;
  liquid_fixed_gate fixed_gate;
  liquid_float_affine affine_single;
  liquid_float_affine affine_half;
  liquid_float_activation float_activation;
  liquid_float_gate float_gate;
} liquid_kernel;

/// The kernel with a raw value of LiquidCore's `Kernel`; null when this program or this processor does not have it.
const liquid_kernel *liquid_kernel_named(uint32_t kernel);

#endif
