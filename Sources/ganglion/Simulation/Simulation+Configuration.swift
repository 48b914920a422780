import ControlLoop
import HardwareInterfaces
import PortableMath
import SimulatedHardware

extension SimulatedBoard {
  /// Puts the chips where the configuration says they are, under the names that faults use, but for the `absent`.
  func attach(
    _ configuration: Configuration, motors: SimulatedPCA9685, without absent: Set<String>
  ) throws(AssemblyError) {
    func bus(_ name: String) -> Int { configuration.buses.firstIndex { $0.name == name } ?? 0 }
    func put(
      _ chip: String, _ name: String, on busName: String, _ address: UInt8, _ settings: SimulatedChipSettings
    ) throws(AssemblyError) -> SimulatedChip? {
      guard !absent.contains(name) else { return nil }
      guard let chip = SimulatedChips.make(chip, settings) else {
        throw .unknownChip(chip, known: SimulatedChips.names)
      }
      return try attach(chip, name: name, bus: bus(busName), address: address)
    }
    let sensors = configuration.sensors
    var settings = SimulatedChipSettings()
    settings.mounting = Mounting(sensors.imu.mounting)
    settings.identity = sensors.imu.acceptIdentities.first
    let imu = try put(sensors.imu.chip.name, "imu", on: sensors.imu.bus, sensors.imu.address, settings)
    if let barometer = sensors.barometer {
      var settings = SimulatedChipSettings()
      settings.identity = barometer.acceptIdentities.first
      _ = try put(barometer.chip.name, "barometer", on: barometer.bus, barometer.address, settings)
    }
    if let magnetometer = sensors.magnetometer {
      var settings = SimulatedChipSettings()
      settings.mounting = Mounting(magnetometer.mounting ?? sensors.imu.mounting)
      settings.identity = magnetometer.acceptIdentities.first
      let chip = try put(
        magnetometer.chip.name, "magnetometer", on: magnetometer.bus, magnetometer.address, settings)
      // On one bus with a chip that opens the way to its own: behind it, as inside an MPU-9250.
      if sensors.imu.auxiliaryBypass, magnetometer.bus == sensors.imu.bus { chip?.carrier = imu }
    }
    if let range = sensors.range {
      _ = try put(range.chip.name, "range", on: range.bus, range.address, SimulatedChipSettings())
    }
    if let power = sensors.power {
      var settings = SimulatedChipSettings()
      settings.shuntResistance = power.shuntOhm
      _ = try put(power.chip.name, "power", on: power.bus, power.address, settings)
    }
    let driver = configuration.actuators.driver
    guard let motorBus = driver.bus else { return }
    try attach(motors, name: "motors", bus: bus(motorBus), address: driver.address)
  }
}

extension Mounting {
  /// The simulated twin of a configured mounting.
  init(_ mounting: Configuration.Mounting) {
    func axis(_ axis: SignedAxis) -> Axis { Axis(rawValue: axis.rawValue) ?? .plusX }
    self.init(forward: axis(mounting.forward), right: axis(mounting.right), down: axis(mounting.down))
  }
}

extension Quadrotor {
  /// The vehicle of a configuration as `seed` draws it.
  init(_ configuration: Configuration, seed: UInt64) {
    let simulation = configuration.simulation
    var parameters = QuadrotorParameters()
    parameters.mass = simulation.mass
    parameters.battery.cells = simulation.batteryCells
    let variation = simulation.variation
    self.init(
      parameters: parameters,
      variation: QuadrotorVariation(
        mass: variation.mass, inertia: variation.inertia, motor: variation.motor,
        centreOfMass: variation.centreOfMass, batteryCharge: variation.batteryCharge),
      wind: WindParameters(mean: simulation.wind.mean, gust: simulation.wind.gust), seed: seed,
      rate: simulation.plantRateHz)
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
  private static let earthField = Vector3(20e-6, 0, 45e-6)
}
