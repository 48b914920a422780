/// What to do about a fault, mildest first; of several at once the strongest wins.
public enum FailsafeAction: UInt8, CaseIterable, Comparable, Sendable, BitwiseCopyable {
  /// Say it in the log and on the terminal.
  case warn = 0
  /// Stop turning and stay: level at the altitude held, or standing on the spot.
  case hold = 1
  /// Let the classical controller go on in the network's place.
  case classical = 2
  /// Come to rest with the classical controller, level and descending or rolling out, then disarm.
  case land = 3
  /// Put every output to its safe value at once.
  case disarm = 4

  /// The name in a configuration.
  public var name: String {
    switch self {
    case .warn: "warn"
    case .hold: "hold"
    case .classical: "classical"
    case .land: "land"
    case .disarm: "disarm"
    }
  }

  /// Whether `a` is milder than `b`.
  public static func < (a: FailsafeAction, b: FailsafeAction) -> Bool { a.rawValue < b.rawValue }
}

/// What can go wrong in motion; each kind of vehicle says which of them it has (`VehicleKind.conditions`).
public enum FailsafeCondition: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case imuStale = 0
  case attitudeLost = 1
  case rangeStale = 2
  case barometerStale = 3
  case altitudeLost = 4
  case powerStale = 5
  case networkFault = 6
  case tilt = 7
  case overruns = 8
  case lowBattery = 9
  case actuatorFault = 10
  case killSwitch = 11
  case encoderStale = 12
  case wheelSlip = 13
  case sensorSwitched = 14
  case redundancyLost = 15
  case sensorsDisagree = 16
  case sensorDoubtful = 17
  case guardLost = 18
  case ending = 19

  /// This condition's bit in a mask.
  public var bit: UInt32 { 1 << UInt32(rawValue) }

  /// The key in a configuration's `failsafe` section.
  public var name: String {
    switch self {
    case .imuStale: "imu_stale"
    case .attitudeLost: "attitude_lost"
    case .rangeStale: "range_stale"
    case .barometerStale: "barometer_stale"
    case .altitudeLost: "altitude_lost"
    case .powerStale: "power_stale"
    case .networkFault: "network_fault"
    case .tilt: "tilt"
    case .overruns: "overruns"
    case .lowBattery: "low_battery"
    case .actuatorFault: "actuator_fault"
    case .killSwitch: "kill_switch"
    case .encoderStale: "encoder_stale"
    case .wheelSlip: "wheel_slip"
    case .sensorSwitched: "sensor_switched"
    case .redundancyLost: "redundancy_lost"
    case .sensorsDisagree: "sensors_disagree"
    case .sensorDoubtful: "sensor_doubtful"
    case .guardLost: "guard_lost"
    case .ending: "ending"
    }
  }

  /// What is wrong, for people.
  public var text: String {
    switch self {
    case .imuStale: "the inertial sensor gives no fresh data"
    case .attitudeLost: "the attitude is not known"
    case .rangeStale: "the range finder gives no fresh data"
    case .barometerStale: "the barometer gives no fresh data"
    case .altitudeLost: "the altitude is not known"
    case .powerStale: "the battery is not measured"
    case .networkFault: "the network's step failed or gave a number that is not finite"
    case .tilt: "the vehicle tilts too far"
    case .overruns: "too many consecutive ticks were missed"
    case .lowBattery: "the battery is low"
    case .actuatorFault: "the actuator driver does not answer"
    case .killSwitch: "the kill switch is pulled"
    case .encoderStale: "a wheel's encoder gives no fresh data"
    case .wheelSlip: "wheels and gyroscope do not agree on the turn"
    case .sensorSwitched: "a spare sensor has taken another's place"
    case .redundancyLost: "a sensor that has spares, or a spare, is not healthy"
    case .sensorsDisagree: "sensors of a kind differ, and it cannot be known which is wrong"
    case .sensorDoubtful: "a sensor is saturated, fails too often or is outvoted, and there is no better one"
    case .guardLost: "the process that makes the outputs safe after this one's death has gone"
    case .ending: "the program was asked to end"
    }
  }

  /// How the reaction to it ends.
  public var clears: FailsafeClearing {
    switch self {
    case .rangeStale, .barometerStale, .powerStale, .sensorSwitched, .redundancyLost, .sensorsDisagree,
      .sensorDoubtful, .guardLost:
      .whenGone
    case .imuStale, .attitudeLost, .altitudeLost, .networkFault, .tilt, .overruns, .lowBattery,
      .actuatorFault, .killSwitch, .encoderStale, .wheelSlip, .ending:
      .onDisarm
    }
  }

  /// The reaction when the configuration names none.
  public var standardRule: FailsafeRule {
    switch self {
    case .imuStale, .attitudeLost: FailsafeRule(action: .disarm)
    case .rangeStale, .barometerStale, .powerStale, .sensorSwitched, .redundancyLost, .sensorsDisagree,
      .sensorDoubtful, .guardLost:
      FailsafeRule(action: .warn)
    case .altitudeLost, .ending: FailsafeRule(action: .land)
    case .networkFault, .overruns: FailsafeRule(action: .classical)
    case .tilt: FailsafeRule(action: .disarm, delay: 100_000_000)
    case .lowBattery: FailsafeRule(action: .land, delay: 1_000_000_000)
    case .actuatorFault: FailsafeRule(action: .disarm, delay: 50_000_000)
    case .killSwitch, .encoderStale: FailsafeRule(action: .disarm)
    case .wheelSlip: FailsafeRule(action: .disarm, delay: 200_000_000)
    }
  }
}

/// When a reaction ends.
public enum FailsafeClearing: Sendable {
  /// As soon as the condition has gone.
  case whenGone
  /// Only when the vehicle is disarmed.
  case onDisarm
}

/// The reaction to one condition.
public struct FailsafeRule: Sendable, Equatable {
  /// What to do.
  public var action: FailsafeAction
  /// How long the condition must hold without a break before the reaction starts, in ns.
  public var delay: Int64

  /// A rule from its parts.
  public init(action: FailsafeAction, delay: Int64 = 0) {
    (self.action, self.delay) = (action, delay)
  }
}
