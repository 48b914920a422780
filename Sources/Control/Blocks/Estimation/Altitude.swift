import Signals

/// Altitude and climb rate from specific force, range finder and barometer, by `AltitudeObserver`.
///
/// Altitude counts from where the vehicle last stood before it was armed. Without a range finder or a barometer the port is left
/// unbound; with neither fed, the altitude is not valid.
struct Altitude: Block {
  /// Beyond this, in m, a range is nonsense.
  private static let largestRange = 1000.0

  static let description = BlockDescription(
    "altitude",
    about:
      "Altitude above the take-off point and climb rate, from accelerometer, range finder and barometer.",
    settings: AltitudeSettings.descriptions)

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [
        .time, InputPort("attitude_valid", .flag, unit: nil, standard: "attitude.valid"),
        InputPort("begun", .flag, unit: nil, standard: "attitude.begun"),
        InputPort("new", .flag, unit: nil, standard: "attitude.new"),
        InputPort("moved", .flag, unit: nil, standard: "attitude.moved"),
        InputPort("stood", .flag, unit: nil, standard: "attitude.stood"),
        InputPort("stood_up", .wide, unit: .metrePerSecondSquared, standard: "attitude.stood_up"),
        InputPort("up", .wide, unit: .metrePerSecondSquared, standard: "attitude.up"),
        InputPort("seconds", .wide, unit: .second, standard: "attitude.seconds"),
        InputPort("tilt_cosine", .wide, unit: Unit.none, standard: "attitude.exact_tilt_cosine"),
        InputPort("state_time", .time, unit: .nanosecond, standard: "attitude.read_at"),
        InputPort("range", .number, unit: .metre, count: 0...1),
        InputPort(
          "range_seen", .flag, unit: nil, count: 0...1, about: "whether the range finder saw a target"),
        InputPort("range_count", .count, unit: nil, count: 0...1),
        InputPort("range_time", .time, unit: .nanosecond, count: 0...1),
        InputPort("pressure", .number, unit: .pascal, count: 0...1),
        InputPort("pressure_count", .count, unit: nil, count: 0...1),
        InputPort("pressure_time", .time, unit: .nanosecond, count: 0...1),
      ],
      outputs: [
        OutputPort("altitude", .number, unit: .fixed(.metre)),
        OutputPort("climb_rate", .number, unit: .fixed(.metrePerSecond)),
      ] + OutputPort.flags("range_live", "barometer_live"),
      invalidity: .decides)
  }

  private let time, stateTime: Input<Int64>
  private let attitudeValid, begun, new, moved, stood: Input<Bool>
  private let stoodUp, up, seconds, tiltCosine: Input<Double>
  private let range: (value: Input<Float>, seen: Input<Bool>, count: Input<UInt32>, time: Input<Int64>)?
  private let pressure: (value: Input<Float>, count: Input<UInt32>, time: Input<Int64>)?
  private let altitude, climbRate: Output<Float>
  private let rangeLive, barometerLive, valid: Output<Bool>

  private let settings: AltitudeSettings
  private var observer: AltitudeObserver
  private var rangeTrack = ReadingTrack()
  private var pressureTrack = ReadingTrack()
  /// When the range finder last corrected the altitude, and the barometer last gave one, in ns.
  private var rangeUsed, pressureUsed: Int64?

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (time, stateTime) = (wiring.input("time"), wiring.input("state_time"))
    (attitudeValid, begun, new) = (wiring.input("attitude_valid"), wiring.input("begun"), wiring.input("new"))
    (moved, stood, stoodUp) = (wiring.input("moved"), wiring.input("stood"), wiring.input("stood_up"))
    (up, seconds, tiltCosine) = (wiring.input("up"), wiring.input("seconds"), wiring.input("tilt_cosine"))
    if let value = wiring.optionalInput("range", as: Float.self),
      let seen = wiring.optionalInput("range_seen", as: Bool.self),
      let count = wiring.optionalInput("range_count", as: UInt32.self),
      let time = wiring.optionalInput("range_time", as: Int64.self)
    {
      range = (value, seen, count, time)
    } else {
      range = nil
    }
    if let value = wiring.optionalInput("pressure", as: Float.self),
      let count = wiring.optionalInput("pressure_count", as: UInt32.self),
      let time = wiring.optionalInput("pressure_time", as: Int64.self)
    {
      pressure = (value, count, time)
    } else {
      pressure = nil
    }
    (altitude, climbRate) = (wiring.output("altitude"), wiring.output("climb_rate"))
    (rangeLive, barometerLive) = (wiring.output("range_live"), wiring.output("barometer_live"))
    valid = wiring.output("valid")
    self.settings = AltitudeSettings(settings)
    observer = AltitudeObserver(self.settings)
  }

  mutating func step(_ frame: Frame) {
    if frame[new] {
      if frame[moved] { observer.beginStanding() }
      if frame[stood] { observer.setZero(up: frame[stoodUp]) }
      if frame[begun] { observer.predict(up: frame[up], seconds: frame[seconds]) }
    }
    takeRange(frame)
    takePressure(frame)
    let now = frame[time]
    let isRangeLive = isLive(rangeUsed, at: now, lifetime: settings.rangeLifetime)
    let isBarometerLive = isLive(pressureUsed, at: now, lifetime: settings.barometerLifetime)
    (frame[rangeLive], frame[barometerLive]) = (isRangeLive, isBarometerLive)
    frame[valid] = frame[attitudeValid] && (isRangeLive || isBarometerLive)
    (frame[altitude], frame[climbRate]) = (Float(observer.altitude), Float(observer.climbRate))
  }

  private mutating func takeRange(_ frame: Frame) {
    guard let range, let interval = rangeTrack.interval(count: frame[range.count], time: frame[range.time])
    else { return }
    let distance = Double(frame[range.value])
    guard frame[range.seen], distance >= 0, distance < Self.largestRange else { return }
    observer.average(range: distance)
    guard frame[begun] else { return }
    let isBelieved = observer.correct(
      range: distance, cosineOfTilt: frame[tiltCosine], age: age(of: frame[range.time], frame),
      interval: interval)
    if isBelieved { rangeUsed = frame[range.time] }
  }

  private mutating func takePressure(_ frame: Frame) {
    guard let pressure,
      let interval = pressureTrack.interval(count: frame[pressure.count], time: frame[pressure.time])
    else { return }
    let value = Double(frame[pressure.value])
    // From 5 km below sea level to 12 km above.
    guard value > 19_000, value < 180_000 else { return }
    observer.average(pressure: value)
    guard frame[begun] else { return }
    observer.correct(
      pressure: value, age: age(of: frame[pressure.time], frame), interval: interval,
      rangeIsLive: isLive(rangeUsed, at: frame[time], lifetime: settings.rangeLifetime))
    pressureUsed = frame[pressure.time]
  }

  /// How much older a reading is than the state, in s, never negative and at most a tenth.
  private func age(of readAt: Int64, _ frame: Frame) -> Double {
    min(max(Double(frame[stateTime] &- readAt) * 1e-9, 0), 0.1)
  }

  private func isLive(_ used: Int64?, at now: Int64, lifetime: Double) -> Bool {
    guard let used else { return false }
    return Double(now &- used) * 1e-9 < lifetime
  }
}

