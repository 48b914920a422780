// The floating-point functions of x86.c, operation for operation as FloatArithmetic and FloatActivations: a part of that file, which
// defines the targets and includes it.

#ifndef X86_FLOAT_H
#define X86_FLOAT_H

AVX2 INLINE void panels_single(
  const float *weights, const float *bias, size_t columns, const int count, const float *input, float *output) {
  __m256 even[4], odd[4];
  const size_t stride = 8 * columns;
#pragma clang loop unroll(full)
  for (int k = 0; k < count; k++) even[k] = _mm256_loadu_ps(bias + 8 * k), odd[k] = _mm256_setzero_ps();
  for (size_t column = 0; column < columns; column += 2, weights += 16) {
    const __m256 first = _mm256_set1_ps(input[column]), second = _mm256_set1_ps(input[column + 1]);
#pragma clang loop unroll(full)
    for (int k = 0; k < count; k++) {
      const float *panel = weights + k * stride;
      even[k] = _mm256_add_ps(even[k], _mm256_mul_ps(_mm256_loadu_ps(panel), first));
      odd[k] = _mm256_add_ps(odd[k], _mm256_mul_ps(_mm256_loadu_ps(panel + 8), second));
    }
  }
#pragma clang loop unroll(full)
  for (int k = 0; k < count; k++) _mm256_storeu_ps(output + 8 * k, _mm256_add_ps(even[k], odd[k]));
}

FMA INLINE void panels_half(
  const uint16_t *weights, const float *bias, size_t columns, const int count, const float *input, float *output) {
  __m256 even[4], odd[4];
  const size_t stride = 8 * columns;
#pragma clang loop unroll(full)
  for (int k = 0; k < count; k++) even[k] = _mm256_loadu_ps(bias + 8 * k), odd[k] = _mm256_setzero_ps();
  for (size_t column = 0; column < columns; column += 2, weights += 16) {
    const __m256 first = _mm256_set1_ps(input[column]), second = _mm256_set1_ps(input[column + 1]);
#pragma clang loop unroll(full)
    for (int k = 0; k < count; k++) {
      const uint16_t *panel = weights + k * stride;
      const __m256 a = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)panel));
      const __m256 b = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(panel + 8)));
      even[k] = _mm256_fmadd_ps(a, first, even[k]);
      odd[k] = _mm256_fmadd_ps(b, second, odd[k]);
    }
  }
#pragma clang loop unroll(full)
  for (int k = 0; k < count; k++) _mm256_storeu_ps(output + 8 * k, _mm256_add_ps(even[k], odd[k]));
}

AVX2 static void affine_single(
  const void *weights, const float *bias, size_t rows, size_t columns, const float *input, float *output) {
  const float *panels = weights;
  size_t row = 0;
  for (; row + 32 <= rows; row += 32) {
    panels_single(panels + row * columns, bias + row, columns, 4, input, output + row);
  }
  if (row + 16 <= rows) panels_single(panels + row * columns, bias + row, columns, 2, input, output + row), row += 16;
  if (row < rows) panels_single(panels + row * columns, bias + row, columns, 1, input, output + row);
}

FMA static void affine_half(
  const void *weights, const float *bias, size_t rows, size_t columns, const float *input, float *output) {
  const uint16_t *panels = weights;
  size_t row = 0;
  for (; row + 32 <= rows; row += 32) {
    panels_half(panels + row * columns, bias + row, columns, 4, input, output + row);
  }
  if (row + 16 <= rows) panels_half(panels + row * columns, bias + row, columns, 2, input, output + row), row += 16;
  if (row < rows) panels_half(panels + row * columns, bias + row, columns, 1, input, output + row);
}

AVX2 INLINE __m256 magnitude(__m256 x) {
  return _mm256_and_ps(x, _mm256_castsi256_ps(_mm256_set1_epi32(0x7FFFFFFF)));
}

AVX2 INLINE __m256 signed_as(__m256 magnitude, __m256 x) {
  return _mm256_or_ps(magnitude, _mm256_and_ps(x, _mm256_castsi256_ps(_mm256_set1_epi32((int)0x80000000))));
}

