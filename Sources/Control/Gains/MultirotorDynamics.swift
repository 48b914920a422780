import PortableMath

/// What a multirotor's classical controller needs to know of the vehicle, and the gains that follow from it.
///
/// The rate loop is an integrator (thrust of the rotors on the body's inertia) behind lags: the motors', which is of first order, and
/// delays of sampling, filtering and computing. Loops of equal shape are had by measuring time in units of the sum of these lags:
/// the crossover of the rate loop times that sum is the same number for every vehicle, each outer loop is slower than its inner one
/// by the same factor, and each integral's corner lies the same factor below its loop's crossover. (The sum of small lags as the
/// one figure that bounds a loop: Kessler, "Das symmetrische Optimum", Regelungstechnik 6, 1958; Åström and Hägglund, "Advanced PID
/// Control", 2006, section 6.3.) The numbers are those that the controller of the simulated vehicle of 0.8 kg was tuned to by flying.
public struct MultirotorDynamics: Sendable, Equatable {
  /// Mass in kg.
  public var mass: Double
  /// Moments of inertia about the body's axes in kg m².
  public var inertia: Vector3
  /// How far each motor stands ahead of or behind the centre, and to its side, in m; of motors that stand elsewhere, the torque of a
  /// command of 1 over the full thrust.
  public var forward, side: Double
  /// Collective thrust of a command of 1 in rotors' full thrusts: their number, or less where some give less.
  public var rotors: Double
  /// Thrust of one rotor in N at full command and `referenceVoltage`.
  public var rotorThrust: Double
  /// Reaction torque per thrust in m.
  public var torquePerThrust: Double
  /// Time constant of a rotor's speed in s.
  public var motorLag: Double
  /// What passes in s between a motion and the command that answers it, beside the motors' lag.
  public var delay: Double
  /// Voltage in V for which all of it holds.
  public var referenceVoltage: Double

  /// A vehicle from its parts.
  public init(
    mass: Double, inertia: Vector3, forward: Double, side: Double, rotors: Double, rotorThrust: Double,
    torquePerThrust: Double, motorLag: Double, delay: Double, referenceVoltage: Double
  ) {
    (self.mass, self.inertia, self.forward, self.side) = (mass, inertia, forward, side)
    (self.rotors, self.rotorThrust, self.torquePerThrust) = (rotors, rotorThrust, torquePerThrust)
    (self.motorLag, self.delay, self.referenceVoltage) = (motorLag, delay, referenceVoltage)
  }

  /// Thrust of all rotors at full command in N.
  public var fullThrust: Double { rotors * rotorThrust }
  /// Full thrust as a multiple of the weight.
  public var liftRatio: Double { fullThrust / (mass * StandardAtmosphere.gravity) }
  /// Collective thrust that carries the vehicle, of full thrust.
  public var hoverThrust: Double { 1 / liftRatio }
  /// Angular accelerations about the body's axes in rad/s² that a command of 1 makes.
  public var authority: Vector3 {
    Vector3(
      fullThrust * side / inertia.x, fullThrust * forward / inertia.y,
      fullThrust * torquePerThrust / inertia.z)
  }
}

/// A gain of a block: the name of its setting, and its value.
public struct ComputedGain: Sendable, Equatable {
  /// The setting's name.
  public var name: String
  /// Its value, in the setting's unit.
  public var value: Double

  init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }
}

extension MultirotorDynamics {
  /// Crossover of the rate loop times the sum of the lags.
  private static let rateLoop = 0.8
  /// Crossovers of the loops around it, of the rate loop's.
  private static let attitudeLoop = 0.4
  private static let yawLoop = 0.4
  private static let climbLoop = 0.25
  /// Crossover of the altitude loop, of the climb rate loop's.
  private static let altitudeLoop = 0.4
  /// Corners of the integrals, of the crossovers of their loops.
  private static let rateCorner = 0.12
  private static let yawCorner = 0.104
  private static let climbCorner = 0.16
  /// Crossover in rad/s that the climb rate loop has at most: the estimate of altitude gets no faster with a faster vehicle.
  private static let fastestClimb = 5.0
  /// What an integral can command at most: torques of full differential thrust, climb in m/s².
  private static let integralTorque = 0.096
  private static let integralYawTorque = 0.125
  private static let integralClimb = 4.0
  /// From which ratio on roll and pitch have gains of their own.
  private static let unequalAxes = 1.25

