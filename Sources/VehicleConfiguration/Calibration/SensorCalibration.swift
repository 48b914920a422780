import Devices
import Files
import HardwareInterfaces
import PortableMath

/// What is wrong with each sensor of a vehicle, as `ganglion calibrate` found it: corrections in the sensors' own axes,
/// each bound to the chip that it was found on.
public struct SensorCalibration: Sendable, Equatable {
  /// Where the chips are that it was made on.
  public enum Origin: Sendable, Equatable {
    /// On a board, through the buses of a Linux machine.
    case board
    /// In simulation, with errors that stay from run to run: those of `simulation.sensor_errors.specimen`.
    case specimen(UInt64)
    /// In simulation, with the errors that the run of this seed draws.
    case seed(UInt64)
  }

  /// Where the chips are.
  public var origin: Origin
  /// The chips, each at most once.
  public var chips: [ChipCalibration]
  /// The text it was read from, as a log carries it.
  public internal(set) var text = ""

  /// A calibration from its parts.
  public init(origin: Origin, chips: [ChipCalibration] = []) {
    (self.origin, self.chips) = (origin, chips)
  }

  /// The calibration of the chip at `place`; one of nothing when there is none.
  public subscript(place: SensorLocation) -> ChipCalibration {
    get { chips.first { $0.place == place } ?? ChipCalibration(place: place) }
    set {
      if let index = chips.firstIndex(where: { $0.place == place }) {
        chips[index] = newValue
      } else {
        chips.append(newValue)
      }
    }
  }
}

/// Which chip a calibration belongs to, by all that can be known of it: chips have no serial number.
public struct SensorLocation: Sendable, Equatable {
  /// The chip's name in a configuration.
  public var chip: String
  /// Name of its bus.
  public var bus: String
  /// 7-bit I2C address.
  public var address: UInt8
  /// Its place behind a multiplexer of that bus; `nil` on the bus itself.
  public var channel: BusChannel?

  /// A place from its parts.
  public init(chip: String, bus: String, address: UInt8, channel: BusChannel? = nil) {
    (self.chip, self.bus, self.address, self.channel) = (chip, bus, address, channel)
  }

  /// Whether the two stand in one place, be they the same chip or not.
  func isWhere(_ other: SensorLocation) -> Bool {
    bus == other.bus && address == other.address && channel == other.channel
  }

  /// For people: `mpu6050 at 0x68 on the bus "sensors"`.
  public var text: String {
    let way = channel.map { " behind channel \($0.number) of \(hexadecimal($0.multiplexer))" } ?? ""
    return "\(chip) at \(hexadecimal(address)) on the bus \(JSON5Value.quoted(bus))\(way)"
  }
}

/// The calibration of one chip; what was never calibrated is `nil`.
public struct ChipCalibration: Sendable, Equatable {
  /// Which chip.
  public var place: SensorLocation
  /// Of its gyroscope.
  public var gyro: GyroCalibration?
  /// Of its accelerometer.
  public var accelerometer: AccelerometerCalibration?
  /// Of the magnetometer that it is.
  public var magnetometer: MagnetometerCalibration?

  /// A calibration of nothing.
  public init(place: SensorLocation) { self.place = place }

  /// The names of what is calibrated.
  public var parts: [String] {
    [
      gyro.map { _ in "gyro" }, accelerometer.map { _ in "accelerometer" },
      magnetometer.map { _ in "magnetometer" },
    ].compactMap(\.self)
  }
}

/// When and how a part of a calibration was found; empty for one that was written by hand.
public struct CalibrationRecord: Sendable, Equatable {
  /// Time of day, as ISO 8601 has it.
  public var made: String?
  /// The command that found it.
  public var command: String?
  /// Die temperature in °C at which it was found.
  public var temperature: Double?
  /// How many readings, poses or points it follows from.
  public var count: Int?
  /// How well they fit, in the unit of the sensor: see each calibration.
  public var residual: Double?

  /// A record that knows nothing.
  public init() {}
}

/// What a gyroscope reads while nothing turns.
public struct GyroCalibration: Sendable, Equatable {
  /// Bias in rad/s about the sensor's x, y, z: reading minus truth.
  public var bias: Vector3
  /// When and how. `count` are readings, `residual` is the standard error of the bias in rad/s, the largest of the axes.
  public var record = CalibrationRecord()

  /// A calibration without a record: rad/s.
  public init(bias: Vector3) { self.bias = bias }
}

/// What is wrong with an accelerometer: truth = matrix · (reading − offset).
public struct AccelerometerCalibration: Sendable, Equatable {
  /// Offset in m/s² along the sensor's x, y, z.
  public var offset: Vector3
  /// Scale on the diagonal, what one axis feels of another beside it.
  public var matrix: Matrix3
  /// Gravity in m/s² that it was scaled to.
  public var gravity: Double
  /// When and how. `count` are poses, `residual` is the root mean square in m/s² of what the poses differ from gravity;
  /// `nil` when there are as many unknowns as poses.
  public var record = CalibrationRecord()

  /// A calibration without a record: m/s².
  public init(offset: Vector3, matrix: Matrix3, gravity: Double = StandardAtmosphere.gravity) {
    (self.offset, self.matrix, self.gravity) = (offset, matrix, gravity)
  }
}

/// What is wrong with a magnetometer: truth = matrix · (reading − offset).
public struct MagnetometerCalibration: Sendable, Equatable {
  /// Hard iron in T along the sensor's x, y, z: the field that turns with the vehicle.
  public var offset: Vector3
  /// Soft iron: what the vehicle's iron makes of the field, undone; of determinant 1 when it was found here.
  public var matrix: Matrix3
  /// Strength in T of the field that it was found in.
  public var field: Double
  /// When and how. `count` are the points, `residual` is the root mean square in T of what they differ from the field.
  public var record = CalibrationRecord()

  /// A calibration without a record: T.
  public init(offset: Vector3, matrix: Matrix3, field: Double) {
    (self.offset, self.matrix, self.field) = (offset, matrix, field)
  }
}

/// What a calibration may hold: beyond these a chip is broken, or the calibration is no calibration.
public enum CalibrationBounds {
  /// Largest bias of a gyroscope in °/s, each axis: the MPU-6050's limit, the widest of the chips.
  public static let gyroBiasDps = 20.0
  /// Largest offset of an accelerometer in m/s², each axis: twice what the MPU-6050's data sheet allows.
  public static let accelerometerOffset = 2.0
  /// Scales of an accelerometer's axes.
  public static let accelerometerScale = 0.8...1.2
  /// Largest share of one axis that another feels, for an accelerometer.
  public static let accelerometerCross = 0.2
  /// Largest hard iron in µT, each axis.
  public static let hardIronMicrotesla = 1000.0
  /// Scales of a magnetometer's axes.
  public static let magnetometerScale = 0.4...2.5
  /// Largest share of one axis that another feels, for a magnetometer.
  public static let magnetometerCross = 1.0
  /// Strengths in µT of the Earth's field, from the South Atlantic to the South Pole, with some room.
  public static let fieldMicrotesla = 20.0...70.0
  /// Gravity in m/s², from the equator's mountains to the poles.
  public static let gravity = 9.76...9.84
}
