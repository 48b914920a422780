import Control
import Signals

/// The signals of a vehicle: what a log and its readers need.
public struct VehicleFrame: Sendable {
  /// The signals.
  public let table: SignalTable

  /// The signals of a vehicle.
  ///
  /// - Throws: What is wrong with its program.
  public init(_ tables: VehicleTables) throws(ProgramErrors) { table = try tables.table() }

  /// The signals of the vehicle of a configuration, with a network that is there to step, or without.
  public init(_ configuration: Configuration, hasNetwork: Bool) throws(ProgramErrors) {
    try self.init(VehicleTables(configuration, hasNetwork: hasNetwork))
  }
}
