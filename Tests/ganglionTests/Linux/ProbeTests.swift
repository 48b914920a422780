import Foundation
import HardwareInterfaces
import LinuxFakes
import LinuxHardware
import SimulatedHardware
import Synchronization
import Testing
import VehicleConfiguration

@testable import VehicleRuntime
@testable import ganglion

@Suite("What a machine has")
struct ProbeTests {
  private func probe(_ machine: TestMachine) throws -> MachineProbe {
    try MachineProbe(machine.systems, only: nil)
  }

  @Test("Each chip of the shipped vehicle is found and named with a line that a configuration takes")
  func shippedChips() throws {
    let machine = try TestMachine()
    let adapter = try #require(try probe(machine).adapters.first)
    #expect(adapter.trouble == nil)
    let found = Dictionary(uniqueKeysWithValues: adapter.findings.map { ($0.address, $0) })
    #expect(found.keys.sorted() == [0x29, 0x40, 0x41, 0x68, 0x76])
    for (address, name, certainty) in [
      (0x29, "vl53l1x", .identified), (0x40, "pca9685", .identified), (0x41, "ina219", .likely),
      (0x68, "mpu6050", .identified), (0x76, "bmp280", .identified),
    ] as [(UInt8, String, ChipFinding.Certainty)] {
      let finding = try #require(found[address])
      #expect(finding.text.hasPrefix(name))
      #expect(finding.certainty == certainty)
    }
    let lines = adapter.findings.compactMap(\.line)
    #expect(lines.count == 5)
    let sensors = lines.filter { !$0.hasPrefix("driver") }.joined(separator: ", ")
    let driver = try #require(lines.first { $0.hasPrefix("driver") })
    var text = machine.loaded.tables.text
    for (section, content) in [
      ("sensors: {", sensors), ("driver: {", String(driver.dropFirst(9).dropLast())),
    ] {
      let start = try #require(text.range(of: section))
      var (depth, end) = (1, start.upperBound)
      while depth > 0 {
        if text[end] == "{" { depth += 1 }
        if text[end] == "}" { depth -= 1 }
        end = text.index(after: end)
      }
      text.replaceSubrange(start.upperBound..<text.index(before: end), with: content)
    }
    text = text.replacing(
      "{ name: \"sensors\", adapter: \"i2c-1\", rate_hz: 400000 }", with: adapter.adapter.line)
    let configuration = try Configuration.load(text: text, directory: nil)
    #expect(configuration.buses.map(\.adapter) == ["i2c-1"])
    #expect(configuration.sensors.imu.chip.name == "mpu6050")
  }

