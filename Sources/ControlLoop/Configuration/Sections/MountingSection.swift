/// One of a sensor's six half-axes.
public enum SignedAxis: String, CaseIterable, Sendable {
  case plusX = "+x"
  case minusX = "-x"
  case plusY = "+y"
  case minusY = "-y"
  case plusZ = "+z"
  case minusZ = "-z"

  /// 0 for x, 1 for y, 2 for z.
  public var axis: Int {
    switch self {
    case .plusX, .minusX: 0
    case .plusY, .minusY: 1
    case .plusZ, .minusZ: 2
    }
  }

  /// 1 or −1.
  public var sign: Int {
    switch self {
    case .plusX, .plusY, .plusZ: 1
    case .minusX, .minusY, .minusZ: -1
    }
  }
}

extension Configuration {
  /// Which sensor axis points along each of the body's axes (forward, right, down): a rotation by multiples of
  /// 90 degrees.
  public struct Mounting: ConfigurationSection, Equatable {
    /// The sensor axis that points forward, right and down.
    public var forward, right, down: SignedAxis
  }
}

extension Configuration.Mounting {
  private static let forward = Key<SignedAxis>.choice(
    "forward", standard: .plusX, "Sensor axis that points to the vehicle's front.")
  private static let right = Key<SignedAxis>.choice(
    "right", standard: .plusY, "Sensor axis that points to the vehicle's right.")
  private static let down = Key<SignedAxis>.choice("down", standard: .plusZ, "Sensor axis that points down.")

  static let schema = SectionSchema(
    path: "sensors.imu.mounting, sensors.magnetometer.mounting",
    about: "How the chip sits in the vehicle: body axis, then sensor axis.",
    keys: [forward.description, right.description, down.description])

  init?(_ section: Section) {
    let (forward, right, down) =
      (section.read(Self.forward), section.read(Self.right), section.read(Self.down))
    guard let forward, let right, let down else { return nil }
    (self.forward, self.right, self.down) = (forward, right, down)
    if handedness == 1 { return }
    let reason =
      handedness == 0
      ? "two body axes are on one sensor axis"
      : "forward, right, down are a mirror image, which no way of mounting gives: one sign is wrong"
    section.context.complain(section.path, reason)
    return nil
  }

  /// The determinant of the mounting: 1 for a rotation, −1 for a mirror image, 0 when an axis is used twice.
  private var handedness: Int {
    switch (forward.axis, right.axis, down.axis) {
    case (0, 1, 2), (1, 2, 0), (2, 0, 1): forward.sign * right.sign * down.sign
    case (0, 2, 1), (2, 1, 0), (1, 0, 2): -forward.sign * right.sign * down.sign
    default: 0
    }
  }
}
