import CLinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// An I2C write that makes a chip's outputs safe.
public struct SafeWrite: Sendable, Equatable {
  /// The bus's open descriptor.
  public var descriptor: Int32
  /// 7-bit address.
  public var address: UInt8
  /// At most 8 bytes.
  public var bytes: [UInt8]

  /// A write from its parts.
  public init(descriptor: Int32, address: UInt8, bytes: [UInt8]) {
    (self.descriptor, self.address, self.bytes) = (descriptor, address, bytes)
  }
}

/// A second process that makes the outputs safe when this one is killed or stopped: no thread of a process can do
/// anything about its own SIGKILL or SIGSTOP.
///
/// It shares the lines' and buses' open files, so it must be started after they are open. It is made by fork, so it must
/// be started before there is any other thread.
public final class GuardProcess {
  private let process: Int32
  private let lifeLine: Int32
  private var isRunning = true

  /// Starts the guard of `loop`: after `limit` ns of silence it drives `enable` to its inactive level; when this process
  /// dies it does that and makes `writes` as well.
  public convenience init(
    _ loop: LoopGuard, limit: Int64, priority: Int, enable: OutputLine?, writes: [SafeWrite]
  ) throws(LinuxError) {
    var plan = ganglion_guard_plan()
    plan.page = loop.page
    plan.limit = limit
    plan.priority = Int32(clamping: priority)
    if let enable, let lines = enable.lines as? KernelLines {
      plan.lines = lines.pointer
      plan.safe_levels = enable.safeLevels
    }
    let used = writes.filter { $0.descriptor >= 0 && (1...8).contains($0.bytes.count) }
      .prefix(Int(GANGLION_GUARD_WRITES))
    plan.write_count = UInt32(used.count)
    withUnsafeMutableBytes(of: &plan.writes) { raw in
      let slots = raw.bindMemory(to: ganglion_guard_write.self)
      for (index, write) in used.enumerated() {
        slots[index].descriptor = write.descriptor
        slots[index].address = write.address
        slots[index].count = UInt8(write.bytes.count)
        withUnsafeMutableBytes(of: &slots[index].bytes) { $0.copyBytes(from: write.bytes) }
      }
    }
    try self.init(plan)
  }

  /// Starts a guard that does what `plan` says.
  init(_ plan: ganglion_guard_plan) throws(LinuxError) {
    var plan = plan
    var line: Int32 = -1
    let result = ganglion_guard_start(&plan, &line)
    guard result > 0 else {
      throw LinuxError(
        "cannot start the guard's process: \(errorText(-result))",
        remedy: "Raise the limit of processes (ulimit -u).", errno: -result)
    }
    (process, lifeLine) = (result, line)
  }

  deinit { end() }

  /// Ends the guard in order; it makes nothing safe then.
  public func end() {
    guard isRunning else { return }
    isRunning = false
    ganglion_guard_stop(process, lifeLine)
  }

  /// Lets go of the guard as the death of this process would; for tests.
  func abandon() -> Int32 {
    isRunning = false
    ganglion_close_descriptor(lifeLine)
    return process
  }
}
