import ControlLoop
import HardwareInterfaces

/// Something that walks through all fields of a tick: an encoder, a decoder, a comparison, a schema.
protocol TickFieldVisitor: ~Copyable {
  mutating func field(_ name: StaticString, _ value: inout UInt64, _ note: StaticString)
  mutating func field(_ name: StaticString, _ value: inout Int64, _ note: StaticString)
  mutating func field(_ name: StaticString, _ value: inout UInt32, _ note: StaticString)
  mutating func field(_ name: StaticString, _ value: inout Float, _ note: StaticString)
  mutating func field(_ name: StaticString, _ value: inout Bool, _ note: StaticString)
  mutating func field<Choice: RawRepresentable>(
    _ name: StaticString, _ value: inout Choice, _ note: StaticString
  ) where Choice.RawValue == UInt8
  mutating func field<let capacity: Int>(
    _ name: StaticString, _ value: inout FixedVector<capacity>, _ note: StaticString)
}

extension TickRecord {
  /// Leads `visitor` through every field that a tick of this layout has, in the order of its message.
  @inline(__always)
  mutating func visitFields<Visitor: TickFieldVisitor & ~Copyable>(
    of layout: TickLayout, _ visitor: inout Visitor
  ) {
    // With constants, so that all offsets up to the sequences are constants, too.
    switch (layout.vehicle, layout.hasSpares) {
    case (.quadrotor, false):
      visitFields(&visitor, flies: true, rolls: false, hasSpares: false, hasLimits: layout.hasNetworkLimits)
    case (.quadrotor, true):
      visitFields(&visitor, flies: true, rolls: false, hasSpares: true, hasLimits: layout.hasNetworkLimits)
    case (.balancingRobot, false):
      visitFields(&visitor, flies: false, rolls: true, hasSpares: false, hasLimits: layout.hasNetworkLimits)
    case (.balancingRobot, true):
      visitFields(&visitor, flies: false, rolls: true, hasSpares: true, hasLimits: layout.hasNetworkLimits)
    }
  }

