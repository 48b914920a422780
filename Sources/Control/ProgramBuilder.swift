import Signals

/// A block of a vehicle: which kind, under which name, how it is set, and what it reads.
public struct BlockDeclaration: Sendable {
  /// Its kind.
  public var kind: any (Block & ~Copyable).Type
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

  /// A declaration from its parts.
  public init(
    _ kind: any (Block & ~Copyable).Type, _ name: String, settings: [String: SettingValue] = [:],
    inputs: [String: [String]] = [:], divisor: Int = 1, phase: Int = 0
  ) {
    (self.kind, self.name, self.settings, self.inputs) = (kind, name, settings, inputs)
    (self.divisor, self.phase) = (divisor, phase)
  }
}

/// Puts a vehicle's program together, or says everything that is wrong with it.
public struct ProgramBuilder {
  /// The signal that holds the number of the tick; skipped periods count.
  public static let tickNumber = "tick.number"
  /// The signals that every program has.
  public static let loopSignals = [
    Signal(tickNumber, .word, from: .loop, about: "number of the tick; skipped periods count"),
    Signal("tick.time", .time, unit: .nanosecond, from: .loop, about: "when the tick began"),
    Signal("tick.elapsed", .time, unit: .nanosecond, from: .loop, about: "since the previous tick"),
    Signal("tick.missed", .count, from: .loop, about: "periods skipped just before this tick"),
  ]
  /// What a name begins with that means the value of the tick before.
  static let previous = "previous."

  private let outside: [Signal]
  private let blocks: [BlockDeclaration]
  private var errors: [ProgramError] = []

  /// A builder for a vehicle whose devices and sources of commands give the signals `outside`, and whose tick runs `blocks` in
  /// their order.
  public init(outside: [Signal], blocks: [BlockDeclaration]) {
    (self.outside, self.blocks) = (outside, blocks)
  }

  /// What a block of a kind with some settings reads and writes: for the reference and for tests.
  public static func ports(
    of kind: any (Block & ~Copyable).Type, _ settings: [String: SettingValue]
  ) throws(ProgramErrors) -> BlockPorts {
    do throws(SettingErrors) {
      return kind.ports(try BlockSettings(settings, kind.description.settings))
    } catch {
      throw ProgramErrors(
        error.errors.map { ProgramError(block: kind.description.name, problem: .setting($0)) })
    }
  }

  /// What is known of a block when its settings were read.
  fileprivate struct Planned {
    var declaration: BlockDeclaration
    var settings: BlockSettings
    var ports: BlockPorts
    /// What each port reads, in the ports' order.
    var reads: [[Read]] = []
    /// The outputs' units, as far as they are known.
    var units: [Unit?] = []
    var isInvalidAtTimes = false
    var flag: String { "\(declaration.name).valid" }
  }

  fileprivate struct Read {
    var name: String
    var isPrevious: Bool
  }

  /// Where a signal comes from: -1 for outside, else the block's place.
  private typealias Written = [String: (signal: Signal, place: Int)]

  /// The program.
  public consuming func program() throws(ProgramErrors) -> Program {
    var planned = plan()
    for place in planned.indices { bind(&planned[place]) }
    var written = Written(minimumCapacity: outside.count)
    for signal in Self.loopSignals + outside { written[signal.name] = (signal, -1) }
    deriveUnits(&planned, &written)
    for place in planned.indices { check(planned[place], place, written) }
    if !errors.isEmpty { throw ProgramErrors(errors) }
    Self.spreadInvalidity(&planned, written)

    let signals =
      Self.loopSignals + outside
      + planned.flatMap { block in
        zip(block.ports.outputs, block.units).map { Self.signal($0, unit: $1 ?? .none, of: block) }
          + (block.isInvalidAtTimes ? [Signal(block.flag, .flag, from: .block(block.declaration.name))] : [])
      }
    let table: SignalTable
    do throws(SignalErrors) { table = try SignalTable(signals) } catch {
      throw ProgramErrors(error.errors.map { ProgramError(block: nil, problem: .signal($0)) })
    }
    return try assemble(planned, table)
  }

  // MARK: - Settings and ports

