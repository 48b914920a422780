// x86-64: eight 32-bit lanes, one panel's rows. See liquid_kernels.h for why this is C.

#include "liquid_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "tables.h"

// No fused multiply-add among the targets: a fused sum would have other bits than Swift's. But for half precision,
// where the products are exact (Float16Arithmetic), so that fusing changes nothing and is 1.7 times as fast.
#define AVX2 __attribute__((target("avx2,f16c")))
#define FMA __attribute__((target("avx2,f16c,fma")))
#define VNNI __attribute__((target("avx2,f16c,avx512f,avx512vl,avx512vnni")))
#define INLINE static inline __attribute__((always_inline))

#include "x86_float.h"

// MARK: Integers

/// The high words of a·b.
AVX2 INLINE __m256i high(__m256i a, __m256i b) {
  const __m256i even = _mm256_mul_epi32(a, b);
  const __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(a, 32), _mm256_srli_epi64(b, 32));
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
}

AVX2 INLINE __m256i load(const int32_t *pointer) { return _mm256_loadu_si256((const __m256i *)pointer); }

AVX2 INLINE __m256i requantised(__m256i total, const liquid_fixed_map *map, size_t row) {
  return high(total, load(map->multipliers + row));
}

/// Panels `row` / 8 to `row` / 8 + `count` − 1 of a map with 8-bit weights: bytes to words, and pairs of products.
AVX2 INLINE void panels8(const liquid_fixed_map *map, size_t row, const int count, const int16_t *input, int32_t *output) {
  __m256i near[4], far[4];
  const int8_t *weights = (const int8_t *)map->weights + row * map->columns;
  const size_t stride = 8 * map->columns;
  const __m256i evens = _mm256_set1_epi16(1);
#pragma clang loop unroll(full)
  for (int k = 0; k < count; k++) {
    near[k] = load(map->bias + row + 8 * k);
    far[k] = _mm256_setzero_si256();
  }
  for (size_t column = 0; column < map->columns; column += 4, weights += 32) {
    int32_t pair[2];
    memcpy(pair, input + column, 8);
    const __m256i first = _mm256_set1_epi32(pair[0]), second = _mm256_set1_epi32(pair[1]);
#pragma clang loop unroll(full)
    for (int k = 0; k < count; k++) {
      const __m256i bytes = load((const int32_t *)(weights + k * stride));
      // The even bytes times 1 plus the odd ones times 0: one instruction where two shifts would do the same.
      const __m256i low = _mm256_maddubs_epi16(evens, bytes);
      near[k] = _mm256_add_epi32(near[k], _mm256_madd_epi16(low, first));
      far[k] = _mm256_add_epi32(far[k], _mm256_madd_epi16(_mm256_srai_epi16(bytes, 8), second));
    }
  }
#pragma clang loop unroll(full)
  for (int k = 0; k < count; k++) {
    const __m256i total = _mm256_add_epi32(near[k], far[k]);
    _mm256_storeu_si256((__m256i *)(output + row + 8 * k), requantised(total, map, row + 8 * k));
  }
}

/// The same by products of bytes. The input is 256·high + low − 32768 with unsigned bytes, so the sum is
/// 256·Σ weight·high + Σ weight·low − 32768·Σ weight; what leaves 32 bits on the way comes back.
VNNI INLINE void panels8_bytes(
  const liquid_fixed_map *map, size_t row, const int count, const int16_t *input, int32_t *output) {
  __m256i low[4], high[4];
  const int8_t *weights = (const int8_t *)map->weights + row * map->columns;
  const size_t stride = 8 * map->columns;
  // Bytes of four little-endian words in the order of columns 0, 2, 1, 3.
  const __m256i lows = _mm256_set1_epi32(0x06020400), highs = _mm256_set1_epi32(0x07030501);
  const __m256i signs = _mm256_set1_epi16((short)0x8000);
#pragma clang loop unroll(full)
  for (int k = 0; k < count; k++) low[k] = high[k] = _mm256_setzero_si256();
  for (size_t column = 0; column < map->columns; column += 4, weights += 32) {
    int64_t words;
    memcpy(&words, input + column, 8);
    const __m256i inputs = _mm256_xor_si256(_mm256_set1_epi64x(words), signs);
    const __m256i lower = _mm256_shuffle_epi8(inputs, lows), upper = _mm256_shuffle_epi8(inputs, highs);
#pragma clang loop unroll(full)
    for (int k = 0; k < count; k++) {
      const __m256i bytes = load((const int32_t *)(weights + k * stride));
      low[k] = _mm256_dpbusd_epi32(low[k], lower, bytes);
      high[k] = _mm256_dpbusd_epi32(high[k], upper, bytes);
    }
  }
#pragma clang loop unroll(full)
  for (int k = 0; k < count; k++) {
    const size_t at = row + 8 * k;
    const __m256i sums = _mm256_slli_epi32(load(map->weight_sums + at), 15);
    const __m256i bias = _mm256_sub_epi32(load(map->bias + at), sums);
    const __m256i total = _mm256_add_epi32(_mm256_add_epi32(bias, low[k]), _mm256_slli_epi32(high[k], 8));
    _mm256_storeu_si256((__m256i *)(output + at), requantised(total, map, at));
  }
}

