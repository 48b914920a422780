import CLinuxHardware
import Foundation
import HardwareInterfaces
import LinuxFakes
import Testing

@testable import LinuxHardware

/// Outputs that exist only here: a line, a pulse and two chips, which refuse as often as a test says. The guard's process
/// has a copy of this; what it tries goes through a pipe.
private struct ScriptedOutputs {
  /// One attempt, as the guard's process made it.
  struct Attempt: Equatable {
    var kind: ganglion_guard_output
    var index: Int
    var isDead: Bool
  }

  /// Attempts that are still refused, of the line, the pulse and each chip.
  var line = 0
  var pulse = 0
  var chips = InlineArray<2, Int>(repeating: 0)
  var pipe: Int32

  mutating func accepts(_ kind: ganglion_guard_output, _ index: Int, _ isDead: Bool) -> Bool {
    var byte = UInt8(kind.rawValue) | UInt8(index) << 4 | (isDead ? 0x80 : 0)
    _ = write(pipe, &byte, 1)
    func take(_ refusals: inout Int) -> Bool {
      guard refusals > 0 else { return true }
      refusals -= 1
      return false
    }
    return switch kind {
    case GANGLION_GUARD_LINE: take(&line)
    case GANGLION_GUARD_PULSE: take(&pulse)
    default: take(&chips[index])
    }
  }
}

/// A guard's process with such outputs, and what it tries.
private final class ScriptedGuard {
  let loop: LoopGuard
  let process: GuardProcess
  private let outputs: UnsafeMutablePointer<ScriptedOutputs>
  private let pipe: Int32

  /// A guard of one line, one pulse and two chips; `together` for writes that belong together.
  init(limit: Int64, together: Bool = false, _ change: (inout ScriptedOutputs) -> Void = { _ in }) throws {
    loop = try LoopGuard()
    var ends: [Int32] = [0, 0]
    try #require(Glibc.pipe(&ends) == 0)
    var script = ScriptedOutputs(pipe: ends[1])
    change(&script)
    outputs = .allocate(capacity: 1)
    outputs.initialize(to: script)
    pipe = ends[0]
    var plan = ganglion_guard_plan()
    plan.limit = limit
    (plan.line_count, plan.pulse_count, plan.write_count) = (1, 1, 2)
    plan.writes.0.is_with_next = together
    plan.context = UnsafeMutableRawPointer(outputs)
    plan.accepts = { context, kind, index, isDead in
      context?.assumingMemoryBound(to: ScriptedOutputs.self).pointee.accepts(kind, Int(index), isDead)
        ?? false
    }
    process = try GuardProcess(loop, plan)
    close(ends[1])
  }

  deinit {
    close(pipe)
    outputs.deallocate()
  }

  /// The next attempt; `nil` when the guard has ended.
  func next() -> ScriptedOutputs.Attempt? {
    var byte: UInt8 = 0
    var file = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
    guard poll(&file, 1, 20_000) == 1, read(pipe, &byte, 1) == 1 else { return nil }
    return ScriptedOutputs.Attempt(
      kind: ganglion_guard_output(UInt32(byte & 0xF)), index: Int(byte >> 4 & 7), isDead: byte & 0x80 != 0)
  }

  /// Lets go of the guard as this process's death would, and gives all that it tries from then on.
  func attemptsAfterDeath() -> [ScriptedOutputs.Attempt] {
    let number = process.abandon()
    var attempts: [ScriptedOutputs.Attempt] = []
    while let attempt = next() { if attempt.isDead { attempts.append(attempt) } }
    waitpid(number, nil, 0)
    return attempts
  }
}

@Suite("The guard's process")
struct GuardProcessTests {
  private typealias Attempt = ScriptedOutputs.Attempt
  private static let line = Attempt(kind: GANGLION_GUARD_LINE, index: 0, isDead: true)
  private static let pulse = Attempt(kind: GANGLION_GUARD_PULSE, index: 0, isDead: true)
  private static func chip(_ index: Int) -> Attempt {
    Attempt(kind: GANGLION_GUARD_WRITE, index: index, isDead: true)
  }

  @Test("When the process dies, every output is made safe: lines first, then pulses, then chips")
  func death() throws {
    let scripted = try ScriptedGuard(limit: 1_000_000_000)
    #expect(scripted.attemptsAfterDeath() == [Self.line, Self.pulse, Self.chip(0), Self.chip(1)])
  }

