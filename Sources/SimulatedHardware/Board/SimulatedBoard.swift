import HardwareInterfaces
import PortableMath

/// A board without a board: chips on I2C buses, digital lines, the truth they measure, and faults.
///
/// Whoever owns it sets `physics` and moves time with `advance(to:)`; chips convert at their own times in
/// between, from the physics of that moment. Everything that happens follows from the seed and the order of
/// calls. Not thread-safe: one board per run.
public final class SimulatedBoard {
  /// Why a board could not be put together.
  public enum AssemblyError: Error, Equatable, Sendable {
    /// Two chips on one address of one bus.
    case addressTaken(bus: Int, address: UInt8, by: String)
    /// Two chips of one name.
    case nameTaken(String)
    /// A bus number outside 0...15, or an address outside 0x08...0x77.
    case outOfRange(bus: Int, address: UInt8)
    /// No chip has that name.
    case unknownChip(String, known: [String])
    /// That chip is no multiplexer with that channel on that bus.
    case noChannel(multiplexer: String, number: Int)
    /// Nothing that a simulated chip measures stands for that signal.
    case cannotBeDriven(String)
  }

  /// The truth that the chips measure.
  public var physics: PhysicalState
  /// The board's time.
  public private(set) var now = MonotonicTime.zero
  /// Name of the line that must be active for the actuators to move; `nil` when nothing gates them.
  public var enableLine: String? { didSet { enableIndex = enableLine.map { lines.line($0) } } }

  /// What everything that happens on it follows from.
  public let seed: UInt64
  let noiseScale: Double
  let biasScale: Double
  private let specimen: SpecimenErrors?
  private(set) var chips: [SimulatedChip] = []
  private var slots = BoardSlots()
  var lines = BoardLines()
  private(set) var enableIndex: Int?
  /// Lines that reset a chip while they are active, and the chip's index.
  private var resetLines: [(line: Int, chip: Int)] = []
  /// Lines that are read as devices, and their indices.
  private var inputLines: [(line: Int, input: SimulatedLine)] = []
  private var injections: [ScheduledFault] = []
  private var nextFaultChange = Int64.max
  /// Each chip's next event, in ns, and the earliest of them.
  private var chipEvents: [Int64] = []
  private var nextChipEvent = Int64.max
  private var busRandom: RandomGenerator
  /// Chips by other names that faults may use.
  private var otherNames: [String: String] = [:]

  private struct ScheduledFault {
    var chip: Int
    var kind: FaultKind
    var start, end: Int64
    var isDone = false
  }

  /// An empty board. `noiseScale` and `biasScale` multiply the datasheets' figures: 1 as they are, 0 for
  /// ideal chips. The inertial and the magnetic chips have the constant errors of `specimen`, if there is one.
  public init(
    seed: UInt64, physics: PhysicalState = PhysicalState(), noiseScale: Double = 1, biasScale: Double = 1,
    specimen: SpecimenErrors? = nil
  ) {
    self.specimen = specimen
    self.seed = seed
    self.physics = physics
    self.noiseScale = noiseScale
    self.biasScale = biasScale
    busRandom = RandomGenerator(seed: seed, stream: nameHash("bus"))
  }

  // MARK: - Assembly

  /// Puts `chip` on a bus under a name and returns it.
  @discardableResult
  public func attach<Chip: SimulatedChip>(
    _ chip: Chip, name: String, bus: Int = 0, address: UInt8
  ) throws(AssemblyError) -> Chip {
    try attach(chip, name: name, at: BusPlace(bus: bus, address: address))
  }

  /// Puts `chip` at a place on a bus, which may be behind a multiplexer that is there already, and returns it.
  @discardableResult
  public func attach<Chip: SimulatedChip>(
    _ chip: Chip, name: String, at place: BusPlace
  ) throws(AssemblyError) -> Chip {
    let (bus, address) = (place.bus, place.address)
    guard bus >= 0, bus < BoardSlots.buses, address >= 0x08, address <= 0x77 else {
      throw .outOfRange(bus: bus, address: address)
    }
    var segment = bus
    if let (name, number) = place.channel {
      guard let index = chips.firstIndex(where: { $0.name == name }), (0..<8).contains(number),
        let multiplexer = chips[index] as? SimulatedTCA9548A
      else { throw .noChannel(multiplexer: name, number: number) }
      segment = slots.segment(bus: bus, behind: multiplexer, channel: number)
    }
    if let other = slots[segment, address] ?? slots[bus, address] {
      throw .addressTaken(bus: bus, address: address, by: chips[other].name)
    }
    try self.place(chip, name: name)
    slots[segment, address] = chips.count - 1
    return chip
  }

