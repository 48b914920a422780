import PortableMath
import SimulatedHardware
import VehicleConfiguration

/// A balancing robot in simulation.
struct SimulatedBalancingRobot: SimulatedMotion {
  private(set) var plant: BalancingRobot
  private let evaluation: Configuration.BalancingRobot.Evaluation
  private var samples = 0
  private var stayedArmed = true
  /// Where the commanded speed and turn rate have led since the robot stood free: north and east in m, heading in rad.
  private var commanded: (north: Double, east: Double, heading: Double)?
  private var largestError = 0.0
  private var largestLean = 0.0
  /// The numbers of the wheels' actuators; none by that number before they are known.
  private var wheels = (left: -1, right: -1)

  /// The robot of a configuration as `seed` draws it.
  init(
    _ airframe: Configuration.BalancingRobot.Airframe, _ simulation: Configuration.BalancingRobot.Simulation,
    _ evaluation: Configuration.BalancingRobot.Evaluation, _ wheels: BalancingRobotPlant.Wheels, seed: UInt64
  ) {
    var parameters = BalancingRobotParameters(airframe, wheels)
    if let mass = simulation.mass { parameters.mass = mass }
    if let cells = simulation.run.batteryCells { parameters.battery.cells = cells }
    largestCurrent = parameters.largestCurrent
    let variation = simulation.variation
    plant = BalancingRobot(
      parameters: parameters,
      variation: BalancingRobotVariation(
        mass: variation.mass, inertia: variation.inertia, motor: variation.motor,
        friction: variation.friction, wheelRadius: variation.wheelRadius, imbalance: variation.imbalance,
        startLean: variation.startLean, batteryCharge: variation.batteryCharge),
      surroundings: BalancingRobotSurroundings(
        slope: simulation.ground.slope, impulse: simulation.pushes.impulse, every: simulation.pushes.every),
      seed: seed, rate: simulation.run.plantRateHz)
    self.evaluation = evaluation
  }

  var nanoseconds: Int64 { plant.nanoseconds }
  var crash: String? { plant.crash == .none ? nil : "\(plant.crash)" }

  /// A bridge's direction changes before its pulses do.
  var followsOutputs: Bool { true }

  mutating func step() { plant.step() }

  var physics: PhysicalState {
    let truth = plant.truth
    var state = PhysicalState(
      specificForce: truth.specificForce, angularRate: truth.rate, batteryVoltage: truth.voltage,
      batteryCurrent: truth.current)
    state.shaftAngles = truth.wheelAngles
    let attitude = Quaternion(roll: 0, pitch: -truth.lean, yaw: truth.heading)
    state.magneticField = attitude.inverseRotate(PhysicalState.earthField)
    return state
  }

  mutating func connect(_ actuators: SimulatedActuators) {
    wheels = (actuators["left"] ?? -1, actuators["right"] ?? -1)
  }

  mutating func drive(by actuators: SimulatedActuators) {
    func drive(_ wheel: Int) -> BalancingRobot.Drive {
      switch actuators.bridge(wheel) {
      case .open: .open
      case .braked: .driven(0)
      case .driven(let duty): .driven(duty)
      }
    }
    plant.setDrives(left: drive(wheels.left), right: drive(wheels.right))
  }

  mutating func note(_ tick: RunTick) {
    let (truth, setpoint) = (plant.truth, tick.setpoint)
    let seconds = Double(tick.elapsed) * 1e-9
    if var place = commanded {
      place.heading += Double(setpoint.yawRate) * seconds
      let (s, c) = sineAndCosine(place.heading)
      place.north += Double(setpoint.speed) * c * seconds
      place.east += Double(setpoint.speed) * s * seconds
      commanded = place
    } else if !truth.isHeld {
      commanded = (truth.north, truth.east, truth.heading)
    }
    guard evaluation.window.contains(tick.time) else { return }
    samples += 1
    if !tick.isActive { stayedArmed = false }
    largestLean = max(largestLean, truth.lean.magnitude)
    guard let commanded else { return }
    let (north, east) = (truth.north - commanded.north, truth.east - commanded.east)
    largestError = max(largestError, (north * north + east * east).squareRoot())
  }

  let largestCurrent: Double

  var score: RunScore {
    RunScore(
      isJudged: evaluation.window.isJudged, samples: samples, crash: crash, stayedArmed: stayedArmed,
      measures: [
        RunScore.Measure(
          key: "path_error_m", subject: "path", unit: " m", summary: "largest", digits: 3,
          value: samples == 0 ? .infinity : largestError, limit: evaluation.pathError),
        // Upright is what has not fallen; how far it leaned on the way is only good to know.
        RunScore.Measure(
          key: "lean_max_deg", subject: "lean", unit: "°", summary: "largest", digits: 1,
          value: samples == 0 ? .infinity : largestLean * 180 / .pi, limit: 90),
      ])
  }
}

extension BalancingRobotPlant: MovingPlant {
  /// See `MovingPlant`.
  public func motion(seed: UInt64) -> any SimulatedMotion {
    SimulatedBalancingRobot(airframe, simulation, evaluation, wheels, seed: seed)
  }
}
