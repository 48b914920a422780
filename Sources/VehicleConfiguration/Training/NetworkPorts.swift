import Control
import Signals

/// The ports that a vehicle's network must have, as `ganglion-export --ports` takes them.
///
/// Scales of a configuration bring signals to about ±1; fixed point saturates at ±4. Outputs are from −1 to 1, and ts = 1 is a period of
/// the loop.
public struct NetworkPorts: Sendable, Equatable, Encodable {
  /// An input or an output.
  public struct Port: Sendable, Equatable, Encodable {
    /// Its name, and the unit of its signal.
    public var name, unit: String
    /// The range of the network's own numbers.
    public var minimum, maximum: Double
  }

  /// What its elapsed time means.
  public struct Time: Sendable, Equatable, Encodable {
    /// Seconds that ts = 1 stands for.
    public var unitS: Double
    /// The range of ts.
    public var minimum, maximum: Double
  }

  /// The ports in the network's order.
  public var inputs: [Port] = []
  /// See `inputs`.
  public var outputs: [Port] = []
  /// What its elapsed time means.
  public var time = Time(unitS: 1, minimum: 0, maximum: 16)
}

extension VehicleTables {
  /// What the inputs and outputs of the network of a block are called, in its order: a template's names for them, else those of the signals
  /// and of the block's outputs.
  public func portNames(of block: BlockDeclaration) -> (inputs: [String], outputs: [String]) {
    let inputs = block.inputs["inputs"] ?? []
    if block.name == "network", let network = template?.network {
      return (network.inputs.map(\.signal.rawValue), network.outputs.map(\.command.rawValue))
    }
    guard case .names(let outputs)? = block.settings["outputs"] else { return (inputs, []) }
    return (inputs, outputs)
  }

  /// The ports of the network of a block, `signals` being the vehicle's.
  func ports(of block: BlockDeclaration, _ signals: SignalTable) -> NetworkPorts {
    let names = portNames(of: block)
    let units = (block.inputs["inputs"] ?? []).map { name in
      signals[ProgramBuilder.signal(ofInput: name)].map { "\($0.unit)" } ?? ""
    }
    return NetworkPorts(
      inputs: zip(names.inputs, units).map {
        NetworkPorts.Port(name: $0.0, unit: $0.1.isEmpty ? "1" : $0.1, minimum: -4, maximum: 4)
      },
      outputs: names.outputs.map { NetworkPorts.Port(name: $0, unit: "1", minimum: -1, maximum: 1) },
      time: NetworkPorts.Time(
        unitS: Double(block.divisor) / Double(loop.rateHz), minimum: 0, maximum: 16))
  }

  /// The places of the blocks that choose between a network and another controller.
  var controllerChoices: [Int] {
    blocks.indices.filter { index in
      blocks[index].kindName == "command_choice"
        && blocks[index].inputs.keys.contains { $0.hasPrefix("network_") }
    }
  }
}

extension BlockDeclaration {
  /// A number of a list that is a setting, or what it is without.
  func number(_ setting: String, _ index: Int, _ standard: Double) -> Double {
    guard case .numbers(let values)? = settings[setting], index < values.count else { return standard }
    return values[index]
  }
}
