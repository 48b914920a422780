import PortableMath
import SimulatedHardware
import VehicleConfiguration

/// A quadrotor in simulation.
struct SimulatedQuadrotor: SimulatedMotion {
  private(set) var plant: Quadrotor
  private let evaluation: Configuration.Quadrotor.Evaluation
  private var samples = 0
  private var tiltSquares = 0.0
  private var altitudeSquares = 0.0
  private var stayedArmed = true
  private let names: [String]
  /// The numbers of the rotors' actuators, in the order of the plant.
  private var rotors: [Int] = []

  /// The vehicle of a configuration as `seed` draws it.
  init(
    _ airframe: Configuration.Quadrotor.Airframe, _ simulation: Configuration.Quadrotor.Simulation,
    _ evaluation: Configuration.Quadrotor.Evaluation, seed: UInt64
  ) {
    plant = Quadrotor(airframe, simulation, seed: seed)
    // Mass and inertia, which differ from seed to seed, have no part in it.
    largestCurrent = plant.parameters.largestCurrent
    self.evaluation = evaluation
    names = airframe.rotorNames
  }

  var nanoseconds: Int64 { plant.nanoseconds }
  var physics: PhysicalState { PhysicalState(plant.truth) }
  var crash: String? { plant.crash == .none ? nil : "\(plant.crash)" }

  /// Rotors are slow beside a tick.
  var followsOutputs: Bool { false }

  mutating func step() { plant.step() }

  mutating func connect(_ actuators: SimulatedActuators) {
    // One that is not there gets nothing.
    rotors = names.map { actuators[$0] ?? -1 }
  }

  mutating func drive(by actuators: SimulatedActuators) {
    for (motor, number) in rotors.enumerated() {
      let width = actuators.output(number)
      plant.setPulse(motor: motor, microseconds: width > 0 ? width : nil)
    }
  }

  mutating func note(_ tick: RunTick) {
    guard evaluation.window.contains(tick.time) else { return }
    let (truth, setpoint) = (plant.truth, tick.setpoint)
    let euler = truth.attitude.eulerAngles
    let (roll, pitch) = (euler.roll - Double(setpoint.roll), euler.pitch - Double(setpoint.pitch))
    tiltSquares += roll * roll + pitch * pitch
    let height = truth.altitude - Double(setpoint.altitude)
    altitudeSquares += height * height
    samples += 1
    if !tick.isActive { stayedArmed = false }
  }

  let largestCurrent: Double

  var score: RunScore {
    func root(_ squares: Double) -> Double {
      samples == 0 ? .infinity : (squares / Double(samples)).squareRoot()
    }
    return RunScore(
      isJudged: evaluation.window.isJudged, samples: samples, crash: crash, stayedArmed: stayedArmed,
      measures: [
        // Roll and pitch taken together.
        RunScore.Measure(
          key: "attitude_rms_deg", subject: "attitude", unit: "°", summary: "RMS", digits: 2,
          value: root(tiltSquares) * 180 / .pi, limit: evaluation.attitudeRMS * 180 / .pi),
        RunScore.Measure(
          key: "altitude_rms_m", subject: "altitude", unit: " m", summary: "RMS", digits: 3,
          value: root(altitudeSquares), limit: evaluation.altitudeRMS),
      ])
  }
}

extension Quadrotor {
  /// The vehicle of a configuration as `seed` draws it.
  init(
    _ airframe: Configuration.Quadrotor.Airframe, _ simulation: Configuration.Quadrotor.Simulation,
    seed: UInt64
  ) {
    var parameters = QuadrotorParameters(airframe)
    if let mass = simulation.mass { parameters.mass = mass }
    if let cells = simulation.run.batteryCells { parameters.battery.cells = cells }
    let variation = simulation.variation
    self.init(
      parameters: parameters,
      variation: QuadrotorVariation(
        mass: variation.mass, inertia: variation.inertia, motor: variation.motor,
        centreOfMass: variation.centreOfMass, batteryCharge: variation.batteryCharge),
      wind: WindParameters(mean: simulation.wind.mean, gust: simulation.wind.gust), seed: seed,
      rate: simulation.run.plantRateHz)
  }
}

extension PhysicalState {
  /// What the chips of a quadrotor measure.
  init(_ truth: QuadrotorTruth) {
    self.init(
      specificForce: truth.specificForce, angularRate: truth.rate, temperature: truth.temperature - 273.15,
      pressure: truth.pressure, rangeToGround: truth.range, batteryVoltage: truth.voltage,
      batteryCurrent: truth.current)
    magneticField = truth.attitude.inverseRotate(Self.earthField)
  }

  /// The Earth's magnetic field in the middle of Europe, north-east-down, in T.
  static let earthField = Vector3(20e-6, 0, 45e-6)
}

extension QuadrotorPlant: MovingPlant {
  /// See `MovingPlant`.
  public func motion(seed: UInt64) -> any SimulatedMotion {
    SimulatedQuadrotor(airframe, simulation, evaluation, seed: seed)
  }
}
