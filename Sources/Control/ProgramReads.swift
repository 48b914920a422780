import Signals

/// What ports read, and what is wrong with it.
extension ProgramBuilder {
  /// Errors up to which the nearest name is looked for.
  private static let mostHints = 100

  mutating func bind(_ block: inout Planned) {
    let ports = Set(block.ports.inputs.map(\.name))
    for name in block.declaration.inputs.keys.sorted() where !ports.contains(name) {
      complain(
        block.declaration,
        .noPort(name, nearest: nearestName(to: name, among: ports.sorted()), all: ports.sorted()))
    }
    for port in block.ports.inputs {
      let names = block.declaration.inputs[port.name] ?? port.standard.map { [$0] } ?? []
      if !port.count.contains(names.count) { complain(block.declaration, .count(port, names.count)) }
      block.reads.append(names.map(Self.read))
    }
  }

  private static func read(_ name: String) -> Read {
    Read(name: signal(ofInput: name), isPrevious: name.hasPrefix(previous))
  }

  /// The signal that an input is bound to, without the word that means its value of the tick before.
  package static func signal(ofInput name: String) -> String {
    name.hasPrefix(previous) ? String(name.dropFirst(previous.count)) : name
  }

  mutating func check(
    _ block: Planned, _ place: Int, _ written: Written, _ circles: BlockCircles
  ) {
    for (port, reads) in zip(block.ports.inputs, block.reads) {
      for read in reads { check(read, port, block.declaration, place, written, circles) }
      if let other = port.like, port.unit == nil, let name = reads.first?.name,
        let place = block.ports.inputs.firstIndex(where: { $0.name == other }),
        let expected = block.reads[place].first.flatMap({ written[$0.name]?.signal.unit }),
        let signal = written[name]?.signal, signal.unit != expected
      {
        complain(block.declaration, .unit(port: port, signal, expected: expected))
      }
      // Several signals that are added, compared or chosen among have one unit.
      let units = reads.compactMap { written[$0.name]?.signal.unit }
      if isLike(port.name, in: block.ports), let first = units.first,
        let other = zip(reads, units).first(where: { $0.1 != first }),
        let signal = written[other.0.name]?.signal
      {
        complain(block.declaration, .unit(port: port, signal, expected: first))
      }
    }
  }

  /// Complains about signals that a block would read and that nobody writes, where nothing else is known of what it reads.
  mutating func checkNames(ofSignalsOf block: BlockDeclaration, _ written: Written) {
    for (port, names) in block.inputs.sorted(by: { $0.key < $1.key }) {
      for name in names.map(Self.signal(ofInput:))
      where written[name] == nil && name.contains(".") && Signal.isWellFormed(name) {
        complain(block, .unknown(port: port, signal: name, nearest: nearest(to: name, written)))
      }
    }
  }

  /// The nearest name of a signal; none behind so many errors: a hostile file must not cost minutes.
  private func nearest(to name: String, _ written: Written) -> String? {
    errors.count < Self.mostHints ? nearestName(to: name, among: written.keys.sorted()) : nil
  }

  private mutating func check(
    _ read: Read, _ port: InputPort, _ block: BlockDeclaration, _ place: Int, _ written: Written,
    _ circles: BlockCircles
  ) {
    guard let (signal, writer) = written[read.name] else {
      let near = nearest(to: read.name, written)
      return complain(block, .unknown(port: port.name, signal: read.name, nearest: near))
    }
    if read.isPrevious, writer < place {
      complain(block, .notPrevious(port: port.name, signal, isOutside: writer < 0))
    }
    if !read.isPrevious, writer >= place {
      let name = signal.origin.name
      complain(
        block,
        .later(port: port.name, signal: read.name, writer: name, circle: circles.circle(of: place, writer)))
    }
    if signal.width != 1 { complain(block, .vector(port: port.name, signal)) }
    if !signal.kind.isRead(as: port.kind) { complain(block, .kind(port: port, signal)) }
    if let unit = port.unit, unit != signal.unit {
      complain(block, .unit(port: port, signal, expected: unit))
    }
  }
}

extension SignalKind {
  /// Whether a port of kind `port` can read a signal of this kind: the same, and of choices the same names.
  fileprivate func isRead(as port: SignalKind) -> Bool {
    if case .choice(let names) = port, names.isEmpty, case .choice = self { return true }
    return self == port
  }
}