AVX2 INLINE __m256i pair_sum(__m256i sum, __m256i weights, __m256i inputs) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(weights, inputs));
}

VNNI INLINE __m256i pair_sum_fused(__m256i sum, __m256i weights, __m256i inputs) {
  return _mm256_dpwssd_epi32(sum, weights, inputs);
}

// Panels of a map with 16-bit weights, 32 columns at a time.
#define PANELS16(target, name, pair_sum)                                                                          \
  target INLINE void name(                                                                                       \
    const liquid_fixed_map *map, size_t row, const int count, const int16_t *input, int32_t *output) {           \
    __m256i total[4];                                                                                             \
    const int16_t *weights = (const int16_t *)map->weights + row * map->columns;                                  \
    const size_t stride = 8 * map->columns;                                                                       \
    const __m128i shift = _mm_cvtsi32_si128(map->block_shift);                                                    \
    _Pragma("clang loop unroll(full)") for (int k = 0; k < count; k++) total[k] = load(map->bias + row + 8 * k);  \
    for (size_t column = 0; column < map->columns;) {                                                             \
      const size_t end = map->columns - column > 32 ? column + 32 : map->columns;                                 \
      __m256i sum[4];                                                                                             \
      _Pragma("clang loop unroll(full)") for (int k = 0; k < count; k++) sum[k] = _mm256_setzero_si256();         \
      for (; column < end; column += 2, weights += 16) {                                                          \
        int32_t pair;                                                                                             \
        memcpy(&pair, input + column, 4);                                                                         \
        const __m256i inputs = _mm256_set1_epi32(pair);                                                           \
        _Pragma("clang loop unroll(full)") for (int k = 0; k < count; k++) sum[k] =                               \
          pair_sum(sum[k], load((const int32_t *)(weights + k * stride)), inputs);                                \
      }                                                                                                           \
      _Pragma("clang loop unroll(full)") for (int k = 0; k < count; k++) total[k] =                               \
        _mm256_add_epi32(total[k], _mm256_sra_epi32(sum[k], shift));                                              \
    }                                                                                                             \
    _Pragma("clang loop unroll(full)") for (int k = 0; k < count; k++) _mm256_storeu_si256(                       \
      (__m256i *)(output + row + 8 * k), requantised(total[k], map, row + 8 * k));                                \
  }

PANELS16(AVX2, panels16, pair_sum)
PANELS16(VNNI, panels16_fused, pair_sum_fused)

// Four panels at a time share each input; what is left goes in twos and ones.
#define ROWS(panels, map, input, output)                                                                          \
  size_t row = 0;                                                                                                 \
  for (; row + 32 <= (map)->rows; row += 32) panels(map, row, 4, input, output);                                  \
  if (row + 16 <= (map)->rows) panels(map, row, 2, input, output), row += 16;                                     \
  if (row < (map)->rows) panels(map, row, 1, input, output);

AVX2 static void affine8(const liquid_fixed_map *map, const int16_t *input, int32_t *output) {
  ROWS(panels8, map, input, output)
}

VNNI static void affine8_bytes(const liquid_fixed_map *map, const int16_t *input, int32_t *output) {
  ROWS(panels8_bytes, map, input, output)
}

AVX2 static void affine16(const liquid_fixed_map *map, const int16_t *input, int32_t *output) {
  ROWS(panels16, map, input, output)
}

VNNI static void affine16_fused(const liquid_fixed_map *map, const int16_t *input, int32_t *output) {
  ROWS(panels16_fused, map, input, output)
}

/// FixedActivations.place: the magnitude, limited, with 17 bits behind the point.
AVX2 INLINE __m256i place(__m256i x, int32_t fraction, int32_t end, int32_t halvings) {
  const __m256i limited = _mm256_min_epu32(_mm256_abs_epi32(x), _mm256_set1_epi32(end << fraction));
  const int32_t left = fraction < 17 ? 17 - fraction : 0, right = (fraction > 17 ? fraction - 17 : 0) + halvings;
  return _mm256_srl_epi32(_mm256_sll_epi32(limited, _mm_cvtsi32_si128(left)), _mm_cvtsi32_si128(right));
}

