import ControlLoop
import HardwareInterfaces
import LinuxHardware
import Synchronization

/// What a bus's thread tells the loop.
struct BusReport: BitwiseCopyable, Sendable {
  /// The newest readings of the bus's sensors.
  var readings = SensorReadings()
  /// What the sensors' identity registers held at their last start.
  var identities = SensorIdentities()
  /// What the bus has carried.
  var statistics = I2CStatistics()
  /// The time of the newest order that the actuators have taken, in ns; 0 before the first.
  var taken: Int64 = 0
}

/// What the loop asks of the actuators on a bus.
struct PulseOrder: BitwiseCopyable, Sendable {
  /// Pulse widths in µs.
  var widths = FixedVector<8>()
  /// When the tick began that asks for them, in ns.
  var time: Int64 = 0
  /// When the newest inertial sample was taken that the widths follow from, in ns; 0 for none.
  var sampleTime: Int64 = 0
}

/// Where a bus's thread and the loop meet: each writes what the other reads, and neither waits.
final class BusSlots: Sendable {
  /// Written by the bus, read by the loop.
  let report = LatestValue(BusReport())
  /// Written by the loop, read by the bus.
  let orders = LatestValue(PulseOrder())
  /// Rung by the loop when there is an order, and by whoever ends the thread.
  let bell: Bell
  private let isEnding = Atomic<Bool>(false)

  init() throws(LinuxError) {
    guard let bell = Bell() else {
      throw LinuxError("no memory for a bus's bell", remedy: "Free some memory.")
    }
    self.bell = bell
  }

  /// Whether the thread is to end.
  var isStopping: Bool { isEnding.load(ordering: .acquiring) }

  /// Tells the thread to make its actuators safe and to end.
  func stop() {
    isEnding.store(true, ordering: .releasing)
    bell.ring()
  }
}
