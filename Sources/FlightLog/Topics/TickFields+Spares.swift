import ControlLoop
import HardwareInterfaces

// The fields of sensors with spares, by width, as `visitFields` wants them: first the readings, so that a replay votes
// again, then the votes, so that it is compared.

extension TickRecord {
  @inline(__always)
  mutating func visitSpareTimes<Visitor: TickFieldVisitor & ~Copyable>(
    _ visitor: inout Visitor, flies: Bool
  ) {
    visitor.field("imu_spare_0_time", &input.spares.inertial[0].time.nanoseconds, "ns")
    visitor.field("imu_spare_1_time", &input.spares.inertial[1].time.nanoseconds, "ns")
    if flies {
      visitor.field("barometer_spare_0_time", &input.spares.pressure[0].time.nanoseconds, "ns")
      visitor.field("barometer_spare_1_time", &input.spares.pressure[1].time.nanoseconds, "ns")
      visitor.field("range_spare_0_time", &input.spares.range[0].time.nanoseconds, "ns")
      visitor.field("range_spare_1_time", &input.spares.range[1].time.nanoseconds, "ns")
      visitor.field("magnetometer_time", &input.magnetic.time.nanoseconds, "ns")
      visitor.field("magnetometer_spare_0_time", &input.spares.magnetic[0].time.nanoseconds, "ns")
      visitor.field("magnetometer_spare_1_time", &input.spares.magnetic[1].time.nanoseconds, "ns")
    }
  }

  @inline(__always)
  mutating func visitSpareSequences<Visitor: TickFieldVisitor & ~Copyable>(
    _ visitor: inout Visitor, flies: Bool
  ) {
    visitor.field("imu_spare_0_sequence", &input.spares.inertial[0].sequence, "")
    visitor.field("imu_spare_1_sequence", &input.spares.inertial[1].sequence, "")
    if flies {
      visitor.field("barometer_spare_0_sequence", &input.spares.pressure[0].sequence, "")
      visitor.field("barometer_spare_1_sequence", &input.spares.pressure[1].sequence, "")
      visitor.field("range_spare_0_sequence", &input.spares.range[0].sequence, "")
      visitor.field("range_spare_1_sequence", &input.spares.range[1].sequence, "")
      visitor.field("magnetometer_sequence", &input.magnetic.sequence, "")
      visitor.field("magnetometer_spare_0_sequence", &input.spares.magnetic[0].sequence, "")
      visitor.field("magnetometer_spare_1_sequence", &input.spares.magnetic[1].sequence, "")
    }
  }

  @inline(__always)
  mutating func visitSpareSamples<Visitor: TickFieldVisitor & ~Copyable>(
    _ visitor: inout Visitor, flies: Bool
  ) {
    visitor.field("imu_spare_0_acceleration_x", &input.spares.inertial[0].sample.accelerationX, "m/s^2")
    visitor.field("imu_spare_0_acceleration_y", &input.spares.inertial[0].sample.accelerationY, "m/s^2")
    visitor.field("imu_spare_0_acceleration_z", &input.spares.inertial[0].sample.accelerationZ, "m/s^2")
    visitor.field("imu_spare_0_rate_x", &input.spares.inertial[0].sample.rateX, "rad/s")
    visitor.field("imu_spare_0_rate_y", &input.spares.inertial[0].sample.rateY, "rad/s")
    visitor.field("imu_spare_0_rate_z", &input.spares.inertial[0].sample.rateZ, "rad/s")
    visitor.field("imu_spare_0_temperature", &input.spares.inertial[0].sample.temperature, "degC")
    visitor.field("imu_spare_1_acceleration_x", &input.spares.inertial[1].sample.accelerationX, "m/s^2")
    visitor.field("imu_spare_1_acceleration_y", &input.spares.inertial[1].sample.accelerationY, "m/s^2")
    visitor.field("imu_spare_1_acceleration_z", &input.spares.inertial[1].sample.accelerationZ, "m/s^2")
    visitor.field("imu_spare_1_rate_x", &input.spares.inertial[1].sample.rateX, "rad/s")
    visitor.field("imu_spare_1_rate_y", &input.spares.inertial[1].sample.rateY, "rad/s")
    visitor.field("imu_spare_1_rate_z", &input.spares.inertial[1].sample.rateZ, "rad/s")
    visitor.field("imu_spare_1_temperature", &input.spares.inertial[1].sample.temperature, "degC")
    if flies {
      visitor.field("barometer_spare_0_pressure", &input.spares.pressure[0].sample.pressure, "Pa")
      visitor.field("barometer_spare_0_temperature", &input.spares.pressure[0].sample.temperature, "degC")
      visitor.field("barometer_spare_1_pressure", &input.spares.pressure[1].sample.pressure, "Pa")
      visitor.field("barometer_spare_1_temperature", &input.spares.pressure[1].sample.temperature, "degC")
      visitor.field("range_spare_0_distance", &input.spares.range[0].sample.distance, "m")
      visitor.field("range_spare_1_distance", &input.spares.range[1].sample.distance, "m")
      visitor.field("magnetometer_field_x", &input.magnetic.sample.fieldX, "T")
      visitor.field("magnetometer_field_y", &input.magnetic.sample.fieldY, "T")
      visitor.field("magnetometer_field_z", &input.magnetic.sample.fieldZ, "T")
      visitor.field("magnetometer_spare_0_field_x", &input.spares.magnetic[0].sample.fieldX, "T")
      visitor.field("magnetometer_spare_0_field_y", &input.spares.magnetic[0].sample.fieldY, "T")
      visitor.field("magnetometer_spare_0_field_z", &input.spares.magnetic[0].sample.fieldZ, "T")
      visitor.field("magnetometer_spare_1_field_x", &input.spares.magnetic[1].sample.fieldX, "T")
      visitor.field("magnetometer_spare_1_field_y", &input.spares.magnetic[1].sample.fieldY, "T")
      visitor.field("magnetometer_spare_1_field_z", &input.spares.magnetic[1].sample.fieldZ, "T")
    }
  }

