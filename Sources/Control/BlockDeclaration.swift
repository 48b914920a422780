/// A block of a vehicle: which kind, under which name, how it is set, and what it reads.
public struct BlockDeclaration: Sendable {
  /// The name of its kind.
  public var kindName: String
  /// Its kind; meaningless unless `isKnown`.
  var kind: any (Block & ~Copyable).Type
  /// Whether there is a kind of that name.
  var isKnown: Bool
  /// Its name; its outputs are called `NAME.OUTPUT`.
  public var name: String
  /// What is set; the rest is as the description says.
  public var settings: [String: SettingValue]
  /// What its ports read: names of signals, `previous.NAME` for the value of the tick before.
  public var inputs: [String: [String]]
  /// Every how many ticks it runs, 1 for each.
  public var divisor: Int
  /// In which of these ticks, from 0.
  public var phase: Int
  /// The network that the block is given, for a block that takes one.
  public var network: NetworkHandover?

  /// A block of a kind that Ganglion has.
  public init(
    _ kindName: String, _ name: String, settings: [String: SettingValue] = [:],
    inputs: [String: [String]] = [:], divisor: Int = 1, phase: Int = 0, network: NetworkHandover? = nil
  ) {
    let known = BlockTable.kind(kindName)
    (kind, isKnown) = (known ?? Constant.self, known != nil)
    (self.kindName, self.name) = (kindName, name)
    (self.settings, self.inputs) = (settings, inputs)
    (self.divisor, self.phase, self.network) = (divisor, phase, network)
  }

  /// A block of a kind of one's own.
  public init(
    _ kind: any (Block & ~Copyable).Type, _ name: String, settings: [String: SettingValue] = [:],
    inputs: [String: [String]] = [:], divisor: Int = 1, phase: Int = 0, network: NetworkHandover? = nil
  ) {
    (self.kind, isKnown) = (kind, true)
    (kindName, self.name) = (kind.description.name, name)
    (self.settings, self.inputs) = (settings, inputs)
    (self.divisor, self.phase, self.network) = (divisor, phase, network)
  }
}