/// e^(−x) for x ≥ 0.
AVX2 INLINE __m256 decay(__m256 x) {
  // The second operand where either is not a number, as in Swift.
  const __m256 exponent = _mm256_max_ps(_mm256_set1_ps(-100), _mm256_mul_ps(x, _mm256_set1_ps(-1.44269504f)));
  const __m256 magic = _mm256_set1_ps(12582912);
  const __m256 shifted = _mm256_add_ps(exponent, magic);
  const __m256 f = _mm256_sub_ps(exponent, _mm256_sub_ps(shifted, magic));
  const __m256i integer = _mm256_sub_epi32(_mm256_castps_si256(shifted), _mm256_castps_si256(magic));
  __m256 power = _mm256_set1_ps(power_coefficients[5]);
#pragma clang loop unroll(full)
  for (int k = 4; k >= 0; k--) {
    power = _mm256_add_ps(_mm256_mul_ps(power, f), _mm256_set1_ps(power_coefficients[k]));
  }
  power = _mm256_add_ps(_mm256_mul_ps(power, f), _mm256_set1_ps(1));
  return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(power), _mm256_slli_epi32(integer, 23)));
}

AVX2 INLINE __m256 float_tanh_of(__m256 x) {
  const __m256 m = magnitude(x), one = _mm256_set1_ps(1), e = decay(_mm256_add_ps(m, m));
  return signed_as(_mm256_div_ps(_mm256_sub_ps(one, e), _mm256_add_ps(one, e)), x);
}

AVX2 INLINE __m256 float_sigmoid_of(__m256 x) {
  const __m256 one = _mm256_set1_ps(1), half = _mm256_set1_ps(0.5f), e = decay(magnitude(x));
  const __m256 y = signed_as(_mm256_div_ps(_mm256_sub_ps(one, e), _mm256_add_ps(one, e)), x);
  return _mm256_add_ps(_mm256_mul_ps(y, half), half);
}

/// The activations that this kernel has: linear 0, tanh 1, lecun_tanh 2, relu 3, silu 4.
AVX2 INLINE __m256 applied(const uint32_t activation, __m256 x) {
  switch (activation) {
    case 1: return float_tanh_of(x);
    case 2:
      return _mm256_mul_ps(float_tanh_of(_mm256_mul_ps(x, _mm256_set1_ps(0.666f))), _mm256_set1_ps(1.7159f));
    case 3: return _mm256_max_ps(_mm256_setzero_ps(), x);
    case 4: return _mm256_mul_ps(x, float_sigmoid_of(x));
    default: return x;
  }
}

AVX2 static bool float_activation(uint32_t activation, const float *input, size_t count, float *output) {
  if (activation > 4) return false;
  for (size_t k = 0; k < count; k += 8) {
    _mm256_storeu_ps(output + k, applied(activation, _mm256_loadu_ps(input + k)));
  }
  return true;
}

AVX2 static bool float_gate(
  const float *heads, size_t units, uint32_t mode, uint32_t head_activation, float elapsed, float *state) {
  if (mode > 1 || head_activation > 2) return false;
  const __m256 ts = _mm256_set1_ps(elapsed), one = _mm256_set1_ps(1);
  for (size_t k = 0; k < units; k += 8) {
    const __m256 g = applied(head_activation, _mm256_loadu_ps(heads + k));
    const __m256 h = applied(head_activation, _mm256_loadu_ps(heads + units + k));
    const __m256 slope = _mm256_mul_ps(_mm256_loadu_ps(heads + 2 * units + k), ts);
    const __m256 s = float_sigmoid_of(_mm256_add_ps(slope, _mm256_loadu_ps(heads + 3 * units + k)));
    const __m256 kept = mode == 1 ? g : _mm256_mul_ps(g, _mm256_sub_ps(one, s));
    const __m256 new = _mm256_add_ps(kept, _mm256_mul_ps(s, h));
    if (k + 8 <= units) {
      _mm256_storeu_ps(state + k, new);
    } else {
      float rest[8];
      _mm256_storeu_ps(rest, new);
      memcpy(state + k, rest, 4 * (units - k));
    }
  }
  return true;
}

#endif