  /// Puts a chip without a bus on the board, and returns it.
  @discardableResult
  public func place<Chip: SimulatedChip>(_ chip: Chip, name: String) throws(AssemblyError) -> Chip {
    guard !chips.contains(where: { $0.name == name }) else { throw .nameTaken(name) }
    chips.append(chip)
    chip.name = name
    chip.imperfection = Imperfection(
      random: RandomGenerator(seed: seed, stream: nameHash(name)),
      noiseScale: noiseScale, biasScale: biasScale,
      specimen: specimen.map { ($0, nameHash(name)) })
    chip.drawConstants()
    chip.now = now.nanoseconds
    chipEvents.append(chip.nextEvent)
    nextChipEvent = min(nextChipEvent, chip.nextEvent)
    return chip
  }

  /// Makes `line` the reset pin of the chip of that name: whenever it becomes active, the chip is reset.
  public func connect(resetOf name: String, to line: String) throws(AssemblyError) {
    guard let chip = chips.firstIndex(where: { $0.name == name }) else {
      throw .unknownChip(name, known: chipNames)
    }
    resetLines.append((lines.line(line), chip))
  }

  /// Puts an input at `line`, under a name by which faults find it.
  @discardableResult
  public func placeInput(_ name: String, at line: String) throws(AssemblyError) -> SimulatedLine {
    let input = try place(SimulatedLine(), name: name)
    let index = lines.line(line)
    inputLines.append((index, input))
    tellInputs(of: index)
    return input
  }

  /// Takes note of when a chip does something by itself next.
  func expect(eventOf chip: Int) {
    chipEvents[chip] = chips[chip].nextEvent
    nextChipEvent = min(nextChipEvent, chipEvents[chip])
  }

  /// Tells the inputs at a line of its level now.
  func tellInputs(of line: Int) {
    for (inputLine, input) in inputLines where inputLine == line {
      input.advance(to: now.nanoseconds, physics: physics)
      input.drive(lines[line: line])
    }
  }

  /// Resets the chips whose reset pin is at a line that has become active.
  func resetChips(at line: Int) {
    for (resetLine, chip) in resetLines where resetLine == line {
      chips[chip].advance(to: now.nanoseconds, physics: physics)
      chips[chip].reset()
      expect(eventOf: chip)
    }
  }

  /// The names of the chips, in the order in which they were put on.
  public var chipNames: [String] { chips.filter { !($0 is SimulatedLoad) }.map(\.name) }

  /// The targets of faults: the chips, what hangs at the processor's own outputs, and other names of these.
  public var targetNames: [String] { chips.map(\.name) + otherNames.keys.sorted() }

  /// Lets faults aim at the chip called `chip` by another name, too.
  public func call(_ chip: String, by name: String) {
    if name != chip, !targetNames.contains(name) { otherNames[name] = chip }
  }

  /// The kinds of fault that change what the target of that name does; the others leave it as it is.
  public func faultKinds(of name: String) -> [FaultKind] {
    chip(named: otherNames[name] ?? name)?.possibleFaults ?? []
  }

  /// The chip of that name; `nil` when there is none.
  public func chip(named name: String) -> SimulatedChip? { chips.first { $0.name == name } }

  /// The bus of that number, at a bit rate in Hz.
  public func bus(_ number: Int = 0, bitRate: Int = 400_000) -> SimulatedI2CBus {
    SimulatedI2CBus(board: self, number: number, bitRate: bitRate)
  }

