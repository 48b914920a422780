import CLinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// An I2C write that makes a chip's outputs safe.
public struct SafeWrite: Sendable, Equatable {
  /// The bus's number on the page of its `LoopGuard`, which knows its adapter.
  public var bus: Int
  /// 7-bit address.
  public var address: UInt8
  /// 1 to 8 bytes.
  public var bytes: [UInt8]
  /// Whether it is worth something only together with the next, as one that opens a multiplexer is.
  public var isWithNext: Bool

  /// A write from its parts.
  public init(bus: Int, address: UInt8, bytes: [UInt8], isWithNext: Bool = false) {
    (self.bus, self.address, self.bytes, self.isWithNext) = (bus, address, bytes, isWithNext)
  }
}

/// Everything that makes a vehicle's outputs safe from outside the process that drives them.
public struct SafeOutputs: Sendable {
  /// Lines that get their safe level, in this order: the enable line, directions of bridges, others.
  public var lines: [OutputLine] = []
  /// Pulses of the kernel's PWM.
  public var pulses: [SafePulse] = []
  /// What chips on buses are told.
  public var writes: [SafeWrite] = []

  /// None.
  public init() {}
}

/// A second process that makes the outputs safe when this one is killed or stopped: no thread of a process can do
/// anything about its own SIGKILL or SIGSTOP.
///
/// It shares the lines' and pulses' open files, so it must be started after they are open. It is made by fork, so it must
/// be started before there is any other thread. It keeps no bus open: an adapter that is pulled out cannot go, and does not
/// come back, while anybody has it open. What it has to write to a chip it writes through a descriptor of its own, opened
/// for that moment by the number that `LoopGuard.setAdapter` told it and only if the adapter's name is still that one. No
/// descriptor need be handed over then, which a process that is stopped or dead could not do.
public final class GuardProcess {
  /// How the guard is.
  public enum State: Sendable, Equatable {
    /// It watches.
    case watching
    /// It has not looked for a while: it is stopped, or hangs on an output.
    case silent
    /// It has ended, which only somebody else can have brought about.
    case ended
  }

  private let process: Int32
  private let lifeLine: Int32
  private let loop: LoopGuard
  /// When it was started, in ns: one that has never looked counts from then on.
  private let start: Int64
  private var isRunning = true
  private var hasEnded = false

  /// Silence in ns after which a guard counts as such; it looks every second at least.
  public static let longestSilence: Int64 = 3_000_000_000

  /// Starts the guard of `loop`: after `limit` ns of silence, or when this process has died, it makes `outputs` safe until
  /// all have accepted, after a death for at most 300 ms. `closing` are the buses' descriptors, which it must not keep.
  public convenience init(
    _ loop: LoopGuard, limit: Int64, priority: Int, outputs: SafeOutputs, closing: [Int32] = []
  ) throws(LinuxError) {
    var plan = ganglion_guard_plan()
    plan.limit = limit
    plan.priority = Int32(clamping: priority)
    let lines = outputs.lines.compactMap { line in
      (line.lines as? KernelLines).map {
        ganglion_guard_line(lines: $0.pointer, safe_levels: line.safeLevels)
      }
    }
    let pulses = outputs.pulses.map(\.entry)
    let writes = outputs.writes.compactMap(\.entry)
    guard writes.count == outputs.writes.count, Self.fill(&plan.lines, &plan.line_count, lines),
      Self.fill(&plan.pulses, &plan.pulse_count, pulses),
      Self.fill(&plan.writes, &plan.write_count, writes),
      Self.fill(&plan.closes, &plan.close_count, closing.filter { $0 >= 0 })
    else {
      throw LinuxError(
        "the guard's process cannot make so many outputs safe: \(outputs.lines.count) lines, "
          + "\(outputs.pulses.count) pulses, \(outputs.writes.count) writes",
        remedy:
          "Take fewer actuators: it has room for \(GANGLION_GUARD_LINES) lines, \(GANGLION_GUARD_PULSES) pulses and "
          + "\(GANGLION_GUARD_WRITES) writes.")
    }
    try self.init(loop, plan)
  }

