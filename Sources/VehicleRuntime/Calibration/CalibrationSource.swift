import FlightLog
import HardwareInterfaces
import PortableMath
import Signals
import SimulatedHardware
import VehicleConfiguration

/// Where the readings come from that a calibration is made of: as the chips give them, in the sensors' axes.
package protocol CalibrationSource: AnyObject {
  /// The newest readings, and the time; `nil` when there will be no more.
  func next() throws -> (readings: CalibrationReadings, now: MonotonicTime)?
  /// What an owner must know of sensors that are missing, or that are not what the configuration says.
  var complaints: [String] { get }
  /// What was used of a recording and what was not, once no more is needed; `nil` where readings come from chips.
  func account() throws -> ImportAccount?
}

extension CalibrationSource {
  package func account() -> ImportAccount? { nil }
}

/// Simulated chips on a board that is moved as a calibration wants it.
package final class SimulatedSource: CalibrationSource {
  private let configuration: Configuration
  private let vehicle: SimulatedVehicle
  private let end: Int64
  private let step: Int64
  private var time = MonotonicTime.zero
  private let sampled: VehicleTables
  private let places: CalibrationPlaces

  /// The chips of `configuration` as `seed` draws them, in the hands of somebody who moves them so.
  package init(_ configuration: Configuration, seed: UInt64, handling: Handling) throws(VehicleError) {
    self.configuration = configuration
    sampled = VehicleTables.forCalibration(configuration)
    vehicle = try SimulatedVehicle(
      VehicleTables(configuration), seed: seed, motion: HandheldBoard(handling), sampled: sampled)
    places = CalibrationPlaces(configuration, vehicle.table)
    end = handling.nanoseconds
    step = 1_000_000_000 / Int64(max(configuration.sensors.imu.rateHz, 1))
  }

  /// What the chips are put on, to inject faults and to know the truth.
  var board: SimulatedBoard { vehicle.board }

  package func next() -> (readings: CalibrationReadings, now: MonotonicTime)? {
    guard time.nanoseconds < end else { return nil }
    time = time.advanced(nanoseconds: step)
    vehicle.collectSamples(until: time, into: vehicle.values)
    return (places.readings(vehicle.values), time)
  }

  package var complaints: [String] {
    sampled.devices.complaints(
      about: FrameView(vehicle.table, vehicle.values), identities: vehicle.identities)
  }
}

/// The inertial readings of a log, turned back into the sensors' axes and into what the chips gave.
package final class LogSource: CalibrationSource {
  private var cursor: TickCursor
  private let configuration: Configuration
  private let places: CalibrationPlaces
  private let time: SignalIndex<Int64>?
  private var counted = TickAccount(of: .inertial)
  private var last: UInt32 = 0

  /// The log whose configuration, with the calibration that was applied, is `configuration`.
  package init(_ log: FlightLogReader, _ configuration: Configuration) {
    cursor = log.ticks()
    self.configuration = configuration
    places = CalibrationPlaces(configuration, log.table)
    time = log.table.index(of: "tick.time")
  }

  package func next() throws -> (readings: CalibrationReadings, now: MonotonicTime)? {
    while true {
      switch try step() {
      case .tick:
        var readings = CalibrationReadings()
        readings.inertial = places.readings(cursor.frame).inertial
        readings.inertial.sample = configuration.asGiven(readings.inertial.sample)
        return (readings, MonotonicTime(nanoseconds: cursor.frame.value(time) ?? 0))
      case .dropout, .damage: continue
      case .end: return nil
      }
    }
  }

  /// Goes on to the next tick, dropout or damage.
  private func step(unless reason: String? = nil) throws -> TickEvent {
    let event = try cursor.next()
    let reading = places.readings(cursor.frame).inertial
    let isNew = reading.isPresent && reading.sequence != 0 && reading.sequence != last
    counted.note(
      event, lostBefore: cursor.lostBeforeRecovery, time: reading.time.nanoseconds,
      leftOut: isNew ? reason : "without a new reading")
    if case .tick = event { last = reading.sequence }
    return event
  }

  package func account() throws -> ImportAccount? {
    while true {
      if case .end = try step(unless: "behind all that was needed") { return counted.account }
    }
  }

  package var complaints: [String] { [] }
}

extension Configuration {
  /// A reading in the body's axes, as the chip gave it in its own.
  fileprivate func asGiven(_ sample: InertialSample) -> InertialSample {
    let mounting = sensors.imu.mounting
    let calibration = self.calibration?[sensors.imu.location]
    var rate = mounting.sensor(
      Vector3(Double(sample.rateX), Double(sample.rateY), Double(sample.rateZ)))
    var force = mounting.sensor(
      Vector3(Double(sample.accelerationX), Double(sample.accelerationY), Double(sample.accelerationZ)))
    if let gyro = calibration?.gyro { rate += gyro.bias }
    // The correction of a file has an inverse: a matrix without one is refused.
    if let accelerometer = calibration?.accelerometer, let inverse = accelerometer.matrix.inverse {
      force = inverse * force + accelerometer.offset
    }
    return InertialSample(
      acceleration: (Float(force.x), Float(force.y), Float(force.z)),
      rate: (Float(rate.x), Float(rate.y), Float(rate.z)), temperature: sample.temperature)
  }
}
