import HardwareInterfaces
import Signals
import VehicleConfiguration

@testable import VehicleRuntime

/// What a test looks at in a tick of a flight.
struct SeenTick {
  /// When it began.
  let time: MonotonicTime
  /// What the vehicle was doing, and whether a motor might turn.
  let mode: VehicleMode?
  let isArmed: Bool

  init(_ start: LoopSchedule.Start, _ table: SignalTable, _ frame: Frame) {
    let view = FrameView(table, frame)
    time = start.time
    mode = view.value("safety.mode", as: UInt8.self).flatMap(VehicleMode.init)
    isArmed = view.isSet("safety.armed")
  }
}
