/// Why a vehicle may not arm, most important first. A vehicle arms only when none holds.
public enum ArmingInhibit: UInt8, CaseIterable, Sendable {
  case killSwitch = 0
  case awaitingDisarm = 1
  case inertialSensor = 2
  case encoders = 13
  case attitude = 3
  case gyroscope = 15
  case moving = 4
  case tilted = 5
  case altitude = 6
  case battery = 7
  case actuators = 8
  case guardLost = 16
  case network = 9
  case overruns = 10
  case throttle = 11
  case driving = 14
  case failsafe = 12

  /// This inhibit's bit in a mask.
  public var bit: UInt32 { 1 << UInt32(rawValue) }

  /// The name: the flag `safety.no_arming_NAME`.
  public var name: String {
    switch self {
    case .killSwitch: "kill_switch"
    case .awaitingDisarm: "awaiting_disarm"
    case .inertialSensor: "inertial_sensor"
    case .encoders: "encoders"
    case .attitude: "attitude"
    case .gyroscope: "gyroscope"
    case .moving: "moving"
    case .tilted: "tilted"
    case .altitude: "altitude"
    case .battery: "battery"
    case .actuators: "actuators"
    case .guardLost: "guard_lost"
    case .network: "network"
    case .overruns: "overruns"
    case .throttle: "throttle"
    case .driving: "driving"
    case .failsafe: "failsafe"
    }
  }

  /// What holds the vehicle back, for people.
  public var text: String {
    switch self {
    case .killSwitch: "the kill switch is pulled"
    case .awaitingDisarm:
      "the arm request has not been taken back since the start, the last stop or the kill switch's release"
    case .inertialSensor: "the inertial sensor gives no trustworthy data"
    case .encoders: "a wheel's encoder gives no trustworthy data"
    case .attitude: "the attitude is not known yet"
    case .gyroscope: "the gyroscope's bias is not known: the vehicle has not stood still since the start"
    case .moving: "the vehicle is moving"
    case .tilted: "the vehicle is not upright"
    case .altitude: "the altitude is not known"
    case .battery: "the battery is low or not measured"
    case .actuators: "the actuator driver does not answer"
    case .guardLost: "the process that makes the outputs safe after this one's death has gone"
    case .network: "the network failed in its last step"
    case .overruns: "the loop misses its ticks"
    case .throttle: "the altitude setpoint is above the ground"
    case .driving: "the speed or the turn rate asked for is not zero"
    case .failsafe: "a fault that would end the flight is in force"
    }
  }

  /// What to do about it.
  public var remedy: String {
    switch self {
    case .killSwitch: "release the kill switch"
    case .awaitingDisarm: "switch to disarmed once, then arm"
    case .inertialSensor: "check the sensor's wiring, address and identity"
    case .encoders: "check the encoders' magnets, wiring and multiplexer"
    case .attitude: "keep the vehicle still until the filter has settled"
    case .gyroscope:
      "put the vehicle down and keep it still for a second, or store the bias with ganglion calibrate"
    case .moving: "put the vehicle down and keep it still"
    case .tilted: "put the vehicle level, or hold it upright, or widen arming.level_within_deg"
    case .altitude: "check the range finder and the barometer"
    case .battery: "charge the battery, or check the power sensor"
    case .actuators: "check the actuator driver's wiring and address"
    case .guardLost: "start the vehicle anew, and see the journal for who ended its guard"
    case .network: "check the model's inputs; see the log's events"
    case .overruns: "lower loop.rate_hz or free the processor"
    case .throttle: "set the altitude setpoint to zero before arming"
    case .driving: "set the speed and the turn rate to zero before arming"
    case .failsafe: "see the faults in the log's events; the failsafe section says what each leads to"
    }
  }
}
