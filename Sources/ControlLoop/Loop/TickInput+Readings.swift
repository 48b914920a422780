import HardwareInterfaces

extension TickInput {
  /// What a tick that begins now may look at.
  public init(_ start: LoopSchedule.Start, _ readings: SensorReadings, killSwitch: Bool, setpoint: Setpoint) {
    self.init()
    (tick, time, elapsed, missed) = (start.tick, start.time, start.elapsed, start.missed)
    (inertial, pressure) = (readings.inertial, readings.pressure)
    (range, power) = (readings.range, readings.power)
    (magnetic, spares) = (readings.magnetic, readings.spares)
    (leftEncoder, rightEncoder) = (readings.leftEncoder, readings.rightEncoder)
    actuatorFault = readings.actuatorFault
    self.killSwitch = killSwitch
    self.setpoint = setpoint
  }
}