  /// Reads every block's settings and asks for its ports; those of blocks with wrong settings are left out.
  private mutating func plan() -> [Planned] {
    var planned: [Planned] = []
    var names: Set<String> = []
    for block in blocks {
      if !names.insert(block.name).inserted { complain(block, .nameTwice) }
      if !(1...1_000_000).contains(block.divisor) || !(0..<max(block.divisor, 1)).contains(block.phase) {
        complain(block, .divisor)
      }
      do throws(SettingErrors) {
        let settings = try BlockSettings(block.settings, block.kind.description.settings)
        planned.append(Planned(declaration: block, settings: settings, ports: block.kind.ports(settings)))
      } catch {
        for setting in error.errors { complain(block, .setting(setting)) }
      }
    }
    return planned
  }

  private mutating func complain(_ block: BlockDeclaration, _ problem: ProgramError.Problem) {
    errors.append(ProgramError(block: block.name, problem: problem))
  }

  /// The signal that a port writes.
  private static func signal(_ port: OutputPort, unit: Unit, of block: Planned) -> Signal {
    Signal(
      "\(block.declaration.name).\(port.name)", port.kind, unit: unit, width: port.width,
      from: .block(block.declaration.name), about: port.about,
      validity: block.isInvalidAtTimes ? block.flag : nil, initial: port.initial, isLogged: port.isLogged)
  }

  // MARK: - What ports read

