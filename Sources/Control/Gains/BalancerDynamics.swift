import PortableMath

/// What the classical controller of a robot that balances on two wheels needs to know of it, and the gains that follow from it.
///
/// Lean, speed and way have a linear quadratic regulator: the robot linearised upright and without dry friction (Pathak, Franch and
/// Agrawal, "Velocity and position control of a wheeled inverted pendulum by partial feedback linearization", IEEE Transactions on
/// Robotics 21 (3), 2005), sampled at the rate of the loop. Its heading has two poles that are placed.
public struct BalancerDynamics: Sendable, Equatable {
  /// Mass in kg of the body without its wheels, height in m of its centre of mass above the axle, and its moments of inertia in kg m²
  /// about its centre of mass, across and upright.
  public var mass, height, pitchInertia, yawInertia: Double
  /// Mass in kg, moment of inertia in kg m² and radius in m of a wheel, and distance in m of both.
  public var wheelMass, wheelInertia, wheelRadius, track: Double
  /// What a motor generates at the gear's output in V s/rad, torque there per current in N m/A, and resistance in Ω.
  public var backEMF, torquePerCurrent, resistance: Double
  /// Moment of inertia of a rotor as the gear's output feels it in kg m², and friction there in N m/(rad/s).
  public var rotorInertia, viscousFriction: Double
  /// Voltage in V that is taken when none is measured.
  public var referenceVoltage: Double
  /// Cells of the battery in series.
  public var cells: Int

  /// A robot from its parts.
  public init(
    mass: Double, height: Double, pitchInertia: Double, yawInertia: Double, wheelMass: Double,
    wheelInertia: Double, wheelRadius: Double, track: Double, backEMF: Double, torquePerCurrent: Double,
    resistance: Double, rotorInertia: Double, viscousFriction: Double, referenceVoltage: Double, cells: Int
  ) {
    (self.mass, self.height, self.pitchInertia, self.yawInertia) = (mass, height, pitchInertia, yawInertia)
    (self.wheelMass, self.wheelInertia, self.wheelRadius) = (wheelMass, wheelInertia, wheelRadius)
    (self.track, self.backEMF, self.torquePerCurrent) = (track, backEMF, torquePerCurrent)
    (self.resistance, self.rotorInertia, self.viscousFriction) = (resistance, rotorInertia, viscousFriction)
    (self.referenceVoltage, self.cells) = (referenceVoltage, cells)
  }

  // What a unit of each state costs, and what a volt does: half a metre of way weighs as much as 14 degrees of lean.
  private static let stateCosts = [10.0, 40, 10, 10, 0.3]
  private static let inputCost = 0.1
  /// Frequency of the heading's poles as a multiple of that at which the body falls, √(g/h), and their damping.
  private static let headingFrequency = 1.5
  private static let headingDamping = 1.236

  /// Speed in m/s that the reference voltage gives without load.
  public var topSpeed: Double { referenceVoltage / generated * wheelRadius }
  /// Lean in rad that the motors, stalled, can hold against the weight at the reference voltage; at most a right angle.
  public var largestLean: Double {
    let torque = 2 * torquePerCurrent * referenceVoltage / resistance
    return arcsine(min(torque / (mass * StandardAtmosphere.gravity * height), 1))
  }

  /// What holds against the motors' voltage at a steady rate, in V s/rad.
  private var generated: Double { backEMF + viscousFriction * resistance / torquePerCurrent }

  /// Derivatives of the state (integral of the way beyond the commanded one, that way, speed, lean and its rate) by the state and by
  /// volts at both motors.
  private var model: (state: [[Double]], input: [Double]) {
    let rotors = 2 * rotorInertia
    let a11 = mass + 2 * wheelMass + (2 * wheelInertia + rotors) / (wheelRadius * wheelRadius)
    let a12 = mass * height - rotors / wheelRadius
    let a22 = mass * height * height + pitchInertia + rotors
    let determinant = a11 * a22 - a12 * a12
    // Torque of both motors: on the wheels forward, on the body backward.
    let speed = (a22 / wheelRadius + a12) / determinant
    let lean = (-a12 / wheelRadius - a11) / determinant
    let weight = mass * StandardAtmosphere.gravity * height
    let perVolt = 2 * torquePerCurrent / resistance
    let perRate = 2 * (torquePerCurrent * backEMF / resistance + viscousFriction)
    func row(_ torque: Double, _ fall: Double) -> [Double] {
      [0, 0, -torque * perRate / wheelRadius, fall, torque * perRate]
    }
    return (
      [
        [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], row(speed, -a12 / determinant * weight), [0, 0, 0, 0, 1],
        row(lean, a11 / determinant * weight),
      ], [0, 0, speed * perVolt, 0, lean * perVolt]
    )
  }

