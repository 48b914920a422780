import Sampling

extension SensorMounting: ConfigurationSection {
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
    self.init(forward: forward, right: right, down: down)
    if handedness == 1 { return }
    let reason =
      handedness == 0
      ? "two body axes are on one sensor axis"
      : "forward, right, down are a mirror image, which no way of mounting gives: one sign is wrong"
    section.context.complain(section.path, reason)
    return nil
  }
}
