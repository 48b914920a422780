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

  private let outside: [Signal]
  private let blocks: [BlockDeclaration]
  var errors: [ProgramError] = []
  /// Blocks whose settings are wrong, so that nothing is known of their ports.
  private var leftOut: [BlockDeclaration] = []

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

  /// Everything that is wrong with the program, and the units of its signals as far as they are known.
  public consuming func findings() -> (errors: [ProgramError], units: [String: Unit]) {
    var (planned, written) = examine()
    Self.spreadInvalidity(&planned, written)
    // What two blocks of one name write is the same: that their name is, was said.
    let doubled = Set(errors.filter(\.isNameTwice).compactMap(\.block))
    do throws(SignalErrors) { _ = try SignalTable(signals(of: planned)) } catch {
      for error in error.errors {
        if case .twice(_, let signal) = error, doubled.contains(signal.origin.name) { continue }
        errors.append(ProgramError(block: nil, problem: .signal(error)))
      }
    }
    var units = written.mapValues(\.signal.unit)
    for block in planned {
      for (port, unit) in zip(block.ports.outputs, block.units) where unit == nil {
        units["\(block.declaration.name).\(port.name)"] = nil
      }
    }
    return (errors, units)
  }

  /// Checks everything, and gives each signal its place.
  private mutating func plan() throws(ProgramErrors) -> (planned: [Planned], table: SignalTable) {
    var (planned, written) = examine()
    if !errors.isEmpty { throw ProgramErrors(errors) }
    Self.spreadInvalidity(&planned, written)
    do throws(SignalErrors) { return (planned, try SignalTable(signals(of: planned))) } catch {
      throw ProgramErrors(error.errors.map { ProgramError(block: nil, problem: .signal($0)) })
    }
  }

  /// The signals of the program, in the order in which they are written.
  private func signals(of planned: [Planned]) -> [Signal] {
    Self.loopSignals + outside
      + planned.flatMap { block in
        zip(block.ports.outputs, block.units).map { Self.signal($0, unit: $1 ?? .none, of: block) }
          + (block.isInvalidAtTimes ? [Self.flag(of: block)] : [])
      }
  }

  /// Reads every block's settings, and notes what is wrong with what blocks read.
  private mutating func examine() -> (planned: [Planned], written: Written) {
    var planned = readSettings()
    for place in planned.indices { bind(&planned[place]) }
    var written = Written(minimumCapacity: outside.count)
    for signal in Self.loopSignals + outside { written[signal.name] = (signal, -1) }
    for (place, block) in planned.enumerated() where written[block.flag] == nil {
      written[block.flag] = (Signal(block.flag, .flag, from: .block(block.declaration.name)), place)
    }
    deriveUnits(&planned, &written)
    let circles = BlockCircles(planned, written)
    for place in planned.indices {
      check(planned[place], place, written, circles)
      checkNames(planned[place], written)
    }
    for block in leftOut { checkNames(ofSignalsOf: block, written) }
    return (planned, written)
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
        leftOut.append(block)
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
