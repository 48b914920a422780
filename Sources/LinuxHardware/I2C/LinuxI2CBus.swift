import HardwareInterfaces

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// How a bus is used.
public struct I2COptions: Sendable, Equatable {
  /// Longest time of a transfer in ms, rounded up to tens; the kernel's own is a second. It holds for every user of the
  /// adapter.
  public var timeoutMilliseconds: Int
  /// How often a transfer that failed is repeated at most, as long as the device's budget lasts.
  public var retries: Int

  /// A use from its parts.
  public init(timeoutMilliseconds: Int = 20, retries: Int = 2) {
    (self.timeoutMilliseconds, self.retries) = (timeoutMilliseconds, retries)
  }
}

/// What happened on a bus so far.
public struct I2CStatistics: BitwiseCopyable, Sendable, Equatable {
  /// Transfers asked for.
  public var transfers: UInt64 = 0
  /// Transfers made again.
  public var repetitions: UInt64 = 0
  /// Transfers that failed in the end.
  public var failures: UInt64 = 0
  /// Times that the adapter came back after it had gone.
  public var reopened: UInt64 = 0
  /// Time spent in transfers in ns.
  public var busy: Int64 = 0
  /// Time of the transfers that succeeded at once, in ns.
  public var good: Int64 = 0
  /// Their bits on the wire.
  public var bits: UInt64 = 0

  /// Nothing yet.
  public init() {}
}

/// An I2C bus of this machine, through i2c-dev.
///
/// The adapter's functionality decides between combined transfers and SMBus. A transfer never holds more than one read
/// message. No call allocates, unless the adapter is gone and is looked for again.
public struct LinuxI2CBus<System: I2CSystem>: I2CBus, ~Copyable {
  /// What the bus has done so far.
  public private(set) var statistics = I2CStatistics()
  /// What the adapter can do.
  public private(set) var functions: I2CFunctions = []

  private let system: System
  private let options: I2COptions
  private let locate: @Sendable () -> String?
  private let adapterChanged: @Sendable (String?) -> Void
  private var descriptor: Int32 = -1
  private var path: String
  private var selected: UInt8 = 0xFF
  private var budget = RetryBudget()
  private var nextAttempt: Int64 = .min

  /// Time between two attempts to find an adapter again, in ns.
  static var reopenPeriod: Int64 { 500_000_000 }

  /// Opens the adapter at `path`. `locate` finds it again after it has gone: a USB bridge may come back with another
  /// number; `nil` while it is not there. `adapterChanged` is told where it is, and `nil` when it has gone.
  public init(
    path: String, options: I2COptions = I2COptions(), system: System,
    locate: (@Sendable () -> String?)? = nil,
    adapterChanged: @escaping @Sendable (String?) -> Void = { _ in }
  ) throws(LinuxError) {
    (self.path, self.options, self.system) = (path, options, system)
    self.locate = locate ?? { path }
    self.adapterChanged = adapterChanged
    descriptor = Self.open(path, options, system, &functions)
    guard descriptor >= 0 else { throw Self.refusal(path, -descriptor, functions) }
    adapterChanged(path)
  }

  deinit {
    if descriptor >= 0 { system.close(descriptor) }
  }

  /// The adapter's descriptor, so that a process forked from this one can close it; negative while the adapter is gone.
  public var openDescriptor: Int32 { descriptor }

  // MARK: - Transfers

