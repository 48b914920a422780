import Control
import Signals

/// Where a tick's input and output lie in the frame of a vehicle's program.
struct TickPlaces: BitwiseCopyable, Sendable {
  let inputs: TickInputs
  let outputs: TickOutputs

  init(_ table: SignalTable, _ configuration: Configuration) {
    (inputs, outputs) = (TickInputs(table), TickOutputs(table, configuration))
  }
}

/// The signals of a vehicle, and how its ticks lie in a frame: what a log and its readers need.
public struct VehicleFrame: Sendable {
  /// The signals.
  public let table: SignalTable
  private let places: TickPlaces

  /// The signals of the vehicle of a configuration, with a network that is there to step, or without.
  ///
  /// - Throws: What is wrong with the program that the configuration expands to.
  public init(_ configuration: Configuration, hasNetwork: Bool) throws(ProgramErrors) {
    let vehicle = configuration.declaration(NetworkPlan(isThere: hasNetwork))
    table = try ProgramBuilder(outside: vehicle.outside, blocks: vehicle.blocks).table()
    places = TickPlaces(table, configuration)
  }

  /// The tick in a frame of these signals.
  public func tick(_ frame: Frame) -> TickRecord {
    var output = TickOutput()
    places.outputs.take(frame, &output)
    return TickRecord(input: places.inputs.take(frame), output: output)
  }
}
