import Control
import VehicleConfiguration

@testable import VehicleRuntime
@testable import ganglion

extension FlightReport {
  /// The conditions that were seen.
  var conditions: [FailsafeCondition] { FailsafeCondition.of(faults) }
  /// What kept the vehicle from arming.
  var reasons: [ArmingInhibit] { ArmingInhibit.of(inhibits) }
}

extension FlightTold {
  /// Whether a condition was seen.
  func saw(_ condition: FailsafeCondition) -> Bool { FailsafeCondition.of(conditions).contains(condition) }
}

extension FailsafeCondition {
  fileprivate static func of(_ flags: [SafetyFlag]) -> [FailsafeCondition] {
    flags.compactMap { flag in allCases.first { $0.name == flag.name } }
  }
}

extension ArmingInhibit {
  fileprivate static func of(_ flags: [SafetyFlag]) -> [ArmingInhibit] {
    flags.compactMap { flag in allCases.first { $0.name == flag.name } }
  }
}
