import PortableMath
import SimulatedHardware

/// The balancing robot: two encoders of one address behind a multiplexer, and two bridges that have their directions from
/// pins, their pulses from the motor driver, and the enable line at STBY.
final class BalancerOnBoard: BoardVehicle {
  /// Pins of the bridges: forward and reverse, left and right.
  private static let bridges = [(forward: 2, reverse: 3), (forward: 6, reverse: 7)]
  private static let multiplexer: UInt8 = 0x71
  private static let encoder: UInt8 = 0x36

  private var plant: BalancingRobot
  private let bridge: SimulatedTB6612

  /// A robot that somebody holds upright until its motors drive, with its chips put on `board`.
  init(seed: UInt64, _ board: SimulatedBoard) throws(HILError) {
    plant = BalancingRobot(
      surroundings: BalancingRobotSurroundings(slope: 0...0.02, impulse: 0.05...0.1, every: 3...5),
      seed: seed,
      rate: 2000)
    // The motor driver's prescaler for 1500 Hz is 3: its 4096 counts last 4 clocks of 25 MHz each.
    bridge = SimulatedTB6612(
      (0..<2).map {
        SimulatedTB6612.Wiring(forward: "forward-\($0)", reverse: "reverse-\($0)", pulses: "pulses-\($0)")
      }, standby: "enable", pulseRate: 25_000_000 / 4096 / 4)
    board.physics = physics
    try board.put("mpu6050", "imu", EmulatedBoard.Address.imu)
    try board.put("ina219", "power", EmulatedBoard.Address.power) { $0.shuntResistance = 0.02 }
    do {
      try board.attach(SimulatedTCA9548A(), name: "multiplexer", address: Self.multiplexer)
      try board.place(bridge, name: "bridge")
    } catch {
      throw HILError("cannot assemble the board: \(error)")
    }
    for (shaft, name) in ["left-encoder", "right-encoder"].enumerated() {
      try board.put("as5600", name, Self.encoder, behind: ("multiplexer", shaft)) {
        // The right one looks at its shaft from the other side.
        ($0.shaft, $0.isReversed) = (shaft, shaft == 1)
      }
    }
    // Looks at the floor; the robot's configuration does not name it.
    try board.put("vl53l0x", "range", EmulatedBoard.Address.range)
  }

  var nanoseconds: Int64 { plant.nanoseconds }
  var crash: String? { plant.crash == .none ? nil : "\(plant.crash)" }
  var isUnderWay: Bool { !plant.isHeld }

  func step() { plant.step() }

  var physics: PhysicalState {
    let truth = plant.truth
    var state = PhysicalState(
      specificForce: truth.specificForce, angularRate: truth.rate, batteryVoltage: truth.voltage,
      batteryCurrent: truth.current)
    state.shaftAngles = truth.wheelAngles
    return state
  }

  func take(pins: UInt8, _ board: SimulatedBoard) {
    for (index, pin) in Self.bridges.enumerated() {
      board.drive("forward-\(index)", active: pins >> pin.forward & 1 == 1)
      board.drive("reverse-\(index)", active: pins >> pin.reverse & 1 == 1)
    }
  }

  func drive(_ motors: SimulatedPCA9685, _ board: SimulatedBoard) {
    plant.setDrives(left: drive(0, motors, board), right: drive(1, motors, board))
  }

  private func drive(_ index: Int, _ motors: SimulatedPCA9685, _ board: SimulatedBoard)
    -> BalancingRobot.Drive
  {
    var pulses = board.pulseOutput("pulses-\(index)")
    // A simulated output cannot fail.
    try? pulses.set(microseconds: Float(motors.pulseWidth(index) ?? 0))
    return switch board.drive(bridge, bridge: index) {
    case .open: .open
    case .braked: .driven(0)
    case .driven(let duty): .driven(duty)
    }
  }

  let columns = "north_m,east_m,heading_rad,lean_rad,held"
  var row: String {
    let truth = plant.truth
    return "\(truth.north),\(truth.east),\(truth.heading),\(truth.lean),\(truth.isHeld ? 1 : 0)"
  }
}
