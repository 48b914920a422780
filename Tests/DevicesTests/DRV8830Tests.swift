import HardwareInterfaces
import PortableMath
import SimulatedHardware
import Testing

@testable import Devices

/// The DRV8830: conversions, its driver on a script, and against the chip at register level.
@Suite struct DRV8830Tests {
  // SLVSAB2, table 1: VSET and the voltage commanded.
  private static let table: [(UInt8, Float)] = [
    (0x10, 1.29), (0x11, 1.37), (0x12, 1.45), (0x18, 1.93), (0x1C, 2.25), (0x1F, 2.49), (0x30, 3.86),
    (0x35, 4.26), (0x3A, 4.66), (0x3F, 5.06),
  ]

  @Test(arguments: table) func `voltages are those of the datasheet's table`(
    _ setting: UInt8, _ volts: Float
  ) {
    #expect(abs(DRV8830.volts(control: setting << 2 | 1) - volts) <= 0.0051)
    #expect(abs(DRV8830.volts(control: setting << 2 | 2) + volts) <= 0.0051)
    #expect(DRV8830.control(volts: volts, brakes: true) == setting << 2 | 1)
    #expect(DRV8830.control(volts: -volts, brakes: true) == setting << 2 | 2)
  }

  @Test func `small voltages drive nothing, large ones the most there is`() {
    #expect(DRV8830.control(volts: 0.2, brakes: true) == 3)
    #expect(DRV8830.control(volts: 0.2, brakes: false) == 0)
    #expect(DRV8830.control(volts: 0.3, brakes: true) == 6 << 2 | 1)
    #expect(DRV8830.control(volts: -99, brakes: true) == 63 << 2 | 2)
    #expect(DRV8830.control(volts: .infinity, brakes: true) == 63 << 2 | 1)
    #expect(DRV8830.control(volts: .nan, brakes: true) == 3)
    #expect(DRV8830.volts(control: 0xFF) == 0)
    #expect(DRV8830.volts(control: 0xFC) == 0)
  }

  private static let start: [ScriptedBus.Step] = [
    .write([0x00, 0x00], to: 0x60), .write([0x01, 0x80], to: 0x60),
    .read([0x00], of: 0x60, [0x00]), .read([0x01], of: 0x60, [0x00]),
  ]

  @Test func `it starts with the motor off, clears old faults, and then takes voltages`() throws {
    var bus = ScriptedBus(Self.start)
    var driver = DRV8830()
    #expect(try !driver.write(volts: 1, to: &bus, now: .zero))
    var now = driver.poll(&bus, now: .zero).next
    now = driver.poll(&bus, now: now).next
    #expect(driver.isReady)
    bus.expect([.write([0x00, 0x41], to: 0x60), .read([0x00], of: 0x60, [0x41, 0x00])])
    let isTaken = try driver.write(volts: 1.29, to: &bus, now: now)
    #expect(isTaken)
    #expect(driver.poll(&bus, now: now).fault == .none)
    bus.expectFinished()
  }

  /// A driver and a chip, polled and written to at 100 Hz.
  private struct Motor: ~Copyable {
    let board: SimulatedBoard
    let chip: SimulatedDRV8830
    var bus: SimulatedI2CBus
    var driver = DRV8830()
    var faults: [DeviceFault]
    private var next = MonotonicTime.zero

    init() throws {
      // Whatever throws comes before the first stored property: Swift cannot undo half a noncopyable value.
      let board = SimulatedBoard(seed: 1)
      let chip = try board.attach(SimulatedDRV8830(), name: "motor", address: 0x60)
      (self.board, self.chip, faults) = (board, chip, [])
      bus = board.bus()
    }

    mutating func run(until seconds: Double, volts: Float) {
      while next.seconds < seconds {
        board.advance(to: next)
        var fault = driver.poll(&bus, now: next).fault
        do throws(BusError) {
          try driver.write(volts: volts, to: &bus, now: next)
        } catch {
          fault = DeviceFault(error)
        }
        if fault != faults.last ?? .none { faults.append(fault) }
        next = next.advanced(milliseconds: 10)
      }
    }
  }

  @Test func `the motor gets its voltage, both ways, as far as the supply goes`() throws {
    var motor = try Motor()
    motor.run(until: 0.2, volts: 2)
    #expect(motor.chip.drive == .driving(25 * 4 * 1.285 / 64))
    motor.run(until: 0.4, volts: -5)
    #expect(motor.chip.drive == .driving(-62 * 4 * 1.285 / 64))
    motor.chip.supply = 3.3
    #expect(motor.chip.drive == .driving(-3.3))
    motor.run(until: 0.6, volts: 0)
    #expect(motor.chip.drive == .braking)
    #expect(motor.faults == [])
  }

  @Test func `a short circuit opens the bridge, is reported, and the motor turns again when it is gone`()
    throws
  {
    var motor = try Motor()
    motor.run(until: 0.2, volts: 2)
    motor.chip.trouble = DRV8830.Faults.overcurrent.rawValue
    motor.run(until: 0.5, volts: 2)
    #expect(motor.faults == [.selfReported])
    #expect(motor.driver.faults == [.any, .overcurrent])
    #expect(motor.chip.drive == .coasting)
    motor.chip.trouble = 0
    motor.run(until: 1, volts: 2)
    #expect(motor.faults.last == DeviceFault.none)
    #expect(motor.chip.drive == .driving(25 * 4 * 1.285 / 64))
  }

  @Test func `an empty battery is reported as undervoltage`() throws {
    var motor = try Motor()
    motor.chip.supply = 2
    motor.run(until: 0.5, volts: 2)
    #expect(motor.driver.faults.contains(.undervoltage))
    #expect(!motor.driver.isReady)
  }

  @Test(arguments: [
    (FaultKind.off, DeviceFault.missing), (.nack, .transfer), (.wrongIdentity, .wrongIdentity),
  ])
  func `a fault of the chip is reported, and it comes back`(_ kind: FaultKind, _ expected: DeviceFault) throws
  {
    var motor = try Motor()
    try motor.board.inject(FaultInjection(target: "motor", kind: kind, start: 0.5, duration: 0.5))
    motor.run(until: 1, volts: 2)
    let reported = motor.faults
    #expect(reported.contains(expected), "\(reported)")
    motor.run(until: 1.5, volts: 2)
    #expect(motor.faults.last == DeviceFault.none)
    #expect(motor.chip.drive == .driving(25 * 4 * 1.285 / 64))
  }

  @Test func `a brown-out lasts until the next write`() throws {
    var motor = try Motor()
    try motor.board.inject(FaultInjection(target: "motor", kind: .brownOut, start: 0.5))
    motor.run(until: 0.55, volts: 2)
    #expect(motor.chip.drive == .driving(25 * 4 * 1.285 / 64))
  }

  @Test(arguments: 0..<8, [UInt64(0), 200, 250, 255]) func `it bears any bus`(_ seed: Int, _ honesty: UInt64)
  {
    var driver = DRV8830()
    var bus = HostileBus(seed: UInt64(seed), honesty: honesty, isWide: false)
    var now = MonotonicTime.zero
    for _ in 0..<2_000 {
      let poll = driver.poll(&bus, now: now)
      #expect(poll.next >= now)
      let volts = Float(bitPattern: UInt32(truncatingIfNeeded: bus.random.nextBits()))
      do throws(BusError) {
        try driver.write(volts: volts, to: &bus, now: now)
      } catch {
        // Thrown as it came; what matters is that the next call is sound.
      }
      now = max(poll.next, now)
    }
  }
}
