import PortableMath

/// A magnetic field turned back to the horizontal by roll and pitch: its parts forward and to the right of the nose, in T, which say where
/// north is (Caruso, "Applications of magnetic sensors for low cost compass systems", IEEE PLANS 2000).
struct LevelField {
  /// The field's part along the nose, and to the right of it, as if the body were level.
  let north, east: Double

  /// The field (x, y, z) of a body's axes; roll and pitch by sine and cosine.
  init(
    _ x: Double, _ y: Double, _ z: Double, roll: (sine: Double, cosine: Double),
    pitch: (sine: Double, cosine: Double)
  ) {
    north = x * pitch.cosine + (y * roll.sine + z * roll.cosine) * pitch.sine
    east = y * roll.cosine - z * roll.sine
  }

  /// Where the nose points from magnetic north, to the right positive, in rad: as far to the right of north as the field is to the left of
  /// the nose.
  var heading: Double { arctangent2(-east, north) }
}