  /// The model from one tick to the next, `seconds` later, by the exponential series of the block matrix.
  private func sampled(_ seconds: Double) -> (state: SquareMatrix, input: [Double]) {
    let (state, input) = model
    var block = SquareMatrix(size: 6)
    for row in 0..<5 {
      for column in 0..<5 { block[row, column] = state[row][column] * seconds }
      block[row, 5] = input[row] * seconds
    }
    // Halved until the series is short, and squared as often.
    let halvings = 8
    block.scale(by: 1 / 256)
    var (term, total) = (SquareMatrix(identity: 6), SquareMatrix(identity: 6))
    for order in 1..<16 {
      term = term * block
      term.scale(by: 1 / Double(order))
      total = total + term
    }
    for _ in 0..<halvings { total = total * total }
    var (a, b) = (SquareMatrix(size: 5), [Double](repeating: 0, count: 5))
    for row in 0..<5 {
      for column in 0..<5 { a[row, column] = total[row, column] }
      b[row] = total[row, 5]
    }
    return (a, b)
  }

  /// Gains from the state to volts that minimise the summed costs at ticks of `seconds`, by iterating the Riccati equation; `nil`
  /// when that leads nowhere, as for a robot that its motors cannot hold.
  private func regulator(_ seconds: Double) -> [Double]? {
    let (a, b) = sampled(seconds)
    var cost = SquareMatrix(size: 5)
    for place in 0..<5 { cost[place, place] = Self.stateCosts[place] * seconds }
    let start = cost
    for _ in 0..<200_000 {
      let weighted = cost * b
      let square = Self.inputCost * seconds + zip(b, weighted).reduce(0) { $0 + $1.0 * $1.1 }
      let gains = (0..<5).map { column in
        (0..<5).reduce(0) { $0 + weighted[$1] * a[$1, column] } / square
      }
      guard gains.allSatisfy(\.isFinite) else { return nil }
      var closed = a
      for row in 0..<5 { for column in 0..<5 { closed[row, column] -= b[row] * gains[column] } }
      // Symmetric, as it is but for rounding: what is not grows from one round to the next.
      let product = start + a.transposed * (cost * closed)
      var next = product + product.transposed
      next.scale(by: 0.5)
      let change = next.largestDifference(from: cost)
      cost = next
      if change < 1e-10 * next.largest { return gains.map { -$0 } }
    }
    return nil
  }

  /// Whether the robot stays upright with gains of way's integral, way, speed, lean and its rate, in volts, at ticks of `seconds`: all
  /// poles of the sampled loop lie within the unit circle.
  public func isStable(
    travelIntegral: Double, travel: Double, speed: Double, lean: Double, leanRate: Double, seconds: Double
  ) -> Bool {
    let (a, b) = sampled(seconds)
    let gains = [travelIntegral, travel, speed, lean, leanRate]
    // The way and its integral may be left alone; then they are nobody's, and may be anything.
    let first = travelIntegral != 0 ? 0 : travel != 0 ? 1 : 2
    var closed = SquareMatrix(size: 5 - first)
    for row in first..<5 {
      for column in first..<5 {
        closed[row - first, column - first] = a[row, column] + b[row] * gains[column]
      }
    }
    // Its powers, up to the 2^24th, which is a day: they vanish or they grow.
    for _ in 0..<24 {
      if closed.largest < 1e-6 { return true }
      guard closed.largest < 1e100 else { return false }
      closed = closed * closed
    }
    return false
  }

  /// The settings of `balance_control` that follow from the robot at ticks of `seconds`, in the order of the block's description;
  /// `nil` for a robot that its motors cannot hold.
  public func gains(seconds: Double) -> [ComputedGain]? {
    guard let regulator = regulator(seconds) else { return nil }
    let half = 0.5 * track / wheelRadius
    let perVolt = 2 * torquePerCurrent / resistance * half
    let damping = 2 * half * half * (torquePerCurrent * backEMF / resistance + viscousFriction)
    let wheels = wheelMass + (wheelInertia + rotorInertia) / (wheelRadius * wheelRadius)
    let inertia = yawInertia + 0.5 * wheels * track * track
    let frequency = Self.headingFrequency * (StandardAtmosphere.gravity / height).squareRoot()
    let heading = frequency * frequency * inertia / perVolt
    // The motors alone may damp it more than that.
    let rate = max((2 * Self.headingDamping * frequency * inertia - damping) / perVolt, 0)
    return [
      ComputedGain("travel_integral_gain", regulator[0]), ComputedGain("travel_gain", regulator[1]),
      ComputedGain("speed_gain", regulator[2]), ComputedGain("lean_gain", regulator[3]),
      ComputedGain("lean_rate_gain", regulator[4]),
      ComputedGain("speed_feedforward", generated / wheelRadius), ComputedGain("heading_gain", heading),
      ComputedGain("turn_rate_gain", rate), ComputedGain("turn_feedforward", generated * half),
      ComputedGain("reference_voltage", referenceVoltage),
      // An empty cell does not keep 2 V, and none has 10 V.
      ComputedGain("lowest_voltage", 2 * Double(cells)), ComputedGain("highest_voltage", 10 * Double(cells)),
    ]
  }
}