  /// Schedules a fault.
  public func inject(_ fault: FaultInjection) throws(AssemblyError) {
    let name = otherNames[fault.target] ?? fault.target
    guard let chip = chips.firstIndex(where: { $0.name == name }) else {
      throw .unknownChip(fault.target, known: targetNames)
    }
    let start = Self.nanoseconds(fault.start)
    let end = fault.duration.map { start &+ Self.nanoseconds($0) } ?? .max
    injections.append(ScheduledFault(chip: chip, kind: fault.kind, start: start, end: end))
    for chip in chips { chip.advance(to: now.nanoseconds, physics: physics) }
    applyFaults(at: now.nanoseconds)
  }

  private static func nanoseconds(_ seconds: Double) -> Int64 {
    Int64((max(0, min(seconds, 1e9)) * 1e9).rounded())
  }

  // MARK: - Time

  /// Lets time pass until `time`; a time in the past changes nothing.
  public func advance(to time: MonotonicTime) {
    let target = time.nanoseconds
    guard target > now.nanoseconds else { return }
    now = time
    if target >= nextFaultChange { passFaultChanges(until: target) }
    guard target >= nextChipEvent else { return }
    advanceChips(to: target)
  }

  /// Lets those chips have time that do something by themselves until then; the others get it when they are
  /// spoken to.
  private func advanceChips(to time: Int64) {
    var next = Int64.max
    for index in chipEvents.indices {
      if chipEvents[index] <= time {
        let chip = chips[index]
        chip.advance(to: time, physics: physics)
        chipEvents[index] = chip.nextEvent
      }
      next = min(next, chipEvents[index])
    }
    nextChipEvent = next
  }

  private func passFaultChanges(until time: Int64) {
    while nextFaultChange <= time {
      let change = nextFaultChange
      for chip in chips { chip.advance(to: change, physics: physics) }
      applyFaults(at: change)
    }
  }

  /// Sets every chip's faults as they are at `time`, and the time at which that changes next. A chip that
  /// comes back from being off was without supply: it starts from its power-on state.
  private func applyFaults(at time: Int64) {
    let wereOff = chips.map { $0.faults.contains(.off) }
    for chip in chips { chip.faults = [] }
    defer {
      for (chip, wasOff) in zip(chips, wereOff) where wasOff && !chip.faults.contains(.off) { chip.reset() }
      for chip in chips { chip.faultsHaveChanged() }
      chipEvents = chips.map(\.nextEvent)
      nextChipEvent = chipEvents.min() ?? .max
    }
    nextFaultChange = .max
    for index in injections.indices {
      let fault = injections[index]
      if time < fault.start {
        nextFaultChange = min(nextFaultChange, fault.start)
      } else if fault.kind == .brownOut {
        if !fault.isDone { chips[fault.chip].reset() }
        injections[index].isDone = true
      } else if time < fault.end {
        chips[fault.chip].faults.insert(fault.kind.bit)
        nextFaultChange = min(nextFaultChange, fault.end)
      }
    }
  }

  // MARK: - Transfers, called by the buses

  /// The chip that answers at an address, or the error of the transfer.
  func select(bus: Int, address: UInt8) throws(BusError) -> Int {
    guard let index = slots.chip(bus: bus, address: address), chips[index].isReachable else {
      throw .noDevice(address: address)
    }
    let faults = chips[index].faults
    guard faults.isDisjoint(with: .onTheBus) else {
      if faults.contains(.off) { throw .noDevice(address: address) }
      if faults.contains(.nack), busRandom.nextBits() >> 63 == 1 {
        throw .dataNotAcknowledged(address: address)
      }
      return index
    }
    return index
  }

  func write(_ bytes: Span<UInt8>, toChip index: Int) {
    let chip = chips[index]
    chip.advance(to: now.nanoseconds, physics: physics)
    chip.write(bytes)
    chipEvents[index] = chip.nextEvent
    nextChipEvent = min(nextChipEvent, chip.nextEvent)
  }

  func read(fromChip index: Int, into buffer: inout MutableSpan<UInt8>) {
    let chip = chips[index]
    chip.advance(to: now.nanoseconds, physics: physics)
    chip.read(into: &buffer)
    chipEvents[index] = chip.nextEvent
    guard chip.faults.contains(.garbage) else { return }
    for position in 0..<buffer.count {
      buffer[position] = UInt8(truncatingIfNeeded: busRandom.nextBits() >> 56)
    }
  }
}