  @inline(__always)
  mutating func visitSpareStates<Visitor: TickFieldVisitor & ~Copyable>(
    _ visitor: inout Visitor, flies: Bool
  ) {
    visitor.field("imu_spare_0_fault", &input.spares.inertial[0].fault, "DeviceFault")
    visitor.field("imu_spare_0_present", &input.spares.inertial[0].isPresent, "")
    visitor.field("imu_spare_1_fault", &input.spares.inertial[1].fault, "DeviceFault")
    visitor.field("imu_spare_1_present", &input.spares.inertial[1].isPresent, "")
    if flies {
      visitor.field("barometer_spare_0_fault", &input.spares.pressure[0].fault, "DeviceFault")
      visitor.field("barometer_spare_0_present", &input.spares.pressure[0].isPresent, "")
      visitor.field("barometer_spare_1_fault", &input.spares.pressure[1].fault, "DeviceFault")
      visitor.field("barometer_spare_1_present", &input.spares.pressure[1].isPresent, "")
      visitor.field("range_spare_0_fault", &input.spares.range[0].fault, "DeviceFault")
      visitor.field("range_spare_0_present", &input.spares.range[0].isPresent, "")
      visitor.field("range_spare_0_distance_valid", &input.spares.range[0].sample.isValid, "")
      visitor.field("range_spare_1_fault", &input.spares.range[1].fault, "DeviceFault")
      visitor.field("range_spare_1_present", &input.spares.range[1].isPresent, "")
      visitor.field("range_spare_1_distance_valid", &input.spares.range[1].sample.isValid, "")
      visitor.field("magnetometer_fault", &input.magnetic.fault, "DeviceFault")
      visitor.field("magnetometer_present", &input.magnetic.isPresent, "")
      visitor.field("magnetometer_spare_0_fault", &input.spares.magnetic[0].fault, "DeviceFault")
      visitor.field("magnetometer_spare_0_present", &input.spares.magnetic[0].isPresent, "")
      visitor.field("magnetometer_spare_1_fault", &input.spares.magnetic[1].fault, "DeviceFault")
      visitor.field("magnetometer_spare_1_present", &input.spares.magnetic[1].isPresent, "")
    }
    visitor.field("imu_chosen", &output.votes.imu.chosen, "the one in use; 0 the sensor itself")
    visitor.field("imu_health_0", &output.votes.imu.first, "SensorHealth; 2 good")
    visitor.field("imu_health_1", &output.votes.imu.second, "SensorHealth; 2 good")
    visitor.field("imu_health_2", &output.votes.imu.third, "SensorHealth; 2 good")
    visitor.field("imu_undecided", &output.votes.imu.isUndecided, "")
    if flies {
      visitor.field("barometer_chosen", &output.votes.barometer.chosen, "the one in use; 0 the sensor itself")
      visitor.field("barometer_health_0", &output.votes.barometer.first, "SensorHealth; 2 good")
      visitor.field("barometer_health_1", &output.votes.barometer.second, "SensorHealth; 2 good")
      visitor.field("barometer_health_2", &output.votes.barometer.third, "SensorHealth; 2 good")
      visitor.field("barometer_undecided", &output.votes.barometer.isUndecided, "")
      visitor.field("range_chosen", &output.votes.range.chosen, "the one in use; 0 the sensor itself")
      visitor.field("range_health_0", &output.votes.range.first, "SensorHealth; 2 good")
      visitor.field("range_health_1", &output.votes.range.second, "SensorHealth; 2 good")
      visitor.field("range_health_2", &output.votes.range.third, "SensorHealth; 2 good")
      visitor.field("range_undecided", &output.votes.range.isUndecided, "")
      visitor.field(
        "magnetometer_chosen", &output.votes.magnetometer.chosen, "the one in use; 0 the sensor itself")
      visitor.field("magnetometer_health_0", &output.votes.magnetometer.first, "SensorHealth; 2 good")
      visitor.field("magnetometer_health_1", &output.votes.magnetometer.second, "SensorHealth; 2 good")
      visitor.field("magnetometer_health_2", &output.votes.magnetometer.third, "SensorHealth; 2 good")
      visitor.field("magnetometer_undecided", &output.votes.magnetometer.isUndecided, "")
    }
  }
}