  private mutating func bind(_ block: inout Planned) {
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

  /// Adds what blocks write to `written`, with units that follow from those of what they read. Blocks may read the tick before of
  /// later ones: as many rounds as there are blocks find every unit that can be found.
  private mutating func deriveUnits(_ planned: inout [Planned], _ written: inout Written) {
    for place in planned.indices { planned[place].units = planned[place].ports.outputs.map { _ in nil } }
    var (isNew, rounds) = (true, 0)
    while isNew, rounds <= planned.count {
      (isNew, rounds) = (false, rounds + 1)
      for place in planned.indices {
        for (index, port) in planned[place].ports.outputs.enumerated()
        where planned[place].units[index] == nil {
          guard let unit = Self.unit(of: port, planned[place], written) else { continue }
          isNew = true
          planned[place].units[index] = unit
          let signal = Self.signal(port, unit: unit, of: planned[place])
          if written[signal.name] == nil { written[signal.name] = (signal, place) }
        }
      }
    }
    for place in planned.indices {
      for (port, unit) in zip(planned[place].ports.outputs, planned[place].units) where unit == nil {
        // What its inputs lack is said of them; only a circle of units is a fault of its own.
        let signal = Self.signal(port, unit: .none, of: planned[place])
        if written[signal.name] == nil { written[signal.name] = (signal, place) }
      }
    }
    for block in planned {
      for (port, unit) in zip(block.ports.outputs, block.units) where unit == nil {
        if block.reads.allSatisfy({ !$0.isEmpty && $0.allSatisfy { written[$0.name] != nil } }) {
          complain(block.declaration, .noUnit(port.name))
        }
      }
    }
  }

  /// The unit of an output; `nil` while that of an input is not known.
  private static func unit(of port: OutputPort, _ block: Planned, _ written: Written) -> Unit? {
    func units(_ input: String) -> [Unit?] {
      guard let place = block.ports.inputs.firstIndex(where: { $0.name == input }) else { return [] }
      return block.reads[place].map { written[$0.name]?.signal.unit }
    }
    // Of several that must have one unit, the first that is known says which.
    func first(_ input: String) -> Unit? { units(input).compactMap(\.self).first }
    return switch port.unit {
    case .fixed(let unit): unit
    case .like(let input): first(input)
    case .rate(let input): first(input).map { $0 / .second }
    case .integral(let input): first(input).map { $0 * .second }
    case .product(let input):
      units(input).reduce(Unit?.some(.none)) { product, unit in
        product.flatMap { product in unit.map { product * $0 } }
      }
    }
  }

  private func isLike(_ input: String, in ports: BlockPorts) -> Bool {
    ports.outputs.contains {
      switch $0.unit {
      case .like(let name), .rate(let name), .integral(let name): name == input
      case .fixed, .product: false
      }
    }
  }

  private static func read(_ name: String) -> Read {
    name.hasPrefix(previous)
      ? Read(name: String(name.dropFirst(previous.count)), isPrevious: true)
      : Read(name: name, isPrevious: false)
  }

  private mutating func check(_ block: Planned, _ place: Int, _ written: Written) {
    for (port, reads) in zip(block.ports.inputs, block.reads) {
      for read in reads { check(read, port, block.declaration, place, written) }
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

  private mutating func check(
    _ read: Read, _ port: InputPort, _ block: BlockDeclaration, _ place: Int, _ written: Written
  ) {
    guard let (signal, writer) = written[read.name] else {
      let nearest = nearestName(to: read.name, among: written.keys.sorted())
      return complain(block, .unknown(port: port.name, signal: read.name, nearest: nearest))
    }
    if read.isPrevious, writer < place {
      complain(block, .notPrevious(port: port.name, signal, isOutside: writer < 0))
    }
    if !read.isPrevious, writer >= place {
      let name = signal.origin.name
      complain(block, .later(port: port.name, signal: read.name, writer: name, isItself: writer == place))
    }
    if signal.width != 1 { complain(block, .vector(port: port.name, signal)) }
    if !signal.kind.isRead(as: port.kind) { complain(block, .kind(port: port, signal)) }
    if let unit = port.unit, unit != signal.unit {
      complain(block, .unit(port: port, signal, expected: unit))
    }
  }

  /// Finds out which blocks' outputs can be invalid: those that say so themselves, and those that read what can be.
  private static func spreadInvalidity(_ planned: inout [Planned], _ written: Written) {
    for place in planned.indices {
      let reads = planned[place].reads.joined().filter { !$0.isPrevious }
      planned[place].isInvalidAtTimes =
        planned[place].ports.invalidity == .decides
        || reads.contains { read in
          guard let (signal, writer) = written[read.name] else { return false }
          return writer < 0 ? signal.validity != nil : planned[writer].isInvalidAtTimes
        }
    }
  }

  // MARK: - Rows

  private func assemble(_ planned: [Planned], _ table: SignalTable) throws(ProgramErrors) -> Program {
    let arena = Arena()
    var rows: [Program.Row] = []
    var mistakes: [ProgramError] = []
    for block in planned {
      let places = zip(block.ports.inputs, block.reads).map { port, reads in
        (port.name, reads.map { UInt32(table.bytes(of: $0.name)?.lowerBound ?? 0) })
      }
      let validities = zip(block.ports.inputs, block.reads).map { port, reads in
        (port.name, reads.map { table[$0.name]?.validity.flatMap(table.bytes).map { UInt32($0.lowerBound) } })
      }
      var wiring = Wiring(
        inputs: Dictionary(uniqueKeysWithValues: places),
        validities: Dictionary(uniqueKeysWithValues: validities),
        outputs: Dictionary(
          uniqueKeysWithValues: block.outputPorts(flag: block.isInvalidAtTimes).map { port in
            let place = table.bytes(of: "\(block.declaration.name).\(port.name)")?.lowerBound ?? 0
            return (port.name, UInt32(place))
          }),
        arena: arena)
      let state = Self.make(block.declaration.kind, block.settings, &wiring, arena)
      mistakes += wiring.mistakes.map { ProgramError(block: block.declaration.name, problem: .mistake($0)) }
      let flags = Set(block.reads.joined().filter { !$0.isPrevious }.compactMap { table[$0.name]?.validity })
        .sorted()
      rows.append(
        Program.Row(
          type: block.declaration.kind, state: state, divisor: UInt64(block.declaration.divisor),
          due: UInt64(block.declaration.phase), invalidity: block.ports.invalidity,
          flags: arena.table(flags.map { UInt32(table.bytes(of: $0)?.lowerBound ?? 0) }),
          valid: block.isInvalidAtTimes ? table.bytes(of: block.flag).map { UInt32($0.lowerBound) } : nil))
    }
    guard let tick = table.index(of: Self.tickNumber, as: UInt64.self), mistakes.isEmpty else {
      for row in rows.reversed() { row.type.destroy(row.state) }
      throw ProgramErrors(mistakes)
    }
    return Program(table, rows: rows, arena: arena, tick: tick)
  }

  private static func make<Kind: Block & ~Copyable>(
    _ kind: Kind.Type, _ settings: BlockSettings, _ wiring: inout Wiring, _ arena: Arena
  ) -> UnsafeMutableRawPointer {
    let state = arena.room(for: Kind.self, count: 1)
    state.initialize(to: Kind(settings, &wiring))
    return UnsafeMutableRawPointer(state)
  }
}

extension ProgramBuilder.Planned {
  /// The ports that the block writes, its flag among them when it has one.
  fileprivate func outputPorts(flag: Bool) -> [OutputPort] {
    ports.outputs + (flag ? [OutputPort("valid", .flag)] : [])
  }
}

extension SignalKind {
  /// Whether a port of kind `port` can read a signal of this kind: the same, and of choices the same names.
  fileprivate func isRead(as port: SignalKind) -> Bool {
    if case .choice(let names) = port, names.isEmpty, case .choice = self { return true }
    return self == port
  }
}
