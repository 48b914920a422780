import Control
import LiquidModel
import Signals
import VehicleConfiguration

/// The vehicle's whole control logic as a program of blocks over a frame: what comes from outside is put into the frame, `step` does
/// the rest.
///
/// `step` is a pure function of the controller's state and of its frame: it looks at no clock, file or bus, takes
/// no heap block and never waits. That is what makes a log replay bit for bit.
public struct VehicleController: ~Copyable {
  private var program: Program

  /// A controller at rest, for tables that were found valid.
  ///
  /// - Parameter networks: By the names of their blocks the networks to step.
  /// - Throws: What is wrong with the program.
  public init(_ tables: VehicleTables, networks: [String: LoadedNetwork] = [:]) throws(ProgramErrors) {
    let blocks = tables.blocks.map { declaration -> BlockDeclaration in
      guard let network = networks[declaration.name] else { return declaration }
      var block = declaration
      block.network = network.handover
      block.settings["time_unit"] = .number(network.timing.unit)
      block.settings["largest_ts"] = .number(network.timing.largest)
      return block
    }
    program = try ProgramBuilder(outside: tables.outside, blocks: blocks).program()
  }

  /// A controller of a template at rest.
  ///
  /// - Parameters:
  ///   - network: The network to step; without one the classical controller flies.
  ///   - timing: What the network's `ts` means; ignored without a network.
  public init(_ configuration: Configuration, network: consuming NetworkRuntime?, timing: NetworkTiming)
    throws(ProgramErrors)
  {
    guard let network else {
      try self.init(VehicleTables(configuration, hasNetwork: false))
      return
    }
    try self.init(
      VehicleTables(configuration, hasNetwork: true),
      networks: ["network": LoadedNetwork(handover: NetworkHandover(network), timing: timing)])
  }

  /// The values of the signals: of the last tick, until somebody puts in what the next one sees.
  public var frame: Frame { program.frame }
  /// The signals.
  public var table: SignalTable { program.table }

  /// Moves on by one tick.
  public mutating func step() { program.step() }
}

/// A network that is there to step, on its way to its block.
public struct LoadedNetwork: Sendable {
  /// Itself.
  public var handover: NetworkHandover
  /// What its `ts` means.
  public var timing: NetworkTiming

  /// A network from its parts.
  public init(handover: NetworkHandover, timing: NetworkTiming) {
    (self.handover, self.timing) = (handover, timing)
  }
}
