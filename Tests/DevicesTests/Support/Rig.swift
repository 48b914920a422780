import HardwareInterfaces
import SimulatedHardware

/// A simulated bus on which transfers can be made to fail.
struct FailingBus: I2CBus, ~Copyable {
  private var bus: SimulatedI2CBus
  /// What transfers fail with, and each how-manieth does; `nil` while all is well.
  var failure: (error: BusError, every: Int)?
  private var count = 0

  init(_ bus: consuming SimulatedI2CBus) { self.bus = bus }

  /// When the last transfer is over.
  var busyUntil: MonotonicTime { bus.busyUntil }
  /// Time spent on transfers so far, in ns.
  var busyNanoseconds: Int64 { bus.busyNanoseconds }

  private mutating func strike() throws(BusError) {
    guard let failure else { return }
    count += 1
    if count % failure.every == 0 { throw failure.error }
  }

  mutating func write(_ bytes: Span<UInt8>, to address: UInt8) throws(BusError) {
    try strike()
    try bus.write(bytes, to: address)
  }

  mutating func read(from address: UInt8, into buffer: inout MutableSpan<UInt8>) throws(BusError) {
    try strike()
    try bus.read(from: address, into: &buffer)
  }

  @_lifetime(buffer: copy buffer)
  mutating func write(
    _ bytes: Span<UInt8>, to address: UInt8, thenRead buffer: inout MutableSpan<UInt8>
  ) throws(BusError) {
    try strike()
    try bus.write(bytes, to: address, thenRead: &buffer)
  }
}

/// A driver on a simulated board, polled whenever it asks to be.
struct Rig<Driver: SensorDriver>: ~Copyable where Driver.Sample: Equatable {
  let board: SimulatedBoard
  var bus: FailingBus
  var driver: Driver
  var samples: [Driver.Sample] = []
  /// The time of each sample in s.
  var times: [Double] = []
  /// The faults reported, each once for as long as it lasts.
  var faults: [DeviceFault] = []
  private var next = MonotonicTime.zero

  init(_ board: SimulatedBoard, _ driver: Driver) {
    self.board = board
    self.driver = driver
    bus = FailingBus(board.bus(0))
  }

  /// Lets `body` have the driver and the bus at once: of a variable that a closure captures, Swift 6.2 gives one part only.
  mutating func use(_ body: (inout Driver, inout FailingBus) throws -> Void) rethrows {
    try body(&driver, &bus)
  }

  /// Polls until the board's time is `seconds`.
  mutating func run(until seconds: Double) {
    let end = MonotonicTime(nanoseconds: Int64(seconds * 1e9))
    while true {
      let due = max(next, bus.busyUntil, board.now)
      guard due <= end else { break }
      board.advance(to: due)
      let poll = driver.poll(&bus, now: due)
      next = poll.next
      if let sample = poll.sample {
        samples.append(sample)
        times.append(due.seconds)
      }
      if poll.fault != (faults.last ?? .none) || (faults.isEmpty && poll.fault != .none) {
        faults.append(poll.fault)
      }
    }
    board.advance(to: end)
  }

  /// The samples between two times in s.
  func samples(from start: Double, until end: Double) -> [Driver.Sample] {
    zip(times, samples).filter { $0.0 >= start && $0.0 < end }.map(\.1)
  }
}

extension [Double] {
  /// Arithmetic mean; NaN when empty.
  var mean: Double { reduce(0, +) / Double(count) }

  /// Standard deviation about the mean.
  var deviation: Double {
    let mean = mean
    return (map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(count)).squareRoot()
  }
}
