import Control
import HardwareInterfaces
import PortableMath
import Signals

/// The conditions, reactions and reasons not to arm that every template begins with.
struct VehicleSafety {
  let configuration: Configuration
  let rows: SensorRows
  /// What the vehicle is asked for that keeps it from arming, and whether it rests.
  var askedToMove: (inhibit: ArmingInhibit, any: [SignalTest])
  var atRest: [SignalTest]
  /// The blocks in front of safety, beside the sensors' own.
  var estimators: Set<String>
  /// Whether there is a network, flying or looking on.
  var hasNetwork: Bool

  /// The rules.
  var rules: SafetyRules {
    SafetyRules(
      conditions: type(of: configuration.vehicle.parts).conditions.compactMap(condition),
      arming: ArmingInhibit.allCases.compactMap(inhibit),
      reactions: [
        SafetyReaction("warn"), SafetyReaction("hold", mode: "hold"),
        SafetyReaction("classical", handsOver: true),
        SafetyReaction("land", mode: "landing", forbidsArming: true),
        SafetyReaction("disarm", stops: true, forbidsArming: true),
      ],
      modes: [
        SafetyMode("hold"),
        SafetyMode("landing", isSticky: true, handsOver: true, restingTime: 500_000_000),
      ], atRest: atRest)
  }

  private func condition(_ condition: FailsafeCondition) -> SafetyCondition? {
    let (any, all) = tests(condition)
    guard !any.isEmpty else { return nil }
    let isKillSwitch = condition == .killSwitch
    let rule = isKillSwitch ? FailsafeRule(action: .disarm) : configuration.failsafe.rule(for: condition)
    return SafetyCondition(
      condition.name, text: condition.text, any: any, all: all, delay: rule.delay, reaction: rule.action.name,
      endsWhenGone: condition.clears == .whenGone, countsWhileStarting: isKillSwitch,
      takesRequestBack: isKillSwitch)
  }

  private func tests(_ condition: FailsafeCondition) -> (any: [SignalTest], all: [SignalTest]) {
    switch condition {
    case .imuStale: (missing("imu"), [])
    case .attitudeLost: ([.isNotSet("attitude.valid"), .isSet("previous.command.classical_failed")], [])
    case .rangeStale: (missing("range"), [])
    case .barometerStale: (missing("barometer"), [])
    case .altitudeLost: (has("altitude") ? [.isNotSet("altitude.valid")] : [], [])
    case .powerStale: (missing("power"), [])
    case .networkFault: (hasNetwork ? [.isSet("previous.command.network_lost")] : [], [])
    case .tilt: ([.below("attitude.tilt_cosine", cosine(configuration.failsafe.tiltAbove))], [])
    case .overruns: (overruns, [])
    case .lowBattery:
      (
        has("battery") ? [.below("battery.voltage", configuration.failsafe.batteryBelow)] : [],
        [.isSet("battery.valid")]
      )
    case .actuatorFault: (actuatorsDoNotFollow, [])
    case .killSwitch: ([.isSet("lines.kill_switch")], [])
    case .encoderStale: (missing("left_encoder") + missing("right_encoder"), [])
    case .wheelSlip:
      has("odometry")
        ? ([.above("odometry.slip", Self.largestSlip), .below("odometry.slip", -Self.largestSlip)], [])
        : ([], [])
    case .sensorSwitched: (rows.voters.map { .isSet("\($0).switched") }, [])
    case .redundancyLost: (rows.voters.map { .isSet("\($0).redundancy_lost") }, [])
    case .sensorsDisagree: (rows.voters.map { .isSet("\($0).undecided") }, [])
    case .sensorDoubtful: ((rows.voters + rows.judges).map { .isSet("\($0).doubtful") }, [])
    case .guardLost: ([.isOneOf("actuators.fault", ["unguarded"])], [])
    case .ending: ([.isSet("run.ending")], [])
    }
  }

  /// Difference in rad/s from which wheels and gyroscope do not agree on the turn.
  private static let largestSlip = 1.2

  private func inhibit(_ inhibit: ArmingInhibit) -> ArmingRule? {
    let (any, all) = tests(inhibit)
    guard !any.isEmpty else { return nil }
    return ArmingRule(inhibit.name, text: inhibit.text, remedy: inhibit.remedy, any: any, all: all)
  }

  private func tests(_ inhibit: ArmingInhibit) -> (any: [SignalTest], all: [SignalTest]) {
    let still = Float(configuration.arming.gyroStill)
    return switch inhibit {
    case .killSwitch: ([.isSet("lines.kill_switch")], [])
    // The state machine's own.
    case .awaitingDisarm, .failsafe: ([], [])
    case .inertialSensor: ([.isNotSet("imu_freshness.good")], [])
    case .encoders:
      has("odometry")
        ? ([.isNotSet("left_encoder_freshness.good"), .isNotSet("right_encoder_freshness.good")], [])
        : ([], [])
    case .attitude: ([.isNotSet("attitude.valid")], [])
    case .gyroscope: ([.isNotSet("attitude.bias_known")], [])
    case .moving: ([.above("attitude.rate_squared", Double(still * still))], [])
    case .tilted: ([.below("attitude.tilt_cosine", cosine(configuration.arming.levelWithin))], [])
    case .altitude: (has("altitude") ? [.isNotSet("altitude.valid")] : [], [])
    case .battery:
      (
        has("battery")
          ? [.isNotSet("battery.valid"), .below("battery.voltage", configuration.arming.minimumVoltage)] : [],
        [.isSet("power.present")]
      )
    case .actuators: (actuatorsDoNotFollow, [])
    case .guardLost: ([.isOneOf("actuators.fault", ["unguarded"])], [])
    case .network: (hasNetwork ? [.isSet("previous.command.network_lost")] : [], [])
    case .overruns: (overruns, [])
    case .throttle, .driving: (inhibit == askedToMove.inhibit ? askedToMove.any : [], [])
    }
  }

  private func has(_ block: String) -> Bool {
    estimators.contains(block) || rows.blocks.contains { $0.name == block }
  }

  private func missing(_ device: String) -> [SignalTest] {
    has("\(device)_freshness") ? [.isSet("\(device)_freshness.missing")] : []
  }

  private var overruns: [SignalTest] {
    [.moreThan("clock.misses", UInt32(clamping: configuration.loop.maximumConsecutiveMisses))]
  }

  private var actuatorsDoNotFollow: [SignalTest] {
    guard case .choice(let faults) = SignalKind.deviceFault else { return [] }
    return [.isOneOf("actuators.fault", faults.filter { $0 != "none" && $0 != "unguarded" })]
  }
}
