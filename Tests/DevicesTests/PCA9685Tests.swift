import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The PCA9685's arithmetic, and its driver against a script and against the chip at register level.
@Suite struct PCA9685Tests {
  // MARK: - Arithmetic

  @Test(arguments: [(24.0, 253), (50, 121), (60, 101), (200, 30), (400, 14), (1526, 3)])
  func `prescaler by the datasheet's formula`(_ rate: Double, _ expected: UInt8) {
    #expect(PCA9685.prescale(rate: rate, oscillator: 25e6) == expected)
  }

  @Test(arguments: [(0.0, 255), (-5, 255), (.nan, 255), (1, 255), (1e9, 3), (.infinity, 3)])
  func `prescaler stays in its range for any rate`(_ rate: Double, _ expected: UInt8) {
    #expect(PCA9685.prescale(rate: rate, oscillator: 25e6) == expected)
  }

  @Test func `the real rate differs from the one asked for`() {
    #expect(abs(PCA9685.rate(prescale: 14, oscillator: 25e6) - 406.90) < 0.01)
    #expect(abs(PCA9685.rate(prescale: 30, oscillator: 25e6) - 196.89) < 0.01)
    #expect(abs(PCA9685.rate(prescale: 121, oscillator: 25e6) - 50.03) < 0.01)
  }

  @Test func `pulse widths become counts of the real period`() {
    // At prescale 14 a count lasts 0.6 µs; at 121 it lasts 4.88 µs.
    #expect(PCA9685.counts(microseconds: 1000, prescale: 14, oscillator: 25e6) == 1667)
    #expect(PCA9685.counts(microseconds: 2000, prescale: 14, oscillator: 25e6) == 3333)
    #expect(PCA9685.counts(microseconds: 1500, prescale: 121, oscillator: 25e6) == 307)
    #expect(PCA9685.counts(microseconds: 1000, prescale: 14, oscillator: 26e6) == 1733)
    #expect(PCA9685.counts(microseconds: 2457, prescale: 14, oscillator: 25e6) == 4095)
    #expect(PCA9685.counts(microseconds: .infinity, prescale: 14, oscillator: 25e6) == 4095)
  }

  @Test(arguments: [0, -1, 0.29, Float.nan, -Float.infinity])
  func `no pulse for a width that rounds to nothing`(_ width: Float) {
    #expect(PCA9685.counts(microseconds: width, prescale: 14, oscillator: 25e6) == nil)
  }

  // MARK: - Script

  private static let start: [ScriptedBus.Step] = [
    .write([0xFD, 0x10], to: 0x40),
    .write([0x00, 0x30], to: 0x40),
    .read([0x02], of: 0x40, [0xE2, 0xE4, 0xE8, 0xE0]),
    .write([0xFE, 14], to: 0x40),
    .write([0x01, 0x04], to: 0x40),
    .write([0x00, 0x20], to: 0x40),
    .read([0xFE], of: 0x40, [14]),
    .read([0x01], of: 0x40, [0x04]),
  ]

  private func poll(_ driver: inout PCA9685, _ bus: inout ScriptedBus, until end: Int64) {
    var now = MonotonicTime.zero
    while now.nanoseconds <= end {
      let poll = driver.poll(&bus, now: now)
      now = max(poll.next, now)
    }
  }

  @Test func `sets the prescaler asleep, wakes up, reads back, then takes pulses`() throws {
    var bus = ScriptedBus(Self.start + [.read([0x00], of: 0x40, [0x20])])
    var driver = PCA9685()
    poll(&driver, &bus, until: 10_000_000)
    #expect(driver.isReady)
    bus.expect([
      .write([0x0A, 0, 0, 0x83, 0x06, 0, 0, 0, 0x10], to: 0x40)
    ])
    let widths: [Float] = [1000, 0]
    let written = try driver.write(microseconds: widths.span, from: 1, to: &bus, now: .zero)
    #expect(written)
    bus.expectFinished()
  }

  @Test func `clears the restart flag of a chip that slept while pulsing`() {
    var bus = ScriptedBus(
      Self.start + [.read([0x00], of: 0x40, [0xA0]), .write([0x00, 0xA0], to: 0x40)])
    var driver = PCA9685()
    poll(&driver, &bus, until: 10_000_000)
    #expect(driver.isReady)
    bus.expectFinished()
  }

  @Test func `writes nothing before it runs, nor outside its channels`() throws {
    var bus = ScriptedBus([])
    var driver = PCA9685()
    let widths: [Float] = [1000]
    #expect(try !driver.write(microseconds: widths.span, to: &bus, now: .zero))
    bus.expect(Self.start + [.read([0x00], of: 0x40, [0x20])])
    poll(&driver, &bus, until: 10_000_000)
    #expect(try !driver.write(microseconds: widths.span, from: 16, to: &bus, now: .zero))
    #expect(try !driver.write(microseconds: widths.span, from: -1, to: &bus, now: .zero))
    bus.expectFinished()
  }