  /// Starts a guard of `loop` that does what `plan` says.
  init(_ loop: LoopGuard, _ plan: ganglion_guard_plan) throws(LinuxError) {
    var plan = plan
    plan.page = loop.page
    var line: Int32 = -1
    start = SystemClock().now().nanoseconds
    let result = ganglion_guard_start(&plan, &line)
    guard result > 0 else {
      throw LinuxError(
        "cannot start the guard's process: \(errorText(-result))",
        remedy: "Raise the limit of processes (ulimit -u).", errno: -result)
    }
    (process, lifeLine, self.loop) = (result, line, loop)
  }

  deinit { end() }

  /// Puts `values` into an array of C; `false` when they do not fit.
  private static func fill<Values, Value: BitwiseCopyable>(
    _ array: inout Values, _ count: inout UInt32, _ values: [Value]
  ) -> Bool {
    withUnsafeMutableBytes(of: &array) { raw in
      let slots = raw.bindMemory(to: Value.self)
      guard values.count <= slots.count else { return false }
      for (index, value) in values.enumerated() { slots[index] = value }
      count = UInt32(clamping: values.count)
      return true
    }
  }

  /// How the guard is at `now` ns. One thread asks, that which also ends it.
  public func state(now: Int64) -> State {
    guard isRunning else { return .ended }
    if !hasEnded { hasEnded = ganglion_guard_has_ended(process) != 0 }
    if hasEnded { return .ended }
    let last = max(ganglion_guard_last_look(loop.page), start)
    return now &- last > Self.longestSilence ? .silent : .watching
  }

  /// Ends the guard in order; it makes nothing safe then. Returns whether it has ended by itself within a second; a guard
  /// that has not is killed.
  @discardableResult
  public func end() -> Bool {
    guard isRunning else { return true }
    isRunning = false
    ganglion_guard_dismiss_process(lifeLine)
    guard !hasEnded else { return true }
    if ends(within: 1_000_000_000) { return true }
    ganglion_guard_kill(process)
    _ = ends(within: 500_000_000)
    return false
  }

  private func ends(within nanoseconds: Int64) -> Bool {
    let clock = SystemClock()
    let end = clock.now().advanced(nanoseconds: nanoseconds)
    while ganglion_guard_has_ended(process) == 0 {
      guard clock.now() < end else { return false }
      clock.sleep(until: clock.now().advanced(milliseconds: 1))
    }
    return true
  }

  /// Leaves the guard on watch for the rest of this process's life: it makes everything safe when that ends. For a process
  /// that ends with a thread that still has the outputs.
  public func leaveOnWatch() { isRunning = false }

  /// Lets go of the guard as the death of this process would; for tests.
  package func abandon() -> Int32 {
    isRunning = false
    ganglion_close_descriptor(lifeLine)
    return process
  }

  /// The guard's process; for tests.
  package var identifier: Int32 { process }
}

extension SafeWrite {
  /// The write as the guard has it; `nil` when it has no such bus or does not fit.
  fileprivate var entry: ganglion_guard_write? {
    guard (0..<Int(GANGLION_GUARD_BUSES)).contains(bus), (1...8).contains(bytes.count) else { return nil }
    var write = ganglion_guard_write()
    (write.bus, write.address, write.count) = (UInt8(bus), address, UInt8(bytes.count))
    withUnsafeMutableBytes(of: &write.bytes) { $0.copyBytes(from: bytes) }
    write.is_with_next = isWithNext
    return write
  }
}

extension SafePulse {
  /// The pulse as the guard has it.
  fileprivate var entry: ganglion_guard_pulse {
    var pulse = ganglion_guard_pulse()
    let digits = Array("\(max(nanoseconds, 0))\n".utf8)
    (pulse.descriptor, pulse.count) = (descriptor, UInt8(digits.count))
    withUnsafeMutableBytes(of: &pulse.text) { $0.copyBytes(from: digits) }
    return pulse
  }
}
