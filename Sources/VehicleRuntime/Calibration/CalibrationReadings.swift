import Control
import HardwareInterfaces
import Sampling
import Signals
import VehicleConfiguration

/// The newest reading of one sensor.
public struct Reading<Sample: BitwiseCopyable & Sendable & Equatable>: BitwiseCopyable, Sendable, Equatable {
  /// The reading; meaningless while `sequence` is 0.
  public var sample: Sample
  /// When it was taken.
  public var time: MonotonicTime
  /// How many readings the sensor has given; 0 before the first.
  public var sequence: UInt32
  /// What the driver says is wrong with the device now.
  public var fault: DeviceFault
  /// Whether the vehicle has this sensor at all.
  public var isPresent: Bool

  /// A slot without a reading yet.
  public init(empty sample: Sample, isPresent: Bool) {
    self.sample = sample
    self.time = .zero
    self.sequence = 0
    self.fault = .none
    self.isPresent = isPresent
  }
}

/// The newest readings of the sensors that can be calibrated.
public struct CalibrationReadings: BitwiseCopyable, Sendable, Equatable {
  /// The inertial sensor.
  public var inertial = Reading(empty: InertialSample.empty, isPresent: false)
  /// The magnetometer.
  public var magnetic = Reading(empty: MagneticSample.empty, isPresent: false)

  /// No sensors.
  public init() {}
}

/// Where the readings that a calibration is made of lie in a frame.
public struct CalibrationPlaces: BitwiseCopyable, Sendable {
  private let inertial, magnetic: DeviceFields

  /// The places of a configuration's sensors in the frames of a table: of the sensors themselves, not of spares.
  public init(_ configuration: Configuration, _ table: SignalTable) {
    let groups = configuration.sensorGroups
    func fields(_ kind: SensorKind, _ channels: [SampleChannel]) -> DeviceFields {
      let group = groups.first { $0.name == kind.rawValue }
      return DeviceFields(group?.devices.first?.name ?? kind.rawValue, channels.map(\.name), table)
    }
    inertial = fields(.imu, InertialSample.channels)
    magnetic = fields(.magnetometer, MagneticSample.channels)
  }

  /// The readings in a frame.
  public func readings(_ frame: Frame) -> CalibrationReadings {
    var readings = CalibrationReadings()
    if inertial.take(frame, &readings.inertial) {
      let fields = inertial
      readings.inertial.sample = InertialSample(
        acceleration: (fields.number(0, frame), fields.number(1, frame), fields.number(2, frame)),
        rate: (fields.number(3, frame), fields.number(4, frame), fields.number(5, frame)),
        temperature: fields.number(6, frame))
    }
    if magnetic.take(frame, &readings.magnetic) {
      let fields = magnetic
      readings.magnetic.sample = MagneticSample(
        field: (fields.number(0, frame), fields.number(1, frame), fields.number(2, frame)))
    }
    return readings
  }
}

/// Where what a device reads lies in a frame.
private struct DeviceFields: BitwiseCopyable, Sendable {
  private let time: SignalIndex<Int64>?
  private let count: SignalIndex<UInt32>?
  private let fault: SignalIndex<UInt8>?
  private let present: SignalIndex<Bool>?
  private let numbers: InlineArray<7, SignalIndex<Float>?>

  init(_ name: String, _ channels: [String], _ table: SignalTable) {
    (time, count) = (table.index(of: "\(name).time"), table.index(of: "\(name).count"))
    (fault, present) = (table.index(of: "\(name).fault"), table.index(of: "\(name).present"))
    var numbers = InlineArray<7, SignalIndex<Float>?>(repeating: nil)
    for (place, channel) in channels.prefix(7).enumerated() {
      numbers[place] = table.index(of: "\(name).\(channel)")
    }
    self.numbers = numbers
  }

  func number(_ place: Int, _ frame: Frame) -> Float { frame.value(numbers[place]) ?? 0 }

  /// Takes what every reading has; says `false` when the vehicle has no such device.
  func take<Sample>(_ frame: Frame, _ reading: inout Reading<Sample>) -> Bool {
    guard let time else { return false }
    reading.time = MonotonicTime(nanoseconds: frame[time])
    reading.sequence = frame.value(count) ?? 0
    reading.fault = DeviceFault(rawValue: frame.value(fault) ?? 0) ?? .none
    reading.isPresent = frame.value(present) ?? false
    return true
  }
}

extension ReadingTrack {
  /// Seconds since the last reading when this is a new one; `nil` when it is not. The first is 0 s after itself.
  mutating func interval<Sample>(_ reading: Reading<Sample>) -> Double? {
    guard reading.isPresent else { return nil }
    return interval(count: reading.sequence, time: reading.time.nanoseconds)
  }
}
