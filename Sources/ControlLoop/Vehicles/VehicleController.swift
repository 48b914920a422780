import Control
import LiquidModel
import Signals

/// The vehicle's whole control logic as a program of blocks over a frame: what comes from outside is put into the frame, `step` does
/// the rest.
///
/// `step` is a pure function of the controller's state and of its frame: it looks at no clock, file or bus, takes
/// no heap block and never waits. That is what makes a log replay bit for bit.
public struct VehicleController: ~Copyable {
  private var program: Program

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
  }

  /// The values of the signals: of the last tick, until somebody puts in what the next one sees.
  public var frame: Frame { program.frame }
  /// The signals.
  public var table: SignalTable { program.table }

  /// Moves on by one tick.
  public mutating func step() { program.step() }
}