  /// Leads `visitor` through the fields that every vehicle has, and through those of a vehicle that flies, of one that
  /// rolls on wheels, and of one whose sensors have spares.
  ///
  /// The one place that knows the fields: schema, encoder, decoder and comparison all come from here, so a
  /// field can be forgotten in none of them. Widest first, so that CDR needs no padding; sequences last.
  @inline(__always)
  private mutating func visitFields<Visitor: TickFieldVisitor & ~Copyable>(
    _ visitor: inout Visitor, flies: Bool, rolls: Bool, hasSpares: Bool, hasLimits: Bool
  ) {
    visitor.field("tick", &input.tick, "number of the tick; skipped periods count")
    visitor.field("time", &input.time.nanoseconds, "ns, when the tick began")
    visitor.field("elapsed", &input.elapsed, "ns since the previous tick")
    visitor.field("imu_time", &input.inertial.time.nanoseconds, "ns")
    if flies {
      visitor.field("barometer_time", &input.pressure.time.nanoseconds, "ns")
      visitor.field("range_time", &input.range.time.nanoseconds, "ns")
    }
    visitor.field("power_time", &input.power.time.nanoseconds, "ns")
    if rolls {
      visitor.field("left_encoder_time", &input.leftEncoder.time.nanoseconds, "ns")
      visitor.field("right_encoder_time", &input.rightEncoder.time.nanoseconds, "ns")
    }
    if hasSpares { visitSpareTimes(&visitor, flies: flies) }
    visitor.field("state_digest", &output.stateDigest, "of the network's whole state after the step")

    visitor.field("missed", &input.missed, "periods skipped just before this tick")
    visitor.field("imu_sequence", &input.inertial.sequence, "readings so far; 0 before the first")
    if flies {
      visitor.field("barometer_sequence", &input.pressure.sequence, "")
      visitor.field("range_sequence", &input.range.sequence, "")
    }
    visitor.field("power_sequence", &input.power.sequence, "")
    if rolls {
      visitor.field("left_encoder_sequence", &input.leftEncoder.sequence, "")
      visitor.field("right_encoder_sequence", &input.rightEncoder.sequence, "")
    }
    if hasSpares { visitSpareSequences(&visitor, flies: flies) }
    visitor.field("inhibits", &output.inhibits, "why the vehicle may not arm, a bit each")
    visitor.field("faults", &output.faults, "what is wrong, a bit each")

    visitor.field("acceleration_x", &input.inertial.sample.accelerationX, "m/s^2, specific force")
    visitor.field("acceleration_y", &input.inertial.sample.accelerationY, "m/s^2")
    visitor.field("acceleration_z", &input.inertial.sample.accelerationZ, "m/s^2")
    visitor.field("rate_x", &input.inertial.sample.rateX, "rad/s")
    visitor.field("rate_y", &input.inertial.sample.rateY, "rad/s")
    visitor.field("rate_z", &input.inertial.sample.rateZ, "rad/s")
    visitor.field("imu_temperature", &input.inertial.sample.temperature, "degC")
    if flies {
      visitor.field("pressure", &input.pressure.sample.pressure, "Pa")
      visitor.field("barometer_temperature", &input.pressure.sample.temperature, "degC")
      visitor.field("distance", &input.range.sample.distance, "m, along the range finder's axis")
    }
    if hasSpares { visitSpareSamples(&visitor, flies: flies) }
    visitor.field("voltage", &input.power.sample.voltage, "V")
    visitor.field("current", &input.power.sample.current, "A")
    if rolls {
      visitor.field(
        "left_angle", &input.leftEncoder.sample.angle,
        "rad within a turn, rising while the wheel rolls forward")
      visitor.field("right_angle", &input.rightEncoder.sample.angle, "rad")
    }
    if flies {
      visitor.field("setpoint_roll", &input.setpoint.roll, "rad")
      visitor.field("setpoint_pitch", &input.setpoint.pitch, "rad")
    }
    visitor.field("setpoint_yaw_rate", &input.setpoint.yawRate, "rad/s")
    if flies {
      visitor.field("setpoint_altitude", &input.setpoint.altitude, "m above take-off")
    }
    if rolls {
      visitor.field("setpoint_speed", &input.setpoint.speed, "m/s, forward positive")
    }

    visitor.field("estimate_q_w", &output.estimate.quaternion.w, "body (FRD) to local (NED)")
    visitor.field("estimate_q_x", &output.estimate.quaternion.x, "")
    visitor.field("estimate_q_y", &output.estimate.quaternion.y, "")
    visitor.field("estimate_q_z", &output.estimate.quaternion.z, "")
    visitor.field("estimate_roll", &output.estimate.roll, "rad")
    visitor.field("estimate_pitch", &output.estimate.pitch, "rad")
    visitor.field("estimate_yaw", &output.estimate.yaw, "rad")
    visitor.field("estimate_rate_x", &output.estimate.rateX, "rad/s, bias-corrected")
    visitor.field("estimate_rate_y", &output.estimate.rateY, "rad/s")
    visitor.field("estimate_rate_z", &output.estimate.rateZ, "rad/s")
    visitor.field("estimate_acceleration_z", &output.estimate.accelerationZ, "m/s^2, body axis")
    if flies {
      visitor.field("estimate_altitude", &output.estimate.altitude, "m above take-off")
      visitor.field("estimate_climb_rate", &output.estimate.climbRate, "m/s, up positive")
    }
    visitor.field("estimate_voltage", &output.estimate.voltage, "V")
    if rolls {
      visitor.field("estimate_travel", &output.estimate.travel, "m, forward positive")
      visitor.field("estimate_speed", &output.estimate.speed, "m/s")
      visitor.field("estimate_left_angle", &output.estimate.wheels.left.angle, "rad, over many turns")
      visitor.field("estimate_right_angle", &output.estimate.wheels.right.angle, "rad")
      visitor.field("estimate_left_rate", &output.estimate.wheels.left.rate, "rad/s")
      visitor.field("estimate_right_rate", &output.estimate.wheels.right.rate, "rad/s")
    }
    visitor.field("ts", &output.ts, "elapsed time as the network saw it, in its unit")
    if flies {
      visitor.field("classical_thrust", &output.classicalCommand.thrust, "0 to 1")
      visitor.field("classical_roll", &output.classicalCommand.roll, "-1 to 1")
      visitor.field("classical_pitch", &output.classicalCommand.pitch, "-1 to 1")
    }
    visitor.field("classical_yaw", &output.classicalCommand.yaw, "-1 to 1")
    if rolls {
      visitor.field("classical_drive", &output.classicalCommand.drive, "-1 to 1")
    }
    if flies {
      visitor.field("command_thrust", &output.command.thrust, "0 to 1, after limits")
      visitor.field("command_roll", &output.command.roll, "-1 to 1, after limits")
      visitor.field("command_pitch", &output.command.pitch, "-1 to 1, after limits")
    }
    visitor.field("command_yaw", &output.command.yaw, "-1 to 1, after limits")
    if rolls {
      visitor.field("command_drive", &output.command.drive, "-1 to 1, after limits")
    }

    visitor.field("imu_fault", &input.inertial.fault, "DeviceFault; 0 none")
    if flies {
      visitor.field("barometer_fault", &input.pressure.fault, "DeviceFault")
      visitor.field("range_fault", &input.range.fault, "DeviceFault")
    }
    visitor.field("power_fault", &input.power.fault, "DeviceFault")
    if rolls {
      visitor.field("left_encoder_fault", &input.leftEncoder.fault, "DeviceFault")
      visitor.field("right_encoder_fault", &input.rightEncoder.fault, "DeviceFault")
      visitor.field("left_magnet", &input.leftEncoder.sample.magnet, "MagnetState; 0 good")
      visitor.field("right_magnet", &input.rightEncoder.sample.magnet, "MagnetState")
    }
    if hasSpares { visitSpareStates(&visitor, flies: flies) }
    visitor.field("actuator_fault", &input.actuatorFault, "DeviceFault")
    visitor.field("mode", &output.mode, "VehicleMode; 0 disarmed")
    visitor.field("controller", &output.controller, "whose command reached the mixer; 0 nobody's")
    visitor.field("imu_present", &input.inertial.isPresent, "whether the vehicle has one")
    if flies {
      visitor.field("barometer_present", &input.pressure.isPresent, "")
      visitor.field("range_present", &input.range.isPresent, "")
    }
    visitor.field("power_present", &input.power.isPresent, "")
    if rolls {
      visitor.field("left_encoder_present", &input.leftEncoder.isPresent, "")
      visitor.field("right_encoder_present", &input.rightEncoder.isPresent, "")
    }
    if flies {
      visitor.field("distance_valid", &input.range.sample.isValid, "")
    }
    visitor.field("kill_switch", &input.killSwitch, "pulled")
    visitor.field("setpoint_arm", &input.setpoint.arm, "")
    visitor.field("enable", &output.enable, "level of the enable line")
    // Behind all others, so that only what has no constant place anyway is moved by it.
    if hasLimits {
      visitor.field(
        "network_limits", &output.networkLimits,
        "what was beyond the network's ranges: 1 an input, 2 a state, 4 the elapsed time")
    }

    visitor.field("network_inputs", &output.networkInputs, "after scaling, in the network's order")
    visitor.field("network_outputs", &output.networkOutputs, "before scaling")
    visitor.field(
      "motors", &output.motors, flies ? "thrust fractions, 0 to 1" : "duties, -1 to 1, forward positive")
    visitor.field("pulses", &output.pulses, "us, as sent to the actuator driver")
  }
}
