import Control

/// Who reads each signal of a program, so that it can be said of a command whether it gets anywhere.
struct SignalReaders {
  /// The names of the blocks that read each signal.
  private var readers: [String: [String]] = [:]
  /// The names of those that each block reads something of.
  private var sources: [String: Set<String>] = [:]
  private let kinds: [String: String]

  init(_ blocks: [BlockDeclaration]) {
    kinds = Dictionary(blocks.map { ($0.name, $0.kindName) }) { first, _ in first }
    for block in blocks {
      var names = block.inputs.values.flatMap(\.self)
      if let ports = Self.ports(of: block) {
        names += ports.inputs.filter { block.inputs[$0.name] == nil }.compactMap(\.standard)
      }
      for name in names {
        let signal = ProgramBuilder.signal(ofInput: name)
        readers[signal, default: []].append(block.name)
        sources[block.name, default: []].insert(String(signal.prefix { $0 != "." }))
      }
    }
  }

  /// The blocks that read a signal.
  func readers(of signal: String) -> [String] { readers[signal] ?? [] }

  /// The blocks of some kinds, and all from which anything leads to them.
  func blocks(before kinds: [String]) -> Set<String> {
    var found = Set(self.kinds.filter { kinds.contains($0.value) }.keys)
    var queue = Array(found)
    while let block = queue.popLast() {
      for source in sources[block] ?? [] where found.insert(source).inserted { queue.append(source) }
    }
    return found
  }

  /// The outputs of a block that are commands for actuators.
  static func commands(of block: BlockDeclaration) -> [String] {
    (ports(of: block)?.outputs ?? []).filter(\.isCommand).map { "\(block.name).\($0.name)" }
  }

  private static func ports(of block: BlockDeclaration) -> BlockPorts? {
    guard let kind = BlockTable.kind(block.kindName) else { return nil }
    do throws(ProgramErrors) { return try ProgramBuilder.ports(of: kind, block.settings) } catch {
      return nil
    }
  }
}
