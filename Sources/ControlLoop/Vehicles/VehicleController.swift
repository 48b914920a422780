import Control
import HardwareInterfaces
import LiquidModel
import Signals

/// The vehicle's whole control logic as a program of blocks, between a tick's input and its output.
///
/// `step` is a pure function of the controller's state and its input: it looks at no clock, file or bus, takes
/// no heap block and never waits. That is what makes a log replay bit for bit.
public struct VehicleController: ~Copyable {
  private var program: Program
  private let places: TickPlaces

  /// A controller at rest, for a configuration that was found valid.
  ///
  /// - Parameters:
  ///   - network: The network to step; without one the classical controller flies.
  ///   - timing: What the network's `ts` means; ignored without a network.
  /// - Throws: What is wrong with the program that the configuration expands to.
  public init(_ configuration: Configuration, network: consuming NetworkRuntime?, timing: NetworkTiming)
    throws(ProgramErrors)
  {
    var plan = NetworkPlan(isThere: false, timing: timing)
    if let network { (plan.isThere, plan.network) = (true, NetworkHandover(network)) }
    let vehicle = configuration.declaration(plan)
    program = try ProgramBuilder(outside: vehicle.outside, blocks: vehicle.blocks).program()
    places = TickPlaces(program.table, configuration)
  }

  /// The values of the last tick's signals.
  public var frame: Frame { program.frame }
  /// The signals.
  public var table: SignalTable { program.table }

  /// Whether the motors turn although this controller did not arm them: so it is in the recording of another autopilot,
  /// for the estimator. False for every vehicle that this controller flies.
  public var othersFly = false

  /// Moves on by one tick.
  public mutating func step(_ input: TickInput) -> TickOutput {
    places.inputs.put(input, othersFly: othersFly, program.frame)
    program.step()
    var output = TickOutput()
    places.outputs.take(program.frame, &output)
    return output
  }

  /// Moves on by a tick whose input lies in the program's frame already, as when a log is replayed.
  public mutating func step() { program.step() }
}
