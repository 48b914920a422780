import FlightLog
import Foundation
import HardwareInterfaces
import LinuxHardware
import Signals
import Testing

@testable import VehicleRuntime
@testable import ganglion

@Suite("Bad input on Linux", .serialized)
struct BadInputTests {
  /// What opening the vehicle says is wrong.
  private func refusal(_ machine: TestMachine) -> String {
    do {
      _ = try machine.makeRun().end()
      return "nothing was refused"
    } catch {
      return "\(error)"
    }
  }

  @Test("All that a machine lacks is said at once, each with its key and what to do")
  func nothingThere() throws {
    let machine = try TestMachine()
    try FileManager.default.removeItem(at: machine.files.folder.appending(path: "sys"))
    try FileManager.default.removeItem(at: machine.files.folder.appending(path: "dev"))
    let text = refusal(machine)
    for words in [
      "buses[0] \"sensors\": there is no I2C adapter 'i2c-1'", "dtparam=i2c_arm=on",
      "lines.enable: there is no GPIO chip", "lines.kill_switch: ", "lines.status: ",
    ] { #expect(text.contains(words), "\(words) in \(text)") }
  }

  @Test("A bus that may not be used is refused with the command that grants it")
  func noPermission() throws {
    let machine = try TestMachine()
    machine.i2c.setOpenResult(-13)
    let text = refusal(machine)
    #expect(text.contains("no permission to use /dev/i2c-1"))
    #expect(text.contains("sudo usermod -aG i2c"))
    #expect(machine.enable.with { $0.levels.isEmpty }, "nothing was driven")
  }

  @Test("A line that somebody else holds is refused with its holder")
  func busyLine() throws {
    let machine = try TestMachine()
    machine.gpio.with { state in
      state.chips["gpiochip0"]?.lines[17].consumer = "fan"
      state.requestErrors = [-16]
    }
    #expect(refusal(machine).contains("lines.enable: GPIO17 of pinctrl-bcm2711 is in use by 'fan'"))
  }

  @Test("A line that carries the bus is refused")
  func busPin() throws {
    let machine = try TestMachine([("line: \"GPIO17\"", "line: \"GPIO2\"")])
    #expect(refusal(machine).contains("lines.enable: GPIO2 of pinctrl-bcm2711 is a pin of i2c-1"))
  }

  @Test("A bus that is slower than the configuration counts on is refused with the line that raises it")
  func wrongSpeed() throws {
    let machine = try TestMachine()
    try machine.files.put("/sys/bus/i2c/devices/i2c-1/of_node/clock-frequency", [0, 1, 0x86, 0xA0])
    let text = refusal(machine)
    #expect(text.contains("runs at 100000 Hz, but the configuration counts on 400000 Hz"))
    #expect(text.contains("i2c_arm_baudrate=400000"))
  }

  @Test("A device that a kernel driver owns is refused with the command that frees it")
  func kernelDriver() throws {
    let machine = try TestMachine()
    try machine.files.link(
      "/sys/bus/i2c/devices/1-0068/driver", to: "../../../bus/i2c/drivers/inv-mpu6050-i2c")
    #expect(refusal(machine).contains("/sys/bus/i2c/drivers/inv-mpu6050-i2c/unbind"))
  }

  @Test(
    "A sensor that is missing at the start keeps the vehicle disarmed and is named; when it appears the vehicle arms"
  )
  func lateDevice() throws {
    let machine = try TestMachine()
    try machine.i2c.inject("imu:off@0s+1.2s")
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    #expect(eventually { run.fault(of: "imu") == "missing" })
    let status = run.slots.status.latest
    let complaints = run.complaints(about: status)
    #expect(complaints.contains { $0.contains("nothing answers at 0x68") })
    #expect(run.mode == "disarmed")
    #expect(machine.enableLevels.last != 1)
    expect(run, reaches: .active)
    #expect(run.end().loop.told.wasArmed)
  }

  @Test(
    "A chip of another identity keeps the vehicle disarmed, named with its likely part and what accepts it")
  func unknownIdentity() throws {
    let machine = try TestMachine()
    try machine.i2c.inject("imu:wrong-identity@0s")
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    #expect(eventually { run.fault(of: "imu") == "wrong_identity" })
    #expect(eventually { run.slots.status.latest.elapsed > 700_000_000 })
    let outcome = run.end()
    #expect(outcome.complaints.contains { $0.contains("sensors.imu: the chip at 0x68 says it is") })
    #expect(!outcome.loop.told.wasArmed)
    #expect(machine.enableLevels.last != 1)
  }

  @Test(
    "An adapter that is pulled out in flight disarms by the configured rule, and is found again when it is back"
  )
  func unplugged() throws {
    let machine = try TestMachine([("stale_after_ms: 20000, \n    },", "stale_after_ms: 300, \n    },")])
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    expect(run, reaches: .active)
    machine.i2c.plug(false)
    expect(run, reaches: .terminated)
    #expect(machine.enableLevels.last == 0)
    let before = run.count(of: "imu")
    machine.i2c.plug(true)
    #expect(eventually { run.count(of: "imu") > before + 50 })
    let outcome = run.end()
    #expect(outcome.buses.first.map { $0.statistics.reopened } ?? 0 > 0)
  }

  @Test("An enable line that has gone disarms, is named, and a run that was never begun ends by itself")
  func enableLineGone() throws {
    let machine = try TestMachine()
    // Never begun: its threads must not be waited for for ever.
    _ = try machine.makeRun()
    let run = try machine.makeRun()
    machine.enable.with { $0.setResult = -19 }
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    #expect(eventually { run.slots.status.latest.haveOutputsFailed })
    expect(run, reaches: .terminated)
    let outcome = run.end()
    #expect(
      outcome.complaints.contains {
        $0.hasPrefix("actuators: the enable line, the pulses or a line do not follow")
      })
    #expect(outcome.loop.told.saw(.actuatorFault))
  }

