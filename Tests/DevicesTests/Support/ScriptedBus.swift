import HardwareInterfaces
import Testing

/// A bus that plays a script: every transfer must be the next one expected, and gets the reply written there.
struct ScriptedBus: I2CBus, ~Copyable {
  /// One expected transfer.
  struct Step: Equatable {
    var address: UInt8
    var written: [UInt8]
    var reply: [UInt8]
    var error: BusError?

    /// A write of `written`.
    static func write(_ written: [UInt8], to address: UInt8) -> Step {
      Step(address: address, written: written, reply: [])
    }

    /// A write of the register address, answered by `reply`.
    static func read(_ register: [UInt8], of address: UInt8, _ reply: [UInt8]) -> Step {
      Step(address: address, written: register, reply: reply)
    }

    /// The same transfer, failing.
    func failing(_ error: BusError) -> Step {
      var step = self
      step.error = error
      return step
    }
  }

  private var steps: ArraySlice<Step>

  init(_ steps: [Step]) { self.steps = steps[...] }

  /// Adds steps at the end.
  mutating func expect(_ more: [Step]) { steps = ArraySlice(steps + more) }

  /// Records a failure for each transfer that was expected and did not come.
  func expectFinished(sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(Array(steps) == [], "transfers that did not come", sourceLocation: sourceLocation)
  }

  private mutating func next(_ written: [UInt8], _ address: UInt8, reading count: Int) throws(BusError)
    -> [UInt8]
  {
    guard let step = steps.popFirst() else {
      Issue.record("unexpected transfer to \(address): \(written), reading \(count)")
      throw .busGone
    }
    #expect(step.address == address)
    #expect(step.written == written)
    if let error = step.error { throw error }
    #expect(step.reply.count == count, "bytes read after \(written)")
    return step.reply
  }

  mutating func write(_ bytes: Span<UInt8>, to address: UInt8) throws(BusError) {
    _ = try next(bytes.copied, address, reading: 0)
  }

  mutating func read(from address: UInt8, into buffer: inout MutableSpan<UInt8>) throws(BusError) {
    buffer.fill(with: try next([], address, reading: buffer.count))
  }

  @_lifetime(buffer: copy buffer)
  mutating func write(
    _ bytes: Span<UInt8>, to address: UInt8, thenRead buffer: inout MutableSpan<UInt8>
  ) throws(BusError) {
    buffer.fill(with: try next(bytes.copied, address, reading: buffer.count))
  }
}

extension Span<UInt8> {
  /// The bytes as an array.
  var copied: [UInt8] { indices.map { self[$0] } }
}

extension MutableSpan<UInt8> {
  /// Copies as many bytes as both have.
  @_lifetime(self: copy self)
  mutating func fill(with bytes: [UInt8]) {
    for (index, byte) in bytes.enumerated() where index < count { self[index] = byte }
  }
}

/// Polls until the driver's next time is `end` ns or later, and returns what came.
func script<Driver: SensorDriver>(
  _ driver: inout Driver, _ bus: inout ScriptedBus, until end: Int64
) -> (samples: [Driver.Sample], faults: [DeviceFault]) {
  var now = MonotonicTime.zero
  var samples: [Driver.Sample] = []
  var faults: [DeviceFault] = []
  while now.nanoseconds < end {
    let poll = driver.poll(&bus, now: now)
    if let sample = poll.sample { samples.append(sample) }
    if poll.fault != .none { faults.append(poll.fault) }
    now = poll.next
  }
  return (samples, faults)
}
