// AArch64: two vectors of four 32-bit lanes, one panel's rows. See liquid_kernels.h for why this is C.

#include "liquid_kernels.h"

#if defined(__aarch64__)

#include <arm_neon.h>
#include <string.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif

#include "tables.h"

// A fused sum would have other bits than Swift's. But for half precision, where the products are exact
// (Float16Arithmetic), so that fusing changes nothing.
#pragma STDC FP_CONTRACT OFF

#define DOT __attribute__((target("dotprod")))
#define INLINE static inline __attribute__((always_inline))

// MARK: Integers

/// The high words of a·b.
INLINE int32x4_t high(int32x4_t a, int32x4_t b) {
  const int64x2_t low = vmull_s32(vget_low_s32(a), vget_low_s32(b));
  return vuzp2q_s32(vreinterpretq_s32_s64(low), vreinterpretq_s32_s64(vmull_high_s32(a, b)));
}

INLINE void requantise(int32x4_t total[2], const liquid_fixed_map *map, size_t row, int32_t *output) {
  vst1q_s32(output + row, high(total[0], vld1q_s32(map->multipliers + row)));
  vst1q_s32(output + row + 4, high(total[1], vld1q_s32(map->multipliers + row + 4)));
}

/// sum += eight 16-bit weights · input.
INLINE void accumulate(int32x4_t sum[2], int16x8_t weights, int16_t input) {
  sum[0] = vmlal_n_s16(sum[0], vget_low_s16(weights), input);
  sum[1] = vmlal_high_n_s16(sum[1], weights, input);
}

static void affine8(const liquid_fixed_map *map, const int16_t *input, int32_t *output) {
  const int8_t *weights = map->weights;
  for (size_t row = 0; row < map->rows; row += 8) {
    int32x4_t near[2] = {vld1q_s32(map->bias + row), vld1q_s32(map->bias + row + 4)};
    int32x4_t far[2] = {vdupq_n_s32(0), vdupq_n_s32(0)};
    for (size_t column = 0; column < map->columns; column += 4, weights += 32) {
      // Bytes of columns 0, 2, 1, 3 of eight rows each.
      const int8x8x4_t bytes = vld4_s8(weights);
      accumulate(near, vmovl_s8(bytes.val[0]), input[column]);
      accumulate(far, vmovl_s8(bytes.val[1]), input[column + 2]);
      accumulate(near, vmovl_s8(bytes.val[2]), input[column + 1]);
      accumulate(far, vmovl_s8(bytes.val[3]), input[column + 3]);
    }
    near[0] = vaddq_s32(near[0], far[0]), near[1] = vaddq_s32(near[1], far[1]);
    requantise(near, map, row, output);
  }
}

/// By products of bytes. The input is 256·high + low + 128 with signed bytes, so the sum is
/// 256·Σ weight·high + Σ weight·low + 128·Σ weight; what leaves 32 bits on the way comes back.
DOT static void affine8_bytes(const liquid_fixed_map *map, const int16_t *input, int32_t *output) {
  const int8_t *weights = map->weights;
  // Bytes of four little-endian words in the order of columns 0, 2, 1, 3, twice.
  const uint8_t lows[16] = {0, 4, 2, 6, 0, 4, 2, 6, 0, 4, 2, 6, 0, 4, 2, 6};
  const uint8x16_t lower_places = vld1q_u8(lows), upper_places = vaddq_u8(lower_places, vdupq_n_u8(1));
  for (size_t row = 0; row < map->rows; row += 8) {
    int32x4_t low[2] = {vdupq_n_s32(0), vdupq_n_s32(0)}, upper[2] = {vdupq_n_s32(0), vdupq_n_s32(0)};
    for (size_t column = 0; column < map->columns; column += 4, weights += 32) {
      const uint8x16_t words = vreinterpretq_u8_s16(vcombine_s16(vld1_s16(input + column), vdup_n_s16(0)));
      const int8x16_t l = vreinterpretq_s8_u8(veorq_u8(vqtbl1q_u8(words, lower_places), vdupq_n_u8(0x80)));
      const int8x16_t h = vreinterpretq_s8_u8(vqtbl1q_u8(words, upper_places));
      const int8x16_t first = vld1q_s8(weights), second = vld1q_s8(weights + 16);
      low[0] = vdotq_s32(low[0], first, l), low[1] = vdotq_s32(low[1], second, l);
      upper[0] = vdotq_s32(upper[0], first, h), upper[1] = vdotq_s32(upper[1], second, h);
    }
    for (int k = 0; k < 2; k++) {
      const int32x4_t sums = vshlq_n_s32(vld1q_s32(map->weight_sums + row + 4 * k), 7);
      const int32x4_t bias = vaddq_s32(vld1q_s32(map->bias + row + 4 * k), sums);
      low[k] = vaddq_s32(vaddq_s32(bias, low[k]), vshlq_n_s32(upper[k], 8));
    }
    requantise(low, map, row, output);
  }
}

