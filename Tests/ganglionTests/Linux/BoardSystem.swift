import Foundation
import HardwareInterfaces
import LinuxFakes
import LinuxHardware
import Sampling
import SimulatedHardware
import Synchronization
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// System calls of an I2C adapter behind which a simulated board lives in real time: the chips of a configuration, at
/// rest on the ground.
final class BoardI2C: I2CSystem, @unchecked Sendable {
  // Sendable: everything below is touched only while `lock` is held.
  private let lock = Mutex(())
  private let board = SimulatedBoard(seed: 1)
  private var bus: SimulatedI2CBus
  private let begin = SystemClock().now()
  private var openResult: Int32 = 3
  private var isPresent = true
  private let isHanging = Atomic<Bool>(false)

  /// A board with the chips of `configuration` and of `plan`, which is the configuration's when there is none.
  init(_ configuration: VehicleTables, plan: ActuatorPlan? = nil) throws {
    _ = try board.attach(configuration, plan ?? configuration.actuatorPlan())
    bus = board.bus(0)
  }

  private func withBoard<Result>(_ body: () throws -> Result) rethrows -> Result {
    try lock.withLock { _ in
      board.advance(to: MonotonicTime(nanoseconds: SystemClock().now().nanoseconds(since: begin)))
      return try body()
    }
  }

  /// Schedules a fault, its times from now on.
  func inject(_ text: String) throws {
    try withBoard {
      var fault = try FaultInjection(parsing: text, targets: board.chipNames)
      fault.start += board.now.seconds
      try board.inject(fault)
    }
  }

  /// Pulls the adapter out, or puts it back.
  func plug(_ isIn: Bool) { withBoard { (isPresent, openResult) = (isIn, isIn ? 3 : -ENOENT) } }

  /// Lets every transfer hang from now on, or go on.
  func hang(_ hangs: Bool) { isHanging.store(hangs, ordering: .releasing) }

  /// What opening the adapter gives from now on: −errno, or a descriptor.
  func setOpenResult(_ result: Int32) { withBoard { openResult = result } }

  /// Width in µs of the pulses at an output of the motors' chip.
  func pulse(_ channel: Int) -> Double? {
    withBoard { (board.chip(named: "motors") as? SimulatedPCA9685)?.pulseWidth(channel) }
  }

  /// The chip of that name, to know what is true of it.
  func chip(_ name: String) -> SimulatedChip? { withBoard { board.chip(named: name) } }

  func open(_ path: String) -> Int32 { withBoard { openResult } }
  func close(_ descriptor: Int32) {}
  func lock(_ descriptor: Int32) -> Int32 { 0 }
  func functions(_ descriptor: Int32, _ functions: inout UInt64) -> Int32 {
    functions = 1
    return 0
  }
  func setTimeout(_ descriptor: Int32, tensOfMilliseconds: UInt32) -> Int32 { 0 }
  func select(_ descriptor: Int32, address: UInt8) -> Int32 { 0 }
  func smbus(
    _ descriptor: Int32, _ kind: SMBusTransfer, command: UInt8, written: UnsafeBufferPointer<UInt8>,
    read: UnsafeMutableBufferPointer<UInt8>
  ) -> Int32 { -EOPNOTSUPP }
  func exists(_ path: String) -> Bool { withBoard { isPresent } }
  func now() -> Int64 { SystemClock().now().nanoseconds }

  func transfer(
    _ descriptor: Int32, address: UInt8, written: UnsafeBufferPointer<UInt8>,
    read: UnsafeMutableBufferPointer<UInt8>
  ) -> Int32 {
    while isHanging.load(ordering: .acquiring) { usleep(1_000) }
    return withBoard {
      guard isPresent else { return -EIO }
      var span = MutableSpan(_unsafeElements: read)
      do throws(BusError) {
        if read.isEmpty {
          try bus.write(Span(_unsafeElements: written), to: address)
        } else if written.isEmpty {
          try bus.read(from: address, into: &span)
        } else {
          try bus.write(Span(_unsafeElements: written), to: address, thenRead: &span)
        }
        return !read.isEmpty && !written.isEmpty ? 2 : 1
      } catch {
        switch error {
        case .noDevice: return -ENXIO
        case .dataNotAcknowledged: return -EREMOTEIO
        default: return -EIO
        }
      }
    }
  }
}