  /// See `I2CBus`.
  public mutating func write(_ bytes: Span<UInt8>, to address: UInt8) throws(BusError) {
    let none = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)
    if let error = bytes.withUnsafeBufferPointer({ perform(address, $0, none) }) { throw error }
  }

  /// See `I2CBus`.
  public mutating func read(from address: UInt8, into buffer: inout MutableSpan<UInt8>) throws(BusError) {
    let none = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    if let error = buffer.withUnsafeMutableBufferPointer({ perform(address, none, $0) }) { throw error }
  }

  /// See `I2CBus`.
  @_lifetime(buffer: copy buffer)
  public mutating func write(
    _ bytes: Span<UInt8>, to address: UInt8, thenRead buffer: inout MutableSpan<UInt8>
  ) throws(BusError) {
    let error = bytes.withUnsafeBufferPointer { written in
      buffer.withUnsafeMutableBufferPointer { read in perform(address, written, read) }
    }
    if let error { throw error }
  }

  /// Makes a transfer, with its repetitions; `nil` when it succeeded. Returned and not thrown, through two closures.
  private mutating func perform(
    _ address: UInt8, _ written: UnsafeBufferPointer<UInt8>, _ read: UnsafeMutableBufferPointer<UInt8>
  ) -> BusError? {
    guard descriptor >= 0 || reopen() else { return .busGone }
    guard address < 0x80, written.count <= 8192, read.count <= 8192 else {
      return .unsupported(address: address)
    }
    statistics.transfers &+= 1
    var repetitions = 0
    var fastest = Int64.max
    while true {
      let began = system.now()
      let result = transfer(address, written, read)
      let elapsed = max(system.now() &- began, 0)
      statistics.busy &+= elapsed
      fastest = min(fastest, elapsed)
      guard let failure = failure(result, address, written.count, read.count) else {
        budget.earn(address)
        if repetitions == 0 {
          statistics.good &+= elapsed
          statistics.bits &+= UInt64(
            read.count == 0
              ? TransferBits.write(written.count)
              : written.count == 0
                ? TransferBits.read(read.count)
                : TransferBits.readRegisters(read.count, addressBytes: written.count))
        }
        return nil
      }
      let error = judge(failure, address, reads: read.count, fastest: fastest)
      if error.isWorthRepeating, repetitions < options.retries, budget.spend(address) {
        repetitions += 1
        statistics.repetitions &+= 1
        continue
      }
      statistics.failures &+= 1
      return settle(failure, error, address, reads: read.count)
    }
  }

  /// One attempt: messages done or bytes read, or −errno.
  private mutating func transfer(
    _ address: UInt8, _ written: UnsafeBufferPointer<UInt8>, _ read: UnsafeMutableBufferPointer<UInt8>
  ) -> Int32 {
    if functions.contains(.combined) {
      return system.transfer(descriptor, address: address, written: written, read: read)
    }
    guard let kind = SMBusTransfer(writes: written.count, reads: read.count, functions) else {
      return -EOPNOTSUPP
    }
    if selected != address {
      let result = system.select(descriptor, address: address)
      // Not "the bus is busy": a kernel driver took the device while this process ran.
      if result == -EBUSY { return -EADDRINUSE }
      if result < 0 { return result }
      selected = address
    }
    return system.smbus(
      descriptor, kind, command: written.first ?? 0,
      written: UnsafeBufferPointer(rebasing: written.dropFirst()), read: read)
  }

  /// What went wrong, if anything did.
  private func failure(_ result: Int32, _ address: UInt8, _ writes: Int, _ reads: Int) -> TransferFailure? {
    if result < 0 { return TransferFailure(errno: -result, address: address) }
    if functions.contains(.combined) {
      let messages: Int32 = writes > 0 && reads > 0 ? 2 : 1
      if result >= messages { return nil }
      return .certain(
        reads > 0
          ? .shortRead(address: address, expected: reads, received: 0)
          : .dataNotAcknowledged(address: address))
    }
    if reads == 0 || result >= reads { return nil }
    return .certain(.shortRead(address: address, expected: reads, received: Int(result)))
  }

  // MARK: - Judging failures

  /// What a failure most likely is, without asking the bus.
  private func judge(_ failure: TransferFailure, _ address: UInt8, reads: Int, fastest: Int64) -> BusError {
    switch failure {
    case .certain(let error): return error
    case .refused: return .noDevice(address: address)
    case .silent:
      // A device that does not answer is known within a few bit times; a bus that hangs takes all the time there is.
      let limit = Int64(options.timeoutMilliseconds) * 1_000_000 / 2
      return fastest < limit ? .noDevice(address: address) : .timeout(address: address)
    case .broken: return .arbitrationLost(address: address)
    }
  }

  /// What a failure is, now that the transfer is given up: one bare transfer to the address tells the rest.
  private mutating func settle(
    _ failure: TransferFailure, _ error: BusError, _ address: UInt8, reads: Int
  ) -> BusError {
    if error == .busGone || !system.exists(path) {
      close()
      return .busGone
    }
    switch failure {
    case .certain(.system(errno: EADDRINUSE, _)): return .system(errno: EBUSY, address: address)
    case .certain: return error
    case .silent where error == .timeout(address: address): return error
    case .refused, .silent, .broken: break
    }
    let result = ask(address)
    if result >= 0 {
      return reads > 0 && failure == .broken
        ? .shortRead(address: address, expected: reads, received: 0) : .dataNotAcknowledged(address: address)
    }
    switch TransferFailure(errno: -result, address: address) {
    case .refused, .silent, .certain(.noDevice): return .noDevice(address: address)
    case .broken, .certain: return error
    }
  }

  /// Whether the address answers: a write of nothing where the adapter can, else the read of one byte.
  private mutating func ask(_ address: UInt8) -> Int32 {
    var byte: UInt8 = 0
    let began = system.now()
    defer { statistics.busy &+= max(system.now() &- began, 0) }
    return withUnsafeMutableBytes(of: &byte) { bytes in
      let buffer = bytes.assumingMemoryBound(to: UInt8.self)
      let none = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)
      return transfer(
        address, UnsafeBufferPointer(start: nil, count: 0), functions.contains(.quick) ? none : buffer)
    }
  }

  // MARK: - Opening

  /// A descriptor of the adapter that is ready for transfers, or −errno.
  private static func open(
    _ path: String, _ options: I2COptions, _ system: System, _ functions: inout I2CFunctions
  ) -> Int32 {
    let file = system.open(path)
    guard file >= 0 else { return file }
    let result = prepare(file, options, system, &functions)
    guard result == 0 else {
      system.close(file)
      return result
    }
    return file
  }

  private static func prepare(
    _ file: Int32, _ options: I2COptions, _ system: System, _ functions: inout I2CFunctions
  ) -> Int32 {
    let locked = system.lock(file)
    if locked < 0 { return locked }
    var bits: UInt64 = 0
    let result = system.functions(file, &bits)
    if result < 0 { return result }
    functions = I2CFunctions(rawValue: bits)
    guard functions.contains(.combined) || functions.isSuperset(of: [.readByteData, .writeByteData]) else {
      return -EOPNOTSUPP
    }
    // Not every adapter has a timeout to set; one that refuses keeps its own.
    let tens = UInt32(clamping: (options.timeoutMilliseconds + 9) / 10)
    _ = system.setTimeout(file, tensOfMilliseconds: max(tens, 1))
    return 0
  }

  private mutating func close() {
    guard descriptor >= 0 else { return }
    // Told before the descriptor goes: its adapter waits for whoever has it open.
    adapterChanged(nil)
    system.close(descriptor)
    descriptor = -1
  }

  /// Looks for an adapter that has gone, once in a while.
  private mutating func reopen() -> Bool {
    let now = system.now()
    guard now >= nextAttempt else { return false }
    nextAttempt = now &+ Self.reopenPeriod
    guard let found = locate() else { return false }
    path = found
    descriptor = Self.open(path, options, system, &functions)
    guard descriptor >= 0 else { return false }
    selected = 0xFF
    statistics.reopened &+= 1
    adapterChanged(found)
    return true
  }

  private static func refusal(_ path: String, _ number: Int32, _ functions: I2CFunctions) -> LinuxError {
    switch number {
    case ENOENT:
      LinuxError(
        "there is no \(path)", remedy: "Load the driver of the device files: sudo modprobe i2c-dev.",
        errno: number)
    case EACCES, EPERM:
      LinuxError(
        "no permission to use \(path)",
        remedy:
          "Join the group that owns it (sudo usermod -aG i2c $USER, then log in again); scripts/deploy sets "
          + "this up with a udev rule.", errno: number)
    case EWOULDBLOCK:
      LinuxError(
        "\(path) is in use by another ganglion", remedy: "Stop it first (systemctl stop ganglion).",
        errno: number)
    case EOPNOTSUPP:
      LinuxError(
        "\(path) offers neither combined transfers nor SMBus byte data (functions "
          + "0x\(String(functions.rawValue, radix: 16)))", remedy: "Use another adapter.", errno: number)
    default:
      LinuxError(
        "cannot open \(path): \(errorText(number))", remedy: "See the kernel's words: dmesg | tail.",
        errno: number)
    }
  }
}

extension SMBusTransfer {
  /// The kind of a transfer that writes and reads so many bytes, the command included; `nil` when SMBus, or an adapter
  /// with these functions, has none that is the same on the wire.
  init?(writes: Int, reads: Int, _ functions: I2CFunctions) {
    switch (writes, reads) {
    case (0, 0) where functions.contains(.quick): self = .quickWrite
    case (0, 1) where functions.contains(.readByte): self = .readByte
    case (1, 0) where functions.contains(.writeByte): self = .writeByte
    case (2, 0) where functions.contains(.writeByteData): self = .writeByteData
    case (3, 0) where functions.contains(.writeWordData): self = .writeWordData
    case (2...33, 0) where functions.contains(.writeBlock): self = .writeBlock
    case (1, 1) where functions.contains(.readByteData): self = .readByteData
    case (1, 2) where functions.contains(.readWordData): self = .readWordData
    case (1, 1...32) where functions.contains(.readBlock): self = .readBlock
    default: return nil
    }
  }
}