static void affine16(const liquid_fixed_map *map, const int16_t *input, int32_t *output) {
  const int16_t *weights = map->weights;
  const int32x4_t shift = vdupq_n_s32(-map->block_shift);
  for (size_t row = 0; row < map->rows; row += 8) {
    int32x4_t total[2] = {vld1q_s32(map->bias + row), vld1q_s32(map->bias + row + 4)};
    for (size_t column = 0; column < map->columns;) {
      const size_t end = map->columns - column > 32 ? column + 32 : map->columns;
      int32x4_t even[2] = {vdupq_n_s32(0), vdupq_n_s32(0)}, odd[2] = {vdupq_n_s32(0), vdupq_n_s32(0)};
      for (; column < end; column += 2, weights += 16) {
        const int16x8x2_t pair = vld2q_s16(weights);
        accumulate(even, pair.val[0], input[column]);
        accumulate(odd, pair.val[1], input[column + 1]);
      }
      for (int k = 0; k < 2; k++) {
        total[k] = vaddq_s32(total[k], vshlq_s32(vaddq_s32(even[k], odd[k]), shift));
      }
    }
    requantise(total, map, row, output);
  }
}

/// FixedActivations.place: the magnitude, limited, with 17 bits behind the point.
INLINE int32x4_t place(int32x4_t x, int32_t fraction, int32_t end, int32_t halvings) {
  const uint32x4_t magnitude = vreinterpretq_u32_s32(vabsq_s32(x));
  const uint32x4_t limited = vminq_u32(magnitude, vdupq_n_u32((uint32_t)end << fraction));
  const int32_t left = fraction < 17 ? 17 - fraction : 0, right = (fraction > 17 ? fraction - 17 : 0) + halvings;
  return vreinterpretq_s32_u32(vshlq_u32(vshlq_u32(limited, vdupq_n_s32(left)), vdupq_n_s32(-right)));
}

/// Two neighbouring nodes.
INLINE int32_t nodes(int32_t index) {
  int32_t pair;
  memcpy(&pair, tanh_table + index, 4);
  return pair;
}

/// tanh of the place in Q0.30, with the sign of x.
INLINE int32x4_t interpolated(int32x4_t place, int32x4_t x) {
  const int32x4_t index = vshrq_n_s32(place, 10);
  int32x4_t pair = vdupq_n_s32(nodes(vgetq_lane_s32(index, 0)));
  pair = vsetq_lane_s32(nodes(vgetq_lane_s32(index, 1)), pair, 1);
  pair = vsetq_lane_s32(nodes(vgetq_lane_s32(index, 2)), pair, 2);
  pair = vsetq_lane_s32(nodes(vgetq_lane_s32(index, 3)), pair, 3);
  const int32x4_t far = vandq_s32(vshlq_n_s32(place, 4), vdupq_n_s32(0x3FF0));
  const int32x4_t near = vsubq_s32(vdupq_n_s32(1 << 14), far);
  // On a little-endian machine the first node is the low half.
  const int32x4_t first = vshrq_n_s32(vshlq_n_s32(pair, 16), 16), second = vshrq_n_s32(pair, 16);
  const int32x4_t magnitude = vmlaq_s32(vmlaq_s32(vdupq_n_s32(1 << 29), first, near), second, far);
  const int32x4_t sign = vshrq_n_s32(x, 31);
  return vsubq_s32(veorq_s32(magnitude, sign), sign);
}

INLINE int32x4_t fixed_tanh_of(int32x4_t x, int32_t fraction) { return interpolated(place(x, fraction, 6, 0), x); }

INLINE int32x4_t fixed_sigmoid_of(int32x4_t x, int32_t fraction) {
  return vaddq_s32(interpolated(place(x, fraction, 12, 1), x), vdupq_n_s32(1 << 30));
}

/// ⌊x / 2^shift + ½⌋, limited to ±32767, as four words.
INLINE int16x4_t words(int32x4_t x, int32_t shift) {
  const int32x4_t rounded = vshlq_s32(vaddq_s32(x, vdupq_n_s32((1 << shift) >> 1)), vdupq_n_s32(-shift));
  return vmax_s16(vqmovn_s32(rounded), vdup_n_s16(-32767));
}

