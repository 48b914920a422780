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
    let sensors = configuration.sensors
    let imu = sensors.imu
    switch imu.chip {
    case .mpu6050:
      try attach(
        SimulatedMPU6050(mounting: Mounting(imu.mounting), identity: imu.acceptIdentities.first ?? 0x68),
        name: "imu", bus: bus(imu.bus), address: imu.address)
    }
    if let barometer = sensors.barometer, !absent.contains("barometer") {
      switch barometer.chip {
      case .bmp280:
        try attach(
          SimulatedBMP280(), name: "barometer", bus: bus(barometer.bus), address: barometer.address)
      case .bmp388:
        try attach(
          SimulatedBMP388(), name: "barometer", bus: bus(barometer.bus), address: barometer.address)
      }
    }
    if let range = sensors.range, !absent.contains("range") {
      switch range.chip {
      case .vl53l1x:
        try attach(SimulatedVL53L1X(), name: "range", bus: bus(range.bus), address: range.address)
      }
    }
    if let power = sensors.power, !absent.contains("power") {
      switch power.chip {
      case .ina219:
        try attach(
          SimulatedINA219(shuntResistance: power.shuntOhm), name: "power", bus: bus(power.bus),
          address: power.address)
      }
    }
    let driver = configuration.actuators.driver
    try attach(motors, name: "motors", bus: bus(driver.bus), address: driver.address)
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
  }
}
