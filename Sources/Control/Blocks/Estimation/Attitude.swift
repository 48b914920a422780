import PortableMath
import Signals

/// Roll, pitch, yaw and rates from an inertial measurement unit, by `MahonyFilter`.
///
/// Until the vehicle has stood still for `still` (or `patience` has run out), nothing is valid. While disarmed and standing still,
/// every further `still` sets the gyroscope's bias anew. Readings count when their number moved; the time between them is their
/// own, not the tick's. They are in body axes (forward, right, down).
struct Attitude: Block {
  static let description = BlockDescription(
    "attitude",
    about: "Attitude and rates from gyroscope and accelerometer; heading is the integral of the rate.",
    settings: AttitudeSettings.descriptions)

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: InputPort.all(
        InputPort.numbers(
          .metrePerSecondSquared,
          [
            "acceleration_x": "imu.acceleration_x", "acceleration_y": "imu.acceleration_y",
            "acceleration_z": "imu.acceleration_z",
          ]),
        InputPort.numbers(
          .radianPerSecond, ["rate_x": "imu.rate_x", "rate_y": "imu.rate_y", "rate_z": "imu.rate_z"]),
        [
          InputPort("count", .count, unit: nil, standard: "imu.count"),
          InputPort("read_at", .time, unit: .nanosecond, standard: "imu.time"), .time,
          InputPort(
            "armed", .flag, unit: nil, standard: "previous.safety.armed", about: "whether motors may turn"),
          InputPort(
            "flown", .flag, unit: nil, count: 0...1,
            about: "whether they turn in a recording, where another autopilot armed them"),
        ]),
      outputs: OutputPort.all(
        OutputPort.numbers(.radian, "roll", "pitch", "yaw"),
        OutputPort.numbers(.radianPerSecond, "rate_x", "rate_y", "rate_z"),
        [
          OutputPort(
            "acceleration_z", .number, unit: .fixed(.metrePerSecondSquared),
            initial: -StandardAtmosphere.gravity, about: "specific force along the body's z axis"),
          OutputPort(
            "q_w", .number, initial: 1,
            about: "rotation from body to local axes (north, east, down), a quaternion"),
        ], OutputPort.numbers(.none, "q_x", "q_y", "q_z"),
        [
          OutputPort("tilt_cosine", .number, initial: 1, isLogged: false, about: "1 when upright"),
          OutputPort(
            "rate_squared", .number, unit: .fixed(.radianPerSecond * .radianPerSecond), isLogged: false),
        ],
        OutputPort.wides(.none, "exact_tilt_cosine"), OutputPort.wides(.radian, "exact_pitch"),
        OutputPort.wides(.metrePerSecondSquared, "up", "stood_up"), OutputPort.wides(.second, "seconds"),
        [OutputPort("read_at", .time, unit: .fixed(.nanosecond), isLogged: false)],
        OutputPort.flags("bias_known"),
        OutputPort.flags("new", "moved", "stood", "begun", isLogged: false)),
      invalidity: .decides)
  }

  private let accelerationX, accelerationY, accelerationZ, rateX, rateY, rateZ: Input<Float>
  private let count: Input<UInt32>
  private let readAt, time: Input<Int64>
  private let armed: Input<Bool>
  private let flown: Input<Bool>?
  private let outputs: AttitudeOutputs

  private var estimator: AttitudeEstimator
  private var wasValid = false

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (accelerationX, accelerationY) = (wiring.input("acceleration_x"), wiring.input("acceleration_y"))
    accelerationZ = wiring.input("acceleration_z")
    (rateX, rateY, rateZ) = (wiring.input("rate_x"), wiring.input("rate_y"), wiring.input("rate_z"))
    (count, readAt, time) = (wiring.input("count"), wiring.input("read_at"), wiring.input("time"))
    (armed, flown) = (wiring.input("armed"), wiring.optionalInput("flown"))
    outputs = AttitudeOutputs(&wiring)
    estimator = AttitudeEstimator(AttitudeSettings(settings))
  }

  mutating func step(_ frame: Frame) {
    // A recording that begins in flight still has to find its attitude and its bias, as on the ground.
    let isFlown = flown.map { frame[$0] } ?? false
    let isArmed = frame[armed] || (isFlown && wasValid && estimator.isBiasKnown)
    let force = Vector3(
      Double(frame[accelerationX]), Double(frame[accelerationY]), Double(frame[accelerationZ]))
    let rate = Vector3(Double(frame[rateX]), Double(frame[rateY]), Double(frame[rateZ]))
    let update = estimator.update(
      rate: rate, force: force, count: frame[count], time: frame[readAt], armed: isArmed)
    outputs.write(update, estimator, frame)
    if update != nil { frame[outputs.accelerationZ] = frame[accelerationZ] }
    wasValid = estimator.isValid(at: frame[time])
    frame[outputs.valid] = wasValid
  }
}