static void fixed_tanh(const int32_t *input, int32_t fraction, int32_t value_shift, size_t count, int16_t *output) {
  (void)value_shift;
  for (size_t k = 0; k < count; k += 4) {
    vst1_s16(output + k, words(fixed_tanh_of(vld1q_s32(input + k), fraction), 15));
  }
}

static void fixed_silu(const int32_t *input, int32_t fraction, int32_t value_shift, size_t count, int16_t *output) {
  for (size_t k = 0; k < count; k += 4) {
    const int32x4_t x = vld1q_s32(input + k);
    vst1_s16(output + k, words(high(x, fixed_sigmoid_of(x, fraction)), value_shift - 1));
  }
}

static void fixed_gate(
  const int32_t *heads, size_t units, bool no_gate, bool linear, int32_t head_fraction, int32_t gate_fraction,
  int32_t state_shift, int32_t elapsed, int16_t *state) {
  const int32x4_t ts = vdupq_n_s32(elapsed), difference = vdupq_n_s32(no_gate ? 0 : -1);
  for (size_t k = 0; k < units; k += 4) {
    const int32x4_t slopes = vld1q_s32(heads + 2 * units + k), offsets = vld1q_s32(heads + 3 * units + k);
    const int32x4_t s = fixed_sigmoid_of(vaddq_s32(high(slopes, ts), offsets), gate_fraction);
    int32x4_t first = vld1q_s32(heads + k), second = vld1q_s32(heads + units + k);
    if (!linear) first = fixed_tanh_of(first, head_fraction), second = fixed_tanh_of(second, head_fraction);
    const int32x4_t change = high(s, vsubq_s32(second, vandq_s32(first, difference)));
    const int16x4_t new = words(vaddq_s32(vshrq_n_s32(first, 1), change), state_shift);
    if (k + 4 <= units) {
      vst1_s16(state + k, new);
    } else {
      int16_t rest[4];
      vst1_s16(rest, new);
      for (size_t unit = k; unit < units; unit++) state[unit] = rest[unit - k];
    }
  }
}

// MARK: Floating point, operation for operation as FloatArithmetic and FloatActivations

static void affine_single(
  const void *weights, const float *bias, size_t rows, size_t columns, const float *input, float *output) {
  const float *panel = weights;
  for (size_t row = 0; row < rows; row += 8) {
    float32x4_t even[2] = {vld1q_f32(bias + row), vld1q_f32(bias + row + 4)};
    float32x4_t odd[2] = {vdupq_n_f32(0), vdupq_n_f32(0)};
    for (size_t column = 0; column < columns; column += 2, panel += 16) {
      for (int k = 0; k < 2; k++) {
        even[k] = vaddq_f32(even[k], vmulq_n_f32(vld1q_f32(panel + 4 * k), input[column]));
        odd[k] = vaddq_f32(odd[k], vmulq_n_f32(vld1q_f32(panel + 8 + 4 * k), input[column + 1]));
      }
    }
    for (int k = 0; k < 2; k++) vst1q_f32(output + row + 4 * k, vaddq_f32(even[k], odd[k]));
  }
}

static void affine_half(
  const void *weights, const float *bias, size_t rows, size_t columns, const float *input, float *output) {
  const uint16_t *panel = weights;
  for (size_t row = 0; row < rows; row += 8) {
    float32x4_t even[2] = {vld1q_f32(bias + row), vld1q_f32(bias + row + 4)};
    float32x4_t odd[2] = {vdupq_n_f32(0), vdupq_n_f32(0)};
    for (size_t column = 0; column < columns; column += 2, panel += 16) {
      const float16x8_t first = vreinterpretq_f16_u16(vld1q_u16(panel));
      const float16x8_t second = vreinterpretq_f16_u16(vld1q_u16(panel + 8));
      even[0] = vfmaq_n_f32(even[0], vcvt_f32_f16(vget_low_f16(first)), input[column]);
      even[1] = vfmaq_n_f32(even[1], vcvt_high_f32_f16(first), input[column]);
      odd[0] = vfmaq_n_f32(odd[0], vcvt_f32_f16(vget_low_f16(second)), input[column + 1]);
      odd[1] = vfmaq_n_f32(odd[1], vcvt_high_f32_f16(second), input[column + 1]);
    }
    for (int k = 0; k < 2; k++) vst1q_f32(output + row + 4 * k, vaddq_f32(even[k], odd[k]));
  }
}

INLINE float32x4_t signed_as(float32x4_t magnitude, float32x4_t x) {
  const uint32x4_t sign = vandq_u32(vreinterpretq_u32_f32(x), vdupq_n_u32(0x80000000));
  return vreinterpretq_f32_u32(vorrq_u32(vreinterpretq_u32_f32(magnitude), sign));
}