  @Test(
    "After a death what is refused is tried again until it is accepted, and what hangs back keeps nothing else"
  )
  func refusedAtDeath() throws {
    let scripted = try ScriptedGuard(limit: 1_000_000_000) {
      ($0.line, $0.chips[0]) = (2, 3)
    }
    // Lines and pulses are set with each attempt; a chip that has accepted is left alone.
    #expect(
      scripted.attemptsAfterDeath() == [
        Self.line, Self.pulse, Self.chip(0), Self.chip(1), Self.line, Self.pulse, Self.chip(0), Self.line,
        Self.pulse, Self.chip(0), Self.line, Self.pulse, Self.chip(0),
      ])
  }

  @Test("A write that opens the way to a chip is sent again together with the chip's")
  func together() throws {
    let scripted = try ScriptedGuard(limit: 1_000_000_000, together: true) { $0.chips[1] = 1 }
    let attempts = [Self.line, Self.pulse, Self.chip(0), Self.chip(1)]
    #expect(scripted.attemptsAfterDeath() == attempts + attempts)
    let closed = try ScriptedGuard(limit: 1_000_000_000, together: true) { $0.chips[0] = 1 }
    #expect(closed.attemptsAfterDeath() == attempts + attempts)
  }

  @Test("An output that never accepts does not keep the guard for ever")
  func neverAccepted() throws {
    let scripted = try ScriptedGuard(limit: 1_000_000_000) { $0.chips[1] = .max }
    let attempts = scripted.attemptsAfterDeath()
    #expect(attempts.filter { $0 == Self.chip(0) }.count == 1)
    #expect(attempts.filter { $0 == Self.chip(1) }.count > 1)
  }

  @Test("While the loop is silent the outputs are made safe again and again, chips until they have accepted")
  func silence() throws {
    let scripted = try ScriptedGuard(limit: 20_000_000) { $0.chips[1] = 1 }
    scripted.loop.beat(SystemClock().now())
    var attempts: [Attempt] = []
    while attempts.filter({ $0.kind == GANGLION_GUARD_LINE }).count < 5, let attempt = scripted.next() {
      attempts.append(attempt)
    }
    #expect(scripted.loop.isTripped)
    #expect(attempts.allSatisfy { !$0.isDead })
    let chips = attempts.filter { $0.kind == GANGLION_GUARD_WRITE }.map(\.index)
    #expect(chips == [0, 1, 1], "the first accepted at once, the other the second time")
    scripted.process.end()
  }

  @Test("It acts upon what the watchdog's thread has found, too, and again when that happens anew")
  func otherWatcher() throws {
    let scripted = try ScriptedGuard(limit: 20_000_000)
    for _ in 0..<2 {
      scripted.loop.trip()
      var chips: [Int] = []
      while chips.count < 2, let attempt = scripted.next() {
        if attempt.kind == GANGLION_GUARD_WRITE { chips.append(attempt.index) }
      }
      #expect(chips == [0, 1])
      scripted.loop.reset()
      #expect(comes { !scripted.loop.holdsOutputs })
    }
    scripted.process.end()
  }

  @Test("A guard that is ended in order makes nothing safe")
  func orderlyEnd() throws {
    let scripted = try ScriptedGuard(limit: 1_000_000_000)
    #expect(scripted.process.end())
    #expect(scripted.next() == nil)
  }

  @Test("The kernel's PWM is given its safe widths after a death")
  func pulses() throws {
    let machine = try MachineFiles()
    var outputs = SafeOutputs()
    var files: [Int32] = []
    for channel in 0..<2 {
      try machine.put("duty_cycle\(channel)", "1700000")
      files.append(open(machine.folder.path + "/duty_cycle\(channel)", O_WRONLY))
      outputs.pulses.append(SafePulse(descriptor: files[channel], nanoseconds: channel == 0 ? 900_000 : 0))
    }
    let process = try GuardProcess(LoopGuard(), limit: 1_000_000_000, priority: 0, outputs: outputs)
    // The process that dies has closed its own.
    for file in files { close(file) }
    waitpid(process.abandon(), nil, 0)
    #expect(machine.line("/duty_cycle0") == "900000")
    #expect(machine.line("/duty_cycle1") == "0")
  }

  @Test("It keeps no bus open: an adapter that is pulled out can go while the guard watches")
  func keepsNoBus() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    let process = try GuardProcess(
      LoopGuard(), limit: 1_000_000_000, priority: 0, outputs: SafeOutputs(), closing: [ends[1]])
    close(ends[1])
    // Nobody else has it: the other end sees that.
    var byte: UInt8 = 0
    var file = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
    #expect(poll(&file, 1, 20_000) == 1)
    #expect(read(ends[0], &byte, 1) == 0)
    #expect(process.state(now: 0) == .watching)
    process.end()
  }

  @Test("A bus's adapter is opened by the number and the name that it has now, and by no other")
  func adapters() throws {
    let machine = try MachineFiles()
    try machine.put("/sys/bus/i2c/devices/i2c-3/name", "CP2112 SMBus Bridge on hidraw0")
    try machine.put("/dev/i2c-3", "")
    try machine.put("/sys/bus/i2c/devices/i2c-4/name", "CP2112 SMBus Bridge on hidraw1")
    try machine.put("/dev/i2c-4", "")
    let loop = try LoopGuard()
    func opens() -> Int32 {
      let file = ganglion_guard_open_adapter(loop.page, 2, machine.folder.path)
      if file >= 0 { close(file) }
      return min(file, 0)
    }
    func adapter(_ number: Int) throws -> I2CAdapter {
      try #require(I2CAdapters(machine.files).all.first { $0.number == number })
    }
    #expect(opens() == -ENODEV, "none is known")
    loop.setAdapter(ofBus: 2, try adapter(3))
    #expect(opens() == 0)
    loop.setAdapter(ofBus: 2, nil)
    #expect(opens() == -ENODEV, "it has gone")
    loop.setAdapter(ofBus: 2, try adapter(4))
    #expect(opens() == 0, "it is back under another number")
    try machine.put("/sys/bus/i2c/devices/i2c-4/name", "SMBus I801 adapter")
    #expect(opens() == -ENODEV, "another has taken its number")
    loop.setAdapter(ofBus: 99, try adapter(3))
    #expect(ganglion_guard_open_adapter(loop.page, 99, machine.folder.path) == -EINVAL)
  }

  @Test("A guard that was killed, or that no longer looks, is known")
  func state() throws {
    let scripted = try ScriptedGuard(limit: 1_000_000_000)
    let process = scripted.process
    #expect(comes { ganglion_guard_last_look(scripted.loop.page) != 0 })
    let last = ganglion_guard_last_look(scripted.loop.page)
    #expect(process.state(now: last) == .watching)
    kill(process.identifier, SIGSTOP)
    let now = ganglion_guard_last_look(scripted.loop.page)
    #expect(process.state(now: now + GuardProcess.longestSilence + 1) == .silent)
    kill(process.identifier, SIGKILL)
    #expect(comes { process.state(now: now) == .ended })
    #expect(process.state(now: now) == .ended, "also when it was waited for already")
    #expect(process.end(), "ending what has ended is no harm")
    #expect(scripted.next() == nil)
  }

  @Test("A guard that never looks, stopped before it came to that, is known as well")
  func neverLooks() throws {
    // It looks once a second: the stop comes before.
    let scripted = try ScriptedGuard(limit: 60_000_000_000)
    kill(scripted.process.identifier, SIGSTOP)
    let now = SystemClock().now().nanoseconds
    #expect(scripted.process.state(now: now) == .watching)
    #expect(scripted.process.state(now: now + GuardProcess.longestSilence + 1) == .silent)
    #expect(scripted.process.end() == false)
  }

  @Test("A guard that does not end by itself is killed, and that is said")
  func stopped() throws {
    let scripted = try ScriptedGuard(limit: 1_000_000_000)
    kill(scripted.process.identifier, SIGSTOP)
    #expect(scripted.process.end() == false)
    #expect(scripted.next() == nil)
  }

  @Test("More outputs than it has room for, and writes that make no sense, are refused")
  func refused() throws {
    func refusal(_ change: (inout SafeOutputs) -> Void) -> LinuxError? {
      linuxError { () throws(LinuxError) in
        var outputs = SafeOutputs()
        change(&outputs)
        _ = try GuardProcess(LoopGuard(), limit: 1_000_000_000, priority: 0, outputs: outputs)
      }
    }
    let write = SafeWrite(bus: 0, address: 0x40, bytes: [1, 2])
    #expect(refusal { $0.writes = .init(repeating: write, count: 129) } != nil)
    #expect(refusal { $0.writes = [SafeWrite(bus: 8, address: 0x40, bytes: [1])] } != nil)
    #expect(refusal { $0.writes = [SafeWrite(bus: 0, address: 0x40, bytes: [])] } != nil)
    #expect(refusal { $0.writes = .init(repeating: write, count: 128) } == nil)
  }
}