  /// Crossover of the rate loop in rad/s.
  public var rateCrossover: Double { Self.rateLoop / (motorLag + delay) }

  /// The settings of `quadrotor_control` that follow from the vehicle, in the order of the block's description.
  public var gains: [ComputedGain] {
    let crossover = rateCrossover
    let authority = authority
    let ratio = authority.x / authority.y
    // One gain serves both axes unless they differ much: its loops then lie about the crossover.
    let isUnequal = max(ratio, 1 / ratio) > Self.unequalAxes
    let rate = crossover / (isUnequal ? authority.x : (authority.x * authority.y).squareRoot())
    let rateIntegral = rate * Self.rateCorner * crossover
    let attitude = Self.attitudeLoop * crossover
    let yaw = Self.yawLoop * crossover / authority.z
    let yawIntegral = yaw * Self.yawCorner * Self.yawLoop * crossover
    let climb = min(Self.climbLoop * crossover, Self.fastestClimb)
    let climbIntegral = climb * Self.climbCorner * climb
    return [
      ComputedGain("attitude_gain", attitude),
      // What calls for it is an error of 21°, whatever the vehicle.
      ComputedGain("largest_rate", 0.375 * attitude),
      ComputedGain("altitude_gain", Self.altitudeLoop * climb),
      ComputedGain("attitude_integral_limit", Self.integralTorque / rateIntegral),
      ComputedGain("yaw_integral_limit", Self.integralYawTorque / yawIntegral),
      ComputedGain("climb_integral_limit", Self.integralClimb / climbIntegral),
      ComputedGain("rate_gain", rate), ComputedGain("rate_integral_gain", rateIntegral),
      ComputedGain("pitch_factor", isUnequal ? ratio : 1), ComputedGain("yaw_rate_gain", yaw),
      ComputedGain("yaw_rate_integral_gain", yawIntegral), ComputedGain("climb_gain", climb),
      ComputedGain("climb_integral_gain", climbIntegral), ComputedGain("hover_thrust", hoverThrust),
      ComputedGain("reference_voltage", referenceVoltage),
    ]
  }

  /// Phase margin in rad of the loop of rate and attitude about one axis, opened at the torque: how much later the vehicle may
  /// answer before the loop oscillates. Not above 0 when it cannot be stable.
  ///
  /// - Parameters:
  ///   - authority: Angular acceleration in rad/s² that a command of 1 makes about the axis.
  ///   - rate: Torque command for each rad/s of rate error.
  ///   - integral: Torque command for each rad of that error's integral.
  ///   - attitude: Rate in rad/s that a rad of attitude error calls for; 0 for yaw.
  public func phaseMargin(authority: Double, rate: Double, integral: Double, attitude: Double) -> Double {
    // a (k s + i) (s + A) / s³ · 1 / (T s + 1) · exp(−D s); its magnitude falls with frequency, so there is one crossover.
    func magnitude(_ w: Double) -> Double {
      let controller = (rate * rate * w * w + integral * integral).squareRoot()
      let outer = (w * w + attitude * attitude).squareRoot()
      return authority * controller * outer / (w * w * w * (1 + motorLag * motorLag * w * w).squareRoot())
    }
    var (low, high) = (1e-6, 1e6)
    for _ in 0..<80 {
      let middle = (low * high).squareRoot()
      if magnitude(middle) > 1 { low = middle } else { high = middle }
    }
    let w = low
    return -0.5 * Double.pi + arctangent2(rate * w, integral) + arctangent2(w, attitude)
      - arctangent(motorLag * w) - delay * w
  }
}
