import Signals

extension Configuration {
  /// What is done about each fault.
  public struct Failsafe: Sendable, Equatable {
    /// The reactions to all conditions that the vehicle has; those that the file does not name have their standard rule.
    public var rules: [FailsafeCondition: FailsafeRule]
    /// Tilt in rad above which the condition `tilt` holds.
    public var tiltAbove: Double
    /// Voltage in V below which the condition `low_battery` holds; 0 for never.
    public var batteryBelow: Double

    /// The reaction to `condition`.
    public func rule(for condition: FailsafeCondition) -> FailsafeRule {
      rules[condition] ?? condition.standardRule
    }
  }
}

extension Configuration.Failsafe: ConfigurationPart {
  /// The conditions that a configuration may speak of; a pulled kill switch always disarms at once.
  static func configurable(of vehicle: VehicleKind) -> [FailsafeCondition] {
    vehicle.conditions.filter { $0 != .killSwitch }
  }

  static func schema(of vehicle: VehicleKind) -> SectionSchema {
    SectionSchema(
      path: "failsafe",
      about: "What is done about each fault. A condition that is left out keeps its default; the kill switch "
        + "always disarms at once.",
      keys: configurable(of: vehicle).map { .section($0.name, absent: "as below", "When \($0.text).") })
  }

  static let tiltKey = Key<Double>.number(
    "above_deg", 10...180, unit: "°", standard: 60, "Tilt from upright above which the condition holds.")
  static let batteryKey = Key<Double>.number(
    "below_v", 0...100, unit: "V", standard: 0, "Voltage below which the condition holds; 0 for never.")

  init?(_ section: Section) {
    var rules: [FailsafeCondition: FailsafeRule] = [:]
    rules[.killSwitch] = FailsafeCondition.killSwitch.standardRule
    var tilt: Double?
    var voltage: Double?
    let vehicle = section.context.vehicle
    for condition in Self.configurable(of: vehicle) {
      guard let part = section.subsection(condition.name, schema: condition.ruleSchema) else { continue }
      let (action, delay) = (part.read(condition.actionKey), part.read(condition.delayKey))
      if condition == .tilt { tilt = part.read(Self.tiltKey) }
      if condition == .lowBattery { voltage = part.read(Self.batteryKey) }
      if let action, let delay { rules[condition] = FailsafeRule(action: action, delay: Int64(delay * 1e9)) }
    }
    guard rules.count == vehicle.conditions.count, let tilt, let voltage else { return nil }
    (self.rules, self.tiltAbove, self.batteryBelow) = (rules, tilt.radians, voltage)
  }
}

extension FailsafeCondition {
  /// The actions that make sense: without an attitude nothing can fly level, without an altitude nothing can
  /// hold it, and without actuators only stopping is left.
  var possibleActions: [FailsafeAction] {
    switch self {
    case .imuStale, .actuatorFault, .encoderStale, .wheelSlip: [.warn, .disarm]
    case .altitudeLost: [.warn, .classical, .land, .disarm]
    case .networkFault: [.classical, .land, .disarm]
    case .attitudeLost, .killSwitch: [.disarm]
    case .ending: [.land, .disarm]
    case .rangeStale, .barometerStale, .powerStale, .tilt, .overruns, .lowBattery, .sensorSwitched,
      .redundancyLost, .sensorsDisagree, .sensorDoubtful, .guardLost:
      FailsafeAction.allCases
    }
  }

  var actionKey: Key<FailsafeAction> {
    let actions = possibleActions
    let names = actions.map(\.name)
    return Key(
      name: "action", expected: "one of " + names.map { "\"\($0)\"" }.joined(separator: ", "),
      absence: .means(standardRule.action), standard: "\"\(standardRule.action.name)\"",
      about: "The reaction."
    ) { value in
      guard case .string(let text) = value.content else { return .unexpected() }
      return actions.first { $0.name == text }.map(Conversion.value)
        ?? .unexpected(nearest: nearestName(to: text, among: names).map { "\"\($0)\"" })
    }
  }

  var delayKey: Key<Double> {
    .number(
      "after_s", 0...60, unit: "s", standard: Double(standardRule.delay) / 1e9,
      "How long the condition must hold without a break first.")
  }

  var ruleSchema: SectionSchema {
    var keys = [actionKey.description, delayKey.description]
    if self == .tilt { keys.append(Configuration.Failsafe.tiltKey.description) }
    if self == .lowBattery { keys.append(Configuration.Failsafe.batteryKey.description) }
    return SectionSchema(path: "failsafe.\(name)", about: "When \(text).", keys: keys)
  }
}
