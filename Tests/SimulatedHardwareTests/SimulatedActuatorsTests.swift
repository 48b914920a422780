import HardwareInterfaces
import Testing

@testable import SimulatedHardware

@Suite("Simulated actuators")
struct SimulatedActuatorsTests {
  private static func put<Bus: I2CBus & ~Copyable>(_ bytes: [UInt8], _ address: UInt8, _ bus: inout Bus)
    throws
  {
    try bus.write(bytes.span, to: address)
  }

  @Test("are asked for by their names, whatever carries them")
  func names() throws {
    let board = SimulatedBoard(seed: 1)
    let pulses = try #require(SimulatedActuatorChips.make("pca9685", ["oscillator_hz": 25e6]))
    let motor = try #require(SimulatedActuatorChips.make("drv8830"))
    let relays = try #require(SimulatedActuatorChips.make("mcp23017"))
    try board.attach(pulses, name: "pulses", address: 0x40)
    try board.attach(motor, name: "motor", address: 0x60)
    try board.attach(relays, name: "relays", address: 0x20)
    var actuators = SimulatedActuators(on: board)
    let fin = try actuators.connect("fin", to: .chip(pulses, channel: 2))
    let lamp = try actuators.connect("lamp", to: .chip(pulses, channel: 3, isDuty: true))
    let winch = try actuators.connect("winch", to: .chip(motor, channel: 0))
    let pump = try actuators.connect("pump", to: .chip(relays, channel: 9))
    let heater = try actuators.connect("heater", to: .line("GPIO5"))
    let fan = try actuators.connect("fan", to: .pulses("pwm0", period: 50))
    #expect(actuators.names == ["fin", "lamp", "winch", "pump", "heater", "fan"])
    #expect(actuators["pump"] == pump && actuators["pomp"] == nil)
    for number in -1...6 { #expect(actuators.output(number) == 0) }

    var bus = board.bus()
    // At prescaler 30 a count lasts 1.24 µs.
    try Self.put([0xFE, 30], 0x40, &bus)
    try Self.put([0x00, 0x20], 0x40, &bus)
    try Self.put([0x0E, 0, 0, 0xB0, 0x04, 0, 0, 0x00, 0x04], 0x40, &bus)
    try Self.put([0x00, 40 << 2 | 2], 0x60, &bus)
    try Self.put([0x00, 0xFF, 0xFD], 0x20, &bus)
    try Self.put([0x14, 0x00, 0x02], 0x20, &bus)
    var line = board.output("GPIO5")
    var output = board.pulseOutput("pwm0")
    try line.set(true)
    try output.set(microseconds: 12.5)
    board.advance(to: MonotonicTime(nanoseconds: 100_000_000))
    #expect(actuators.output(fin) == 1200 * 1.24)
    #expect(abs(actuators.output(lamp) - 0.25) < 1e-12)
    #expect(abs(actuators.output(winch) + 40 * 4 * 1.285 / 64) < 1e-12)
    #expect(actuators.output(pump) == 1 && actuators.output(heater) == 1 && actuators.output(fan) == 0.25)
  }

  @Test("that are gated get nothing while the enable line is not active")
  func gate() throws {
    let board = SimulatedBoard(seed: 1)
    board.enableLine = "enable"
    var actuators = SimulatedActuators(on: board)
    let heater = try actuators.connect("heater", to: .line("GPIO5"))
    let lamp = try actuators.connect("lamp", to: .line("GPIO5"), isGated: false)
    var line = board.output("GPIO5")
    var enable = board.output("enable")
    try line.set(true)
    #expect(actuators.output(heater) == 0 && actuators.output(lamp) == 1)
    try enable.set(true)
    #expect(actuators.output(heater) == 1)
  }

  @Test("at bridges have the sign of their lines, with pulses of the processor or of a chip")
  func bridges() throws {
    let board = SimulatedBoard(seed: 1)
    let chip = try board.place(
      SimulatedTB6612(
        [
          .init(forward: "lf", reverse: "lr", pulses: "lp"),
          .init(forward: "rf", reverse: "rr", pulses: "rp"),
        ], standby: nil, pulseRate: 200), name: "bridges")
    let pulses = try board.attach(SimulatedPCA9685(), name: "pulses", address: 0x40)
    var actuators = SimulatedActuators(on: board)
    let left = try actuators.connect("left", to: .bridge(chip, 0))
    let right = try actuators.connect("right", to: .bridge(chip, 1, pulses: (pulses, 0)))
    var width = board.pulseOutput("lp")
    var forward = board.output("lf")
    var reverse = board.output("rr")
    try width.set(microseconds: 1250)
    try forward.set(true)
    try reverse.set(true)
    #expect(actuators.output(left) == 0.25 && actuators.output(right) == 0)
    var bus = board.bus()
    try Self.put([0xFE, 30], 0x40, &bus)
    try Self.put([0x00, 0x20], 0x40, &bus)
    try Self.put([0x06, 0, 0, 0x00, 0x08], 0x40, &bus)
    board.advance(to: MonotonicTime(nanoseconds: 100_000_000))
    #expect(abs(actuators.output(right) + 2048 * 1.24 / 5000) < 1e-8)
  }

  @Test("cannot have one name")
  func nameTaken() throws {
    var actuators = SimulatedActuators(on: SimulatedBoard(seed: 1))
    try actuators.connect("pump", to: .line("GPIO5"))
    #expect(throws: SimulatedBoard.AssemblyError.nameTaken("pump")) {
      try actuators.connect("pump", to: .line("GPIO6"))
    }
  }
}
