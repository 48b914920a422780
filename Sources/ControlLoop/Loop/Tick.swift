import HardwareInterfaces

/// Everything a tick may look at. The controller is a pure function of its state and this, so a log of
/// these replays exactly.
public struct TickInput: BitwiseCopyable, Sendable, Equatable {
  /// Number of the tick, from 0; skipped periods count.
  public var tick: UInt64
  /// When the tick began.
  public var time: MonotonicTime
  /// Measured time since the previous tick in ns; the nominal period at the first.
  public var elapsed: Int64
  /// Whole periods skipped just before this tick because the previous one came late.
  public var missed: UInt32
  /// The inertial measurement unit, in body axes (forward, right, down).
  public var inertial: Reading<InertialSample>
  /// The barometer.
  public var pressure: Reading<PressureSample>
  /// The magnetometer, in body axes. No tick uses it; logged only where sensors have spares.
  public var magnetic: Reading<MagneticSample>
  /// The range finder, looking along the body's z axis.
  public var range: Reading<RangeSample>
  /// The battery.
  public var power: Reading<PowerSample>
  /// The angles of the wheels' shafts in the body, rising while they roll forward.
  public var leftEncoder, rightEncoder: Reading<AngleSample>
  /// The spares of these sensors.
  public var spares: SpareReadings
  /// Whether the kill switch is pulled.
  public var killSwitch: Bool
  /// Whether the actuators follow, and would be made safe if this process died.
  public var actuatorFault: DeviceFault
  /// What the vehicle is asked to do.
  public var setpoint: Setpoint

  /// The first moment of a vehicle without sensors: nothing measured, nothing asked.
  public init() {
    (tick, time, elapsed, missed) = (0, .zero, 0, 0)
    inertial = Reading(
      empty: InertialSample(acceleration: (0, 0, 0), rate: (0, 0, 0), temperature: 0), isPresent: false)
    pressure = Reading(empty: PressureSample(pressure: 0, temperature: 0), isPresent: false)
    magnetic = Reading(empty: MagneticSample(field: (0, 0, 0)), isPresent: false)
    range = Reading(empty: RangeSample(distance: 0, isValid: false), isPresent: false)
    power = Reading(empty: PowerSample(voltage: 0, current: 0), isPresent: false)
    leftEncoder = Reading(empty: AngleSample(angle: 0, magnet: .good), isPresent: false)
    rightEncoder = leftEncoder
    spares = SpareReadings()
    (killSwitch, actuatorFault, setpoint) = (false, .none, Setpoint())
  }
}

/// How upright and how high the vehicle is and how it rolls, as estimated; what a kind of vehicle does not estimate
/// stays 0.
public struct Estimate: BitwiseCopyable, Sendable, Equatable {
  /// Attitude: rotation from body (forward, right, down) to local frame (north, east, down); w, x, y, z.
  public var quaternion: (w: Float, x: Float, y: Float, z: Float)
  /// Roll, pitch, yaw in rad (aerospace order z-y-x).
  public var roll, pitch, yaw: Float
  /// Bias-corrected body rates in rad/s.
  public var rateX, rateY, rateZ: Float
  /// Specific force along the body's z axis in m/s².
  public var accelerationZ: Float
  /// Altitude above the take-off point in m and climb rate in m/s, up positive.
  public var altitude, climbRate: Float
  /// Battery voltage in V, as last measured.
  public var voltage: Float
  /// Way over the ground since the start in m and speed in m/s, forward positive.
  public var travel, speed: Float
  /// Angles in rad over many turns by which the wheels have turned in the body, and their rates in rad/s, forward
  /// positive.
  public var wheels: (left: WheelMotion, right: WheelMotion)

  /// Level, at rest, on the ground.
  public init() {
    quaternion = (1, 0, 0, 0)
    (roll, pitch, yaw, rateX, rateY, rateZ) = (0, 0, 0, 0, 0, 0)
    (accelerationZ, altitude, climbRate, voltage) = (-9.80665, 0, 0, 0)
    (travel, speed, wheels) = (0, 0, (WheelMotion(), WheelMotion()))
  }

  /// Whether every component is equal.
  public static func == (a: Estimate, b: Estimate) -> Bool {
    a.quaternion == b.quaternion && a.roll == b.roll && a.pitch == b.pitch && a.yaw == b.yaw
      && a.rateX == b.rateX && a.rateY == b.rateY && a.rateZ == b.rateZ
      && a.accelerationZ == b.accelerationZ && a.altitude == b.altitude && a.climbRate == b.climbRate
      && a.voltage == b.voltage && a.travel == b.travel && a.speed == b.speed && a.wheels == b.wheels
  }
}

/// How a wheel turns in the body.
public struct WheelMotion: BitwiseCopyable, Sendable, Equatable {
  /// Angle in rad over many turns and rate in rad/s, forward positive.
  public var angle, rate: Float

  /// A motion from its parts.
  public init(angle: Float = 0, rate: Float = 0) { (self.angle, self.rate) = (angle, rate) }
}

/// What a controller, network or classical, asks of the mixer; a part that a kind of vehicle does not command is 0.
public struct BodyCommand: BitwiseCopyable, Sendable, Equatable {
  /// Collective thrust, 0 to 1 of the motors' full thrust.
  public var thrust: Float
  /// Torques about the body's axes: −1 to 1 of full differential thrust, or of the supply's voltage between the wheels.
  public var roll, pitch, yaw: Float
  /// Forward drive of the wheels, −1 to 1 of the supply's voltage.
  public var drive: Float

  /// A command from its parts.
  public init(thrust: Float = 0, roll: Float = 0, pitch: Float = 0, yaw: Float = 0, drive: Float = 0) {
    (self.thrust, self.roll, self.pitch, self.yaw) = (thrust, roll, pitch, yaw)
    self.drive = drive
  }

  /// No thrust, no torque, no drive.
  public static let none = BodyCommand()
}
