import LinuxHardware
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// System calls of an adapter that exists only here: each test says what its devices answer and how it fails.
final class FakeI2C: I2CSystem {
  /// One call that moved bytes, as the adapter saw it.
  struct Call: Equatable, Sendable {
    var address: UInt8
    var written: [UInt8]
    var readCount: Int
    /// `nil` for a combined transfer.
    var smbus: SMBusTransfer?
  }

  struct State: Sendable {
    var functions: UInt64 = 0x1
    var openResult: Int32 = 3
    var lockResult: Int32 = 0
    var functionsResult: Int32 = 0
    var timeoutResult: Int32 = 0
    var selectResult: Int32 = 0
    /// Registers of the devices that answer, by address; reading goes on from the register written.
    var devices: [UInt8: [UInt8]] = [:]
    /// Results of the next calls in place of the devices': −errno, or a number of messages or bytes.
    var results: [Int32?] = []
    /// What every call results in while it is set.
    var standing: (@Sendable (Call) -> Int32?)?
    /// How long a call takes, in ns, in order; then `duration`.
    var durations: [Int64] = []
    var duration: Int64 = 300_000
    var present: Set<String> = ["/dev/i2c-1"]
    var time: Int64 = 1_000_000_000
    var calls: [Call] = []
    var opened: [String] = []
    var closed: [Int32] = []
    var timeouts: [UInt32] = []
    var selected: [UInt8] = []
    var pointer: [UInt8: Int] = [:]
  }

  let state: Mutex<State>

  init(_ change: (inout State) -> Void = { _ in }) {
    var state = State()
    change(&state)
    self.state = Mutex(state)
  }

  /// What the test wants to look at or change.
  func with<Result>(_ body: (inout State) -> Result) -> Result {
    state.withLock { state in body(&state) }
  }

  var calls: [Call] { with { $0.calls } }

  func open(_ path: String) -> Int32 {
    with {
      $0.opened.append(path)
      return $0.openResult
    }
  }

  func close(_ descriptor: Int32) { with { $0.closed.append(descriptor) } }

  func lock(_ descriptor: Int32) -> Int32 { with { $0.lockResult } }

  func functions(_ descriptor: Int32, _ functions: inout UInt64) -> Int32 {
    functions = with { $0.functions }
    return with { $0.functionsResult }
  }

  func setTimeout(_ descriptor: Int32, tensOfMilliseconds: UInt32) -> Int32 {
    with {
      $0.timeouts.append(tensOfMilliseconds)
      return $0.timeoutResult
    }
  }

  func select(_ descriptor: Int32, address: UInt8) -> Int32 {
    with {
      $0.selected.append(address)
      return $0.selectResult
    }
  }

  func transfer(
    _ descriptor: Int32, address: UInt8, written: UnsafeBufferPointer<UInt8>,
    read: UnsafeMutableBufferPointer<UInt8>
  ) -> Int32 {
    let call = Call(address: address, written: Array(written), readCount: read.count, smbus: nil)
    let (result, bytes) = perform(call)
    for (index, byte) in bytes.enumerated() { read[index] = byte }
    return result ?? (written.count > 0 && read.count > 0 ? 2 : 1)
  }

  func smbus(
    _ descriptor: Int32, _ kind: SMBusTransfer, command: UInt8, written: UnsafeBufferPointer<UInt8>,
    read: UnsafeMutableBufferPointer<UInt8>
  ) -> Int32 {
    let hasCommand = kind != .quickWrite && kind != .readByte
    let call = Call(
      address: with { $0.selected.last ?? 0 }, written: (hasCommand ? [command] : []) + Array(written),
      readCount: read.count, smbus: kind)
    let (result, bytes) = perform(call)
    for (index, byte) in bytes.enumerated() { read[index] = byte }
    return result ?? Int32(read.count)
  }

  func exists(_ path: String) -> Bool { with { $0.present.contains(path) } }

  func now() -> Int64 { with { $0.time } }

  /// The result that was ordered, if any, and what the device answers.
  private func perform(_ call: Call) -> (Int32?, [UInt8]) {
    with { state in
      state.calls.append(call)
      state.time += state.durations.isEmpty ? state.duration : state.durations.removeFirst()
      if !state.results.isEmpty, let result = state.results.removeFirst() { return (result, []) }
      if let result = state.standing?(call) { return (result, []) }
      guard var registers = state.devices[call.address] else { return (-ENXIO, []) }
      var pointer = state.pointer[call.address] ?? 0
      if let first = call.written.first { pointer = Int(first) }
      for (index, byte) in call.written.dropFirst().enumerated() where pointer + index < registers.count {
        registers[pointer + index] = byte
      }
      let answer = (0..<call.readCount).map { offset in
        pointer + offset < registers.count ? registers[pointer + offset] : 0xFF
      }
      state.pointer[call.address] = pointer + call.readCount
      state.devices[call.address] = registers
      return (nil, answer)
    }
  }
}

extension LinuxI2CBus where System == FakeI2C {
  /// A bus on an adapter that exists only here.
  init(_ system: FakeI2C, options: I2COptions = I2COptions()) throws(LinuxError) {
    try self.init(path: "/dev/i2c-1", options: options, system: system)
  }
}
