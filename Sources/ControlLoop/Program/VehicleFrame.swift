import Control
import Signals

/// The signals of a vehicle: what a log and its readers need.
public struct VehicleFrame: Sendable {
  /// The signals.
  public let table: SignalTable

  /// The signals of the vehicle of a configuration, with a network that is there to step, or without.
  ///
  /// - Throws: What is wrong with the program that the configuration expands to.
  public init(_ configuration: Configuration, hasNetwork: Bool) throws(ProgramErrors) {
    let vehicle = configuration.declaration(NetworkPlan(isThere: hasNetwork))
    table = try ProgramBuilder(outside: vehicle.outside, blocks: vehicle.blocks).table()
  }
}
