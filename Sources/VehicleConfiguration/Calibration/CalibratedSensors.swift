import Devices
import HardwareInterfaces
import PortableMath
import Sampling

/// A sensor that can be calibrated.
public struct CalibratedSensor: Sendable {
  /// Its key in the configuration.
  public var path: String
  /// Which chip it is.
  public var location: SensorLocation
  /// Whether it is a magnetometer, and no inertial sensor.
  public var isMagnetometer = false
}

extension VehicleTables {
  /// The sensors that can be calibrated.
  var calibratedSensors: [CalibratedSensor] {
    devices.filter { $0.rank == .inertial || $0.rank == .magnetic }.map {
      CalibratedSensor(
        path: $0.path,
        location: SensorLocation(
          chip: $0.chip.name, bus: $0.bus, address: $0.address, channel: $0.channel),
        isMagnetometer: $0.rank == .magnetic)
    }
  }
}

extension Configuration.InertialSensor {
  /// Which chip it is, for a calibration.
  public var location: SensorLocation {
    SensorLocation(chip: chip.name, bus: bus, address: address, channel: channel)
  }
}

extension Configuration.Magnetometer {
  /// Which chip it is, for a calibration.
  public var location: SensorLocation {
    SensorLocation(chip: chip.name, bus: bus, address: address, channel: channel)
  }
}

extension Configuration {
  /// The sensors that can be calibrated, by their keys.
  public var calibratedSensors: [CalibratedSensor] {
    var sensors = [CalibratedSensor(path: "sensors.imu", location: self.sensors.imu.location)]
    if let magnetometer = self.sensors.magnetometer {
      sensors.append(
        CalibratedSensor(
          path: "sensors.magnetometer", location: magnetometer.location, isMagnetometer: true))
    }
    return sensors
  }

  /// Whether the bias of the vehicle's gyroscope is taken off its readings.
  var isGyroCalibrated: Bool { calibration?[sensors.imu.location].gyro != nil }
}

extension Configuration.InertialSensor {
  /// What turns a reading of the sensor, in its axes, into one in the body's.
  func adjustment(_ calibration: SensorCalibration?) -> @Sendable (InertialSample) -> InertialSample {
    let mounting = self.mounting
    guard let correction = InertialCorrection(calibration?[location]) else { return { mounting.body($0) } }
    return { mounting.body(correction.corrected($0)) }
  }
}

extension Configuration.Magnetometer {
  /// What turns a reading of the sensor, in its axes, into one in the body's. `standard` counts where its section does not say how it
  /// sits; with neither its axes are the body's.
  func adjustment(_ calibration: SensorCalibration?, mounting standard: SensorMounting?)
    -> @Sendable (MagneticSample) -> MagneticSample
  {
    let mounting = self.mounting ?? standard ?? .aligned
    guard let correction = MagneticCorrection(calibration?[location]) else { return { mounting.body($0) } }
    return { mounting.body(correction.corrected($0)) }
  }
}

extension SensorMounting {
  /// A vector in the sensor's axes, turned into the body's.
  public func body(_ v: Vector3) -> Vector3 {
    Vector3(
      v[forward.axis] * Double(forward.sign), v[right.axis] * Double(right.sign),
      v[down.axis] * Double(down.sign))
  }

  /// A vector in the body's axes, turned into the sensor's.
  public func sensor(_ v: Vector3) -> Vector3 {
    var turned = Vector3.zero
    turned[forward.axis] += v.x * Double(forward.sign)
    turned[right.axis] += v.y * Double(right.sign)
    turned[down.axis] += v.z * Double(down.sign)
    return turned
  }
}