/// Bandwidths and limits of the estimate of the altitude; the defaults are for a BMP280 and a VL53L1X.
struct AltitudeSettings: Sendable, Equatable {
  /// Bandwidth with which the range finder corrects the altitude, in rad/s.
  var rangeBandwidth: Double
  /// Bandwidth with which the barometer corrects the altitude where no range is to be had, in rad/s.
  var barometerBandwidth: Double
  /// Time constant in s with which the barometer's zero follows the range finder.
  var barometerZeroTime: Double
  /// A range that differs from the expected by more than this, in m, is taken for something in between...
  var rangeGate: Double
  /// ...until this many in a row say so: then it is the new ground.
  var rangeGateCount: Int
  /// Cosine of the tilt beyond which a range is not used.
  var rangeCosineOfTilt: Double
  /// Age in s from which a range reading no longer supports the altitude.
  var rangeLifetime: Double
  /// Age in s from which a pressure reading no longer supports the altitude.
  var barometerLifetime: Double
  /// Distance in m that the range finder is taken to read on the ground when it has given no valid reading there.
  var rangeOnGround: Double

  /// What can be set, with its defaults.
  static let descriptions: [SettingDescription] = [
    .number(
      "range_bandwidth", 0.01...100, .radianPerSecond, 2.5, "bandwidth with which the range finder corrects"),
    .number(
      "barometer_bandwidth", 0.01...100, .radianPerSecond, 0.6,
      "bandwidth with which the barometer corrects where no range is to be had"),
    .number(
      "barometer_zero_time", 0.01...600, .second, 2,
      "time constant with which the barometer's zero follows the range finder"),
    .number("range_gate", 0.01...100, .metre, 0.6, "largest difference of a range from what is expected"),
    .number(
      "range_gate_count", 1...1000, .none, 10, "how many in a row with a larger one are the new ground"),
    .number(
      "range_tilt_cosine", 0...1, .none, 0.7071, "cosine of the tilt beyond which a range is not used"),
    .number("range_lifetime", 0.01...60, .second, 0.25, "age from which a range supports no altitude"),
    .number("barometer_lifetime", 0.01...60, .second, 0.5, "age from which a pressure supports no altitude"),
    .number(
      "range_on_ground", 0...10, .metre, 0, "distance that is taken to be read on the ground before one is"),
  ]

  init(_ settings: BlockSettings) {
    rangeBandwidth = settings.number("range_bandwidth")
    barometerBandwidth = settings.number("barometer_bandwidth")
    barometerZeroTime = settings.number("barometer_zero_time")
    rangeGate = settings.number("range_gate")
    rangeGateCount = Int(settings.number("range_gate_count"))
    rangeCosineOfTilt = settings.number("range_tilt_cosine")
    rangeLifetime = settings.number("range_lifetime")
    barometerLifetime = settings.number("barometer_lifetime")
    rangeOnGround = settings.number("range_on_ground")
  }
}
