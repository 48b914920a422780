import HardwareInterfaces
import LinuxHardware
import Signals
import VehicleConfiguration

/// The sensors of a vehicle on this machine: its buses, with the threads that sample them when it flies, and nothing
/// else. No line is opened and no actuator spoken to, so that no motor can move.
package final class LinuxSource<System: I2CSystem>: CalibrationSource {
  private let configuration: VehicleTables
  private let threads: [BusThread<System>]
  private let memory: FrameMemory
  private let table: SignalTable
  private let places: CalibrationPlaces
  private let clock = SystemClock()

  /// Time between two looks at the newest readings, in ns.
  private static var pause: Int64 { 2_000_000 }

  /// Opens the buses of `configuration`, as it is calibrated, and starts their threads.
  package init(_ configuration: Configuration, systems: LinuxSystems<System>) throws {
    let tables = VehicleTables.forCalibration(configuration)
    self.configuration = tables
    table = try tables.deviceTable()
    memory = FrameMemory(table)
    places = CalibrationPlaces(configuration, table)
    let loopGuard = try LoopGuard()
    let board = try LinuxBoard(
      tables, tables.actuatorPlan(), table, systems: systems, loopGuard: loopGuard,
      recordsTraffic: false)
    var threads: [BusThread<System>] = []
    for entry in board.buses {
      guard let bus = entry.bus.take() else { continue }
      threads.append(
        try BusThread(
          entry.name, bus: bus, recorder: nil,
          devices: tables.devices.filter { $0.bus == entry.name }, chips: [], table: table,
          loopGuard: loopGuard, scheduling: ThreadScheduling(), system: systems.realTime))
    }
    self.threads = threads
  }

  deinit {
    for thread in threads { thread.stop() }
    for thread in threads { _ = thread.join(within: RealTimeThread.longestEnd) }
  }

  package func next() -> (readings: CalibrationReadings, now: MonotonicTime)? {
    clock.sleep(until: clock.now().advanced(nanoseconds: Self.pause))
    for bus in threads.map(\.ends) { bus.readings.write(bus.slots.readings.latest, to: memory.frame) }
    return (places.readings(memory.frame), clock.now())
  }

  package var complaints: [String] {
    var identities: [String: UInt8] = [:]
    for thread in threads { thread.takeIdentities(&identities) }
    return configuration.devices.complaints(about: FrameView(table, memory.frame), identities: identities)
  }
}
