import Devices
import HardwareInterfaces
import PortableMath

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
  public var calibratedSensors: [(path: String, location: SensorLocation)] {
    var sensors = [("sensors.imu", self.sensors.imu.location)]
    if let magnetometer = self.sensors.magnetometer {
      sensors.append(("sensors.magnetometer", magnetometer.location))
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
  /// What turns a reading of the sensor, in its axes, into one in the body's. `mounting` counts where its section has none.
  func adjustment(_ calibration: SensorCalibration?, mounting standard: Configuration.Mounting)
    -> @Sendable (MagneticSample) -> MagneticSample
  {
    let mounting = self.mounting ?? standard
    guard let correction = MagneticCorrection(calibration?[location]) else { return { mounting.body($0) } }
    return { mounting.body(correction.corrected($0)) }
  }
}

extension Configuration.Mounting {
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
