import HardwareInterfaces
import LinuxHardware
import Signals
import Synchronization

/// What a bus's thread tells the loop beside what its devices read.
struct BusReport: BitwiseCopyable, Sendable {
  /// What the bus has carried.
  var statistics = I2CStatistics()
  /// What keeps its actuators from their orders.
  var actuatorFault = DeviceFault.none
  /// The time of the newest order that the actuators have taken, in ns; 0 before the first.
  var taken: Int64 = 0
}

/// When an order to the actuators of a bus was given, in front of the order itself.
struct OrderTimes: BitwiseCopyable, Sendable {
  /// When the tick began that asks for it, in ns.
  var time: Int64 = 0
  /// When the newest sample was taken that it follows from, in ns; 0 for none.
  var sampleTime: Int64 = 0
}

/// Where a bus's thread and the loop meet: each writes what the other reads, and neither waits.
final class BusSlots: Sendable {
  /// Written by the bus, read by the loop.
  let report = LatestValue(BusReport())
  /// What its devices read: the bytes of `BusWorker.readings`. Written by the bus, read by the loop.
  let readings: LatestBytes
  /// What its devices say they are: two bytes each, in the order of `BusWorker.devices`: whether it has an identity, and which. Written
  /// by the bus, read by whoever supervises.
  let identities: LatestBytes
  /// `OrderTimes`, then the bytes of `BusWorker.orders`. Written by the loop, read by the bus.
  let orders: LatestBytes
  /// Rung by the loop when there is an order, and by whoever ends the thread.
  let bell: Bell
  private let isEnding = Atomic<Bool>(false)

  /// Slots for a bus whose readings and orders have so many bytes, and which has so many devices.
  init(readings: Int, orders: Int, devices: Int) throws(LinuxError) {
    guard let bell = Bell() else {
      throw LinuxError("no memory for a bus's bell", remedy: "Free some memory.")
    }
    self.bell = bell
    self.readings = LatestBytes(count: readings)
    self.orders = LatestBytes(count: MemoryLayout<OrderTimes>.size + orders)
    identities = LatestBytes(count: 2 * devices)
  }

  /// Whether the thread is to end.
  var isStopping: Bool { isEnding.load(ordering: .acquiring) }

  /// Tells the thread to make its actuators safe and to end.
  func stop() {
    isEnding.store(true, ordering: .releasing)
    bell.ring()
  }
}

/// The loop's end of a bus: where it meets the bus's thread, and which parts of a frame go either way.
struct BusEnds: Sendable {
  let slots: BusSlots
  let readings: FramePatch
  let orders: FramePatch
  /// Whether it has actuators that take orders.
  let hasActuators: Bool
}

extension LatestBytes {
  /// The times in front of the newest order.
  var orderTimes: OrderTimes { latest.loadUnaligned(as: OrderTimes.self) }

  /// The order itself.
  var order: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: latest.dropFirst(MemoryLayout<OrderTimes>.size))
  }

  /// Begins an order that was given at these times, and returns where it goes; `publish` gives it out.
  func draft(_ times: OrderTimes) -> UnsafeMutableRawBufferPointer {
    let draft = draft
    draft.storeBytes(of: times, as: OrderTimes.self)
    return UnsafeMutableRawBufferPointer(rebasing: draft.dropFirst(MemoryLayout<OrderTimes>.size))
  }
}
