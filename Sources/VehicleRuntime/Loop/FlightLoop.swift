import HardwareInterfaces
import Signals

/// What carries sensors and actuators: simulated chips, or those of this machine.
protocol Vehicle: AnyObject {
  /// Puts what is known of devices, lines and actuators at `time` into the frame.
  func collectSamples(until time: MonotonicTime, into frame: Frame)
  /// Sends what the frame says to the actuators.
  func actuate(_ frame: Frame)
  /// Puts every output to its safe value.
  func makeSafe()
}

/// A vehicle with its clock, its controller and its log: what `fly` moves from tick to tick.
protocol VehicleFlight: ~Copyable {
  /// What carries sensors and actuators.
  associatedtype Craft: Vehicle
  /// What is known at the end.
  associatedtype Report
  /// Why a tick cannot be recorded; `Never` where that ends no flight.
  associatedtype Failure: Error

  /// Sensors and actuators.
  var vehicle: Craft { get }
  /// The values of the controller's signals.
  var frame: Frame { get }
  /// Begins the next tick at its time; `nil` when the flight is over.
  mutating func nextTick() -> LoopSchedule.Start?
  /// Puts the tick's times and what the vehicle is asked for into the frame, behind what devices say.
  mutating func see(_ start: LoopSchedule.Start)
  /// The tick: the controller's step.
  mutating func step()
  /// Puts a tick into the log and into the report.
  mutating func record(_ start: LoopSchedule.Start) throws(Failure)
  /// Shows people how it goes, a few times a second.
  mutating func showProgress()
  /// Ends the flight and says how it went.
  consuming func finish() throws(Failure) -> Report
}

/// Flies a vehicle from its start to its end, in simulation and on a board alike.
func fly<Flight: VehicleFlight & ~Copyable>(
  _ flight: consuming Flight, showsProgress: Bool
) throws(Flight.Failure) -> Flight.Report {
  let vehicle = flight.vehicle
  // However the flight ends, by an error too, no output keeps what the last tick gave it.
  defer { vehicle.makeSafe() }
  try flyTicks(&flight, vehicle, showsProgress: showsProgress)
  return try flight.finish()
}

/// Flies tick by tick. On a board nothing in it allocates, counts references or locks (scripts/check-object-code looks).
@inline(never)
private func flyTicks<Flight: VehicleFlight & ~Copyable>(
  _ flight: inout Flight, _ vehicle: Flight.Craft, showsProgress: Bool
) throws(Flight.Failure) {
  while let start = flight.nextTick() {
    try flight.fly(start, vehicle)
    if showsProgress { flight.showProgress() }
  }
}

extension VehicleFlight where Self: ~Copyable {
  /// Flies one tick.
  ///
  /// The five calls are the way of every sample from a register to a motor; docs/how-it-works.md follows them.
  @inline(__always)
  mutating func fly(_ start: LoopSchedule.Start, _ vehicle: Craft) throws(Failure) {
    vehicle.collectSamples(until: start.time, into: frame)
    see(start)
    step()
    vehicle.actuate(frame)
    try record(start)
  }
}
