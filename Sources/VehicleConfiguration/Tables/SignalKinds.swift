import Control
import Signals

/// What is known of a vehicle's signals before its rules of safety are read: their kinds, and who writes them.
struct SignalKinds {
  private var kinds: [String: SignalKind] = [:]
  /// The place in the list of blocks of who writes each; nothing for what comes from outside.
  private var writers: [String: Int] = [:]
  /// Blocks of which it is not known what they write.
  private(set) var unknown: Set<String> = []
  /// The names of all, in order.
  let names: [String]

  /// The signals from outside, and those of `blocks` in their order.
  init(outside: [Signal], blocks: [BlockDeclaration]) {
    for signal in ProgramBuilder.loopSignals + outside { kinds[signal.name] = signal.kind }
    for (place, block) in blocks.enumerated() {
      guard let kind = BlockTable.kind(block.kindName),
        let ports = Self.ports(of: kind, block.settings)
      else {
        unknown.insert(block.name)
        continue
      }
      for port in ports.outputs {
        kinds["\(block.name).\(port.name)"] = port.kind
        writers["\(block.name).\(port.name)"] = place
      }
      kinds["\(block.name).valid"] = .flag
      writers["\(block.name).valid"] = place
    }
    names = kinds.keys.sorted()
  }

  private static func ports(
    of kind: any (Block & ~Copyable).Type, _ settings: [String: SettingValue]
  ) -> BlockPorts? {
    do throws(ProgramErrors) { return try ProgramBuilder.ports(of: kind, settings) } catch { return nil }
  }

  /// The kind of a signal; `nil` when there is none of the name.
  subscript(name: String) -> SignalKind? { kinds[name] }

  /// Whether nothing is known of who would write a signal.
  func isUnknowable(_ name: String) -> Bool {
    unknown.contains(String(name.prefix { $0 != "." }))
  }

  /// The place of the block that writes a signal; `nil` for what comes from outside.
  func writer(of name: String) -> Int? { writers[name] }
}