/// Where an attitude is written.
private struct AttitudeOutputs: BitwiseCopyable {
  let roll, pitch, yaw, rateX, rateY, rateZ, accelerationZ, w, x, y, z, tilt, rateSquared: Output<Float>
  let exactTilt, exactPitch, up, stoodUp, seconds: Output<Double>
  let readAt: Output<Int64>
  let biasKnown, new, moved, stood, begun, valid: Output<Bool>

  init(_ wiring: inout Wiring) {
    (roll, pitch, yaw) = (wiring.output("roll"), wiring.output("pitch"), wiring.output("yaw"))
    (rateX, rateY, rateZ) = (wiring.output("rate_x"), wiring.output("rate_y"), wiring.output("rate_z"))
    accelerationZ = wiring.output("acceleration_z")
    (w, x, y, z) = (wiring.output("q_w"), wiring.output("q_x"), wiring.output("q_y"), wiring.output("q_z"))
    (tilt, rateSquared) = (wiring.output("tilt_cosine"), wiring.output("rate_squared"))
    (exactTilt, exactPitch) = (wiring.output("exact_tilt_cosine"), wiring.output("exact_pitch"))
    (up, stoodUp, seconds) = (wiring.output("up"), wiring.output("stood_up"), wiring.output("seconds"))
    readAt = wiring.output("read_at")
    (biasKnown, valid, begun) = (wiring.output("bias_known"), wiring.output("valid"), wiring.output("begun"))
    (new, moved, stood) = (wiring.output("new"), wiring.output("moved"), wiring.output("stood"))
  }

  func write(_ update: AttitudeEstimator.Update?, _ estimator: AttitudeEstimator, _ frame: Frame) {
    frame[new] = update != nil
    frame[begun] = estimator.isInitialized
    frame[biasKnown] = estimator.isBiasKnown
    guard let update else {
      (frame[moved], frame[stood]) = (false, false)
      return
    }
    (frame[moved], frame[stood]) = (update.hasMoved, update.stood != nil)
    (frame[stoodUp], frame[up]) = (update.stood ?? 0, estimator.upward(update.force))
    (frame[seconds], frame[readAt]) = (update.seconds, estimator.time)
    let (x, y, z) = (Float(update.rate.x), Float(update.rate.y), Float(update.rate.z))
    (frame[rateX], frame[rateY], frame[rateZ]) = (x, y, z)
    frame[rateSquared] = x * x + y * y + z * z
    write(estimator.attitude, frame)
  }

  private func write(_ q: Quaternion, _ frame: Frame) {
    let angles = q.eulerAngles
    (frame[roll], frame[pitch], frame[yaw]) = (Float(angles.roll), Float(angles.pitch), Float(angles.yaw))
    let (w, x, y, z) = (Float(q.w), Float(q.x), Float(q.y), Float(q.z))
    (frame[self.w], frame[self.x], frame[self.y], frame[self.z]) = (w, x, y, z)
    frame[tilt] = 1 - 2 * (x * x + y * y)
    (frame[exactTilt], frame[exactPitch]) = (q.cosineOfTilt, angles.pitch)
  }
}