  @Test("A bus whose transfers take much longer than its speed allows is named with the factor")
  func slowBus() throws {
    let bus = try #require(try TestMachine().loaded.tables.buses.first)
    var statistics = I2CStatistics()
    // A second of bits at 400 kHz, in four seconds; too few bits say nothing.
    (statistics.bits, statistics.good) = (400_000, 4_000_000_000)
    #expect(bus.slowness(statistics) == 4)
    statistics.good = 1_100_000_000
    #expect(bus.slowness(statistics) == nil)
    (statistics.bits, statistics.good) = (1000, 4_000_000_000)
    #expect(bus.slowness(statistics) == nil)
    var status = LoopStatus()
    (status.buses[0].bits, status.buses[0].good) = (400_000, 4_000_000_000)
    let configuration = try TestMachine().loaded.tables
    let table = try configuration.table()
    let memory = FrameMemory(table)
    let complaints = configuration.complaints(
      about: status, FrameView(table, memory.frame), identities: [:], MachineState(isSwitchUnreadable: true))
    #expect(complaints.contains { $0.contains("takes 4.0 times as long as at 400000 Hz") })
    #expect(complaints.contains { $0.hasPrefix("lines.kill_switch: cannot be read") })
  }

  @Test("On a disk that is full the vehicle goes on, and the log keeps what it had")
  func fullDisk() throws {
    let machine = try TestMachine()
    let run = try machine.makeRun()
    let memory = SharedBytes()
    let log = try LinuxLog(machine.loaded, sink: FullDisk(memory, limit: 150_000))
    try run.start(ring: log.ring, duration: nil, clock: SystemClock())
    #expect(eventually { log.failure != nil })
    expect(run, reaches: .active)
    let ticks = run.slots.status.latest.ticks
    #expect(eventually { run.slots.status.latest.ticks > ticks + 10 })
    let failure = log.finish(run.end())
    #expect(failure?.contains("No space left on device") == true)
    var replay = try Replay(LogBytes(memory.bytes))
    let outcome = try replay.run()
    #expect(outcome.ticks > 20)
    #expect(outcome.difference == nil)
  }

  @Test("A log that cannot be begun is refused before anything is driven")
  func noPlaceForTheLog() throws {
    do {
      _ = try FileLogSink(path: "/proc/ganglion.mcap")
      Issue.record("a log in /proc was accepted")
    } catch {
      #expect("\(error)".contains("/proc/ganglion.mcap: cannot create it"))
    }
  }

  @Test("What real time was not granted is reported with the command that grants it, and the vehicle runs")
  func noRealTime() throws {
    let machine = try TestMachine()
    var systems = machine.systems
    systems.realTime = ScriptedRealTime(result: -1)
    let run = try LinuxRun(machine.loaded, systems: systems)
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    expect(run, reaches: .active)
    let outcome = run.end()
    let report = LinuxRunReport(name: "x", outcome: outcome)
    for word in ["LimitMEMLOCK", "LimitRTPRIO", "cpu_dma_latency"] { #expect(report.table.contains(word)) }
    #expect(JSONSerialization.isValidJSONObject(report.json))
  }
}

/// Bytes that a sink leaves behind.
final class SharedBytes: @unchecked Sendable {
  // Sendable: written by the log's thread alone, and read when that has ended.
  var bytes: [UInt8] = []
}

/// A disk with so many bytes left.
final class FullDisk: LogSink {
  private let memory: SharedBytes
  private let limit: Int

  init(_ memory: SharedBytes, limit: Int) { (self.memory, self.limit) = (memory, limit) }

  func write(_ bytes: UnsafeRawBufferPointer) throws(LogError) {
    let room = limit - memory.bytes.count
    memory.bytes.append(contentsOf: bytes.prefix(max(room, 0)))
    guard bytes.count <= room else {
      throw LogError(
        .system(errno: 28), "cannot write: No space left on device", remedy: "Check free space.")
    }
  }

  func checkpoint() throws(LogError) {}
  func close() throws(LogError) {}
}
