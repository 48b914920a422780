import PortableMath

/// The physical figures of a multirotor, a quad-X unless it says otherwise. The defaults describe a vehicle of 0.8 kg with 5-inch
/// propellers and a 3-cell battery.
///
/// Body axes point forward, right and down, with the origin in the geometric centre, where the inertial
/// unit sits.
public struct QuadrotorParameters: Sendable, Equatable {
  /// Mass in kg.
  public var mass = 0.8
  /// Moments of inertia about the body's axes in kg m²; products of inertia are zero.
  public var inertia = Vector3(0.0035, 0.0038, 0.0065)
  /// How far the motors stand ahead of and behind the centre, in m: by default on the diagonals, 0.12 m from it.
  public var armForward = 0.12 * 0.5.squareRoot()
  /// How far they stand to its sides, in m.
  public var armSide = 0.12 * 0.5.squareRoot()
  /// Where the rotors stand when they are not the four of an X; the feet then stand as far out as they do on average.
  public var rotors: RotorPlaces?
  /// Height in m of the rotor plane above the centre: side wind on the rotors therefore also pitches and rolls.
  public var rotorPlaneHeight = 0.02

  /// Speed of a motor in rad/s at command 1 and `referenceVoltage`, proportional to voltage.
  public var maximumSpeed = 2200.0
  /// Voltage in V for which `maximumSpeed` holds.
  public var referenceVoltage = 11.4
  /// Thrust of one rotor in N at `maximumSpeed`, proportional to the square of its speed: four give 2.2 times
  /// the weight.
  public var maximumThrust = 4.32
  /// Reaction torque per thrust in m.
  public var torquePerThrust = 0.010
  /// Time constant in s with which a motor speeds up.
  public var spinUpTime = 0.030
  /// Time constant in s with which a motor slows down.
  public var spinDownTime = 0.035
  /// Moment of inertia of a rotor with its motor bell in kg m².
  public var rotorInertia = 8e-6
  /// Share of electrical power that reaches the propeller.
  public var motorEfficiency = 0.8
  /// What everything but the motors draws, in W.
  public var avionicsPower = 5.0

  /// Force across a rotor's axis per crosswise air speed and rotor speed, in N / (m/s) / (rad/s): at hover
  /// this makes a drag of 0.35 1/s, in the range that Faessler, Franchi and Scaramuzza (2018) identified.
  public var rotorDrag = 4.8e-5
  /// Loss of thrust per axial air speed (climbing) and rotor speed, in N / (m/s) / (rad/s).
  public var rotorInflow = 6.8e-5
  /// Drag area (coefficient times area) of the body in m², seen from any side.
  public var dragArea = 0.011
  /// Share of the dynamic pressure that the barometer wrongly reads, negative for suction.
  public var staticPressureError = -0.1

  /// Feet below the motors: height of the centre in m above the ground at rest.
  public var footHeight = 0.10
  /// Stiffness of one foot in N/m.
  public var footStiffness = 1000.0
  /// Damping of one foot in N/(m/s).
  public var footDamping = 14.0
  /// Coefficient of friction between foot and ground.
  public var friction = 0.6
  /// Speed in m/s below which friction fades, so that it comes to rest without chattering.
  public var frictionFadeSpeed = 0.02

  /// How far below the centre the range finder sits, in m.
  public var rangeFinderDrop = 0.02
  /// The range finder sees nothing beyond this distance, in m.
  public var maximumRange = 4.0

  /// Speed in m/s towards the ground at touch-down from which it is a crash.
  public var crashSpeed = 3.0
  /// Cosine of the tilt from which it is a crash: 80 degrees.
  public var crashCosineOfTilt = 0.17364817766693041
  /// The vehicle is lost when it is farther than this from its start in north or east, in m. An attitude
  /// controller does not hold position: in 6 m/s of wind it drifts 100 m in 20 s.
  public var boundary = 200.0
  /// The vehicle is lost above this altitude in m.
  public var ceiling = 60.0

  /// The battery.
  public var battery = BatteryParameters()
  /// Air pressure at the take-off point in Pa.
  public var groundPressure = 101_325.0
  /// Air temperature at the take-off point in K.
  public var groundTemperature = 293.15

  /// The default vehicle.
  public init() {}

  /// Current in A that the battery, full, gives with all motors at full thrust.
  public var largestCurrent: Double {
    let shaft = Double(rotors?.count ?? 4) * maximumThrust * torquePerThrust * maximumSpeed
    var battery = Battery(parameters: battery, charge: 1)
    battery.deliver(power: shaft / motorEfficiency + avionicsPower, seconds: 0)
    return battery.current
  }
}

/// How far one vehicle differs from the next: half-widths of uniform distributions, drawn anew for each seed.
public struct QuadrotorVariation: Sendable, Equatable {
  /// Relative half-width of the mass.
  public var mass: Double
  /// Relative half-width of the moments of inertia, drawn for each axis.
  public var inertia: Double
  /// Relative half-width of the thrust, drawn for each motor.
  public var motor: Double
  /// Half-width of the centre of mass's distance from the geometric centre, in m for each axis.
  public var centreOfMass: Double
  /// State of charge at the start, 0 to 1: lowest and highest.
  public var batteryCharge: ClosedRange<Double>

  /// A variation from its parts.
  public init(
    mass: Double = 0, inertia: Double = 0, motor: Double = 0, centreOfMass: Double = 0,
    batteryCharge: ClosedRange<Double> = 0.9...0.9
  ) {
    self.mass = mass
    self.inertia = inertia
    self.motor = motor
    self.centreOfMass = centreOfMass
    self.batteryCharge = batteryCharge
  }

  /// Every vehicle is the nominal one.
  public static let none = QuadrotorVariation()
}
