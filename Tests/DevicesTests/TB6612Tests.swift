import HardwareInterfaces
import PortableMath
import SimulatedHardware
import Testing

@testable import Devices

/// What happened at the pins of a bridge, in order.
private final class PinLog {
  enum Event: Equatable {
    case forward(Bool), reverse(Bool), pulses(Float)
  }
  var events: [Event] = []
  var (forward, reverse, width) = (false, false, Float(0))
  /// Instants at which both directions were active, or one became active under pulses.
  var overlaps = 0
  /// The step from now on that fails; `nil` for none.
  var failing: Int?

  func note(_ event: Event) throws(LineError) {
    if let step = failing {
      failing = step - 1
      if step == 0 {
        failing = nil
        throw .gone
      }
    }
    events.append(event)
    switch event {
    case .forward(let level): (forward, overlaps) = (level, overlaps + (level && width > 0 ? 1 : 0))
    case .reverse(let level): (reverse, overlaps) = (level, overlaps + (level && width > 0 ? 1 : 0))
    case .pulses(let new): width = new
    }
    if forward && reverse { overlaps += 1 }
  }
}

private struct LoggedLine: DigitalOutput, ~Copyable {
  let log: PinLog
  let isForward: Bool

  mutating func set(_ active: Bool) throws(LineError) {
    try log.note(isForward ? .forward(active) : .reverse(active))
  }
}

private struct LoggedPulses: PulseOutput, ~Copyable {
  let log: PinLog

  mutating func set(microseconds: Float) throws(LineError) { try log.note(.pulses(microseconds)) }
}

private func bridge(_ log: PinLog) -> TB6612<LoggedLine, LoggedPulses> {
  TB6612(
    forward: LoggedLine(log: log, isForward: true), reverse: LoggedLine(log: log, isForward: false),
    pulses: LoggedPulses(log: log), rate: 20_000)
}

/// The TB6612: the order of what happens at its pins, and against the simulated chip.
@Suite struct TB6612Tests {
  @Test func `one direction goes before the other comes, without pulses in between`() throws {
    let log = PinLog()
    var bridge = bridge(log)
    try bridge.set(duty: 0.5)
    #expect(log.events == [.pulses(0), .reverse(false), .forward(true), .pulses(25)])
    log.events = []
    try bridge.set(duty: -0.25)
    #expect(log.events == [.pulses(0), .forward(false), .reverse(true), .pulses(12.5)])
    log.events = []
    try bridge.set(duty: -1.5)
    #expect(log.events == [.pulses(50)])
    log.events = []
    try bridge.set(duty: .nan)
    #expect(log.events == [.pulses(0), .forward(false), .reverse(false)])
    #expect(bridge.direction == .open)
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `both directions are never active, whatever is asked and whatever fails`(_ seed: UInt64) {
    var random = RandomGenerator(seed: seed)
    let log = PinLog()
    var bridge = bridge(log)
    for _ in 0..<400 {
      if random.nextUniform() < 0.2 { log.failing = Int(random.nextBits() % 4) }
      do throws(LineError) {
        let choice = random.nextUniform()
        if choice < 0.1 { try bridge.open() } else { try bridge.set(duty: Float(random.nextUniform(-1, 1))) }
      } catch {
        // What counts is the state at the pins.
      }
    }
    #expect(log.overlaps == 0)
    log.failing = nil
    #expect(throws: Never.self) { try bridge.open() }
    #expect(!log.forward && !log.reverse && log.width == 0)
  }

  @Test(arguments: 0..<4)
  func `after an error nothing is taken for done: the next call drives every line`(_ step: Int) throws {
    let log = PinLog()
    var bridge = bridge(log)
    try bridge.set(duty: 0.5)
    log.failing = step
    #expect(throws: LineError.gone) { try bridge.set(duty: -0.5) }
    try bridge.set(duty: 0)
    #expect(!log.forward && !log.reverse && log.width == 0)
  }

  @Test(arguments: 0..<3) func `opening tries every pin even when one fails, and says so`(_ step: Int) {
    let log = PinLog()
    var bridge = bridge(log)
    #expect(throws: Never.self) { try bridge.set(duty: 0.5) }
    log.events = []
    log.failing = step
    #expect(throws: LineError.gone) { try bridge.open() }
    #expect(log.events.count == 2)
  }

  @Test func `the motor follows the duty while the enable line is active, and runs out when it is not`()
    throws
  {
    let board = SimulatedBoard(seed: 1)
    let chip = try board.place(
      SimulatedTB6612(
        [.init(forward: "ain1", reverse: "ain2", pulses: "pwma")], standby: "enable", pulseRate: 20_000),
      name: "bridges")
    var bridge = TB6612(
      forward: board.output("ain1"), reverse: board.output("ain2"), pulses: board.pulseOutput("pwma"),
      rate: 20_000)
    #expect(board.drive(chip, bridge: 0) == .open)
    try bridge.set(duty: 0.5)
    #expect(board.drive(chip, bridge: 0) == .open)
    board.drive("enable", active: true)
    #expect(board.drive(chip, bridge: 0) == .driven(0.5))
    try bridge.set(duty: -0.75)
    #expect(board.drive(chip, bridge: 0) == .driven(-0.75))
    try bridge.set(duty: 0)
    #expect(board.drive(chip, bridge: 0) == .open)
    board.drive("ain1", active: true)
    #expect(board.drive(chip, bridge: 0) == .braked)
    board.drive("enable", active: false)
    #expect(board.drive(chip, bridge: 0) == .open)
    #expect(board.drive(chip, bridge: 1) == .open)
  }

  @Test func `a bridge without supply drives nothing, and a stuck one keeps on`() throws {
    let board = SimulatedBoard(seed: 1)
    let chip = try board.place(
      SimulatedTB6612([.init(forward: "f", reverse: "r", pulses: "p")], standby: nil, pulseRate: 20_000),
      name: "bridges")
    try board.inject(FaultInjection(target: "bridges", kind: .off, start: 1, duration: 1))
    try board.inject(FaultInjection(target: "bridges", kind: .stuck, start: 3))
    var bridge = TB6612(
      forward: board.output("f"), reverse: board.output("r"), pulses: board.pulseOutput("p"), rate: 20_000)
    try bridge.set(duty: 0.5)
    func drive(at milliseconds: Int64) -> SimulatedTB6612.Drive {
      board.advance(to: MonotonicTime.zero.advanced(milliseconds: milliseconds))
      return board.drive(chip, bridge: 0)
    }
    #expect(drive(at: 500) == .driven(0.5))
    #expect(drive(at: 1_500) == .open)
    #expect(drive(at: 2_500) == .driven(0.5))
    #expect(drive(at: 3_500) == .driven(0.5))
    try bridge.open()
    #expect(drive(at: 3_600) == .driven(0.5))
  }
}