  @Test func `a failing write is thrown, and ten of them start the chip again`() {
    var bus = ScriptedBus(Self.start + [.read([0x00], of: 0x40, [0x20])])
    var driver = PCA9685()
    poll(&driver, &bus, until: 10_000_000)
    let widths: [Float] = [1000]
    let now = MonotonicTime.zero.advanced(milliseconds: 10)
    for _ in 0..<10 {
      #expect(driver.isReady)
      bus.expect([.write([0x06, 0, 0, 0x83, 0x06], to: 0x40).failing(.timeout(address: 0x40))])
      #expect(throws: BusError.timeout(address: 0x40)) {
        try driver.write(microseconds: widths.span, to: &bus, now: now)
      }
    }
    #expect(!driver.isReady)
    #expect(driver.nextPoll == now)
    bus.expectFinished()
  }

  // MARK: - Simulated chip

  /// A driver and a chip, polled and written to at 250 Hz.
  private struct Vehicle: ~Copyable {
    let board: SimulatedBoard
    let chip: SimulatedPCA9685
    var bus: SimulatedI2CBus
    var driver = PCA9685()
    var faults: [DeviceFault]
    private var next = MonotonicTime.zero

    init(fault: FaultInjection? = nil) throws {
      // Whatever throws comes before the first stored property: Swift cannot undo half a noncopyable value.
      let board = SimulatedBoard(seed: 1)
      let chip = try board.attach(SimulatedPCA9685(), name: "motors", address: 0x40)
      if let fault { try board.inject(fault) }
      (self.board, self.chip, faults) = (board, chip, [])
      bus = board.bus()
    }

    mutating func run(until seconds: Double, width: Float) {
      let end = MonotonicTime(nanoseconds: Int64(seconds * 1e9))
      let widths = [Float](repeating: width, count: 4)
      while next <= end {
        board.advance(to: next)
        var fault = driver.poll(&bus, now: next).fault
        do throws(BusError) {
          try driver.write(microseconds: widths.span, to: &bus, now: next)
        } catch {
          fault = DeviceFault(error)
        }
        if fault != faults.last ?? .none { faults.append(fault) }
        next = next.advanced(milliseconds: 4)
      }
      board.advance(to: end)
    }
  }

  @Test func `pulses of the asked width leave the chip, within half a count`() throws {
    var vehicle = try Vehicle()
    for width: Float in [900, 1000, 1234.5, 2000] {
      vehicle.run(until: vehicle.board.now.seconds + 0.2, width: width)
      let pulse = try #require(vehicle.chip.pulseWidth(0))
      #expect(abs(pulse - Double(width)) <= 0.31)
      #expect(vehicle.chip.pulseWidth(4) == nil)
    }
    #expect(vehicle.faults == [])
    vehicle.run(until: 1, width: 0)
    #expect(vehicle.chip.pulseWidth(0) == nil)
  }

  @Test func `no pulse leaves the board while its enable line is inactive`() throws {
    var vehicle = try Vehicle()
    vehicle.board.enableLine = "enable"
    vehicle.run(until: 0.2, width: 1000)
    #expect(vehicle.board.pulseWidth(vehicle.chip, channel: 0) == nil)
    var line = vehicle.board.output("enable")
    try line.set(true)
    #expect(vehicle.board.pulseWidth(vehicle.chip, channel: 0) != nil)
  }

  @Test func `a brown-out stops the pulses, is noticed, and the chip comes back`() throws {
    var vehicle = try Vehicle(fault: FaultInjection(target: "motors", kind: .brownOut, start: 1))
    vehicle.run(until: 1.001, width: 1000)
    #expect(vehicle.chip.pulseWidth(0) == nil)
    vehicle.run(until: 1.1, width: 1000)
    #expect(vehicle.faults == [.wrongRegister, .none])
    #expect(vehicle.chip.pulseWidth(0) != nil)
  }

  @Test(arguments: [
    (FaultKind.off, DeviceFault.missing), (.nack, .transfer), (.wrongIdentity, .wrongIdentity),
    (.garbage, .wrongRegister),
  ])
  func `a fault is reported, and the chip comes back`(_ kind: FaultKind, _ expected: DeviceFault) throws {
    var vehicle = try Vehicle(fault: FaultInjection(target: "motors", kind: kind, start: 1, duration: 0.5))
    vehicle.run(until: 1.5, width: 1000)
    #expect(vehicle.faults.contains(expected))
    vehicle.run(until: 2, width: 1000)
    #expect(vehicle.faults.last == DeviceFault.none)
    let pulse = try #require(vehicle.chip.pulseWidth(3))
    #expect(abs(pulse - 1000) < 0.31)
  }

  @Test func `a calibrated oscillator makes the pulses true`() throws {
    let board = SimulatedBoard(seed: 1)
    let chip = try board.attach(SimulatedPCA9685(oscillator: 26.2e6), name: "motors", address: 0x40)
    var bus = board.bus()
    var options = PCA9685.Options()
    options.oscillator = 26.2e6
    var driver = PCA9685(options: options)
    let widths: [Float] = [1500]
    for millisecond in 0..<50 {
      let now = MonotonicTime.zero.advanced(milliseconds: Int64(millisecond))
      board.advance(to: now)
      _ = driver.poll(&bus, now: now)
      try driver.write(microseconds: widths.span, to: &bus, now: now)
    }
    let pulse = try #require(chip.pulseWidth(0))
    #expect(abs(pulse - 1500) < 0.31)
  }
}
