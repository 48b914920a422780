import ControlLoop
import HardwareInterfaces
import LinuxHardware

/// The sensors of a vehicle on this machine: its buses, with the threads that sample them when it flies, and nothing
/// else. No line is opened and no actuator spoken to, so that no motor can move.
final class LinuxSource<System: I2CSystem>: CalibrationSource {
  private let configuration: Configuration
  private let threads: [BusThread<System>]
  private let slots: [BusSlots]
  private let clock = SystemClock()
  private var last = SensorReadings()
  private var identities = SensorIdentities()

  /// Time between two looks at the newest readings, in ns.
  private static var pause: Int64 { 2_000_000 }

  /// Opens the buses of `configuration`, which is one `forCalibration`, and starts their threads.
  init(_ configuration: Configuration, systems: LinuxSystems<System>) throws {
    self.configuration = configuration
    let loopGuard = try LoopGuard()
    let board = try LinuxBoard(configuration, systems: systems, loopGuard: loopGuard, recordsTraffic: false)
    var threads: [BusThread<System>] = []
    var slots: [BusSlots] = []
    for entry in board.buses {
      guard let bus = entry.bus.take() else { continue }
      let slot = try BusSlots()
      threads.append(
        try BusThread(
          entry.name, bus: bus, recorder: nil, slots: slot, configuration: configuration,
          loopGuard: loopGuard,
          scheduling: ThreadScheduling(), system: systems.realTime))
      slots.append(slot)
    }
    (self.threads, self.slots) = (threads, slots)
  }

  deinit {
    for thread in threads { thread.stop() }
    for thread in threads { _ = thread.join(within: RealTimeThread.longestEnd) }
  }

  func next() -> (readings: SensorReadings, now: MonotonicTime)? {
    clock.sleep(until: clock.now().advanced(nanoseconds: Self.pause))
    for slot in slots {
      let report = slot.report.latest
      last.take(from: report.readings)
      identities.take(from: report.identities)
    }
    return (last, clock.now())
  }

  var complaints: [String] { configuration.complaints(about: last, identities: identities) }
}
