// Made by scripts/generate_tables.py; do not edit.

/// Coefficients of the single-precision activations.
enum FloatCoefficients {
  /// 2^x = 1 + c₁x + … + c₆x⁶ on [−½, ½], relative error 2.0e-09 before rounding.
  static let power: InlineArray<6, Float> = [
    0.6931471824645996, 0.24022647738456726, 0.055503323674201965,
    0.00961843691766262, 0.0013398875016719103, 0.00015353361959569156,
  ]
  /// 2(1 − Φ(x)) = exp(−x²/2)·(n₁t + … + n₈t⁸) with t = 1 / (1 + 0.3x) on [0, 6], error 7.2e-10.
  static let normal: InlineArray<8, Float> = [
    0.2434389740228653, 0.20096541941165924, 0.3667846620082855, -0.12111827731132507,
    0.40152508020401, 0.006234450731426477, -0.13597506284713745, 0.038144759833812714,
  ]
  /// The 0.3 in t.
  static let normalScale: Float = 0.3
}
