import Signals

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

  /// Errors up to which the nearest name is looked for.
  private static let mostHints = 100

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
  struct Planned {
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

  struct Read {
    var name: String
    var isPrevious: Bool
  }

  /// Where a signal comes from: -1 for outside, else the block's place.
  typealias Written = [String: (signal: Signal, place: Int)]

  /// The program.
  public consuming func program() throws(ProgramErrors) -> Program {
    let (planned, table) = try plan()
    return try assemble(planned, table)
  }

  /// The signals of the program, without making it: for logs and their readers.
  public consuming func table() throws(ProgramErrors) -> SignalTable { try plan().table }

  /// Checks everything, and gives each signal its place.
  private mutating func plan() throws(ProgramErrors) -> (planned: [Planned], table: SignalTable) {
    var planned = readSettings()
    for place in planned.indices { bind(&planned[place]) }
    var written = Written(minimumCapacity: outside.count)
    for signal in Self.loopSignals + outside { written[signal.name] = (signal, -1) }
    for (place, block) in planned.enumerated() where written[block.flag] == nil {
      written[block.flag] = (Signal(block.flag, .flag, from: .block(block.declaration.name)), place)
    }
    deriveUnits(&planned, &written)
    for place in planned.indices {
      check(planned[place], place, written)
      checkNames(planned[place], written)
    }
    if !errors.isEmpty { throw ProgramErrors(errors) }
    Self.spreadInvalidity(&planned, written)

    let signals =
      Self.loopSignals + outside
      + planned.flatMap { block in
        zip(block.ports.outputs, block.units).map { Self.signal($0, unit: $1 ?? .none, of: block) }
          + (block.isInvalidAtTimes ? [Self.flag(of: block)] : [])
      }
    let table: SignalTable
    do throws(SignalErrors) { table = try SignalTable(signals) } catch {
      throw ProgramErrors(error.errors.map { ProgramError(block: nil, problem: .signal($0)) })
    }
    return (planned, table)
  }

  // MARK: - Settings and ports

  /// Reads every block's settings and asks for its ports; those of blocks with wrong settings are left out.
  private mutating func readSettings() -> [Planned] {
    var planned: [Planned] = []
    var names: Set<String> = []
    for block in blocks {
      if !names.insert(block.name).inserted { complain(block, .nameTwice) }
      if !(1...1_000_000).contains(block.divisor) || !(0..<max(block.divisor, 1)).contains(block.phase) {
        complain(block, .divisor)
      }
      guard block.isKnown else {
        let names = BlockTable.all.map { $0.description.name }
        complain(
          block,
          .unknownKind(block.kindName, nearest: nearestName(to: block.kindName, among: names), all: names))
        continue
      }
      do throws(SettingErrors) {
        let settings = try BlockSettings(block.settings, block.kind.description.settings)
        let ports = block.kind.ports(settings)
        if ports.outputs.contains(where: { $0.name == "valid" }) { complain(block, .reservedName) }
        var block = block
        if let clock = try Self.clock(of: &block, ports) { planned.append(clock) }
        planned.append(Planned(declaration: block, settings: settings, ports: ports))
      } catch {
        for setting in error.errors { complain(block, .setting(setting)) }
      }
    }
    return planned
  }

  /// The row that tells a block with a divisor the time since its own last step, where it goes by elapsed time; the block reads it then.
  private static func clock(
    of block: inout BlockDeclaration, _ ports: BlockPorts
  ) throws(SettingErrors) -> Planned? {
    guard block.divisor > 1, block.inputs[InputPort.elapsed.name] == nil,
      ports.inputs.contains(InputPort.elapsed)
    else { return nil }
    let clock = BlockDeclaration(
      StepTime.self, "\(block.name)_step",
      settings: ["every": .number(Double(min(block.divisor, 1_000_000)))],
      divisor: block.divisor, phase: block.phase)
    block.inputs[InputPort.elapsed.name] = ["\(clock.name).elapsed"]
    let settings = try BlockSettings(clock.settings, StepTime.description.settings)
    return Planned(declaration: clock, settings: settings, ports: StepTime.ports(settings))
  }

  mutating func complain(_ block: BlockDeclaration, _ problem: ProgramError.Problem) {
    errors.append(ProgramError(block: block.name, problem: problem))
  }

  /// The flag that says whether a block's outputs are valid. What only follows from the flags of others is not logged.
  private static func flag(of block: Planned) -> Signal {
    Signal(
      block.flag, .flag, from: .block(block.declaration.name), isLogged: block.ports.invalidity == .decides)
  }

  /// The signal that a port writes.
  static func signal(_ port: OutputPort, unit: Unit, of block: Planned) -> Signal {
    Signal(
      "\(block.declaration.name).\(port.name)", port.kind, unit: unit, width: port.width,
      from: .block(block.declaration.name), about: port.about, remedy: port.remedy,
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

  private static func read(_ name: String) -> Read {
    Read(name: signal(ofInput: name), isPrevious: name.hasPrefix(previous))
  }

  /// The signal that an input is bound to, without the word that means its value of the tick before.
  package static func signal(ofInput name: String) -> String {
    name.hasPrefix(previous) ? String(name.dropFirst(previous.count)) : name
  }

  private mutating func check(_ block: Planned, _ place: Int, _ written: Written) {
    for (port, reads) in zip(block.ports.inputs, block.reads) {
      for read in reads { check(read, port, block.declaration, place, written) }
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

  private mutating func check(
    _ read: Read, _ port: InputPort, _ block: BlockDeclaration, _ place: Int, _ written: Written
  ) {
    guard let (signal, writer) = written[read.name] else {
      // A hostile file must not cost minutes.
      let nearest =
        errors.count < Self.mostHints ? nearestName(to: read.name, among: written.keys.sorted()) : nil
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

  /// Finds out which blocks' outputs can be invalid: those that say so themselves, and those that read what can be. A block whose
  /// flag is read has one, too.
  private static func spreadInvalidity(_ planned: inout [Planned], _ written: Written) {
    let names = Set(planned.flatMap { $0.reads.joined().map(\.name) })
    for place in planned.indices {
      let reads = planned[place].reads.joined().filter { !$0.isPrevious }
      planned[place].isInvalidAtTimes =
        planned[place].ports.invalidity == .decides || names.contains(planned[place].flag)
        || planned[place].ports.invalidity != .ends
          && reads.contains { read in
            guard let (signal, writer) = written[read.name] else { return false }
            return writer < 0
              ? signal.validity != nil : planned[writer].isInvalidAtTimes && read.name != planned[writer].flag
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
      let choices = zip(block.ports.inputs, block.reads).map { port, reads in
        (port.name, reads.map { table[$0.name]?.kind.choices ?? [] })
      }
      var wiring = Wiring(
        inputs: Dictionary(places) { first, _ in first },
        validities: Dictionary(validities) { first, _ in first },
        outputs: Dictionary(
          uniqueKeysWithValues: block.outputPorts(flag: block.isInvalidAtTimes).map { port in
            let place = table.bytes(of: "\(block.declaration.name).\(port.name)")?.lowerBound ?? 0
            return (port.name, UInt32(place))
          }),
        choices: Dictionary(choices) { first, _ in first }, network: block.declaration.network?.take(),
        arena: arena)
      let state = Self.make(block.declaration.kind, block.settings, &wiring, arena)
      mistakes += wiring.mistakes.map { ProgramError(block: block.declaration.name, problem: .mistake($0)) }
      let ends = block.ports.invalidity == .ends
      let flags =
        ends
        ? []
        : Set(block.reads.joined().filter { !$0.isPrevious }.compactMap { table[$0.name]?.validity })
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