  @Test("A chip of another identity is named, with the line that accepts it when the driver can work with it")
  func clone() throws {
    let machine = try TestMachine()
    try machine.i2c.inject("imu:wrong-identity@0s")
    let finding = try #require(try probe(machine).adapters.first?.findings.first { $0.address == 0x68 })
    #expect(finding.certainty == .likely)
    let identity = try #require(finding.identity)
    #expect(finding.text.contains(hexadecimal(identity)))
    if let line = finding.line { #expect(line.contains("accept_identities: [\(hexadecimal(identity))]")) }
  }

  @Test(
    "A VL53L0X is told from the VL53L1X that lives at the same address, and never asked with a wide address")
  func rangeFinders() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedVL53L0X(), name: "range", address: 0x29)
    var bus = board.bus()
    let before = try bus.readRegister(0x01, of: 0x29)
    let (findings, _) = ChipProbe(bus: "i2c-1", hasQuickWrite: false) { _ in nil }.scan(&bus)
    let finding = try #require(findings.first { $0.address == 0x29 })
    #expect(finding.certainty == .identified)
    #expect(finding.text == "vl53l0x (0xC0 holds 0xEE)")
    #expect(
      finding.line
        == "range: { chip: \"vl53l0x\", bus: \"i2c-1\", address: 0x29, rate_hz: 25, maximum_m: 1.2 }")
    #expect(try bus.readRegister(0x01, of: 0x29) == before)
  }

  @Test(
    "Nothing is written but the address of a register, and nothing at all where that would be more than a question"
  )
  func readsAlone() throws {
    var bus = NotingBus()
    let (findings, trouble) = ChipProbe(bus: "i2c-1", hasQuickWrite: false) { _ in nil }.scan(&bus)
    #expect(trouble == nil)
    #expect(findings.count == ChipProbe.addresses.count)
    for (address, written) in bus.transfers {
      #expect(written.count <= (address == 0x29 ? 2 : 1))
      if findings.first(where: { $0.address == address })?.certainty == .leftAlone {
        #expect(written.isEmpty)
      }
    }
    for address: UInt8 in [0x20, 0x27, 0x38, 0x50, 0x57, 0x60, 0x70] {
      #expect(findings.contains { $0.address == address && $0.certainty == .leftAlone })
    }
    #expect(!bus.transfers.contains { $0.address == 0x40 && $0.written == [0xFE] }, "a reset to an HTU21D")
  }

  @Test("An empty write is sent only by adapters that can, and never to a memory")
  func quickWrites() {
    var bus = NotingBus()
    _ = ChipProbe(bus: "i2c-1", hasQuickWrite: true) { _ in nil }.scan(&bus)
    #expect(bus.empty.contains(0x68))
    #expect(bus.empty.isDisjoint(with: 0x50...0x57))
    #expect(bus.empty.isDisjoint(with: 0x30...0x37))
  }

  @Test("What a kernel driver owns is named and not touched")
  func kernelDriver() throws {
    let machine = try TestMachine()
    try machine.files.link("/sys/bus/i2c/devices/1-0076/driver", to: "../../../../bus/i2c/drivers/bmp280")
    let finding = try #require(try probe(machine).adapters.first?.findings.first { $0.address == 0x76 })
    #expect(finding.certainty == .kernel)
    #expect(finding.text.contains("bmp280"))
    #expect(finding.line == nil)
  }

  @Test("A bus that hangs is given up after three addresses")
  func hangingBus() {
    var bus = NotingBus()
    bus.error = .timeout(address: 0)
    let (findings, trouble) = ChipProbe(bus: "i2c-1", hasQuickWrite: false) { _ in nil }.scan(&bus)
    #expect(findings.isEmpty)
    #expect(trouble?.contains("held low") == true)
    #expect(bus.transfers.count == 3)
  }

  @Test(
    "Lines are shown with names, users, and the line for a configuration; the pins of a bus are not offered")
  func lines() throws {
    let machine = try TestMachine()
    machine.gpio.with { state in
      state.chips["gpiochip0"]?.lines[4] = GPIOLine(name: "GPIO4", consumer: "onewire", isUsed: true)
    }
    let probe = try probe(machine)
    let lines = try #require(probe.gpio.first)
    #expect(lines.state(4) == "in use by onewire")
    #expect(!lines.isFree(2), "SDA of i2c-1")
    #expect(lines.isFree(17))
    #expect(lines.configuration(17) == "{ chip: \"pinctrl-bcm2711\", line: \"GPIO17\" }")
    #expect(probe.table.contains("in use by onewire"))
    #expect(JSONSerialization.isValidJSONObject(probe.json))
  }

  @Test("A machine without any of these is said to have none, with what to do")
  func emptyMachine() throws {
    let files = try MachineFiles()
    let systems = LinuxSystems(
      i2c: KernelI2C(), gpio: FakeGPIO(), realTime: ScriptedRealTime(result: -1), files: files.files,
      hasGuardProcess: false)
    let probe = try MachineProbe(systems, only: nil)
    #expect(probe.adapters.isEmpty && probe.gpio.isEmpty && probe.pwm.isEmpty)
    for word in ["no adapter", "no chip", "LimitRTPRIO", "LimitMEMLOCK"] {
      #expect(probe.table.contains(word))
    }
    #expect(JSONSerialization.isValidJSONObject(probe.json))
  }

  @Test("An adapter that may not be used is shown with the command that grants it")
  func noPermission() throws {
    let machine = try TestMachine()
    machine.i2c.setOpenResult(-13)
    let adapter = try #require(try probe(machine).adapters.first)
    #expect(adapter.trouble?.contains("usermod -aG i2c") == true)
  }
}

/// A bus on which every address answers with zeros, and that notes what is written.
private struct NotingBus: I2CBus, ~Copyable {
  var transfers: [(address: UInt8, written: [UInt8])] = []
  var empty: Set<UInt8> = []
  var error: BusError?

  private mutating func note(_ address: UInt8, _ written: [UInt8]) throws(BusError) {
    transfers.append((address, written))
    if let error { throw error }
  }

  mutating func write(_ bytes: Span<UInt8>, to address: UInt8) throws(BusError) {
    if bytes.isEmpty { empty.insert(address) }
    try note(address, bytes.indices.map { bytes[$0] })
  }

  mutating func read(from address: UInt8, into buffer: inout MutableSpan<UInt8>) throws(BusError) {
    try note(address, [])
  }

  @_lifetime(buffer: copy buffer)
  mutating func write(
    _ bytes: Span<UInt8>, to address: UInt8, thenRead buffer: inout MutableSpan<UInt8>
  ) throws(BusError) {
    try note(address, bytes.indices.map { bytes[$0] })
  }
}
