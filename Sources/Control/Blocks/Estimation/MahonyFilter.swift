import PortableMath

/// The complementary filter of Mahony, Hamel and Pflimlin ("Nonlinear complementary filters on the special
/// orthogonal group", IEEE TAC 53 (5), 2008, section IV-B) with gravity as its only reference direction: heading
/// is the integral of the rate.
struct MahonyFilter: Sendable {
  /// Rotation from body to local axes.
  private(set) var attitude = Quaternion.identity
  /// The gyroscope's bias in rad/s.
  private(set) var bias = Vector3.zero
  private let gate, largestBias: Double

  init(_ settings: AttitudeSettings) {
    (gate, largestBias) = (settings.gravityGate, settings.largestGyroBias)
  }

  /// Sets roll and pitch so that `force` points up; heading stays.
  mutating func align(force: Vector3) {
    guard force.length > 0 else { return }
    let up = -force
    let roll = arctangent2(up.y, up.z)
    let pitch = arctangent2(-up.x, (up.y * up.y + up.z * up.z).squareRoot())
    attitude = Quaternion(roll: roll, pitch: pitch, yaw: attitude.eulerAngles.yaw)
  }

  /// Sets the bias, within what is believed.
  mutating func setBias(_ value: Vector3) {
    bias = Vector3(limited(value.x), limited(value.y), limited(value.z))
  }

  /// Moves on by `seconds` during which the body turned at the measured `rate` (rad/s) and felt `force` (m/s²).
  mutating func update(
    rate: Vector3, force: Vector3, seconds: Double, proportional: Double, integral: Double
  ) {
    let magnitude = force.length
    let difference = (magnitude / StandardAtmosphere.gravity - 1).magnitude
    let weight = magnitude > 0 && difference < gate ? 1 - difference / gate : 0
    var correction = Vector3.zero
    if weight > 0 {
      // At rest the specific force points up: against the local z axis.
      let measured = force * (1 / magnitude)
      let expected = attitude.inverseRotate(Vector3(0, 0, -1))
      let error = measured.cross(expected) * weight
      setBias(bias + error * (-integral * seconds))
      correction = error * proportional
    }
    attitude = attitude.integrated(rate: rate - bias + correction, seconds: seconds)
  }

  private func limited(_ value: Double) -> Double {
    value > largestBias ? largestBias : value < -largestBias ? -largestBias : value
  }
}
