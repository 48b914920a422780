import HardwareInterfaces
import PortableMath

/// Samples from the numbers of any format, in SI units; a reason where the numbers cannot be one.
enum RecordedSamples {
  /// Inertial samples a second that are enough for the estimate of an attitude.
  static let enoughInertial = 200.0
  /// No gyroscope measures more, in rad/s, and no accelerometer, in m/s².
  private static let largestRate = 200.0
  private static let largestForce = 1000.0

  static func inertial(
    rate: (x: Double, y: Double, z: Double)?, force: (x: Double, y: Double, z: Double)?, temperature: Double?
  ) -> RowOutcome<InertialSample> {
    guard let rate, let force else { return .leftOut(RowLoss.notFinite) }
    guard largest(rate) < largestRate, largest(force) < largestForce else { return .leftOut(RowLoss.beyond) }
    return outcome(
      InertialSample(
        acceleration: (Float(force.x), Float(force.y), Float(force.z)),
        rate: (Float(rate.x), Float(rate.y), Float(rate.z)),
        temperature: finite(temperature) ?? 25), temperature)
  }

  /// A gyroscope's rates alone.
  static func rate(_ rate: (x: Double, y: Double, z: Double)?) -> RowOutcome<Vector3> {
    vector(rate, below: largestRate)
  }

  /// An accelerometer's specific forces alone.
  static func force(_ force: (x: Double, y: Double, z: Double)?) -> RowOutcome<Vector3> {
    vector(force, below: largestForce)
  }

  private static func vector(_ v: (x: Double, y: Double, z: Double)?, below limit: Double) -> RowOutcome<
    Vector3
  > {
    guard let v else { return .leftOut(RowLoss.notFinite) }
    guard largest(v) < limit else { return .leftOut(RowLoss.beyond) }
    return .sample(Vector3(v.x, v.y, v.z))
  }

  /// Air that anything flies in has more than 20 hPa and less than 1,200.
  static func pressure(_ pressure: Double?, temperature: Double?) -> RowOutcome<PressureSample> {
    guard let pressure, pressure.isFinite else { return .leftOut(RowLoss.notFinite) }
    guard pressure > 2000, pressure < 120_000 else { return .leftOut(RowLoss.noAir) }
    return outcome(
      PressureSample(pressure: Float(pressure), temperature: finite(temperature) ?? 15), temperature)
  }

  /// A sample beside a temperature, which may be none.
  private static func outcome<Sample>(_ sample: Sample, _ temperature: Double?) -> RowOutcome<Sample> {
    temperature == nil || finite(temperature) != nil
      ? .sample(sample) : .sampleWith(sample, standIn: RowLoss.temperatureNotFinite)
  }

  /// What a range finder measured that looks down (orientation 25 of MAVLink, where the recording tells it); `isValid`
  /// says of a distance in m whether the range finder vouches for it.
  static func range(
    _ distance: Double?, orientation: Double?, isValid: (Double) -> Bool
  ) -> RowOutcome<RangeSample> {
    if let orientation, orientation != 25 {
      return .leftOut(
        "of a range finder that does not look down (orientation \(Int(exactly: orientation) ?? -1))")
    }
    guard let distance, distance.isFinite else { return .leftOut(RowLoss.notFinite) }
    guard distance >= 0, distance < 1000 else { return .leftOut(RowLoss.beyond) }
    return .sample(RangeSample(distance: Float(distance), isValid: isValid(distance)))
  }

  /// The voltage counts also where the current, which is `nil` where the recording does not tell it, cannot be one.
  /// A battery has more than half a volt: below it nothing is connected, or it is noise.
  static func power(voltage: Double?, current: Double?) -> RowOutcome<PowerSample> {
    guard let voltage, voltage.isFinite else { return .leftOut(RowLoss.notFinite) }
    guard voltage > 0.5, voltage < 1000 else { return .leftOut("with a voltage that no battery has") }
    func unknown(_ reason: String) -> RowOutcome<PowerSample> {
      .sampleWith(PowerSample(voltage: Float(voltage), current: 0), standIn: reason)
    }
    guard let current else { return unknown(RowLoss.currentUnknown) }
    guard current.isFinite else { return unknown(RowLoss.currentNotFinite) }
    guard abs(current) < 10_000 else { return unknown(RowLoss.currentBeyond) }
    return .sample(PowerSample(voltage: Float(voltage), current: Float(current)))
  }

  /// A field in T; the Earth's is below 100 µT, a magnet's at the sensor below 0.1 T.
  static func magnetic(_ field: (x: Double, y: Double, z: Double)?) -> RowOutcome<MagneticSample> {
    guard let field else { return .leftOut(RowLoss.notFinite) }
    guard largest(field) < 0.1 else { return .leftOut(RowLoss.beyond) }
    return .sample(MagneticSample(field: (Float(field.x), Float(field.y), Float(field.z))))
  }

  /// An attitude whose length is about 1.
  static func attitude(_ w: Double?, _ x: Double?, _ y: Double?, _ z: Double?) -> RowOutcome<Quaternion> {
    guard let w, let x, let y, let z else { return .leftOut(RowLoss.notFinite) }
    let q = Quaternion(w, x, y, z)
    guard q.length.isFinite else { return .leftOut(RowLoss.notFinite) }
    guard q.length > 0.9, q.length < 1.1 else { return .leftOut(RowLoss.noRotation) }
    return .sample(q.normalized)
  }

  private static func largest(_ v: (x: Double, y: Double, z: Double)) -> Double {
    max(abs(v.x), abs(v.y), abs(v.z))
  }

  private static func finite(_ value: Double?) -> Float? {
    value.flatMap { $0.isFinite && abs($0) < 1e30 ? Float($0) : nil }
  }
}
