import PortableMath
import SimulatedHardware

/// The quadrotor: barometer and range finder beside what every board has, four speed controllers at the motor driver.
final class QuadrotorOnBoard: BoardVehicle {
  private var plant: Quadrotor

  /// A vehicle at rest on the ground, with its chips put on `board`.
  init(seed: UInt64, _ board: SimulatedBoard) throws(HILError) {
    plant = Quadrotor(wind: WindParameters(mean: 2...4, gust: 1...2), seed: seed, rate: 2000)
    board.physics = physics
    try board.put("mpu6050", "imu", EmulatedBoard.Address.imu)
    try board.put("bmp280", "barometer", EmulatedBoard.Address.barometer)
    try board.put("vl53l1x", "range", EmulatedBoard.Address.range)
    try board.put("ina219", "power", EmulatedBoard.Address.power) { $0.shuntResistance = 0.002 }
  }

  /// What is true now.
  var truth: QuadrotorTruth { plant.truth }

  var nanoseconds: Int64 { plant.nanoseconds }
  var crash: String? { plant.crash == .none ? nil : "\(plant.crash)" }
  var isUnderWay: Bool { plant.truth.altitude > 0.1 }

  func step() { plant.step() }

  var physics: PhysicalState {
    let truth = plant.truth
    return PhysicalState(
      specificForce: truth.specificForce, angularRate: truth.rate, temperature: truth.temperature - 273.15,
      pressure: truth.pressure, rangeToGround: truth.range, batteryVoltage: truth.voltage,
      batteryCurrent: truth.current)
  }

  func take(pins: UInt8, _ board: SimulatedBoard) {}

  func drive(_ motors: SimulatedPCA9685, _ board: SimulatedBoard) {
    for motor in 0..<4 {
      plant.setPulse(motor: motor, microseconds: board.pulseWidth(motors, channel: motor))
    }
  }

  let columns = "roll_rad,pitch_rad,altitude_m"
  var row: String {
    let (truth, euler) = (plant.truth, plant.truth.attitude.eulerAngles)
    return "\(euler.roll),\(euler.pitch),\(truth.altitude)"
  }
}

extension SimulatedBoard {
  /// Puts a chip on the bus, perhaps behind a multiplexer.
  func put(
    _ chip: String, _ name: String, _ address: UInt8,
    behind channel: (multiplexer: String, number: Int)? = nil,
    _ specimen: (inout SimulatedChipSettings) -> Void = { _ in }
  ) throws(HILError) {
    var settings = SimulatedChipSettings()
    specimen(&settings)
    guard let chip = SimulatedChips.make(chip, settings) else {
      throw HILError("there is no simulated chip \(chip)")
    }
    do {
      try attach(chip, name: name, at: BusPlace(address: address, behind: channel))
    } catch {
      throw HILError("cannot assemble the board: \(error)")
    }
  }
}