/// Real time that is granted or refused.
struct ScriptedRealTime: RealTimeSystem {
  var result: Int32 = 0
  func lockMemory() -> Int32 { result }
  func setFIFO(priority: Int32) -> Int32 { result }
  func setProcessor(_ processor: Int32) -> Int32 { result }
  func holdLatency(_ path: String, microseconds: Int32) -> Int32 { result < 0 ? result : -ENOENT }
}

/// A machine with the shipped quadrotor's adapter and lines, and a board behind them.
final class TestMachine {
  let files: MachineFiles
  let i2c: BoardI2C
  let gpio = FakeGPIO()
  let enable = FakeLines()
  let killSwitch = FakeLines()
  let lamp = FakeLines()
  /// The direction lines of the shipped robot, by offset: left forward and reverse, right forward and reverse.
  let directions = [5: FakeLines(), 6: FakeLines(), 23: FakeLines(), 24: FakeLines()]
  let loaded: LoadedVehicle
  private let edges: (read: Int32, write: Int32)

  /// The shipped quadrotor on a crowded machine: nothing in it minds being late, and it arms after a third of a second.
  convenience init(_ changes: [(String, String)] = []) throws {
    try self.init(
      shippedVehicle(
        Self.patience + [
          ("stale_after_ms: 200 }", "stale_after_ms: 20000 }"),
          // A vehicle that arms late must not be asked to fly by then.
          ("{ at_s: 1.5, altitude_m: 1.5 }", "{ at_s: 5.9, altitude_m: 1.5 }"),
        ] + changes))
  }

  /// What makes a shipped configuration patient.
  static let patience = [
    ("backend: \"simulated\"", "backend: \"linux\""), ("rate_hz: 250,\n", "rate_hz: 100,\n"),
    ("maximum_consecutive_misses: 5", "maximum_consecutive_misses: 1000"),
    ("stale_after_ms: 12", "stale_after_ms: 20000"), ("stale_after_ms: 500 }", "stale_after_ms: 20000 }"),
    ("{ at_s: 1.0, arm: true }", "{ at_s: 0.3, arm: true }"),
    ("  actuators: {", "  actuators: { stale_after_ms: 10000,"),
    ("kill_switch: {", "kill_switch: { stale_after_ms: 10000,"),
    (
      "lines: {",
      "watchdog: { loop_stopped_ms: 10000 }, lines: { status: { chip: \"pinctrl-bcm2711\", line: \"GPIO22\" },"
    ),
  ]