/// e^(−x) for x ≥ 0.
INLINE float32x4_t decay(float32x4_t x) {
  const float32x4_t least = vdupq_n_f32(-100), scaled = vmulq_n_f32(x, -1.44269504f);
  const float32x4_t exponent = vbslq_f32(vcltq_f32(scaled, least), least, scaled);
  const float32x4_t magic = vdupq_n_f32(12582912);
  const float32x4_t shifted = vaddq_f32(exponent, magic);
  const float32x4_t f = vsubq_f32(exponent, vsubq_f32(shifted, magic));
  const int32x4_t integer = vsubq_s32(vreinterpretq_s32_f32(shifted), vreinterpretq_s32_f32(magic));
  float32x4_t power = vdupq_n_f32(power_coefficients[5]);
  for (int k = 4; k >= 0; k--) power = vaddq_f32(vmulq_f32(power, f), vdupq_n_f32(power_coefficients[k]));
  power = vaddq_f32(vmulq_f32(power, f), vdupq_n_f32(1));
  return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(power), vshlq_n_s32(integer, 23)));
}

INLINE float32x4_t float_tanh_of(float32x4_t x) {
  const float32x4_t m = vabsq_f32(x), one = vdupq_n_f32(1), e = decay(vaddq_f32(m, m));
  return signed_as(vdivq_f32(vsubq_f32(one, e), vaddq_f32(one, e)), x);
}

INLINE float32x4_t float_sigmoid_of(float32x4_t x) {
  const float32x4_t one = vdupq_n_f32(1), half = vdupq_n_f32(0.5f), e = decay(vabsq_f32(x));
  const float32x4_t y = signed_as(vdivq_f32(vsubq_f32(one, e), vaddq_f32(one, e)), x);
  return vaddq_f32(vmulq_f32(y, half), half);
}

/// The activations that this kernel has: linear 0, tanh 1, lecun_tanh 2, relu 3, silu 4.
INLINE float32x4_t applied(uint32_t activation, float32x4_t x) {
  switch (activation) {
    case 1: return float_tanh_of(x);
    case 2: return vmulq_n_f32(float_tanh_of(vmulq_n_f32(x, 0.666f)), 1.7159f);
    case 3: return vbslq_f32(vcltzq_f32(x), vdupq_n_f32(0), x);
    case 4: return vmulq_f32(x, float_sigmoid_of(x));
    default: return x;
  }
}

static bool float_activation(uint32_t activation, const float *input, size_t count, float *output) {
  if (activation > 4) return false;
  for (size_t k = 0; k < count; k += 4) vst1q_f32(output + k, applied(activation, vld1q_f32(input + k)));
  return true;
}

static bool float_gate(
  const float *heads, size_t units, uint32_t mode, uint32_t head_activation, float elapsed, float *state) {
  if (mode > 1 || head_activation > 2) return false;
  const float32x4_t one = vdupq_n_f32(1);
  for (size_t k = 0; k < units; k += 4) {
    const float32x4_t g = applied(head_activation, vld1q_f32(heads + k));
    const float32x4_t h = applied(head_activation, vld1q_f32(heads + units + k));
    const float32x4_t slope = vmulq_n_f32(vld1q_f32(heads + 2 * units + k), elapsed);
    const float32x4_t s = float_sigmoid_of(vaddq_f32(slope, vld1q_f32(heads + 3 * units + k)));
    const float32x4_t kept = mode == 1 ? g : vmulq_f32(g, vsubq_f32(one, s));
    const float32x4_t new = vaddq_f32(kept, vmulq_f32(s, h));
    if (k + 4 <= units) {
      vst1q_f32(state + k, new);
    } else {
      float rest[4];
      vst1q_f32(rest, new);
      for (size_t unit = k; unit < units; unit++) state[unit] = rest[unit - k];
    }
  }
  return true;
}

// MARK: The tables

static const liquid_kernel neon = {
  affine8, affine16, fixed_tanh, fixed_silu, fixed_gate, affine_single, affine_half, float_activation, float_gate,
};

static const liquid_kernel neon_dot = {
  affine8_bytes, affine16, fixed_tanh, fixed_silu, fixed_gate, affine_single, affine_half, float_activation,
  float_gate,
};

const liquid_kernel *liquid_kernel_named(uint32_t kernel) {
#if defined(__linux__)
  // HWCAP_ASIMDDP.
  const bool has_dot = getauxval(AT_HWCAP) & (1ul << 20);
#else
  const bool has_dot = false;
#endif
  switch (kernel) {
    case 3: return &neon;
    case 4: return has_dot ? &neon_dot : NULL;
    default: return NULL;
  }
}

#endif