/// tanh of the place in Q0.30, with the sign of x.
AVX2 INLINE __m256i interpolated(__m256i place, __m256i x) {
  const __m256i nodes = _mm256_i32gather_epi32((const int *)tanh_table, _mm256_srli_epi32(place, 10), 2);
  const __m256i far = _mm256_and_si256(_mm256_slli_epi32(place, 4), _mm256_set1_epi32(0x3FF0));
  const __m256i near = _mm256_sub_epi32(_mm256_set1_epi32(1 << 14), far);
  const __m256i weights = _mm256_add_epi32(_mm256_slli_epi32(far, 16), near);
  const __m256i magnitude = _mm256_add_epi32(_mm256_madd_epi16(nodes, weights), _mm256_set1_epi32(1 << 29));
  return _mm256_sign_epi32(magnitude, x);
}

AVX2 INLINE __m256i fixed_tanh_of(__m256i x, int32_t fraction) {
  return interpolated(place(x, fraction, 6, 0), x);
}

AVX2 INLINE __m256i fixed_sigmoid_of(__m256i x, int32_t fraction) {
  return _mm256_add_epi32(interpolated(place(x, fraction, 12, 1), x), _mm256_set1_epi32(1 << 30));
}

/// ⌊x / 2^shift + ½⌋, limited to ±32767, as eight words.
AVX2 INLINE __m128i words(__m256i x, int32_t shift) {
  const __m256i half = _mm256_set1_epi32((1 << shift) >> 1);
  const __m256i rounded = _mm256_sra_epi32(_mm256_add_epi32(x, half), _mm_cvtsi32_si128(shift));
  const __m128i packed = _mm_packs_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1));
  return _mm_max_epi16(packed, _mm_set1_epi16(-32767));
}

AVX2 static void fixed_tanh(
  const int32_t *input, int32_t fraction, int32_t value_shift, size_t count, int16_t *output) {
  (void)value_shift;
  for (size_t k = 0; k < count; k += 8) {
    _mm_storeu_si128((__m128i *)(output + k), words(fixed_tanh_of(load(input + k), fraction), 15));
  }
}

AVX2 static void fixed_silu(
  const int32_t *input, int32_t fraction, int32_t value_shift, size_t count, int16_t *output) {
  for (size_t k = 0; k < count; k += 8) {
    const __m256i x = load(input + k);
    _mm_storeu_si128((__m128i *)(output + k), words(high(x, fixed_sigmoid_of(x, fraction)), value_shift - 1));
  }
}

/// Stores the first `count` of eight words, 1 to 8.
AVX2 INLINE void store_words(int16_t *pointer, __m128i words, size_t count) {
  if (count >= 8) {
    _mm_storeu_si128((__m128i *)pointer, words);
    return;
  }
  if (count & 4) _mm_storel_epi64((__m128i *)pointer, words), words = _mm_srli_si128(words, 8), pointer += 4;
  if (count & 2) _mm_storeu_si32(pointer, words), words = _mm_srli_si128(words, 4), pointer += 2;
  if (count & 1) *pointer = (int16_t)_mm_extract_epi16(words, 0);
}

AVX2 static void fixed_gate(
  const int32_t *heads, size_t units, bool no_gate, bool linear, int32_t head_fraction, int32_t gate_fraction,
  int32_t state_shift, int32_t elapsed, int16_t *state) {
  const __m256i ts = _mm256_set1_epi32(elapsed), difference = _mm256_set1_epi32(no_gate ? 0 : -1);
  for (size_t k = 0; k < units; k += 8) {
    const __m256i gate = _mm256_add_epi32(high(load(heads + 2 * units + k), ts), load(heads + 3 * units + k));
    const __m256i s = fixed_sigmoid_of(gate, gate_fraction);
    __m256i first = load(heads + k), second = load(heads + units + k);
    if (!linear) first = fixed_tanh_of(first, head_fraction), second = fixed_tanh_of(second, head_fraction);
    const __m256i change = high(s, _mm256_sub_epi32(second, _mm256_and_si256(first, difference)));
    const __m256i half = _mm256_add_epi32(_mm256_srai_epi32(first, 1), change);
    store_words(state + k, words(half, state_shift), units - k);
  }
}

// MARK: The tables

static const liquid_kernel avx2 = {
  affine8, affine16, fixed_tanh, fixed_silu, fixed_gate, affine_single, affine_half, float_activation, float_gate,
};

static const liquid_kernel avx512vnni = {
  affine8_bytes, affine16_fused, fixed_tanh, fixed_silu, fixed_gate, affine_single, affine_half, float_activation,
  float_gate,
};

const liquid_kernel *liquid_kernel_named(uint32_t kernel) {
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c") &&
    __builtin_cpu_supports("fma");
  const bool has_vnni = __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
  switch (kernel) {
    case 1: return has_avx2 ? &avx2 : NULL;
    case 2: return has_avx2 && has_vnni ? &avx512vnni : NULL;
    default: return NULL;
  }
}

#elif !defined(__aarch64__)

const liquid_kernel *liquid_kernel_named(uint32_t kernel) {
  (void)kernel;
  return NULL;
}

#endif