  /// A machine for `mission`, with the chips of `plan` when its actuators are others than the configuration's.
  init(_ loaded: LoadedVehicle, plan: ActuatorPlan? = nil) throws {
    self.loaded = loaded
    i2c = try BoardI2C(loaded.tables, plan: plan)
    files = try MachineFiles()
    try files.put("/sys/bus/i2c/devices/i2c-1/name", "bcm2835 (i2c@7e804000)")
    try files.put("/dev/gpiochip0", "")
    var lines = [GPIOLine](repeating: GPIOLine(name: ""), count: 28)
    for number in 0..<28 { lines[number].name = "GPIO\(number)" }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw CommandFailure("no pipe") }
    edges = (ends[0], ends[1])
    killSwitch.with { $0.descriptor = ends[0] }
    gpio.with { state in
      state.chips["gpiochip0"] = (
        GPIOChip(path: "/dev/gpiochip0", name: "gpiochip0", label: "pinctrl-bcm2711", lines: 28), lines
      )
      state.ownLines = [17: enable, 27: killSwitch, 22: lamp]
      for (offset, line) in directions { state.ownLines[offset] = line }
    }
  }

  deinit {
    close(edges.read)
    close(edges.write)
  }

  var systems: LinuxSystems<BoardI2C> {
    LinuxSystems(
      i2c: i2c, gpio: gpio, realTime: ScriptedRealTime(), files: files.files, hasGuardProcess: false)
  }

  /// The vehicle's buses and outputs, opened.
  func makeBoard() throws -> LinuxBoard<BoardI2C> {
    let configuration = loaded.tables
    return try LinuxBoard(
      configuration, configuration.actuatorPlan(), loaded.makeTable(), systems: systems,
      loopGuard: LoopGuard(), recordsTraffic: false)
  }

  /// The vehicle on this machine, all of it but the loop.
  func makeRun(guarded: Bool = false) throws -> LinuxRun<BoardI2C> {
    var systems = systems
    systems.hasGuardProcess = guarded
    return try LinuxRun(loaded, systems: systems)
  }

  /// Puts a PWM chip of four outputs into the machine, and gives what the file of a channel's width holds.
  func addPWMChip() throws -> (Int) -> Int {
    let chip = "/sys/class/pwm/pwmchip0"
    try files.put("\(chip)/npwm", "4")
    for channel in 0..<4 {
      for file in ["enable", "duty_cycle", "polarity", "period"] {
        try files.put("\(chip)/pwm\(channel)/\(file)", "0")
      }
    }
    return { [files] channel in
      files.line("\(chip)/pwm\(channel)/duty_cycle").flatMap { Int($0) } ?? -1
    }
  }

  /// What gives the shipped quadrotor's pulses to the kernel's PWM.
  static let kernelPWM = (
    "driver: { chip: \"pca9685\", bus: \"sensors\", address: 0x40, rate_hz: 400, oscillator_hz: 25000000 }",
    "driver: { chip: \"kernel_pwm\", pwm_chip: \"pwmchip0\", rate_hz: 400 }"
  )

  /// A pull of the kill switch that is over before anybody asks for the level.
  func pullKillSwitchForAMoment() {
    killSwitch.with { state in
      state.edges.append([
        LineEdge(time: 1, sequence: 1, becameActive: true),
        LineEdge(time: 2, sequence: 2, becameActive: false),
      ])
    }
    var byte: UInt8 = 1
    _ = write(edges.write, &byte, 1)
  }

  /// The levels that the enable line was given, without repetitions.
  var enableLevels: [UInt64] {
    enable.with { state in
      state.levels.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
  }
}

/// Waits until `condition` holds; `false` when it has not after ten seconds.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  let end = SystemClock().now().advanced(milliseconds: 10_000)
  while SystemClock().now() < end {
    if try condition() { return true }
    usleep(2_000)
  }
  return false
}

extension LinuxRun {
  /// What the vehicle is doing, as the loop last showed.
  var mode: String { values().choice("safety.mode") ?? "" }

  /// What keeps it from arming.
  var inhibits: [ArmingInhibit] {
    let values = values()
    return ArmingInhibit.allCases.filter { values.isSet("safety.no_arming_\($0.name)") }
  }

  /// The conditions that hold.
  var faults: [FailsafeCondition] {
    let values = values()
    return FailsafeCondition.allCases.filter { values.isSet("safety.\($0.name)") }
  }

  /// What the driver of a device says is wrong.
  func fault(of device: String) -> String { values().choice("\(device).fault") ?? "" }

  /// How often a device has read.
  func count(of device: String) -> Double { values()["\(device).count"] ?? 0 }
}

/// Waits for a mode of the vehicle. The run itself is no part of the expectation: a failed one would describe it, which
/// cannot be done for a bus that has one owner.
func expect<System: I2CSystem>(
  _ run: LinuxRun<System>, reaches mode: VehicleMode, sourceLocation: SourceLocation = #_sourceLocation
) {
  let isReached = eventually { run.mode == "\(mode)" }
  let (last, faults, inhibits) = (run.mode, run.faults, run.inhibits)
  #expect(
    isReached, "\(mode) is not reached: \(last), faults \(faults), inhibits \(inhibits)",
    sourceLocation: sourceLocation)
}
